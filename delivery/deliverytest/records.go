// Package deliverytest keeps records in memory, for tests of what is delivered.
package deliverytest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"lernspur/delivery"
	"lernspur/documents"
)

// Memory keeps records as the log does: all of a step or none. It outlives what
// uses it, as the data folder outlives a process.
type Memory struct {
	mu      sync.Mutex
	records map[documents.Key]*documents.Document
	version int64
	// Fail is asked before a step, and After told after it; an error stops it, or
	// hides that it was done.
	Fail  func(shelf documents.Shelf, docs []*documents.Document) error
	After func(shelf documents.Shelf, docs []*documents.Document) error
	// Steps counts those that were done.
	Steps int
}

// ErrFault is an error for Fail and After to answer.
var ErrFault = errors.New("a fault of the test")

// New makes an empty Memory.
func New() *Memory { return &Memory{records: make(map[documents.Key]*documents.Document)} }

var _ delivery.Records = (*Memory)(nil)

// Replace implements delivery.Records.
func (m *Memory) Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	fail, after := m.Fail, m.After
	m.mu.Unlock()
	if fail != nil {
		if err := fail(shelf, docs); err != nil {
			return err
		}
	}
	m.mu.Lock()
	for _, d := range docs {
		one := *d
		one.Shelf = shelf
		m.version++
		one.Version = m.version
		m.records[one.Key] = &one
	}
	m.Steps++
	m.mu.Unlock()
	if after != nil {
		return after(shelf, docs)
	}
	return nil
}

// Faults sets what fails from now on.
func (m *Memory) Faults(fail, after func(shelf documents.Shelf, docs []*documents.Document) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Fail, m.After = fail, after
}

// Document implements delivery.Records.
func (m *Memory) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d := m.records[key]; d != nil && !d.Deleted {
		return d, nil
	}
	return nil, nil
}

// List implements delivery.Records.
func (m *Memory) List(_ context.Context, r documents.Range) ([]*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*documents.Document
	for key, d := range m.records {
		if key.Shelf == r.Shelf && !d.Deleted && key.ID > r.AfterID {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *documents.Document) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(len(list), r.Limit)], nil
}

// Load implements delivery.Records.
func (m *Memory) Load(_ context.Context, kind documents.Kind, yield func(*documents.Document) error) error {
	m.mu.Lock()
	var list []*documents.Document
	for key, d := range m.records {
		if key.Kind == kind {
			list = append(list, d)
		}
	}
	m.mu.Unlock()
	for _, d := range list {
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

// Clear implements delivery.Records.
func (m *Memory) Clear(_ context.Context, shelf documents.Shelf) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.records {
		if key.Shelf == shelf {
			delete(m.records, key)
		}
	}
	return nil
}

// Count is how many records of a kind there are.
func (m *Memory) Count(kind documents.Kind, prefix string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, d := range m.records {
		if key.Kind == kind && !d.Deleted && strings.HasPrefix(key.ID, prefix) {
			n++
		}
	}
	return n
}

// Texts are the contents of all records of a kind.
func (m *Memory) Texts(kind documents.Kind) (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, d := range m.records {
		if key.Kind == kind && !d.Deleted {
			list = append(list, string(d.Content))
		}
	}
	return list
}
