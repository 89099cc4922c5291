package repairs

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/statements"
	"lernspur/store"
)

// Base is the path under which the resources are.
const Base = "/api/v1/repairs"

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
	// Door tells who asks.
	Door apiv1.Door
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
		a.fail(w, r, apiv1.Problemf(http.StatusNotFound, "there is no such resource"))
	})
}

// shell wraps a resource in what all have in common: methods, credentials,
// scopes and errors.
func (a *API) shell(serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error) http.Handler {
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

func (a *API) admit(w http.ResponseWriter, r *http.Request) (*apiv1.Identity, error) {
	if err := apiv1.Allow(w, r, http.MethodGet, http.MethodHead); err != nil {
		return nil, err
	}
	who, err := a.Door.Admit(w, r, readScopes)
	if err != nil {
		return nil, err
	}
	if who.Bound() {
		return nil, apiv1.Problemf(http.StatusForbidden, "this key is bound to some of the statements; repairs are counted over all of them")
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
func (a *API) counts(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
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
	return apiv1.Respond(w, r, http.StatusOK, body)
}

// one answers GET /api/v1/repairs/{id}. The original goes out as it is kept, to
// the byte.
func (a *API) one(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if r.URL.RawQuery != "" {
		return apiv1.Problemf(http.StatusBadRequest, "this resource has no parameters")
	}
	id, err := uuid.Parse(mux.Vars(r)["id"])
	if err != nil || len(mux.Vars(r)["id"]) != 36 {
		return apiv1.Problemf(http.StatusBadRequest, "this is not the id of a statement, a UUID")
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
		return apiv1.Problemf(http.StatusNotFound, "there is no statement with this id that was repaired")
	}
	rest, err := row.Encode()
	if err != nil {
		return err
	}
	head := `{"id":"` + row.ID.String() + `","stored":"` + statements.FormatStored(row.Stored) + `",`
	apiv1.Write(w, r, http.StatusOK, "application/json", append([]byte(head), rest[1:]...))
	return nil
}
