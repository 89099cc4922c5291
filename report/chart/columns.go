package chart

import (
	"fmt"
	"time"
)

// Month is the figure of a month.
type Month struct {
	Year  int
	Month time.Month
	Value Value
}

const plotHeight = 220.0

// Months draws figures by month as columns.
func Months(f Frame, months []Month) []byte {
	w := wordsOf(f.Language)
	best, most := highest(months, func(m Month) Value { return m.Value })
	finding := w.nothing
	if best >= 0 {
		m := months[best]
		finding = fmt.Sprintf(w.month, fmt.Sprintf("%s %d", w.full[m.Month-1], m.Year), w.number(most, 0))
	}
	c := begin(f, finding)
	if best < 0 {
		return c.end(c.top, nil)
	}
	s, left := c.axis(most)
	band := (width - margin - left) / float64(len(months))
	var description []string
	for i, m := range months {
		middle := left + (float64(i)+0.5)*band
		name := w.months[m.Month-1]
		c.column(s, middle, band*0.64, m.Value)
		c.label(middle, s.from+textSize*1.4, "middle", ink, name)
		if i == 0 || m.Year != months[i-1].Year {
			c.label(middle, s.from+textSize*2.7, "middle", grey, fmt.Sprint(m.Year))
		}
		description = append(description, fmt.Sprintf("%s %d: %s.", w.full[m.Month-1], m.Year, w.value(m.Value, 0)))
	}
	return c.end(s.from+textSize*3.2, description)
}

// Bin is how many results lie from one figure up to below another.
type Bin struct {
	From, To float64
	Count    Value
}

// Distribution draws how results are spread, as columns beside each other.
func Distribution(f Frame, bins []Bin) []byte {
	w := wordsOf(f.Language)
	best, most := highest(bins, func(b Bin) Value { return b.Count })
	finding := w.nothing
	if best >= 0 {
		finding = fmt.Sprintf(w.bin, w.number(bins[best].From, 2), w.number(bins[best].To, 2))
	}
	c := begin(f, finding)
	if best < 0 {
		return c.end(c.top, nil)
	}
	s, left := c.axis(most)
	band := (width - margin - extent("1,00")/2 - left) / float64(len(bins))
	var description []string
	for i, b := range bins {
		middle := left + (float64(i)+0.5)*band
		c.column(s, middle, band-2, b.Count)
		c.label(middle-band/2, s.from+textSize*1.4, "middle", ink, w.number(b.From, 2))
		if i == len(bins)-1 {
			c.label(middle+band/2, s.from+textSize*1.4, "middle", ink, w.number(b.To, 2))
		}
		description = append(description, fmt.Sprintf(w.points+": %s.", w.number(b.From, 2), w.number(b.To, 2), w.value(b.Count, 0)))
	}
	return c.end(s.from+textSize*1.9, description)
}

// highest finds the first of the highest figures that are shown; -1 when none is.
func highest[T any](list []T, of func(T) Value) (best int, most float64) {
	best = -1
	for i, one := range list {
		if v := of(one); v.shown && (best < 0 || v.v > most) {
			best, most = i, v.v
		}
	}
	return best, most
}

// axis draws the vertical axis up to most; left is where the plot begins.
func (c *canvas) axis(most float64) (s scale, left float64) {
	bottom := c.top + textSize + plotHeight
	s = scaleTo(most, bottom, c.top+textSize)
	if s.step < 1 {
		s.step = 1
	}
	for _, t := range s.ticks() {
		left = max(left, margin+extent(c.words.number(t, 0))+8)
	}
	for _, t := range s.ticks() {
		y := s.at(t)
		colour := line
		if t == 0 {
			colour = grey
		}
		c.rule(left, y, width-margin, y, colour)
		c.label(left-6, y+textSize*0.35, "end", grey, c.words.number(t, 0))
	}
	return s, left
}

// column draws a column with its figure on top.
func (c *canvas) column(s scale, middle, breadth float64, v Value) {
	if !v.shown {
		c.dash(middle, s.from-6, "middle")
		return
	}
	y := s.at(v.v)
	c.box(middle-breadth/2, y, breadth, s.from-y, blue)
	if text := c.words.number(v.v, 0); extent(text) <= breadth*1.5 {
		// The figure covers the lines of the grid.
		c.box(middle-extent(text)/2-1, y-textSize-2, extent(text)+2, textSize+1, "#fff")
		c.label(middle, y-4, "middle", ink, text)
	}
}
