package store

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/google/uuid"
)

const (
	// maxKnown bounds the activities whose last definition is remembered.
	maxKnown = 1 << 16
	// maxDefinition is the size above which a definition is not kept for the
	// Activities resource; the statement is kept as ever.
	maxDefinition = 64 << 10
)

// definitions remembers the last definition of activities, so that only what is
// new is written: as a rule every statement about an activity brings the same.
//
// What is kept of an activity is the order in which its definitions were last
// sent. A definition gets a new instant only when it comes after another one,
// which is enough for that.
type definitions struct {
	// mu is held while definitions are inserted too: of two INSERTs at once
	// each has to see what the other one brought.
	mu   sync.Mutex
	seed maphash.Seed
	last map[uint64]*lastDefinition // by hash of tenant and activity
}

// lastDefinition is the definition that was sent last, by its hash, and when.
type lastDefinition struct {
	hash   uint64
	digest uuid.UUID
	stored int64
}

// definitionRow is a row of activity_definitions.
type definitionRow struct {
	tenant      string
	key, digest uuid.UUID
	stored      int64
	activity    string
	definition  string
}

// insertDefinitions writes what rows bring of new definitions. Rows come in
// ascending order of Stored.
func (s *Store) insertDefinitions(ctx context.Context, attempt string, rows []Row) error {
	if !slices.ContainsFunc(rows, func(row Row) bool { return row.Defines }) {
		return nil
	}
	d := &s.definitions
	d.mu.Lock()
	defer d.mu.Unlock()
	fresh, learned, late := d.compare(rows)
	if len(fresh) == 0 {
		return nil
	}
	again, err := s.lateDefinitions(ctx, late)
	if err != nil {
		return err
	}
	fresh = append(fresh, again...)
	var columns struct {
		tenant, activity, definition []string
		key, digest                  []uuid.UUID
		stored                       []int64
		bytes                        []uint32
	}
	for _, row := range fresh {
		columns.tenant = append(columns.tenant, row.tenant)
		columns.key = append(columns.key, row.key)
		columns.digest = append(columns.digest, row.digest)
		columns.stored = append(columns.stored, row.stored)
		columns.bytes = append(columns.bytes, uint32(len(row.definition)))
		columns.activity = append(columns.activity, row.activity)
		columns.definition = append(columns.definition, row.definition)
	}
	const sql = `INSERT INTO activity_definitions (tenant, key, digest, stored, bytes, activity, definition)`
	err = s.sendAll(ctx, attempt+"-definitions", sql, []any{columns.tenant, columns.key, columns.digest, columns.stored,
		columns.bytes, columns.activity, columns.definition})
	if err != nil {
		return err
	}
	d.learn(learned)
	return nil
}

// compare finds what is new in rows. learned is what there will be to remember.
// late are definitions that were sent again after one that comes only now (two
// INSERTs may overtake each other): they need their instant to stay the last.
func (d *definitions) compare(rows []Row) (fresh []definitionRow, learned map[uint64]*lastDefinition, late map[uint64]definitionRow) {
	tenant, tenantHash := "", uint64(0)
	for _, row := range rows {
		if !row.Defines {
			continue
		}
		if tenantHash == 0 || row.Tenant != tenant {
			tenant, tenantHash = row.Tenant, maphash.String(d.seed, row.Tenant)|1
		}
		for activity, text := range row.Definitions {
			if len(text) > maxDefinition {
				continue
			}
			place := maphash.String(d.seed, activity) * tenantHash
			hash := maphash.String(d.seed, text)
			last, known := learned[place]
			if !known {
				last, known = d.last[place]
			}
			if known && last.hash == hash {
				last.stored = max(last.stored, row.Stored)
				continue
			}
			next := definitionRow{row.Tenant, keyOf(activity), keyOf(text), row.Stored, activity, text}
			fresh = append(fresh, next)
			if known && last.stored > row.Stored {
				if late == nil {
					late = make(map[uint64]definitionRow)
				}
				late[place] = definitionRow{tenant: row.Tenant, key: next.key, digest: last.digest, stored: last.stored, activity: activity}
				continue
			}
			if learned == nil {
				learned = make(map[uint64]*lastDefinition)
			}
			learned[place] = &lastDefinition{hash, next.digest, row.Stored}
		}
	}
	return fresh, learned, late
}

// learn remembers what is in the table now.
func (d *definitions) learn(learned map[uint64]*lastDefinition) {
	for place, last := range learned {
		if len(d.last) >= maxKnown {
			d.forgetSome()
		}
		d.last[place] = last
	}
}

// forgetSome makes room: what is forgotten is written once more when it comes
// again, which changes nothing.
func (d *definitions) forgetSome() {
	left := maxKnown / 8
	for place := range d.last {
		delete(d.last, place)
		if left--; left == 0 {
			return
		}
	}
}

// newDefinitions remembers nothing yet.
func newDefinitions() definitions {
	return definitions{seed: maphash.MakeSeed(), last: make(map[uint64]*lastDefinition)}
}
