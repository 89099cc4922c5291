package scenario

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
)

const (
	// sourceDB holds the rows that the ceilings insert, as the product wrote
	// them; ceilingDB the empty tables that they are inserted into.
	sourceDB  = "bench_source"
	ceilingDB = "bench_ceiling"
	plain     = "plain"
)

// table is the rows of one table, ready to be sent.
type table struct {
	name    string
	insert  string
	names   []string
	columns []any // slices, one element per row
	rows    [][]any
	stored  []int64 // ascending
}

// block is the half-open range of rows whose stored lies in [from, to).
func (t *table) block(from, to int64) (lo, hi int) {
	lo, _ = slices.BinarySearch(t.stored, from)
	hi, _ = slices.BinarySearch(t.stored, to)
	return lo, hi
}

// prepared is what the ceilings insert.
type prepared struct {
	own    []*table // the product's tables, the statements last
	plain  []*table // the one table without look-ups
	stored []int64  // of the statements, ascending
}

// prepare makes n statements, lets the product's store write them into a
// database of their own, and reads back what it wrote: so the ceilings insert
// exactly the rows that the product does, whatever its tables look like.
func (e *Env) prepare(ctx context.Context, n int) (*prepared, error) {
	for _, db := range []string{sourceDB, ceilingDB} {
		for _, sql := range []string{"DROP DATABASE IF EXISTS " + db + " SYNC", "CREATE DATABASE " + db + " ENGINE = Atomic"} {
			if err := e.admin.Exec(ctx, sql); err != nil {
				return nil, err
			}
		}
	}
	defer e.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+sourceDB+" SYNC") // an empty folder is no matter
	if err := e.writeSource(ctx, n); err != nil {
		return nil, err
	}
	names, err := e.tables(ctx)
	if err != nil {
		return nil, err
	}
	p := &prepared{}
	for _, name := range names {
		if err := e.admin.Exec(ctx, fmt.Sprintf("CREATE TABLE %s.%s AS %s.%s", ceilingDB, name, sourceDB, name)); err != nil {
			return nil, err
		}
		t, err := e.readTable(ctx, name, "*", name)
		if err != nil {
			return nil, err
		}
		p.own = append(p.own, t)
	}
	if err := e.admin.Exec(ctx, createPlain); err != nil {
		return nil, err
	}
	t, err := e.readTable(ctx, "statements", plainColumns, plain)
	if err != nil {
		return nil, err
	}
	p.plain, p.stored = []*table{t}, t.stored
	return p, nil
}

// later makes all prepared statements later ones: every stored moves behind the
// last.
func (p *prepared) later() {
	shift := p.stored[len(p.stored)-1] - p.stored[0] + 1
	moved := make(map[*int64]bool) // the first element of a slice names it
	move := func(list []int64) {
		if len(list) > 0 && !moved[&list[0]] {
			moved[&list[0]] = true
			for i := range list {
				list[i] += shift
			}
		}
	}
	for _, t := range slices.Concat(p.own, p.plain) {
		move(t.stored)
		for i, column := range t.columns {
			if t.names[i] != "stored" {
				continue
			}
			list := column.([]int64)
			move(list)
			for j, row := range t.rows {
				row[i] = list[j]
			}
		}
	}
	move(p.stored)
}

const plainColumns = "tenant, stored, id, actor, verb, object, registration, raw"

// createPlain is one table with what a query would want and the bytes, made to
// take rows fast: no look-ups, wide granules, the same durability.
const createPlain = `CREATE TABLE ` + ceilingDB + `.` + plain + ` (
	tenant LowCardinality(String), stored Int64 CODEC(Delta, ZSTD(1)), id UUID CODEC(NONE), actor LowCardinality(String),
	verb LowCardinality(String), object LowCardinality(String), registration UUID, raw String CODEC(ZSTD(1)))
ENGINE = MergeTree ORDER BY (tenant, stored)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 60`

// writeSource writes n statements as the product would.
func (e *Env) writeSource(ctx context.Context, n int) error {
	dsn, err := url.Parse(e.engine.DSN())
	if err != nil {
		return fmt.Errorf("the engine's address cannot be parsed")
	}
	dsn.Path = "/" + sourceDB
	s, err := store.Open(ctx, dsn.String(), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	const step = 10_000
	stored := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	for first := 0; first < n; first += step {
		parsed, err := e.parse(uint64(first), min(step, n-first))
		if err != nil {
			return err
		}
		rows := make([]store.Row, len(parsed))
		for i, st := range parsed {
			stored += 30 // microseconds: some 33,000 statements a second
			st.Stamp(stored)
			rows[i] = store.Row{Tenant: "default", Statement: st}
		}
		if err := s.Insert(ctx, fmt.Sprintf("bench-%d-%d", first, e.nextRun()), rows); err != nil {
			return err
		}
	}
	return nil
}

// parse makes and parses n statements as the server would.
func (e *Env) parse(first uint64, n int) ([]*statements.Statement, error) {
	return statements.Parse(e.gen.AppendBatch(nil, first, n), statements.Options{
		Edition:             statements.V1,
		Authority:           []byte(`{"objectType":"Agent","account":{"homePage":"http://127.0.0.1:8080","name":"` + key + `"}}`),
		AuthorityIdentifier: "account|http://127.0.0.1:8080|" + key,
		NewID:               uuid.New,
	})
}

// tables are those that hold rows of statements, the statements themselves
// last, as the product inserts them.
func (e *Env) tables(ctx context.Context) (names []string, err error) {
	rows, err := e.admin.Query(ctx, `SELECT name FROM system.tables WHERE database = '`+sourceDB+`' AND total_rows > 0 AND name IN
		(SELECT table FROM system.columns WHERE database = '`+sourceDB+`' AND name = 'stored') ORDER BY name = 'statements', name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if len(names) == 0 || names[len(names)-1] != "statements" {
		return nil, fmt.Errorf("the product's tables are not as expected: %v", names)
	}
	return names, rows.Err()
}

// readTable reads some columns of a source table, ready to be inserted into
// another.
func (e *Env) readTable(ctx context.Context, from, columns, into string) (*table, error) {
	rows, err := e.admin.Query(ctx, fmt.Sprintf("SELECT %s FROM %s.%s ORDER BY stored", columns, sourceDB, from))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := &table{name: into, insert: fmt.Sprintf("INSERT INTO %s.%s (%s)", ceilingDB, into, strings.Join(rows.Columns(), ", "))}
	slots, targets := slotsFor(rows)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make([]any, len(slots))
		for i := range slots {
			value := reflect.ValueOf(targets[i]).Elem()
			slots[i] = reflect.Append(slots[i], value)
			row[i] = value.Interface()
		}
		t.rows = append(t.rows, row)
	}
	t.names = rows.Columns()
	for i, name := range t.names {
		t.columns = append(t.columns, slots[i].Interface())
		if name == "stored" {
			t.stored = slots[i].Interface().([]int64)
		}
	}
	return t, rows.Err()
}

// slotsFor makes an empty slice and a target to scan into for each column.
func slotsFor(rows driver.Rows) (slots []reflect.Value, targets []any) {
	for _, c := range rows.ColumnTypes() {
		slots = append(slots, reflect.MakeSlice(reflect.SliceOf(c.ScanType()), 0, 1024))
		targets = append(targets, reflect.New(c.ScanType()).Interface())
	}
	return slots, targets
}
