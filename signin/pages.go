package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/access"
	"lernspur/directory"
	"lernspur/web/visitor"
)

// The paths of the pages.
const (
	pathSignin   = "/signin"
	pathSignout  = "/signout"
	pathPassword = "/signin/password"
	pathReset    = "/signin/reset"
	pathOIDC     = "/signin/oidc"
	pathCallback = "/signin/oidc/callback"
)

// ownForms are the paths whose forms carry the word of FormGuard, whoever has
// signed in meanwhile.
var ownForms = map[string]bool{pathSignin: true, pathReset: true}

// Routes adds the pages for signing in and out. Middleware has to be around the
// router.
func (s *Service) Routes(r *mux.Router) {
	for path, page := range map[string]map[string]http.HandlerFunc{
		pathSignin:   {http.MethodGet: s.getSignin, http.MethodPost: s.postSignin},
		pathSignout:  {http.MethodPost: s.signout},
		pathPassword: {http.MethodGet: s.getPassword, http.MethodPost: s.postPassword},
		pathReset:    {http.MethodGet: s.getReset, http.MethodPost: s.postReset},
		pathOIDC:     {http.MethodGet: s.getOIDC},
		pathCallback: {http.MethodGet: s.callback},
	} {
		r.Handle(path, s.page(page))
	}
}

// page answers the methods of a page.
func (s *Service) page(methods map[string]http.HandlerFunc) http.Handler {
	var allowed []string
	for m := range methods {
		allowed = append(allowed, m)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		serve := methods[method]
		w.Header().Set("Cache-Control", "no-store")
		if serve == nil {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			s.notice(w, r, http.StatusMethodNotAllowed, "method")
			return
		}
		serve(w, r)
	})
}

// common is what all views have; why is a word of refusals, or "".
func (s *Service) common(r *http.Request, status int, why string) Common {
	language := languageOf(r)
	if v := visitor.From(r.Context()); v != nil && v.Language != "" && !r.URL.Query().Has("lang") {
		language = v.Language
	}
	return Common{Status: status, Language: language, Message: words(language).refusals[why]}
}

// notice says why something was not done.
func (s *Service) notice(w http.ResponseWriter, r *http.Request, status int, why string) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	s.opts.Look.Notice(w, r, NoticeView{Common: s.common(r, status, why), SignIn: s.prefix + pathSignin})
}

// signinPage shows the page for signing in.
func (s *Service) signinPage(w http.ResponseWriter, r *http.Request, status int, why string, from url.Values) {
	view := SignInView{
		Common: s.common(r, status, why), Action: s.prefix + pathSignin,
		Next: s.next(from.Get("next")), Tenant: tenantOr(from.Get("tenant")), Account: from.Get("account"), Out: from.Has("out"),
	}
	view.Guard = s.FormGuard(w, r)
	if lang := r.URL.Query().Get("lang"); lang != "" {
		view.Action += "?" + url.Values{"lang": {view.Language}}.Encode() // the answer is in it, too
	}
	other := url.Values{"lang": {map[string]string{"de": "en", "en": "de"}[view.Language]}, "next": {view.Next}, "tenant": {view.Tenant}}
	view.Other = s.prefix + pathSignin + "?" + other.Encode()
	if s.issuer != nil {
		view.OIDC = s.prefix + pathOIDC + "?" + url.Values{"next": {view.Next}}.Encode()
		view.OIDCName = s.issuer.opts.Name
	}
	s.opts.Look.SignIn(w, r, view)
}

func (s *Service) getSignin(w http.ResponseWriter, r *http.Request) {
	from := r.URL.Query()
	if visitor.From(r.Context()) != nil {
		http.Redirect(w, r, s.next(from.Get("next")), http.StatusSeeOther)
		return
	}
	s.signinPage(w, r, http.StatusOK, "", from)
}

func (s *Service) postSignin(w http.ResponseWriter, r *http.Request) {
	if !s.CheckForm(w, r) {
		s.signinPage(w, r, http.StatusForbidden, "guard", kept(r))
		return
	}
	f := r.PostForm
	a, err := s.check(r.Context(), tenantOr(f.Get("tenant")), f.Get("account"), f.Get("password"), access.Address(r, s.opts.AddressHeader))
	if err == nil {
		err = s.begin(r.Context(), w, r, a)
	}
	if err != nil {
		status, why := s.failure(w, err)
		s.signinPage(w, r, status, why, kept(r))
		return
	}
	s.signins.WithLabelValues("in").Inc()
	http.Redirect(w, r, s.next(f.Get("next")), http.StatusSeeOther)
}

// kept is what a form shows again.
func kept(r *http.Request) url.Values {
	again := url.Values{}
	for _, field := range []string{"next", "tenant", "account"} {
		again.Set(field, r.PostForm.Get(field))
	}
	return again
}

// failure counts what kept somebody from signing in, and says how it is answered.
func (s *Service) failure(w http.ResponseWriter, err error) (status int, why string) {
	var many *TooMany
	var busy *Busy
	switch {
	case errors.Is(err, ErrWrong):
		s.signins.WithLabelValues("wrong").Inc()
		return http.StatusForbidden, "wrong"
	case errors.As(err, &many):
		s.signins.WithLabelValues("slowed").Inc()
		w.Header().Set("Retry-After", strconv.Itoa(int((many.RetryAfter+time.Second-1)/time.Second)))
		return http.StatusTooManyRequests, "slowed"
	case errors.As(err, &busy):
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int((busy.RetryAfter+time.Second-1)/time.Second))))
	case !errors.Is(err, context.Canceled):
		s.log.Error("somebody could not sign in", zap.Error(err))
	}
	s.signins.WithLabelValues("failed").Inc()
	return http.StatusServiceUnavailable, "busy"
}

// next is where to go after signing in: a place of ours, never another site.
func (s *Service) next(wanted string) string {
	home := s.prefix + "/"
	u, err := url.Parse(wanted)
	if err != nil || len(wanted) > 2000 || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(wanted, home) ||
		strings.HasPrefix(wanted, "//") || strings.ContainsAny(wanted, "\\\r\n\t") || strings.HasPrefix(wanted, s.prefix+pathSignin) {
		return home
	}
	return wanted
}

func (s *Service) signout(w http.ResponseWriter, r *http.Request) {
	values := url.Values{"out": {"1"}}
	if t, ok := parseToken(s.cookie(r, sessionCookie)); ok {
		if err := s.remove(r.Context(), t.tenant, t.sum()); err != nil {
			_, why := s.failure(w, err)
			s.notice(w, r, http.StatusServiceUnavailable, why)
			return
		}
		if t.tenant != directory.DefaultTenant {
			values.Set("tenant", t.tenant)
		}
	}
	s.setCookie(w, sessionCookie, "", -1)
	http.Redirect(w, r, s.prefix+pathSignin+"?"+values.Encode(), http.StatusSeeOther)
}

// ownPassword is the page on which somebody changes their own.
func (s *Service) ownPassword(w http.ResponseWriter, r *http.Request, v *visitor.Visitor, status int, why string) {
	view := PasswordView{Common: s.common(r, status, why), Action: s.prefix + pathPassword, Account: v.Account, Old: true}
	view.Guard = v.Guard
	if !local(v.Account) {
		view.Gone, view.Message = true, words(view.Language).refusals["elsewhere"]
	}
	s.opts.Look.Password(w, r, view)
}

func (s *Service) getPassword(w http.ResponseWriter, r *http.Request) {
	v := visitor.From(r.Context())
	if v == nil {
		s.ask(w, r)
		return
	}
	why := ""
	if v.MustChange {
		why = "change"
	}
	s.ownPassword(w, r, v, http.StatusOK, why)
}

func (s *Service) postPassword(w http.ResponseWriter, r *http.Request) {
	v := visitor.From(r.Context())
	if v == nil {
		s.ask(w, r)
		return
	}
	_ = r.ParseForm() // the guard was read from it
	f := r.PostForm
	if f.Get("password") != f.Get("repeated") {
		s.ownPassword(w, r, v, http.StatusUnprocessableEntity, "repeated")
		return
	}
	a, err := s.ChangePassword(r.Context(), v.Tenant, v.Account, f.Get("old"), f.Get("password"), access.Address(r, s.opts.AddressHeader))
	if err == nil {
		err = s.begin(r.Context(), w, r, a)
	}
	view := PasswordView{Common: s.common(r, http.StatusOK, ""), Action: s.prefix + pathPassword, Account: v.Account, Old: true, Done: err == nil}
	view.Guard = v.Guard
	if err != nil {
		s.passwordProblem(w, &view, err, "old")
	}
	s.opts.Look.Password(w, r, view)
}

// passwordProblem puts into a view why a password was not taken; wrong is the
// refusal for a wrong one.
func (s *Service) passwordProblem(w http.ResponseWriter, view *PasswordView, err error, wrong string) {
	var invalid *Invalid
	if errors.As(err, &invalid) && invalid.Weakness != "" {
		view.Status, view.Message = http.StatusUnprocessableEntity, words(view.Language).weak[invalid.Weakness]
		return
	}
	status, why := s.failure(w, err)
	if why == "wrong" {
		why = wrong
	}
	view.Status, view.Message = status, words(view.Language).refusals[why]
}

// resetView is the page of a one-time link.
func (s *Service) resetView(r *http.Request, from url.Values) PasswordView {
	view := PasswordView{Common: s.common(r, http.StatusOK, ""), Action: s.prefix + pathReset, Account: from.Get("account"), Hidden: map[string]string{}}
	for _, field := range []string{"tenant", "account", "token"} {
		view.Hidden[field] = from.Get(field)
	}
	return view
}

func (s *Service) getReset(w http.ResponseWriter, r *http.Request) {
	from := r.URL.Query()
	view := s.resetView(r, from)
	a, err := s.accounts.get(r.Context(), tenantOr(from.Get("tenant")), from.Get("account"))
	switch {
	case err != nil:
		view.Gone = true
		s.passwordProblem(w, &view, err, "busy")
	case !a.matches(from.Get("token"), s.opts.Now()):
		view.Gone, view.Status, view.Message = true, http.StatusGone, words(view.Language).refusals["link"]
	default:
		view.Guard = s.FormGuard(w, r)
	}
	s.opts.Look.Password(w, r, view)
}

func (s *Service) postReset(w http.ResponseWriter, r *http.Request) {
	if !s.CheckForm(w, r) {
		s.notice(w, r, http.StatusForbidden, "guard")
		return
	}
	f := r.PostForm
	view := s.resetView(r, f)
	view.Guard = s.FormGuard(w, r)
	if f.Get("password") != f.Get("repeated") {
		view.Status, view.Message = http.StatusUnprocessableEntity, words(view.Language).refusals["repeated"]
		s.opts.Look.Password(w, r, view)
		return
	}
	a, err := s.Redeem(r.Context(), tenantOr(f.Get("tenant")), f.Get("account"), f.Get("token"), f.Get("password"))
	if err == nil {
		if err = s.begin(r.Context(), w, r, a); err == nil {
			http.Redirect(w, r, s.next(""), http.StatusSeeOther)
			return
		}
	}
	if errors.Is(err, ErrLink) {
		view.Gone, view.Status, view.Message = true, http.StatusGone, words(view.Language).refusals["link"]
	} else {
		s.passwordProblem(w, &view, err, "link")
	}
	s.opts.Look.Password(w, r, view)
}
