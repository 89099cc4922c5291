package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

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

// deletedKeys is how many keys one statement deletes.
const deletedKeys = 500

// DeleteKeys deletes every version of API keys: when it returns nil, no Keys
// returns them any more. Those that are not there are no error.
func (s *Store) DeleteKeys(ctx context.Context, ids []string) error {
	for some := range slices.Chunk(ids, deletedKeys) {
		list := make([]string, len(some))
		for i, id := range some {
			list[i] = "unhex('" + hex.EncodeToString([]byte(id)) + "')" // any text at all
		}
		if err := s.exec(ctx, "DELETE FROM api_keys WHERE id IN ("+strings.Join(list, ", ")+")", nil); err != nil {
			return fmt.Errorf("deleting keys: %w", err)
		}
	}
	return nil
}
