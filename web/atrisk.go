package web

import (
	"net/http"
	"slices"
	"strconv"

	"lernspur/evaluation"
)

// riskRow is a learner who needs support in a course.
type riskRow struct {
	Name, Link         string
	Assigned           bool
	Course, CourseLink string
	Place              string
	Reasons            []string
	Idle, Attempts     figure
	Last               seen
}

// riskPage is what the list of those at risk shows.
type riskPage struct {
	On                                      evaluation.Settings
	Rows                                    []riskRow
	Groups, Courses, Kinds, Sorts, IdleDays []choice
	Filtered                                bool
	Next                                    string
	CSV, XLSX                               string
}

// What the list can be sorted by, for which reasons somebody is in it, and from how
// many days on.
var (
	riskSorts   = []string{"last_activity", "-last_activity", "name", "course", "-failed_attempts"}
	riskReasons = []string{"", "idle", "failed-attempts"}
	riskDays    = []int{3, 7, 14, 28}
)

// defaultRiskDays is from when on somebody is idle, as docs/metrics.md has it.
const defaultRiskDays = 7

// choosable is how many groups and courses can be chosen from.
const choosable = 500

// atRisk answers whom to write to, and why.
func (s *Site) atRisk(q *request) error {
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	if !on.AtRisk {
		return switchedOff
	}
	values := q.r.URL.Query()
	sort, reason, days := values.Get("sort"), values.Get("reason"), values.Get("idle_days")
	sorts, kinds := allowedSorts(riskSorts, on), riskReasons
	if !on.IdleDays { // then nobody is at risk for that
		kinds = nil
	}
	if !slices.Contains(sorts, sort) {
		sort = sorts[0]
	}
	if !slices.Contains(kinds, reason) {
		reason = ""
	}
	if n, err := strconv.Atoi(days); err != nil || n < 1 || n > 3660 {
		days = strconv.Itoa(defaultRiskDays)
	}
	if !on.IdleDays {
		days = ""
	}
	group, course := values.Get("group"), values.Get("course")
	chosen := []string{"group", group, "course", course, "reason", reason, "idle_days", days, "sort", sort}
	var list, groups, courses row
	if err := together(
		func() (err error) {
			list, err = q.ask("at-risk", append(slices.Clone(chosen), "count", "true", "limit", strconv.Itoa(pageSize), "after", values.Get("after"))...)
			return err
		},
		func() (err error) { groups, err = q.ask("groups"); return err },
		func() (err error) { courses, err = q.ask("courses", "limit", strconv.Itoa(choosable)); return err },
	); err != nil {
		return err
	}
	body := riskPage{On: on, Filtered: group != "" || course != "" || reason != "", CSV: q.export("at-risk", "csv", append(slices.Clone(chosen), "limit", wholeList)...), XLSX: q.export("at-risk", "xlsx", append(slices.Clone(chosen), "limit", wholeList)...)}
	if err := q.riskRows(&body, list, courses, course); err != nil {
		return err
	}
	for _, g := range groups.rows("groups")[:min(choosable, len(groups.rows("groups")))] {
		id := g.text("id")
		body.Groups = append(body.Groups, choice{id, q.groupName(id), id == group})
	}
	for _, one := range kinds {
		body.Kinds = append(body.Kinds, choice{one, q.words.t("atrisk.reason." + one), one == reason})
	}
	for _, by := range sorts {
		body.Sorts = append(body.Sorts, choice{by, q.words.t("atrisk.sort." + by), by == sort})
	}
	if on.IdleDays {
		body.IdleDays = q.dayChoices(days)
	}
	if next := list.after(); next != "" {
		body.Next = q.page("/progress/at-risk", append(slices.Clone(chosen), "after", next)...) + "#list"
	}
	return q.show(http.StatusOK, "atrisk", &view{Title: q.words.t("atrisk.title"), Answer: q.riskAnswer(list, body), Crumbs: q.crumbs("/progress", q.words.t("menu.progress")), Body: body})
}

// dayChoices are the numbers of days that can be chosen, the chosen one among them.
func (q *request) dayChoices(chosen string) []choice {
	days := slices.Clone(riskDays)
	if n, _ := strconv.Atoi(chosen); !slices.Contains(days, n) {
		days = append(days, n)
		slices.Sort(days)
	}
	var list []choice
	for _, n := range days {
		text := strconv.Itoa(n)
		list = append(list, choice{text, q.words.tn("atrisk.days", n), text == chosen})
	}
	return list
}

// riskRows fills in the rows, and the courses that can be chosen.
func (q *request) riskRows(body *riskPage, list, courses row, course string) error {
	rows := list.rows("at-risk")
	var ids []string
	for _, c := range courses.rows("courses") {
		ids = append(ids, c.text("id"))
	}
	all := slices.Clone(ids)
	for _, r := range rows {
		all = append(all, r.text("course"), r.text("last_place"))
	}
	if course != "" && !slices.Contains(ids, course) {
		ids, all = append(ids, course), append(all, course)
	}
	slices.Sort(all)
	names, err := q.named(slices.DeleteFunc(slices.Compact(all), func(id string) bool { return id == "" }))
	if err != nil {
		return err
	}
	for _, id := range ids {
		body.Courses = append(body.Courses, choice{id, names[id], id == course})
	}
	slices.SortFunc(body.Courses, func(a, b choice) int { return compareNames(a.Name, b.Name) })
	for _, r := range rows {
		id := r.text("course")
		one := riskRow{Name: personName(r), Link: q.page("/progress/learner", "learner", r.text("id")), Assigned: string(r["assigned"]) == "true", Course: names[id], CourseLink: q.page("/progress/course", "course", id),
			Reasons: q.reasons(r), Idle: q.value(r, "idle_days", func(n float64) string { return q.words.tn("atrisk.days", int(n)) }), Attempts: q.count(r, "attempts"), Last: q.seen(r, "last_activity")}
		if place := r.text("last_place"); place != id {
			one.Place = names[place]
		}
		body.Rows = append(body.Rows, one)
	}
	return nil
}

// riskAnswer says how many need support.
func (q *request) riskAnswer(list row, body riskPage) string {
	people, _ := list.number("people")
	switch {
	case people == 0 && body.Filtered:
		return q.words.t("atrisk.answer.nobody.here")
	case people == 0:
		return q.words.t("atrisk.answer.nobody")
	}
	return q.words.tn("atrisk.answer", int(people))
}
