package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

const (
	// mergedDefinitions is how many definitions of an activity are merged, the
	// latest ones.
	mergedDefinitions = 1000
	// mergedRows bounds what is read of maxList activities at once, mergedBytes
	// what one question reads of texts.
	mergedRows  = 20_000
	mergedBytes = 16 << 20
)

// Definitions merges what statements say of activities (xAPI 1.0.3 Part 3,
// 2.5), see statements.MergeDefinitions. The result is JSON by the id of the
// activity; it lacks those of which no statement said anything. Voided
// statements count too: what they said of an activity was not what was wrong.
func (s *Store) Definitions(ctx context.Context, tenant string, activities []string) (map[string][]byte, error) {
	merged := make(map[string][]byte, len(activities))
	ids := make(map[uuid.UUID]string, len(activities))
	for _, activity := range activities {
		ids[keyOf(activity)] = activity
	}
	keys := make([]uuid.UUID, 0, len(ids))
	for key := range ids {
		keys = append(keys, key)
	}
	room := mergedBytes
	for part := range slices.Chunk(keys, maxList) {
		latest, err := s.latestDefinitions(ctx, tenant, part, &room)
		if err != nil {
			return nil, err
		}
		texts, err := s.definitionTexts(ctx, tenant, latest)
		if err != nil {
			return nil, err
		}
		byKey := make(map[uuid.UUID][][]byte, len(part))
		for _, row := range slices.Backward(latest) { // the oldest first
			if text, ok := texts[[2]uuid.UUID{row.key, row.digest}]; ok {
				byKey[row.key] = append(byKey[row.key], text)
			}
		}
		for key, list := range byKey {
			if definition := statements.MergeDefinitions(list); definition != nil {
				merged[ids[key]] = definition
			}
		}
	}
	return merged, nil
}

// latestDefinitions finds the definitions of activities, the latest first,
// without their texts. They are taken as long as there is room for the texts.
func (s *Store) latestDefinitions(ctx context.Context, tenant string, keys []uuid.UUID, room *int) ([]definitionRow, error) {
	sql := fmt.Sprintf(`SELECT key, digest, max(stored) AS latest, any(bytes) FROM activity_definitions WHERE tenant = {tenant:String} AND key IN (%s) `+
		`GROUP BY key, digest ORDER BY latest DESC, digest LIMIT %d BY key LIMIT %d`, uuidList(keys), mergedDefinitions, mergedRows)
	var list []definitionRow
	err := s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		row := definitionRow{tenant: tenant}
		var size uint32
		if err := rows.Scan(&row.key, &row.digest, &row.stored, &size); err != nil {
			return err
		}
		if *room >= int(size) {
			*room -= int(size)
			list = append(list, row)
		}
		return nil
	})
	return list, err
}

// definitionTexts reads the texts of definitions, by key and digest.
func (s *Store) definitionTexts(ctx context.Context, tenant string, list []definitionRow) (map[[2]uuid.UUID][]byte, error) {
	texts := make(map[[2]uuid.UUID][]byte, len(list))
	for part := range slices.Chunk(list, maxList) {
		var places []byte
		for i, row := range part {
			if i > 0 {
				places = append(places, ',')
			}
			places = fmt.Appendf(places, "('%s','%s')", row.key, row.digest)
		}
		sql := fmt.Sprintf(`SELECT key, digest, definition FROM activity_definitions WHERE tenant = {tenant:String} AND (key, digest) IN (%s) LIMIT 1 BY key, digest`, places)
		err := s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
			var at [2]uuid.UUID
			var text []byte
			err := rows.Scan(&at[0], &at[1], &text)
			texts[at] = text
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// lateDefinitions reads the texts of rows that are known by their digests only. One
// whose INSERT was never made has none, and is left out.
func (s *Store) lateDefinitions(ctx context.Context, late map[uint64]definitionRow) (found []definitionRow, err error) {
	byTenant := make(map[string][]definitionRow)
	for _, row := range late {
		byTenant[row.tenant] = append(byTenant[row.tenant], row)
	}
	for tenant, list := range byTenant {
		texts, err := s.definitionTexts(ctx, tenant, list)
		if err != nil {
			return nil, err
		}
		for _, row := range list {
			if text, ok := texts[[2]uuid.UUID{row.key, row.digest}]; ok {
				row.definition = string(text)
				found = append(found, row)
			}
		}
	}
	return found, nil
}
