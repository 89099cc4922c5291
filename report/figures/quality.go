package figures

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// maxNamed is how many repairs and sources are listed.
const maxNamed = 50

// quality is section 9. It counts what the sections before have come to.
func (c *computing) quality(s *suppress.Result) {
	q := &c.r.Quality
	q.Text = string(c.d.Texts.DataProtection)
	q.Exposed = append([]string{}, s.Exposed()...)
	q.Remarks = c.remarks()
	c.counts()
	named := func(t *result.Table, name, query string, list []inputs.Named) {
		table(t, name, result.Column{Name: "statements", Unit: result.Counts, Query: query})
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b inputs.Named) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
		if len(list) > maxNamed {
			list = list[:maxNamed]
			t.Remarks = remarks(result.Remark{Code: result.OnlyFirst, Count: maxNamed})
		}
		for _, one := range list {
			t.Rows = append(t.Rows, result.Row{Key: one.Name, Cells: []result.Cell{shown(result.Whole(one.Count))}})
		}
		if len(list) == 0 {
			t.Missing = result.NoData
		}
	}
	named(&q.Repairs, "quality.repairs", queryRepairs, c.in.Counts.Repairs)
	named(&q.Sources, "quality.sources", querySources, c.in.Counts.Sources)
	c.published()
}

// remarks are on the report as a whole.
func (c *computing) remarks() []result.Remark {
	list := remarks(c.tree.wrong...)
	if first := c.in.Counts.First; first != 0 && first > c.from {
		list = append(list, result.Remark{Code: result.BeforeFirst, Text: time.UnixMicro(first).In(c.zone).Format(time.DateOnly)})
	}
	if c.in.AsOf < c.to {
		list = append(list, result.Remark{Code: result.AfterAsOf})
	}
	if gone := c.in.Gone(); gone > 0 {
		list = append(list, result.Remark{Code: result.ErasedMissing, Count: gone})
	}
	return list
}

// counts is the table of statements, those of the whole tenant.
func (c *computing) counts() {
	t := &c.r.Quality.Statements
	table(t, "quality.statements", result.Column{Name: "statements", Unit: result.Counts, Query: queryCounts})
	n := c.in.Counts
	for _, row := range []struct {
		key   string
		count int64
	}{
		{"received", n.Received}, {"in_period", n.InPeriod}, {"in_courses", n.InCourses}, {"voided", n.Voided},
		{"repaired", n.Repaired}, {"refused", n.Refused}, {"duplicates", n.Duplicates}, {"erased", n.Erased},
	} {
		cell := shown(result.Whole(row.count))
		if row.count == inputs.None {
			cell = result.Cell{State: result.Missing, Reason: result.NotCounted}
		}
		t.Rows = append(t.Rows, result.Row{Key: row.key, Cells: []result.Cell{cell}})
	}
}

// published counts what is shown and what is suppressed in the report.
func (c *computing) published() {
	q := &c.r.Quality
	var there, hidden int64
	why := make(map[result.Reason]int64)
	count := func(state result.State, reason result.Reason) {
		switch state {
		case result.Shown:
			there++
		case result.Suppressed:
			hidden++
			why[reason]++
		}
	}
	for _, f := range c.r.Figures() {
		if !strings.HasPrefix(f.Name, "quality.") && f.Name != "" {
			count(f.State, f.Reason)
		}
	}
	for _, t := range c.r.Tables() {
		if strings.HasPrefix(t.Name, "quality.") || t.Name == "" {
			continue
		}
		for _, row := range t.Rows {
			for _, cell := range row.Cells {
				count(cell.State, cell.Reason)
			}
		}
	}
	put := func(to *result.Figure, name string, n int64) {
		value, of := result.Whole(n), there+hidden
		*to = result.Figure{Name: "quality." + name, State: result.Shown, Value: &value, Unit: result.Counts, Population: &of, PopulationUnit: result.Counts,
			Query: fromReport, Remarks: remarks()}
	}
	put(&q.Shown, "shown", there)
	put(&q.Suppressed, "suppressed", hidden)
	table(&q.Reasons, "quality.reasons", result.Column{Name: "figures", Unit: result.Counts, Query: fromReport})
	for _, reason := range []result.Reason{result.Small, result.Rest, result.Change, result.Reckoned, result.Together} {
		q.Reasons.Rows = append(q.Reasons.Rows, result.Row{Key: string(reason), Cells: []result.Cell{shown(result.Whole(why[reason]))}})
	}
}

// annex is section 10.
func (c *computing) annex() {
	a := &c.r.Annex
	a.Outlook = string(c.d.Texts.Outlook)
	d := c.d
	yes := func(b bool) string { return strconv.FormatBool(b) }
	a.Parameters = []result.Parameter{
		{Name: "tenant", Value: d.Tenant}, {Name: "from", Value: d.Period.From}, {Name: "to", Value: d.Period.To}, {Name: "zone", Value: d.Period.Zone},
		{Name: "as_of", Value: c.r.Head.AsOf}, {Name: "k", Value: strconv.Itoa(d.K)},
		{Name: "core_hours", Value: strings.Join(d.CoreHours.Days, " ") + " " + d.CoreHours.From + "-" + d.CoreHours.To},
		{Name: "units", Value: strings.Join(d.Units, ", ")}, {Name: "courses", Value: strconv.Itoa(len(c.in.Courses))},
		{Name: "hours", Value: yes(c.in.Hours)}, {Name: "earlier_runs", Value: strconv.Itoa(len(c.in.Earlier))},
		{Name: "version", Value: c.r.Head.Version},
	}
	a.Definitions = slices.Clone(definitions)
	a.Queries = []result.Query{}
	text := make(map[string]string)
	for _, q := range c.in.Queries {
		text[q.Name] = q.SQL
	}
	for _, q := range queries {
		q.SQL = text[q.Name]
		a.Queries = append(a.Queries, q)
	}
}
