package api

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
)

// added is the answer to a package that was taken.
type added struct {
	Package  packageView        `json:"package"`
	Findings []manifest.Finding `json:"findings"`
}

// listPackages answers courses as the packages that they come from.
func (a *API) listPackages(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return listCourses(a, w, r, who, a.opts.Catalog.Packages, viewPackage)
}

// addPackage makes a course of a package.
func (a *API) addPackage(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	return a.upload(w, r, who, "")
}

// replacePackage makes a package the next version of a course.
func (a *API) replacePackage(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	return a.upload(w, r, who, mux.Vars(r)["course"])
}

// version reads the parameter of that name; 0 for none.
func version(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, apiv1.BadRequest("version is a number from 1 on")
	}
	return n, nil
}

func (a *API) getPackage(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	c, v, err := a.version(r, who)
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, viewWholePackage(c, v))
}

// version finds the version that a request is about.
func (a *API) version(r *http.Request, who *apiv1.Identity) (*catalog.Course, *catalog.Version, error) {
	values, err := apiv1.Parameters(r, "version")
	if err != nil {
		return nil, nil, err
	}
	n, err := version(values.Get("version"))
	if err != nil {
		return nil, nil, err
	}
	return a.opts.Catalog.Version(r.Context(), who.Tenant, mux.Vars(r)["course"], n)
}

// deletePackage deletes a course with its package, or one version.
func (a *API) deletePackage(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "version")
	if err != nil {
		return err
	}
	n, err := version(values.Get("version"))
	if err != nil {
		return err
	}
	course := mux.Vars(r)["course"]
	if n > 0 {
		err = a.opts.Catalog.DeleteVersion(r.Context(), who.Tenant, course, n)
	} else {
		if _, _, err = a.opts.Catalog.Version(r.Context(), who.Tenant, course, 0); err == nil {
			err = a.opts.Catalog.Delete(r.Context(), who.Tenant, course)
		}
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
