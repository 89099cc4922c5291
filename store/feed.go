package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// FeedFilter chooses statements by how texts of theirs begin; an empty list chooses
// all. Agents are how the identifier of the actor begins.
type FeedFilter struct{ Verbs, Activities, Agents []string }

// Fed is one statement of a feed.
type Fed struct {
	ID      uuid.UUID
	Stored  int64
	Version string // as the statement has it
	Raw     []byte
}

// feedWindow is how many statements a feed looks at in one step, whatever is
// chosen of them.
const feedWindow = 50_000

// Feed answers the next statements of a tenant that are stored after low, in order
// of stored, n at most: voided ones and voiding ones, too, and none that is being
// deleted. A voiding statement is chosen when what it voids is, or is not there
// (yet). reached is how far it looked: everything chosen up to there is in the
// list. upto is a watermark.
func (s *Store) Feed(ctx context.Context, tenant string, f FeedFilter, low, upto int64, n int) (list []Fed, reached int64, err error) {
	reached, count, err := s.Window(ctx, tenant, low, upto, feedWindow)
	if err != nil || count == 0 {
		return nil, reached, err
	}
	p := plan{hidden: s.hiddenSQL(tenant)}
	chosen, params := f.sql()
	params["tenant"] = tenant
	sql := fmt.Sprintf(`SELECT stored, id, version, registration, voiding, ref, raw FROM statements WHERE tenant = {tenant:String} `+
		`AND stored > %d AND stored <= %d%s AND (voiding = 1 OR %s) ORDER BY stored LIMIT %d`, low, reached, p.visible("stored"), chosen, n)
	voids := map[int64]uuid.UUID{}
	bytes, rows := 0, 0
	err = s.queryLong(ctx, sql, params, func(r driver.Rows) error {
		var one Fed
		var registration, ref uuid.UUID
		var voiding uint8
		var squeezed []byte
		if err := r.Scan(&one.Stored, &one.ID, &one.Version, &registration, &voiding, &ref, &squeezed); err != nil {
			return err
		}
		one.Raw = expand(squeezed, one.ID, registration, one.Stored)
		if voiding == 1 {
			voids[one.Stored] = ref
		}
		list = append(list, one)
		rows++
		if bytes += len(one.Raw); bytes >= maxPageBytes {
			return errFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return nil, low, err
	}
	if rows == n || err != nil {
		reached = list[len(list)-1].Stored
	}
	if len(voids) > 0 && f.some() {
		list, err = s.withoutForeignVoids(ctx, tenant, f, list, voids)
	} else {
		err = nil
	}
	return list, reached, err
}

// some tells that something is left out.
func (f FeedFilter) some() bool { return len(f.Verbs)+len(f.Activities)+len(f.Agents) > 0 }

// sql is the filter as a condition, with its parameters.
func (f FeedFilter) sql() (string, parameters) {
	params := parameters{}
	var all []string
	add := func(name, column, more string, list []string) {
		var some []string
		for i, text := range list {
			parameter := fmt.Sprintf("%s%d", name, i)
			params[parameter] = hex.EncodeToString([]byte(text))
			some = append(some, fmt.Sprintf("startsWith(%s, unhex({%s:String}))", column, parameter))
		}
		if len(some) > 0 {
			all = append(all, more+"("+strings.Join(some, " OR ")+")")
		}
	}
	add("verb", "verb", "", f.Verbs)
	add("activity", "object", "object_kind = 1 AND ", f.Activities)
	add("agent", "actor", "", f.Agents)
	if len(all) == 0 {
		return "1", params
	}
	return "(" + strings.Join(all, " AND ") + ")", params
}

// withoutForeignVoids leaves out the voiding statements whose target is there and
// is not chosen.
func (s *Store) withoutForeignVoids(ctx context.Context, tenant string, f FeedFilter, list []Fed, voids map[int64]uuid.UUID) ([]Fed, error) {
	ids := make([]uuid.UUID, 0, len(voids))
	for _, id := range voids {
		ids = append(ids, id)
	}
	chosen, params := f.sql()
	params["tenant"] = tenant
	foreign := map[uuid.UUID]bool{}
	sql := fmt.Sprintf(`SELECT id FROM statements WHERE tenant = {tenant:String} AND stored IN (`+
		`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s)) AND NOT %s`, kindID, uuidList(ids), chosen)
	err := s.queryLong(ctx, sql, params, func(rows driver.Rows) error {
		var id uuid.UUID
		err := rows.Scan(&id)
		foreign[id] = true
		return err
	})
	kept := list[:0]
	for _, one := range list {
		if target, voiding := voids[one.Stored]; !voiding || !foreign[target] {
			kept = append(kept, one)
		}
	}
	return kept, err
}

// CountFed is about how many statements Feed has between low and upto: voiding
// ones all count.
func (s *Store) CountFed(ctx context.Context, tenant string, f FeedFilter, low, upto int64) (int64, error) {
	chosen, params := f.sql()
	params["tenant"] = tenant
	var n uint64
	err := s.query(ctx, fmt.Sprintf(`SELECT count() FROM statements WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d AND (voiding = 1 OR %s)`, low, upto, chosen),
		params, func(rows driver.Rows) error { return rows.Scan(&n) })
	return int64(n), err
}
