package lenient

import (
	"slices"
	"strings"

	"lernspur/statements"
)

// edit replaces the bytes of the body from start to end. Edits do not overlap.
type edit struct {
	start, end int
	text       string
}

// apply makes the text with all edits in it.
func apply(body []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	size := len(body)
	for _, e := range edits {
		size += len(e.text) - (e.end - e.start)
	}
	to := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		to = append(append(to, body[at:e.start]...), e.text...)
		at = e.end
	}
	return append(to, body[at:]...)
}

// replace puts another value in the place of a node.
func (w *walker) replace(n int, text string) {
	start, end := w.Span(n)
	// A text that was unescaped lives in the tree, which the next statement reuses.
	w.edits = append(w.edits, edit{start, end, strings.Clone(text)})
}

// part is a member of an object or an element of an array, from its first byte
// to its last.
type part struct {
	start, end int
	dropped    bool
}

// drop removes the parts that are marked, each with one of the commas beside
// it. Of the run at the end the comma before it goes, else the one behind.
func (w *walker) drop(parts []part) {
	kept := -1
	for i, p := range parts {
		if !p.dropped {
			kept = i
		}
	}
	for i := 0; i < kept; i++ {
		if parts[i].dropped {
			w.edits = append(w.edits, edit{parts[i].start, parts[i+1].start, ""})
		}
	}
	last := len(parts) - 1
	switch {
	case kept == last:
	case kept < 0:
		w.edits = append(w.edits, edit{parts[0].start, parts[last].end, ""})
	default:
		w.edits = append(w.edits, edit{parts[kept].end, parts[last].end, ""})
	}
}

// members calls visit with the name and the value of every member of an object,
// but removes those that are null, and those for which visit returns false.
func (w *walker) members(n int, visit func(name string, key, value int) (keep bool)) {
	var parts []part
	some := false
	for k, v := range w.Members(n) {
		start, _ := w.Span(k)
		_, end := w.Span(v)
		p := part{start: start, end: end}
		name := w.Text(k)
		if w.Kind(v) == statements.NodeNull {
			p.dropped = len(name) <= maxName && w.note(nullProperty, name)
		} else {
			p.dropped = !visit(name, k, v)
		}
		some = some || p.dropped
		parts = append(parts, p)
	}
	if some {
		w.drop(parts)
	}
}

// maxName is the longest name of a property that is worth a pointer.
const maxName = 100

// property finds a property that is not null, 0 if there is none.
func (w *walker) property(n int, name string) int {
	for k, v := range w.Members(n) {
		if w.Text(k) == name && w.Kind(v) != statements.NodeNull {
			return v
		}
	}
	return 0
}

// elements removes the elements of an array for which visit returns false.
func (w *walker) elements(n int, visit func(e int) (keep bool)) {
	var parts []part
	some := false
	for i, e := range w.Elements(n) {
		w.path = append(w.path, step{index: i})
		start, end := w.Span(e)
		p := part{start, end, !visit(e)}
		w.path = w.path[:len(w.path)-1]
		some = some || p.dropped
		parts = append(parts, p)
	}
	if some {
		w.drop(parts)
	}
}

// isText tells whether a node is a string, and which.
func (w *walker) isText(n int, text string) bool {
	return w.Kind(n) == statements.NodeString && w.Text(n) == text
}
