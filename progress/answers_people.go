package progress

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"lernspur/apiv1"
)

// learners answers /learners: of one course, or of all together.
func (a *API) learners(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	if err := ask.place(); err != nil {
		return answer{}, err
	}
	found := answer{name: "learners", fields: []field{a.asOf(ask)}}
	var next *Place
	if ask.Course != "" {
		list, last, err := a.Projector.Learners(ctx, tenant, ask.Selection, ask.kind, ask.order)
		if err != nil {
			return found, problem(err)
		}
		next, found.table = last, learnerTable(list)
	} else {
		list, last, err := a.Projector.Everybody(ctx, tenant, ask.Selection, ask.kind, ask.order)
		if err != nil {
			return found, problem(err)
		}
		next = last
		found.table = table{columns: []string{"id", "assigned", "name", "units", "courses", "started", "completed", "passed", "failed", "at_risk",
			"attempts", "time_spent", "statements", "last_activity", "idle_days"}}
		for _, t := range list {
			found.table.rows = append(found.table.rows, []any{t.ID, t.Assigned, t.Name, list0(t.Units), t.Courses, t.Started, t.Completed, t.Passed, t.Failed, t.AtRisk,
				t.Attempts, seconds(t.Spent), t.Statements, formatMicros(t.LastActivity), t.IdleDays})
		}
	}
	if ask.count {
		n, err := a.Projector.CountLearners(ctx, tenant, ask.Selection, ask.kind)
		if err != nil {
			return found, err
		}
		found.fields = append(found.fields, field{"count", n})
	}
	if next != nil {
		found.next = cursor(*next)
	}
	return found, nil
}

// list0 is a list that is never null.
func list0(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func learnerTable(list []Learner) table {
	t := table{columns: []string{"id", "assigned", "name", "units", "course", "started", "completed", "passed", "attempts", "failed_attempts",
		"first_score", "best_score", "last_score", "average_score", "time_spent", "time_source", "time_to_completion", "statements",
		"last_activity", "idle_days", "at_risk", "last_place"}}
	for _, l := range list {
		risks := []string{}
		if l.AtRiskIdle {
			risks = append(risks, "idle")
		}
		if l.AtRiskFailed {
			risks = append(risks, "failed attempts")
		}
		t.rows = append(t.rows, []any{l.ID, l.Assigned, l.Name, list0(l.Units), l.Course, instantOrNil(l.Started), instantOrNil(l.Completed), l.Passed, l.Attempts, l.FailedAttempts,
			score(l.FirstScore), score(l.BestScore), score(l.LastScore), score(l.AverageScore), seconds(l.Spent), l.Source, secondsOrNil(l.TimeToCompletion), l.Statements,
			formatMicros(l.LastActivity), l.IdleDays, risks, l.Place})
	}
	return t
}

func instantOrNil(micros *int64) any {
	if micros == nil {
		return nil
	}
	return formatMicros(*micros)
}

func secondsOrNil(micros *int64) any {
	if micros == nil {
		return nil
	}
	return seconds(*micros)
}

func score(billionths *int64) any {
	if billionths == nil {
		return nil
	}
	return rounded(float64(*billionths) / 1e9)
}

var noLearner = apiv1.Problemf(http.StatusNotFound, "there is no such learner, or none that you may see, with a statement")

// learner answers /learners/{id}: the courses of one.
func (a *API) learner(ctx context.Context, tenant, id string, ask asked) (answer, error) {
	ask.Learner = id
	list, _, err := a.Projector.Learners(ctx, tenant, ask.Selection, "", Order{By: "course", Limit: maxLimit})
	switch {
	case err != nil:
		return answer{}, err
	case len(list) == 0:
		return answer{}, noLearner
	}
	identifiers, err := a.Projector.Identifiers(ctx, tenant, id)
	if err != nil {
		return answer{}, err
	}
	return answer{name: "courses", table: learnerTable(list), fields: []field{
		a.asOf(ask), {"id", id}, {"name", list[0].Name}, {"identifiers", list0(identifiers)},
	}}, nil
}

// attempts answers /learners/{id}/attempts.
func (a *API) attempts(ctx context.Context, tenant, id string, ask asked) (answer, error) {
	ask.Learner = id
	list, err := a.Projector.Attempts(ctx, tenant, ask.Selection)
	switch {
	case err != nil:
		return answer{}, err
	case len(list) == 0:
		return answer{}, noLearner
	}
	t := table{columns: []string{"course", "registration", "number", "began", "ended", "score", "passed"}}
	for _, at := range list {
		var registration any
		if at.Registration != uuid.Nil {
			registration = at.Registration.String()
		}
		t.rows = append(t.rows, []any{at.Course, registration, at.Number, formatMicros(at.Began), formatMicros(at.Ended), score(at.Score), at.Passed})
	}
	return answer{name: "attempts", table: t}, nil
}
