package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// KeyRow is one version of one API key: the record is opaque here.
type KeyRow struct {
	ID      string
	Record  string
	Version int64 // of two rows with one id the higher one counts
}

// Keys reads the newest version of every API key of every tenant.
func (s *Store) Keys(ctx context.Context) ([]KeyRow, error) {
	const sql = `SELECT id, argMax(record, version), max(version) FROM api_keys GROUP BY id ORDER BY id`
	var list []KeyRow
	err := s.query(ctx, sql, nil, func(rows driver.Rows) error {
		var k KeyRow
		err := rows.Scan(&k.ID, &k.Record, &k.Version)
		list = append(list, k)
		return err
	})
	return list, err
}

// PutKey adds a version of an API key: when it returns nil the row is durable
// and the next Keys returns it or a newer one.
func (s *Store) PutKey(ctx context.Context, k KeyRow) error {
	return s.sendAll(ctx, "key-"+uuid.NewString(), `INSERT INTO api_keys (id, record, version)`,
		[]any{[]string{k.ID}, []string{k.Record}, []int64{k.Version}})
}
