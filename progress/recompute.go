package progress

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Recompute computes the states of the learners of a deletion anew, from the
// statements that are left: those that package store notes in deletion_items. Until
// it returns, states may hold what is deleted. It may be called again.
func (p *Projector) Recompute(ctx context.Context, tenant string, deletion uuid.UUID) error {
	// A cycle that was cut off may have left states of a higher version than how
	// far the projection has come. They would win over what is computed here;
	// they have none once it has come to the watermark.
	if err := p.Wait(ctx, p.watermark()); err != nil {
		return err
	}
	p.cycle.Lock()
	defer p.cycle.Unlock()
	upto := p.reached.value()
	ctx, cancel := context.WithTimeout(forTenant(ctx, tenant), longTimeout)
	defer cancel()
	var n uint64
	if err := p.conn.QueryRow(ctx, theirCountSQL(deletion)).Scan(&n); err != nil {
		return fmt.Errorf("counting the statements of those whose progress changes: %w", err)
	}
	parts := int(n)/int(p.maxChunk) + 1
	for i := range parts {
		if err := p.exec(ctx, recomputeSQL(deletion, upto, i, parts)); err != nil {
			return fmt.Errorf("computing progress without deleted statements: %w", err)
		}
	}
	if err := p.replaceFacts(ctx, deletion, upto, parts); err != nil {
		return err
	}
	// With another generation they are open: no answer misses the rows.
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	for _, table := range settledTables {
		if err := p.exec(ctx, "DELETE FROM "+table+" WHERE tenant = {tenant:String} AND learner IN ("+learnersSQL(deletion)+")"); err != nil {
			return fmt.Errorf("removing the figures of learners of whom something was deleted: %w", err)
		}
	}
	p.kept.forget()
	p.revision.Add(1)
	return nil
}

// replaceFacts gives the learners of a deletion another generation of facts, made
// of the statements that are left, and removes those before.
func (p *Projector) replaceFacts(ctx context.Context, deletion uuid.UUID, upto int64, parts int) error {
	generation, learners := p.nextGeneration(), learnersSQL(deletion)
	var list []string
	for i := range parts {
		list = append(list, leftFacts(deletion, upto, generation, i, parts)...)
	}
	list = append(list, fmt.Sprintf("INSERT INTO progress_generations (tenant, learner, generation) SELECT DISTINCT {tenant:String}, learner, %d FROM (%s)", generation, learners))
	for _, table := range factTables {
		list = append(list, "DELETE FROM "+table+" WHERE "+outdated(learners))
	}
	for _, sql := range list {
		if err := p.exec(ctx, sql); err != nil {
			return fmt.Errorf("replacing facts of deleted statements: %w", err)
		}
	}
	return nil
}

// leftFacts adds the facts of part i of n of the learners of a deletion.
func leftFacts(deletion uuid.UUID, upto, generation int64, i, n int) []string {
	learners := learnersSQL(deletion) + fmt.Sprintf(" AND cityHash64(learner) %% %d = %d", n, i)
	theirs := theirSQL(learners)
	return facts(fmt.Sprintf("tenant = {tenant:String} AND stored <= %d AND (tenant, stored) IN (%s)\n    AND actor IN (%s)", upto, theirs, learners),
		voidedAmong("(tenant, target) IN ("+theirs+")", upto), fmt.Sprintf("toInt64(%d)", generation), "")
}

// learnersSQL selects the learners of a deletion, and theirSQL the (tenant,
// stored) of all statements that one of them has to do with.
func learnersSQL(deletion uuid.UUID) string {
	return fmt.Sprintf(`SELECT learner FROM deletion_items WHERE tenant = {tenant:String} AND job = '%s' AND learner != ''`, deletion)
}

func theirSQL(learners string) string {
	return `SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (` +
		`SELECT {tenant:String}, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(learner), 1, 16), 16))) FROM (` + learners + `))`
}

func theirCountSQL(deletion uuid.UUID) string {
	return "SELECT count() FROM (" + theirSQL(learnersSQL(deletion)) + ")"
}

// recomputeSQL replaces the states of part i of n of the learners of a deletion by
// what their statements up to upto say. A state of which nothing is left becomes
// neutral, as it does when everything is voided.
func recomputeSQL(deletion uuid.UUID, upto int64, i, n int) string {
	learners := learnersSQL(deletion) + fmt.Sprintf(" AND cityHash64(learner) %% %d = %d", n, i)
	theirs := theirSQL(learners)
	neutral := fmt.Sprintf(`SELECT tenant, toString(course) AS course, learner, toInt64(%[1]s), toInt64(%[1]s), toInt64(%[2]s), `+
		`(toInt64(%[2]s), toInt64(0), toInt8(-1)), (toInt64(%[2]s), toInt64(0), toInt64(0)) FROM progress FINAL `+
		`WHERE tenant = {tenant:String} AND learner IN (%[3]s)`, never, none, learners)
	rows := units(fmt.Sprintf("tenant = {tenant:String} AND stored <= %d AND (tenant, stored) IN (%s)\n    AND actor IN (%s)", upto, theirs, learners),
		voidedAmong("(tenant, target) IN ("+theirs+")", upto))
	return fmt.Sprintf("INSERT INTO progress (tenant, course, learner, version, started_at, completed_at, last_at, verdict, score)\n"+
		"SELECT tenant, course, learner, %d, started_at, completed_at, last_at, verdict, score FROM (\n%s\n)", upto, merged(rows, neutral))
}
