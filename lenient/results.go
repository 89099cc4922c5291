package lenient

import "lernspur/statements"

func (w *walker) result(n int) {
	if w.emptyArray(n) {
		return
	}
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "score":
			w.under(name, func() { w.score(v) })
		case "success", "completion":
			if (w.isText(v, "true") || w.isText(v, "false")) && w.note(booleanText, name) {
				w.replace(v, w.Text(v))
			}
		case "duration":
			return !w.emptyText(name, v) && !(w.isText(v, "PTNaNS") && w.note(durationNaN, name))
		case "extensions":
			w.under(name, func() { w.emptyArray(v) })
		}
		return true
	})
}

func (w *walker) score(n int) {
	if w.emptyArray(n) {
		return
	}
	low, isLow := w.number(w.property(n, "min"))
	high, isHigh := w.number(w.property(n, "max"))
	unbound := isLow && isHigh && statements.SameNumber(low, high) && w.note(scoreMinMax)
	w.members(n, func(name string, _, v int) bool {
		switch name {
		case "min", "max":
			if unbound {
				return false
			}
		case "scaled", "raw":
		default:
			return true
		}
		if number, ok := w.number(v); ok && w.Kind(v) == statements.NodeString && w.note(numberText, name) {
			w.replace(v, number)
		}
		return true
	})
}

// number is a number, in quotes or not; 0 is no node of one.
func (w *walker) number(n int) (text string, ok bool) {
	switch {
	case n == 0:
		return "", false
	case w.Kind(n) == statements.NodeNumber:
		text = w.raw(n)
	default:
		text = w.Text(n)
	}
	return text, statements.IsNumber(text)
}
