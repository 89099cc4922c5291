package lenient

import (
	"bytes"
	"strconv"
	"strings"

	"lernspur/statements"
)

// Options are what Repair has to know besides the body.
type Options struct {
	// Edition is the edition that the request speaks.
	Edition statements.Edition
	// Actor is the JSON of the Agent that the sender acts for; nil when that is
	// not known.
	Actor []byte
	// Limits are those of the parser: what goes beyond them is not looked into.
	Limits statements.Limits
	// MaxRepairs bounds the repairs of one statement; 100. One that needs more
	// is left as it was sent.
	MaxRepairs int
	// MaxTotal bounds the repairs of one request; 20,000. Statements behind are
	// left as they were sent.
	MaxTotal int
}

func (o Options) withDefaults() Options {
	if o.MaxRepairs <= 0 {
		o.MaxRepairs = 100
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = 20_000
	}
	return o
}

// Repair repairs the statements of a request: one, or an array of them. list
// tells by their place in the request what was done to which, nil for those
// that stayed as they were; it is nil, and repaired the body itself, when that
// is so for all. Text that cannot be read (RFC 8259, UTF-8, keys that come
// twice) and what goes beyond the limits stays as it is: the parser says why.
// Whether the outcome is valid is not known before it is parsed. The time that
// it takes rises with the length of the body and no faster.
func Repair(body []byte, opts Options) (repaired []byte, list []*statements.Repaired) {
	opts = opts.withDefaults()
	w := walker{opts: &opts}
	total, count := 0, 0
	readable := statements.EachTree(body, opts.Limits, func(index int, t *statements.Tree) {
		count = index + 1
		first := len(w.edits)
		w.begin(t, body, min(opts.MaxRepairs, opts.MaxTotal-total))
		w.statement(0, false)
		if w.tooMany || len(w.repairs) == 0 {
			w.edits = w.edits[:first]
			return
		}
		total += len(w.repairs)
		for len(list) < index {
			list = append(list, nil)
		}
		start, end := t.Span(0)
		list = append(list, &statements.Repaired{
			Repairs: append([]statements.Repair(nil), w.repairs...), Original: bytes.Clone(body[start:end]),
		})
	})
	if !readable || len(list) == 0 {
		return body, nil
	}
	for len(list) < count {
		list = append(list, nil)
	}
	return apply(body, w.edits), list
}

// walker repairs one statement after the other.
type walker struct {
	*statements.Tree
	opts    *Options
	body    []byte
	edits   []edit // of the request
	most    int    // repairs that the statement may have
	repairs []statements.Repair
	tooMany bool
	path    []step
}

// step is one part of a JSON Pointer: a key, or a place in an array.
type step struct {
	name  string
	index int
}

func (w *walker) begin(t *statements.Tree, body []byte, most int) {
	w.Tree, w.body, w.most = t, body, most
	w.repairs, w.tooMany, w.path = w.repairs[:0], false, w.path[:0]
}

// note lists a repair of what lies below the current place under the names.
// It returns false when there are too many: nothing is to be changed then.
func (w *walker) note(rule string, below ...string) bool {
	if w.tooMany = w.tooMany || len(w.repairs) >= w.most; w.tooMany {
		return false
	}
	var b strings.Builder
	for _, s := range w.path {
		b.WriteByte('/')
		if s.name != "" {
			b.WriteString(s.name) // a property of the specification: nothing to escape
		} else {
			b.WriteString(strconv.Itoa(s.index))
		}
	}
	for _, name := range below {
		b.WriteByte('/')
		b.WriteString(pointerEscaper.Replace(name))
	}
	w.repairs = append(w.repairs, statements.Repair{Rule: rule, Pointer: b.String()})
	return true
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// under walks below a property.
func (w *walker) under(name string, walk func()) {
	w.path = append(w.path, step{name: name})
	walk()
	w.path = w.path[:len(w.path)-1]
}
