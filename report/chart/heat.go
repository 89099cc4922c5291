package chart

import (
	"fmt"
	"math"
)

// Core are the core hours: on the days that are set (0 is Monday), from hour From until before To.
type Core struct {
	Days     [7]bool
	From, To int
}

func (h Core) has(day, hour int) bool { return h.Days[day] && hour >= h.From && hour < h.To }

// shades are the steps of the heat map from few to many, each darker than the one before.
var shades = []string{"#f3f7fa", "#d3e5f1", "#a5cbe3", "#66a5cc", "#2f7fb3", "#0b5a8c", "#083a5e"}

// Week draws figures by weekday (0 is Monday) and hour as a map: the darker, the more.
func Week(f Frame, hours [7][24]Value, core Core) []byte {
	w := wordsOf(f.Language)
	finding, most := weekFinding(f, w, hours, core)
	c := begin(f, finding)
	left := margin + extent("Mon ") + 4
	size := (width - margin - left) / 24
	top := c.top + textSize*1.4
	shade := func(v float64) int {
		if most == 0 || v == 0 {
			return 0
		}
		return min(len(shades)-1, 1+int(v/most*float64(len(shades)-1)*(1-1e-9)))
	}
	var description []string
	for h := 0; h <= 24; h += 3 {
		c.label(left+float64(h)*size, top-6, "middle", grey, fmt.Sprint(h))
	}
	for d := range hours {
		y := top + float64(d)*size
		c.label(left-8, y+size*0.65, "end", ink, w.days[d])
		var sum float64
		hidden := false
		for h, v := range hours[d] {
			x := left + float64(h)*size
			if !v.shown {
				c.box(x+0.5, y+0.5, size-1, size-1, "#fff")
				c.dash(x+size/2, y+size*0.65, "middle")
				hidden = true
				continue
			}
			sum += v.v
			c.box(x+0.5, y+0.5, size-1, size-1, shades[shade(v.v)])
		}
		text := w.number(sum, 0)
		if hidden {
			text = w.hiddenValue
		}
		description = append(description, fmt.Sprintf("%s: %s.", w.days[d], text))
	}
	c.core(core, left, top, size)
	bottom := top + 7*size
	return c.end(c.key(left, bottom, most, shades), append([]string{finding + "."}, description...))
}

// weekFinding tells how much is outside core hours, and the highest figure.
func weekFinding(f Frame, w words, hours [7][24]Value, core Core) (finding string, most float64) {
	var all, outside float64
	complete := true
	for d := range hours {
		for h, v := range hours[d] {
			complete = complete && v.shown
			most, all = max(most, v.v), all+v.v
			if !core.has(d, h) {
				outside += v.v
			}
		}
	}
	switch {
	case !complete && f.Title == "": // a share of what is left would be wrong
		return f.Unit, most
	case all > 0:
		return fmt.Sprintf(w.outside, w.percent(outside/all)), most
	}
	return w.nothing, most
}

// core draws a frame around the core hours of days in a row.
func (c *canvas) core(core Core, left, top, size float64) {
	for d := 0; d < 7; d++ {
		if !core.Days[d] || core.From >= core.To {
			continue
		}
		last := d
		for last < 6 && core.Days[last+1] {
			last++
		}
		x, y := left+float64(core.From)*size, top+float64(d)*size
		w, h := float64(core.To-core.From)*size, float64(last-d+1)*size
		c.write(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="#fff" stroke-width="5"/>`, x, y, w, h)
		c.write(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="%s" stroke-width="2.5"/>`, x, y, w, h, vermillion)
		d = last
	}
}

// key draws what the shades stand for, and answers how far down it reaches.
func (c *canvas) key(left, top, most float64, shades []string) float64 {
	y := top + 14
	step := 72.0
	from := 0.0
	for i, colour := range shades {
		x := left + float64(i)*step
		c.write(`<rect x="%s" y="%s" width="%s" height="12" fill="%s" stroke="%s" stroke-width="0.5"/>`, x, y, step-4, colour, grey)
		text := "0"
		if i > 0 {
			to := math.Floor(most * float64(i) / float64(len(shades)-1))
			text = c.words.number(from+1, 0) + "–" + c.words.number(to, 0)
			if to <= from {
				text = ""
			}
			from = max(from, to)
		}
		c.label(x, y+12+textSize, "start", grey, text)
	}
	x := width - margin - extent(c.words.core)
	c.write(`<rect x="%s" y="%s" width="16" height="12" fill="none" stroke="%s" stroke-width="2.5"/>`, x-24, y, vermillion)
	c.label(x, y+11, "start", ink, c.words.core)
	return y + 12 + textSize*1.4
}
