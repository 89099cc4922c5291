package launch

import (
	"context"
	"time"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// Records keeps small records and documents durably. Errors: *Busy, ErrUncertain,
// the error of ctx, and others that are internal.
type Records interface {
	// Change replaces a document by what change makes of it, as one durable step.
	// See commit.Change.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	// Document is the newest version; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
}

// Statements are those that are stored. Errors as those of Records.
type Statements interface {
	// Record stores a JSON array of statements that we make, all or none, durably.
	// One that is there with the same id and content is no error, and one that
	// breaks a rule of the tenant is left out.
	Record(ctx context.Context, tenant string, statements []byte) error
	// Parse makes statements of ours ready to be committed with others; those that
	// break a rule of the tenant are left out.
	Parse(tenant string, array []byte) ([]*statements.Statement, error)
	// Stored tells whether there is a statement of this id, voided or not, among
	// all that were acknowledged.
	Stored(ctx context.Context, tenant string, id uuid.UUID) (bool, error)
}

// Token is what an API key is made with.
type Token struct {
	Tenant       string
	ID           string // of the key
	Label        string
	Actor        string // JSON of the Agent that it is bound to
	Registration uuid.UUID
	Expires      int64 // in microseconds since 1970
}

// Keys makes API keys that store and read the statements and documents of one
// registration.
type Keys interface {
	Create(ctx context.Context, t Token) (secret string, err error)
}

// Catalog is what is asked of package catalog.
type Catalog interface {
	Registration(ctx context.Context, tenant string, id uuid.UUID) (*catalog.Registration, error)
	Version(ctx context.Context, tenant, course string, number int) (*catalog.Course, *catalog.Version, error)
	Note(ctx context.Context, tenant string, registration uuid.UUID, change func(*catalog.Registration) error) (*catalog.Registration, error)
}

// Options are what a Service needs. Zero values stand for the defaults named
// there.
type Options struct {
	Records    Records
	Statements Statements
	Keys       Keys
	Catalog    Catalog
	// Door tells who sends a request to the API.
	Door apiv1.Door
	// Base is the public address of the server, without a slash at its end;
	// http://localhost:8080 when it is empty.
	Base func() string
	// FileURL is the address at which a file is served to whoever has a token that
	// Launched knows; path is percent-encoded and may have a query.
	FileURL func(token, path string) string
	// Lifetime is how long a session's token is good, 12 h; never longer than the
	// launch that it came from.
	Lifetime time.Duration
	// Known is how many registrations are kept in memory; 10,000.
	Known  int
	Logger *zap.Logger      // may be nil
	Now    func() time.Time // nil: time.Now
}

func (o *Options) defaults() {
	if o.Base == nil {
		o.Base = func() string { return "http://localhost:8080" }
	}
	if o.Lifetime <= 0 {
		o.Lifetime = 12 * time.Hour
	}
	if o.Known <= 0 {
		o.Known = 10_000
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Service opens content. It is safe for concurrent use. One process has a
// tenant's sessions.
type Service struct {
	opts  Options
	board board
	// started is when this began: no commit from before is under way.
	started int64
	seals   seals
}

// New makes a Service.
func New(o Options) *Service {
	o.defaults()
	return &Service{opts: o, board: board{entries: make(map[place]*entry), room: o.Known}, started: o.Now().UnixMicro()}
}

func (s *Service) now() int64 { return s.opts.Now().UnixMicro() }
