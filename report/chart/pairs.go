package chart

import "fmt"

// Pair is a figure before and after.
type Pair struct {
	Label         string
	Before, After Value
}

// BeforeAfter draws pairs of figures on a scale up to highest: an open circle for
// before, a full one for after, and an arrow between them.
func BeforeAfter(f Frame, pairs []Pair, highest float64) []byte {
	w := wordsOf(f.Language)
	rows := make([]Row, len(pairs))
	best, some := -1, false
	for i, p := range pairs {
		rows[i].Label = p.Label
		if !p.Before.shown || !p.After.shown {
			continue
		}
		some = true
		if gain := p.After.v - p.Before.v; gain > 0 && (best < 0 || gain > pairs[best].After.v-pairs[best].Before.v) {
			best = i
		}
	}
	finding := w.nothing
	switch {
	case best >= 0:
		p := pairs[best]
		finding = fmt.Sprintf(w.gains, p.Label, w.score(p.Before), w.score(p.After))
	case some:
		finding = w.falls
	}
	c := begin(f, finding)
	left := labelRoom(rows) + 10
	s := scaleTo(highest, left, width-margin-40)
	const high = 40.0
	top := c.top + 6
	bottom := top + float64(len(pairs))*high
	for _, t := range s.ticks() {
		c.rule(s.at(t), top, s.at(t), bottom, line)
		c.label(s.at(t), bottom+textSize*1.3, "middle", grey, w.number(t, 2))
	}
	var description []string
	named := false
	for i, p := range pairs {
		y := top + (float64(i)+0.62)*high
		c.name(left-18, y+textSize*0.35, left-18-margin, p.Label)
		description = append(description, fmt.Sprintf("%s: %s %s, %s %s.", p.Label, w.before, w.score(p.Before), w.after, w.score(p.After)))
		if !p.Before.shown || !p.After.shown {
			c.dash(left+6, y+textSize*0.35, "start")
			continue
		}
		c.pair(s, y, p, !named)
		named = true
	}
	return c.end(bottom+textSize*1.8, description)
}

// pair draws one pair; the first one says which circle is which.
func (c *canvas) pair(s scale, y float64, p Pair, named bool) {
	a, b := s.at(p.Before.v), s.at(p.After.v)
	c.write(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="2.5"/>`, a, y, b, y, grey)
	c.write(`<circle cx="%s" cy="%s" r="6" fill="#fff" stroke="%s" stroke-width="2.5"/>`, a, y, "#8a5f00")
	c.write(`<circle cx="%s" cy="%s" r="7" fill="%s"/>`, b, y, blue)
	before, after := c.words.score(p.Before), c.words.score(p.After)
	if named {
		before, after = c.words.before+" "+before, c.words.after+" "+after
	}
	// The labels keep clear of each other, above the line.
	left, right := "end", "start"
	if a > b {
		left, right = "start", "end"
	}
	shift := 0.0
	if d := b - a; d > -4 && d < 4 {
		shift = 2
	}
	c.label(a-shift, y-11, left, grey, before)
	c.label(b+shift, y-11, right, ink, after)
}
