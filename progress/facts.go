package progress

import (
	"context"
	"fmt"
)

// slotMicros is the width of a slot. Gaps between statements within one are
// never longer than maxGap, so of a slot only the first and the last instant
// matter for the time spent.
const (
	slotMicros = 600_000_000
	maxGap     = slotMicros
)

// maxResponse is how many characters of a response are kept.
const maxResponse = 500

// noRegistration stands for a statement without one.
const noRegistration = "00000000-0000-0000-0000-000000000000"

// factTables are the tables to which facts are added.
var factTables = []string{"progress_attempts", "progress_slots", "progress_answers"}

// facts are the INSERTs that add what statements say to the fact tables, answers last. where
// and voided are those of judged. generation is what their learners have, "" for
// the one in force; fresh then narrows down the learners it is read for.
//
// Rows with the same key merge in the INSERT, and later ones in the background.
func facts(where, voided, generation, fresh string) []string {
	number, join := generation, ""
	if generation == "" {
		number = "g.generation"
		join = "\nLEFT ANY JOIN (SELECT tenant, learner, max(generation) AS generation FROM progress_generations " +
			"WHERE (tenant, learner) IN (SELECT tenant, actor FROM statements WHERE " + fresh + ") GROUP BY tenant, learner) AS g\n" +
			"  ON g.tenant = s.tenant AND g.learner = s.actor"
	}
	return []string{attemptFacts(where, voided, number, join), slotFacts(where, voided, number, join), answerFacts(where, voided, number, join)}
}

// attemptFacts: the end of a session, and without a registration what begins,
// scores or judges an attempt, has a row of its own; all else of a registration
// becomes one.
func attemptFacts(where, voided, generation, join string) string {
	return fmt.Sprintf(`INSERT INTO progress_attempts (tenant, course, learner, generation, registration, at, stored, start, first_at, last_at, place, final, score, verdict, duration)
SELECT tenant, course, learner, generation, registration, if(alone, timestamp, %[1]s), if(alone, number, 0), start, timestamp, timestamp,
  if(kind = 1, (timestamp, number, activity), (toInt64(%[1]s), toInt64(0), '')),
  if(verb IN (%[2]s) AND isFinite(points), (timestamp, number, %[3]s), (toInt64(%[1]s), toInt64(0), toInt64(0))),
  if(isFinite(points), (timestamp, number, %[3]s), (toInt64(%[1]s), toInt64(0), toInt64(0))),
  if(judged >= 0, (timestamp, number, judged), (toInt64(%[1]s), toInt64(0), toInt8(-1))),
  session
FROM (
SELECT s.tenant AS tenant, toString(course) AS course, toString(actor) AS learner, %[4]s AS generation, registration, timestamp, stored AS number,
  verb, points, judged, object_kind AS kind, object AS activity,
  toUInt8(registration = '%[5]s' AND own AND verb IN (%[6]s)) AS start,
  if(verb IN (%[7]s), duration, -1) AS session,
  session >= 0 OR start = 1 OR registration = '%[5]s' AND (isFinite(points) OR judged >= 0) AS alone
FROM (
  %[8]s
) AS s%[9]s
WHERE NOT void
)`, none, quoted(finalVerbs), billionths("points"), generation, noRegistration, quoted(startVerbs), quoted(sessionVerbs),
		judged(where, voided, "registration", "object_kind", "object", "duration"), join)
}

// slotFacts: when a learner was active.
func slotFacts(where, voided, generation, join string) string {
	return fmt.Sprintf(`INSERT INTO progress_slots (tenant, course, learner, generation, slot, first, last, statements)
SELECT s.tenant, toString(course), toString(actor), %[1]s, toInt32(intDiv(timestamp - if(timestamp < 0, %[2]d, 0), %[3]d)) AS number, toUInt32(timestamp - toInt64(number) * %[3]d) AS within, within, [stored]
FROM (
  %[4]s
) AS s%[5]s
WHERE NOT void`, generation, slotMicros-1, slotMicros, judged(where, voided), join)
}

// answerFacts: what a learner answered. Three bytes of raw, which no JSON can
// contain, stand for what has columns of its own; nothing of it is asked for.
func answerFacts(where, voided, generation, join string) string {
	return fmt.Sprintf(`INSERT INTO progress_answers (tenant, course, question, learner, generation, first)
SELECT s.tenant, toString(course), object, toString(actor), %[1]s, (timestamp, stored,
  toInt8(multiIf(success >= 0, success, isFinite(value), value >= 1, -1)),
  multiIf(isFinite(value), %[2]s, success >= 0, toInt64(success) * 1000000000, %[3]s),
  leftUTF8(JSONExtractString(translate(raw, '\x01\x02\x03', '   '), 'result', 'response'), %[4]d))
FROM (
  %[5]s
) AS s%[6]s
WHERE NOT void`, generation, billionths("value"), none, maxResponse,
		judged("verb = '"+verbAnswered+"' AND object_kind = 1 AND "+where, voided, "object", "success", "raw"), join)
}

// freshFacts adds what the statements of a span say. Most spans have no answers, and an
// INSERT that finds nothing costs nearly as much as one that does.
func freshFacts(s span, answers bool) []string {
	fresh := s.of("stored")
	list := facts(fresh, voidedAmong(s.of("target"), s.upto), "", fresh)
	if !answers {
		list = list[:len(list)-1]
	}
	return list
}

// affectedFacts adds, as another generation, all facts of the learners whose
// statements are voided by those of a span.
func affectedFacts(s span, generation int64) []string {
	affected := affectedSQL(s)
	theirs := theirPlaces(affected)
	list := facts(fmt.Sprintf("stored <= %d AND (tenant, stored) IN (%s)\n    AND (tenant, actor) IN (%s)", s.upto, theirs, affected),
		voidedAmong("(tenant, target) IN ("+theirs+")", s.upto), fmt.Sprintf("toInt64(%d)", generation), "")
	return append(list, fmt.Sprintf("INSERT INTO progress_generations (tenant, learner, generation) SELECT DISTINCT tenant, actor, %d FROM (%s)", generation, affected))
}

// theirPlaces selects the (tenant, stored) of all statements that learners,
// (tenant, actor), have to do with.
func theirPlaces(learners string) string {
	return `SELECT tenant, stored FROM lookups WHERE (tenant, kind, key) IN (` +
		`SELECT tenant, toUInt8(2), toUUID(UUIDNumToString(toFixedString(substring(SHA256(actor), 1, 16), 16))) FROM (` + learners + `))`
}

// addFacts brings the fact tables from s.from to s.upto. Another generation goes
// before what is fresh, so that this is of it, too.
func (p *Projector) addFacts(ctx context.Context, s span, f found) error {
	var list []string
	if f.voiding {
		list = affectedFacts(s, p.nextGeneration())
	}
	for _, sql := range append(list, freshFacts(s, f.answers)...) {
		if err := p.exec(ctx, sql); err != nil {
			return fmt.Errorf("adding facts: %w", err)
		}
	}
	return nil
}

// nextGeneration is a number that is higher than all before, of this process
// and of those before it.
func (p *Projector) nextGeneration() int64 {
	p.generation = max(p.generation+1, p.now().UnixMicro())
	return p.generation
}

// loadGeneration reads the highest generation, so that a clock that was set back
// does no harm.
func (p *Projector) loadGeneration(ctx context.Context) error {
	return p.conn.QueryRow(ctx, `SELECT max(generation) FROM progress_generations`).Scan(&p.generation)
}

// inForce is the condition that a row of a fact table counts. {tenant} is the
// tenant.
const inForce = `if(generation = 0, learner NOT IN (SELECT learner FROM progress_generations WHERE tenant = {tenant:String}), ` +
	`(learner, generation) IN (SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} GROUP BY learner))`

// outdated is the condition that a row of a fact table counts no more, as its
// learner has a higher generation.
func outdated(learners string) string {
	return fmt.Sprintf(`tenant = {tenant:String} AND learner IN (%[1]s) AND (learner, generation) NOT IN (`+
		`SELECT learner, max(generation) FROM progress_generations WHERE tenant = {tenant:String} AND learner IN (%[1]s) GROUP BY learner)`, learners)
}
