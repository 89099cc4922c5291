package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/catalog"
)

// invitationView is an invitation. Token and Link are there only in the answer that
// made it.
type invitationView struct {
	ID       uuid.UUID     `json:"id"`
	Token    string        `json:"token,omitempty"`
	Link     string        `json:"link,omitempty"`
	Course   string        `json:"course"`
	Created  apiv1.Instant `json:"created"`
	Expires  apiv1.Instant `json:"expires"`
	Revoked  apiv1.Instant `json:"revoked,omitzero"`
	By       string        `json:"by,omitempty"`
	Most     int           `json:"most,omitempty"`
	Used     int           `json:"used"`
	Domain   string        `json:"domain,omitempty"`
	SignedIn bool          `json:"signedIn"`
}

func viewInvitation(i *catalog.Invitation) invitationView {
	return invitationView{ID: i.ID, Course: i.Course, Created: apiv1.Instant(i.Created), Expires: apiv1.Instant(i.Expires), Revoked: apiv1.Instant(i.Revoked), By: i.By,
		Most: i.Most, Used: i.Used, Domain: i.Domain, SignedIn: i.SignedIn}
}

// invite makes an invitation.
func (a *API) invite(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Course   string        `json:"course"`
		Expires  apiv1.Instant `json:"expires"`
		Most     int           `json:"most"`
		Domain   string        `json:"domain"`
		SignedIn bool          `json:"signedIn"`
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	o := catalog.InviteOptions{Course: b.Course, Most: b.Most, Domain: b.Domain, SignedIn: b.SignedIn, By: who.KeyID}
	if b.Expires != 0 {
		if o.Lifetime = time.Until(time.UnixMicro(int64(b.Expires))); o.Lifetime <= 0 {
			return &catalog.Invalid{Field: "expires", Message: "this is over"}
		}
	}
	i, err := a.opts.Catalog.Invite(r.Context(), who.Tenant, o)
	if err != nil {
		return err
	}
	view := viewInvitation(i)
	view.Token = i.Token
	if a.opts.InvitationLink != nil {
		view.Link = a.opts.InvitationLink(i.Token)
	}
	return apiv1.Respond(w, r, http.StatusCreated, view)
}

// invitations lists those of a course, or all.
func (a *API) invitations(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
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
	list, err := a.opts.Catalog.Invitations(r.Context(), who.Tenant, values.Get("course"), after, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[invitationView]{Items: []invitationView{}}
	for i, one := range list {
		if i == n {
			p.More = a.next(r, list[n-1].ID.String())
			break
		}
		p.Items = append(p.Items, viewInvitation(one))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// revokeInvitation ends an invitation.
func (a *API) revokeInvitation(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	at, err := apiv1.UUID("the invitation", mux.Vars(r)["invitation"])
	if err != nil {
		return err
	}
	if _, err := a.opts.Catalog.RevokeInvitation(r.Context(), who.Tenant, at); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// accept registers a learner by an invitation of the key's tenant: for portals that
// have pages of their own and know who somebody is.
func (a *API) accept(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Token   string `json:"token"`
		Learner struct {
			Actor json.RawMessage `json:"actor"`
			Name  string          `json:"name"`
		} `json:"learner"`
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	view, err := a.opts.Catalog.Invitation(r.Context(), b.Token)
	if err != nil {
		return err
	}
	if view.Tenant != who.Tenant {
		return catalog.ErrNoInvitation
	}
	reg, err := a.opts.Catalog.Accept(r.Context(), b.Token, catalog.Learner{Actor: b.Learner.Actor, Name: b.Learner.Name})
	if err != nil {
		return err
	}
	a.opts.Registered(r.Context(), who.Tenant, reg)
	return a.answerRegistration(w, r, reg)
}
