package launch

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"lernspur/apiv1"
	"lernspur/catalog"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
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

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var busy *Busy
	var catalogBusy *catalog.Busy
	switch {
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	case errors.As(err, &catalogBusy):
		return apiv1.Busy(catalogBusy.RetryAfter, catalogBusy.Reason)
	case errors.Is(err, ErrUncertain):
		return apiv1.Busy(0, ErrUncertain.Error())
	case errors.Is(err, ErrNotFound):
		return apiv1.Problemf(http.StatusNotFound, "%s", ErrNotFound)
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrWaived), errors.Is(err, ErrNotCmi5), errors.Is(err, ErrNoAccount):
		return apiv1.Problemf(http.StatusConflict, "%s", err)
	}
	return apiv1.ToProblem(err, "this could not be done in time; try again")
}

// act wraps what changes a registration: methods, credentials, scopes, errors. The
// answer is JSON, or 204 without one.
func (s *Service) act(do func(r *http.Request, who *apiv1.Identity, registration uuid.UUID) (any, error)) http.HandlerFunc {
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
		if err := apiv1.Respond(w, r, http.StatusOK, answer); err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, s.opts.Logger, "a registration")
}

// admit finds out who asks and whether they may.
func (s *Service) admit(w http.ResponseWriter, r *http.Request) (*apiv1.Identity, error) {
	if err := apiv1.Allow(w, r, http.MethodPost); err != nil {
		return nil, err
	}
	who, err := s.opts.Door.Admit(w, r, writeScopes)
	if err != nil {
		return nil, err
	}
	if who.Bound() {
		return nil, apiv1.Problemf(http.StatusForbidden, "this key is bound to an actor, a registration or activities, and may do nothing here")
	}
	return who, nil
}

// abandon ends the open session.
func (s *Service) abandon(r *http.Request, who *apiv1.Identity, registration uuid.UUID) (any, error) {
	session, err := s.Abandon(r.Context(), who.Tenant, registration)
	if err != nil {
		return nil, err
	}
	return map[string]string{"session": session.String()}, nil
}

// waive waives an AU.
func (s *Service) waive(r *http.Request, who *apiv1.Identity, registration uuid.UUID) (any, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return nil, apiv1.Problemf(http.StatusRequestEntityTooLarge, "the request is larger than %d bytes, or incomplete", maxRequest)
	}
	var asked struct {
		Item   string `json:"item"`
		Reason string `json:"reason"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&asked); {
	case err != nil:
		return nil, apiv1.Problemf(http.StatusBadRequest, "the body is a JSON object with item and reason")
	case asked.Item == "":
		return nil, apiv1.Problemf(http.StatusBadRequest, "item: the id of the AU in its course structure is missing")
	case asked.Reason == "" || len(asked.Reason) > maxReason:
		return nil, apiv1.Problemf(http.StatusBadRequest, "reason: a text of up to %d bytes, such as Tested Out, Equivalent AU, Equivalent Outside Activity or Administrative", maxReason)
	}
	return nil, s.Waive(r.Context(), who.Tenant, registration, asked.Item, asked.Reason)
}
