package forward

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/delivery"
)

// Base is the path of the resources.
const Base = "/api/v1/forwards"

// The scopes, under the names of xAPI (1.0.3 Part 3, 4.2). Whoever makes a target
// can have all statements of the tenant sent somewhere.
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
		Bound: "this key is bound to less than its tenant, and forwarding is about all of it"}
	resources.Handle(r, Base, apiv1.Methods{"GET": a.list, "POST": a.add})
	resources.Handle(r, Base+"/{target}", apiv1.Methods{"GET": a.get, "PATCH": a.edit, "DELETE": a.remove})
	resources.Handle(r, Base+"/{target}/pause", apiv1.Methods{"POST": a.pause})
	resources.Handle(r, Base+"/{target}/resume", apiv1.Methods{"POST": a.resume})
	resources.Handle(r, Base+"/{target}/retry", apiv1.Methods{"POST": a.retry})
	resources.Handle(r, Base+"/{target}/refused", apiv1.Methods{"GET": a.refused})
	resources.Rest(r, Base)
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, delivery.ToProblem(err), err, a.logger, "forwarding")
}

// View is a target as it is answered. The secret is in no answer.
type View struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	URL        string        `json:"url"`
	Key        string        `json:"key"`
	Verbs      []string      `json:"verbs"`
	Activities []string      `json:"activities"`
	Agents     []string      `json:"agents"`
	From       apiv1.Instant `json:"from,omitempty"` // absent: from the beginning
	Created    apiv1.Instant `json:"created"`
	State      string        `json:"state"`
	Cursor     apiv1.Instant `json:"cursor,omitempty"`
	LagSeconds float64       `json:"lagSeconds"`
	// Waiting is absent when it could not be counted now.
	Waiting       *int64        `json:"waiting,omitempty"`
	Delivered     int64         `json:"delivered"`
	Refused       int64         `json:"refused"`
	LastDelivered apiv1.Instant `json:"lastDelivered,omitempty"`
	Problem       string        `json:"problem,omitempty"`
	ProblemAt     apiv1.Instant `json:"problemAt,omitempty"`
	Failures      int           `json:"failures"`
	NextTry       apiv1.Instant `json:"nextTry,omitempty"`
}

// NewView is a Status as it is answered.
func NewView(s Status) View {
	t := s.Target
	v := View{ID: t.ID, Name: t.Name, URL: t.URL, Key: t.Key, Verbs: none(t.Filter.Verbs), Activities: none(t.Filter.Activities), Agents: none(t.Filter.Agents),
		From: apiv1.Instant(t.From), Created: apiv1.Instant(t.Created), State: s.State, Cursor: apiv1.Instant(s.Cursor), LagSeconds: s.Lag.Seconds(),
		Delivered: s.Delivered, Refused: s.Aside, LastDelivered: apiv1.Instant(s.Last), Problem: s.Problem, ProblemAt: instant(s.ProblemAt), Failures: s.Failures, NextTry: instant(s.NextTry)}
	if s.Waiting >= 0 {
		v.Waiting = &s.Waiting
	}
	if s.Problem == "" {
		v.ProblemAt = 0
	}
	return v
}

func none(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
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
	for _, s := range a.service.List(r.Context(), who.Tenant) {
		page.Items = append(page.Items, NewView(s))
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}

// ask is what is sent about a target.
type ask struct {
	Name       *string   `json:"name"`
	URL        *string   `json:"url"`
	Key        *string   `json:"key"`
	Secret     *string   `json:"secret"`
	Verbs      *[]string `json:"verbs"`
	Activities *[]string `json:"activities"`
	Agents     *[]string `json:"agents"`
	// From is "now" (the default) or "beginning"; for a new one only.
	From string `json:"from"`
}

func (b *ask) edit(f Filter) Edit {
	set(&f.Verbs, b.Verbs)
	set(&f.Activities, b.Activities)
	set(&f.Agents, b.Agents)
	return Edit{Name: b.Name, URL: b.URL, Key: b.Key, Secret: b.Secret, Filter: &f}
}

func (a *API) add(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var body ask
	if err := apiv1.Body(w, r, &body); err != nil {
		return err
	}
	if body.From != "" && body.From != "now" && body.From != "beginning" {
		return &delivery.Invalid{Field: "from", Message: `it is "now" or "beginning"`}
	}
	t, err := a.service.Add(r.Context(), who.Tenant, body.edit(Filter{}), body.From == "beginning")
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.prefix+Base+"/"+t.ID)
	return a.answer(w, r, who, http.StatusCreated, t.ID)
}

// answer sends a target as it is now.
func (a *API) answer(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, status int, id string) error {
	s, err := a.service.Status(r.Context(), who.Tenant, id)
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, status, NewView(s))
}

func (a *API) get(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, mux.Vars(r)["target"])
}

func (a *API) edit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["target"]
	current, err := a.service.Status(r.Context(), who.Tenant, id)
	if err != nil {
		return err
	}
	var body ask
	if err := apiv1.Body(w, r, &body); err != nil {
		return err
	}
	if body.From != "" {
		return &delivery.Invalid{Field: "from", Message: "it can be said of a new target only"}
	}
	if _, err := a.service.Edit(r.Context(), who.Tenant, id, body.edit(current.Target.Filter)); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, id)
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if err := a.service.Remove(r.Context(), who.Tenant, mux.Vars(r)["target"]); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) pause(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id, yes := mux.Vars(r)["target"], true
	if _, err := a.service.Edit(r.Context(), who.Tenant, id, Edit{Paused: &yes}); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, id)
}

func (a *API) resume(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["target"]
	if _, err := a.service.Resume(r.Context(), who.Tenant, id); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusOK, id)
}

func (a *API) retry(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	id := mux.Vars(r)["target"]
	if err := a.service.Retry(who.Tenant, id); err != nil {
		return err
	}
	return a.answer(w, r, who, http.StatusAccepted, id)
}

// asideView is a statement that was refused.
type asideView struct {
	Statement string        `json:"statement"`
	Stored    apiv1.Instant `json:"stored"`
	Status    int           `json:"status,omitempty"`
	Reason    string        `json:"reason"`
	At        apiv1.Instant `json:"at"`
	Tries     int           `json:"tries"`
}

func (a *API) refused(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
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
	list, next, err := a.service.Asides(r.Context(), who.Tenant, mux.Vars(r)["target"], place, n)
	if err != nil {
		return err
	}
	page := apiv1.Page[asideView]{Items: []asideView{}}
	for _, s := range list {
		page.Items = append(page.Items, asideView{s.Statement, apiv1.Instant(s.Stored), s.Status, s.Reason, apiv1.Instant(s.At), s.Tries})
	}
	if next != "" {
		page.More = apiv1.Next(a.prefix, r, next)
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}
