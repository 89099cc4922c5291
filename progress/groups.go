package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Group is what the people of a group or of a unit have reached. People count
// once, in however many courses they are.
type Group struct {
	ID   string
	Name string // of a unit
	Code string // of a unit
	// People are today's members.
	People int64
	// Headcount is the staff of a unit, as the directory has it; nil: not known.
	Headcount *int64
	// Learners have at least one statement, Started and Completed have started and
	// completed at least one course, Active have a statement in the days asked
	// for, AtRisk are at risk in at least one course.
	Learners, Started, Completed, Active, AtRisk int64
	// Enrolments count courses of learners; the others are of them.
	Enrolments, Starts, Completions, Passes, Failures int64
	// Scored are those with a score, Scores the sum of their latest ones in
	// billionths.
	Scored, Scores int64
	Attempts       int64
	Spent          int64 // microseconds
	LastActivity   int64
}

// groupTotals are columns of Group from learnersSQL, in the order of scanGroup.
const groupTotals = `uniqExact(human), uniqExactIf(human, started < ` + never + `), uniqExactIf(human, completed < ` + never + `), uniqExactIf(human, active), ` +
	`uniqExactIf(human, at_risk_idle OR at_risk_failed), count(), countIf(started < ` + never + `), countIf(completed < ` + never + `), countIf(judged = 1), countIf(judged = 0), ` +
	`countIf(latest_at > ` + none + `), sum(attempts), sum(latest_score), sum(spent), max(last)`

func scanGroup(rows driver.Rows, g *Group) error {
	var n [12]uint64
	err := rows.Scan(&g.ID, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &n[8], &n[9], &n[10], &n[11], &g.Scores, &g.Spent, &g.LastActivity)
	for i, to := range []*int64{&g.Learners, &g.Started, &g.Completed, &g.Active, &g.AtRisk,
		&g.Enrolments, &g.Starts, &g.Completions, &g.Passes, &g.Failures, &g.Scored, &g.Attempts} {
		*to = int64(n[i])
	}
	return err
}

// Groups answers the groups of a tenant that s lets see, sorted by id, also those
// of whom nobody has a statement.
func (p *Projector) Groups(ctx context.Context, tenant string, s Selection) ([]Group, error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, err
	}
	which := "role = 'member' AND since <= {today:Date32} AND until >= {today:Date32}"
	if !s.Scope.All {
		which += " AND `group` IN (SELECT arrayJoin({groups:Array(String)}))"
	}
	if s.Group != "" {
		which += " AND `group` = {group:String}"
	}
	members := "SELECT `group` AS id, person FROM person_groups FINAL WHERE tenant = {tenant:String} AND " + which
	list, err := p.groups(ctx, q, "SELECT id, '' AS name, '' AS code, toInt64(-1) AS headcount, uniqExact(person) FROM ("+members+") GROUP BY id ORDER BY id",
		fmt.Sprintf("SELECT m.id, %s FROM (%s) AS l INNER JOIN (%s) AS m ON l.human = m.person GROUP BY m.id", groupTotals, q.learnersSQL(), members))
	if err != nil {
		return nil, fmt.Errorf("reading groups: %w", err)
	}
	return list, nil
}

// Everyone answers what all whom s chooses have reached together; ID, People and
// what a unit has stay empty.
func (p *Projector) Everyone(ctx context.Context, tenant string, s Selection) (g Group, err error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return g, err
	}
	err = p.query(q.context(ctx, nil), fmt.Sprintf("SELECT '' AS id, %s FROM (%s)", groupTotals, q.learnersSQL()),
		func(rows driver.Rows) error { return scanGroup(rows, &g) })
	if err != nil {
		err = fmt.Errorf("reading the figures of everyone: %w", err)
	}
	return g, err
}

// Units answers the units right below the one that s has, or the topmost ones,
// each with all that lies below it, and what belongs to that unit itself and to none
// below it under its own id. They are sorted by id.
func (p *Projector) Units(ctx context.Context, tenant string, s Selection) ([]Group, error) {
	q, err := p.askLearners(ctx, tenant, s)
	if err != nil {
		return nil, err
	}
	below := "path[1]"
	if s.Unit != "" {
		below = "path[least(indexOf(path, {unit:String}) + 1, length(path))]"
	}
	people := fmt.Sprintf("SELECT %s AS id, person, person AS human FROM persons AS who FINAL WHERE tenant = {tenant:String} AND notEmpty(path) AND %s", below, q.people("who"))
	listed := fmt.Sprintf(`SELECT c.id, u.name, u.code, if(h.unit = '', -1, toInt64(h.headcount)), c.n
FROM (SELECT id, uniqExact(person) AS n FROM (%s) GROUP BY id) AS c
LEFT ANY JOIN (SELECT unit, name, code FROM units FINAL WHERE tenant = {tenant:String} AND since <= {today:Date32} AND until >= {today:Date32}) AS u ON c.id = u.unit
LEFT ANY JOIN (SELECT unit, argMax(count, year) AS headcount FROM headcounts FINAL WHERE tenant = {tenant:String} AND year <= toYear({today:Date32}) GROUP BY unit) AS h ON c.id = h.unit
ORDER BY c.id`, people)
	list, err := p.groups(ctx, q, listed,
		fmt.Sprintf("SELECT %s AS id, %s FROM (%s) WHERE notEmpty(path) GROUP BY id", below, groupTotals, q.learnersSQL()))
	if err != nil {
		return nil, fmt.Errorf("reading units: %w", err)
	}
	return list, nil
}

// groups puts together who there is and what they have reached.
func (p *Projector) groups(ctx context.Context, q question, listed, reached string) ([]Group, error) {
	ctx = q.context(ctx, clickhouse.Parameters{})
	var list []Group
	err := p.query(ctx, listed, func(rows driver.Rows) error {
		var g Group
		var headcount int64
		var people uint64
		err := rows.Scan(&g.ID, &g.Name, &g.Code, &headcount, &people)
		g.People, g.Headcount = int64(people), unless(headcount, -1)
		list = append(list, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = p.query(ctx, reached, func(rows driver.Rows) error {
		var g Group
		if err := scanGroup(rows, &g); err != nil {
			return err
		}
		at, found := slices.BinarySearchFunc(list, g.ID, func(g Group, id string) int { return cmp.Compare(g.ID, id) })
		if found { // else the directory changed in between
			g.Name, g.Code, g.People, g.Headcount = list[at].Name, list[at].Code, list[at].People, list[at].Headcount
			list[at] = g
		}
		return nil
	})
	return list, err
}
