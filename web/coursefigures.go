package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"lernspur/catalog"
	"lernspur/evaluation"
)

// stepRow is a step of the way through a course.
type stepRow struct {
	Key   string
	Count figure
}

// dropRow is a part of a course at which learners stand.
type dropRow struct {
	Name       string
	Itself     bool // it is the course
	Learners   figure
	Unfinished figure
}

// responseRow is a response to a question.
type responseRow struct {
	Text  string
	Count figure
}

// questionRow is a question of a course.
type questionRow struct {
	Name           string
	Answers, Right figure
	Discrimination figure
	Hints          []string
	Responses      []responseRow
	Others         figure
	right          float64
	judged         bool
}

// choice is one of a list to choose from.
type choice struct {
	Value, Name string
	Chosen      bool
}

// courseFiguresPage is what the page of how a course does shows.
type courseFiguresPage struct {
	Course       string
	On           evaluation.Settings
	Group, Unit  string
	Days         int
	Groups       []choice
	Empty        bool
	Steps        []stepRow
	Active       figure
	Scores       []namedFigure
	Times        []namedFigure
	AtRisk       figure
	Idle, Failed figure
	Trend        trend
	Drops        []dropRow
	Questions    []questionRow
	Alpha        figure
	Learners     *learnerList
	DropCSV      string
	QuestionsCSV string
	TrendCSV     string
	Hours        *week
	HoursCSV     string
}

// namedFigure is a figure with the key of what it is called.
type namedFigure struct {
	Key   string
	Value figure
}

// courseFigures answers whether a course works, where people stop, and which
// question is wrong.
func (s *Site) courseFigures(q *request) error {
	values := q.r.URL.Query()
	id, group, unit := values.Get("course"), values.Get("group"), values.Get("unit")
	if id == "" {
		q.to("/progress")
		return nil
	}
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	body := courseFiguresPage{Course: id, On: on, Group: group, Unit: unit, Days: recentDays}
	path := "courses/" + url.PathEscape(id)
	course, err := q.ask(path, "from", q.recent(), "group", group, "unit", unit)
	if body.Empty = refused(err) && (group != "" || unit != ""); err != nil && !body.Empty {
		return err
	}
	var periods, drops, questions, groups, hours row
	get := func(to *row, path string, pairs ...string) func() error {
		return func() (err error) {
			if *to, err = q.ask(path, pairs...); refused(err) {
				err = nil // of nobody
			}
			return err
		}
	}
	work := []func() error{
		get(&periods, "periods", "by", "week", "from", q.trendFrom().Format(time.DateOnly), "course", id, "group", group, "unit", unit),
		get(&drops, path+"/drop-off", "group", group, "unit", unit),
		get(&questions, "questions", "course", id, "group", group, "unit", unit),
		get(&groups, "groups", "course", id),
		func() (err error) { body.Learners, err = s.learnerList(q, id, on); return err },
	}
	if on.Hours {
		work = append(work, get(&hours, path+"/hours", "group", group, "unit", unit))
	}
	if err := together(work...); err != nil {
		return err
	}
	body.Hours = q.week(hours)
	names, err := q.named(activitiesOf(id, drops, questions))
	if err != nil {
		return err
	}
	body.fill(q, course.row("course"), periods, drops, questions, names)
	for _, r := range groups.rows("groups") {
		body.Groups = append(body.Groups, choice{r.text("id"), q.groupName(r.text("id")), r.text("id") == group})
	}
	body.HoursCSV = q.export(path+"/hours", "csv", "group", group, "unit", unit)
	body.DropCSV = q.export(path+"/drop-off", "csv", "group", group, "unit", unit)
	body.QuestionsCSV = q.export("questions", "csv", "course", id, "group", group, "unit", unit)
	body.TrendCSV = q.export("periods", "csv", "course", id, "by", "week", "group", group, "unit", unit)
	return q.show(http.StatusOK, "coursefigures", &view{Title: names[id], Answer: q.courseAnswer(course.row("course"), body),
		Crumbs: q.crumbs("/progress", q.words.t("menu.progress")), Body: body})
}

// activitiesOf are the activities that the page of a course names.
func activitiesOf(course string, drops, questions row) []string {
	ids := []string{course}
	for _, r := range drops.rows("drop-off") {
		ids = append(ids, r.text("activity"))
	}
	for _, r := range questions.rows("questions") {
		ids = append(ids, r.text("id"))
	}
	return ids
}

func (p *courseFiguresPage) fill(q *request, c, periods, drops, questions row, names map[string]string) {
	enrolled := q.count(c, "learners")
	if everybody := 100.0; !enrolled.Hidden {
		enrolled.Share = &everybody
	}
	p.Steps = []stepRow{{"enrolled", enrolled}, {"started", q.part(c, "started", "learners")}, {"completed", q.part(c, "completed", "learners")}, {"passed", q.part(c, "passed", "learners")}}
	p.Active, p.AtRisk, p.Idle, p.Failed = q.part(c, "active", "learners"), q.part(c, "at_risk", "learners"), q.count(c, "at_risk_idle"), q.count(c, "at_risk_failed")
	p.Scores = []namedFigure{{"scored", q.part(c, "scored", "learners")}, {"first", q.score(c, "first_score")}, {"best", q.score(c, "best_score")}, {"last", q.score(c, "last_score")},
		{"average", q.score(c, "average_attempt_score")}, {"rate", q.score(c, "pass_rate")}}
	p.Times = []namedFigure{{"spent", q.span(c, "time_spent_median")}, {"total", q.span(c, "time_spent")}, {"took", q.span(c, "time_to_completion_median")}, {"attempts", q.count(c, "attempts")}}
	p.Trend = q.trend(periods)
	for _, r := range drops.rows("drop-off") {
		p.Drops = append(p.Drops, dropRow{names[r.text("activity")], r.text("activity") == p.Course, q.count(r, "learners"), q.part(r, "not_completed", "learners")})
	}
	for _, r := range questions.rows("questions") {
		p.Questions = append(p.Questions, q.question(r, names))
	}
	slices.SortStableFunc(p.Questions, func(a, b questionRow) int { // the hardest first
		switch {
		case a.judged != b.judged:
			return map[bool]int{true: -1, false: 1}[a.judged]
		case a.right < b.right:
			return -1
		case a.right > b.right:
			return 1
		}
		return 0
	})
	p.Alpha = q.coefficient(questions.row("test"), "alpha")
}

// coefficient is a correlation.
func (q *request) coefficient(r row, name string) figure {
	return q.value(r, name, func(v float64) string { return q.words.decimal(v, 2) })
}

// From where on a question is worth a look: when fewer are right, and when its answers
// go less along with those to the others.
const (
	hardQuestion   = 0.4
	easyQuestion   = 0.95
	poorlyDividing = 0.2
)

func (q *request) question(r row, names map[string]string) questionRow {
	one := questionRow{Name: names[r.text("id")], Answers: q.count(r, "answers"), Right: q.part(r, "right", "judged"), Discrimination: q.coefficient(r, "discrimination")}
	if one.right, one.judged = r.number("difficulty"); one.judged {
		switch {
		case one.right < hardQuestion:
			one.Hints = append(one.Hints, q.words.t("question.hard"))
		case one.right > easyQuestion:
			one.Hints = append(one.Hints, q.words.t("question.easy"))
		}
	}
	switch d, ok := r.number("discrimination"); {
	case ok && d < 0:
		one.Hints = append(one.Hints, q.words.t("question.reversed"))
	case ok && d < poorlyDividing:
		one.Hints = append(one.Hints, q.words.t("question.poor"))
	}
	for _, answer := range r.rows("responses") {
		text := answer.text("response")
		if text == "" {
			text = q.words.t("question.empty")
		}
		one.Responses = append(one.Responses, responseRow{text, q.count(answer, "learners")})
	}
	if n, ok := r.number("other_responses"); ok && n > 0 {
		one.Others = q.count(r, "other_responses")
	}
	return one
}

// courseAnswer says whether a course works, where people stop, and which question is
// the hardest.
func (q *request) courseAnswer(c row, body courseFiguresPage) string {
	started, known := c.number("started")
	completed, also := c.number("completed")
	if body.Empty {
		return q.words.t("coursefigures.answer.empty")
	}
	answer := q.words.t("coursefigures.answer.hidden")
	if known && also {
		answer = q.words.t("coursefigures.answer", int64(completed), int64(started))
	}
	for _, d := range body.Drops {
		if share := d.Unfinished.Share; !d.Itself && share != nil && *share > 0 {
			answer += " " + q.words.t("coursefigures.answer.stop", d.Name)
			break
		}
	}
	if len(body.Questions) > 0 && body.Questions[0].judged && body.Questions[0].right < hardQuestion {
		answer += " " + q.words.t("coursefigures.answer.hard", body.Questions[0].Name, q.words.percent(body.Questions[0].right))
	}
	return answer
}

// learnerSorts are what learners can be sorted by, and kinds how they can be chosen.
var (
	learnerSorts = []string{"name", "last_activity", "-last_activity", "best_score", "-best_score", "attempts", "-attempts", "time_spent", "-time_spent", "started", "completed"}
	learnerKinds = []string{"", "at-risk", "active", "not-started", "not-completed", "completed", "passed", "failed", "unassigned"}
)

// learnerRow is a learner in a list.
type learnerRow struct {
	Name, Link      string
	Assigned        bool
	State           string // see state
	Completed       seen
	Score, Attempts figure
	Spent           figure
	Last            seen
	Reasons         []string
}

// learnerList is a page of learners, with what it is sorted by and how they are
// chosen.
type learnerList struct {
	Rows         []learnerRow
	Number       int
	Kinds, Sorts []choice
	Sort, Kind   string
	More         string
	CSV, XLSX    string
}

// learnerList are the learners of a course; nil for who may see no single people.
func (s *Site) learnerList(q *request, course string, on evaluation.Settings) (*learnerList, error) {
	values := q.r.URL.Query()
	sorts, kinds := allowedSorts(learnerSorts, on), slices.DeleteFunc(slices.Clone(learnerKinds), func(kind string) bool { return on.Missing(evaluation.Narrowing("kind="+kind)...) != "" })
	l := &learnerList{Sort: "name", Kind: values.Get("kind")}
	if slices.Contains(sorts, values.Get("sort")) {
		l.Sort = values.Get("sort")
	}
	if !slices.Contains(kinds, l.Kind) {
		l.Kind = ""
	}
	group, unit := values.Get("group"), values.Get("unit")
	chosen := []string{"course", course, "group", group, "unit", unit, "kind", l.Kind, "sort", l.Sort, "from", ""}
	if l.Kind == "active" {
		chosen[len(chosen)-1] = q.recent()
	}
	answer, err := q.ask("learners", append(chosen, "count", "true", "limit", strconv.Itoa(pageSize), "after", values.Get("after"))...)
	if refused(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, r := range answer.rows("learners") {
		l.Rows = append(l.Rows, q.learnerRow(r))
	}
	n, _ := answer.number("count")
	l.Number = int(n)
	for _, kind := range kinds {
		l.Kinds = append(l.Kinds, choice{kind, q.words.t("learners.kind." + kind), kind == l.Kind})
	}
	for _, sort := range sorts {
		l.Sorts = append(l.Sorts, choice{sort, q.words.t("learners.sort." + sort), sort == l.Sort})
	}
	if next := answer.after(); next != "" {
		l.More = q.page("/progress/course", "course", course, "group", group, "unit", unit, "kind", l.Kind, "sort", l.Sort, "after", next) + "#learners"
	}
	l.CSV, l.XLSX = q.export("learners", "csv", append(chosen, "limit", wholeList)...), q.export("learners", "xlsx", append(chosen, "limit", wholeList)...)
	return l, nil
}

func (q *request) learnerRow(r row) learnerRow {
	return learnerRow{Name: personName(r), Link: q.page("/progress/learner", "learner", r.text("id")), Assigned: string(r["assigned"]) == "true", State: stateOf(r), Completed: q.seen(r, "completed"),
		Score: q.score(r, "best_score"), Attempts: q.count(r, "attempts"), Spent: q.span(r, "time_spent"), Last: q.seen(r, "last_activity"), Reasons: q.reasons(r)}
}

// stateOf is the furthest that a learner has come in a course.
func stateOf(r row) string {
	switch passed := r.verdict("passed"); {
	case passed != nil && *passed:
		return catalog.Passed
	case passed != nil:
		return catalog.Failed
	case r.text("completed") != "":
		return catalog.Completed
	case r.text("started") != "":
		return catalog.Started
	}
	return catalog.NotStarted
}

// reasons are why a learner needs support.
func (q *request) reasons(r row) []string {
	var list []string
	for _, reason := range r.texts("at_risk") {
		if reason == "idle" {
			days, _ := r.number("idle_days")
			list = append(list, q.words.tn("risk.idle", int(days)))
		} else {
			failed, _ := r.number("failed_attempts")
			list = append(list, q.words.tn("risk.failed", int(failed)))
		}
	}
	return list
}
