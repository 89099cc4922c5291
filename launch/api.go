package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lernspur/catalog"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.uber.org/zap"
)

// registrations is the path under which registrations are.
const registrations = "/api/v1/registrations/"

// writeScopes are the scopes of which one is enough to abandon and waive.
var writeScopes = []string{"all", "content"}

// maxRequest is how large a request may be, maxReason how long a reason, in bytes.
const (
	maxRequest = 64 << 10
	maxReason  = 1000
)

// Register adds the fetch URL, and what can be done to a registration. Call it
// before whoever takes the other paths below.
func (s *Service) Register(r *mux.Router) {
	r.PathPrefix(FetchBase).HandlerFunc(s.fetch)
	r.HandleFunc(registrations+"{registration}/abandon", s.act(s.abandon))
	r.HandleFunc(registrations+"{registration}/waive", s.act(s.waive))
}

// problem is a problem document (RFC 9457) of the type about:blank.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`

	retryAfter time.Duration
}

func (p *problem) Error() string { return p.Detail }

func problemf(status int, format string, args ...any) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Denied is an answer to credentials that are neither right nor wrong; Identify
// returns it.
type Denied struct {
	Status     int
	RetryAfter time.Duration
	Reason     string
}

func (e *Denied) Error() string { return e.Reason }

// toProblem is the one place where errors become status codes.
func toProblem(err error) *problem {
	var known *problem
	var busy *Busy
	var denied *Denied
	var catalogBusy *catalog.Busy
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &denied):
		p := problemf(denied.Status, "%s", denied.Reason)
		p.retryAfter = denied.RetryAfter
		return p
	case errors.As(err, &busy):
		p := problemf(http.StatusServiceUnavailable, "%s", busy.Reason)
		p.retryAfter = busy.RetryAfter
		return p
	case errors.As(err, &catalogBusy):
		p := problemf(http.StatusServiceUnavailable, "%s", catalogBusy.Reason)
		p.retryAfter = catalogBusy.RetryAfter
		return p
	case errors.Is(err, ErrUncertain):
		return problemf(http.StatusServiceUnavailable, "%s", ErrUncertain)
	case errors.Is(err, ErrNotFound):
		return problemf(http.StatusNotFound, "%s", ErrNotFound)
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrWaived), errors.Is(err, ErrNotCmi5), errors.Is(err, ErrNoAccount):
		return problemf(http.StatusConflict, "%s", err)
	}
	return problemf(http.StatusInternalServerError, "internal error")
}

// act wraps what changes a registration: methods, credentials, scopes, errors. The
// answer is JSON, or 204 without one.
func (s *Service) act(do func(r *http.Request, who *Identity, registration uuid.UUID) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		who, err := s.admit(w, r)
		var answer any
		if err == nil {
			var id uuid.UUID
			if id, err = uuid.Parse(mux.Vars(r)["registration"]); err != nil {
				err = ErrNotFound
			} else {
				answer, err = do(r, who, id)
			}
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		write(w, http.StatusOK, "application/json", answer)
	}
}

func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := toProblem(err)
	switch p.Status {
	case http.StatusInternalServerError:
		s.opts.Logger.Error("a request on a registration failed", zap.String("path", r.URL.Path), zap.Error(err))
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.retryAfter+time.Second-1)/time.Second))))
	}
	write(w, p.Status, "application/problem+json", p)
}

func write(w http.ResponseWriter, status int, contentType string, body any) {
	b, _ := json.Marshal(body) // it is always JSON
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a client that left is no error of ours
}

// admit finds out who asks and whether they may.
func (s *Service) admit(w http.ResponseWriter, r *http.Request) (*Identity, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, problemf(http.StatusMethodNotAllowed, "this resource answers POST")
	}
	var who *Identity
	if s.opts.Identify != nil {
		var err error
		if who, err = s.opts.Identify(r); err != nil {
			return nil, err
		}
	}
	switch {
	case who == nil:
		w.Header()["Www-Authenticate"] = s.opts.Challenges
		return nil, problemf(http.StatusUnauthorized, "credentials are needed: HTTP Basic, with a key and its secret, or a token")
	case who.Bound || !slices.ContainsFunc(who.Scopes, func(scope string) bool { return slices.Contains(writeScopes, scope) }):
		return nil, problemf(http.StatusForbidden, "this key may not do that; it needs one of the scopes %q, and must not be bound", writeScopes)
	}
	return who, nil
}

// abandon ends the open session.
func (s *Service) abandon(r *http.Request, who *Identity, registration uuid.UUID) (any, error) {
	session, err := s.Abandon(r.Context(), who.Tenant, registration)
	if err != nil {
		return nil, err
	}
	return map[string]string{"session": session.String()}, nil
}

// waive waives an AU.
func (s *Service) waive(r *http.Request, who *Identity, registration uuid.UUID) (any, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return nil, problemf(http.StatusRequestEntityTooLarge, "the request is larger than %d bytes, or incomplete", maxRequest)
	}
	var asked struct {
		Item   string `json:"item"`
		Reason string `json:"reason"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&asked); {
	case err != nil:
		return nil, problemf(http.StatusBadRequest, "the body is a JSON object with item and reason")
	case asked.Item == "":
		return nil, problemf(http.StatusBadRequest, "item: the id of the AU in its course structure is missing")
	case asked.Reason == "" || len(asked.Reason) > maxReason:
		return nil, problemf(http.StatusBadRequest, "reason: a text of up to %d bytes, such as Tested Out, Equivalent AU, Equivalent Outside Activity or Administrative", maxReason)
	}
	return nil, s.Waive(r.Context(), who.Tenant, registration, asked.Item, asked.Reason)
}
