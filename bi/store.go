package bi

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// storeTime bounds what is written or read of one publication.
const storeTime = 2 * time.Minute

// write stores a publication and takes away those before it. It is there for readers once the
// row of bi_about is, as a whole.
func write(ctx context.Context, conn driver.Conn, tenant string, p publication) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	version := p.at.UnixMicro()
	for i := len(views) - 1; i >= 0; i-- { // bi_about is the first, so it comes last
		if err := insert(ctx, conn, views[i].rows, views[i], p.rows[views[i].name], tenant, version); err != nil {
			return fmt.Errorf("publishing %s: %w", views[i].name, err)
		}
	}
	return forget(ctx, conn, tenant, version)
}

// insert adds rows to a table; keys are the values of what stands before the columns
// of the view.
func insert(ctx context.Context, conn driver.Conn, table string, v view, rows []row, keys ...any) error {
	if len(rows) == 0 {
		return nil
	}
	names := v.columnNames()
	if len(keys) > 0 {
		names = append([]string{"tenant", "published"}, names...)
	}
	batch, err := conn.PrepareBatch(ctx, fmt.Sprintf("INSERT INTO %s (%s)", table, strings.Join(names, ", ")))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := batch.Append(append(append([]any{}, keys...), r...)...); err != nil {
			_ = batch.Abort() // err says more
			return err
		}
	}
	return batch.Send()
}

// forget takes away the publications of a tenant before one; those of a tenant that has
// none any more with the highest version that there is.
func forget(ctx context.Context, conn driver.Conn, tenant string, before int64) error {
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant, "before": strconv.FormatInt(before, 10)}))
	for _, v := range views {
		if err := conn.Exec(ctx, "DELETE FROM "+v.rows+" WHERE tenant = {tenant:String} AND published < {before:Int64}"); err != nil {
			return fmt.Errorf("taking away what was published before in %s: %w", v.rows, err)
		}
	}
	return nil
}

// newest is when a tenant's newest publication was made; zero: there is none.
func newest(ctx context.Context, conn driver.Conn, tenant string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant}))
	var version int64
	if err := conn.QueryRow(ctx, "SELECT max(published) FROM bi_about_rows WHERE tenant = {tenant:String}").Scan(&version); err != nil {
		return time.Time{}, fmt.Errorf("looking for what is published: %w", err)
	}
	if version == 0 {
		return time.Time{}, nil
	}
	return time.UnixMicro(version).UTC(), nil
}

// read answers a publication.
func read(ctx context.Context, conn driver.Conn, tenant string, at time.Time) (publication, error) {
	p := publication{at: at, rows: make(map[string][]row)}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant, "published": strconv.FormatInt(at.UnixMicro(), 10)}))
	for _, v := range views {
		rows, err := conn.Query(ctx, fmt.Sprintf("SELECT %s FROM %s FINAL WHERE tenant = {tenant:String} AND published = {published:Int64}", strings.Join(v.columnNames(), ", "), v.rows))
		if err == nil {
			p.rows[v.name], err = scan(rows, v)
		}
		if err != nil {
			return p, fmt.Errorf("reading what is published in %s: %w", v.name, err)
		}
	}
	return p, nil
}

// scan reads rows as they are written again.
func scan(rows driver.Rows, v view) (list []row, err error) {
	defer rows.Close()
	for rows.Next() {
		pointers := make([]any, len(v.columns))
		for i, c := range v.columns {
			pointers[i] = c.kind.pointer()
		}
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		r := make(row, len(pointers))
		for i, p := range pointers {
			r[i] = reflect.ValueOf(p).Elem().Interface()
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// pointer is where a value of the kind is read to.
func (k kind) pointer() any {
	switch k {
	case text:
		return new(string)
	case whole:
		return new(uint32)
	case count:
		return new(*uint64)
	case number:
		return new(*float64)
	case day, moment:
		return new(time.Time)
	case mayDay:
		return new(*time.Time)
	}
	return new([]string)
}
