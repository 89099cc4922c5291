package forms

import (
	"strconv"
	"time"

	"lernspur/report/chart"
	"lernspur/report/result"
)

const (
	// maxBars is how many bars a chart has at most.
	maxBars = 12
	// maxSteps is how many steps of a scale are drawn.
	maxSteps = 11
)

func (d *document) frame(id string, unit phrase) chart.Frame {
	return chart.Frame{ID: id, Language: d.Lang, Unit: d.say(unit)}
}

// valueOf is a figure for a chart.
func valueOf(f *result.Figure) chart.Value {
	if v, ok := shown(f); ok {
		return chart.Of(v)
	}
	return chart.Hidden
}

// figureAt is the figure of a column in a row; ok is false where there is none at all.
func figureAt(t *result.Table, row result.Row, column string) (v chart.Value, ok bool) {
	for i, c := range t.Columns {
		if c.Name != column || i >= len(row.Cells) {
			continue
		}
		switch cell := row.Cells[i]; {
		case cell.State == result.Suppressed:
			return chart.Hidden, true
		case cell.State == result.Shown && cell.Value != nil:
			return chart.Of(cell.Value.Float()), true
		}
	}
	return chart.Hidden, false
}

// rows are what a chart of a table draws: a row for each that has something to draw, totals aside.
func (d *document) rows(t *result.Table, column, of string) (rows []chart.Row) {
	for _, r := range t.Rows {
		if r.Total && r.Key == "total" || r.Level > 0 {
			continue
		}
		v, ok := figureAt(t, r, column)
		if !ok {
			continue
		}
		whole := chart.Hidden
		if of != "" {
			whole, _ = figureAt(t, r, of)
		}
		rows = append(rows, chart.Row{Label: d.rowName(t.Name, r), Count: v, Of: whole})
	}
	return rows[:min(len(rows), maxBars)]
}

// bars draws rows, when there are some.
func (d *document) bars(b *block, rows []chart.Row, unit phrase, title string) {
	if len(rows) == 0 {
		return
	}
	b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
		f := d.frame(id, unit)
		f.Title = title
		return chart.Bars(f, rows)
	})
}

func (d *document) unitBars(b *block, t *result.Table) {
	d.bars(b, d.rows(t, "active", "entitled"), phrase{"aktive von berechtigten Beschäftigten", "active of entitled staff"}, "")
}

func (d *document) courseBars(b *block, t *result.Table, column, of string, unit phrase) {
	d.bars(b, d.rows(t, column, of), unit, "")
}

func (d *document) voucherBars(b *block, t *result.Table) {
	d.bars(b, d.rows(t, "redeemed", "issued"), phrase{"eingelöste von ausgegebenen Bildungsgutscheinen", "redeemed of issued vouchers"}, "")
}

func (d *document) monthColumns(b *block, t *result.Table) {
	var list []chart.Month
	for _, r := range t.Rows {
		v, ok := figureAt(t, r, "active")
		month, err := time.Parse("2006-01", r.Key)
		if err != nil || !ok {
			continue
		}
		list = append(list, chart.Month{Year: month.Year(), Month: month.Month(), Value: v})
	}
	if len(list) > 24 {
		list = list[len(list)-24:]
	}
	if len(list) > 0 {
		b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
			return chart.Months(d.frame(id, phrase{"aktive Lernende", "active learners"}), list)
		})
	}
}

// weekMap draws the hours of the week.
func (d *document) weekMap(b *block) {
	r := &d.report.Reach
	if len(r.Hours.Rows) == 0 || len(r.Hours.Columns) == 0 {
		return
	}
	var hours [7][24]chart.Value
	for _, row := range r.Hours.Rows {
		if len(row.Key) != len("mon-00") {
			continue
		}
		hour, err := strconv.Atoi(row.Key[4:])
		for day, key := range days {
			if key == row.Key[:3] && err == nil && hour >= 0 && hour < 24 {
				hours[day][hour], _ = figureAt(&r.Hours, row, r.Hours.Columns[0].Name)
			}
		}
	}
	var core chart.Core
	for _, key := range r.Core.Days {
		for i, day := range days {
			core.Days[i] = core.Days[i] || day == key
		}
	}
	core.From, core.To = hourOf(r.Core.From, false), hourOf(r.Core.To, true)
	f := chart.Frame{Language: d.Lang, Unit: d.say(phrase{"aktive Personen nach Wochentag und Stunde", "active people by weekday and hour"}), Title: d.say(phrase{"Wann gelernt wird", "When people learn"})}
	if _, ok := shown(&r.OutsideTime); ok {
		// Adding up people by hours would count them more than once.
		f.Title = d.say(phrase{"%s des Lernens liegen außerhalb der Kernzeit", "%s of learning is outside core hours"}, d.value(&r.OutsideTime))
	}
	b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
		f.ID = id
		return chart.Week(f, hours, core)
	})
}

// hourOf is the hour of a time of day; one that is not full counts up where it ends something.
func hourOf(clock string, up bool) int {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0
	}
	if up && t.Minute() > 0 {
		return t.Hour() + 1
	}
	return t.Hour()
}

func (d *document) scoreColumns(b *block, t *result.Table) {
	var bins []chart.Bin
	for _, r := range t.Rows {
		from, err := strconv.ParseFloat(r.Key, 64)
		v, ok := figureAt(t, r, "participations")
		if err != nil || !ok {
			continue
		}
		bins = append(bins, chart.Bin{From: from, To: from + 0.1, Count: v})
	}
	if len(bins) > 0 {
		b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
			return chart.Distribution(d.frame(id, phrase{"Teilnahmen nach ihrem Ergebnis (0 bis 1)", "participations by score (0 to 1)"}), bins)
		})
	}
}

func (d *document) checkPairs(b *block, t *result.Table) {
	var pairs []chart.Pair
	for _, r := range t.Rows {
		if r.Total {
			continue
		}
		before, ok := figureAt(t, r, "before")
		after, both := figureAt(t, r, "after")
		if ok && both {
			pairs = append(pairs, chart.Pair{Label: d.rowName(t.Name, r), Before: before, After: after})
		}
	}
	if len(pairs) > 0 {
		b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
			return chart.BeforeAfter(d.frame(id, phrase{"mittleres Ergebnis des Kompetenz-Checks", "average score of the competence check"}), pairs[:min(len(pairs), maxBars)], 1)
		})
	}
}

// ratingBars draws the steps of the first survey; the table has those of all.
func (d *document) ratingBars(b *block) {
	s := &d.report.Satisfaction
	var rows []chart.Row
	name := ""
	for _, r := range s.Ratings.Rows {
		survey, step := stepOf(r.Key)
		if len(rows) == 0 {
			name = survey
		}
		v, ok := figureAt(&s.Ratings, r, "people")
		if !ok || survey != name || len(rows) >= maxSteps {
			continue
		}
		rows = append(rows, chart.Row{Label: d.stepName(step), Count: v})
	}
	title := d.surveyName(d.report, name)
	d.bars(b, rows, phrase{"Personen nach ihrer Bewertung", "people by their rating"}, title)
}

func (d *document) costSteps(b *block) {
	c := &d.report.Cost
	budget, known := shown(&c.Budget)
	var items []chart.Item
	for _, r := range c.Items.Rows {
		if r.Total {
			continue
		}
		for i, column := range c.Items.Columns {
			if column.Name == "amount" && i < len(r.Cells) && r.Cells[i].Value != nil {
				items = append(items, chart.Item{Label: d.rowName(c.Items.Name, r), Amount: r.Cells[i].Value.Float()})
			}
		}
	}
	if len(items) == 0 || !known {
		return
	}
	b.Chart, b.ChartCaption = d.drawing(func(id string) []byte {
		return chart.Cost(d.frame(id, phrase{"Euro", "euro"}), items[:min(len(items), maxBars)], budget)
	})
}
