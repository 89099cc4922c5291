package player

import (
	"maps"
	"net/url"
	"strings"
)

// interactionTypes are those of xAPI under the names that SCORM has for them.
var interactionTypes = map[string]string{
	"true-false": "true-false", "choice": "choice", "fill-in": "fill-in", "long-fill-in": "long-fill-in",
	"likert": "likert", "matching": "matching", "performance": "performance",
	"sequencing": "sequencing", "numeric": "numeric", "other": "other",
}

// interactions makes a statement of every interaction that was answered, or was
// answered otherwise. Content writes one element at a time: an answer without a
// verdict waits for it until the session ends.
func (t *translation) interactions() {
	old := map[string]CMI{}
	for _, i := range t.before.array("cmi.interactions") {
		old[i[index]] = i
	}
	for _, i := range t.after.array("cmi.interactions") {
		response := i[t.responseName()]
		if i["id"] == "" || response == "" && i["result"] == "" || i["result"] == "" && !t.Ends {
			continue
		}
		was := old[i[index]]
		if maps.Equal(was, i) && (i["result"] != "" || t.Told[i[index]]) {
			continue
		}
		t.add(responded, i[index], t.interaction(i), t.response(i, response), true)
	}
}

func (t *translation) responseName() string {
	if t.v12 {
		return "student_response"
	}
	return "learner_response"
}

func (t *translation) interaction(i CMI) Activity {
	a := activity(t.SCO.ID+"/interaction/"+url.PathEscape(i["id"]), typeInteraction, nil)
	kind := interactionTypes[i["type"]]
	if kind == "" {
		kind = "other"
	}
	a.Definition.InteractionType = kind
	if text := i["description"]; text != "" {
		a.Definition.Description = map[string]string{"und": localized(text)}
	}
	for _, p := range i.array("correct_responses") {
		pattern := p["pattern"]
		if pattern == "" {
			continue
		}
		if t.v12 {
			pattern = pattern12(kind, pattern)
		}
		a.Definition.CorrectResponsesPattern = append(a.Definition.CorrectResponsesPattern, pattern)
	}
	return a
}

func (t *translation) response(i CMI, response string) *Result {
	if t.v12 && response != "" {
		response = pattern12(i["type"], response)
	}
	r := &Result{Response: response, Duration: isoDuration(i["latency"])}
	switch i["result"] {
	case "correct":
		r.Success = ptr(true)
	case "incorrect", "wrong":
		r.Success = ptr(false)
	default:
		// A number is a score; neutral and unanticipated are no verdict.
		if n, _, ok := number(i["result"]); ok {
			r.Score = &Score{Raw: n}
		}
	}
	return r
}

// pattern12 is a response or a pattern of SCORM 1.2 in the notation of xAPI.
func pattern12(kind, text string) string {
	switch kind {
	case "true-false":
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "t", "true", "1":
			return "true"
		case "f", "false", "0":
			return "false"
		}
	case "choice", "sequencing":
		return strings.Join(list12(text), "[,]")
	case "matching":
		pairs := list12(text)
		for i, pair := range pairs {
			source, target, _ := strings.Cut(pair, ".")
			pairs[i] = source + "[.]" + target
		}
		return strings.Join(pairs, "[,]")
	case "performance":
		// There are no steps in 1.2: it is one response without a step's name.
		return "[.]" + text
	}
	return text
}

// list12 takes a list of SCORM 1.2 apart: a,b or {a,b}. Content that writes the
// notation of 2004 already is understood.
func list12(text string) []string {
	if strings.Contains(text, "[,]") || strings.Contains(text, "[.]") {
		return strings.Split(strings.ReplaceAll(text, "[.]", "."), "[,]")
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		text = text[1 : len(text)-1]
	}
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
