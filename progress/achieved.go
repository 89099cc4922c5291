package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// Achieved is a statement that completes a course, or that is a passing verdict on
// it, by the definitions of the metrics.
type Achieved struct {
	Statement uuid.UUID
	// Learner is the identifier of the actor.
	Course, Learner   string
	Stored, Timestamp int64
	Completed, Passed bool
}

// achievedTime bounds looking for what was achieved.
const achievedTime = 2 * time.Minute

// achievedColumns: rows of judged that are one. A statement is on one course itself.
const achievedColumns = `course, actor, completion = 1 OR verb IN (%[1]s) AS completed, judged = 1 AS passed FROM (
%[2]s
) WHERE NOT void AND own AND (completed OR passed)`

// Achieved answers what was achieved in a tenant by statements with from < stored
// <= upto that are not voided, in order of stored, n at most; reached is how far it
// looked. upto is a watermark of the statements: nothing has to be in the projection.
func (p *Projector) Achieved(ctx context.Context, tenant string, from, upto int64, n int) (list []Achieved, reached int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, achievedTime)
	defer cancel()
	s := span{from, upto}
	rows := judged("tenant = {tenant:String} AND "+s.of("stored"), voidedAmong("tenant = {tenant:String} AND "+s.of("target"), upto), "id")
	sql := fmt.Sprintf("SELECT stored, timestamp, id, "+achievedColumns+" ORDER BY stored LIMIT %[3]d", quoted(completionVerbs), rows, n)
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant}), clickhouse.WithSettings(readSettings))
	err = p.query(ctx, sql, func(rows driver.Rows) error {
		var a Achieved
		var completed, passed uint8
		err := rows.Scan(&a.Stored, &a.Timestamp, &a.Statement, &a.Course, &a.Learner, &completed, &passed)
		a.Completed, a.Passed = completed == 1, passed == 1
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, from, fmt.Errorf("looking for what was achieved: %w", err)
	}
	if len(list) == n {
		return list, list[n-1].Stored, nil
	}
	return list, upto, nil
}

// AchievedBefore answers what some learners (identifiers) have achieved by
// statements stored up to before that are not voided at upto: for each course and
// learner one value, of which Course, Learner, Completed and Passed are set.
func (p *Projector) AchievedBefore(ctx context.Context, tenant string, learners []string, before, upto int64) (list []Achieved, err error) {
	ctx, cancel := context.WithTimeout(ctx, achievedTime)
	defer cancel()
	const wanted = "SELECT arrayJoin({learners:Array(String)}) AS learner"
	theirs := theirSQL(wanted)
	rows := judged(fmt.Sprintf("tenant = {tenant:String} AND stored <= %d AND (tenant, stored) IN (%s) AND actor IN (%s)", before, theirs, wanted),
		voidedAmong("(tenant, target) IN ("+theirs+")", upto))
	sql := fmt.Sprintf("SELECT course, actor, max(completed), max(passed) FROM (SELECT "+achievedColumns+") GROUP BY course, actor", quoted(completionVerbs), rows)
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant, "learners": arrayOf(learners)}), clickhouse.WithSettings(readSettings))
	err = p.query(ctx, sql, func(rows driver.Rows) error {
		var a Achieved
		var completed, passed uint8
		err := rows.Scan(&a.Course, &a.Learner, &completed, &passed)
		a.Completed, a.Passed = completed == 1, passed == 1
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for what was achieved before: %w", err)
	}
	return list, nil
}
