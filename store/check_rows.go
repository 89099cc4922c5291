package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// Lookup is one look-up row of a statement, the kind by its number.
type Lookup struct {
	Kind uint8
	Key  uuid.UUID
	Verb string
}

// String names a look-up the way an operator can search for it.
func (l Lookup) String() string { return fmt.Sprintf("kind %d key %s verb %q", l.Kind, l.Key, l.Verb) }

// StoredLookups are the look-up rows that one statement has.
type StoredLookups struct {
	Stored int64
	Rows   []Lookup // sorted, each once
}

// Deriver tells which look-up rows statements must have. It belongs to one
// goroutine.
type Deriver struct {
	l    lookups
	rows []Lookup
}

// NewDeriver makes an empty Deriver.
func NewDeriver() *Deriver { return &Deriver{l: newLookups()} }

// Lookups derives the look-up rows of a stamped statement, sorted, each once.
// They are valid until the next call.
func (d *Deriver) Lookups(s *statements.Statement) []Lookup {
	if len(d.l.seen) > maxSeen/8 {
		clear(d.l.seen) // its strings hold on to whole statements
	}
	l := &d.l
	l.tenant, l.kind, l.key, l.stored, l.verb = l.tenant[:0], l.kind[:0], l.key[:0], l.stored[:0], l.verb[:0]
	l.add(Row{Statement: s})
	d.rows = d.rows[:0]
	for i := range l.kind {
		d.rows = append(d.rows, Lookup{l.kind[i], l.key[i], *l.verb[i]})
	}
	slices.SortFunc(d.rows, CompareLookups)
	d.rows = slices.Compact(d.rows)
	return d.rows
}

// CompareLookups orders look-up rows by kind, key and verb.
func CompareLookups(a, b Lookup) int {
	if a.Kind != b.Kind {
		return int(a.Kind) - int(b.Kind)
	}
	if c := slices.Compare(a.Key[:], b.Key[:]); c != 0 {
		return c
	}
	return strings.Compare(a.Verb, b.Verb)
}

// Tenants lists the tenants that any table knows.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	const sql = `SELECT DISTINCT tenant FROM (SELECT DISTINCT tenant FROM statements UNION ALL ` +
		`SELECT DISTINCT tenant FROM lookups UNION ALL SELECT DISTINCT tenant FROM refs UNION ALL SELECT DISTINCT tenant FROM repairs UNION ALL ` +
		`SELECT DISTINCT tenant FROM documents) ORDER BY tenant`
	var list []string
	err := s.queryLong(ctx, sql, nil, func(rows driver.Rows) error {
		var tenant string
		err := rows.Scan(&tenant)
		list = append(list, tenant)
		return err
	})
	return list, err
}

// Window finds the range of the next n rows behind low: those with low <
// stored <= high. When fewer than n are left, high is upto.
func (s *Store) Window(ctx context.Context, tenant string, low, upto int64, n int) (high int64, count int, err error) {
	sql := fmt.Sprintf(`SELECT max(stored), count() FROM (SELECT stored FROM statements WHERE tenant = {tenant:String} `+
		`AND stored > %d AND stored <= %d ORDER BY stored LIMIT %d)`, low, upto, n)
	err = s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var rowCount uint64
		err := rows.Scan(&high, &rowCount)
		count = int(rowCount)
		return err
	})
	if count < n {
		high = upto
	}
	return high, count, err
}

// scanSettings keep a large read in small blocks, so that neither side holds
// many statements at a time.
var scanSettings = clickhouse.Settings{"max_block_size": 2048, "preferred_block_size_bytes": 1 << 20, "max_threads": 2}

const selectRows = `SELECT stored, id, timestamp, version, authority, actor, verb, object_kind, object, ref, voiding, ` +
	`registration, courses, success, completion, score_scaled, score_raw, score_min, score_max, duration, raw FROM statements ` +
	`WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d ORDER BY stored`

// rowsWindow is how many statements Rows asks for at a time: a query whose rows
// are taken slowly is open all the while.
const rowsWindow = 20_000

// Rows reads the statements of a tenant with low < stored <= high in order, as
// their columns say: what Raw says may differ. Digest, Agents and
// Activities are not columns and stay empty.
func (s *Store) Rows(ctx context.Context, tenant string, low, high int64) iter.Seq2[*statements.Statement, error] {
	return func(yield func(*statements.Statement, error) bool) {
		for low < high {
			end, count, err := s.Window(ctx, tenant, low, high, rowsWindow)
			if err != nil {
				yield(nil, err)
				return
			}
			if count > 0 && !s.rows(ctx, tenant, low, end, yield) {
				return
			}
			low = end
		}
	}
}

// rows is Rows in one query; false when it was the last.
func (s *Store) rows(ctx context.Context, tenant string, low, high int64, yield func(*statements.Statement, error) bool) bool {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(parameters{"tenant": tenant}), clickhouse.WithSettings(scanSettings))
	rows, err := s.conn.Query(ctx, fmt.Sprintf(selectRows, low, high))
	if err != nil {
		yield(nil, err)
		return false
	}
	defer rows.Close()
	for rows.Next() {
		st, err := scanRow(rows)
		if !yield(st, err) || err != nil {
			return false
		}
	}
	if err := rows.Err(); err != nil {
		yield(nil, err)
		return false
	}
	return true
}

func scanRow(rows driver.Rows) (*statements.Statement, error) {
	var st statements.Statement
	var squeezed []byte
	var kind, voiding uint8
	var success, completion int8
	r := &st.Result
	err := rows.Scan(&st.Stored, &st.ID, &st.Timestamp, &st.Version, &st.Authority, &st.Actor, &st.Verb, &kind, &st.Object,
		&st.Ref, &voiding, &st.Registration, &st.Courses, &success, &completion, &r.Scaled, &r.Raw, &r.Min, &r.Max, &r.Duration, &squeezed)
	st.ObjectKind, st.Voiding = statements.ObjectKind(kind), voiding != 0
	st.Raw = expand(squeezed, st.ID, st.Registration, st.Stored)
	r.Success, r.Completion = statements.Tri(success), statements.Tri(completion)
	return &st, err
}

// sortSettings let a sort of many rows go through the disk, and let whoever
// takes the rows take their time.
var sortSettings = clickhouse.Settings{"max_threads": 2, "max_block_size": 8192, "max_bytes_before_external_sort": 256 << 20,
	"send_timeout": 3600, "receive_timeout": 3600}

// longRead is how long a read may last that goes through all look-up rows while
// everything else is looked at beside it.
const longRead = 24 * time.Hour

// LookupRows reads the look-up rows of a tenant with low < stored <= high in
// order of stored, those of one statement at a time. A value is valid until
// the next one.
func (s *Store) LookupRows(ctx context.Context, tenant string, low, high int64) iter.Seq2[StoredLookups, error] {
	return func(yield func(StoredLookups, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, longRead)
		defer cancel()
		ctx = clickhouse.Context(ctx, clickhouse.WithParameters(parameters{"tenant": tenant}), clickhouse.WithSettings(sortSettings))
		rows, err := s.conn.Query(ctx, fmt.Sprintf(`SELECT stored, kind, key, verb FROM lookups `+
			`WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d ORDER BY stored`, low, high))
		if err != nil {
			yield(StoredLookups{}, err)
			return
		}
		defer rows.Close()
		var group StoredLookups
		finish := func() bool {
			slices.SortFunc(group.Rows, CompareLookups)
			group.Rows = slices.Compact(group.Rows) // repeats are harmless
			return yield(group, nil)
		}
		for rows.Next() {
			var stored int64
			var l Lookup
			if err := rows.Scan(&stored, &l.Kind, &l.Key, &l.Verb); err != nil {
				yield(StoredLookups{}, err)
				return
			}
			if len(group.Rows) > 0 && stored != group.Stored {
				if !finish() {
					return
				}
				group.Rows = group.Rows[:0]
			}
			group.Stored = stored
			group.Rows = append(group.Rows, l)
		}
		if err := rows.Err(); err != nil {
			yield(StoredLookups{}, err)
		} else if len(group.Rows) > 0 {
			finish()
		}
	}
}
