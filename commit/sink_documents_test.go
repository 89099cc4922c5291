package commit

import (
	"context"

	"lernspur/documents"
)

// putDocuments keeps the highest version of each document. m.mu is held.
func (m *modelSink) putDocuments(docs []*documents.Document) {
	for _, d := range docs {
		if old := m.docs[d.Sum()]; old == nil || old.Version <= d.Version {
			m.docs[d.Sum()] = d
		}
	}
}

func (m *modelSink) InsertDocuments(ctx context.Context, attempt string, docs []*documents.Document) error {
	m.mu.Lock()
	gate := m.docGate
	m.mu.Unlock()
	if err := pass(ctx, gate); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errModel
	}
	m.docInserts += len(docs)
	switch take(&m.faults.document) {
	case lost:
		return errModel
	case stored:
		m.putDocuments(docs)
		return errModel
	case landsLate:
		m.lateDocs[attempt] = docs
		return errModel
	}
	m.putDocuments(docs)
	return nil
}

// pass waits for a gate, if there is one.
func pass(ctx context.Context, gate chan struct{}) error {
	if gate == nil {
		return nil
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *modelSink) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.docReads++
	if m.away {
		return nil, errModel
	}
	return m.docs[key.Sum()], nil
}

func (m *modelSink) ShelfKeys(ctx context.Context, shelf documents.Shelf) ([]documents.Key, error) {
	m.mu.Lock()
	gate := m.shelfGate
	m.mu.Unlock()
	if err := pass(ctx, gate); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, errModel
	}
	var keys []documents.Key
	for _, d := range m.docs {
		if d.Shelf == shelf && !d.Deleted {
			keys = append(keys, d.Key)
		}
	}
	return keys, nil
}

func (m *modelSink) DocumentKeys(ctx context.Context, yield func(documents.Key)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.docs {
		yield(d.Key)
	}
	return nil
}
