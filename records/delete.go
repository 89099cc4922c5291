package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/statements"
)

const (
	// maxDeleteBody bounds a request; maxDeleteIDs the ids in it.
	maxDeleteBody = 128 << 10
	maxDeleteIDs  = 1000
)

// deleteRequest is the body of POST /api/v1/statements/delete.
type deleteRequest struct {
	Actor             json.RawMessage `json:"actor"`
	Agent             json.RawMessage `json:"agent"`
	RelatedAgents     bool            `json:"related_agents"`
	Verb              *string         `json:"verb"`
	Activity          *string         `json:"activity"`
	RelatedActivities bool            `json:"related_activities"`
	Registration      *string         `json:"registration"`
	Since             *string         `json:"since"`
	Until             *string         `json:"until"`
	IDs               []string        `json:"ids"`
	Confirmation      string          `json:"confirmation"`
}

// previewBody says what a deletion would do.
type previewBody struct {
	Count        int64  `json:"count"`
	Voiding      int64  `json:"voiding"`
	Restored     int64  `json:"restored"`
	Pointing     int64  `json:"pointing"`
	Watermark    string `json:"watermark"`
	Confirmation string `json:"confirmation,omitempty"`
	Expires      string `json:"expires,omitempty"`
}

// deletionBody says how far a deletion is.
type deletionBody struct {
	Deletion  string `json:"deletion"`
	State     string `json:"state"`
	Count     int64  `json:"count"`
	Watermark string `json:"watermark"`
	Key       string `json:"key"`
	Begun     string `json:"begun"`
	Finished  string `json:"finished,omitempty"`
}

// delete answers POST /api/v1/statements/delete: without a confirmation it says what the
// deletion would do and nothing happens; with one it is done.
//
// It is a POST: a selection has people in it, which do not belong into addresses,
// and whose body proxies may drop from a DELETE.
func (a *API) delete(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if err := unbound(who); err != nil {
		return err
	}
	request, err := readDeleteRequest(w, r)
	if err != nil {
		return err
	}
	sel, err := request.selection()
	if err != nil {
		return err
	}
	if request.Confirmation == "" {
		return a.preview(w, r, who, sel)
	}
	c, ok := parseConfirmation(request.Confirmation)
	if !ok || c.sum(who.Tenant, sel) != c.digest {
		return apiv1.Problemf(http.StatusConflict, "the confirmation is not one of this selection; ask for one without confirmation")
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.opts.DeleteTime)
	defer cancel()
	del, wait, err := a.deletions.demand(ctx, who.Tenant, who.KeyID, sel, c)
	var changed *errChanged
	if errors.As(err, &changed) {
		return apiv1.Problemf(http.StatusConflict, "%d statements were confirmed and the selection has %d by now; nothing was deleted, ask for another confirmation", c.count, changed.count)
	}
	if err != nil {
		return err
	}
	if wait != nil {
		select {
		case <-wait:
			if del, _, ok, err = a.deletions.find(ctx, who.Tenant, del.ID); err != nil {
				return err
			}
			if !ok {
				return apiv1.Problemf(http.StatusInternalServerError, "internal error")
			}
		case <-ctx.Done():
		case <-a.stopping:
		}
	}
	return a.answerDeletion(w, r, del)
}

// unbound refuses keys that are bound: deletions are of the whole tenant.
func unbound(who *apiv1.Identity) error {
	if who.Bound() {
		return apiv1.Problemf(http.StatusForbidden, "a key that is bound to an actor, a registration or activities does not delete")
	}
	return nil
}

// preview says what a deletion would do.
func (a *API) preview(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, sel statements.Selection) error {
	watermark, err := a.wait(r.Context())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.opts.CountTime)
	defer cancel()
	found, err := a.opts.Remover.CountSelected(ctx, who.Tenant, sel, watermark)
	if errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil {
		return &Busy{Reason: "counting took longer than it may; divide the selection by since and until"}
	}
	if err != nil {
		return err
	}
	if found.Statements > MaxDeletion {
		return apiv1.Problemf(http.StatusUnprocessableEntity, "these are %d statements, and a deletion takes %d; divide the selection by since and until", found.Statements, MaxDeletion)
	}
	body := previewBody{Count: found.Statements, Voiding: found.Voiding, Restored: found.Restored, Pointing: found.Pointing,
		Watermark: statements.FormatStored(watermark)}
	if found.Statements > 0 {
		now := a.deletions.now()
		body.Confirmation = confirm(who.Tenant, sel, watermark, found.Statements, now.Unix()).String()
		body.Expires = now.Add(confirmationTime).UTC().Format(time.RFC3339)
	}
	return apiv1.Respond(w, r, http.StatusOK, body)
}

// deletion answers GET /api/v1/statements/deletions/{id}.
func (a *API) deletion(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if err := unbound(who); err != nil {
		return err
	}
	id, err := id("the id of a deletion", mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	del, _, ok, err := a.deletions.find(r.Context(), who.Tenant, id)
	if err != nil {
		return err
	}
	if !ok {
		return apiv1.Problemf(http.StatusNotFound, "there is no such deletion")
	}
	return a.answerDeletion(w, r, del)
}

// answerDeletion says how far a deletion is: 200 when the statements are gone,
// 202 when they are hidden and will be.
func (a *API) answerDeletion(w http.ResponseWriter, r *http.Request, del Deletion) error {
	body := deletionBody{Deletion: del.ID.String(), State: string(del.State), Count: del.Record.Count, Watermark: statements.FormatStored(del.Record.Watermark),
		Key: del.Record.Key, Begun: statements.FormatStored(del.Record.At)}
	if del.Record.Finished != 0 {
		body.Finished = statements.FormatStored(del.Record.Finished)
	}
	status := http.StatusOK
	if del.State == Chosen || del.State == Begun {
		status = http.StatusAccepted
		w.Header().Set("Location", a.opts.PathPrefix+Base+"/deletions/"+del.ID.String())
		w.Header().Set("Retry-After", "1")
	}
	return apiv1.Respond(w, r, status, body)
}

// readDeleteRequest reads the body strictly: what is misspelled would not
// narrow what is deleted.
func readDeleteRequest(w http.ResponseWriter, r *http.Request) (request deleteRequest, err error) {
	if r.URL.RawQuery != "" {
		return request, apiv1.BadRequest("there are no parameters in the address here; all is in the body")
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		return request, apiv1.Problemf(http.StatusUnsupportedMediaType, "the body has to be application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDeleteBody))
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return request, apiv1.Problemf(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", maxDeleteBody)
	}
	if err != nil {
		return request, apiv1.BadRequest("the body could not be read")
	}
	decode := json.NewDecoder(bytes.NewReader(body))
	decode.DisallowUnknownFields()
	if err := decode.Decode(&request); err != nil {
		return request, apiv1.BadRequest("the body is not what is expected: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decode.Token(); !errors.Is(err, io.EOF) {
		return request, apiv1.BadRequest("something follows the object in the body")
	}
	return request, nil
}

// selection reads what is to be deleted. Nothing at all is not everything.
func (d *deleteRequest) selection() (sel statements.Selection, err error) {
	sel.RelatedAgents, sel.RelatedActivities = d.RelatedAgents, d.RelatedActivities
	given := false
	read := func(present bool, into func() error) {
		if present && err == nil {
			given = true
			err = into()
		}
	}
	read(d.Actor != nil, func() (e error) { sel.Actor, e = agent("actor", string(d.Actor)); return e })
	read(d.Agent != nil, func() (e error) { sel.Agent, e = agent("agent", string(d.Agent)); return e })
	read(d.Verb != nil, func() (e error) { sel.Verb, e = iri("verb", *d.Verb); return e })
	read(d.Activity != nil, func() (e error) { sel.Activity, e = iri("activity", *d.Activity); return e })
	read(d.Registration != nil, func() (e error) { sel.Registration, e = id("registration", *d.Registration); return e })
	read(d.Since != nil, func() (e error) { sel.Since, e = instant("since", *d.Since); sel.Since = max(sel.Since, 0); return e })
	read(d.Until != nil, func() (e error) { sel.Until, e = instant("until", *d.Until); sel.Until = max(sel.Until, 1); return e })
	read(d.IDs != nil, func() error {
		if len(d.IDs) == 0 || len(d.IDs) > maxDeleteIDs {
			return apiv1.BadRequest("ids has %d entries; 1 to %d can be given", len(d.IDs), maxDeleteIDs)
		}
		sel.IDs = make([]uuid.UUID, len(d.IDs))
		for i, text := range d.IDs {
			var e error
			if sel.IDs[i], e = id("an entry of ids", text); e != nil {
				return e
			}
		}
		return nil
	})
	if err == nil && !given {
		err = apiv1.BadRequest("the selection is empty; it needs one of actor, agent, verb, activity, registration, ids, since and until")
	}
	if err == nil && (d.RelatedAgents && d.Agent == nil || d.RelatedActivities && d.Activity == nil) {
		err = apiv1.BadRequest("related_agents goes with agent, and related_activities with activity")
	}
	return sel, err
}
