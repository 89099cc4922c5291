package webhook

import (
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/delivery"
)

// Base is the path of the resources.
const Base = "/api/v1/webhooks"

// The scopes, under the names of xAPI (1.0.3 Part 3, 4.2).
var (
	readScopes  = []string{"all", "all/read"}
	writeScopes = []string{"all"}
)

// API is the endpoint.
type API struct {
	service *Service
	prefix  string
	logger  *zap.Logger
}

// NewAPI makes an endpoint. prefix is the path of the public URL.
func (s *Service) NewAPI(prefix string) *API { return &API{s, prefix, s.opts.Logger} }

// Register adds the resources behind a door.
func (a *API) Register(r *mux.Router, door apiv1.Door) {
	resources := apiv1.Resources{Door: door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to less than its tenant, and webhooks are about all of it"}
	resources.Handle(r, Base, apiv1.Methods{"GET": a.list, "POST": a.add})
	resources.Handle(r, Base+"/{hook}", apiv1.Methods{"GET": a.get, "PATCH": a.edit, "DELETE": a.remove})
	resources.Handle(r, Base+"/{hook}/test", apiv1.Methods{"POST": a.test})
	resources.Handle(r, Base+"/{hook}/secret", apiv1.Methods{"POST": a.rotate})
	resources.Handle(r, Base+"/{hook}/secret/previous", apiv1.Methods{"DELETE": a.endRotation})
	resources.Handle(r, Base+"/{hook}/dead", apiv1.Methods{"GET": a.dead})
	resources.Handle(r, Base+"/{hook}/retry", apiv1.Methods{"POST": a.retry})
	resources.Rest(r, Base)
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, delivery.ToProblem(err), err, a.logger, "webhooks")
}

// View is a hook as it is answered. Secret is there in the answer that made it.
type View struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	URL           string        `json:"url"`
	Events        []string      `json:"events"`
	Paused        bool          `json:"paused"`
	Created       apiv1.Instant `json:"created"`
	Secret        string        `json:"secret,omitempty"`
	PreviousUntil apiv1.Instant `json:"previousSecretUntil,omitempty"`
	Pending       int           `json:"pending"`
	Delivered     int64         `json:"delivered"`
	Dead          int64         `json:"dead"`
	LastDelivered apiv1.Instant `json:"lastDelivered,omitempty"`
	Problem       string        `json:"problem,omitempty"`
	ProblemAt     apiv1.Instant `json:"problemAt,omitempty"`
	Failures      int           `json:"failures"`
	NextTry       apiv1.Instant `json:"nextTry,omitempty"`
}

// NewView is a Status as it is answered.
func NewView(s Status) View {
	h := s.Hook
	v := View{ID: h.ID, Name: h.Name, URL: h.URL, Events: h.Events, Paused: h.Paused, Created: apiv1.Instant(h.Created), Pending: s.Pending,
		Delivered: s.Delivered, Dead: s.Dead, LastDelivered: apiv1.Instant(s.Last), Problem: s.Problem, Failures: s.Failures, NextTry: instant(s.NextTry)}
	if s.Rotating {
		v.PreviousUntil = apiv1.Instant(h.PreviousUntil)
	}
	if s.Problem != "" {
		v.ProblemAt = instant(s.ProblemAt)
	}
	return v
}

func instant(t time.Time) apiv1.Instant {
	if t.IsZero() {
		return 0
	}
	return apiv1.Instant(t.UnixMicro())
}

func (a *API) list(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	page := apiv1.Page[View]{Items: []View{}}
	for _, s := range a.service.List(who.Tenant) {
		page.Items = append(page.Items, NewView(s))
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}

// ask is what is sent about a hook.
type ask struct {
	Name   *string   `json:"name"`
	URL    *string   `json:"url"`
	Events *[]string `json:"events"`
	Paused *bool     `json:"paused"`
}

func (a *API) add(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var body ask
	if err := apiv1.Body(w, r, &body); err != nil {
		return err
	}
	h, secret, err := a.service.Add(r.Context(), who.Tenant, Edit(body))
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.prefix+Base+"/"+h.ID)
	return a.answer(w, r, who, http.StatusCreated, h.ID, secret)
}

// answer sends a hook as it is now.
func (a *API) answer(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, status int, id, secret string) error {
	s, err := a.service.Status(who.Tenant, id)
	if err != nil {
		return err
	}
	v := NewView(s)
	v.Secret = secret
	return apiv1.Respond(w, r, status, v)
}

func (a *API) get(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, mux.Vars(r)["hook"], "")
}

func (a *API) edit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["hook"]
	if _, err := a.service.Status(who.Tenant, id); err != nil {
		return err
	}
	var body ask
	if err := apiv1.Body(w, r, &body); err != nil {
		return err
	}
	if _, err := a.service.Edit(r.Context(), who.Tenant, id, Edit(body)); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, id, "")
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if err := a.service.Remove(r.Context(), who.Tenant, mux.Vars(r)["hook"]); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// tested is what came of a test.
type tested struct {
	Delivered bool   `json:"delivered"`
	Problem   string `json:"problem,omitempty"`
}

func (a *API) test(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	err := a.service.TestEvent(r.Context(), who.Tenant, mux.Vars(r)["hook"])
	if errors.Is(err, delivery.ErrNotFound) || r.Context().Err() != nil {
		return err
	}
	if err != nil {
		return apiv1.Respond(w, r, http.StatusOK, tested{Problem: err.Error()})
	}
	return apiv1.Respond(w, r, http.StatusOK, tested{Delivered: true})
}

func (a *API) rotate(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["hook"]
	_, secret, err := a.service.Rotate(r.Context(), who.Tenant, id)
	if err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, id, secret)
}

func (a *API) endRotation(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := a.service.EndRotation(r.Context(), who.Tenant, mux.Vars(r)["hook"]); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deadView is an event that was given up.
type deadView struct {
	ID      string        `json:"id"`
	Type    string        `json:"type"`
	Created apiv1.Instant `json:"created"`
	At      apiv1.Instant `json:"at"`
	Tries   int           `json:"tries"`
	Status  int           `json:"status,omitempty"`
	Reason  string        `json:"reason"`
}

func (a *API) dead(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "after", "limit")
	if err != nil {
		return err
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	after, err := apiv1.Cursor(values)
	if err != nil {
		return err
	}
	place := ""
	if len(after) == 1 {
		place = after[0]
	}
	list, next, err := a.service.DeadOnes(r.Context(), who.Tenant, mux.Vars(r)["hook"], place, n)
	if err != nil {
		return err
	}
	page := apiv1.Page[deadView]{Items: []deadView{}}
	for _, d := range list {
		page.Items = append(page.Items, deadView{d.ID, d.Type, apiv1.Instant(d.Created), apiv1.Instant(d.At), d.Tries, d.Status, d.Reason})
	}
	if next != "" {
		page.More = apiv1.Next(a.prefix, r, next)
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}

func (a *API) retry(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["hook"]
	if err := a.service.Retry(who.Tenant, id); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusAccepted, id, "")
}
