package web

import (
	"net/http"
	"net/url"
	"strings"

	"lernspur/evaluation"
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
	anyone           []visitor.Role
	everybody        = visitor.Roles
	managers         = []visitor.Role{visitor.ContentManager, visitor.Administrator}
	trainers         = []visitor.Role{visitor.Trainer, visitor.ContentManager, visitor.Administrator}               // see mayAttend
	watchers         = []visitor.Role{visitor.Trainer, visitor.ProjectLead, visitor.Administrator, visitor.Auditor} // whom of: see Progress
	closeBy          = []visitor.Role{visitor.Trainer, visitor.Administrator}                                       // who see single people
	statementReaders = []visitor.Role{visitor.Trainer, visitor.DataProtection, visitor.Administrator}               // of statements, whose: see Statements
	learners         = []visitor.Role{visitor.Learner}
	operators        = []visitor.Role{visitor.Administrator}
	// Who reads the directory and the accounts, and who changes them: as the scopes of
	// roles have it at our own interface (see signin.Scopes; a test of app holds that).
	protectors = []visitor.Role{visitor.DataProtection, visitor.Administrator}
	keepers    = []visitor.Role{visitor.Administrator}
	overseers  = evaluation.MayRead                                         // of what is evaluated
	reporters  = []visitor.Role{visitor.ProjectLead, visitor.Administrator} // who makes reports
	reporting  = []visitor.Role{visitor.ProjectLead, visitor.Administrator, visitor.DataProtection, visitor.Auditor}
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
		{"GET", "/progress/at-risk", closeBy, (*Site).atRisk},

		{"GET", "/statements", statementReaders, (*Site).browser},
		{"GET", "/statements/live", statementReaders, (*Site).live},
		{"GET", "/statements/live/new", statementReaders, (*Site).news},
		{"GET", "/statements/{statement}", statementReaders, (*Site).single},
		{"GET", "/statements/{statement}/raw", statementReaders, (*Site).rawStatement},

		{"GET", "/settings", overseers, (*Site).settings},
		{"POST", "/settings", evaluation.MayChange, (*Site).changeSettings},
		{"GET", "/evaluation-statement", everybody, (*Site).statement},

		{"GET", "/reports", reporting, (*Site).reports},
		{"GET", "/reports/new", reporters, (*Site).newReport},
		{"POST", "/reports/new", reporters, (*Site).makeReport},
		{"GET", "/reports/definitions/{definition}", reporters, (*Site).reportDefinition},
		{"POST", "/reports/definitions/{definition}", reporters, (*Site).changeReport},
		{"POST", "/reports/definitions/{definition}/delete", reporters, (*Site).removeReport},
		{"POST", "/reports/definitions/{definition}/schedule", reporters, (*Site).scheduleReport},
		{"POST", "/reports/definitions/{definition}/run", reporters, (*Site).runReport},
		{"GET", "/reports/progress", reporters, (*Site).reportJob},
		{"GET", "/reports/compare", reporting, (*Site).compareRuns},
		{"GET", "/reports/runs/{run}", reporting, (*Site).reportRun},
		{"GET", "/reports/runs/{run}/files/{form}", reporting, (*Site).reportFile},
		{"POST", "/reports/runs/{run}/approve", reporters, (*Site).approveRun},
		{"POST", "/reports/runs/{run}/remove", reporters, (*Site).removeRun},
		{"POST", "/reports/runs/{run}/links", reporters, (*Site).shareRun},
		{"POST", "/reports/runs/{run}/links/{link}/revoke", reporters, (*Site).unshareRun},
		{"GET", "/public/reports/{token}", anyone, (*Site).publicReport},
		{"GET", "/public/reports/{token}/report.pdf", anyone, (*Site).publicPDF},

		{"GET", "/directory", protectors, (*Site).people},
		{"GET", "/directory/export", protectors, (*Site).exportPeople},
		{"GET", "/directory/new", keepers, (*Site).newPerson},
		{"POST", "/directory/new", keepers, (*Site).makePerson},
		{"GET", "/directory/people/{person}", protectors, (*Site).person},
		{"GET", "/directory/people/{person}/edit", keepers, (*Site).editPerson},
		{"POST", "/directory/people/{person}/edit", keepers, (*Site).changePerson},
		{"GET", "/directory/people/{person}/merge", keepers, (*Site).askMerge},
		{"POST", "/directory/people/{person}/merge", keepers, (*Site).mergePeople},
		{"GET", "/directory/people/{person}/delete", keepers, (*Site).askDeletePerson},
		{"POST", "/directory/people/{person}/delete", keepers, (*Site).deletePerson},
		{"GET", "/directory/merges/{merge}/split", keepers, (*Site).askSplit},
		{"POST", "/directory/merges/{merge}/split", keepers, (*Site).splitPeople},
		{"GET", "/directory/units", protectors, (*Site).units},
		{"POST", "/directory/units", keepers, (*Site).addUnit},
		{"GET", "/directory/units/{unit}", protectors, (*Site).unit},
		{"POST", "/directory/units/{unit}/edit", keepers, (*Site).renameUnit},
		{"POST", "/directory/units/{unit}/move", keepers, (*Site).moveUnit},
		{"GET", "/directory/units/{unit}/close", keepers, (*Site).askClose},
		{"POST", "/directory/units/{unit}/close", keepers, (*Site).closeUnit},
		{"POST", "/directory/units/{unit}/open", keepers, (*Site).openUnit},
		{"POST", "/directory/units/{unit}/headcount", keepers, (*Site).setHeadcount},
		{"GET", "/directory/units/{unit}/delete", keepers, (*Site).askDeleteUnit},
		{"POST", "/directory/units/{unit}/delete", keepers, (*Site).deleteUnit},
		{"GET", "/directory/groups", protectors, (*Site).dirGroups},
		{"POST", "/directory/groups", keepers, (*Site).addGroup},
		{"GET", "/directory/groups/{group}", protectors, (*Site).dirGroup},
		{"POST", "/directory/groups/{group}/edit", keepers, (*Site).changeGroup},
		{"POST", "/directory/groups/{group}/people", keepers, (*Site).putMember},
		{"POST", "/directory/groups/{group}/members/{person}/remove", keepers, (*Site).dropMember},
		{"POST", "/directory/groups/{group}/trainers/{person}/remove", keepers, (*Site).dropTrainer},
		{"GET", "/directory/groups/{group}/delete", keepers, (*Site).askDeleteGroup},
		{"POST", "/directory/groups/{group}/delete", keepers, (*Site).deleteGroup},
		{"GET", "/directory/import", keepers, (*Site).imports},
		{"POST", "/directory/import", keepers, (*Site).previewFile},
		{"GET", "/directory/import/{preview}", keepers, (*Site).showPreview},
		{"POST", "/directory/import/{preview}/columns", keepers, (*Site).mapColumns},
		{"POST", "/directory/import/{preview}/apply", keepers, (*Site).applyFile},
		{"POST", "/directory/import/{preview}/drop", keepers, (*Site).dropFile},
		{"GET", "/directory/unassigned", protectors, (*Site).unassigned},
		{"GET", "/directory/unassigned/match", keepers, (*Site).askMatch},
		{"POST", "/directory/unassigned/match", keepers, (*Site).match},

		{"GET", "/accounts", protectors, (*Site).accounts},
		{"GET", "/accounts/new", keepers, (*Site).newAccount},
		{"POST", "/accounts/new", keepers, (*Site).makeAccount},
		{"GET", "/accounts/{account}", protectors, (*Site).account},
		{"POST", "/accounts/{account}/edit", keepers, (*Site).changeAccount},
		{"POST", "/accounts/{account}/disable", keepers, (*Site).disableAccount},
		{"POST", "/accounts/{account}/enable", keepers, (*Site).enableAccount},
		{"POST", "/accounts/{account}/reset", keepers, (*Site).resetAccount},
		{"POST", "/accounts/{account}/signout", keepers, (*Site).signOutAccount},
		{"GET", "/accounts/{account}/delete", keepers, (*Site).askDeleteAccount},
		{"POST", "/accounts/{account}/delete", keepers, (*Site).deleteAccount},

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

// Routes are all pages and what forms do, as "METHOD /path/{wildcard}".
func Routes() []string {
	list := make([]string, len(routeTable))
	for i, r := range routeTable {
		list[i] = r.method + " " + r.path
	}
	return list
}

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
