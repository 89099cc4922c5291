package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/directory"
)

// unitView is a unit, and where it lies on a day.
type unitView struct {
	ID      string            `json:"id"`
	Code    string            `json:"code,omitempty"`
	Name    string            `json:"name"`
	Kind    string            `json:"kind,omitempty"`
	Path    []string          `json:"path"`
	Places  []directory.Place `json:"places,omitempty"`
	Until   directory.Date    `json:"until,omitempty"`
	Created apiv1.Instant     `json:"created"`
	Changed apiv1.Instant     `json:"changed"`
	ETag    string            `json:"etag"`
}

func (a *API) viewUnit(r *http.Request, who *apiv1.Identity, on directory.Date) func(*directory.Unit) unitView {
	return func(u *directory.Unit) unitView {
		path := a.opts.Directory.UnitPath(r.Context(), who.Tenant, u.ID, on)
		return unitView{u.ID, u.Code, u.Name, u.Kind, path, u.Places, u.Until, apiv1.Instant(u.Created), apiv1.Instant(u.Changed), apiv1.ETag(u.Version)}
	}
}

// listUnits answers the tree of a day as a list of units with their paths; below
// narrows it to a unit and what lies below that.
func (a *API) listUnits(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	on, err := day(r.URL.Query().Get("on"), "on")
	if err != nil {
		return err
	}
	units := a.opts.Directory.Units(r.Context(), who.Tenant)
	if below := r.URL.Query().Get("below"); below != "" {
		ids := a.opts.Directory.UnitsBelow(r.Context(), who.Tenant, below, on)
		units = slices.DeleteFunc(units, func(u *directory.Unit) bool {
			_, below := slices.BinarySearch(ids, u.ID)
			return !below
		})
	}
	return listed(a, w, r, units, func(u *directory.Unit) string { return u.ID }, a.viewUnit(r, who, on), "on", "below")
}

// unitBody is what is said about a unit; what is not there stays.
type unitBody struct {
	Code   *string            `json:"code"`
	Name   *string            `json:"name"`
	Kind   *string            `json:"kind"`
	Places *[]directory.Place `json:"places"`
	Parent *string            `json:"parent"`
	From   directory.Date     `json:"from"`
	Until  *directory.Date    `json:"until"`
}

func (b *unitBody) edit() (directory.UnitEdit, error) {
	e := directory.UnitEdit{Code: b.Code, Name: b.Name, Kind: b.Kind, Places: b.Places, Parent: b.Parent, From: b.From, Until: b.Until}
	switch {
	case b.Places != nil && b.Parent != nil:
		return e, apiv1.BadRequest("either places is given, for all times, or parent, from a day on")
	case b.From != "" && b.Parent == nil:
		return e, apiv1.BadRequest("from goes with parent")
	}
	return e, nil
}

func (a *API) addUnit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	_, e, err := said(w, r, maxBody, &unitBody{})
	if err != nil {
		return err
	}
	u, err := a.opts.Directory.AddUnit(r.Context(), who.Tenant, e)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.opts.PathPrefix+Units+"/"+u.ID)
	return one(w, r, http.StatusCreated, u.Version, a.viewUnit(r, who, "")(u))
}

func (a *API) getUnit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "on")
	if err != nil {
		return err
	}
	on, err := day(values.Get("on"), "on")
	if err != nil {
		return err
	}
	u, known := a.opts.Directory.Unit(r.Context(), who.Tenant, mux.Vars(r)["unit"])
	if !known {
		return directory.ErrNotFound
	}
	return one(w, r, http.StatusOK, u.Version, a.viewUnit(r, who, on)(u))
}

func (a *API) editUnit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	version, e, err := said(w, r, maxBody, &unitBody{})
	if err != nil {
		return err
	}
	u, err := a.opts.Directory.EditUnit(r.Context(), who.Tenant, mux.Vars(r)["unit"], version, e)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, u.Version, a.viewUnit(r, who, "")(u))
}

func (a *API) deleteUnit(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return deleted(w, r, func(version int64) error {
		return a.opts.Directory.DeleteUnit(r.Context(), who.Tenant, mux.Vars(r)["unit"], version)
	})
}

// headcountView is how many people a unit has in a year.
type headcountView struct {
	Unit    string        `json:"unit"`
	Year    int           `json:"year"`
	Count   int           `json:"count"`
	Changed apiv1.Instant `json:"changed"`
	ETag    string        `json:"etag"`
}

func viewHeadcount(h *directory.Headcount) headcountView {
	return headcountView{h.Unit, h.Year, h.Count, apiv1.Instant(h.Changed), apiv1.ETag(h.Version)}
}

func year(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1900 || n > 2299 {
		return 0, apiv1.BadRequest("year is a number from 1900 to 2299")
	}
	return n, nil
}

func (a *API) listHeadcounts(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	of, unit := 0, r.URL.Query().Get("unit")
	if text := r.URL.Query().Get("year"); text != "" {
		var err error
		if of, err = year(text); err != nil {
			return err
		}
	}
	list := a.opts.Directory.Headcounts(r.Context(), who.Tenant, of)
	if unit != "" {
		list = slices.DeleteFunc(list, func(h *directory.Headcount) bool { return h.Unit != unit })
	}
	id := func(h *directory.Headcount) string { return h.Unit + "/" + strconv.Itoa(h.Year) }
	return listed(a, w, r, list, id, viewHeadcount, "year", "unit")
}

func (a *API) setHeadcount(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	var b struct {
		Count *int `json:"count"`
	}
	version, err := ask(w, r, maxBody, &b)
	if err != nil {
		return err
	}
	of, err := year(mux.Vars(r)["year"])
	switch {
	case err != nil:
		return err
	case b.Count == nil:
		return apiv1.BadRequest("count is needed")
	}
	unit := mux.Vars(r)["unit"]
	if _, known := a.opts.Directory.Unit(r.Context(), who.Tenant, unit); !known {
		return directory.ErrNotFound
	}
	h, err := a.opts.Directory.SetHeadcount(r.Context(), who.Tenant, unit, of, version, b.Count)
	if err != nil {
		return err
	}
	return one(w, r, http.StatusOK, h.Version, viewHeadcount(h))
}

func (a *API) deleteHeadcount(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return deleted(w, r, func(version int64) error {
		of, err := year(mux.Vars(r)["year"])
		if err != nil {
			return err
		}
		_, err = a.opts.Directory.SetHeadcount(r.Context(), who.Tenant, mux.Vars(r)["unit"], of, version, nil)
		return err
	})
}
