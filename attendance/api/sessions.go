package api

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/attendance"
	"lernspur/catalog"
)

// codeView is a code and when it counts.
type codeView struct {
	Code   string        `json:"code"`
	Opens  apiv1.Instant `json:"opens"`
	Closes apiv1.Instant `json:"closes"`
}

// sessionView is a session. Who enters a code sees it without the code.
type sessionView struct {
	ID           uuid.UUID       `json:"id"`
	Course       string          `json:"course"`
	Activity     string          `json:"activity"`
	Title        string          `json:"title"`
	Place        string          `json:"place,omitempty"`
	Begins       apiv1.Instant   `json:"begins"`
	Ends         apiv1.Instant   `json:"ends"`
	Minutes      int             `json:"minutes"`
	Trainer      string          `json:"trainer,omitempty"`
	TrainerActor json.RawMessage `json:"trainerActor,omitempty"`
	Completes    bool            `json:"completes"`
	Least        int             `json:"least,omitempty"`
	Code         *codeView       `json:"code,omitempty"`
	By           string          `json:"by,omitempty"`
	Created      apiv1.Instant   `json:"created"`
	Changed      apiv1.Instant   `json:"changed"`
}

func (a *API) view(s *attendance.Session) sessionView {
	v := sessionView{ID: s.ID, Course: s.Course, Activity: a.opts.Attendance.Activity(s.ID), Title: s.Title, Place: s.Place,
		Begins: apiv1.Instant(s.Begins), Ends: apiv1.Instant(s.Ends), Minutes: s.Minutes, Trainer: s.Trainer, TrainerActor: s.TrainerActor,
		Completes: s.Completes, Least: s.Least, By: s.By, Created: apiv1.Instant(s.Created), Changed: apiv1.Instant(s.Changed)}
	if s.Code != nil {
		v.Code = &codeView{s.Code.Text, apiv1.Instant(s.Code.Opens), apiv1.Instant(s.Code.Closes)}
	}
	return v
}

// editBody is what people say about a session; what is not there stays.
type editBody struct {
	Title        *string          `json:"title"`
	Place        *string          `json:"place"`
	Begins       *apiv1.Instant   `json:"begins"`
	Ends         *apiv1.Instant   `json:"ends"`
	Minutes      *int             `json:"minutes"`
	Trainer      *string          `json:"trainer"`
	TrainerActor *json.RawMessage `json:"trainerActor"`
	Completes    *bool            `json:"completes"`
	Least        *int             `json:"least"`
}

func (b *editBody) edit() attendance.Edit {
	return attendance.Edit{Title: b.Title, Place: b.Place, Begins: (*int64)(b.Begins), Ends: (*int64)(b.Ends), Minutes: b.Minutes, Trainer: b.Trainer,
		TrainerActor: b.TrainerActor, Completes: b.Completes, Least: b.Least}
}

// sessionOf is the session that a request is about.
func sessionOf(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(mux.Vars(r)["session"])
	if err != nil {
		return uuid.Nil, catalog.ErrNotFound
	}
	return id, nil
}

func (a *API) list(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "course", "after", "limit")
	if err != nil {
		return err
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
	list, err := a.opts.Attendance.Sessions(r.Context(), who.Tenant, values.Get("course"), after, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[sessionView]{Items: []sessionView{}}
	for i, s := range list {
		if i == n {
			p.More = apiv1.Next(a.opts.PathPrefix, r, list[n-1].ID.String())
			break
		}
		p.Items = append(p.Items, a.view(s))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

func (a *API) create(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Course string `json:"course"`
		editBody
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	s, err := a.opts.Attendance.Create(r.Context(), who.Tenant, b.Course, who.KeyID, b.edit())
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.opts.PathPrefix+Sessions+"/"+s.ID.String())
	return apiv1.Respond(w, r, http.StatusCreated, a.view(s))
}

// about wraps what changes or reads one session and answers it.
func (a *API) about(w http.ResponseWriter, r *http.Request, do func(session uuid.UUID) (*attendance.Session, error)) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	s, err := do(id)
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, a.view(s))
}

func (a *API) get(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return a.about(w, r, func(id uuid.UUID) (*attendance.Session, error) {
		return a.opts.Attendance.Session(r.Context(), who.Tenant, id)
	})
}

func (a *API) edit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return a.about(w, r, func(id uuid.UUID) (*attendance.Session, error) {
		var b editBody
		if err := apiv1.Body(w, r, &b); err != nil {
			return nil, err
		}
		return a.opts.Attendance.Edit(r.Context(), who.Tenant, id, b.edit())
	})
}

func (a *API) delete(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	if err := a.opts.Attendance.Delete(r.Context(), who.Tenant, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// makeCode gives a session a new code.
func (a *API) makeCode(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return a.about(w, r, func(id uuid.UUID) (*attendance.Session, error) {
		var b struct {
			Opens  apiv1.Instant `json:"opens"`
			Closes apiv1.Instant `json:"closes"`
		}
		if err := apiv1.Body(w, r, &b); err != nil {
			return nil, err
		}
		return a.opts.Attendance.MakeCode(r.Context(), who.Tenant, id, int64(b.Opens), int64(b.Closes))
	})
}

func (a *API) endCode(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return a.about(w, r, func(id uuid.UUID) (*attendance.Session, error) {
		return a.opts.Attendance.EndCode(r.Context(), who.Tenant, id)
	})
}
