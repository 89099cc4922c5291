package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/documents"
)

// DirectoryRows are rows of the tables that follow the directory of a tenant, by
// their keys. Days are ISO 8601; "" is no beginning or no end. Paths are ids with /
// between them.
type DirectoryRows struct {
	Persons    map[string]PersonRow // by identifier
	Units      map[PersonSpan]PersonUnit
	Groups     map[PersonGroup]Days
	Tree       map[UnitSpan]UnitRow
	Headcounts map[UnitYear]int
}

// PersonRow is who has an identifier.
type PersonRow struct{ Person, Name, Unit, Path string }

// PersonSpan is the beginning of a time in which a person's path does not change.
type PersonSpan struct{ Person, Since string }

// PersonUnit is where a person is in that time.
type PersonUnit struct{ Until, Unit, Path string }

// PersonGroup is a person in a group, as member or trainer.
type PersonGroup struct{ Group, Person, Role string }

// Days are the first and the last day.
type Days struct{ Since, Until string }

// UnitSpan is the beginning of a time in which a unit's path does not change.
type UnitSpan struct{ Unit, Since string }

// UnitRow is what a unit is in that time.
type UnitRow struct{ Until, Code, Name, Kind, Path string }

// UnitYear is a unit in a year.
type UnitYear struct {
	Unit string
	Year int
}

// NewDirectoryRows makes rows of which there are none yet.
func NewDirectoryRows() *DirectoryRows {
	return &DirectoryRows{map[string]PersonRow{}, map[PersonSpan]PersonUnit{}, map[PersonGroup]Days{}, map[UnitSpan]UnitRow{}, map[UnitYear]int{}}
}

// The days that stand for no beginning and no end.
var (
	noBeginning = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	noEnd       = time.Date(2299, 12, 31, 0, 0, 0, 0, time.UTC)
)

func dayOf(text string, otherwise time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day
	}
	return otherwise
}

func dayText(day, none time.Time) string {
	if text := day.Format(time.DateOnly); text != none.Format(time.DateOnly) {
		return text
	}
	return ""
}

func pathOf(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, "/")
}

// PutDirectoryRows writes rows of a tenant and takes out those of gone, with a
// version that is higher than that of all before. When it returns nil, they are
// durable and visible; it may be called again after an error.
func (s *Store) PutDirectoryRows(ctx context.Context, tenant string, version int64, put, gone *DirectoryRows) error {
	for _, table := range []struct {
		sql  string
		rows [][]any
	}{
		{`INSERT INTO units (tenant, version, deleted, unit, since, until, code, name, kind, path)`, rowsOf(tenant, version, put.Tree, gone.Tree,
			func(k UnitSpan, v UnitRow) []any {
				return []any{k.Unit, dayOf(k.Since, noBeginning), dayOf(v.Until, noEnd), v.Code, v.Name, v.Kind, pathOf(v.Path)}
			})},
		{`INSERT INTO headcounts (tenant, version, deleted, unit, year, count)`, rowsOf(tenant, version, put.Headcounts, gone.Headcounts,
			func(k UnitYear, v int) []any { return []any{k.Unit, uint16(k.Year), uint32(v)} })},
		{`INSERT INTO person_units (tenant, version, deleted, person, since, until, unit, path)`, rowsOf(tenant, version, put.Units, gone.Units,
			func(k PersonSpan, v PersonUnit) []any {
				return []any{k.Person, dayOf(k.Since, noBeginning), dayOf(v.Until, noEnd), v.Unit, pathOf(v.Path)}
			})},
		{`INSERT INTO person_groups (tenant, version, deleted, group, person, role, since, until)`, rowsOf(tenant, version, put.Groups, gone.Groups,
			func(k PersonGroup, v Days) []any {
				return []any{k.Group, k.Person, k.Role, dayOf(v.Since, noBeginning), dayOf(v.Until, noEnd)}
			})},
		{`INSERT INTO persons (tenant, version, deleted, identifier, person, name, unit, path)`, rowsOf(tenant, version, put.Persons, gone.Persons,
			func(k string, v PersonRow) []any { return []any{k, v.Person, v.Name, v.Unit, pathOf(v.Path)} })},
	} {
		if err := s.putRows(ctx, table.sql, table.rows); err != nil {
			return fmt.Errorf("writing the directory: %w", err)
		}
	}
	return nil
}

// rowsOf are rows as they are inserted, those that are taken out with the mark of
// that.
func rowsOf[K comparable, V any](tenant string, version int64, put, gone map[K]V, columns func(K, V) []any) [][]any {
	rows := make([][]any, 0, len(put)+len(gone))
	for deleted, part := range []map[K]V{put, gone} {
		for k, v := range part {
			rows = append(rows, append([]any{tenant, version, uint8(deleted)}, columns(k, v)...))
		}
	}
	return rows
}

func (s *Store) putRows(ctx context.Context, sql string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	batch, err := s.writes.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithSettings(insertSettings)), sql)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := batch.Append(row...); err != nil {
			_ = batch.Abort() // err says more
			return err
		}
	}
	return batch.Send()
}

// DirectoryRows reads all rows of a tenant that are in force, and the highest
// version of any row.
func (s *Store) DirectoryRows(ctx context.Context, tenant string) (*DirectoryRows, int64, error) {
	all := NewDirectoryRows()
	var since, until time.Time
	var path []string
	for _, table := range []struct {
		sql  string
		scan func(driver.Rows) error
	}{
		{`SELECT identifier, person, name, unit, path FROM persons FINAL`, func(rows driver.Rows) error {
			var key string
			var v PersonRow
			err := rows.Scan(&key, &v.Person, &v.Name, &v.Unit, &path)
			v.Path = strings.Join(path, "/")
			all.Persons[key] = v
			return err
		}},
		{`SELECT person, since, until, unit, path FROM person_units FINAL`, func(rows driver.Rows) error {
			var key PersonSpan
			var v PersonUnit
			err := rows.Scan(&key.Person, &since, &until, &v.Unit, &path)
			key.Since, v.Until, v.Path = dayText(since, noBeginning), dayText(until, noEnd), strings.Join(path, "/")
			all.Units[key] = v
			return err
		}},
		{`SELECT group, person, role, since, until FROM person_groups FINAL`, func(rows driver.Rows) error {
			var key PersonGroup
			err := rows.Scan(&key.Group, &key.Person, &key.Role, &since, &until)
			all.Groups[key] = Days{dayText(since, noBeginning), dayText(until, noEnd)}
			return err
		}},
		{`SELECT unit, since, until, code, name, kind, path FROM units FINAL`, func(rows driver.Rows) error {
			var key UnitSpan
			var v UnitRow
			err := rows.Scan(&key.Unit, &since, &until, &v.Code, &v.Name, &v.Kind, &path)
			key.Since, v.Until, v.Path = dayText(since, noBeginning), dayText(until, noEnd), strings.Join(path, "/")
			all.Tree[key] = v
			return err
		}},
		{`SELECT unit, year, count FROM headcounts FINAL`, func(rows driver.Rows) error {
			var unit string
			var year uint16
			var count uint32
			err := rows.Scan(&unit, &year, &count)
			all.Headcounts[UnitYear{unit, int(year)}] = int(count)
			return err
		}},
	} {
		if err := s.queryLong(ctx, table.sql+` WHERE tenant = {tenant:String}`, parameters{"tenant": tenant}, table.scan); err != nil {
			return nil, 0, fmt.Errorf("reading the tables of the directory: %w", err)
		}
	}
	highest, err := s.directoryVersion(ctx, tenant)
	return all, highest, err
}

func (s *Store) directoryVersion(ctx context.Context, tenant string) (highest int64, err error) {
	const of = `SELECT max(version) AS v FROM %s WHERE tenant = {tenant:String}`
	var parts []string
	for _, table := range []string{"persons", "person_units", "person_groups", "units", "headcounts"} {
		parts = append(parts, fmt.Sprintf(of, table))
	}
	err = s.query(ctx, `SELECT max(v) FROM (`+strings.Join(parts, " UNION ALL ")+`)`, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		return rows.Scan(&highest)
	})
	return highest, err
}

// SetDirectoryCursor notes which version of the directory, as of which day, the
// tables show.
func (s *Store) SetDirectoryCursor(ctx context.Context, tenant string, version int64, day string, written int64) error {
	return s.putRows(ctx, `INSERT INTO directory_cursor (tenant, version, day, written)`, [][]any{{tenant, version, dayOf(day, noBeginning), written}})
}

// DocumentsOfKind calls yield with the newest version of every document of a kind
// of every tenant, deleted ones too.
func (s *Store) DocumentsOfKind(ctx context.Context, kind documents.Kind, yield func(*documents.Document) error) error {
	sql := fmt.Sprintf(`SELECT tenant, activity, agent, registration, id, version, deleted, content_type, content FROM documents FINAL WHERE kind = %d`, kind)
	return s.queryLong(ctx, sql, nil, func(rows driver.Rows) error {
		d := &documents.Document{}
		d.Kind = kind
		var deleted uint8
		if err := rows.Scan(&d.Tenant, &d.Activity, &d.Agent, &d.Registration, &d.ID, &d.Version, &deleted, &d.ContentType, &d.Content); err != nil {
			return err
		}
		d.Deleted = deleted == 1
		return yield(d)
	})
}
