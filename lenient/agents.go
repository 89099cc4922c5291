package lenient

import (
	"strings"

	"lernspur/statements"
)

// person is the objectType of a learner in Tin Can 0.9.
const person = "Person"

// agent walks over an Agent or Group; actor is set for the statement's own.
func (w *walker) agent(n int, actor bool) {
	if w.Kind(n) != statements.NodeObject {
		return
	}
	if actor && w.opts.Actor != nil && w.unknownActor(n) && w.note(launchActor) {
		w.replace(n, string(w.opts.Actor))
		return
	}
	if text, ok := w.converted(n); ok && w.note(actorArrays) {
		w.replace(n, text)
		return
	}
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "mbox":
			if isBareAddress(w.Text(v)) && w.note(mboxScheme, name) {
				w.replace(v, withScheme(w.raw(v)))
			}
		case "account":
			w.under(name, func() { w.onlyNulls(v) })
		case "member":
			w.under(name, func() {
				w.elements(v, func(e int) bool { w.agent(e, false); return true })
			})
		}
		return true
	})
}

// unknownActor tells whether content wrote an actor without knowing who it is.
func (w *walker) unknownActor(n int) bool {
	for _, name := range [...]string{"mbox_sha1sum", "openid", "account", "member"} {
		if w.property(n, name) != 0 {
			return false
		}
	}
	if at := w.property(n, "objectType"); at != 0 && !w.isText(at, "Agent") && !w.isText(at, person) {
		return false
	}
	return w.unknownMbox(w.firstOf(w.property(n, "mbox")))
}

func (w *walker) unknownMbox(n int) bool {
	return n != 0 && (w.isText(n, "mailto:undefined") || w.isText(n, "mailto:null") || w.isText(n, "mailto:"))
}

// isBareAddress tells whether a text is an e-mail address and nothing else.
func isBareAddress(text string) bool {
	return text != "" && !strings.ContainsAny(text, ":/") && statements.IsMbox("mailto:"+text)
}

// withScheme is the text of a bare address, as it was sent, with what it lacks.
func withScheme(raw string) string { return `"mailto:` + strings.TrimPrefix(raw, `"`) }

// converted is the Agent that an actor of Tin Can 0.9 becomes (Comm Appendix
// A); not ok when it is not one, or has no identifier.
func (w *walker) converted(n int) (text string, ok bool) {
	old := false
	if at := w.property(n, "objectType"); at != 0 {
		if old = w.isText(at, person); !old && !w.isText(at, "Agent") {
			return "", false
		}
	}
	for _, name := range [...]string{"name", "mbox", "mbox_sha1sum", "openid", "account"} {
		at := w.property(n, name)
		old = old || at != 0 && w.Kind(at) == statements.NodeArray
	}
	if !old {
		return "", false
	}
	text = `{"objectType":"Agent"`
	if name, ok := w.first(w.property(n, "name")); ok {
		text += `,"name":` + name
	}
	if mbox := w.property(n, "mbox"); !w.unknownMbox(w.firstOf(mbox)) {
		if value, ok := w.first(mbox); ok {
			if at := w.firstOf(mbox); isBareAddress(w.Text(at)) && w.note(mboxScheme, "mbox") {
				value = withScheme(value)
			}
			return text + `,"mbox":` + value + "}", true
		}
	}
	for _, name := range [...]string{"mbox_sha1sum", "openid"} {
		if value, ok := w.first(w.property(n, name)); ok {
			return text + `,"` + name + `":` + value + "}", true
		}
	}
	if account, ok := w.account(w.property(n, "account")); ok {
		return text + `,"account":` + account + "}", true
	}
	return "", false
}

// first is the text of a string, or of the first of a list, as it was sent; not
// ok when there is none or it is empty.
func (w *walker) first(n int) (text string, ok bool) {
	n = w.firstOf(n)
	if n == 0 || w.Kind(n) != statements.NodeString || w.Text(n) == "" {
		return "", false
	}
	return w.raw(n), true
}

// firstOf is a value that is not a list, or the first of a list; 0 if there is
// none.
func (w *walker) firstOf(n int) int {
	if n == 0 || w.Kind(n) != statements.NodeArray {
		return n
	}
	for _, e := range w.Elements(n) {
		return e
	}
	return 0
}

// account is an account of either version.
func (w *walker) account(n int) (text string, ok bool) {
	if n = w.firstOf(n); n == 0 {
		return "", false
	}
	homePage, okPage := w.first(w.either(n, "accountServiceHomePage", "homePage"))
	name, okName := w.first(w.either(n, "accountName", "name"))
	return `{"homePage":` + homePage + `,"name":` + name + `}`, okPage && okName
}

func (w *walker) either(n int, names ...string) int {
	for _, name := range names {
		if at := w.property(n, name); at != 0 {
			return at
		}
	}
	return 0
}
