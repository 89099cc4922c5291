package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
)

// DeletionLearners are the identifiers of those whose statements a deletion has
// chosen, each once, in order.
func (s *Store) DeletionLearners(ctx context.Context, tenant string, deletion uuid.UUID) ([]string, error) {
	var learners []string
	err := s.query(ctx, `SELECT DISTINCT learner FROM deletion_items WHERE tenant = {tenant:String} AND job = {job:UUID} AND learner != '' ORDER BY learner`,
		parameters{"tenant": tenant, "job": deletion.String()}, func(rows driver.Rows) error {
			var learner string
			err := rows.Scan(&learner)
			learners = append(learners, learner)
			return err
		})
	return learners, err
}
