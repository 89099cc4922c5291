package attendance

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"lernspur/catalog"
	"lernspur/documents"
)

// Catalog is what is asked of package catalog.
type Catalog interface {
	// Outline is a course, also one that was deleted.
	Outline(ctx context.Context, tenant, id string) (*catalog.Course, error)
	Register(ctx context.Context, tenant, course string, l catalog.Learner, o catalog.RegisterOptions) (*catalog.Registration, error)
	Note(ctx context.Context, tenant string, registration uuid.UUID, edit func(*catalog.Registration) error) (*catalog.Registration, error)
}

// Dependencies are what a Service needs.
type Dependencies struct {
	Records  catalog.Records
	Recorder catalog.Recorder
	Catalog  Catalog
	// Base is how the ids of the Activities of sessions begin, without a slash at
	// its end; catalog.DefaultBase when it is empty.
	Base   string
	Logger *zap.Logger      // may be nil
	Now    func() time.Time // nil: time.Now
}

// Service keeps attendance. It is safe for concurrent use. One process has a
// tenant's attendance.
type Service struct {
	deps  Dependencies
	gates gates
	locks gates // of records, by their keys
	tries tries

	mu   sync.Mutex
	open map[place]bool // sessions that are noted as such, which have records under way
}

// place names a session.
type place struct {
	tenant  string
	session uuid.UUID
}

// New makes a Service.
func New(d Dependencies) *Service {
	if d.Base == "" {
		d.Base = catalog.DefaultBase
	}
	if d.Logger == nil {
		d.Logger = zap.NewNop()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{deps: d, gates: newGates(), locks: newGates(), open: make(map[place]bool)}
}

func (s *Service) now() int64 { return s.deps.Now().UnixMicro() }

// gates are locks for a great many names: those that share one wait for each other
// now and then, which harms nothing. Whoever records attendance has one place of its
// session's gate, and whoever needs a session still has all of them.
type gates [64]*semaphore.Weighted

const (
	one       = 1
	everybody = 1 << 30
)

func newGates() (g gates) {
	for i := range g {
		g[i] = semaphore.NewWeighted(everybody)
	}
	return g
}

// take waits for places of a name until ctx ends.
func (g *gates) take(ctx context.Context, name string, places int64) (leave func(), err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	gate := g[h.Sum32()%uint32(len(g))]
	if err := gate.Acquire(ctx, places); err != nil {
		return nil, err
	}
	return func() { gate.Release(places) }, nil
}

// Where the records are.

func sessionKey(tenant, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.AttendanceSession}, ID: id}
}

func recordKey(tenant string, session uuid.UUID, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.AttendanceRecord, Activity: session.String()}, ID: id}
}

func codeKey(tenant, sum string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.AttendanceCode}, ID: sum}
}

func openKey(tenant, session string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.AttendanceOpen}, ID: session}
}

// pageSize is how many records are read at a time.
const pageSize = 500

// change changes a record as a T, as one durable step; change gets nil when there
// is none, and answers nil for no change.
func change[T any](ctx context.Context, r catalog.Records, key documents.Key, change func(*T) (*T, error)) (*T, error) {
	var outcome *T
	_, err := r.Change(ctx, key, func(d *documents.Document) (*documents.Document, error) {
		current, err := decode[T](d)
		if err != nil {
			return nil, err
		}
		next, err := change(current)
		if err != nil {
			return nil, err
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
	return outcome, err
}

func read[T any](ctx context.Context, r catalog.Records, key documents.Key) (*T, error) {
	d, err := r.Document(ctx, key)
	if err != nil {
		return nil, err
	}
	return decode[T](d)
}

func decode[T any](d *documents.Document) (*T, error) {
	if d == nil || d.Deleted {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record of attendance (%s, %q) cannot be read: %w", d.Kind, d.ID, err)
	}
	return v, nil
}
