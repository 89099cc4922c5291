package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/store"
)

// personView is a person.
type personView struct {
	ID          string                 `json:"id"`
	Name        string                 `json:"name,omitempty"`
	OtherNames  []string               `json:"otherNames,omitempty"`
	Staff       string                 `json:"staff,omitempty"`
	Identifiers []string               `json:"identifiers"`
	Unit        string                 `json:"unit,omitempty"`
	Units       []directory.Membership `json:"units,omitempty"`
	Groups      []string               `json:"groups,omitempty"`
	Created     apiv1.Instant          `json:"created"`
	Changed     apiv1.Instant          `json:"changed"`
	ETag        string                 `json:"etag"`
}

func viewPerson(p *directory.Person) personView {
	v := personView{p.ID, p.Name, p.OtherNames, p.Staff, p.Identifiers, p.Unit, p.Memberships, p.Groups, apiv1.Instant(p.Created), apiv1.Instant(p.Changed), apiv1.ETag(p.Version)}
	if v.Identifiers == nil {
		v.Identifiers = []string{}
	}
	return v
}

// day reads a parameter that is a day.
func day(text, name string) (directory.Date, error) {
	d, err := directory.ParseDate(text)
	if err != nil {
		return "", apiv1.BadRequest("%s: %s", name, err)
	}
	return d, nil
}

func (a *API) listPeople(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, n, at, err := paging(r, 2, "q", "staff", "identifier", "unit", "below", "on", "group")
	if err != nil {
		return err
	}
	below, err := apiv1.Flag(values, "below")
	if err != nil {
		return err
	}
	on, err := day(values.Get("on"), "on")
	if err != nil {
		return err
	}
	if values.Has("staff") || values.Has("identifier") {
		return a.findPerson(w, r, who, values.Get("staff"), values.Get("identifier"))
	}
	after := directory.ListPlace{}
	if at != nil {
		after = directory.ListPlace{Label: at[0], ID: at[1]}
	}
	list := a.opts.Directory.People(r.Context(), who.Tenant, directory.PeopleFilter{
		Query: values.Get("q"), Unit: values.Get("unit"), Below: below, On: on, Group: values.Get("group"),
	}, after, n+1)
	return page(a, w, r, n, list, viewPerson, func(p *directory.Person) []string { return []string{p.Place().Label, p.ID} })
}

// findPerson answers a list of who has a staff number or an identifier: one, or
// none.
func (a *API) findPerson(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, staff, identifier string) error {
	var person *directory.Person
	var known bool
	switch {
	case (staff == "") == (identifier == ""):
		return apiv1.BadRequest("either staff or identifier is asked for")
	case staff != "":
		person, known = a.opts.Directory.PersonByStaff(r.Context(), who.Tenant, staff)
	default:
		canonical, err := readIdentifier(json.RawMessage(identifier))
		if err != nil {
			return err
		}
		person, known = a.opts.Directory.PersonOf(r.Context(), who.Tenant, canonical)
	}
	p := apiv1.Page[personView]{Items: []personView{}}
	if known {
		p.Items = append(p.Items, viewPerson(person))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// readIdentifier reads an Agent, or an identifier as answers have it.
func readIdentifier(text json.RawMessage) (string, error) {
	var plain string
	if json.Unmarshal(text, &plain) != nil {
		plain = string(text)
	}
	kind, value, ok := strings.Cut(plain, "|")
	switch {
	case ok && kind == "mbox":
		return directory.Mailbox(value)
	case ok && kind == "mbox_sha1sum":
		return directory.MailboxSum(value)
	case ok && kind == "openid":
		return directory.OpenID(value)
	case ok && kind == "account":
		home, name, _ := strings.Cut(value, "|")
		return directory.AccountIdentifier(home, name)
	}
	return directory.Identifier(json.RawMessage(plain))
}

// personBody is what is said about a person; what is not there stays.
type personBody struct {
	Name        *string                 `json:"name"`
	OtherNames  *[]string               `json:"otherNames"`
	Staff       *string                 `json:"staff"`
	Identifiers *[]json.RawMessage      `json:"identifiers"`
	Units       *[]directory.Membership `json:"units"`
}

func (b *personBody) edit() (directory.PersonEdit, error) {
	e := directory.PersonEdit{Name: b.Name, OtherNames: b.OtherNames, Staff: b.Staff, Memberships: b.Units}
	if b.Identifiers == nil {
		return e, nil
	}
	list := make([]string, len(*b.Identifiers))
	for i, text := range *b.Identifiers {
		identifier, err := readIdentifier(text)
		if err != nil {
			return e, err
		}
		list[i] = identifier
	}
	e.Identifiers = &list
	return e, nil
}

func (a *API) addPerson(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	_, e, err := said(w, r, maxBody, &personBody{})
	if err != nil {
		return err
	}
	p, err := a.opts.Directory.AddPerson(r.Context(), who.Tenant, e)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.opts.PathPrefix+People+"/"+p.ID)
	return one(w, r, http.StatusCreated, p.Version, viewPerson(p))
}

func (a *API) getPerson(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	p, known := a.opts.Directory.Person(r.Context(), who.Tenant, mux.Vars(r)["person"])
	if !known {
		return directory.ErrNotFound
	}
	return one(w, r, http.StatusOK, p.Version, viewPerson(p))
}

func (a *API) editPerson(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	version, e, err := said(w, r, maxBody, &personBody{})
	if err != nil {
		return err
	}
	p, err := a.opts.Directory.EditPerson(r.Context(), who.Tenant, mux.Vars(r)["person"], version, e)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, p.Version, viewPerson(p))
}

func (a *API) deletePerson(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return deleted(w, r, func(version int64) error {
		return a.opts.Directory.DeletePerson(r.Context(), who.Tenant, mux.Vars(r)["person"], version)
	})
}

// match gives a person one more identifier.
func (a *API) match(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var b struct {
		Identifier json.RawMessage `json:"identifier"`
	}
	version, err := ask(w, r, maxBody, &b)
	if err != nil {
		return err
	}
	identifier, err := readIdentifier(b.Identifier)
	if err != nil {
		return err
	}
	p, err := a.opts.Directory.Match(r.Context(), who.Tenant, mux.Vars(r)["person"], version, identifier)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, p.Version, viewPerson(p))
}

// unassignedView is an identifier that nobody has.
type unassignedView struct {
	Identifier string        `json:"identifier"`
	Name       string        `json:"name,omitempty"`
	Statements int           `json:"statements"`
	Last       apiv1.Instant `json:"last"`
}

func (a *API) unassigned(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	_, n, at, err := paging(r, 2)
	if err != nil {
		return err
	}
	var after *store.Unassigned
	if at != nil {
		last, err := strconv.ParseInt(at[0], 10, 64)
		if err != nil {
			return errPlace
		}
		after = &store.Unassigned{Last: last, Identifier: at[1]}
	}
	list, err := a.opts.Directory.Unassigned(r.Context(), who.Tenant, after, n+1)
	if err != nil {
		return err
	}
	return page(a, w, r, n, list, func(u store.Unassigned) unassignedView {
		return unassignedView{u.Identifier, u.Name, u.Statements, apiv1.Instant(u.Last)}
	}, func(u store.Unassigned) []string { return []string{strconv.FormatInt(u.Last, 10), u.Identifier} })
}

// mergeView is two persons who are one.
type mergeView struct {
	ID     string        `json:"id"`
	Kept   string        `json:"kept"`
	Gone   string        `json:"gone"`
	Name   string        `json:"name,omitempty"` // of the one that is gone
	Reason string        `json:"reason,omitempty"`
	By     string        `json:"by,omitempty"`
	Merged apiv1.Instant `json:"merged"`
	Split  apiv1.Instant `json:"split,omitzero"`
	ETag   string        `json:"etag"`
}

func viewMerge(m *directory.Merge) mergeView {
	v := mergeView{ID: m.ID, Kept: m.Kept, Gone: m.Gone, Reason: m.Reason, By: m.By, Merged: apiv1.Instant(m.Merged), Split: apiv1.Instant(m.Split), ETag: apiv1.ETag(m.Version)}
	if m.Before.Gone != nil {
		v.Name = m.Before.Gone.Name
	}
	return v
}

func (a *API) merge(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var b struct {
		Gone   string `json:"gone"`
		Reason string `json:"reason"`
	}
	if _, err := ask(w, r, maxBody, &b); err != nil {
		return err
	}
	m, err := a.opts.Directory.Merge(r.Context(), who.Tenant, mux.Vars(r)["person"], b.Gone, directory.MergeOptions{Reason: b.Reason, By: who.KeyID})
	if err != nil {
		return err
	}
	return one(w, r, http.StatusCreated, m.Version, viewMerge(m))
}

func (a *API) split(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	version, err := ask(w, r, 0, nil)
	if err != nil {
		return err
	}
	m, err := a.opts.Directory.Split(r.Context(), who.Tenant, mux.Vars(r)["merge"], version)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, m.Version, viewMerge(m))
}

func (a *API) listMerges(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return listed(a, w, r, a.opts.Directory.Merges(r.Context(), who.Tenant), func(m *directory.Merge) string { return m.ID }, viewMerge)
}
