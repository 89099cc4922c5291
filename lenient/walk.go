package lenient

import (
	"strings"

	"lernspur/statements"
)

// statement walks over a statement, or over a SubStatement.
func (w *walker) statement(n int, sub bool) {
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "actor":
			w.under(name, func() { w.agent(v, !sub) })
		case "authority":
			w.under(name, func() { w.agent(v, false) })
		case "verb":
			w.under(name, func() { w.verb(v) })
		case "object":
			w.under(name, func() { w.object(v) })
		case "result":
			w.under(name, func() { w.result(v) })
		case "context":
			w.under(name, func() { w.context(v) })
		case "timestamp":
			return w.timestamp(name, v)
		case "attachments":
			w.under(name, func() { w.attachments(v) })
		}
		return true
	})
}

// verbs09 are the verbs of Tin Can 0.9 but for voided, whose statements are
// not to be converted.
var verbs09 = map[string]bool{
	"experienced": true, "attended": true, "attempted": true, "completed": true, "passed": true, "failed": true,
	"answered": true, "interacted": true, "imported": true, "created": true, "shared": true,
}

const (
	verbs10  = "http://adlnet.gov/expapi/verbs/"
	verbVoid = verbs10 + "voided"
)

func (w *walker) verb(n int) {
	if w.Kind(n) == statements.NodeString {
		switch text := w.Text(n); {
		case verbs09[text] && w.note(verbText):
			w.replace(n, `{"id":"`+verbs10+text+`","display":{"en-US":"`+text+`"}}`)
		case statements.IsIRI(text) && text != verbVoid && w.note(verbText):
			w.replace(n, `{"id":`+w.raw(n)+`}`)
		}
		return
	}
	w.members(n, func(name string, _, v int) bool {
		if name == "display" {
			w.under(name, func() { w.languageMap(v) })
		}
		return true
	})
}

// object walks over the object of a statement or SubStatement.
func (w *walker) object(n int) {
	kind := ""
	if at := w.property(n, "objectType"); at != 0 {
		if kind = w.Text(at); kind == "" {
			return
		}
	}
	switch kind {
	case "", "Activity":
		w.activity(n)
	case "Agent", "Group", person:
		w.agent(n, false)
	case "SubStatement":
		w.statement(n, true)
	case "StatementRef":
		w.onlyNulls(n)
	}
}

// onlyNulls removes the null properties of an object.
func (w *walker) onlyNulls(n int) {
	w.members(n, func(string, int, int) bool { return true })
}

func (w *walker) activity(n int) {
	w.members(n, func(name string, _, v int) bool {
		if name == "definition" {
			w.under(name, func() { w.definition(v) })
		}
		return true
	})
}

// types09 are the activity types of Tin Can 0.9.
var types09 = map[string]bool{
	"course": true, "module": true, "meeting": true, "media": true, "performance": true, "simulation": true,
	"assessment": true, "interaction": true, "cmi.interaction": true, "question": true, "objective": true, "link": true,
}

const types10 = "http://adlnet.gov/expapi/activities/"

func (w *walker) definition(n int) {
	if w.emptyArray(n) {
		return
	}
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "name", "description":
			w.under(name, func() { w.languageMap(v) })
		case "type":
			if text := w.Text(v); types09[text] && w.note(activityTypeText, name) {
				w.replace(v, `"`+types10+text+`"`)
			}
		case "extensions":
			w.under(name, func() { w.emptyArray(v) })
		case "choices", "scale", "source", "target", "steps":
			w.under(name, func() { w.described(v, "description") })
		}
		return true
	})
}

func (w *walker) attachments(n int) { w.described(n, "display", "description") }

// described walks over an array of objects that have language maps.
func (w *walker) described(n int, maps ...string) {
	for i, e := range w.Elements(n) {
		w.path = append(w.path, step{index: i})
		w.members(e, func(name string, _, v int) bool {
			for _, m := range maps {
				if name == m {
					w.under(name, func() { w.languageMap(v) })
				}
			}
			return true
		})
		w.path = w.path[:len(w.path)-1]
	}
}

// languageMap repairs the keys of a language map.
func (w *walker) languageMap(n int) {
	if w.emptyArray(n) {
		return
	}
	var taken map[string]bool // the keys, once one of them is to be repaired
	w.members(n, func(name string, key, _ int) bool {
		tag, ok := repairedTag(name)
		if !ok {
			return true
		}
		if taken == nil {
			taken = make(map[string]bool)
			for k := range w.Members(n) {
				taken[w.Text(k)] = true
			}
		}
		if !taken[tag] && w.note(languageUnderscore, name) {
			taken[tag] = true
			w.replace(key, `"`+tag+`"`)
		}
		return true
	})
}

// repairedTag makes a language tag of one that has underscores.
func repairedTag(tag string) (repaired string, ok bool) {
	if len(tag) > maxName || !strings.Contains(tag, "_") {
		return "", false
	}
	repaired = strings.ReplaceAll(tag, "_", "-")
	return repaired, statements.IsLanguageTag(repaired)
}

// emptyArray makes an empty array an empty object, and tells whether it did.
func (w *walker) emptyArray(n int) bool {
	if w.Kind(n) != statements.NodeArray {
		return false
	}
	for range w.Elements(n) {
		return false
	}
	if !w.note(emptyArray) {
		return false
	}
	w.replace(n, "{}")
	return true
}

// emptyText tells whether to leave out a property because it is an empty text.
func (w *walker) emptyText(name string, n int) bool {
	return w.isText(n, "") && w.note(emptyText, name)
}

// timestamp repairs a timestamp; false removes it.
func (w *walker) timestamp(name string, n int) (keep bool) {
	if w.emptyText(name, n) {
		return false
	}
	const blank = len("2026-03-31")
	text := w.Text(n)
	if len(text) <= blank || text[blank] != ' ' {
		return true
	}
	text = text[:blank] + "T" + text[blank+1:]
	if _, ok := statements.ParseTimestamp(text, w.opts.Edition); ok && w.note(timestampBlank, name) {
		w.replace(n, `"`+text+`"`)
	}
	return true
}

// raw is the text of a node as it was sent.
func (w *walker) raw(n int) string {
	start, end := w.Span(n)
	return string(w.body[start:end])
}
