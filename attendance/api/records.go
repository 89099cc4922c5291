package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/attendance"
	"lernspur/catalog"
)

// learnerBody is who learns.
type learnerBody struct {
	Actor json.RawMessage `json:"actor"`
	Name  string          `json:"name,omitempty"`
}

func (l learnerBody) learner() catalog.Learner { return catalog.Learner{Actor: l.Actor, Name: l.Name} }

// recordView is what is known of a learner at a session.
type recordView struct {
	ID           string        `json:"id"`
	Learner      learnerBody   `json:"learner"`
	State        string        `json:"state"`
	Minutes      int           `json:"minutes,omitempty"`
	Completed    bool          `json:"completed,omitempty"`
	Registration uuid.UUID     `json:"registration,omitzero"`
	Via          string        `json:"via"`
	By           string        `json:"by,omitempty"`
	At           apiv1.Instant `json:"at"`
	Problem      string        `json:"problem,omitempty"`
}

func viewRecord(r *attendance.Record) recordView {
	return recordView{ID: r.ID, Learner: learnerBody{r.Learner.Actor, r.Learner.Name}, State: r.State, Minutes: r.Minutes, Completed: r.Completed,
		Registration: r.Registration, Via: r.Via, By: r.By, At: apiv1.Instant(r.At), Problem: r.Problem}
}

func (a *API) records(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "after", "limit")
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
	after := ""
	if len(at) > 0 {
		after = at[0]
	}
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	if _, err := a.opts.Attendance.Session(r.Context(), who.Tenant, id); err != nil {
		return err
	}
	list, err := a.opts.Attendance.Records(r.Context(), who.Tenant, id, after, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[recordView]{Items: []recordView{}}
	for i, rec := range list {
		if i == n {
			p.More = apiv1.Next(a.opts.PathPrefix, r, list[n-1].ID)
			break
		}
		p.Items = append(p.Items, viewRecord(rec))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// maxList bounds a list of who attended, in bytes.
const maxList = 2 << 20

// marked is the answer to what was recorded, or would be.
type marked struct {
	DryRun   bool `json:"dryRun,omitempty"`
	Attended int  `json:"attended"`
	Absent   int  `json:"absent"`
	// Records are there unless it was a dry run.
	Records []recordView `json:"records,omitempty"`
}

// mark records who attended, from JSON or from a table.
func (a *API) mark(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "dryRun", "homePage")
	if err != nil {
		return err
	}
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	if dry := values.Get("dryRun"); dry != "" && dry != "true" && dry != "false" {
		return apiv1.BadRequest("dryRun is true or false")
	}
	s, err := a.opts.Attendance.Session(r.Context(), who.Tenant, id)
	if err != nil {
		return err
	}
	entries, via, err := a.entries(w, r, s, values.Get("homePage"))
	if err != nil {
		return err
	}
	answer := marked{DryRun: values.Get("dryRun") == "true"}
	for _, e := range entries {
		if e.Attended {
			answer.Attended++
		} else {
			answer.Absent++
		}
	}
	if answer.DryRun {
		if err := attendance.Check(s, entries); err != nil {
			return err
		}
		return apiv1.Respond(w, r, http.StatusOK, answer)
	}
	list, err := a.opts.Attendance.Mark(r.Context(), who.Tenant, id, entries, via, who.KeyID)
	if err != nil {
		return err
	}
	for _, rec := range list {
		answer.Records = append(answer.Records, viewRecord(rec))
	}
	return apiv1.Respond(w, r, http.StatusOK, answer)
}

// entries reads what is to be recorded.
func (a *API) entries(w http.ResponseWriter, r *http.Request, s *attendance.Session, homePage string) (entries []attendance.Entry, via string, err error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType != "text/csv" {
		var b struct {
			Entries []struct {
				Learner  learnerBody `json:"learner"`
				Attended *bool       `json:"attended"`
				Minutes  int         `json:"minutes"`
			} `json:"entries"`
		}
		if err := apiv1.Body(w, r, &b); err != nil {
			return nil, "", err
		}
		for _, e := range b.Entries {
			entries = append(entries, attendance.Entry{Learner: e.Learner.learner(), Attended: e.Attended == nil || *e.Attended, Minutes: e.Minutes})
		}
		return entries, attendance.ByTrainer, nil
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxList))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, "", err
	} else if err != nil {
		return nil, "", apiv1.BadRequest("the list ended early")
	}
	if homePage == "" {
		homePage = a.opts.HomePage
	}
	entries, faults := attendance.ReadList(data, homePage, s.Minutes)
	if len(faults) > 0 {
		p := apiv1.Problemf(http.StatusUnprocessableEntity, "the list has %d faults; nothing of it was recorded", len(faults))
		p.Findings = faults
		return nil, "", p
	}
	return entries, attendance.ByList, nil
}

// takeBack takes a learner's attendance back.
func (a *API) takeBack(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	if err := a.opts.Attendance.TakeBack(r.Context(), who.Tenant, id, mux.Vars(r)["learner"], who.KeyID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// entered is the answer to a code.
type entered struct {
	Session sessionView `json:"session"`
	Record  recordView  `json:"record"`
}

// enter records that a learner entered a code: who has signed in and sends the code
// alone, or whom a key names, or somebody who has signed in and may do what such a
// key may.
func (a *API) enter(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := a.entering(w, r); err != nil {
		a.fail(w, r, err)
	}
}

// enterBody is a code, and who enters it.
type enterBody struct {
	Code    string       `json:"code"`
	Learner *learnerBody `json:"learner"`
}

func (a *API) entering(w http.ResponseWriter, r *http.Request) error {
	if err := apiv1.Allow(w, r, http.MethodPost); err != nil {
		return err
	}
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b enterBody
	if a.opts.Learner != nil {
		tenant, l, signedIn, err := a.opts.Learner(r.Context())
		if signedIn {
			if bad := apiv1.Body(w, r, &b); bad != nil {
				return bad
			}
			if b.Learner == nil && err == nil {
				err = a.entered(w, r, tenant, b.Code, l)
			}
			if b.Learner == nil {
				return err
			}
		}
	}
	who, err := a.resources.Admit(w, r)
	if err != nil {
		return err
	}
	if b.Learner == nil { // nobody has signed in
		if err := apiv1.Body(w, r, &b); err != nil {
			return err
		}
	}
	if b.Learner == nil {
		return &catalog.Invalid{Field: "learner", Message: "it is needed who enters the code"}
	}
	return a.entered(w, r, who.Tenant, b.Code, b.Learner.learner())
}

// entered answers a code.
func (a *API) entered(w http.ResponseWriter, r *http.Request, tenant, code string, l catalog.Learner) error {
	s, rec, err := a.opts.Attendance.Enter(r.Context(), tenant, code, l)
	if err != nil {
		return err
	}
	view := a.view(s)
	view.Code = nil
	return apiv1.Respond(w, r, http.StatusOK, entered{view, viewRecord(rec)})
}
