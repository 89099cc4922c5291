package chart

import "fmt"

const (
	rowHeight = 34.0
	barHeight = 18.0
)

// Row is a figure of a group: how many, and of how many; Of is Hidden where that is not known.
type Row struct {
	Label string
	Count Value
	Of    Value
}

// Bars draws a row for each group, in the order given.
func Bars(f Frame, rows []Row) []byte {
	w := wordsOf(f.Language)
	c := begin(f, barsFinding(w, rows))
	left := labelRoom(rows)
	var most, texts float64
	for _, r := range rows {
		if r.Count.shown {
			most = max(most, r.Count.v)
			texts = max(texts, extent(rowText(w, r)))
		}
		if r.Of.shown {
			most = max(most, r.Of.v)
		}
	}
	right := width - margin - max(texts, 20) - 8
	s := scale{most: max(most, 1), from: left, to: right}
	y := c.top + 8
	var description []string
	for _, r := range rows {
		base := y + barHeight*0.72
		c.name(left-8, base, left-margin-8, r.Label)
		end := left
		if r.Of.shown {
			c.write(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, left, y, s.at(r.Of.v)-left, barHeight, track, grey)
			end = s.at(r.Of.v)
		}
		if r.Count.shown {
			c.box(left, y, s.at(r.Count.v)-left, barHeight, blue)
			c.label(max(end, s.at(r.Count.v))+6, base, "start", ink, rowText(w, r))
		} else {
			c.dash(end+6, base, "start")
		}
		text := w.hiddenValue
		if r.Count.shown {
			text = rowText(w, r)
		}
		description = append(description, fmt.Sprintf("%s: %s.", r.Label, text))
		y += rowHeight
	}
	c.rule(left, c.top, left, y-rowHeight+barHeight+4, grey)
	return c.end(y-rowHeight+barHeight+4, description)
}

func rowText(w words, r Row) string {
	if r.Of.shown {
		return w.part(r.Count.v, r.Of.v)
	}
	return w.number(r.Count.v, 0)
}

// barsFinding compares shares where all groups have one, else counts.
func barsFinding(w words, rows []Row) string {
	shares, best := true, -1
	for _, r := range rows {
		shares = shares && (!r.Count.shown || r.Of.shown && r.Of.v > 0)
	}
	size := func(r Row) float64 {
		if shares {
			return r.Count.v / r.Of.v
		}
		return r.Count.v
	}
	for i, r := range rows {
		if r.Count.shown && (best < 0 || size(r) > size(rows[best])) {
			best = i
		}
	}
	switch {
	case best < 0:
		return w.nothing
	case shares:
		return fmt.Sprintf(w.share, rows[best].Label, w.percent(size(rows[best])))
	}
	return fmt.Sprintf(w.row, rows[best].Label, w.number(size(rows[best]), 0))
}

// labelRoom is how far the labels of rows reach, at most two fifths of the width.
func labelRoom(rows []Row) (left float64) {
	for _, r := range rows {
		left = max(left, extent(r.Label))
	}
	return min(margin+left+8, width*0.4)
}

// Step is a step of a funnel.
type Step struct {
	Label string
	Count Value
}

// Funnel draws how many get how far: each step among the people of the first.
func Funnel(f Frame, steps []Step) []byte {
	w := wordsOf(f.Language)
	finding := w.nothing
	if n := len(steps); n > 1 && steps[0].Count.shown && steps[n-1].Count.shown && steps[0].Count.v > 0 {
		first, last := steps[0], steps[n-1]
		finding = fmt.Sprintf(w.funnel, w.number(first.Count.v, 0), first.Label, w.number(last.Count.v, 0), w.percent(last.Count.v/first.Count.v))
	}
	c := begin(f, finding)
	rows := make([]Row, len(steps))
	var most float64
	for i, s := range steps {
		rows[i].Label = s.Label
		most = max(most, s.Count.v)
	}
	left := labelRoom(rows)
	s := scale{most: max(most, 1), from: left, to: width - margin - 110}
	y := c.top + 8
	var description []string
	for i, step := range steps {
		base := y + barHeight*0.9
		c.name(left-8, base, left-margin-8, step.Label)
		text := w.hiddenValue
		if step.Count.shown {
			c.box(left, y, s.at(step.Count.v)-left, barHeight+6, blue)
			text = w.number(step.Count.v, 0)
			if i > 0 && steps[0].Count.shown && steps[0].Count.v > 0 {
				text += " (" + w.percent(step.Count.v/steps[0].Count.v) + ")"
			}
			c.label(s.at(step.Count.v)+6, base, "start", ink, text)
			if i > 0 && steps[i-1].Count.shown {
				// The slope from the step before.
				top, bottom := y-(rowHeight+16-barHeight-6), y
				c.write(`<path d="M%s %sL%s %sL%s %sL%s %sZ" fill="#cfe3f0"/>`,
					left, top, s.at(steps[i-1].Count.v), top, s.at(step.Count.v), bottom, left, bottom)
			}
		} else {
			c.dash(left+6, base, "start")
		}
		description = append(description, fmt.Sprintf("%s: %s.", step.Label, text))
		y += rowHeight + 16
	}
	return c.end(y-rowHeight-16+barHeight+10, description)
}

// Item is a part of what was spent, in euro.
type Item struct {
	Label  string
	Amount float64
}

// Cost draws what was spent, item behind item, against the budget.
func Cost(f Frame, items []Item, budget float64) []byte {
	w := wordsOf(f.Language)
	var spent float64
	rows := make([]Row, 0, len(items)+1)
	for _, i := range items {
		spent += i.Amount
		rows = append(rows, Row{Label: i.Label})
	}
	rows = append(rows, Row{Label: w.sum})
	finding := w.nothing
	if budget > 0 {
		finding = fmt.Sprintf(w.spent, w.euro(spent), w.euro(budget), w.percent(spent/budget))
	}
	c := begin(f, finding)
	left := labelRoom(rows)
	s := scale{most: max(spent, budget, 1), from: left, to: width - margin - 24 - extent(w.euro(max(spent, budget)))}
	y := c.top + textSize*1.6
	top := y
	var sofar float64
	var description []string
	for _, i := range items {
		base := y + barHeight*0.72
		c.name(left-8, base, left-margin-8, i.Label)
		c.box(s.at(sofar), y, s.at(i.Amount)-left, barHeight, c.second())
		sofar += i.Amount
		c.write(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="%s"/>`, s.at(sofar-i.Amount), y, s.at(i.Amount)-left, barHeight, "#8a5f00")
		c.label(width-margin, base, "end", ink, w.euro(i.Amount))
		c.write(`<path d="M%s %sL%s %s" stroke="%s" stroke-dasharray="2 2"/>`, s.at(sofar), y+barHeight, s.at(sofar), y+rowHeight, grey)
		description = append(description, fmt.Sprintf("%s: %s.", i.Label, w.euro(i.Amount)))
		y += rowHeight
	}
	base := y + barHeight*0.72
	c.bold(left-8, base, "end", w.sum)
	c.box(left, y, s.at(spent)-left, barHeight, blue)
	description = append(description, fmt.Sprintf("%s: %s.", w.sum, w.euro(spent)), fmt.Sprintf("%s: %s.", w.budget, w.euro(budget)))
	if budget > 0 {
		x := s.at(budget)
		c.write(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="2"/>`, x, top-4, x, y+barHeight+4, vermillion)
		c.label(x, top-8, "end", ink, w.budget+" "+w.euro(budget))
	}
	c.bold(width-margin, base, "end", w.euro(spent))
	c.rule(left, top-4, left, y+barHeight+4, grey)
	return c.end(y+barHeight+6, description)
}
