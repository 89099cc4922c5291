package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Unassigned is an actor of statements who is nobody's identifier.
type Unassigned struct {
	Identifier string
	Name       string // as the latest statement has it, "" for none
	Statements int
	Last       int64 // latest timestamp, microseconds since 1970

	latest int64 // stored of the latest statement
}

// The identifiers of a tenant's people, and the mbox_sha1sum of an actor.
const (
	assigned = `(SELECT identifier FROM persons FINAL WHERE tenant = {tenant:String})`
	actorSum = `concat('mbox_sha1sum|', lower(hex(SHA1(substring(actor, 6)))))`
)

// Unassigned lists actors of a tenant's statements that the table persons does not
// have, the one last seen first, n at most, behind after unless it is nil.
func (s *Store) Unassigned(ctx context.Context, tenant string, after *Unassigned, n int) ([]Unassigned, error) {
	params := parameters{"tenant": tenant}
	behind := ""
	if after != nil {
		behind = fmt.Sprintf(` HAVING (last, actor) < (%d, unhex({after:String}))`, after.Last)
		params["after"] = hex.EncodeToString([]byte(after.Identifier))
	}
	sql := `SELECT actor, count(), max(timestamp) AS last, max(stored) FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND actor != ''` +
		` AND actor NOT IN ` + assigned + ` AND NOT (startsWith(actor, 'mbox|') AND ` + actorSum + ` IN ` + assigned + `)` +
		` GROUP BY actor` + behind + fmt.Sprintf(` ORDER BY last DESC, actor DESC LIMIT %d`, n)
	var list []Unassigned
	err := s.queryLong(ctx, sql, params, func(rows driver.Rows) error {
		var u Unassigned
		var count uint64
		err := rows.Scan(&u.Identifier, &count, &u.Last, &u.latest)
		u.Statements = int(count)
		list = append(list, u)
		return err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, s.nameActors(ctx, tenant, list)
}

// nameActors fills in names from the latest statements. The bytes that stand for
// columns would be no JSON.
func (s *Store) nameActors(ctx context.Context, tenant string, list []Unassigned) error {
	latest := make([]string, len(list))
	for i := range list {
		latest[i] = fmt.Sprint(list[i].latest)
	}
	sql := `SELECT stored, JSONExtractString(replaceRegexpAll(raw, '[\\x01-\\x03]', '0'), 'actor', 'name') FROM statements ` +
		`WHERE tenant = {tenant:String} AND stored IN (` + strings.Join(latest, ", ") + `)`
	return s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var stored int64
		var name string
		err := rows.Scan(&stored, &name)
		if at := slices.IndexFunc(list, func(u Unassigned) bool { return u.latest == stored }); at >= 0 {
			list[at].Name = name
		}
		return err
	})
}

// KnownBySum lists mboxes among a tenant's actors that the table persons has as an
// mbox_sha1sum only, n at most.
func (s *Store) KnownBySum(ctx context.Context, tenant string, n int) ([]string, error) {
	sql := `SELECT DISTINCT actor FROM statements WHERE tenant = {tenant:String} AND startsWith(actor, 'mbox|') AND ` + actorSum + ` IN ` + assigned +
		` AND actor NOT IN ` + assigned + fmt.Sprintf(` LIMIT %d`, n)
	var list []string
	err := s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var actor string
		err := rows.Scan(&actor)
		list = append(list, actor)
		return err
	})
	return list, err
}
