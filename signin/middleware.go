package signin

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/web/visitor"
)

// The two places of the word that guards against requests of other sites.
const (
	// GuardHeader has it in requests that a script makes.
	GuardHeader = "X-Lernspur-Guard"
	// GuardField is the field of a form that has it. In a multipart form it is the
	// first one, so that it is known before what is large.
	GuardField = "guard"
)

const (
	maxForm = 1 << 20 // bytes of a form without files
	// maxGuardPart is how far into a multipart form the guard has to end.
	maxGuardPart = 4 << 10
)

// otherDoors begin the paths that have credentials of their own and never look at
// cookies: content of other origins posts there.
var otherDoors = []string{"/xapi", "/cmi5/"}

// concerns tells whether sessions have anything to do with a request: not where it
// brings credentials itself.
func concerns(r *http.Request) bool {
	if len(r.Header["Authorization"]) > 0 {
		return false
	}
	for _, door := range otherDoors {
		if strings.HasPrefix(r.URL.Path, door) {
			return false
		}
	}
	return true
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

func writes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// Middleware finds out who looks at a page (visitor.From), and refuses writes that
// a page of another origin may have forged: by their Origin, and for somebody who
// signed in, without the word of their session. Forms of nobody are looked at by
// CheckForm.
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !concerns(r) {
			next.ServeHTTP(w, r)
			return
		}
		if writes(r) && s.pages.Check(r) != nil {
			s.refuse(w, r, http.StatusForbidden, "origin")
			return
		}
		v, err := s.visitor(r)
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				s.log.Error("a session could not be read", zap.Error(err))
			}
			s.refuse(w, r, http.StatusServiceUnavailable, "away")
			return
		}
		if v == nil {
			if isAPI(r) && r.Header.Get(GuardHeader) != "" {
				// A page asks whose session is over: a browser that is asked for a key would
				// show a window for it.
				s.refuse(w, r, http.StatusUnauthorized, "over")
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		if writes(r) && !ownForms[r.URL.Path] && !guarded(w, r, v.Guard) {
			s.refuse(w, r, http.StatusForbidden, "guard")
			return
		}
		if v.MustChange && !beforeChange(r.URL.Path) {
			if isAPI(r) {
				s.refuse(w, r, http.StatusForbidden, "change")
				return
			}
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, s.prefix+pathPassword, http.StatusSeeOther)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
	})
}

// beforeChange are the pages that somebody may use before they have chosen a password
// of their own.
func beforeChange(path string) bool {
	return path == pathPassword || path == pathSignout || path == pathReset || path == "/language" || strings.HasPrefix(path, "/assets/")
}

// guarded tells whether a write carries the right word: in the header, or in a
// form. Scripts send the header: a form cannot.
func guarded(w http.ResponseWriter, r *http.Request, want string) bool {
	word := r.Header.Get(GuardHeader)
	if word == "" && !isAPI(r) {
		word = formGuard(w, r)
	}
	return subtle.ConstantTimeCompare([]byte(word), []byte(want)) == 1
}

// formGuard reads the guard of a form; what it reads of the body is there for others
// again.
func formGuard(w http.ResponseWriter, r *http.Request) string {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil || r.Body == nil:
		return ""
	case mediaType == "application/x-www-form-urlencoded":
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if r.ParseForm() != nil {
			return ""
		}
		return r.PostForm.Get(GuardField)
	case mediaType == "multipart/form-data":
		var seen bytes.Buffer
		body := r.Body
		word := firstPart(io.TeeReader(io.LimitReader(body, maxGuardPart), &seen), params["boundary"])
		r.Body = rest{io.MultiReader(&seen, body), body}
		return word
	}
	return ""
}

// firstPart reads the guard when it is the first part of a multipart form.
func firstPart(body io.Reader, boundary string) string {
	part, err := multipart.NewReader(body, boundary).NextPart()
	if err != nil || part.FormName() != GuardField {
		return ""
	}
	word, err := io.ReadAll(io.LimitReader(part, 200))
	if err != nil {
		return ""
	}
	return string(word)
}

// rest is a body of which the beginning was read already.
type rest struct {
	io.Reader
	io.Closer
}

// FormGuard is the word for a form of somebody who has not signed in, such as the
// one for signing in. It gives the browser the cookie that belongs to it.
func (s *Service) FormGuard(w http.ResponseWriter, r *http.Request) string {
	secret := s.cookie(r, formCookie)
	if len(secret) != len(newSecret()) {
		secret = newSecret()
		s.setCookie(w, formCookie, secret, 0)
	}
	return hashed("form", secret)
}

// CheckForm tells whether the form of somebody who has not signed in carries the
// word that FormGuard gave this browser. The form is parsed then.
func (s *Service) CheckForm(w http.ResponseWriter, r *http.Request) bool {
	secret := s.cookie(r, formCookie)
	return secret != "" && guarded(w, r, hashed("form", secret))
}

// refuse answers what is not done. why is a word of refusals.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	if isAPI(r) {
		p := apiv1.Problemf(status, "%s", words("en").refusals[why])
		apiv1.Fail(w, r, p, errors.New(why), s.log, "who signs in")
		return
	}
	s.notice(w, r, status, why)
}
