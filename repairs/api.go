package repairs

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/statements"
	"lernspur/store"
)

// Base is the path under which the resources are.
const Base = "/api/v1/repairs"

// Identity is who asks.
type Identity struct {
	Tenant string
	Scopes []string
	// Bound tells that the key is bound to an actor, a registration or the like:
	// it sees nothing here, since counts and originals are the whole tenant's.
	Bound bool
}

// readScopes are the scopes of which one is enough, under the names of xAPI
// (1.0.3 Part 3, 4.2).
var readScopes = []string{"all", "all/read", "statements/read"}

// Reader is the store.
type Reader interface {
	// CountRepairs counts repaired statements of a tenant.
	CountRepairs(ctx context.Context, tenant string, f store.RepairFilter) (store.RepairTotals, error)
	// Repaired finds what is kept beside a statement that was repaired.
	Repaired(ctx context.Context, tenant string, id uuid.UUID, upto int64) (row store.RepairedRow, ok bool, err error)
}

// Options are what an API needs.
type Options struct {
	Reader Reader
	// Identify finds out who sent a request: nil without an error when the
	// credentials are missing or wrong.
	Identify func(*http.Request) (*Identity, error)
	// Challenges are the values of WWW-Authenticate in answers that ask for
	// credentials.
	Challenges []string
	// Wait returns the watermark at which everything acknowledged before the
	// call is visible, microseconds since the Unix epoch.
	Wait func(context.Context) (int64, error)
	// Logger may be nil.
	Logger *zap.Logger
	// Time bounds an answer; 10 s.
	Time time.Duration
}

// API is the query interface on repairs.
type API struct{ Options }

// NewAPI makes an API.
func NewAPI(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Time <= 0 {
		o.Time = 10 * time.Second
	}
	return &API{o}
}

// Register adds the resources below Base.
func (a *API) Register(r *mux.Router) {
	r.Handle(Base, a.shell(a.counts))
	r.Handle(Base+"/{id}", a.shell(a.one))
	r.PathPrefix(Base + "/").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, problem(http.StatusNotFound, "there is no such resource"))
	})
}

// shell wraps a resource in what all have in common: methods, credentials,
// scopes and errors.
func (a *API) shell(serve func(http.ResponseWriter, *http.Request, *Identity) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		ctx, cancel := context.WithTimeout(r.Context(), a.Time)
		defer cancel()
		r = r.WithContext(ctx)
		who, err := a.admit(w, r)
		if err == nil {
			err = serve(w, r, who)
		}
		if err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *API) admit(w http.ResponseWriter, r *http.Request) (*Identity, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return nil, problem(http.StatusMethodNotAllowed, "this resource answers GET and HEAD")
	}
	who, err := a.Identify(r)
	switch {
	case err != nil:
		return nil, err
	case who == nil:
		w.Header()["Www-Authenticate"] = a.Challenges
		return nil, problem(http.StatusUnauthorized, "credentials are needed: HTTP Basic, with a key and its secret, or a token")
	case !slices.ContainsFunc(who.Scopes, func(s string) bool { return slices.Contains(readScopes, s) }):
		return nil, problem(http.StatusForbidden, "this key may not read repairs; it needs one of the scopes %q", readScopes)
	case who.Bound:
		return nil, problem(http.StatusForbidden, "this key is bound to some of the statements; repairs are counted over all of them")
	}
	return who, nil
}

// countsBody is the answer of /api/v1/repairs.
type countsBody struct {
	// Watermark: every statement stored up to here is counted.
	Watermark string `json:"watermark"`
	// Statements is how many statements needed a repair.
	Statements int64       `json:"statements"`
	Counts     []countBody `json:"counts"`
	// More tells that there are more counts than were asked for.
	More bool `json:"more"`
}

type countBody struct {
	Repair     string  `json:"repair"`
	Activity   *string `json:"activity,omitempty"`
	Course     *string `json:"course,omitempty"`
	Statements int64   `json:"statements"`
}

// counts answers GET /api/v1/repairs.
func (a *API) counts(w http.ResponseWriter, r *http.Request, who *Identity) error {
	f, err := readFilter(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if f.Upto, err = a.Wait(r.Context()); err != nil {
		return err
	}
	totals, err := a.Reader.CountRepairs(r.Context(), who.Tenant, f)
	if err != nil {
		return err
	}
	body := countsBody{Watermark: statements.FormatStored(f.Upto), Statements: totals.Statements, More: totals.More, Counts: make([]countBody, len(totals.Counts))}
	for i, c := range totals.Counts {
		body.Counts[i] = countBody{Repair: c.Repair, Statements: c.Statements}
		switch f.By {
		case store.RepairsByActivity:
			body.Counts[i].Activity = &c.Group
		case store.RepairsByCourse:
			body.Counts[i].Course = &c.Group
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	respond(w, r, http.StatusOK, "application/json", text)
	return nil
}

// one answers GET /api/v1/repairs/{id}. The original goes out as it is kept, to
// the byte.
func (a *API) one(w http.ResponseWriter, r *http.Request, who *Identity) error {
	if r.URL.RawQuery != "" {
		return problem(http.StatusBadRequest, "this resource has no parameters")
	}
	id, err := uuid.Parse(mux.Vars(r)["id"])
	if err != nil || len(mux.Vars(r)["id"]) != 36 {
		return problem(http.StatusBadRequest, "this is not the id of a statement, a UUID")
	}
	upto, err := a.Wait(r.Context())
	if err != nil {
		return err
	}
	row, ok, err := a.Reader.Repaired(r.Context(), who.Tenant, id, upto)
	if err != nil {
		return err
	}
	if !ok {
		return problem(http.StatusNotFound, "there is no statement with this id that was repaired")
	}
	rest, err := row.Encode()
	if err != nil {
		return err
	}
	head := `{"id":"` + row.ID.String() + `","stored":"` + statements.FormatStored(row.Stored) + `",`
	respond(w, r, http.StatusOK, "application/json", append([]byte(head), rest[1:]...))
	return nil
}

// respond sends JSON.
func respond(w http.ResponseWriter, r *http.Request, status int, contentType string, text []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(text, '\n')) // a client that left is no error of ours
	}
}
