package lenient

import "lernspur/statements"

func (w *walker) context(n int) {
	if w.emptyArray(n) {
		return
	}
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "registration":
			return !w.emptyText(name, v)
		case "language":
			if w.emptyText(name, v) {
				return false
			}
			if tag, ok := repairedTag(w.Text(v)); ok && w.note(languageUnderscore, name) {
				w.replace(v, `"`+tag+`"`)
			}
		case "instructor", "team":
			w.under(name, func() { w.agent(v, false) })
		case "contextActivities":
			w.under(name, func() { w.contextActivities(v) })
		case "contextAgents":
			w.under(name, func() { w.contextActors(v, "agent") })
		case "contextGroups":
			w.under(name, func() { w.contextActors(v, "group") })
		case "statement":
			w.under(name, func() { w.onlyNulls(v) })
		case "extensions":
			w.under(name, func() { w.emptyArray(v) })
		}
		return true
	})
}

func (w *walker) contextActivities(n int) {
	if w.emptyArray(n) {
		return
	}
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "parent", "grouping", "category", "other":
		default:
			return true
		}
		if w.Kind(v) != statements.NodeArray {
			if w.nameless(v) && w.note(contextActivityID, name) {
				return false
			}
			w.under(name, func() { w.activity(v) })
			return true
		}
		w.under(name, func() {
			w.elements(v, func(e int) bool {
				if w.nameless(e) && w.note(contextActivityID) {
					return false
				}
				w.activity(e)
				return true
			})
		})
		return true
	})
}

// nameless tells whether an Activity has no id, or an empty one.
func (w *walker) nameless(n int) bool {
	if w.Kind(n) != statements.NodeObject {
		return false
	}
	at := w.property(n, "id")
	return at == 0 || w.isText(at, "")
}

// contextActors walks over contextAgents or contextGroups.
func (w *walker) contextActors(n int, property string) {
	w.elements(n, func(e int) bool {
		w.members(e, func(name string, _, v int) bool {
			if name == property {
				w.under(name, func() { w.agent(v, false) })
			}
			return true
		})
		return true
	})
}
