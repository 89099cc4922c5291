package progress

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/apiv1"
)

// The reasons for which somebody is at risk, as questions name them.
const (
	reasonIdle   = "idle"
	reasonFailed = "failed-attempts"
)

// reasons are the conditions on learnersSQL by which those at risk are chosen.
var reasons = map[string]string{"": kinds["at-risk"], reasonIdle: "at_risk_idle", reasonFailed: "at_risk_failed"}

// AtRisk answers who is at risk in which course, for a reason (see reasons; empty for
// any): one row for each learner and course. The place of the last row is answered
// when there are more.
func (p *Projector) AtRisk(ctx context.Context, tenant string, s Selection, reason string, o Order) (list []Learner, next *Place, err error) {
	by, ok := learnerSorts[o.By]
	if !ok {
		return nil, nil, ErrNoSort{o.By}
	}
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, nil, err
	}
	by = by.byDay(o.Days)
	than, direction := ">", "ASC"
	if o.Descending {
		than, direction = "<", "DESC"
	}
	behind, params := "1", clickhouse.Parameters{}
	if o.After != nil {
		behind = fmt.Sprintf("(%[1]s %[2]s {after_value:%[3]s} OR %[1]s = {after_value:%[3]s} AND (human, course) > ({after_id:String}, {after_course:String}))", by.expression, than, by.kind)
		params = clickhouse.Parameters{"after_value": o.After.Value, "after_id": o.After.ID, "after_course": o.After.Course}
	}
	sql := fmt.Sprintf("SELECT toString(%[1]s), * FROM (%[2]s) WHERE %[3]s AND %[4]s ORDER BY %[1]s %[5]s, human, course LIMIT %[6]d",
		by.expression, q.learnersSQL(), reasons[reason], behind, direction, o.Limit+1)
	var values []string
	err = p.query(q.context(ctx, params), sql, func(rows driver.Rows) error {
		var l Learner
		var value string
		err := scanLearner(rows, &value, &l)
		list, values = append(list, l), append(values, value)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading who is at risk: %w", err)
	}
	list, next = pageOf(list, values, o.Limit, func(l Learner) string { return l.ID })
	if next != nil {
		next.Course = list[len(list)-1].Course
	}
	return list, next, nil
}

// CountAtRisk counts what AtRisk lists: rows, and people.
func (p *Projector) CountAtRisk(ctx context.Context, tenant string, s Selection, reason string) (rows, people int64, err error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return 0, 0, err
	}
	var n [2]uint64
	err = p.query(q.context(ctx, nil), fmt.Sprintf("SELECT count(), uniqExact(human) FROM (%s) WHERE %s", q.learnersSQL(), reasons[reason]),
		func(rows driver.Rows) error { return rows.Scan(&n[0], &n[1]) })
	if err != nil {
		return 0, 0, fmt.Errorf("counting who is at risk: %w", err)
	}
	return int64(n[0]), int64(n[1]), nil
}

// atRisk answers GET at-risk.
func (a *API) atRisk(ctx context.Context, tenant, _ string, ask asked) (answer, error) {
	if err := ask.place(); err != nil {
		return answer{}, err
	}
	if err := ask.order.After.hasCourse(); err != nil {
		return answer{}, err
	}
	list, next, err := a.Projector.AtRisk(ctx, tenant, ask.Selection, ask.reason, ask.order)
	if err != nil {
		return answer{}, problem(err)
	}
	found := answer{name: "at-risk", fields: []field{a.asOf(ask)}, table: learnerTable(list)}
	if ask.count {
		rows, people, err := a.Projector.CountAtRisk(ctx, tenant, ask.Selection, ask.reason)
		if err != nil {
			return found, err
		}
		found.fields = append(found.fields, field{"count", rows}, field{"people", people})
	}
	if next != nil {
		found.next = cursor(*next)
	}
	return found, nil
}

// reasonOf reads the parameter reason.
func reasonOf(value string) (string, error) {
	if value == "" || reasons[value] == "" {
		return "", fmt.Errorf("it is one of %s, %s", reasonFailed, reasonIdle)
	}
	return value, nil
}

// hasCourse refuses a place of another list: a row here is a learner in a course.
func (p *Place) hasCourse() error {
	if p != nil && p.Course == "" {
		return apiv1.BadRequest("the parameter after is not one that an answer gave")
	}
	return nil
}
