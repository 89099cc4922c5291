package api

import (
	"net/http"

	"lernspur/apiv1"
)

// Limits of bodies, in bytes.
const (
	maxBody      = 256 << 10
	maxGroupBody = 2 << 20
)

// ask reads what all changes have: no parameters, a version, and a body.
func ask(w http.ResponseWriter, r *http.Request, limit int64, body any) (version int64, err error) {
	if _, err := apiv1.Parameters(r); err != nil {
		return 0, err
	}
	if version, err = apiv1.IfMatch(r); err != nil || body == nil {
		return version, err
	}
	return version, apiv1.LongBody(w, r, limit, body)
}

// said is ask with a body about one thing, and what that is to change.
func said[E any](w http.ResponseWriter, r *http.Request, limit int64, body interface{ edit() (E, error) }) (version int64, e E, err error) {
	if version, err = ask(w, r, limit, body); err != nil {
		return version, e, err
	}
	e, err = body.edit()
	return version, e, err
}

// one answers one thing that has a version.
func one(w http.ResponseWriter, r *http.Request, status int, version int64, view any) error {
	w.Header().Set("ETag", apiv1.ETag(version))
	return apiv1.Respond(w, r, status, view)
}

// deleted answers a change after which something is not there any longer.
func deleted(w http.ResponseWriter, r *http.Request, do func(version int64) error) error {
	version, err := ask(w, r, 0, nil)
	if err != nil {
		return err
	}
	if err := do(version); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
