package records

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
)

// Base is the path under which the resources are.
const Base = "/api/v1/statements"

// The scopes that matter here, under the names of xAPI (1.0.3 Part 3, 4.2).
const (
	scopeAll      = "all"
	scopeReadAll  = "all/read"
	scopeRead     = "statements/read"
	scopeReadMine = "statements/read/mine"
)

var (
	// readEvery are the scopes of which one is enough to read every statement,
	// readScopes those to read any.
	readEvery  = []string{scopeAll, scopeReadAll, scopeRead}
	readScopes = append(slices.Clone(readEvery), scopeReadMine)
	// deleteScopes has no scope of its own beside all: who may delete anything of a
	// tenant can do all harm there is, and should be made for it knowingly.
	deleteScopes = []string{scopeAll}
)

// Options are what an API needs and how it behaves. Zero values of the limits
// stand for the defaults named there.
type Options struct {
	// Door tells who asks.
	Door    apiv1.Door
	Reader  Reader
	Writer  Writer
	Remover Remover
	Logger  *zap.Logger // may be nil
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string

	// ReadWait is how long a request waits for what was acknowledged before it
	// to become visible; 10 s.
	ReadWait time.Duration
	// CountTime is how long a count may take; 10 s.
	CountTime time.Duration
	// DeleteTime is how long a request waits for its deletion, which goes on; 30 s.
	DeleteTime time.Duration
	// Tails is how many tails a tenant may have at one time, 8; AllTails all
	// tenants together, 32.
	Tails, AllTails int
	// Poll is how often a tail looks whether there is something new; 300 ms.
	Poll time.Duration
	// Heartbeat is after how long a tail with nothing to say says so; 15 s.
	Heartbeat time.Duration
	// Stall is how long a client may take none of what is sent, 30 s; Slow is how
	// long it may take over a page of 100 statements, 20 s.
	Stall, Slow time.Duration
}

func (o *Options) defaults() {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	setDefault(&o.ReadWait, 10*time.Second)
	setDefault(&o.CountTime, 10*time.Second)
	setDefault(&o.DeleteTime, 30*time.Second)
	setDefault(&o.Tails, 8)
	setDefault(&o.AllTails, 32)
	setDefault(&o.Poll, 300*time.Millisecond)
	setDefault(&o.Heartbeat, 15*time.Second)
	setDefault(&o.Stall, 30*time.Second)
	setDefault(&o.Slow, 20*time.Second)
}

func setDefault[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// API is the endpoint. New makes it, Start goes on with what the process before
// left, Register ties it to paths, Stop ends what would go on for ever, Close
// ends the rest.
type API struct {
	opts      Options
	tails     tails
	deletions *deletions
	stopping  chan struct{}
	stop      sync.Once
}

// New makes an API that is ready to be registered.
func New(o Options) *API {
	o.defaults()
	return &API{opts: o, deletions: newDeletions(o.Remover, o.Logger), stopping: make(chan struct{})}
}

// Start takes up deletions that the process before left: when it returns, what
// they are about is in no answer. ctx bounds the start only.
func (a *API) Start(ctx context.Context) error { return a.deletions.start(ctx) }

// Close ends the deletions after their step under way; the next Start goes on with
// them.
func (a *API) Close() { a.deletions.stop() }

// Stop ends all tails, now and from now on. Call it before the server waits for
// its requests.
func (a *API) Stop() { a.stop.Do(func() { close(a.stopping) }) }

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	r.Handle(Base+"/count", a.shell(readScopes, a.count, http.MethodGet, http.MethodHead))
	r.Handle(Base+"/tail", a.shell(readScopes, a.tail, http.MethodGet))
	r.Handle(Base+"/delete", a.shell(deleteScopes, a.delete, http.MethodPost))
	r.Handle(Base+"/deletions/{id}", a.shell(deleteScopes, a.deletion, http.MethodGet, http.MethodHead))
	r.PathPrefix(Base).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, apiv1.Problemf(http.StatusNotFound, "there is no such resource"))
	})
}

// serve answers a request that was admitted.
type serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error

// shell wraps a resource in what all have in common: methods, credentials,
// scopes and errors.
func (a *API) shell(scopes []string, serve serve, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		who, err := a.admit(w, r, scopes, methods)
		if err == nil {
			err = serve(w, r, who)
		}
		if err != nil {
			a.fail(w, r, err)
		}
	})
}

// admit finds out who asks and whether they may.
func (a *API) admit(w http.ResponseWriter, r *http.Request, scopes, methods []string) (*apiv1.Identity, error) {
	if err := apiv1.Allow(w, r, methods...); err != nil {
		return nil, err
	}
	return a.opts.Door.Admit(w, r, scopes)
}
