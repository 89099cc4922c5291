package store

import (
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"

	"lernspur/statements"
)

// condition is one filter that a look-up answers: rows of any of the kinds
// with this key.
type condition struct {
	kinds []kind
	key   uuid.UUID
	// anyOf names the parameter that has several keys, of which one is enough; "" for
	// the one key.
	anyOf string
}

// Parameters of queries that name several agents.
const (
	keysOfAgents  = "agents" // the filter: keys of identifiers
	keysOfActors  = "people" // whose statements are looked at: keys, and
	namesOfActors = "actors" // the identifiers themselves
)

// scanned is how long, in microseconds, a range of time may be that is read as a
// whole rather than by look-ups when only some people's statements are wanted: what
// has come since somebody looked a moment ago.
const scanned = 60e6

// is the condition on the key.
func (c condition) is() string {
	if c.anyOf != "" {
		return "key IN (SELECT arrayJoin({" + c.anyOf + ":Array(UUID)}))"
	}
	return "key = '" + c.key.String() + "'"
}

// plan is how a Query is answered: the driver's look-up rows are read in order
// of stored, narrowed by the verb that stands beside every key and by
// the other conditions; what is left is fetched from the statements by stored.
type plan struct {
	driver condition
	verb   string // filter, also where the driver is the verb itself
	others []condition
	// authority narrows the answer, what points to a match included; nil: any.
	authority *condition
	hidden    string // SELECT of stored of what is being deleted; "" for nothing
	bounds    statements.Bounds
	// actors and agents are those of the query as parameters; actors is nil for any.
	actors *manyAgents
	agents *manyAgents
	upto   int64
	low    int64 // stored > low
	high   int64 // stored <= high
	up     bool  // ascending
	limit  int
}

// newPlan puts the condition first that usually has the fewest rows. ok is
// false when nothing filters but time.
func newPlan(q statements.Query) (p plan, ok bool) {
	p = plan{verb: q.Verb, bounds: q.Bounds, upto: q.Upto, low: q.Since, high: q.Upto, up: q.Ascending, limit: q.Limit}
	if q.Since == 0 {
		p.low = math.MinInt64
	}
	if q.Until != 0 {
		p.high = min(p.high, q.Until)
	}
	if q.Cursor != 0 {
		p.advance(q.Cursor)
	}
	p.actors = manyOf(q.Actors)
	if len(q.AnyAgent) > 0 {
		p.agents = manyOf(q.AnyAgent)
	}
	var conditions []condition
	if q.Registration != uuid.Nil {
		conditions = append(conditions, condition{kinds: []kind{kindRegistration}, key: q.Registration})
	}
	conditions = append(conditions, boundConditions(q.Bounds)...)
	if q.Agent != "" || p.agents != nil {
		one := condition{kinds: []kind{kindAgent}, key: keyOf(q.Agent)}
		if q.RelatedAgents {
			one.kinds = append(one.kinds, kindRelatedAgent, kindAuthority)
		}
		if p.agents != nil {
			one.anyOf = keysOfAgents
		}
		conditions = append(conditions, one)
	}
	if q.Activity != "" {
		kinds := []kind{kindActivity}
		if q.RelatedActivities {
			kinds = append(kinds, kindRelatedActivity)
		}
		conditions = append(conditions, condition{kinds: kinds, key: keyOf(q.Activity)})
	}
	// Last of all, as many rows may belong to many people.
	if p.actors != nil && (len(conditions) > 0 || q.Since == 0 || p.high-p.low > scanned) {
		conditions = append(conditions, condition{kinds: []kind{kindAgent}, anyOf: keysOfActors})
	}
	if q.Verb != "" && len(conditions) == 0 {
		conditions = append(conditions, condition{kinds: []kind{kindVerb}, key: keyOf(q.Verb)})
	}
	if q.Authority != "" {
		p.authority = &condition{kinds: []kind{kindAuthority}, key: keyOf(q.Authority)}
		conditions = append(conditions, *p.authority)
	}
	if len(conditions) == 0 {
		return p, false
	}
	p.driver, p.others = conditions[0], conditions[1:]
	return p, true
}

// advance moves the plan behind a statement that was already seen.
func (p *plan) advance(stored int64) {
	if p.up {
		p.low = max(p.low, stored)
	} else {
		p.high = min(p.high, stored-1)
	}
}

// end lets the plan end with the statement stored then.
func (p *plan) end(stored int64) {
	if p.up {
		p.high = min(p.high, stored)
	} else {
		p.low = max(p.low, stored-1)
	}
}

func (p *plan) order() string { return "stored" + p.direction() }

func (p *plan) direction() string {
	if p.up {
		return ""
	}
	return " DESC"
}

// candidatesSQL reads stored of the next n look-up rows that match, in order.
// Each kind is read in the order of the table's key, so the database
// stops after n rows of each.
func (p *plan) candidatesSQL(n int) string {
	var parts []string
	for _, k := range p.driver.kinds {
		parts = append(parts, fmt.Sprintf(`SELECT stored FROM lookups WHERE %s AND stored > %d AND stored <= %d%s ORDER BY %s LIMIT %d`,
			p.driver.where(k), p.low, p.high, p.narrow(p.low, p.high), p.order(), n))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return fmt.Sprintf("SELECT stored FROM (%s) ORDER BY %s LIMIT %d", strings.Join(parts, " UNION ALL "), p.order(), n)
}

// narrow are the conditions beside the driver's own, within low < stored <= high.
func (p *plan) narrow(low, high int64) string {
	var b strings.Builder
	b.WriteString(p.visible("stored"))
	if p.verb != "" && p.driver.kinds[0] != kindVerb {
		b.WriteString(" AND verb = {verb:String}")
	}
	if p.bounds.ActivityPrefix != "" {
		fmt.Fprintf(&b, " AND stored IN (SELECT stored FROM statements WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d%s)",
			low, high, p.within())
	}
	for _, c := range p.others {
		fmt.Fprintf(&b, " AND stored IN (SELECT stored FROM lookups WHERE %s AND stored > %d AND stored <= %d)", c.whereAny(), low, high)
	}
	return b.String()
}

// visible is the condition that a column does not name what is being deleted.
func (p *plan) visible(column string) string {
	if p.hidden == "" {
		return ""
	}
	return " AND " + column + " NOT IN (" + p.hidden + ")"
}

// matchesSQL reads stored of the statements that match, at any time, and that
// one of the references points to that where chooses. The times of a query apply
// to the statement that points, not to its target (xAPI 1.0.3 Part 3, 2.1.3).
func (p *plan) matchesSQL(where string) string {
	return fmt.Sprintf(`SELECT stored FROM lookups WHERE %s AND stored <= %d%s AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND %s)`,
		p.driver.whereAny(), p.upto, p.narrow(math.MinInt64, p.upto), where)
}

// referrersSQL reads stored of the statements of the plan's range that point at
// one that matches or at one of the table links, if there are any.
func (p *plan) referrersSQL(links bool) string {
	inRange := fmt.Sprintf("referrer > %d AND referrer <= %d", p.low, p.high)
	target := "target IN (" + p.matchesSQL(inRange) + ")"
	if links {
		target = "(" + target + " OR target IN (SELECT stored FROM links))"
	}
	sql := fmt.Sprintf(`SELECT DISTINCT referrer AS stored FROM refs WHERE tenant = {tenant:String} AND %s AND %s%s`, inRange, target, p.visible("referrer"))
	if p.authority != nil {
		// Whoever may read only what is theirs does not see others' statements
		// because they point to it.
		sql += fmt.Sprintf(" AND referrer IN (SELECT stored FROM lookups WHERE %s AND %s)", p.authority.whereAny(),
			strings.ReplaceAll(inRange, "referrer", "stored"))
	}
	return sql
}

// isTarget is the condition that something points to a reference.
const isTarget = "referrer IN (SELECT target FROM refs WHERE tenant = {tenant:String})"

// firstLinksSQL and nextLinksSQL read stored of the references to a match, or to
// one of the table links, that others point to in turn.
func (p *plan) firstLinksSQL() string {
	visible := fmt.Sprintf("referrer <= %d", p.upto)
	return fmt.Sprintf(`SELECT DISTINCT referrer FROM refs WHERE tenant = {tenant:String} AND %s AND %s%s AND target IN (%s)`,
		visible, isTarget, p.visible("referrer"), p.matchesSQL(visible+" AND "+isTarget))
}

func (p *plan) nextLinksSQL() string {
	return fmt.Sprintf(`SELECT DISTINCT referrer FROM refs WHERE tenant = {tenant:String} AND referrer <= %d AND %s%s AND target IN (SELECT stored FROM links)`,
		p.upto, isTarget, p.visible("referrer"))
}

// newestSQL reads the statements themselves when nothing filters but time.
func (p *plan) newestSQL(n int) string {
	return fmt.Sprintf(`SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d%s ORDER BY %s LIMIT %d`,
		p.low, p.high, p.visible("stored")+p.within(), p.order(), n)
}

// fetchSQL reads the statements that candidates name. They are sorted when all
// are read: in the order of the table the database would read and send each
// one's block by itself, which takes half as long again.
func (p *plan) fetchSQL(candidates []int64) string {
	return fmt.Sprintf(`SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored IN (%s)%s ORDER BY %s SETTINGS optimize_read_in_order = 0`,
		intList(candidates), p.within(), p.order())
}

// boundConditions are what look-ups know of bounds. They let through more than
// the bounds do, which within holds all that is read against.
func boundConditions(b statements.Bounds) (list []condition) {
	if b.Registration != uuid.Nil {
		list = append(list, condition{kinds: []kind{kindRegistration}, key: b.Registration})
	}
	if b.Actor != "" {
		list = append(list, condition{kinds: []kind{kindAgent}, key: keyOf(b.Actor)})
	}
	return list
}

// within are the bounds as conditions on the statements.
func (p *plan) within() string {
	var b strings.Builder
	if p.bounds.Actor != "" {
		b.WriteString(" AND actor = {actor:String}")
	}
	if p.actors != nil {
		b.WriteString(" AND actor IN (SELECT arrayJoin({" + namesOfActors + ":Array(String)}))")
	}
	if p.bounds.Registration != uuid.Nil {
		fmt.Fprintf(&b, " AND registration = '%s'", p.bounds.Registration)
	}
	if p.bounds.ActivityPrefix != "" {
		fmt.Fprintf(&b, " AND object_kind = %d AND startsWith(object, {prefix:String})", statements.ObjectActivity)
	}
	return b.String()
}

// voidedSQL reads which of the ids a visible statement voids.
func (p *plan) voidedSQL(ids []uuid.UUID) string {
	return fmt.Sprintf(`SELECT DISTINCT key FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s) AND stored <= %d%s`,
		kindVoids, uuidList(ids), p.upto, p.visible("stored"))
}

func (c condition) where(k kind) string {
	return fmt.Sprintf("tenant = {tenant:String} AND kind = %d AND %s", k, c.is())
}

func (c condition) whereAny() string {
	if len(c.kinds) == 1 {
		return c.where(c.kinds[0])
	}
	list := make([]string, len(c.kinds))
	for i, k := range c.kinds {
		list[i] = fmt.Sprint(uint8(k))
	}
	return fmt.Sprintf("tenant = {tenant:String} AND kind IN (%s) AND %s", strings.Join(list, ","), c.is())
}
