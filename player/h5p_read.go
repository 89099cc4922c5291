package player

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"lernspur/statements"
)

// h5pJSON is a statement as content makes it. What has another type than it should
// is left out.
type h5pJSON struct {
	Verb struct {
		ID      string         `json:"id"`
		Display map[string]any `json:"display"`
	} `json:"verb"`
	Object  h5pObject  `json:"object"`
	Result  *h5pResult `json:"result"`
	Context struct {
		Activities struct {
			Parent   h5pObjects `json:"parent"`
			Category h5pObjects `json:"category"`
		} `json:"contextActivities"`
	} `json:"context"`
}

type h5pObject struct {
	ObjectType string         `json:"objectType"`
	ID         string         `json:"id"`
	Definition *h5pDefinition `json:"definition"`
}

// h5pObjects are several, or one without brackets around it.
type h5pObjects []h5pObject

// UnmarshalJSON implements json.Unmarshaler.
func (o *h5pObjects) UnmarshalJSON(text []byte) error {
	var one h5pObject
	if len(text) > 0 && text[0] == '{' {
		err := tolerant(json.Unmarshal(text, &one))
		*o = h5pObjects{one}
		return err
	}
	return tolerant(json.Unmarshal(text, (*[]h5pObject)(o)))
}

type h5pDefinition struct {
	Name            map[string]any             `json:"name"`
	Description     map[string]any             `json:"description"`
	Type            string                     `json:"type"`
	InteractionType string                     `json:"interactionType"`
	Patterns        []string                   `json:"correctResponsesPattern"`
	Choices         []h5pComponent             `json:"choices"`
	Scale           []h5pComponent             `json:"scale"`
	Source          []h5pComponent             `json:"source"`
	Target          []h5pComponent             `json:"target"`
	Steps           []h5pComponent             `json:"steps"`
	Extensions      map[string]json.RawMessage `json:"extensions"`
}

type h5pComponent struct {
	ID          any            `json:"id"`
	Description map[string]any `json:"description"`
}

type h5pResult struct {
	Score struct {
		Scaled json.Number `json:"scaled"`
		Raw    json.Number `json:"raw"`
		Min    json.Number `json:"min"`
		Max    json.Number `json:"max"`
	} `json:"score"`
	Success    any                        `json:"success"`
	Completion any                        `json:"completion"`
	Response   any                        `json:"response"`
	Duration   string                     `json:"duration"`
	Extensions map[string]json.RawMessage `json:"extensions"`
}

// tolerant lets pass that a value has another type than expected: it was left out.
func tolerant(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return nil
	}
	return err
}

// partOf is the place of an object within the course. Content names its parts by
// subContentId; some forget it, and are told from the whole by having a parent.
// below tells that the object has one.
func partOf(o *h5pObject, activity string, below bool) string {
	id := ""
	if o.Definition != nil {
		_ = json.Unmarshal(o.Definition.Extensions[h5pSubContent], &id) // what is no text is none
	}
	if at := strings.LastIndex(o.ID, "subContentId="); id == "" && at >= 0 {
		id, _, _ = strings.Cut(o.ID[at+len("subContentId="):], "&")
	}
	switch {
	case id != "" && len(id) <= 100:
		return "/content/" + url.PathEscape(id)
	case id == "" && !below && (o.ID == activity || !strings.Contains(o.ID, "://") || strings.Contains(o.ID, "?id=")):
		return ""
	}
	named := id + "\x00" + o.ID
	if o.Definition != nil {
		text, _ := json.Marshal([]any{languages(o.Definition.Name), languages(o.Definition.Description)}) // of texts
		named += string(text)
	}
	sum := sha256.Sum256([]byte(named))
	return "/content/" + hex.EncodeToString(sum[:10])
}

// languages is a language map without what is none.
func languages(m map[string]any) map[string]string {
	var all map[string]string
	for tag, value := range m {
		if text, ok := value.(string); ok && text != "" && statements.IsLanguageTag(tag) {
			if all == nil {
				all = map[string]string{}
			}
			all[tag] = text
		}
	}
	return all
}

// interactionLists are the lists of components that interactions have by their
// type.
var interactionLists = map[string][]string{
	"true-false": nil, "fill-in": nil, "long-fill-in": nil, "numeric": nil, "other": nil,
	"choice": {"choices"}, "sequencing": {"choices"}, "likert": {"scale"}, "matching": {"source", "target"}, "performance": {"steps"},
}

func (d *h5pDefinition) read() Definition {
	all := Definition{Name: languages(d.Name), Description: languages(d.Description), Extensions: extensions(d.Extensions)}
	if len(d.Type) <= maxIRI && statements.IsIRI(d.Type) {
		all.Type = d.Type
	}
	if d.InteractionType == "" {
		return all
	}
	lists, known := interactionLists[d.InteractionType]
	all.InteractionType = d.InteractionType
	if !known {
		all.InteractionType = "other"
	}
	all.Type = typeInteraction
	all.CorrectResponsesPattern = d.Patterns
	for _, list := range lists {
		switch list {
		case "choices":
			all.Choices = components(d.Choices)
		case "scale":
			all.Scale = components(d.Scale)
		case "source":
			all.Source = components(d.Source)
		case "target":
			all.Target = components(d.Target)
		case "steps":
			all.Steps = components(d.Steps)
		}
	}
	return all
}

// components are those that have an id of their own.
func components(list []h5pComponent) (all []Component) {
	seen := map[string]bool{}
	for _, c := range list {
		if id := plainText(c.ID); id != "" && !seen[id] {
			seen[id] = true
			all = append(all, Component{id, languages(c.Description)})
		}
	}
	return all
}

// plainText is a text, or what is written as one.
func plainText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// truth is a truth value, also one in quotes; nil for anything else.
func truth(value any) *bool {
	switch value {
	case true, "true":
		return ptr(true)
	case false, "false":
		return ptr(false)
	}
	return nil
}

// extensions are those under an IRI, but for the number that the content has in
// the page. A name that a value has twice has the last one, as in browsers.
func extensions(m map[string]json.RawMessage) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	for id, value := range m {
		if id != h5pLocalID && len(id) <= maxIRI && statements.IsIRI(id) {
			if all == nil {
				all = map[string]json.RawMessage{}
			}
			if value = once(value); value != nil {
				all[id] = value
			}
		}
	}
	return all
}

// once is JSON with every name once in each object; nil when it is none.
func once(text json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil
	}
	clean, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return clean
}

func (r *h5pResult) read() *Result {
	if r == nil {
		return nil
	}
	all := &Result{Score: r.score(), Success: truth(r.Success), Completion: truth(r.Completion), Response: plainText(r.Response), Extensions: extensions(r.Extensions)}
	if d := isoDuration(r.Duration); statements.IsDuration(d) {
		all.Duration = d
	}
	if all.empty() {
		return nil
	}
	return all
}

// score is the score without what xAPI would refuse. Old content has no scaled: it
// is what H5P itself makes of raw and max.
func (r *h5pResult) score() *Score {
	c := CMI{"raw": r.Score.Raw.String(), "min": r.Score.Min.String(), "max": r.Score.Max.String(), "scaled": r.Score.Scaled.String()}
	s := c.score("", func(string) bool { return true })
	if s == nil || c["scaled"] != "" {
		return s
	}
	s.Scaled = "" // of raw alone nobody knows
	_, low, hasLow := number(string(s.Min))
	_, high, hasHigh := number(string(s.Max))
	_, raw, hasRaw := number(string(s.Raw))
	if hasRaw && hasLow && hasHigh && low == 0 && high > 0 {
		s.Scaled = json.Number(formatFloat(raw / high))
	}
	if *s == (Score{}) {
		return nil
	}
	return s
}
