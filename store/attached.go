package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// Attached tells which of the hashes (sha2, in lower-case digits) are those of an
// attachment of some statement of a tenant, voided or not. A look-up row whose
// statement is not there yet counts as well: the statement may come.
func (s *Store) Attached(ctx context.Context, tenant string, hashes []string) ([]string, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	byKey := make(map[uuid.UUID]string, len(hashes))
	keys := make([]uuid.UUID, len(hashes))
	for i, h := range hashes {
		keys[i] = keyOf(h)
		byKey[keys[i]] = h
	}
	var found []string
	sql := fmt.Sprintf(`SELECT DISTINCT key FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s)`, kindAttachment, uuidList(keys))
	err := s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var key uuid.UUID
		if err := rows.Scan(&key); err != nil {
			return err
		}
		found = append(found, byKey[key])
		return nil
	})
	return found, err
}
