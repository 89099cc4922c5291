package definition

import (
	"fmt"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// check looks for what no schema can say.
func (t *tree) check(d *Definition) {
	t.checkTimes(d)
	t.checkTargets(d)
	t.checkRecommendations(d)
	unique(t, "headcounts", "unit", d.Headcounts, func(h Headcount) string { return h.Unit })
	unique(t, "courses", "id", d.Courses, func(c Course) string { return c.ID })
	unique(t, "surveys", "activity", d.Surveys, func(s Survey) string { return s.Activity })
	unique(t, "vouchers", "member", d.Vouchers, func(v Voucher) string { return v.Member })
	for i, s := range d.Surveys {
		if s.Lowest >= s.Highest {
			t.problem([]string{"surveys", strconv.Itoa(i), "highest"}, "the scale ends before it begins")
		}
	}
	for i, c := range d.Checks {
		if c.Before == c.After {
			t.problem([]string{"competence_checks", strconv.Itoa(i), "after"}, "before and after must be two activities")
		}
	}
	for i, r := range d.Recommendations {
		t.checkText([]string{"recommendations", strconv.Itoa(i), "text"}, r.Text)
	}
	for name, text := range map[string]Markdown{
		"introduction": d.Texts.Introduction, "offer": d.Texts.Offer, "learning": d.Texts.Learning, "satisfaction": d.Texts.Satisfaction,
		"cost": d.Texts.Cost, "data_protection": d.Texts.DataProtection, "outlook": d.Texts.Outlook,
	} {
		t.checkText([]string{"texts", name}, text)
	}
}

func (t *tree) checkTimes(d *Definition) {
	day := func(text string, path ...string) (at time.Time) {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.problem(path, fmt.Sprintf("there is no day %s", text))
		}
		return at
	}
	from, to := day(d.Period.From, "period", "from"), day(d.Period.To, "period", "to")
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		t.problem([]string{"period", "to"}, "the period ends before it begins")
	}
	// Local would be another one on each machine.
	if _, err := time.LoadLocation(d.Period.Zone); err != nil || d.Period.Zone == "Local" {
		t.problem([]string{"period", "zone"}, fmt.Sprintf("there is no time zone %q", d.Period.Zone))
	}
	if d.Mandate.Date != "" {
		day(d.Mandate.Date, "mandate", "date")
	}
	if d.CoreHours.From >= d.CoreHours.To {
		t.problem([]string{"core_hours", "to"}, "the core hours end before they begin")
	}
}

// checkTargets: amber must be easier to reach than green, in the same direction.
func (t *tree) checkTargets(d *Definition) {
	unique(t, "targets", "figure", d.Targets, func(t Target) string { return t.Figure })
	for i, target := range d.Targets {
		if target.Amber == nil {
			continue
		}
		path := []string{"targets", strconv.Itoa(i), "amber"}
		switch green, amber := target.Green, *target.Amber; {
		case (green.AtLeast == nil) != (amber.AtLeast == nil):
			t.problem(path, "amber and green must be bounds in the same direction")
		case green.AtLeast != nil && *amber.AtLeast >= *green.AtLeast:
			t.problem(path, "amber must be less than green, or it would never be shown")
		case green.AtMost != nil && *amber.AtMost <= *green.AtMost:
			t.problem(path, "amber must be more than green, or it would never be shown")
		}
	}
}

// checkRecommendations: some consequence always follows.
func (t *tree) checkRecommendations(d *Definition) {
	unique(t, "recommendations", "consequence", d.Recommendations, func(r Recommendation) string { return r.Consequence })
	for i, r := range d.Recommendations {
		path := []string{"recommendations", strconv.Itoa(i)}
		switch last := i == len(d.Recommendations)-1; {
		case last && len(r.When) > 0:
			t.problem(append(path, "when"), "the last recommendation is the one when no other applies; it has no conditions")
		case !last && len(r.When) == 0:
			t.problem(path, `"when" is missing: without conditions no recommendation behind this one would ever apply`)
		}
	}
}

// unique notes elements of a list that name the same.
func unique[T any](t *tree, list, field string, elements []T, name func(T) string) {
	seen := make(map[string]bool)
	for i, e := range elements {
		if seen[name(e)] {
			t.problem([]string{list, strconv.Itoa(i), field}, fmt.Sprintf("%q stands in this list twice", name(e)))
		}
		seen[name(e)] = true
	}
}

// checkText notes what Markdown may not have, in the line where it stands.
func (t *tree) checkText(path []string, text Markdown) {
	for _, p := range text.Check() {
		at := t.place(path)
		// Only a block that is kept line by line has the lines of the file.
		if n := t.text[joined(path)]; n != nil && n.Style&yaml.LiteralStyle != 0 {
			at = place{n.Line + p.Line, 0}
		}
		t.errors = append(t.errors, Problem{Line: at.line, Column: at.column, Path: spoken(path), Message: p.Message})
	}
}
