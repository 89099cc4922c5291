package signin

import (
	"errors"
	"net/http"
)

// OIDCOptions are about the issuer that people sign in at.
type OIDCOptions struct{ Name string }

type issuer struct{ opts OIDCOptions }

func newIssuer(OIDCOptions, Options) (*issuer, error) { return nil, errors.New("not yet") }

func (s *Service) getOIDC(w http.ResponseWriter, r *http.Request) {
	s.notice(w, r, http.StatusNotFound, "none")
}

func (s *Service) callback(w http.ResponseWriter, r *http.Request) {
	s.notice(w, r, http.StatusNotFound, "none")
}
