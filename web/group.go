package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lernspur/evaluation"
)

// memberRow is somebody of a group, over all courses.
type memberRow struct {
	Name, Link               string
	Completed, Passed, Spent figure
	Last                     seen
	Reason                   string
}

// groupPage is what the page of a group shows.
type groupPage struct {
	Group                             string
	On                                evaluation.Settings
	Days                              int
	People, Active, Completions, Risk figure
	Needing, Members                  []memberRow
	Silent                            int // members without a statement
	Next                              string
	Sorts                             []choice
	Courses                           []progressRow
	NeedingCSV, CSV, XLSX             string
	RiskList                          string // address of the list of those at risk, with the reasons
}

// memberSorts are what the members of a group can be sorted by.
var memberSorts = []string{"name", "last_activity", "-last_activity", "completed", "-completed", "time_spent", "-time_spent"}

// group answers who of a group needs the trainer today.
func (s *Site) group(q *request) error {
	values := q.r.URL.Query()
	id, sort := values.Get("group"), values.Get("sort")
	if id == "" {
		q.to("/progress")
		return nil
	}
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	sorts := allowedSorts(memberSorts, on)
	if !slices.Contains(sorts, sort) {
		sort = sorts[0]
	}
	groups, err := q.ask("groups", "group", id, "from", q.recent())
	if err != nil {
		return err
	}
	if len(groups.rows("groups")) == 0 {
		return &problem{status: http.StatusNotFound, key: "nothing"}
	}
	limit := strconv.Itoa(pageSize)
	var needing, members, courses row
	get := func(to *row, path string, pairs ...string) func() error {
		return func() (err error) { *to, err = q.ask(path, pairs...); return err }
	}
	work := []func() error{
		get(&members, "learners", "group", id, "sort", sort, "limit", limit, "after", values.Get("after")),
		get(&courses, "courses", "group", id, "limit", limit),
	}
	longest := "last_activity" // who was away the longest comes first
	if !on.IdleDays {
		longest = ""
	}
	if on.AtRisk {
		work = append(work, get(&needing, "learners", "group", id, "kind", "at-risk", "sort", longest, "limit", limit))
	}
	if err := together(work...); err != nil {
		return err
	}
	g := groups.rows("groups")[0]
	people, _ := g.number("people")
	learners, _ := g.number("learners")
	body := groupPage{Group: id, On: on, Days: recentDays, People: q.count(g, "people"), Active: q.part(g, "active", "people"), Completions: q.part(g, "completions", "enrolments"), Risk: q.part(g, "at_risk", "people"),
		Needing: q.memberRows(needing), Members: q.memberRows(members), Silent: max(0, int(people-learners)),
		NeedingCSV: q.export("learners", "csv", "group", id, "kind", "at-risk", "sort", longest, "limit", wholeList),
		CSV:        q.export("learners", "csv", "group", id, "sort", sort, "limit", wholeList), XLSX: q.export("learners", "xlsx", "group", id, "sort", sort, "limit", wholeList)}
	if body.Courses, err = q.progressRows(courses.rows("courses"), "", id); err != nil {
		return err
	}
	if body.RiskList, err = q.riskLink("group", id); err != nil {
		return err
	}
	if next := members.after(); next != "" {
		body.Next = q.page("/progress/group", "group", id, "sort", sort, "after", next) + "#members"
	}
	for _, by := range sorts {
		body.Sorts = append(body.Sorts, choice{by, q.words.t("learners.sort." + by), by == sort})
	}
	return q.show(http.StatusOK, "group", &view{Title: q.groupName(id), Answer: q.groupAnswer(g, body), Crumbs: q.crumbs("/progress", q.words.t("menu.progress")), Body: body})
}

// namedInAnswer is how many people the line at the top names.
const namedInAnswer = 3

func (q *request) groupAnswer(g row, body groupPage) string {
	if !body.On.AtRisk {
		people, _ := g.number("people")
		return q.words.tn("group.answer.people", int(people))
	}
	var names []string
	for _, m := range body.Needing[:min(namedInAnswer, len(body.Needing))] {
		names = append(names, m.Name)
	}
	n, _ := g.number("at_risk")
	if len(names) == 0 {
		return q.words.t("group.answer.nobody")
	}
	answer := q.words.tn("group.answer", int(n), strings.Join(names, ", "))
	if rest := int(n) - len(names); rest > 0 {
		answer = q.words.tn("group.answer.more", rest, int(n), strings.Join(names, ", "))
	}
	return answer
}

// allowedSorts are those of a list of single people that may be told.
func allowedSorts(sorts []string, on evaluation.Settings) []string {
	return slices.DeleteFunc(slices.Clone(sorts), func(by string) bool {
		figure, _ := evaluation.FieldOf(true, strings.TrimPrefix(by, "-"))
		return on.Missing(figure.Needs...) != ""
	})
}

func (q *request) memberRows(answer row) []memberRow {
	var list []memberRow
	for _, r := range answer.rows("learners") {
		m := memberRow{Name: personName(r), Link: q.page("/progress/learner", "learner", r.text("id")), Completed: q.part(r, "completed", "courses"), Passed: q.count(r, "passed"), Spent: q.span(r, "time_spent"), Last: q.seen(r, "last_activity")}
		if risks, _ := r.number("at_risk"); risks > 0 {
			m.Reason = q.words.tn("group.reason", int(risks))
		}
		list = append(list, m)
	}
	return list
}
