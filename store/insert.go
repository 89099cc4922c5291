package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"lernspur/internal/failpoint"
	"lernspur/statements"
)

// Row is one statement of one tenant.
type Row struct {
	Tenant string
	*statements.Statement
}

// Insert writes rows, which come in ascending order of Stored: what stands
// beside the statements first, and the statements last. When it returns nil all of them are
// durable and visible. When it returns an error the outcome is unknown until
// Kill has returned: each table's rows become one part, so the statements
// are there all or none, but look-up rows may be there without them; they are
// harmless, as every read ends at the statements. attempt names the try and
// is never used twice.
func (s *Store) Insert(ctx context.Context, attempt string, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	c := s.pool.Get().(*columns)
	defer s.pool.Put(c)
	defer c.reset()
	if err := s.insertBeside(ctx, attempt, rows, c); err != nil {
		return err
	}
	failpoint.Hit(failpoint.LookedUp)
	err := s.send(ctx, attempt+"-statements", insertStatements, len(rows), func(from, to int) []any {
		c.clear()
		for _, row := range rows[from:to] {
			c.add(row)
		}
		return c.columns()
	})
	if err != nil {
		return fmt.Errorf("inserting statements: %w", err)
	}
	return nil
}

// insertBeside writes everything but the statements. What is rare and small goes
// beside the look-ups, since a lone statement waits for each INSERT's fsync.
func (s *Store) insertBeside(ctx context.Context, attempt string, rows []Row, c *columns) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := s.insertDefinitions(ctx, attempt, rows); err != nil {
			return fmt.Errorf("inserting definitions: %w", err)
		}
		if err := s.insertRepairs(ctx, attempt, rows); err != nil {
			return fmt.Errorf("inserting repairs: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		err := s.send(ctx, attempt+"-lookups", insertLookups, len(rows), func(from, to int) []any {
			c.lookups.clear()
			for _, row := range rows[from:to] {
				c.lookups.add(row)
			}
			return c.lookups.columns()
		})
		if err != nil {
			return fmt.Errorf("inserting look-ups: %w", err)
		}
		// Behind the look-ups: of two statements that point to each other in two
		// INSERTs at one time, the later one has to find the other's.
		if err := s.insertRefs(ctx, attempt, rows); err != nil {
			return fmt.Errorf("inserting references: %w", err)
		}
		return nil
	})
	return group.Wait()
}

// insertSettings: an INSERT is answered when its part is durable, is never
// dropped as a duplicate, and is one part, however many pieces it is sent in:
// the server puts them together until these sizes are reached, which a batch
// never is, and drops them when the connection ends before the end is said.
var insertSettings = clickhouse.Settings{"async_insert": 0, "insert_deduplicate": 0, "optimize_on_insert": 0, "max_insert_threads": 1,
	"min_insert_block_size_rows": 1 << 24, "min_insert_block_size_bytes": 1 << 30}

// pieceRows is how many statements are sent at a time: the driver holds each
// piece twice.
const pieceRows = 1024

// send writes n rows as one part. columns makes those of rows from..to; they
// are used before the next call.
func (s *Store) send(ctx context.Context, queryID, sql string, n int, columns func(from, to int) []any) error {
	ctx = clickhouse.Context(ctx, clickhouse.WithQueryID(queryID), clickhouse.WithSettings(insertSettings))
	batch, err := s.writes.PrepareBatch(ctx, sql)
	if err != nil {
		return err
	}
	for from := 0; from < n; from += pieceRows {
		to := min(from+pieceRows, n)
		if err := appendColumns(batch, columns(from, to)); err != nil {
			return errors.Join(err, batch.Abort())
		}
		if to == n {
			break
		}
		if err := batch.Flush(); err != nil {
			return errors.Join(err, batch.Abort())
		}
	}
	return batch.Send()
}

func appendColumns(batch driver.Batch, columns []any) error {
	for i, column := range columns {
		var err error
		if own, ok := column.(appender); ok {
			err = own.appendTo(batch.Columns()[i])
		} else {
			err = batch.Column(i).Append(column)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sendAll is send for columns that exist already.
func (s *Store) sendAll(ctx context.Context, queryID, sql string, columns []any) error {
	return s.send(ctx, queryID, sql, 1, func(int, int) []any { return columns })
}

const insertLookups = `INSERT INTO lookups (tenant, kind, key, stored, verb)`

func (l *lookups) columns() []any { return []any{l.tenant, l.kind, l.key, l.stored, l.verb} }

const insertStatements = `INSERT INTO statements (tenant, stored, id, timestamp, version, authority, actor, verb, ` +
	`object_kind, object, ref, voiding, registration, courses, success, completion, score_scaled, score_raw, score_min, score_max, duration, raw)`

// columns are statements by column, in the order of insertStatements.
type columns struct {
	lookups lookups

	tenant       []string
	stored       []int64
	id           []uuid.UUID
	timestamp    []int64
	version      names
	authority    names
	actor        []string
	verb         names
	objectKind   []uint8
	object       []string
	ref          []uuid.UUID
	voiding      []uint8
	registration []uuid.UUID
	courses      nameLists
	success      []int8
	completion   []int8
	scaled       []float64
	raw          []float64
	min          []float64
	max          []float64
	duration     []int64
	json         texts
}

func newColumns() *columns {
	return &columns{lookups: newLookups()}
}

func (c *columns) columns() []any {
	return []any{c.tenant, c.stored, c.id, c.timestamp, c.version, c.authority, c.actor, c.verb,
		c.objectKind, c.object, c.ref, c.voiding, c.registration, c.courses, c.success, c.completion,
		c.scaled, c.raw, c.min, c.max, c.duration, c.json}
}

func (c *columns) add(row Row) {
	c.tenant = append(c.tenant, row.Tenant)
	c.stored = append(c.stored, row.Stored)
	c.id = append(c.id, row.ID)
	c.timestamp = append(c.timestamp, row.Timestamp)
	c.version = append(c.version, c.lookups.name(row.Version))
	c.authority = append(c.authority, c.lookups.name(row.Authority))
	c.actor = append(c.actor, row.Actor)
	c.verb = append(c.verb, c.lookups.name(row.Verb))
	c.objectKind = append(c.objectKind, uint8(row.ObjectKind))
	c.object = append(c.object, row.Object)
	c.ref = append(c.ref, row.Ref)
	c.voiding = append(c.voiding, flag(row.Voiding))
	c.registration = append(c.registration, row.Registration)
	for _, course := range row.Courses {
		c.courses.names = append(c.courses.names, c.lookups.name(course))
	}
	c.courses.ends = append(c.courses.ends, len(c.courses.names))
	c.success = append(c.success, int8(row.Result.Success))
	c.completion = append(c.completion, int8(row.Result.Completion))
	c.scaled = append(c.scaled, row.Result.Scaled)
	c.raw = append(c.raw, row.Result.Raw)
	c.min = append(c.min, row.Result.Min)
	c.max = append(c.max, row.Result.Max)
	c.duration = append(c.duration, row.Result.Duration)
	c.json = append(c.json, row.Statement)
}

// reset empties the columns and lets go of the statements they point to.
func (c *columns) reset() {
	c.clear()
	c.lookups.reset()
}

// clear empties the columns.
func (c *columns) clear() {
	keep := *c
	for _, list := range [][]string{c.tenant, c.actor, c.object} {
		clear(list)
	}
	for _, list := range []names{c.version, c.authority, c.verb, c.courses.names} {
		clear(list)
	}
	clear(c.json)
	*c = columns{lookups: keep.lookups, tenant: keep.tenant[:0], stored: keep.stored[:0], id: keep.id[:0],
		timestamp: keep.timestamp[:0], version: keep.version[:0], authority: keep.authority[:0], actor: keep.actor[:0],
		verb: keep.verb[:0], objectKind: keep.objectKind[:0], object: keep.object[:0], ref: keep.ref[:0], voiding: keep.voiding[:0],
		registration: keep.registration[:0], courses: nameLists{keep.courses.names[:0], keep.courses.ends[:0]}, success: keep.success[:0], completion: keep.completion[:0],
		scaled: keep.scaled[:0], raw: keep.raw[:0], min: keep.min[:0], max: keep.max[:0], duration: keep.duration[:0], json: keep.json[:0]}
}

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
