package reading

import (
	"context"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/report/inputs"
)

// days are the first and the last day of the period, or the day of the as-of time where that
// is earlier.
func (r *reading) days() (first, last string, year int) {
	end := time.UnixMicro(min(r.to-1, max(r.in.AsOf, r.from))).In(r.zone)
	return time.UnixMicro(r.from).In(r.zone).Format(time.DateOnly), end.Format(time.DateOnly), end.Year()
}

// directory reads units, headcounts and people.
func (r *reading) directory(ctx context.Context) error {
	first, last, year := r.days()
	units, err := r.units(ctx, last)
	if err != nil {
		return err
	}
	if err := r.headcounts(ctx, units, year); err != nil {
		return err
	}
	return r.people(ctx, units, first, last)
}

// units reads the tree of a day.
func (r *reading) units(ctx context.Context, day string) (map[string]int32, error) {
	units := make(map[string]int32)
	const sql = `SELECT unit, code, name, if(length(path) > 1, path[-2], '') FROM units FINAL
WHERE tenant = {tenant:String} AND since <= {day:Date32} AND until >= {day:Date32} ORDER BY length(path), code, name, unit`
	err := r.ask(ctx, "units", sql, clickhouse.Parameters{"day": day}, func(rows driver.Rows) error {
		var u inputs.Unit
		var above string
		if err := rows.Scan(&u.ID, &u.Code, &u.Name, &above); err != nil {
			return err
		}
		u.Parent, u.Headcount = inputs.None, inputs.None
		if at, ok := units[above]; ok {
			u.Parent = at
		}
		units[u.ID] = int32(len(r.in.Units))
		r.in.Units = append(r.in.Units, u)
		return nil
	})
	return units, err
}

// headcounts reads those of a year, or of the latest one before.
func (r *reading) headcounts(ctx context.Context, units map[string]int32, year int) error {
	const sql = `SELECT unit, toInt64(argMax(count, year)) FROM headcounts FINAL WHERE tenant = {tenant:String} AND year <= {year:UInt16} GROUP BY unit ORDER BY unit`
	return r.ask(ctx, "headcounts", sql, clickhouse.Parameters{"year": strconv.Itoa(year)}, func(rows driver.Rows) error {
		var unit string
		var n int64
		if err := rows.Scan(&unit, &n); err != nil {
			return err
		}
		if at, ok := units[unit]; ok {
			r.in.Units[at].Headcount = n
		}
		return nil
	})
}

// people reads identifiers, and the unit that each person last belonged to in the period.
func (r *reading) people(ctx context.Context, units map[string]int32, first, last string) error {
	const sql = `SELECT identifier, person, unit FROM (
  SELECT identifier, person, '' AS unit FROM persons FINAL WHERE tenant = {tenant:String} AND person != ''
  UNION ALL
  SELECT '' AS identifier, person, argMax(unit, since) AS unit FROM person_units AS u FINAL
  WHERE tenant = {tenant:String} AND u.unit != '' AND since <= {last:Date32} AND until >= {first:Date32} GROUP BY person
) ORDER BY person, identifier`
	return r.ask(ctx, "people", sql, clickhouse.Parameters{"first": first, "last": last}, func(rows driver.Rows) error {
		var identifier, person, unit string
		if err := rows.Scan(&identifier, &person, &unit); err != nil {
			return err
		}
		n := r.person(person)
		r.in.PersonKnown[n] = true
		if at, ok := units[unit]; ok {
			r.in.PersonUnit[n] = at
		}
		if identifier != "" {
			r.persons[identifier] = person
			r.key(identifier, n)
		}
		return nil
	})
}

// human is the number of who has an identifier.
func (r *reading) human(identifier string) int32 {
	if person, ok := r.persons[identifier]; ok {
		return r.person(person)
	}
	return r.person(identifier)
}
