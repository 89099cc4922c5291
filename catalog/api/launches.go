package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/evaluation"
)

// open makes a link for a learner, or for a preview.
func (a *API) open(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Registration string       `json:"registration"`
		Course       string       `json:"course"`
		Version      int          `json:"version"`
		Item         string       `json:"item"`
		Mode         catalog.Mode `json:"mode"`
		Lifetime     int64        `json:"lifetime"` // seconds
		ReturnURL    string       `json:"returnUrl"`
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	registration, mode := uuid.Nil, catalog.Browse
	switch {
	case (b.Registration == "") == (b.Course == ""):
		return apiv1.BadRequest("either registration is needed, or course, for a preview of which nothing is recorded")
	case b.Registration != "" && b.Version != 0:
		return apiv1.BadRequest("version goes with course: a registration has its version")
	case b.Version < 0:
		return apiv1.BadRequest("version is a number from 1 on")
	case b.Lifetime < 0 || b.Lifetime > 10*365*24*3600:
		return apiv1.BadRequest("lifetime is a number of seconds")
	case b.Registration != "":
		var err error
		if registration, err = apiv1.UUID("registration", b.Registration); err != nil {
			return err
		}
		mode = catalog.Normal
	}
	if b.Mode != "" {
		mode = b.Mode
	}
	l, err := a.opts.Catalog.Open(r.Context(), who.Tenant, registration, b.Item, mode, catalog.OpenOptions{
		Course: b.Course, Version: b.Version, Lifetime: time.Duration(b.Lifetime) * time.Second, ReturnURL: b.ReturnURL, By: who.KeyID,
	})
	if err != nil {
		return err
	}
	view := viewLaunch(l)
	view.Link = a.opts.Link(l.Token)
	return apiv1.Respond(w, r, http.StatusCreated, view)
}

// history answers what was launched.
func (a *API) history(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "course", "registration", "after", "limit")
	if err != nil {
		return err
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	course, registration := values.Get("course"), uuid.Nil
	if (course == "") == (values.Get("registration") == "") {
		return apiv1.BadRequest("either course or registration is needed")
	}
	if course == "" {
		if registration, err = apiv1.UUID("registration", values.Get("registration")); err != nil {
			return err
		}
		reg, err := a.opts.Catalog.Registration(r.Context(), who.Tenant, registration)
		if err != nil {
			return err
		}
		course = reg.Course
		if err := a.permit(r, who.Tenant, "opened"); err != nil {
			return err
		}
	}
	on, err := a.opts.Evaluated(r.Context(), who.Tenant)
	if err != nil {
		return err
	}
	off := on.Missing(evaluation.Moments...)
	after, err := launchAt(values.Get("after") != "", func() ([]string, error) { return apiv1.Cursor(values) })
	if err != nil {
		return err
	}
	list, err := a.opts.Catalog.History(r.Context(), who.Tenant, course, registration, after, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[launchView]{Items: []launchView{}}
	for i, l := range list {
		if i == n {
			last := list[n-1]
			p.More = a.next(r, last.Registration.String(), last.ID.String())
			break
		}
		if l.Preview() || off == "" {
			p.Items = append(p.Items, viewLaunch(l))
		}
	}
	if off != "" { // those of people who learn are left out
		w.Header().Set("X-Lernspur-Switched-Off", string(off))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// launchAt is the launch that a page ended with, which may have no registration.
func launchAt(there bool, read func() ([]string, error)) (*catalog.Launch, error) {
	if !there {
		return nil, nil
	}
	parts, err := read()
	if err != nil {
		return nil, err
	}
	if len(parts) == 2 {
		registration, errR := uuid.Parse(parts[0])
		launch, errL := uuid.Parse(parts[1])
		if errR == nil && errL == nil {
			return &catalog.Launch{Registration: registration, ID: launch}, nil
		}
	}
	return nil, apiv1.BadRequest("after is not a place that an earlier answer named")
}
