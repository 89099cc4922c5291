package forms

import (
	"fmt"
	"slices"
	"strings"

	"lernspur/report/result"
)

// summarise lays out what stands on the first page.
func (d *document) summarise() {
	s := &d.report.Summary
	seen := map[string]bool{}
	for i := range s.Headlines {
		h := &s.Headlines[i]
		d.Headlines = append(d.Headlines, d.headline(h))
		if h.Figure.State != result.Shown {
			if note := fmt.Sprintf("%s: %s.", d.headlineName(h.ID), d.reason(h.Figure.Reason)); !seen[note] {
				seen[note] = true
				d.HeadlineNotes = append(d.HeadlineNotes, note)
			}
		}
	}
	for _, h := range s.Headlines {
		for _, r := range h.Figure.Remarks {
			if r.Code == result.MoreThanEntitled {
				d.HeadlineNotes = append(d.HeadlineNotes, d.headlineName(h.ID)+": "+d.remark(r))
			}
		}
	}
	if s.Consequence == "" {
		return
	}
	d.Consequence = d.nameOf(consequences, s.Consequence)
	for i := range s.Recommendations {
		if r := &s.Recommendations[i]; r.Recommended {
			d.ConsequenceText = d.markdown(r.Text)
			d.Basis = d.basis(r)
		}
	}
	d.Basis += d.unchecked()
}

// unchecked warns where the conditions of a consequence before the recommended one could not be checked.
func (d *document) unchecked() string {
	var names []string
	for _, r := range d.report.Summary.Recommendations {
		if r.Recommended {
			break
		}
		for _, c := range r.Conditions {
			if name := d.headlineName(c.ID); !c.Known && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return d.say(phrase{" Achtung: Bedingungen weitergehender Folgen konnten nicht geprüft werden, weil Angaben fehlen oder nicht ausgewiesen sind: %s.",
		" Note: conditions of consequences that come first could not be checked, since figures are missing or suppressed: %s."}, d.list(names))
}

func (d *document) headlineName(id string) string {
	if h, ok := headlineNames[id]; ok {
		return d.say(h.name)
	}
	return strings.ReplaceAll(id, "_", " ")
}

func (d *document) headline(h *result.Headline) headline {
	out := headline{
		Name: d.headlineName(h.ID), Value: d.value(&h.Figure), Population: d.population(&h.Figure), Light: h.Light,
		Shown: h.Figure.State == result.Shown && h.Figure.Value != nil, Target: d.say(phrase{"kein Ziel gesetzt", "no target set"}), LightText: d.say(lights[h.Light]),
	}
	if known, ok := headlineNames[h.ID]; ok {
		out.Meaning = d.say(known.meaning)
	}
	if h.Green != nil {
		out.Target = d.bound(h.Green, h.Figure.Unit)
	}
	if out.LightText == "" {
		out.Light, out.LightText = result.None, d.say(lights[result.None])
	}
	return out
}

// bound is a threshold in words.
func (w words) bound(b *result.Bound, unit result.Unit) string {
	switch {
	case b.AtLeast != nil:
		return w.say(phrase{"mindestens ", "at least "}) + w.amount(*b.AtLeast, unit)
	case b.AtMost != nil:
		return w.say(phrase{"höchstens ", "at most "}) + w.amount(*b.AtMost, unit)
	}
	return "–"
}

// basis says why something is recommended.
func (d *document) basis(r *result.Recommendation) string {
	if len(r.Conditions) == 0 {
		if len(d.report.Summary.Recommendations) == 1 {
			return ""
		}
		return d.say(phrase{"So ist es festgelegt für den Fall, dass die Bedingungen keiner anderen Folge erfüllt sind.", "This was set for the case that the conditions of no other consequence are met."})
	}
	parts := make([]string, len(r.Conditions))
	for i, c := range r.Conditions {
		parts[i] = d.condition(&c)
	}
	return d.say(phrase{"Die vorab festgelegten Bedingungen dafür sind erfüllt: %s.", "The conditions that were set for it beforehand are met: %s."}, d.list(parts))
}

// condition is what a recommendation asks for, and how it is.
func (d *document) condition(c *result.Condition) string {
	unit := headlineNames[c.ID].unit
	s := d.headlineName(c.ID) + " " + d.bound(&c.Bound, unit)
	if c.Known && c.Actual != nil {
		return s + d.say(phrase{" (erreicht: %s)", " (reached: %s)"}, d.amount(*c.Actual, unit))
	}
	return s + d.say(phrase{" (nicht bekannt)", " (not known)"})
}

// recommendations is the table of all consequences and what they ask for.
func (d *document) recommendations() block {
	t := &table{ID: "recommendations", Title: d.say(phrase{"Mögliche Folgen und ihre Bedingungen", "Possible consequences and their conditions"}), Columns: []column{
		{"", d.say(phrase{"Folge", "Consequence"}), text}, {"", d.say(phrase{"Bedingungen", "Conditions"}), text}, {"", d.say(phrase{"Erfüllt", "Met"}), text},
	}}
	for i := range d.report.Summary.Recommendations {
		r := &d.report.Summary.Recommendations[i]
		var parts []string
		for _, c := range r.Conditions {
			met := phrase{"nein", "no"}
			if c.Holds {
				met = phrase{"ja", "yes"}
			}
			parts = append(parts, d.condition(&c)+": "+d.say(met))
		}
		conditions, met := strings.Join(parts, "; "), d.say(phrase{"nein", "no"})
		if len(parts) == 0 {
			conditions = d.say(phrase{"keine; gilt, wenn keine andere Folge in Frage kommt", "none; applies when no other consequence does"})
		}
		switch {
		case r.Recommended:
			met = d.say(phrase{"ja; empfohlen", "yes; recommended"})
		case r.Holds:
			met = d.say(phrase{"ja; eine Folge weiter oben geht vor", "yes; a consequence above comes first"})
		}
		t.Rows = append(t.Rows, []cell{textCell(d.nameOf(consequences, r.Consequence)), textCell(conditions), textCell(met)})
	}
	return block{Heading: d.say(phrase{"Wie die Empfehlung zustande kommt", "How the recommendation comes about"}), Tables: d.inBody(t)}
}
