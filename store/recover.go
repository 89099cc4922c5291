package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// Place names a stored statement: stored is unique within a tenant.
type Place struct {
	Tenant string
	Stored int64
}

// maxList bounds the values that one query lists.
const maxList = 1000

// Kill ends the INSERTs whose attempt begins with prefix: when it returns nil
// nothing of them can become visible any more.
func (s *Store) Kill(ctx context.Context, prefix string) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	const sql = `KILL QUERY WHERE startsWith(query_id, {prefix:String}) SYNC`
	return s.conn.Exec(clickhouse.Context(ctx, clickhouse.WithParameters(parameters{"prefix": prefix})), sql)
}

// Present tells which statements with first <= stored <= last are there, of
// any tenant. What was there and is deleted counts: nobody is to send it again.
func (s *Store) Present(ctx context.Context, first, last int64) (map[Place]struct{}, error) {
	sql := fmt.Sprintf(`SELECT tenant, stored FROM statements WHERE stored BETWEEN %[1]d AND %[2]d UNION ALL `+
		`SELECT tenant, stored FROM deleted WHERE stored BETWEEN %[1]d AND %[2]d`, first, last)
	present := make(map[Place]struct{})
	err := s.query(ctx, sql, nil, func(rows driver.Rows) error {
		var p Place
		err := rows.Scan(&p.Tenant, &p.Stored)
		present[p] = struct{}{}
		return err
	})
	return present, err
}

// Known finds the stored statements of a tenant among ids, and answers their
// digests. Ids that are not stored are left out. The digests are made anew
// from what is stored: a column for them would cost every statement 16 bytes
// that do not compress, for the few that come twice. An id that was deleted is
// known with the digest of no statement: nothing can be stored under it.
func (s *Store) Known(ctx context.Context, tenant string, ids []uuid.UUID) (map[uuid.UUID][16]byte, error) {
	known := make(map[uuid.UUID][16]byte)
	for len(ids) > 0 {
		n := min(len(ids), maxList)
		err := s.query(ctx, knownSQL(ids[:n]), parameters{"tenant": tenant}, func(rows driver.Rows) error {
			var stored int64
			var id, registration uuid.UUID
			var squeezed []byte
			if err := rows.Scan(&stored, &id, &registration, &squeezed); err != nil {
				return err
			}
			s, err := statements.Reparse(expand(squeezed, id, registration, stored))
			if err != nil {
				return fmt.Errorf("statement %s of tenant %q cannot be read: %w", id, tenant, err)
			}
			known[id] = s.Digest
			return nil
		})
		if err == nil && s.deletes(tenant) {
			sql := fmt.Sprintf(`SELECT id FROM deleted WHERE tenant = {tenant:String} AND id IN (%s)`, uuidList(ids[:n]))
			err = s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
				var id uuid.UUID
				err := rows.Scan(&id)
				known[id] = [16]byte{}
				return err
			})
		}
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return known, nil
}

func knownSQL(ids []uuid.UUID) string {
	return fmt.Sprintf(`SELECT stored, id, registration, raw FROM statements WHERE tenant = {tenant:String} AND stored IN (`+
		`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 1 AND key IN (%s))`, uuidList(ids))
}

// idWindow is how many ids IDs asks for at a time, idBlock how many of them
// come as one text: row by row ten million ids would take many seconds.
const (
	idWindow = 1 << 20
	idBlock  = 1 << 12
)

// IDs calls yield with every id of every tenant that cannot be used for another
// statement: those that are stored and those that were deleted.
func (s *Store) IDs(ctx context.Context, yield func(tenant string, id uuid.UUID)) error {
	tenants, err := s.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		for low := int64(math.MinInt64); low < math.MaxInt64; {
			high, count, err := s.Window(ctx, tenant, low, math.MaxInt64, idWindow)
			if err != nil {
				return err
			}
			if count > 0 {
				if err := s.idsWithin(ctx, tenant, low, high, yield); err != nil {
					return err
				}
			}
			low = high
		}
	}
	return s.queryLong(ctx, `SELECT tenant, id FROM deleted`, nil, func(rows driver.Rows) error {
		var tenant string
		var id uuid.UUID
		err := rows.Scan(&tenant, &id)
		yield(tenant, id)
		return err
	})
}

func (s *Store) idsWithin(ctx context.Context, tenant string, low, high int64, yield func(tenant string, id uuid.UUID)) error {
	sql := fmt.Sprintf(`SELECT arrayStringConcat(groupArray(hex(id))) FROM statements WHERE tenant = {tenant:String} AND stored > %d AND stored <= %d `+
		`GROUP BY intDiv(rowNumberInAllBlocks(), %d)`, low, high, idBlock)
	const digits = 2 * len(uuid.UUID{})
	return s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		for ; len(text) >= digits; text = text[digits:] {
			var id uuid.UUID
			if _, err := hex.Decode(id[:], text[:digits]); err != nil {
				return err
			}
			yield(tenant, id)
		}
		return nil
	})
}

// LastStored is the highest stored instant, also of a deleted statement, or version
// of a document, of all tenants, 0 if there is none.
func (s *Store) LastStored(ctx context.Context) (int64, error) {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	var last int64
	err := s.conn.QueryRow(ctx, `SELECT max(last) FROM (SELECT max(stored) AS last FROM statements UNION ALL SELECT max(version) FROM documents `+
		`UNION ALL SELECT max(stored) FROM deleted)`).Scan(&last)
	return last, err
}

func uuidList(ids []uuid.UUID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\'')
		b.WriteString(id.String())
		b.WriteByte('\'')
	}
	return b.String()
}

func intList(values []int64) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	return b.String()
}
