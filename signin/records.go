package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"lernspur/documents"
)

// Records keeps small records durably, one change at a time for each. Errors:
// *Busy, and others that are internal.
type Records interface {
	// Change replaces a record by what change makes of it, as one durable step;
	// change is called once at most and waits for nothing. See commit.Change.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	// Document is the newest version of a record; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// List answers records of a shelf, with everything that was acknowledged
	// before.
	List(ctx context.Context, r documents.Range) ([]*documents.Document, error)
}

func accountKey(tenant, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.SigninAccount}, ID: id}
}

// sessionKey is the place of a session by the hash of its token.
func sessionKey(tenant, sum string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.SigninSession}, ID: sum}
}

// shelf has records of one kind, and remembers those that were asked for: every
// page asks for two. The process is the only one that changes them.
type shelf[T any] struct {
	records Records
	key     func(tenant, id string) documents.Key

	mu sync.Mutex
	// epoch counts changes: what was read before one may be out of date after it.
	epoch uint64
	known map[[2]string]*T
}

// recordTime is how long the change of a record may take.
const recordTime = time.Minute

// maxKnown bounds what is remembered of one kind.
const maxKnown = 20_000

func newShelf[T any](records Records, key func(tenant, id string) documents.Key) *shelf[T] {
	return &shelf[T]{records: records, key: key, known: make(map[[2]string]*T)}
}

// get answers a record, which nobody changes; nil when there is none.
func (s *shelf[T]) get(ctx context.Context, tenant, id string) (*T, error) {
	name := [2]string{tenant, id}
	s.mu.Lock()
	v, ok := s.known[name]
	epoch := s.epoch
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	d, err := s.records.Document(ctx, s.key(tenant, id))
	if err != nil {
		return nil, err
	}
	if v, err = decode[T](d); err != nil || v == nil {
		return nil, err // what is not there is not remembered: anybody can ask for it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		s.remember(name, v)
	}
	return v, nil
}

// remember keeps a record at hand, with the lock held.
func (s *shelf[T]) remember(name [2]string, v *T) {
	for other := range s.known {
		if len(s.known) < maxKnown {
			break
		}
		delete(s.known, other) // whichever it is
	}
	s.known[name] = v
}

// change changes a record; change gets nil when there is none, never changes what it
// gets, and answers nil for no change. remove, when it is set, ends the record.
func (s *shelf[T]) change(ctx context.Context, tenant, id string, change func(*T) (next *T, remove bool, err error)) (*T, error) {
	// Whoever asked for it may leave; what becomes of it has to be known here, as
	// what is remembered depends on it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	var outcome *T
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.epoch++
		delete(s.known, [2]string{tenant, id}) // also where the outcome is not known
	}()
	_, err := s.records.Change(ctx, s.key(tenant, id), func(d *documents.Document) (*documents.Document, error) {
		current, err := decode[T](d)
		if err != nil {
			return nil, err
		}
		next, remove, err := change(current)
		if err != nil {
			return nil, err
		}
		if remove {
			return &documents.Document{Deleted: true}, nil
		}
		if outcome = next; next == nil {
			outcome = current
			return nil, nil
		}
		content, err := json.Marshal(next)
		if err != nil {
			return nil, err
		}
		return &documents.Document{ContentType: "application/json", Content: content}, nil
	})
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// list answers a page of records behind an id, in the order of ids.
func (s *shelf[T]) list(ctx context.Context, tenant, after string, n int) (ids []string, list []*T, err error) {
	docs, err := s.records.List(ctx, documents.Range{Shelf: s.key(tenant, "").Shelf, AfterID: after, Limit: n})
	if err != nil {
		return nil, nil, err
	}
	for _, d := range docs {
		v, err := decode[T](d)
		if err != nil {
			return nil, nil, err
		}
		ids, list = append(ids, d.ID), append(list, v)
	}
	return ids, list, nil
}

func decode[T any](d *documents.Document) (*T, error) {
	if d == nil {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record of who signs in (%q) cannot be read: %w", d.ID, err)
	}
	return v, nil
}
