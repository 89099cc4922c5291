package signin

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"go.uber.org/zap"
	"golang.org/x/oauth2"
)

// flow is what a browser keeps while somebody is at the issuer. Its cookie can be
// read by nobody else, and another site cannot set it.
type flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Next     string `json:"x"`
	Expires  int64  `json:"e"` // seconds
}

// getOIDC sends somebody to the issuer.
func (s *Service) getOIDC(w http.ResponseWriter, r *http.Request) {
	if s.issuer == nil {
		s.notice(w, r, http.StatusNotFound, "none")
		return
	}
	done, err := s.issuer.turn()
	if err != nil {
		s.issuerFailed(w, r, err, "")
		return
	}
	defer done()
	p, err := s.issuer.discover(r.Context())
	if err != nil {
		s.issuerFailed(w, r, err, r.URL.Query().Get("next"))
		return
	}
	f := flow{State: newSecret(), Nonce: newSecret(), Verifier: oauth2.GenerateVerifier(), Next: s.next(r.URL.Query().Get("next")),
		Expires: s.opts.Now().Add(flowTime).Unix()}
	text, err := json.Marshal(f)
	if err != nil {
		s.issuerFailed(w, r, err, "")
		return
	}
	s.setCookie(w, flowCookie, base64.RawURLEncoding.EncodeToString(text), flowTime)
	http.Redirect(w, r, s.issuer.config(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), http.StatusSeeOther)
}

// flowOf is the flow that an answer of the issuer belongs to.
func (s *Service) flowOf(r *http.Request) (f flow, err error) {
	text, err := base64.RawURLEncoding.DecodeString(s.cookie(r, flowCookie))
	if err != nil || json.Unmarshal(text, &f) != nil || f.State == "" || f.Nonce == "" || f.Verifier == "" {
		return flow{}, errors.New("this browser was not sent to the issuer")
	}
	if s.opts.Now().Unix() >= f.Expires {
		return f, errors.New("it took too long at the issuer")
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(f.State), []byte(q.Get("state"))) != 1 {
		return f, errors.New("the answer of the issuer is for another request")
	}
	// A second issuer could pass its answer off as this one's (RFC 9207).
	if q.Has("iss") && q.Get("iss") != s.issuer.opts.Issuer {
		return f, errors.New("the answer is another issuer's")
	}
	return f, nil
}

// callback takes the answer of the issuer.
func (s *Service) callback(w http.ResponseWriter, r *http.Request) {
	if s.issuer == nil {
		s.notice(w, r, http.StatusNotFound, "none")
		return
	}
	f, err := s.flowOf(r)
	s.setCookie(w, flowCookie, "", -1)
	if err != nil {
		s.issuerFailed(w, r, err, f.Next)
		return
	}
	a, err := s.issued(r.Context(), r.URL.Query(), f)
	if err == nil && a.Disabled {
		s.signins.WithLabelValues("wrong").Inc()
		s.notice(w, r, http.StatusForbidden, "disabled")
		return
	}
	if err == nil {
		err = s.begin(r.Context(), w, r, a)
	}
	if err != nil {
		s.issuerFailed(w, r, err, f.Next)
		return
	}
	s.signins.WithLabelValues("in").Inc()
	http.Redirect(w, r, s.next(f.Next), http.StatusSeeOther)
}

// issuerFailed shows the page for signing in after something went wrong at the
// issuer, or on the way. What it was is for the log.
func (s *Service) issuerFailed(w http.ResponseWriter, r *http.Request, err error, next string) {
	from := url.Values{"next": {next}}
	var busy *Busy
	if errors.As(err, &busy) {
		status, why := s.failure(w, err)
		s.signinPage(w, r, status, why, from)
		return
	}
	s.signins.WithLabelValues("failed").Inc()
	s.log.Warn("somebody could not sign in at the issuer", zap.Error(err))
	s.signinPage(w, r, http.StatusBadGateway, "issuer", from)
}
