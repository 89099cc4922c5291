package apiv1

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"
)

// Serve answers a request that was admitted.
type Serve func(http.ResponseWriter, *http.Request, *Identity) error

// Methods are what a resource does, by the method of the request.
type Methods map[string]Serve

// Resources are resources that have their scopes and their errors in common.
type Resources struct {
	Door Door
	// Read are the scopes for GET and HEAD, Write those for everything else; one of
	// them is enough.
	Read, Write []string
	// Bound is what a key hears that is bound to less than its tenant; empty: such
	// keys are let in.
	Bound string
	// Fail answers with a problem document.
	Fail func(http.ResponseWriter, *http.Request, error)
}

// Handle adds the resource at path. HEAD is answered wherever GET is, and other
// methods than these with 405.
func (s *Resources) Handle(r *mux.Router, path string, methods Methods) {
	allowed := make([]string, 0, len(methods)+1)
	for name := range methods {
		allowed = append(allowed, name)
		if name == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	r.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := Allow(w, r, allowed...)
		if err == nil {
			err = s.answer(w, r, methods)
		}
		if err != nil {
			s.Fail(w, r, err)
		}
	})
}

func (s *Resources) answer(w http.ResponseWriter, r *http.Request, methods Methods) error {
	who, err := s.Admit(w, r)
	if err != nil {
		return err
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return methods[method](w, r, who)
}

// Admit finds out who asks and whether they may, by the request's method.
func (s *Resources) Admit(w http.ResponseWriter, r *http.Request) (*Identity, error) {
	scopes := s.Write
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		scopes = s.Read
	}
	who, err := s.Door.Admit(w, r, scopes)
	if err != nil {
		return nil, err
	}
	if s.Bound != "" && who.Bound() {
		return nil, Problemf(http.StatusForbidden, "%s", s.Bound)
	}
	return who, nil
}

// Rest answers what is below these paths and is no resource with 404.
func (s *Resources) Rest(r *mux.Router, bases ...string) {
	for _, base := range bases {
		r.PathPrefix(base + "/").HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.Fail(w, r, Problemf(http.StatusNotFound, "there is no such resource"))
		})
	}
}
