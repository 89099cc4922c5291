package progress

import (
	"context"
	"net/http"
	"slices"
	"time"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/statements"
)

func fromMicros(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
func formatMicros(micros int64) string  { return statements.FormatStored(micros) }

// courses answers /courses.
func (a *API) courses(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	f := Filter{After: ask.after, Limit: ask.order.Limit, Selection: ask.Selection}
	page, err := a.Projector.Courses(ctx, tenant, f)
	if err != nil {
		return answer{}, err
	}
	s := shadeOf(ask.Scope)
	t := table{columns: []string{"id", "learners", "started", "completed", "passed", "failed", "average_score", "last_activity"}}
	for _, c := range page.Courses {
		t.rows = append(t.rows, []any{c.ID, s.people(c.Learners), s.among(c.Started, c.Learners, true), s.among(c.Completed, c.Learners, false),
			s.among(c.Passed, c.Learners, false), s.among(c.Failed, c.Learners, false), s.mean(c.ScoreSum, c.Scored),
			a.Projector.instant(s, c.Learners, c.LastActivity)})
	}
	found := answer{name: "courses", table: s.withSuppressed(t)}
	if page.More {
		found.next = page.Courses[len(page.Courses)-1].ID
	}
	return found, nil
}

// asOf is what days without activity are reckoned to.
func (a *API) asOf(ask asked) field {
	return field{"as_of", a.Projector.ask("", ask.Selection).asOf.UTC().Format(time.RFC3339)}
}

var noCourse = apiv1.Problemf(http.StatusNotFound, "nobody whom you may see has a statement in this course")

// course answers /courses/{id}.
func (a *API) course(ctx context.Context, tenant, id string, ask asked) (answer, error) {
	ask.Course = id
	c, err := a.Projector.Course(ctx, tenant, ask.Selection)
	switch {
	case err != nil:
		return answer{}, err
	case c.Learners == 0:
		return answer{}, noCourse
	}
	s := shadeOf(ask.Scope)
	n := c.Learners
	took := func(i int) any {
		if c.Completed == 0 {
			return s.of(c.Completed, nil)
		}
		return s.of(c.Completed, seconds(c.Took[i]))
	}
	row := []any{
		id, s.people(n), s.among(c.Started, n, true), s.among(c.Completed, n, false), s.among(c.Passed, n, false), s.among(c.Failed, n, false), s.among(c.Active, n, true),
		s.share(c.CompletedStarted, c.Started), s.share(c.Passed, c.Passed+c.Failed),
		s.among(c.Scored, n, true), s.mean(c.FirstScores, c.Scored), s.mean(c.BestScores, c.Scored), s.mean(c.LastScores, c.Scored), s.mean(c.AverageScores, c.Scored),
		s.mean(c.LatestScores, c.LatestScored),
		s.of(n, c.Attempts), s.of(n, seconds(c.Spent)), s.of(n, seconds(c.MedianSpent)),
		s.among(c.BySession, n, true), s.among(c.ByCumulative, n, true), s.among(c.ByGaps, n, true),
		took(0), took(1), took(2),
		s.among(c.AtRisk, n, false), s.among(c.AtRiskIdle, n, false), s.among(c.AtRiskFailed, n, false),
		s.of(n, c.Statements), a.Projector.instant(s, n, c.LastActivity),
	}
	t := table{columns: []string{
		"id", "learners", "started", "completed", "passed", "failed", "active", "completion_rate", "pass_rate",
		"scored", "first_score", "best_score", "last_score", "average_attempt_score", "average_score",
		"attempts", "time_spent", "time_spent_median", "time_by_session", "time_by_cumulative", "time_by_gaps",
		"time_to_completion_q1", "time_to_completion_median", "time_to_completion_q3", "at_risk", "at_risk_idle", "at_risk_failed",
		"statements", "last_activity",
	}, rows: [][]any{row}}
	return answer{name: "course", table: s.withSuppressed(t), one: true, fields: []field{a.asOf(ask)}}, nil
}

// dropOff answers /courses/{id}/drop-off.
func (a *API) dropOff(ctx context.Context, tenant, id string, ask asked) (answer, error) {
	ask.Course = id
	list, err := a.Projector.DropOff(ctx, tenant, ask.Selection)
	switch {
	case err != nil:
		return answer{}, err
	case len(list) == 0:
		return answer{}, noCourse
	}
	s, learners := shadeOf(ask.Scope), int64(0)
	t := table{columns: []string{"activity", "learners", "not_completed"}}
	for _, part := range list {
		learners += part.Learners
		t.rows = append(t.rows, []any{part.Activity, s.people(part.Learners), s.among(part.Unfinished, part.Learners, true)})
	}
	return answer{name: "drop-off", table: s.withSuppressed(t, "learners"), fields: []field{{"learners", s.people(learners)}}}, nil
}

// hours answers /courses/{id}/hours.
func (a *API) hours(ctx context.Context, tenant, id string, ask asked) (answer, error) {
	ask.Course = id
	list, err := a.Projector.Hours(ctx, tenant, ask.Selection)
	switch {
	case err != nil:
		return answer{}, err
	case len(list) == 0:
		return answer{}, noCourse
	}
	s := shadeOf(ask.Scope)
	t := table{columns: []string{"weekday", "hour", "statements", "learners"}}
	for _, h := range list {
		t.rows = append(t.rows, []any{int64(h.Weekday), int64(h.Hour), s.of(h.Learners, h.Statements), s.people(h.Learners)})
	}
	return answer{name: "hours", table: s.withSuppressed(t, "learners"), fields: []field{{"zone", a.Projector.zone.String()}}}, nil
}

// groups answers /groups.
func (a *API) groups(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	list, err := a.Projector.Groups(ctx, tenant, ask.Selection)
	if err != nil {
		return answer{}, err
	}
	return answer{name: "groups", table: a.groupTable(list, ask, false), fields: []field{a.asOf(ask)}}, nil
}

// units answers /units.
func (a *API) units(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	list, err := a.Projector.Units(ctx, tenant, ask.Selection)
	if err != nil {
		return answer{}, err
	}
	return answer{name: "units", table: a.groupTable(list, ask, true), fields: []field{a.asOf(ask)}}, nil
}

// summary answers /summary.
func (a *API) summary(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	g, err := a.Projector.Everyone(ctx, tenant, ask.Selection)
	if err != nil {
		return answer{}, err
	}
	s := shadeOf(ask.Scope)
	t := table{columns: slices.Clone(groupColumns), rows: [][]any{a.groupCells(s, g)}}
	return answer{name: "summary", table: s.withSuppressed(t), one: true, fields: []field{a.asOf(ask)}}, nil
}

// groupColumns are the figures of a number of people, in the order of groupCells.
var groupColumns = []string{"learners", "started", "completed", "active", "at_risk",
	"enrolments", "starts", "completions", "passes", "failures", "average_score", "attempts", "time_spent", "last_activity"}

func (a *API) groupCells(s shade, g Group) []any {
	n := g.Learners
	return []any{s.people(n), s.among(g.Started, n, true), s.among(g.Completed, n, false), s.among(g.Active, n, true), s.among(g.AtRisk, n, false),
		s.of(n, g.Enrolments), s.of(min(n, g.Started), g.Starts), s.of(min(g.Completed, n-g.Completed), g.Completions),
		s.of(min(g.Passes, g.Enrolments-g.Passes), g.Passes), s.of(min(g.Failures, g.Enrolments-g.Failures), g.Failures),
		s.mean(g.Scores, g.Scored), s.of(n, g.Attempts), s.of(n, seconds(g.Spent)), a.Projector.instant(s, n, g.LastActivity)}
}

func (a *API) groupTable(list []Group, ask asked, units bool) table {
	s := shadeOf(ask.Scope)
	t := table{columns: append([]string{"id", "people"}, groupColumns...)}
	if units {
		t.columns = append(t.columns, "name", "code", "headcount")
	}
	for _, g := range list {
		row := append([]any{g.ID, s.people(g.People)}, a.groupCells(s, g)...)
		if units {
			row = append(row, g.Name, g.Code, g.Headcount)
		}
		t.rows = append(t.rows, row)
	}
	return s.withSuppressed(t, "learners", "started", "completed", "active", "at_risk")
}

// answered is a response, for the answer on questions.
type answered struct {
	Response string `json:"response"`
	Learners any    `json:"learners"`
}

// questions answers /questions.
func (a *API) questions(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	if ask.Course == "" {
		return answer{}, apiv1.BadRequest("the parameter course is missing")
	}
	list, test, err := a.Projector.Questions(ctx, tenant, ask.Selection)
	if err != nil {
		return answer{}, err
	}
	s := shadeOf(ask.Scope)
	t := table{columns: []string{"id", "answers", "judged", "right", "difficulty", "marked", "facility", "discrimination", "compared", "responses", "other_responses"}}
	for _, q := range list {
		responses, others := []answered{}, q.OtherResponses
		for _, r := range q.Responses {
			if r.Learners < s.k || !ask.evaluated.Answers && r.Learners < evaluation.SmallGroup {
				others += r.Learners
				continue
			}
			responses = append(responses, answered{r.Text, s.people(r.Learners)})
		}
		t.rows = append(t.rows, []any{q.ID, s.people(q.Answers), s.among(q.Judged, q.Answers, true), s.among(q.Right, q.Judged, false), s.share(q.Right, q.Judged),
			s.among(q.Marked, q.Answers, true), s.mean(q.Marks, q.Marked), s.of(q.Compared, correlation(q.Discrimination)), s.among(q.Compared, q.Answers, true), responses, s.people(others)})
	}
	return answer{name: "questions", table: s.withSuppressed(t), fields: []field{
		{"test", struct {
			Items    int64    `json:"items"`
			Learners any      `json:"learners"`
			Alpha    *float64 `json:"alpha"`
		}{test.Items, s.people(test.Learners), correlation(test.Alpha)}},
	}}, nil
}

// correlation is a coefficient as it is answered.
func correlation(v *float64) *float64 {
	if v == nil {
		return nil
	}
	r := rounded(*v)
	return &r
}

// periods answers /periods.
func (a *API) periods(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	list, err := a.Projector.Trend(ctx, tenant, ask.Selection, ask.by)
	if err != nil {
		return answer{}, err
	}
	s := shadeOf(ask.Scope)
	t := table{columns: []string{"begin", "started", "completed", "active", "statements"}}
	for _, span := range list {
		t.rows = append(t.rows, []any{span.Begin.Format(time.DateOnly), s.people(span.Started), s.people(span.Completed), s.people(span.Active), s.of(span.Active, span.Statements)})
	}
	return answer{name: "periods", table: s.withSuppressed(t, "started", "completed", "active"),
		fields: []field{{"by", ask.by}, {"zone", a.Projector.zone.String()}}}, nil
}
