package api

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/directory"
)

// groupView is a group. In lists it has no members, but their number.
type groupView struct {
	ID       string                  `json:"id"`
	Code     string                  `json:"code,omitempty"`
	Name     string                  `json:"name"`
	Course   string                  `json:"course,omitempty"`
	From     directory.Date          `json:"from,omitempty"`
	Until    directory.Date          `json:"until,omitempty"`
	Size     int                     `json:"size"`
	Members  []directory.GroupMember `json:"members,omitempty"`
	Trainers []string                `json:"trainers,omitempty"`
	Created  apiv1.Instant           `json:"created"`
	Changed  apiv1.Instant           `json:"changed"`
	ETag     string                  `json:"etag"`
}

func viewGroup(g *directory.Group) groupView {
	return groupView{g.ID, g.Code, g.Name, g.Course, g.From, g.Until, len(g.Members), g.Members, g.Trainers, apiv1.Instant(g.Created), apiv1.Instant(g.Changed), apiv1.ETag(g.Version)}
}

func (a *API) listGroups(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	course, person := r.URL.Query().Get("course"), r.URL.Query().Get("person")
	list := slices.DeleteFunc(a.opts.Directory.Groups(r.Context(), who.Tenant), func(g *directory.Group) bool {
		isIn := slices.Contains(g.Trainers, person) || slices.ContainsFunc(g.Members, func(m directory.GroupMember) bool { return m.Person == person })
		return course != "" && g.Course != course || person != "" && !isIn
	})
	return listed(a, w, r, list, func(g *directory.Group) string { return g.ID }, func(g *directory.Group) groupView {
		v := viewGroup(g)
		v.Members = nil
		return v
	}, "course", "person")
}

// groupBody is what is said about a group; what is not there stays.
type groupBody struct {
	Code     *string                  `json:"code"`
	Name     *string                  `json:"name"`
	Course   *string                  `json:"course"`
	From     *directory.Date          `json:"from"`
	Until    *directory.Date          `json:"until"`
	Members  *[]directory.GroupMember `json:"members"`
	Trainers *[]string                `json:"trainers"`
}

func (b *groupBody) edit() (directory.GroupEdit, error) { return directory.GroupEdit(*b), nil }

func (a *API) addGroup(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	_, e, err := said(w, r, maxGroupBody, &groupBody{})
	if err != nil {
		return err
	}
	g, err := a.opts.Directory.AddGroup(r.Context(), who.Tenant, e)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.opts.PathPrefix+Groups+"/"+g.ID)
	return one(w, r, http.StatusCreated, g.Version, viewGroup(g))
}

func (a *API) getGroup(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	g, known := a.opts.Directory.Group(r.Context(), who.Tenant, mux.Vars(r)["group"])
	if !known {
		return directory.ErrNotFound
	}
	return one(w, r, http.StatusOK, g.Version, viewGroup(g))
}

func (a *API) editGroup(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	version, e, err := said(w, r, maxGroupBody, &groupBody{})
	if err != nil {
		return err
	}
	g, err := a.opts.Directory.EditGroup(r.Context(), who.Tenant, mux.Vars(r)["group"], version, e)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, g.Version, viewGroup(g))
}

func (a *API) deleteGroup(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return deleted(w, r, func(version int64) error {
		return a.opts.Directory.DeleteGroup(r.Context(), who.Tenant, mux.Vars(r)["group"], version)
	})
}

func (a *API) setMember(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var b struct {
		From  directory.Date `json:"from"`
		Until directory.Date `json:"until"`
	}
	version, err := ask(w, r, maxBody, &b)
	if err != nil {
		return err
	}
	g, err := a.opts.Directory.SetMember(r.Context(), who.Tenant, mux.Vars(r)["group"], version,
		directory.GroupMember{Person: mux.Vars(r)["person"], From: b.From, Until: b.Until})
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, g.Version, viewGroup(g))
}

func (a *API) removeMember(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return deleted(w, r, func(version int64) error {
		g, err := a.opts.Directory.RemoveMember(r.Context(), who.Tenant, mux.Vars(r)["group"], version, mux.Vars(r)["person"])
		if err == nil {
			w.Header().Set("ETag", apiv1.ETag(g.Version))
		}
		return err
	})
}
