package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
)

// listCourses answers a page of courses, one way or the other.
func listCourses[T any](a *API, w http.ResponseWriter, r *http.Request, who *apiv1.Identity,
	list func(ctx context.Context, tenant, after string, n int) ([]*catalog.Course, error), view func(*catalog.Course) T) error {
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
	courses, err := list(r.Context(), who.Tenant, after, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[T]{Items: []T{}}
	for i, c := range courses {
		if i == n {
			p.More = a.next(r, courses[n-1].ID)
			break
		}
		p.Items = append(p.Items, view(c))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// listCourses answers a page of courses, or with activity the one that an Activity
// belongs to.
func (a *API) listCourses(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if r.URL.Query().Has("activity") {
		values, err := apiv1.Parameters(r, "activity")
		if err != nil {
			return err
		}
		p := apiv1.Page[courseView]{Items: []courseView{}}
		c, err := a.opts.Catalog.CourseOf(r.Context(), who.Tenant, values.Get("activity"))
		switch {
		case err == nil:
			p.Items = append(p.Items, viewCourse(c))
		case !errors.Is(err, catalog.ErrNotFound):
			return err
		}
		return apiv1.Respond(w, r, http.StatusOK, p)
	}
	return listCourses(a, w, r, who, a.opts.Catalog.Courses, viewCourse)
}

func (a *API) getCourse(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	c, err := a.opts.Catalog.Course(r.Context(), who.Tenant, mux.Vars(r)["course"])
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, viewCourse(c))
}

// editBody is what people say about a course; what is not there stays.
type editBody struct {
	Title       *languages `json:"title"`
	Description *languages `json:"description"`
	Kind        *string    `json:"kind"`
	Competences *[]string  `json:"competences"`
	Duration    *string    `json:"duration"`
	Provider    *string    `json:"provider"`
	Certified   *bool      `json:"certified"`

	Grading *catalog.Grading `json:"grading"`
}

func (b *editBody) edit() catalog.Edit {
	text := func(l *languages) *manifest.Text {
		if l == nil {
			return nil
		}
		t := l.text()
		return &t
	}
	return catalog.Edit{Title: text(b.Title), Description: text(b.Description), Kind: b.Kind, Competences: b.Competences,
		Duration: b.Duration, Provider: b.Provider, Certified: b.Certified, Grading: b.Grading}
}

func (a *API) editCourse(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b editBody
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	c, err := a.opts.Catalog.Edit(r.Context(), who.Tenant, mux.Vars(r)["course"], b.edit())
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, viewCourse(c))
}

// registerActivity makes a course of an Activity without a package.
func (a *API) registerActivity(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	var b struct {
		Activity string `json:"activity"`
		Prefix   bool   `json:"prefix"`
		editBody
	}
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	c, err := a.opts.Catalog.RegisterActivity(r.Context(), who.Tenant, catalog.ActivityOptions{Activity: b.Activity, Prefix: b.Prefix, Edit: b.edit()})
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.opts.PathPrefix+Courses+"/"+c.ID)
	return apiv1.Respond(w, r, http.StatusCreated, viewCourse(c))
}

func (a *API) deleteCourse(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	if err := a.opts.Catalog.Delete(r.Context(), who.Tenant, mux.Vars(r)["course"]); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
