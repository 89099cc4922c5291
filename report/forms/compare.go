package forms

import (
	"math"

	"lernspur/report/result"
)

// Compared is a figure of two reports.
type Compared struct {
	Name                string
	Before, After       string
	Difference          string // "" where one of the two is not shown
	Changed, Comparable bool
}

// Compare sets the single figures of two reports beside each other, in the words of a language (de, else
// English). Figures of different units are not compared.
func Compare(before, after *result.Report, language string) []Compared {
	w := words{language}
	if !w.german() {
		w.lang = "en"
	}
	earlier := map[string]*result.Figure{}
	for _, f := range before.Figures() {
		earlier[f.Name] = f
	}
	var list []Compared
	for _, f := range after.Figures() {
		old := earlier[f.Name]
		if old == nil {
			continue
		}
		c := Compared{Name: w.nameOf(figureNames, f.Name), Before: w.value(old), After: w.value(f)}
		a, shownBefore := shown(old)
		b, shownAfter := shown(f)
		c.Changed = c.Before != c.After
		if c.Comparable = shownBefore && shownAfter && old.Unit == f.Unit; c.Comparable {
			c.Difference = w.difference(b-a, f.Unit, max(old.Value.Places, f.Value.Places))
		}
		list = append(list, c)
	}
	return list
}

// difference is how much more (or less) a figure is, with its sign.
func (w words) difference(d float64, unit result.Unit, places int) string {
	f := formatOf(unit, places)
	s := w.figure(math.Abs(d), format{f.kind, f.places})
	if f.kind == asPoints {
		s = w.number(math.Abs(d), f.places)
	}
	if unit == result.Share {
		s = w.number(math.Abs(d)*100, f.places) + nbsp + w.say(phrase{"Prozentpunkte", "percentage points"})
	}
	switch {
	case math.Abs(d) < math.Pow10(-places)/2:
		return "±" + s
	case d < 0:
		return "−" + s
	}
	return "+" + s
}
