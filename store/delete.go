package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// A deletion chooses statements and notes them in deletion_items; from then on
// it can be gone through again from the beginning, whatever of it was done. What is hidden is in no answer any
// more, all of it at one moment. Then the rows go: those of the statements
// first, as every read ends there. Their ids stay in deleted, so that a client
// that posts again what it posted once does not bring it back.

// MaxDeletion is how many statements one deletion may choose: the database
// holds their places in memory.
const MaxDeletion = 1_000_000

// ErrTooMany means that a deletion would choose more than MaxDeletion statements.
var ErrTooMany = errors.New("more statements than one deletion takes")

// gone is what the store has to know of deletions.
type gone struct {
	mu      sync.Mutex
	hidden  map[string][]uuid.UUID // deletions under way, by tenant
	tenants map[string]bool        // those that ever deleted something
}

// loadDeleted reads who ever deleted something.
func (s *Store) loadDeleted(ctx context.Context) error {
	s.gone.hidden, s.gone.tenants = make(map[string][]uuid.UUID), make(map[string]bool)
	return s.queryLong(ctx, `SELECT DISTINCT tenant FROM deleted`, nil, func(rows driver.Rows) error {
		var tenant string
		err := rows.Scan(&tenant)
		s.gone.tenants[tenant] = true
		return err
	})
}

// Hide keeps what a deletion has chosen out of all answers. It lasts until Forget,
// or as long as this process.
func (s *Store) Hide(tenant string, job uuid.UUID) {
	s.gone.mu.Lock()
	defer s.gone.mu.Unlock()
	if !slices.Contains(s.gone.hidden[tenant], job) {
		// A new list: others may be reading the old one.
		s.gone.hidden[tenant] = append(slices.Clone(s.gone.hidden[tenant]), job)
	}
}

// hiddenSQL is a SELECT of stored of what is hidden from a tenant, "" for
// nothing.
func (s *Store) hiddenSQL(tenant string) string {
	s.gone.mu.Lock()
	defer s.gone.mu.Unlock()
	if len(s.gone.hidden[tenant]) == 0 {
		return ""
	}
	return fmt.Sprintf("SELECT stored FROM deletion_items WHERE tenant = {tenant:String} AND job IN (%s)", uuidList(s.gone.hidden[tenant]))
}

// deletes tells whether a tenant ever deleted something.
func (s *Store) deletes(tenant string) bool {
	s.gone.mu.Lock()
	defer s.gone.mu.Unlock()
	return s.gone.tenants[tenant]
}

// selectionSQL are the conditions on the statements that a selection chooses up
// to a watermark, and their parameters.
func (s *Store) selectionSQL(tenant string, sel statements.Selection, upto int64) (string, parameters) {
	p, filtered := newPlan(statements.Query{Agent: sel.Agent, RelatedAgents: sel.RelatedAgents, Verb: sel.Verb, Activity: sel.Activity,
		RelatedActivities: sel.RelatedActivities, Registration: sel.Registration, Since: sel.Since, Until: sel.Until, Ascending: true, Upto: upto})
	p.hidden = s.hiddenSQL(tenant)
	inRange := fmt.Sprintf(" AND stored > %d AND stored <= %d", p.low, p.high)
	var b strings.Builder
	b.WriteString("tenant = {tenant:String}" + inRange + p.visible("stored"))
	if filtered {
		fmt.Fprintf(&b, " AND stored IN (SELECT stored FROM lookups WHERE %s%s%s)", p.driver.whereAny(), inRange, p.narrow(p.low, p.high))
	}
	if sel.Actor != "" {
		fmt.Fprintf(&b, " AND actor = {actor:String} AND stored IN (SELECT stored FROM lookups WHERE %s%s)", condition{kinds: []kind{kindAgent}, key: keyOf(sel.Actor)}.whereAny(), inRange)
	}
	if len(sel.IDs) > 0 {
		fmt.Fprintf(&b, " AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s))", kindID, uuidList(sel.IDs))
	}
	return b.String(), parameters{"tenant": tenant, "verb": sel.Verb, "actor": sel.Actor}
}

// Selected is what a deletion would do.
type Selected struct {
	Statements int64
	Voiding    int64 // of them
	// Restored are statements that would come back, since everything that voids
	// them would go and they would not.
	Restored int64
	// Pointing are statements that would point to nothing.
	Pointing int64
}

// CountSelected tells what deleting a selection would do.
func (s *Store) CountSelected(ctx context.Context, tenant string, sel statements.Selection, upto int64) (found Selected, err error) {
	where, params := s.selectionSQL(tenant, sel, upto)
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(countSettings))
	var n, voiding, restored, pointing uint64
	err = s.query(ctx, "SELECT count(), countIf(voiding = 1) FROM statements WHERE "+where, params,
		func(rows driver.Rows) error { return rows.Scan(&n, &voiding) })
	if err != nil || n > MaxDeletion || !s.refs.any(tenant) {
		return Selected{Statements: int64(n), Voiding: int64(voiding)}, err
	}
	chosen := "SELECT stored FROM statements WHERE " + where
	err = s.query(ctx, fmt.Sprintf(`SELECT uniqExact(referrer) FROM refs WHERE tenant = {tenant:String} AND referrer <= %d AND target IN (%s) AND referrer NOT IN (%s)`,
		upto, chosen, chosen), params, func(rows driver.Rows) error { return rows.Scan(&pointing) })
	if err != nil || voiding == 0 {
		return Selected{int64(n), int64(voiding), 0, int64(pointing)}, err
	}
	voids := fmt.Sprintf(`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND stored <= %d`, kindVoids, upto)
	err = s.query(ctx, fmt.Sprintf(`SELECT uniqExact(target) FROM refs WHERE tenant = {tenant:String} AND target <= %[1]d AND target NOT IN (%[2]s) AND target NOT IN (%[3]s) `+
		`AND referrer IN (%[3]s) AND referrer IN (%[2]s) `+
		`AND target NOT IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer IN (%[3]s) AND referrer NOT IN (%[2]s))`,
		upto, chosen, voids), params, func(rows driver.Rows) error { return rows.Scan(&restored) })
	return Selected{int64(n), int64(voiding), int64(restored), int64(pointing)}, err
}

// Choose notes durably which statements a deletion is about, and answers how
// many. It may be called again.
func (s *Store) Choose(ctx context.Context, tenant string, job uuid.UUID, sel statements.Selection, upto int64) (int64, error) {
	if err := s.Forget(ctx, tenant, job); err != nil {
		return 0, err
	}
	where, params := s.selectionSQL(tenant, sel, upto)
	// A voiding statement is nobody's progress, but what it voids is.
	sql := fmt.Sprintf(`INSERT INTO deletion_items (tenant, job, stored, id, learner) `+
		`SELECT tenant, '%[1]s', stored, id, if(voiding = 1, voided_actor, actor) FROM (SELECT tenant, stored, id, voiding, actor FROM statements WHERE %[2]s LIMIT %[3]d) AS chosen `+
		`LEFT ANY JOIN (SELECT referrer, actor AS voided_actor FROM refs INNER JOIN (SELECT stored, actor FROM statements WHERE tenant = {tenant:String} `+
		`AND stored IN (SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer IN (SELECT stored FROM statements WHERE %[2]s AND voiding = 1))) AS targets ON refs.target = targets.stored `+
		`WHERE refs.tenant = {tenant:String}) AS voids ON chosen.stored = voids.referrer`, job, where, MaxDeletion+1)
	if err := s.exec(ctx, sql, params); err != nil {
		return 0, err
	}
	var n uint64
	err := s.query(ctx, fmt.Sprintf(`SELECT uniqExact(stored) FROM deletion_items WHERE tenant = {tenant:String} AND job = '%s'`, job),
		parameters{"tenant": tenant}, func(rows driver.Rows) error { return rows.Scan(&n) })
	if err == nil && n > MaxDeletion {
		err = ErrTooMany
	}
	return int64(n), err
}

// Remove removes what a deletion has chosen: when it returns nil, the
// statements, their look-up rows, their references and what was kept of them as they were sent are gone
// for every query, durably. It may be called again. The bytes stay on disk until Purge.
func (s *Store) Remove(ctx context.Context, tenant string, job uuid.UUID) error {
	s.gone.mu.Lock()
	s.gone.tenants[tenant] = true
	s.gone.mu.Unlock()
	items := fmt.Sprintf("deletion_items WHERE job = '%s'", job)
	places := "(SELECT tenant, stored FROM " + items + ")"
	for _, sql := range []string{
		"INSERT INTO deleted (tenant, id, stored) SELECT tenant, id, stored FROM " + items,
		"DELETE FROM statements WHERE (tenant, stored) IN " + places,
		"DELETE FROM lookups WHERE (tenant, stored) IN " + places,
		"DELETE FROM refs WHERE (tenant, target) IN " + places + " OR (tenant, referrer) IN " + places,
		"DELETE FROM repairs WHERE (tenant, stored) IN " + places,
	} {
		if err := s.exec(ctx, sql, nil); err != nil {
			table := strings.Fields(sql)[2]
			return fmt.Errorf("deleting, table %s: %w", table, err)
		}
	}
	return nil
}

// Forget ends the hiding of what a deletion has chosen and forgets what that was.
func (s *Store) Forget(ctx context.Context, tenant string, job uuid.UUID) error {
	if err := s.exec(ctx, fmt.Sprintf("ALTER TABLE deletion_items DROP PARTITION '%s'", job), nil); err != nil {
		return err
	}
	s.gone.mu.Lock()
	defer s.gone.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(s.gone.hidden[tenant]), func(j uuid.UUID) bool { return j == job })
	if s.gone.hidden[tenant] = left; len(left) == 0 {
		delete(s.gone.hidden, tenant)
	}
	return nil
}

// Purge writes the parts of the tables that hold deleted rows anew, without
// them. The old files go a minute later (old_parts_lifetime).
func (s *Store) Purge(ctx context.Context) error {
	for _, table := range []string{"statements", "lookups", "refs", "repairs", "progress_attempts", "progress_slots", "progress_answers", "progress_learners", "progress_weeks"} {
		if err := s.exec(ctx, "ALTER TABLE "+table+" APPLY DELETED MASK", nil); err != nil {
			return fmt.Errorf("removing the bytes of deleted rows, table %s: %w", table, err)
		}
	}
	return nil
}

// deleteSettings: a deletion is answered when it is done.
var deleteSettings = clickhouse.Settings{"lightweight_deletes_sync": 2, "mutations_sync": 2, "alter_sync": 2, "async_insert": 0, "insert_deduplicate": 0, "max_threads": 2}

// exec runs what changes rows.
func (s *Store) exec(ctx context.Context, sql string, params parameters) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	options := []clickhouse.QueryOption{clickhouse.WithSettings(deleteSettings)}
	if params != nil {
		options = append(options, clickhouse.WithParameters(params))
	}
	return s.conn.Exec(clickhouse.Context(ctx, options...), sql)
}

// DeletionRow is one version of one deletion: the record is opaque here.
type DeletionRow struct {
	Tenant  string
	ID      uuid.UUID
	State   string
	Record  string
	Version int64 // of two rows with one id the higher one counts
}

// Deletions reads the deletions of all tenants that are in one of some states.
func (s *Store) Deletions(ctx context.Context, states ...string) ([]DeletionRow, error) {
	return s.deletions(ctx, `1`, parameters{"states": "['" + strings.Join(states, "','") + "']"}, ` HAVING state IN ({states:Array(String)})`)
}

// Deletion reads one deletion; ok is false when there is none.
func (s *Store) Deletion(ctx context.Context, tenant string, id uuid.UUID) (row DeletionRow, ok bool, err error) {
	list, err := s.deletions(ctx, fmt.Sprintf(`tenant = {tenant:String} AND id = '%s'`, id), parameters{"tenant": tenant}, "")
	if len(list) > 0 {
		row = list[0]
	}
	return row, len(list) > 0, err
}

func (s *Store) deletions(ctx context.Context, where string, params parameters, having string) (list []DeletionRow, err error) {
	sql := `SELECT tenant, id, argMax(deletions.state, deletions.version) AS state, argMax(deletions.record, deletions.version) AS record, ` +
		`max(deletions.version) AS version FROM deletions WHERE ` + where + ` GROUP BY tenant, id` + having + ` ORDER BY version, tenant, id`
	err = s.query(ctx, sql, params, func(rows driver.Rows) error {
		var d DeletionRow
		err := rows.Scan(&d.Tenant, &d.ID, &d.State, &d.Record, &d.Version)
		list = append(list, d)
		return err
	})
	return list, err
}

// PutDeletion adds a version of a deletion: when it returns nil the row is
// durable.
func (s *Store) PutDeletion(ctx context.Context, d DeletionRow) error {
	return s.sendAll(ctx, "deletion-"+uuid.NewString(), `INSERT INTO deletions (tenant, id, version, state, record)`,
		[]any{[]string{d.Tenant}, []uuid.UUID{d.ID}, []int64{d.Version}, []string{d.State}, []string{d.Record}})
}
