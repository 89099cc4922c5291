package chart

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Colours of Okabe and Ito, and greys.
const (
	blue       = "#0072b2"
	orange     = "#e69f00"
	vermillion = "#d55e00"
	ink        = "#1a1a1a"
	grey       = "#595959" // 7:1 on white
	line       = "#d9d9d9"
	track      = "#eef1f4"
)

// Measures in units of the view box; text is as large as 13 px when it is shown 720 px wide.
const (
	width     = 720.0
	margin    = 12.0
	textSize  = 13.0
	titleSize = 16.0
)

// Frame is what all charts have in common.
type Frame struct {
	// ID begins the ids in the drawing; it must be unique on its page.
	ID string
	// Language is de or en; others are taken as en.
	Language string
	// Title states the finding; "" leaves it to the chart.
	Title string
	// Unit says what is counted or measured, as "aktive Lernende".
	Unit string
}

// Value is a figure that may be missing.
type Value struct {
	v     float64
	shown bool
}

// Of is a figure that may be shown.
func Of(v float64) Value { return Value{v, !math.IsNaN(v) && !math.IsInf(v, 0)} }

// Hidden is a figure that may not be shown.
var Hidden Value

// canvas gathers a drawing.
type canvas struct {
	b     bytes.Buffer
	frame Frame
	words words
	top   float64 // below the title
	hides bool    // a dash was drawn
	hatch bool
}

// begin starts a drawing; the title is wrapped.
func begin(f Frame, finding string) *canvas {
	c := &canvas{frame: f, words: wordsOf(f.Language)}
	if f.Title != "" {
		finding = f.Title
	}
	c.frame.Title = finding
	y := margin + titleSize
	for _, l := range wrap(finding, titleSize*runeWidth, width-2*margin) {
		c.write(`<text x="%s" y="%s" font-size="16" font-weight="600">%s</text>`, margin, y, l)
		y += titleSize * 1.3
	}
	c.top = y - titleSize*0.6
	if f.Unit != "" {
		c.label(margin, c.top+textSize, "start", grey, f.Unit)
		c.top += textSize * 1.8
	}
	return c
}

// write adds an element; numbers are rounded to a tenth, texts escaped.
func (c *canvas) write(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case float64:
			args[i] = coordinate(v)
		case string:
			args[i] = html.EscapeString(v)
		}
	}
	fmt.Fprintf(&c.b, format+"\n", args...)
}

func coordinate(v float64) string {
	r := math.Round(v*10) / 10
	if r == 0 {
		r = 0 // not -0
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

func (c *canvas) label(x, y float64, anchor, colour, text string) {
	c.write(`<text x="%s" y="%s" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, colour, text)
}

func (c *canvas) bold(x, y float64, anchor, text string) {
	c.write(`<text x="%s" y="%s" text-anchor="%s" font-weight="600">%s</text>`, x, y, anchor, text)
}

func (c *canvas) rule(x1, y1, x2, y2 float64, colour string) {
	c.write(`<path d="M%s %sL%s %s" stroke="%s" fill="none"/>`, x1, y1, x2, y2, colour)
}

func (c *canvas) box(x, y, w, h float64, fill string) {
	c.write(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, x, y, max(0, w), max(0, h), fill)
}

// second is the fill of a second series: light, and hatched.
func (c *canvas) second() string {
	c.hatch = true
	return "url(#" + c.frame.ID + "-h)"
}

// dash stands for a figure that may not be shown.
func (c *canvas) dash(x, y float64, anchor string) {
	c.hides = true
	c.label(x, y, anchor, grey, "–")
}

// end closes the drawing, as high as it has become, with the description for
// those who do not see it.
func (c *canvas) end(height float64, description []string) []byte {
	if c.hides {
		c.label(margin, height+textSize*1.6, "start", grey, "– "+c.words.hidden)
		height += textSize * 2
	}
	height += margin
	var out bytes.Buffer
	id := html.EscapeString(c.frame.ID)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d" lang="%s" font-family="system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif" font-size="13" fill="%s">`+"\n",
		coordinate(width), coordinate(height), id, id, c.words.lang, ink)
	fmt.Fprintf(&out, "<title id=\"%s-t\">%s</title>\n", id, html.EscapeString(c.frame.Title))
	fmt.Fprintf(&out, "<desc id=\"%s-d\">%s</desc>\n", id, html.EscapeString(strings.Join(description, " ")))
	if c.hatch {
		fmt.Fprintf(&out, `<defs><pattern id="%s-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fbe3b0"/><rect width="2.5" height="6" fill="%s"/></pattern></defs>`+"\n", id, orange)
	}
	fmt.Fprintf(&out, `<rect width="%s" height="%s" fill="#fff"/>`+"\n", coordinate(width), coordinate(height))
	out.Write(c.b.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// runeWidth is how wide a letter is at most on average, in a wide font, for a size of one.
const runeWidth = 0.62

// extent estimates how wide a text is.
func extent(text string) float64 { return float64(utf8.RuneCountInString(text)) * textSize * runeWidth }

// wrap breaks a text at its spaces into lines that are not wider than room.
func wrap(text string, perRune, room float64) (lines []string) {
	var l string
	for _, word := range strings.Split(text, " ") {
		switch longer := l + " " + word; {
		case l == "":
			l = word
		case float64(utf8.RuneCountInString(longer))*perRune > room+0.1:
			lines, l = append(lines, l), word
		default:
			l = longer
		}
	}
	return append(lines, l)
}

// name writes the label of a row before x, in two lines where it is long.
func (c *canvas) name(x, base, room float64, text string) {
	lines := wrap(text, textSize*runeWidth, room)
	if len(lines) == 1 {
		c.label(x, base, "end", ink, cut(text, room))
		return
	}
	c.label(x, base-textSize*0.55, "end", ink, cut(lines[0], room))
	c.label(x, base+textSize*0.6, "end", ink, cut(strings.Join(lines[1:], " "), room))
}

// cut shortens a text to what fits.
func cut(text string, room float64) string {
	if extent(text) <= room+0.1 {
		return text
	}
	runes := []rune(text)
	return strings.TrimRight(string(runes[:max(1, min(len(runes), int(room/(textSize*runeWidth))-1))]), " ") + "…"
}

// scale leads figures to places.
type scale struct {
	most, from, to float64
	step           float64
}

// scaleTo makes a scale from 0 to a round figure above most, with four to eight steps.
func scaleTo(most, from, to float64) scale {
	if most <= 0 {
		most = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, divisor := range []float64{5, 2, 1} {
		if most/(step/divisor) <= 8 {
			step /= divisor
			break
		}
	}
	return scale{most: math.Ceil(most/step-1e-9) * step, from: from, to: to, step: step}
}

func (s scale) at(v float64) float64 { return s.from + (s.to-s.from)*v/s.most }

// ticks are the round figures of the scale.
func (s scale) ticks() (t []float64) {
	for i := 0; float64(i)*s.step <= s.most*(1+1e-9); i++ {
		t = append(t, float64(i)*s.step)
	}
	return t
}
