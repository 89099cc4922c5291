package report

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
)

//go:embed page.html page.css
var files embed.FS

var page = template.Must(template.New("page.html").ParseFS(files, "page.html"))

// maxBars is how many courses the chart shows.
const maxBars = 20

// pageData is what the template shows, all numbers already in words.
type pageData struct {
	*texts
	CSS                              template.CSS
	PeriodText, AsOfText, TenantText string
	SummaryRows                      []summaryRow
	Rows                             []courseRow
	Chart                            *chart
	SuppressedText, ChartMoreText    string
	Invented                         bool
}

type summaryRow struct {
	Name  string
	Value cell
}

type courseRow struct {
	Number int
	ID     string
	Cells  []cell
}

// WriteHTML writes the report as one HTML page that needs nothing else. lang is
// "de" or "en".
func (r *Report) WriteHTML(w io.Writer, lang string) error {
	t, ok := languages[lang]
	if !ok {
		return fmt.Errorf("there is no report in the language %q, only in de and en", lang)
	}
	css, err := files.ReadFile("page.css")
	if err != nil {
		return err
	}
	data := pageData{
		texts: t, CSS: template.CSS(css), TenantText: r.Tenant, Invented: r.MadeUp,
		PeriodText: t.period(r.From, r.To), AsOfText: t.moment(r.AsOf.In(r.From.Location())),
		SuppressedText: fmt.Sprintf(t.SuppressedNote, r.K),
		SummaryRows: []summaryRow{
			{t.CourseCount, t.integer(r.Summary.Courses)},
			{t.Learners, t.count(r.Summary.Learners)},
			{t.Started, t.count(r.Summary.Started)},
			{t.Completed, t.count(r.Summary.Completed)},
		},
		Chart: t.chart(r.Courses),
	}
	for i, c := range r.Courses {
		data.Rows = append(data.Rows, courseRow{i + 1, c.ID, []cell{
			t.count(c.Learners), t.count(c.Started), t.count(c.Completed), t.count(c.Passed), t.count(c.Failed), t.mean(c.AverageScore), t.date(c.LastActivity),
		}})
	}
	if data.Chart != nil && data.Chart.some {
		data.ChartMoreText = fmt.Sprintf(t.ChartMore, maxBars)
	}
	// Nothing is written of a page that cannot be made whole.
	var b bytes.Buffer
	if err := page.Execute(&b, data); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// chart is the bar chart, in units of its view box.
type chart struct {
	Width, Height int
	Groups        []barGroup
	some          bool // not all courses are in it
}

// barGroup are the two bars of one course.
type barGroup struct {
	Number             int
	LabelY             int
	Started, Completed *bar
}

type bar struct {
	Y, Width, TextX, TextY int
	Text                   cell
}

// Measures of the chart.
const (
	chartWidth  = 720
	chartLeft   = 36  // room for the course's number
	chartBars   = 580 // the longest bar
	barHeight   = 14
	groupHeight = 38
)

// chart draws the courses with the most learners, in the order of the table;
// nil when there is nothing to draw. A suppressed figure has no bar.
func (t *texts) chart(courses []Course) *chart {
	var shown []int
	for i := range courses {
		if _, ok := courses[i].Learners.Value(); ok {
			shown = append(shown, i)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	slices.SortStableFunc(shown, func(a, b int) int {
		m, _ := courses[b].Learners.Value()
		n, _ := courses[a].Learners.Value()
		return cmp.Compare(m, n)
	})
	c := &chart{Width: chartWidth, some: len(shown) > maxBars}
	shown = shown[:min(len(shown), maxBars)]
	slices.Sort(shown)
	longest := int64(1)
	for _, i := range shown {
		started, _ := courses[i].Started.Value()
		completed, _ := courses[i].Completed.Value()
		longest = max(longest, started, completed)
	}
	draw := func(count Count, y int) *bar {
		n, ok := count.Value()
		if !ok {
			return nil
		}
		width := int(n * chartBars / longest)
		return &bar{Y: y, Width: max(1, width), TextX: chartLeft + width + 6, TextY: y + barHeight - 3, Text: t.integer(n)}
	}
	for at, i := range shown {
		y := at * groupHeight
		c.Groups = append(c.Groups, barGroup{Number: i + 1, LabelY: y + barHeight + 5, Started: draw(courses[i].Started, y+2), Completed: draw(courses[i].Completed, y+2+barHeight)})
	}
	c.Height = len(shown) * groupHeight
	return c
}
