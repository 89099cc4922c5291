package commit

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"lernspur/documents"
)

// fault is what happens to one call of a step.
type fault int

const (
	works     fault = iota
	lost            // fails, and nothing happened
	stored          // fails, but it happened
	landsLate       // fails, and happens later unless it is killed
	hangs           // waits for the context, nothing happened
)

// modelSink keeps what it is given in memory and fails as told. It is the
// model of what the promises of Sink allow, more hostile than any database.
type modelSink struct {
	mu      sync.Mutex
	rows    map[Place]Row
	doubled []Place
	late    map[string][]Row
	inserts []int
	faults  struct{ insert, kill, present, known, document []fault }

	docs       map[documents.Sum]*documents.Document // the highest version of each
	lateDocs   map[string][]*documents.Document
	docInserts int // versions
	docReads   int
	docGate    chan struct{} // when set, InsertDocuments waits for it
	shelfGate  chan struct{} // when set, ShelfKeys waits for it
	gate       chan struct{} // when set, Insert waits for it
	away       bool
}

func newModelSink() *modelSink {
	return &modelSink{rows: make(map[Place]Row), late: make(map[string][]Row),
		docs: make(map[documents.Sum]*documents.Document), lateDocs: make(map[string][]*documents.Document)}
}

var errModel = errors.New("the model was told to fail")

func take(list *[]fault) fault {
	if len(*list) == 0 {
		return works
	}
	f := (*list)[0]
	*list = (*list)[1:]
	return f
}

func (m *modelSink) put(rows []Row) {
	for _, row := range rows {
		p := Place{row.Tenant, row.Stored}
		if _, there := m.rows[p]; there {
			m.doubled = append(m.doubled, p)
		}
		m.rows[p] = row
	}
}

func (m *modelSink) Insert(ctx context.Context, attempt string, rows []Row) error {
	m.mu.Lock()
	gate := m.gate
	m.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errModel
	}
	m.inserts = append(m.inserts, len(rows))
	switch take(&m.faults.insert) {
	case lost:
		return errModel
	case stored:
		m.put(rows)
		return errModel
	case landsLate:
		m.late[attempt] = append([]Row(nil), rows...)
		return errModel
	}
	m.put(rows)
	return nil
}

// land makes abandoned INSERTs that nobody killed visible.
func (m *modelSink) land() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for attempt, rows := range m.late {
		m.put(rows)
		delete(m.late, attempt)
	}
	for attempt, docs := range m.lateDocs {
		m.putDocuments(docs)
		delete(m.lateDocs, attempt)
	}
}

func (m *modelSink) Kill(ctx context.Context, prefix string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away || take(&m.faults.kill) != works {
		return errModel
	}
	for attempt := range m.late {
		if strings.HasPrefix(attempt, prefix) {
			delete(m.late, attempt)
		}
	}
	for attempt := range m.lateDocs {
		if strings.HasPrefix(attempt, prefix) {
			delete(m.lateDocs, attempt)
		}
	}
	return nil
}

func (m *modelSink) Present(ctx context.Context, first, last int64) (map[Place]struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away || take(&m.faults.present) != works {
		return nil, errModel
	}
	present := make(map[Place]struct{})
	for p := range m.rows {
		if p.Stored >= first && p.Stored <= last {
			present[p] = struct{}{}
		}
	}
	return present, nil
}

func (m *modelSink) Known(ctx context.Context, tenant string, ids []uuid.UUID) (map[uuid.UUID][16]byte, error) {
	m.mu.Lock()
	f := take(&m.faults.known)
	away := m.away
	m.mu.Unlock()
	if f == hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if away || f != works {
		return nil, errModel
	}
	wanted := make(map[uuid.UUID]bool)
	for _, id := range ids {
		wanted[id] = true
	}
	known := make(map[uuid.UUID][16]byte)
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, row := range m.rows {
		if p.Tenant == tenant && wanted[row.ID] {
			known[row.ID] = row.Digest
		}
	}
	return known, nil
}

func (m *modelSink) IDs(ctx context.Context, yield func(string, uuid.UUID)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, row := range m.rows {
		yield(p.Tenant, row.ID)
	}
	return nil
}

func (m *modelSink) LastStored(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var last int64
	for p := range m.rows {
		last = max(last, p.Stored)
	}
	for _, d := range m.docs {
		last = max(last, d.Version)
	}
	return last, nil
}

func (m *modelSink) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// exactly fails the test unless the sink has each of the ids once.
func (m *modelSink) exactly(t *testing.T, ids ...uuid.UUID) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.doubled) > 0 {
		t.Errorf("inserted twice: %v", m.doubled)
	}
	count := make(map[uuid.UUID]int)
	for _, row := range m.rows {
		count[row.ID]++
	}
	for _, id := range ids {
		if count[id] != 1 {
			t.Errorf("statement %s is there %d times, not once", id, count[id])
		}
	}
	if len(m.rows) != len(ids) {
		t.Errorf("%d statements are there, not %d", len(m.rows), len(ids))
	}
}
