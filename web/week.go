package web

import (
	"strconv"
)

// week is at which of its hours people learn.
type week struct {
	Finding string
	Days    []dayOfWeek
	Hours   []hourMark
	Cells   []weekCell
	Rows    []hourRow
}

// dayOfWeek is a day with the place of its name in the drawing.
type dayOfWeek struct {
	Name string
	Y    int
}

// hourMark is an hour that the drawing names.
type hourMark struct {
	Text string
	X    int
}

// weekCell is an hour in the drawing; Depth is how dark it is, from 0 to 1.
type weekCell struct {
	X, Y  int
	Depth string
}

// hourRow is an hour in the table.
type hourRow struct {
	Day, Hour            string
	Learners, Statements figure
}

// The drawing: how wide and high an hour is, and where the first one stands.
const (
	hourWidth  = 27
	hourHeight = 24
	weekLeft   = 66
	weekTop    = 22
)

// week draws the hours of an answer; nil when there are none.
func (q *request) week(answer row) *week {
	rows := answer.rows("hours")
	if len(rows) == 0 {
		return nil
	}
	w := &week{}
	for day := range 7 {
		w.Days = append(w.Days, dayOfWeek{q.words.t("weekday." + strconv.Itoa(day+1)), weekTop + day*hourHeight + 16})
	}
	for hour := 0; hour < 24; hour += 3 {
		w.Hours = append(w.Hours, hourMark{strconv.Itoa(hour), weekLeft + hour*hourWidth})
	}
	most, at := 0.0, row{}
	for _, r := range rows {
		if n, ok := r.number("learners"); ok && n > most {
			most, at = n, r
		}
	}
	for _, r := range rows {
		day, _ := r.number("weekday")
		hour, _ := r.number("hour")
		if n, ok := r.number("learners"); ok && n > 0 {
			w.Cells = append(w.Cells, weekCell{weekLeft + int(hour)*hourWidth, weekTop + int(day-1)*hourHeight, strconv.FormatFloat(0.15+0.85*n/most, 'f', 2, 64)})
		}
		w.Rows = append(w.Rows, hourRow{q.weekday(r), q.hourOf(r), q.count(r, "learners"), q.count(r, "statements")})
	}
	if w.Finding = q.words.t("hours.hidden"); most > 0 {
		w.Finding = q.words.t("hours.finding", q.weekday(at), q.hourOf(at), int(most))
	}
	return w
}

func (q *request) weekday(r row) string {
	day, _ := r.number("weekday")
	return q.words.t("weekday." + strconv.Itoa(int(day)))
}

func (q *request) hourOf(r row) string {
	hour, _ := r.number("hour")
	return q.words.t("hours.hour", strconv.Itoa(int(hour)), strconv.Itoa((int(hour)+1)%24))
}
