package bi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"

	"lernspur/engine"
)

// Limits bound what tools may ask. Zero values are the defaults.
type Limits struct {
	Time    time.Duration // of a query; 30 s
	Rows    int64         // of a result; 100,000
	Queries int           // of one tenant at once; 4
}

// Options are what a Service needs.
type Options struct {
	Figures Figures
	Conn    driver.Conn
	Records Records
	// Check refuses what cannot be the name of a tenant.
	Check func(tenant string) error
	// Publish has figures published; without it only the records can be changed. Serve tells
	// that there is a door for tools: without one no engine is started.
	Publish, Serve bool
	// Database is that of a ClickHouse server to which tools can connect themselves; "" for
	// an embedded one.
	Database string
	// Dir is where the engines of tenants have their folders. Engine has what else they
	// need; MemoryBytes is that of each.
	Dir    string
	Engine engine.Options
	// Refresh is how old a publication gets; 24 h.
	Refresh time.Duration
	Limits  Limits
	Logger  *zap.Logger
}

// Errors of the methods of Service.
var (
	ErrDisabled = errors.New("tools may not read the figures of this tenant")
	ErrEmbedded = errors.New("the embedded engine has no users: tools connect to the address bi.addr; users are made on a ClickHouse server of your own (clickhouse.dsn)")
)

// Service publishes figures and answers tools.
type Service struct {
	Options
	now  func() time.Time
	wake chan struct{}

	// changing is held while a record is changed and what follows of it is done, so that the
	// last change is the one that counts.
	changing sync.Mutex

	mu      sync.Mutex
	users   map[string]*user // by name
	closing bool
	gone    sync.WaitGroup // queries under way
}

// user is a tenant that tools may read.
type user struct {
	tenant string
	digest [sha256.Size]byte
	mirror *mirror // nil: not started yet
}

// New makes a Service; Run starts it.
func New(o Options) *Service {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Refresh <= 0 {
		o.Refresh = 24 * time.Hour
	}
	if o.Limits.Time <= 0 {
		o.Limits.Time = 30 * time.Second
	}
	if o.Limits.Rows <= 0 {
		o.Limits.Rows = 100_000
	}
	if o.Limits.Queries <= 0 {
		o.Limits.Queries = 4
	}
	return &Service{Options: o, now: time.Now, wake: make(chan struct{}, 1), users: make(map[string]*user)}
}

// Status is what can be told of a tenant.
type Status struct {
	Tenant    string    `json:"tenant"`
	Enabled   bool      `json:"enabled"`
	User      string    `json:"user"`
	Since     time.Time `json:"since"`     // of the secret
	Published time.Time `json:"published"` // the newest publication
	Answering bool      `json:"answering"`
	Served    bool      `json:"served"` // there is a door
}

// Enable lets tools read the figures of a tenant, and answers the secret, which nobody can
// see again. Who has one keeps it: Rotate makes another ("" is answered).
func (s *Service) Enable(ctx context.Context, tenant string) (secret string, err error) {
	made, digest := newSecret()
	err = s.change(ctx, tenant, func(a *access) error {
		if secret = ""; a.Digest == "" {
			secret, a.Digest, a.Since = made, digest, s.now().UTC()
		}
		a.Enabled = true
		return nil
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Rotate makes another secret; the one before is worth nothing from then on.
func (s *Service) Rotate(ctx context.Context, tenant string) (secret string, err error) {
	made, digest := newSecret()
	err = s.change(ctx, tenant, func(a *access) error {
		if !a.Enabled {
			return ErrDisabled
		}
		a.Digest, a.Since = digest, s.now().UTC()
		return nil
	})
	if err != nil {
		return "", err
	}
	return made, nil
}

// Disable ends it: the secret is worth nothing, the engine is stopped, and what is published is taken
// away.
func (s *Service) Disable(ctx context.Context, tenant string) error {
	if err := s.change(ctx, tenant, func(a *access) error { *a = access{}; return nil }); err != nil {
		return err
	}
	return forget(ctx, s.Conn, tenant, s.now().Add(time.Hour).UnixMicro())
}

// change changes the record of a tenant and admits it as it is then.
func (s *Service) change(ctx context.Context, tenant string, change func(*access) error) error {
	if err := s.Check(tenant); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	a, err := changeAccess(ctx, s.Records, tenant, change)
	if err != nil {
		return err
	}
	s.admit(tenant, a)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return nil
}

// Status answers what there is of a tenant.
func (s *Service) Status(ctx context.Context, tenant string) (st Status, err error) {
	if err := s.Check(tenant); err != nil {
		return st, err
	}
	a, err := readAccess(ctx, s.Records, tenant)
	if err != nil {
		return st, err
	}
	st = Status{Tenant: tenant, Enabled: a.Enabled, User: UserPrefix + tenant, Since: a.Since, Served: s.Serve}
	if st.Published, err = newest(ctx, s.Conn, tenant); err != nil {
		return st, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[st.User]; u != nil && u.mirror != nil {
		st.Answering = u.mirror.ready()
	}
	return st, nil
}

// ServerStatements are what makes, or with withdraw removes, the user of a tenant on a ClickHouse
// server of one's own. Errors: ErrEmbedded, ErrDisabled.
func (s *Service) ServerStatements(ctx context.Context, tenant string, withdraw bool) ([]string, error) {
	if s.Database == "" {
		return nil, ErrEmbedded
	}
	if err := s.Check(tenant); err != nil {
		return nil, err
	}
	if withdraw {
		return Withdrawals(s.Database, tenant), nil
	}
	a, err := readAccess(ctx, s.Records, tenant)
	if err != nil {
		return nil, err
	}
	if !a.Enabled {
		return nil, ErrDisabled
	}
	return Statements(s.Database, tenant, a.Digest, s.Limits), nil
}

// Apply runs them, as far as our own user of the server may.
func (s *Service) Apply(ctx context.Context, tenant string, withdraw bool) error {
	list, err := s.ServerStatements(ctx, tenant, withdraw)
	if err != nil {
		return err
	}
	for _, sql := range list {
		if err := s.Conn.Exec(ctx, sql); err != nil {
			verb, _, _ := strings.Cut(sql, " `")
			return fmt.Errorf("the server refuses %s: %w", verb, err)
		}
	}
	return nil
}

// admit makes the users what a record says; a round of Run does the rest.
func (s *Service) admit(tenant string, a access) {
	name := UserPrefix + tenant
	sum, err := hex.DecodeString(a.Digest)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Enabled && err == nil && len(sum) == sha256.Size {
		u := s.users[name]
		if u == nil {
			u = &user{tenant: tenant}
			s.users[name] = u
		}
		u.digest = [sha256.Size]byte(sum)
	} else if u := s.users[name]; u != nil {
		delete(s.users, name)
		if m := u.mirror; m != nil && !s.closing {
			s.gone.Go(func() { s.dismiss(m) })
		}
	}
}
