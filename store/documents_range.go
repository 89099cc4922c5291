package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/documents"
)

// Documents answers the newest versions of the documents of a range that are not
// deleted, with their content.
func (s *Store) Documents(ctx context.Context, r documents.Range) ([]*documents.Document, error) {
	where := onShelf
	params := shelfParameters(r.Shelf)
	if r.Registration != uuid.Nil {
		where += ` AND registration = {registration:UUID}`
		params["registration"] = r.Registration.String()
	}
	if r.AfterRegistration != uuid.Nil || r.AfterID != "" {
		where += ` AND (registration, id) > ({after_registration:UUID}, unhex({after_id:String}))`
		params["after_registration"] = r.AfterRegistration.String()
		params["after_id"] = fmt.Sprintf("%x", r.AfterID)
	}
	sql := `SELECT registration, id, max(version), argMax(content_type, version), argMax(content, version) FROM documents WHERE ` + where +
		fmt.Sprintf(` GROUP BY registration, id HAVING argMax(deleted, version) = 0 ORDER BY registration, id LIMIT %d`, r.Limit)
	var list []*documents.Document
	err := s.query(ctx, sql, params, func(rows driver.Rows) error {
		d := &documents.Document{Key: documents.Key{Shelf: r.Shelf}}
		err := rows.Scan(&d.Registration, &d.ID, &d.Version, &d.ContentType, &d.Content)
		list = append(list, d)
		return err
	})
	return list, err
}
