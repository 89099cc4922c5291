package scenario

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"lernspur/bench/result"
)

// variants are all ways in which prepared rows are inserted.
func variants(rows []int) (all []result.Variant) {
	for _, by := range []string{"row", "column"} {
		for _, compression := range []string{"none", "lz4"} {
			for _, conns := range []int{1, 2} {
				for _, n := range rows {
					all = append(all, result.Variant{By: by, Compression: compression, Connections: conns, Rows: n})
				}
			}
		}
	}
	return all
}

// ceilings measures how fast ClickHouse takes prepared rows.
type ceilings struct {
	env  *Env
	rows *prepared
	list []result.Ceiling
}

// newCeilings prepares n statements.
func (e *Env) newCeilings(ctx context.Context, n int) (*ceilings, error) {
	e.logf("preparing the rows of %d statements", n)
	rows, err := e.prepare(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("preparing rows: %w", err)
	}
	return &ceilings{env: e, rows: rows}, nil
}

func (c *ceilings) tables(name string) []*table {
	if name == "a2" {
		return c.rows.plain
	}
	return c.rows.own
}

// screen tries every variant once on both kinds of tables.
func (c *ceilings) screen(ctx context.Context) error {
	sizes := []int{10_000, 50_000}
	if c.env.opts.Quick {
		sizes = []int{2_000, 10_000}
	}
	for _, name := range []string{"a1", "a2"} {
		for _, v := range variants(sizes) {
			speed, err := c.pass(ctx, name, v)
			if err != nil {
				return err
			}
			c.env.logf("%s by %s, %s, %d connections, %d rows: %.0f/s", name, v.By, v.Compression, v.Connections, v.Rows, speed)
			c.list = append(c.list, result.Ceiling{Table: name, Variant: v, Screen: []float64{speed}})
		}
	}
	return nil
}

// round measures the two best variants of a table for at least the given time
// each, and one for a long time: the better one of the first round, in every round.
func (c *ceilings) round(ctx context.Context, name string, atLeast, long time.Duration) error {
	var own []*result.Ceiling
	for i := range c.list {
		if c.list[i].Table == name {
			own = append(own, &c.list[i])
		}
	}
	slices.SortStableFunc(own, func(a, b *result.Ceiling) int { return cmp.Compare(b.Screen[0], a.Screen[0]) })
	for _, ceiling := range own[:2] {
		var took time.Duration
		for passes := 1; took < atLeast; passes++ {
			speed, err := c.pass(ctx, name, ceiling.Variant)
			if err != nil {
				return err
			}
			took += time.Duration(float64(len(c.rows.stored)) / speed * float64(time.Second))
			if took >= atLeast {
				speed = float64(passes*len(c.rows.stored)) / took.Seconds()
				ceiling.Rounds = append(ceiling.Rounds, speed)
				c.env.logf("%s by %s, %s, %d connections, %d rows: %.0f/s", name, ceiling.Variant.By,
					ceiling.Variant.Compression, ceiling.Variant.Connections, ceiling.Variant.Rows, speed)
			}
		}
	}
	best := slices.MaxFunc(own[:2], func(a, b *result.Ceiling) int {
		return cmp.Or(cmp.Compare(len(a.Sustained), len(b.Sustained)), cmp.Compare(a.PerSecond(), b.PerSecond()))
	})
	speed, err := c.sustain(ctx, name, best.Variant, long)
	if err != nil {
		return err
	}
	best.Sustained = append(best.Sustained, speed)
	c.env.logf("%s the same for %s: %.0f/s", name, long, speed)
	return nil
}

// pass inserts all prepared statements once into empty tables and returns
// statements per second.
func (c *ceilings) pass(ctx context.Context, name string, v result.Variant) (float64, error) {
	tables := c.tables(name)
	if err := c.empty(ctx, tables); err != nil {
		return 0, err
	}
	conns, err := c.connect(ctx, v)
	if err != nil {
		return 0, err
	}
	defer closeAll(conns)
	began := time.Now()
	if err := c.insertAll(ctx, conns, tables, v); err != nil {
		return 0, err
	}
	took := time.Since(began)
	return float64(len(c.rows.stored)) / took.Seconds(), c.check(ctx, tables, len(c.rows.stored))
}

// sustain inserts the prepared statements again and again, each time as later
// ones, into tables that are empty at the beginning only, and returns
// statements per second: what merging costs in the long run is in it.
func (c *ceilings) sustain(ctx context.Context, name string, v result.Variant, atLeast time.Duration) (float64, error) {
	tables := c.tables(name)
	if err := c.empty(ctx, tables); err != nil {
		return 0, err
	}
	conns, err := c.connect(ctx, v)
	if err != nil {
		return 0, err
	}
	defer closeAll(conns)
	began, passes := time.Now(), 0
	for ; time.Since(began) < atLeast; passes++ {
		if passes > 0 {
			c.rows.later()
		}
		if err := c.insertAll(ctx, conns, tables, v); err != nil {
			return 0, err
		}
	}
	took := time.Since(began)
	n := passes * len(c.rows.stored)
	if err := c.check(ctx, tables, n); err != nil {
		return 0, err
	}
	// What is still to be merged would go on beside what is measured next.
	return float64(n) / took.Seconds(), c.empty(ctx, tables)
}

func (c *ceilings) empty(ctx context.Context, tables []*table) error {
	for _, t := range tables {
		if err := c.env.admin.Exec(ctx, fmt.Sprintf("TRUNCATE TABLE %s.%s SYNC", ceilingDB, t.name)); err != nil {
			return err
		}
	}
	return nil
}

// connect opens the connections of a variant; closeAll closes them.
func (c *ceilings) connect(ctx context.Context, v result.Variant) ([]driver.Conn, error) {
	conns := make([]driver.Conn, 0, v.Connections)
	for range v.Connections {
		conn, err := c.env.connect("", v.Compression, 1)
		if err == nil {
			conns = append(conns, conn)
			err = conn.Ping(ctx)
		}
		if err != nil {
			closeAll(conns)
			return nil, err
		}
	}
	return conns, nil
}

func closeAll(conns []driver.Conn) {
	for _, conn := range conns {
		conn.Close()
	}
}

// insertAll inserts all prepared statements once.
func (c *ceilings) insertAll(ctx context.Context, conns []driver.Conn, tables []*table, v result.Variant) error {
	group, ctx := errgroup.WithContext(ctx)
	for i, conn := range conns {
		group.Go(func() error {
			for first := i * v.Rows; first < len(c.rows.stored); first += len(conns) * v.Rows {
				if err := c.insert(ctx, conn, tables, first, min(first+v.Rows, len(c.rows.stored)), v.By); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("inserting prepared rows: %w", err)
	}
	return nil
}

// insertSettings are those of the product: one durable block per INSERT.
var insertSettings = clickhouse.Settings{"async_insert": 0, "insert_deduplicate": 0, "optimize_on_insert": 0, "max_insert_threads": 1}

// insert sends the rows of the statements from first up to end into each of
// the tables in turn.
func (c *ceilings) insert(ctx context.Context, conn driver.Conn, tables []*table, first, end int, by string) error {
	from, to := c.rows.stored[first], c.rows.stored[end-1]+1
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(insertSettings))
	for _, t := range tables {
		lo, hi := t.block(from, to)
		batch, err := conn.PrepareBatch(ctx, t.insert)
		if err != nil {
			return err
		}
		if by == "row" {
			for _, row := range t.rows[lo:hi] {
				if err := batch.Append(row...); err != nil {
					return err
				}
			}
		} else {
			for i, column := range t.columns {
				if err := batch.Column(i).Append(reflect.ValueOf(column).Slice(lo, hi).Interface()); err != nil {
					return err
				}
			}
		}
		if err := batch.Send(); err != nil {
			return err
		}
	}
	return nil
}

// check makes sure that what was measured also happened: every table has rows of
// want statements.
func (c *ceilings) check(ctx context.Context, tables []*table, want int) error {
	for _, t := range tables {
		var n uint64
		sql := fmt.Sprintf("SELECT uniqExact(stored) FROM %s.%s", ceilingDB, t.name)
		if err := c.env.admin.QueryRow(context.WithoutCancel(ctx), sql).Scan(&n); err != nil {
			return err
		}
		if int(n) != want {
			return fmt.Errorf("%s holds %d statements, not %d", t.name, n, want)
		}
	}
	return nil
}

// drop removes the tables.
func (c *ceilings) drop(ctx context.Context) error {
	return c.env.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+ceilingDB+" SYNC")
}
