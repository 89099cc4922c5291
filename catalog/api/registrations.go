package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/evaluation"
	"lernspur/statements"
)

func (a *API) listRegistrations(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "course", "learner", "after", "limit")
	if err != nil {
		return err
	}
	course, learner := values.Get("course"), values.Get("learner")
	if (course == "") == (learner == "") {
		return apiv1.BadRequest("either course or learner is needed: the id of a course, or the JSON of an Agent")
	}
	p := apiv1.Page[registrationView]{Items: []registrationView{}}
	if learner != "" {
		identifier, err := statements.AgentIdentifier([]byte(learner), statements.V1)
		if err != nil {
			return apiv1.BadRequest("learner is not the JSON of an Agent")
		}
		list, err := a.opts.Catalog.RegistrationsOf(r.Context(), who.Tenant, identifier)
		if err != nil {
			return err
		}
		for _, reg := range list {
			view, err := a.view(r, reg)
			if err != nil {
				return err
			}
			p.Items = append(p.Items, view)
		}
		return apiv1.Respond(w, r, http.StatusOK, p)
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	at, err := apiv1.Cursor(values)
	if err != nil {
		return err
	}
	after := uuid.Nil
	if len(at) > 0 {
		if after, err = apiv1.UUID("after", at[0]); err != nil {
			return err
		}
	}
	list, err := a.opts.Catalog.Registrations(r.Context(), who.Tenant, course, after, n+1)
	if err != nil {
		return err
	}
	for i, reg := range list {
		if i == n {
			p.More = a.next(r, list[n-1].ID.String())
			break
		}
		view, err := a.view(r, reg)
		if err != nil {
			return err
		}
		p.Items = append(p.Items, view)
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// rule is how attempts become an outcome.
type rule struct {
	grading  catalog.Grading
	manifest *manifest.Package // nil: none is known
}

// rule is that of a registration, also for a course that was deleted.
func (a *API) rule(r *http.Request, reg *catalog.Registration) (rule, error) {
	c, err := a.opts.Catalog.Outline(r.Context(), reg.Tenant, reg.Course)
	if errors.Is(err, catalog.ErrNotFound) {
		return rule{}, nil
	}
	if err != nil {
		return rule{}, err
	}
	by := rule{grading: c.Grading}
	_, v, err := a.opts.Catalog.Version(r.Context(), reg.Tenant, reg.Course, reg.Version)
	switch {
	case err == nil:
		by.manifest = v.Manifest
	case !errors.Is(err, catalog.ErrNotFound):
		return rule{}, err
	}
	return by, nil
}

// view is a registration as it is answered: without the times of attempts where these
// are switched off.
func (a *API) view(r *http.Request, reg *catalog.Registration) (view registrationView, err error) {
	by, err := a.rule(r, reg)
	if err != nil {
		return view, err
	}
	on, err := a.opts.Evaluated(r.Context(), reg.Tenant)
	if err != nil {
		return view, err
	}
	view = viewRegistration(reg, by)
	if on.Missing(evaluation.Moments...) != "" {
		for i := range view.Attempts {
			view.Attempts[i].Started, view.Attempts[i].Ended = 0, 0
		}
	}
	return view, nil
}

// answerRegistration answers one registration.
func (a *API) answerRegistration(w http.ResponseWriter, r *http.Request, reg *catalog.Registration) error {
	view, err := a.view(r, reg)
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, view)
}

// register registers a learner, who may be registered already.
func (a *API) register(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Course  string `json:"course"`
		Learner struct {
			Actor json.RawMessage `json:"actor"`
			Name  string          `json:"name"`
		} `json:"learner"`
		Opens  apiv1.Instant `json:"opens"`
		Closes apiv1.Instant `json:"closes"`
		Again  bool          `json:"again"`
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	reg, err := a.opts.Catalog.Register(r.Context(), who.Tenant, b.Course, catalog.Learner{Actor: b.Learner.Actor, Name: b.Learner.Name},
		catalog.RegisterOptions{Opens: int64(b.Opens), Closes: int64(b.Closes), Again: b.Again})
	if err != nil {
		return err
	}
	a.opts.Registered(r.Context(), who.Tenant, reg)
	return a.answerRegistration(w, r, reg)
}

func (a *API) getRegistration(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	at, err := registrationOf(r)
	if err != nil {
		return err
	}
	reg, err := a.opts.Catalog.Registration(r.Context(), who.Tenant, at)
	if err != nil {
		return err
	}
	return a.answerRegistration(w, r, reg)
}

// registrationOf is the registration that a request is about.
func registrationOf(r *http.Request) (uuid.UUID, error) {
	if _, err := apiv1.Parameters(r); err != nil {
		return uuid.Nil, err
	}
	return apiv1.UUID("the registration", mux.Vars(r)["registration"])
}

// editRegistration changes when a course can be launched; null takes a bound
// away.
func (a *API) editRegistration(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	at, err := registrationOf(r)
	if err != nil {
		return err
	}
	var b struct {
		Opens  json.RawMessage `json:"opens"`
		Closes json.RawMessage `json:"closes"`
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	reg, err := a.opts.Catalog.Note(r.Context(), who.Tenant, at, func(reg *catalog.Registration) error {
		if err := setInstant("opens", &reg.Opens, b.Opens); err != nil {
			return err
		}
		return setInstant("closes", &reg.Closes, b.Closes)
	})
	if err != nil {
		return err
	}
	return a.answerRegistration(w, r, reg)
}

func setInstant(field string, to *int64, from json.RawMessage) error {
	if len(from) == 0 {
		return nil
	}
	var i apiv1.Instant
	if err := json.Unmarshal(from, &i); err != nil {
		return &catalog.Invalid{Field: field, Message: err.Error()}
	}
	*to = int64(i)
	return nil
}

func (a *API) reset(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	at, err := registrationOf(r)
	if err != nil {
		return err
	}
	reg, err := a.opts.Catalog.Reset(r.Context(), who.Tenant, at)
	if err != nil {
		return err
	}
	a.opts.WasReset(r.Context(), who.Tenant, reg)
	return a.answerRegistration(w, r, reg)
}

// calls answers what content called at run time.
func (a *API) calls(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "item", "attempt")
	if err != nil {
		return err
	}
	attempt := 0
	if text := values.Get("attempt"); text != "" {
		if attempt, err = strconv.Atoi(text); err != nil || attempt < 1 {
			return apiv1.BadRequest("attempt is the number of an attempt at the item, from 1")
		}
	}
	id, err := uuid.Parse(mux.Vars(r)["registration"])
	if err != nil || a.opts.Calls == nil {
		return catalog.ErrNotFound
	}
	item := values.Get("item")
	if item == "" {
		return apiv1.BadRequest("item is needed: the identifier of an item in the manifest")
	}
	found, err := a.opts.Calls(r.Context(), who.Tenant, id, item, attempt)
	if err != nil {
		return err
	}
	if err := a.permit(r, who.Tenant, "calls"); err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, found)
}

// permit refuses what a tenant has not switched on to be told, by the key of the
// figure.
func (a *API) permit(r *http.Request, tenant, key string) error {
	on, err := a.opts.Evaluated(r.Context(), tenant)
	if err != nil {
		return err
	}
	figure, ok := evaluation.FigureOf(key)
	if !ok {
		return fmt.Errorf("nothing says who may be told %s", key)
	}
	if off := on.Missing(figure.Needs...); off != "" {
		p := apiv1.Problemf(http.StatusForbidden, "%s", &evaluation.Off{Switch: off})
		p.SwitchedOff = string(off)
		return p
	}
	return nil
}
