package figures

import (
	"math"

	"lernspur/report/definition"
	"lernspur/report/result"
)

// headlines are the figures of the first page where the definition sets no others.
var headlines = []string{"reach", "completion_rate", "satisfaction", "competence_gain", "budget_spent"}

// named is the figure that a definition calls by a name.
func (c *computing) named(id string) *result.Figure {
	r := c.r
	switch id {
	case "reach":
		return &r.Reach.Rate
	case "active":
		return &r.Reach.Active
	case "departments":
		return &r.Reach.Departments
	case "repeat_use":
		return &r.Reach.RepeatRate
	case "outside_core_hours":
		return &r.Reach.OutsideTime
	case "completion_rate":
		return &r.Learning.CompletionRate
	case "pass_rate":
		return &r.Learning.PassRate
	case "average_score":
		return &r.Learning.AverageScore
	case "satisfaction":
		return &r.Satisfaction.Rating
	case "competence_gain":
		return &r.Learning.CompetenceGain
	case "budget_spent":
		return &r.Cost.BudgetSpent
	case "cost_per_active":
		return &r.Cost.PerActive
	case "cost_per_completion":
		return &r.Cost.PerCompletion
	}
	return &r.Cost.PerHour
}

// number is a threshold as the report has it: with the decimal places it was given with.
func threshold(v *float64) *result.Number {
	if v == nil {
		return nil
	}
	n := result.Rounded(*v, 6)
	for n.Places > 0 && n.Units%10 == 0 {
		n.Units, n.Places = n.Units/10, n.Places-1
	}
	return &n
}

func bound(b *definition.Bound) *result.Bound {
	if b == nil {
		return nil
	}
	return &result.Bound{AtLeast: threshold(b.AtLeast), AtMost: threshold(b.AtMost)}
}

// holds tells whether a figure keeps to a bound, as both are written: what a reader compares is
// what is compared here.
func holds(b *definition.Bound, v result.Number) bool {
	micro := func(f float64) int64 { return int64(math.Round(f * 1e6)) }
	if b.AtLeast != nil {
		return micro(v.Float()) >= micro(*b.AtLeast)
	}
	return b.AtMost != nil && micro(v.Float()) <= micro(*b.AtMost)
}

// summary is section 1. It is made of figures as they are shown.
func (c *computing) summary() {
	s := &c.r.Summary
	s.Headlines, s.Recommendations = []result.Headline{}, []result.Recommendation{}
	there := make(map[string]bool)
	for _, target := range c.d.Targets {
		there[target.Figure] = true
		s.Headlines = append(s.Headlines, c.headline(target.Figure, &target))
	}
	for _, id := range headlines {
		if !there[id] && len(s.Headlines) < len(headlines) {
			s.Headlines = append(s.Headlines, c.headline(id, nil))
		}
	}
	for _, rule := range c.d.Recommendations {
		r := result.Recommendation{Consequence: rule.Consequence, Conditions: []result.Condition{}, Holds: true, Text: string(rule.Text)}
		for _, when := range rule.When {
			f := c.named(when.Figure)
			one := result.Condition{ID: when.Figure, Bound: *bound(&when.Bound), Known: f.Value != nil, Actual: f.Value}
			one.Holds = one.Known && holds(&when.Bound, *f.Value)
			r.Holds = r.Holds && one.Holds
			r.Conditions = append(r.Conditions, one)
		}
		if r.Holds && s.Consequence == "" {
			r.Recommended, s.Consequence = true, r.Consequence
		}
		s.Recommendations = append(s.Recommendations, r)
	}
}

// headline is a figure of the first page. target may be nil.
func (c *computing) headline(id string, target *definition.Target) result.Headline {
	h := result.Headline{ID: id, Figure: *c.named(id), Light: result.None}
	if target == nil {
		return h
	}
	h.Green, h.Amber = bound(&target.Green), bound(target.Amber)
	switch v := h.Figure.Value; {
	case v == nil:
		h.Light = result.Unknown
	case holds(&target.Green, *v):
		h.Light = result.Green
	case target.Amber != nil && holds(target.Amber, *v):
		h.Light = result.Amber
	default:
		h.Light = result.Red
	}
	return h
}
