package web

import (
	"time"
)

// trendWeeks is how many weeks a trend goes back, this one included.
const trendWeeks = 12

// The drawing of a trend, in units of its own.
const (
	trendWidth, trendHeight = 720.0, 190.0
	trendTop, trendBottom   = 26.0, 30.0 // above and below the columns
)

// trend is what happened in each of the last weeks.
type trend struct {
	Weeks  []trendWeek
	Empty  bool
	Hidden bool // of some weeks nothing is told
	// Finding says what is to be seen.
	Finding string
}

// trendWeek is a column of the drawing, and a row of the table beside it.
type trendWeek struct {
	Begin, Short               string // its Monday
	Active, Started, Completed figure
	X, Y, Width, Height        float64
	Middle                     float64
	Label                      string
}

// trendFrom is the first day of a trend.
func (q *request) trendFrom() time.Time {
	now := q.site.deps.Now().In(q.site.deps.Location)
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	return monday.AddDate(0, 0, -7*(trendWeeks-1))
}

// trend makes a trend of an answer on periods, weeks in which nothing happened
// included.
func (q *request) trend(answer row) trend {
	byDay := map[string]row{}
	for _, r := range answer.rows("periods") {
		byDay[r.text("begin")] = r
	}
	begin := q.trendFrom()
	var t trend
	values, most := make([]float64, trendWeeks), 0.0
	nothing := row{"active": []byte("0"), "started": []byte("0"), "completed": []byte("0")}
	t.Empty = true
	for i := range trendWeeks {
		day := begin.AddDate(0, 0, 7*i)
		r := byDay[day.Format(time.DateOnly)]
		if r == nil {
			r = nothing
		}
		w := trendWeek{Begin: q.words.date(day), Short: q.words.shortDate(day), Active: q.count(r, "active"), Started: q.count(r, "started"), Completed: q.count(r, "completed")}
		values[i], _ = r.number("active")
		most = max(most, values[i])
		if w.Label = w.Active.Text; w.Active.Hidden {
			w.Label, t.Hidden = "*", true
		}
		t.Empty = t.Empty && values[i] == 0 && !w.Active.Hidden
		t.Weeks = append(t.Weeks, w)
	}
	step := trendWidth / trendWeeks
	for i := range t.Weeks {
		w := &t.Weeks[i]
		w.X, w.Width, w.Middle = float64(i)*step+step*0.15, step*0.7, (float64(i)+0.5)*step
		if most > 0 {
			w.Height = values[i] / most * (trendHeight - trendTop - trendBottom)
		}
		w.Y = trendHeight - trendBottom - w.Height
	}
	last, before := t.Weeks[trendWeeks-2].Active, t.Weeks[trendWeeks-3].Active
	switch {
	case t.Empty:
		t.Finding = q.words.t("trend.nothing", trendWeeks)
	case last.Hidden || before.Hidden:
		t.Finding = q.words.t("trend.title")
	default:
		t.Finding = q.words.t("trend.finding", last.Text, before.Text)
	}
	return t
}

// shortDate is a day without its year.
func (w *words) shortDate(t time.Time) string {
	if w.lang == "de" {
		return t.Format("02.01.")
	}
	return t.Format("2 Jan")
}
