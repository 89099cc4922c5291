package progress

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/statements"
)

// readScopes are the scopes of which one is enough to read progress, under the
// names of xAPI (1.0.3 Part 3, 4.2).
var readScopes = []string{"all", "all/read", "statements/read"}

const (
	defaultLimit = 1000
	maxLimit     = 10_000
	// maxWait bounds wait=true.
	maxWait = 10 * time.Second
)

// Options are what an API needs.
type Options struct {
	// Projector answers.
	Projector *Projector
	// Door tells who asks.
	Door apiv1.Door
	// Wait returns the watermark at which everything acknowledged before the
	// call is visible, microseconds since the Unix epoch.
	Wait func(context.Context) (int64, error)
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
	// Logger may be nil.
	Logger *zap.Logger
}

// API is the query interface on progress, for other programs.
type API struct{ Options }

// NewAPI makes an API.
func NewAPI(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return &API{o}
}

// Register adds the resources below /api/v1/progress.
func (a *API) Register(r *mux.Router) {
	r.Handle("/api/v1/progress/courses", a.shell(a.courses))
	r.PathPrefix("/api/v1/progress").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, apiv1.Problemf(http.StatusNotFound, "there is no such resource"))
	})
}

// shell wraps a resource in what all have in common: methods, credentials,
// scopes and errors.
func (a *API) shell(serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := a.admit(w, r, serve)
		if err != nil {
			a.fail(w, r, err)
		}
	})
}

func (a *API) admit(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter, *http.Request, *apiv1.Identity) error) error {
	if err := apiv1.Allow(w, r, http.MethodGet, http.MethodHead); err != nil {
		return err
	}
	who, err := a.Door.Admit(w, r, readScopes)
	if err != nil {
		return err
	}
	if who.Bound() {
		return apiv1.Problemf(http.StatusForbidden, "this key is bound to less than progress is about")
	}
	return serve(w, r, who)
}

// coursesBody is the answer of /api/v1/progress/courses.
type coursesBody struct {
	// Watermark: every statement stored up to here is counted.
	Watermark string       `json:"watermark"`
	Courses   []courseBody `json:"courses"`
	// More is the address of the next page.
	More string `json:"more,omitempty"`
}

type courseBody struct {
	ID           string   `json:"id"`
	Learners     int64    `json:"learners"`
	Started      int64    `json:"started"`
	Completed    int64    `json:"completed"`
	Passed       int64    `json:"passed"`
	Failed       int64    `json:"failed"`
	AverageScore *float64 `json:"average_score"`
	LastActivity string   `json:"last_activity"`
}

// courses answers GET /api/v1/progress/courses.
func (a *API) courses(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return apiv1.BadRequest("the query string is malformed")
	}
	f, wait, err := parameters(query)
	if err != nil {
		return err
	}
	if wait {
		if err := a.wait(r.Context()); err != nil {
			return err
		}
	}
	page, err := a.Projector.Courses(r.Context(), who.Tenant, f)
	if err != nil {
		return err
	}
	body := coursesBody{Watermark: statements.FormatStored(page.Watermark), Courses: make([]courseBody, len(page.Courses))}
	for i, c := range page.Courses {
		body.Courses[i] = courseBody{
			ID: c.ID, Learners: c.Learners, Started: c.Started, Completed: c.Completed, Passed: c.Passed, Failed: c.Failed,
			LastActivity: statements.FormatStored(c.LastActivity),
		}
		if average, ok := c.AverageScore(); ok {
			average = math.Round(average*1e6) / 1e6
			body.Courses[i].AverageScore = &average
		}
	}
	if page.More {
		q := url.Values{"after": {page.Courses[len(page.Courses)-1].ID}, "limit": {strconv.Itoa(f.Limit)}}
		body.More = a.PathPrefix + r.URL.Path + "?" + q.Encode()
	}
	return apiv1.Respond(w, r, http.StatusOK, body)
}

// wait makes sure that everything acknowledged before is in the projection.
func (a *API) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	upto, err := a.Wait(ctx)
	if err == nil {
		err = a.Projector.Wait(ctx, upto)
	}
	return err
}

// parameters reads the query. Unknown parameters are refused, so that a typing
// error does not pass for an answer to another question.
func parameters(q url.Values) (f Filter, wait bool, err error) {
	f.Limit = defaultLimit
	for name, values := range q {
		if len(values) != 1 {
			return f, false, apiv1.BadRequest("the parameter %q is given %d times", name, len(values))
		}
		value, bad := values[0], error(nil)
		switch name {
		case "after":
			f.After = value
		case "limit":
			if f.Limit, bad = strconv.Atoi(value); bad == nil && (f.Limit < 1 || f.Limit > maxLimit) {
				bad = errors.New("out of range")
			}
		case "wait":
			if wait = value == "true"; !wait && value != "false" {
				bad = errors.New("neither true nor false")
			}
		default:
			return f, false, apiv1.BadRequest("there is no parameter %q; there are after, limit and wait", name)
		}
		if bad != nil {
			return f, false, apiv1.BadRequest("the parameter %s is %q; limit is a number from 1 to %d, wait is true or false", name, value, maxLimit)
		}
	}
	return f, wait, nil
}
