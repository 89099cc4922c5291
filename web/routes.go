package web

import (
	"net/http"
	"net/url"
	"strings"

	"lernspur/web/visitor"
)

// route is one page, or one thing that a form does.
type route struct {
	method, path string
	// roles are those that may; nil is anyone, signed in or not.
	roles  []visitor.Role
	handle func(*Site, *request) error
}

// Who may see what. A page that everybody with an account may see has all roles.
var (
	anyone    []visitor.Role
	everybody = visitor.Roles
	managers  = []visitor.Role{visitor.ContentManager, visitor.Administrator}
	trainers  = []visitor.Role{visitor.Trainer, visitor.ContentManager, visitor.Administrator}               // see mayAttend
	watchers  = []visitor.Role{visitor.Trainer, visitor.ProjectLead, visitor.Administrator, visitor.Auditor} // whom of: see Progress
	closeBy   = []visitor.Role{visitor.Trainer, visitor.Administrator}                                       // who see single people
	learners  = []visitor.Role{visitor.Learner}
	operators = []visitor.Role{visitor.Administrator}

	onlyTrainers = []visitor.Role{visitor.Trainer}

	routeTable = []route{
		{"GET", "/{$}", everybody, (*Site).start},
		{"GET", "/assets/{name}", anyone, nil}, // see mount
		{"POST", "/language", everybody, (*Site).chooseLanguage},

		{"GET", "/packages", managers, (*Site).packages},
		{"POST", "/packages", managers, (*Site).addPackage},
		{"GET", "/courses", managers, (*Site).courses},
		{"GET", "/courses/new", managers, (*Site).newCourse},
		{"POST", "/courses/new", managers, (*Site).makeCourse},
		{"GET", "/courses/{course}", managers, (*Site).course},
		{"POST", "/courses/{course}/package", managers, (*Site).replacePackage},
		{"GET", "/courses/{course}/download", managers, (*Site).download},
		{"POST", "/courses/{course}/preview", managers, (*Site).preview},
		{"GET", "/courses/{course}/edit", managers, (*Site).editCourse},
		{"POST", "/courses/{course}/edit", managers, (*Site).changeCourse},
		{"GET", "/courses/{course}/delete", managers, (*Site).askDelete},
		{"POST", "/courses/{course}/delete", managers, (*Site).deleteCourse},
		{"POST", "/courses/{course}/versions/{version}/delete", managers, (*Site).deleteVersion},
		{"GET", "/courses/{course}/registrations", managers, (*Site).registrations},
		{"POST", "/courses/{course}/registrations", managers, (*Site).register},
		{"GET", "/courses/{course}/registrations/{registration}", managers, (*Site).registration},
		{"POST", "/courses/{course}/registrations/{registration}/link", managers, (*Site).makeLink},
		{"POST", "/courses/{course}/registrations/{registration}/reset", managers, (*Site).reset},
		{"POST", "/courses/{course}/registrations/{registration}/dates", managers, (*Site).setDates},
		{"GET", "/courses/{course}/registrations/{registration}/calls", managers, (*Site).calls},
		{"GET", "/courses/{course}/invitations", managers, (*Site).invitations},
		{"POST", "/courses/{course}/invitations", managers, (*Site).invite},
		{"POST", "/courses/{course}/invitations/{invitation}/revoke", managers, (*Site).revokeInvitation},

		{"GET", "/invitation/{token}", anyone, (*Site).invitation},
		{"POST", "/invitation/{token}", anyone, (*Site).accept},

		{"GET", "/my", learners, (*Site).my},
		{"POST", "/my/{registration}/open", learners, (*Site).openMine},

		{"POST", "/my/code", learners, (*Site).enterCode},

		{"GET", "/attendance", trainers, (*Site).sessions},
		{"POST", "/attendance", trainers, (*Site).makeSession},
		{"GET", "/attendance/{session}", trainers, (*Site).session},
		{"POST", "/attendance/{session}/delete", trainers, (*Site).deleteSession},
		{"POST", "/attendance/{session}/code", trainers, (*Site).makeCode},
		{"POST", "/attendance/{session}/code/end", trainers, (*Site).endCode},
		{"POST", "/attendance/{session}/records", trainers, (*Site).record},
		{"POST", "/attendance/{session}/records/{record}/back", trainers, (*Site).takeBack},

		{"GET", "/progress", watchers, (*Site).progress},
		{"GET", "/progress/course", watchers, (*Site).courseFigures},
		{"GET", "/progress/group", closeBy, (*Site).group},
		{"GET", "/progress/learner", closeBy, (*Site).learner},

		{"GET", "/keys", operators, (*Site).keys},
		{"POST", "/keys", operators, (*Site).makeKey},
		{"POST", "/keys/{key}/revoke", operators, (*Site).revokeKey},

		{"GET", "/settings/forwarding", operators, (*Site).forwarding},
		{"POST", "/settings/forwarding", operators, (*Site).addForward},
		{"GET", "/settings/forwarding/{target}", operators, (*Site).forwardTarget},
		{"POST", "/settings/forwarding/{target}/{act}", operators, (*Site).actOnForward},
		{"GET", "/settings/webhooks", operators, (*Site).webhooks},
		{"POST", "/settings/webhooks", operators, (*Site).addWebhook},
		{"GET", "/settings/webhooks/{hook}", operators, (*Site).webhook},
		{"POST", "/settings/webhooks/{hook}/{act}", operators, (*Site).actOnWebhook},
		{"GET", "/settings/digest", onlyTrainers, (*Site).digest},
		{"POST", "/settings/digest", onlyTrainers, (*Site).setDigest},
		{"GET", "/digest/unsubscribe", anyone, (*Site).unsubscribe},
		{"POST", "/digest/unsubscribe", anyone, (*Site).endDigest},
	}
)

// Where visitors sign in and out and change their password, and the parameter that
// names the page to go to then.
const (
	SignInPath   = "/signin"
	SignOutPath  = "/signout"
	PasswordPath = "/signin/password"
	next         = "next"
)

// mount makes one handler of the table.
func (s *Site) mount() http.Handler {
	router := http.NewServeMux()
	for _, r := range routeTable {
		if r.handle == nil {
			router.HandleFunc(r.method+" "+r.path, serveAsset)
			continue
		}
		router.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, r) })
	}
	router.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.nowhere(w, r, router) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secure(w.Header())
		router.ServeHTTP(w, r)
	})
}

// secure sets what every answer has. There is no script and no style but our own
// files, nobody may put a page into a frame, and forms lead here or to content.
func (s *Site) secure(h http.Header) {
	h.Set("Content-Security-Policy", strings.TrimSpace("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+s.deps.Content))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("X-Robots-Tag", "noindex")
}

// serve lets in who may.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, to route) {
	q := s.newRequest(w, r)
	var err error
	switch {
	case visitor.Allowed(q.who, visitor.Rule{Public: to.roles == nil, Roles: to.roles}):
		err = to.handle(s, q)
	case q.who == nil:
		q.toSignIn()
		return
	default:
		err = &problem{status: http.StatusForbidden, key: "forbidden"}
	}
	if err != nil {
		s.fail(q, err)
	}
}

// toSignIn leads to where visitors sign in, and from there back to the page.
func (q *request) toSignIn() {
	to := SignInPath
	if q.r.Method == http.MethodGet || q.r.Method == http.MethodHead {
		to += "?" + next + "=" + url.QueryEscape(q.site.prefix+q.r.URL.RequestURI())
	}
	q.to(to)
}

// nowhere answers for addresses that are no page, and for methods that a page does
// not have.
func (s *Site) nowhere(w http.ResponseWriter, r *http.Request, router *http.ServeMux) {
	q := s.newRequest(w, r)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if _, pattern := router.Handler(&http.Request{Method: method, URL: r.URL, Host: r.Host}); pattern != "/" {
			w.Header().Set("Allow", method)
			s.fail(q, &problem{status: http.StatusMethodNotAllowed, key: "method"})
			return
		}
	}
	s.fail(q, &problem{status: http.StatusNotFound, key: "nothing"})
}
