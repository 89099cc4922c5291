package web

import (
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"lernspur/evaluation"
)

// recentDays is how many days count as lately, today included.
const recentDays = 28

// unitRow is a unit or a group in a list.
type unitRow struct {
	Name, Detail, Link                  string
	People, Active, Completions, AtRisk figure
	Last                                seen
	// known: it is told how many of the people are active.
	known          bool
	active, people int64
	activeShare    float64
}

// progressRow is a course in a list.
type progressRow struct {
	Name, Link                   string
	Learners, Completed, Average figure
	Last                         seen
}

// overviewPage is what the overview shows.
type overviewPage struct {
	Empty                                    bool
	On                                       evaluation.Settings
	Learners, Active, Completions, AtRisk    figure
	Trend                                    trend
	Units, Groups                            []unitRow
	Courses                                  []progressRow
	More                                     string
	CSV, XLSX, TrendCSV, UnitsCSV, GroupsCSV string // where to get the same as a file
	Days                                     int
	Risk                                     string // address of the list of those at risk
}

// recent is the first of the days that count as lately.
func (q *request) recent() string {
	return q.site.deps.Now().In(q.site.deps.Location).AddDate(0, 0, 1-recentDays).Format(time.DateOnly)
}

// together runs what can run at the same time, and answers the first error.
func together(all ...func() error) error {
	var g errgroup.Group
	for _, one := range all {
		g.Go(one)
	}
	return g.Wait()
}

// progress answers whether learning is happening, and where not.
func (s *Site) progress(q *request) error {
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	unit, after, recent := q.r.URL.Query().Get("unit"), q.r.URL.Query().Get("after"), q.recent()
	var all, periods, units, groups, courses row
	get := func(to *row, path string, pairs ...string) func() error {
		return func() (err error) { *to, err = q.ask(path, pairs...); return err }
	}
	work := []func() error{
		get(&all, "summary", "from", recent, "unit", unit),
		get(&periods, "periods", "by", "week", "from", q.trendFrom().Format(time.DateOnly), "unit", unit),
		get(&units, "units", "from", recent, "unit", unit),
		get(&courses, "courses", "unit", unit, "limit", strconv.Itoa(pageSize), "after", after),
	}
	if unit == "" {
		work = append(work, get(&groups, "groups", "from", recent))
	}
	if err := together(work...); err != nil {
		return err
	}
	total := all.row("summary")
	learners, _ := total.number("learners")
	body := overviewPage{
		Empty: learners == 0 && !total.hidden("learners"), Days: recentDays, On: on,
		Learners: q.count(total, "learners"), Active: q.part(total, "active", "learners"), Completions: q.part(total, "completions", "enrolments"), AtRisk: q.part(total, "at_risk", "learners"),
		Trend: q.trend(periods), Units: q.unitRows(units.rows("units"), unit), Groups: q.groupRows(groups.rows("groups")),
		CSV: q.export("courses", "csv", "unit", unit), XLSX: q.export("courses", "xlsx", "unit", unit),
		TrendCSV: q.export("periods", "csv", "by", "week", "unit", unit), UnitsCSV: q.export("units", "csv", "unit", unit, "from", recent), GroupsCSV: q.export("groups", "csv", "from", recent),
	}
	if body.Courses, err = q.progressRows(courses.rows("courses"), unit, ""); err != nil {
		return err
	}
	if next := courses.after(); next != "" {
		body.More = q.page("/progress", "unit", unit, "after", next)
	}
	if body.Risk, err = q.riskLink(); err != nil {
		return err
	}
	v := &view{Title: q.words.t("menu.progress"), Answer: q.overviewAnswer(total, body), Body: body}
	if unit != "" {
		v.Crumbs = q.crumbs("/progress", q.words.t("menu.progress"))
		if v.Title = s.deps.Names.Unit(q.r.Context(), q.who.Tenant, unit); v.Title == "" {
			v.Title = q.words.t("overview.unit")
		}
	}
	return q.show(http.StatusOK, "overview", v)
}

// overviewAnswer says whether learning is happening, and where not.
func (q *request) overviewAnswer(total row, body overviewPage) string {
	learners, _ := total.number("learners")
	active, _ := total.number("active")
	switch {
	case body.Empty:
		return q.words.t("overview.answer.empty")
	case total.hidden("learners") || total.hidden("active"):
		return q.words.t("overview.answer.hidden")
	case active == 0:
		return q.words.t("overview.answer.none", recentDays)
	}
	answer := q.words.t("overview.answer", recentDays, int64(active), int64(learners))
	places := body.Units
	if len(places) < 2 {
		places = body.Groups
	}
	if least := quietest(places); least != nil {
		answer += " " + q.words.t("overview.answer.least", least.Name, least.active, least.people)
	}
	return answer
}

// quietest is where the smallest share is active; nil where all are alike.
func quietest(places []unitRow) *unitRow {
	var least *unitRow
	alike := true
	for i := range places {
		p := &places[i]
		if !p.known {
			continue
		}
		if least != nil && p.activeShare != least.activeShare {
			alike = false
		}
		if least == nil || p.activeShare < least.activeShare {
			least = p
		}
	}
	if alike {
		return nil
	}
	return least
}

// place are the figures of a unit or a group.
func (q *request) place(r row) unitRow {
	u := unitRow{People: q.count(r, "people"), Active: q.part(r, "active", "people"), Completions: q.part(r, "completions", "enrolments"), AtRisk: q.count(r, "at_risk"), Last: q.seen(r, "last_activity")}
	people, known := r.number("people")
	active, also := r.number("active")
	if u.known = known && also && people > 0; u.known {
		u.active, u.people, u.activeShare = int64(active), int64(people), active/people
	}
	return u
}

func (q *request) unitRows(list []row, of string) []unitRow {
	var rows []unitRow
	for _, r := range list {
		u := q.place(r)
		id := r.text("id")
		if u.Name, u.Detail = r.text("name"), r.text("code"); u.Name == "" {
			u.Name, u.Detail = id, ""
		}
		if id == of {
			u.Detail = q.words.t("overview.unit.itself")
		} else {
			u.Link = q.page("/progress", "unit", id)
		}
		rows = append(rows, u)
	}
	return rows
}

func (q *request) groupRows(list []row) []unitRow {
	var rows []unitRow
	for _, r := range list {
		u := q.place(r)
		u.Name = q.groupName(r.text("id"))
		if q.who.Has(closeBy...) {
			u.Link = q.page("/progress/group", "group", r.text("id"))
		}
		rows = append(rows, u)
	}
	return rows
}

func (q *request) progressRows(list []row, unit, group string) ([]progressRow, error) {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.text("id")
	}
	names, err := q.named(ids)
	if err != nil {
		return nil, err
	}
	rows := make([]progressRow, len(list))
	for i, r := range list {
		rows[i] = progressRow{names[ids[i]], q.page("/progress/course", "course", ids[i], "unit", unit, "group", group), q.count(r, "learners"), q.part(r, "completed", "learners"), q.score(r, "average_score"), q.seen(r, "last_activity")}
	}
	return rows, nil
}
