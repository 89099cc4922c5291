package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/web/visitor"
)

// mayBe says, for every route, who may: in words of its own, so that a line of the
// table cannot be wrong unnoticed. "*" is everybody who signed in, "" anyone.
var mayBe = map[string]string{
	"GET /{$}":           "*",
	"GET /assets/{name}": "",
	"POST /language":     "*",

	"GET /packages":                                             "content-manager administrator",
	"POST /packages":                                            "content-manager administrator",
	"GET /courses":                                              "content-manager administrator",
	"GET /courses/new":                                          "content-manager administrator",
	"POST /courses/new":                                         "content-manager administrator",
	"GET /courses/{course}":                                     "content-manager administrator",
	"POST /courses/{course}/package":                            "content-manager administrator",
	"GET /courses/{course}/download":                            "content-manager administrator",
	"POST /courses/{course}/preview":                            "content-manager administrator",
	"GET /courses/{course}/edit":                                "content-manager administrator",
	"POST /courses/{course}/edit":                               "content-manager administrator",
	"GET /courses/{course}/delete":                              "content-manager administrator",
	"POST /courses/{course}/delete":                             "content-manager administrator",
	"POST /courses/{course}/versions/{version}/delete":          "content-manager administrator",
	"GET /courses/{course}/registrations":                       "content-manager administrator",
	"POST /courses/{course}/registrations":                      "content-manager administrator",
	"GET /courses/{course}/registrations/{registration}":        "content-manager administrator",
	"POST /courses/{course}/registrations/{registration}/link":  "content-manager administrator",
	"POST /courses/{course}/registrations/{registration}/reset": "content-manager administrator",

	"POST /courses/{course}/registrations/{registration}/dates": "content-manager administrator",
	"GET /courses/{course}/registrations/{registration}/calls":  "content-manager administrator",
	"GET /courses/{course}/invitations":                         "content-manager administrator",
	"POST /courses/{course}/invitations":                        "content-manager administrator",
	"POST /courses/{course}/invitations/{invitation}/revoke":    "content-manager administrator",

	"GET /invitation/{token}":  "",
	"POST /invitation/{token}": "",

	"GET /my":                      "learner",
	"POST /my/{registration}/open": "learner",

	"POST /my/code": "learner",

	"GET /attendance":                                  "trainer content-manager administrator",
	"POST /attendance":                                 "trainer content-manager administrator",
	"GET /attendance/{session}":                        "trainer content-manager administrator",
	"POST /attendance/{session}/delete":                "trainer content-manager administrator",
	"POST /attendance/{session}/code":                  "trainer content-manager administrator",
	"POST /attendance/{session}/code/end":              "trainer content-manager administrator",
	"POST /attendance/{session}/records":               "trainer content-manager administrator",
	"POST /attendance/{session}/records/{record}/back": "trainer content-manager administrator",

	"GET /progress":         "trainer project-lead administrator auditor",
	"GET /progress/course":  "trainer project-lead administrator auditor",
	"GET /progress/group":   "trainer administrator",
	"GET /progress/learner": "trainer administrator",
	"GET /progress/at-risk": "trainer administrator",

	"GET /statements":                 "trainer data-protection administrator",
	"GET /statements/live":            "trainer data-protection administrator",
	"GET /statements/live/new":        "trainer data-protection administrator",
	"GET /statements/{statement}":     "trainer data-protection administrator",
	"GET /statements/{statement}/raw": "trainer data-protection administrator",

	"GET /settings":             "administrator data-protection auditor",
	"POST /settings":            "administrator",
	"GET /evaluation-statement": "*",

	"GET /reports":                                    "project-lead administrator data-protection auditor",
	"GET /reports/new":                                "project-lead administrator",
	"POST /reports/new":                               "project-lead administrator",
	"GET /reports/definitions/{definition}":           "project-lead administrator",
	"POST /reports/definitions/{definition}":          "project-lead administrator",
	"POST /reports/definitions/{definition}/delete":   "project-lead administrator",
	"POST /reports/definitions/{definition}/schedule": "project-lead administrator",
	"POST /reports/definitions/{definition}/run":      "project-lead administrator",
	"GET /reports/progress":                           "project-lead administrator",
	"GET /reports/compare":                            "project-lead administrator data-protection auditor",
	"GET /reports/runs/{run}":                         "project-lead administrator data-protection auditor",
	"GET /reports/runs/{run}/files/{form}":            "project-lead administrator data-protection auditor",
	"POST /reports/runs/{run}/approve":                "project-lead administrator",
	"POST /reports/runs/{run}/remove":                 "project-lead administrator",
	"POST /reports/runs/{run}/links":                  "project-lead administrator",
	"POST /reports/runs/{run}/links/{link}/revoke":    "project-lead administrator",
	"GET /public/reports/{token}":                     "",
	"GET /public/reports/{token}/report.pdf":          "",

	"GET /directory":                                          "data-protection administrator",
	"GET /directory/export":                                   "data-protection administrator",
	"GET /directory/new":                                      "administrator",
	"POST /directory/new":                                     "administrator",
	"GET /directory/people/{person}":                          "data-protection administrator",
	"GET /directory/people/{person}/edit":                     "administrator",
	"POST /directory/people/{person}/edit":                    "administrator",
	"GET /directory/people/{person}/merge":                    "administrator",
	"POST /directory/people/{person}/merge":                   "administrator",
	"GET /directory/people/{person}/delete":                   "administrator",
	"POST /directory/people/{person}/delete":                  "administrator",
	"GET /directory/merges/{merge}/split":                     "administrator",
	"POST /directory/merges/{merge}/split":                    "administrator",
	"GET /directory/units":                                    "data-protection administrator",
	"POST /directory/units":                                   "administrator",
	"GET /directory/units/{unit}":                             "data-protection administrator",
	"POST /directory/units/{unit}/edit":                       "administrator",
	"POST /directory/units/{unit}/move":                       "administrator",
	"GET /directory/units/{unit}/close":                       "administrator",
	"POST /directory/units/{unit}/close":                      "administrator",
	"POST /directory/units/{unit}/open":                       "administrator",
	"POST /directory/units/{unit}/headcount":                  "administrator",
	"GET /directory/units/{unit}/delete":                      "administrator",
	"POST /directory/units/{unit}/delete":                     "administrator",
	"GET /directory/groups":                                   "data-protection administrator",
	"POST /directory/groups":                                  "administrator",
	"GET /directory/groups/{group}":                           "data-protection administrator",
	"POST /directory/groups/{group}/edit":                     "administrator",
	"POST /directory/groups/{group}/people":                   "administrator",
	"POST /directory/groups/{group}/members/{person}/remove":  "administrator",
	"POST /directory/groups/{group}/trainers/{person}/remove": "administrator",
	"GET /directory/groups/{group}/delete":                    "administrator",
	"POST /directory/groups/{group}/delete":                   "administrator",
	"GET /directory/import":                                   "administrator",
	"POST /directory/import":                                  "administrator",
	"GET /directory/import/{preview}":                         "administrator",
	"POST /directory/import/{preview}/columns":                "administrator",
	"POST /directory/import/{preview}/apply":                  "administrator",
	"POST /directory/import/{preview}/drop":                   "administrator",
	"GET /directory/unassigned":                               "data-protection administrator",
	"GET /directory/unassigned/match":                         "administrator",
	"POST /directory/unassigned/match":                        "administrator",
	"GET /accounts":                                           "data-protection administrator",
	"GET /accounts/new":                                       "administrator",
	"POST /accounts/new":                                      "administrator",
	"GET /accounts/{account}":                                 "data-protection administrator",
	"POST /accounts/{account}/edit":                           "administrator",
	"POST /accounts/{account}/disable":                        "administrator",
	"POST /accounts/{account}/enable":                         "administrator",
	"POST /accounts/{account}/reset":                          "administrator",
	"POST /accounts/{account}/signout":                        "administrator",
	"GET /accounts/{account}/delete":                          "administrator",
	"POST /accounts/{account}/delete":                         "administrator",

	"GET /keys":               "administrator",
	"POST /keys":              "administrator",
	"POST /keys/{key}/revoke": "administrator",

	"GET /settings/forwarding":                 "administrator",
	"POST /settings/forwarding":                "administrator",
	"GET /settings/forwarding/{target}":        "administrator",
	"POST /settings/forwarding/{target}/{act}": "administrator",
	"GET /settings/webhooks":                   "administrator",
	"POST /settings/webhooks":                  "administrator",
	"GET /settings/webhooks/{hook}":            "administrator",
	"POST /settings/webhooks/{hook}/{act}":     "administrator",
	"GET /settings/digest":                     "trainer",
	"POST /settings/digest":                    "trainer",
	"GET /digest/unsubscribe":                  "",
	"POST /digest/unsubscribe":                 "",
}

// filled are addresses of routes, with something in place of their wildcards.
var filled = strings.NewReplacer("{$}", "", "{course}", "nothing", "{version}", "1", "{registration}", uuid.NewString(), "{key}", "nothing", "{name}", "nothing", "{token}", "nothing", "{invitation}", uuid.NewString(), "{session}", uuid.NewString(), "{record}", "nothing", "{target}", "nothing", "{hook}", "nothing", "{act}", "pause", "{person}", "nobody", "{merge}", "nothing", "{unit}", "nothing", "{group}", "nothing", "{preview}", "nothing", "{account}", "nobody", "{statement}", uuid.NewString(),
	"{definition}", "nothing", "{run}", "nothing", "{form}", "html", "{link}", "nothing")

func ask(h http.Handler, method, address string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestRoles goes to every page as nobody and in every role.
func TestRoles(t *testing.T) {
	site := newTown(t, "http://content.example")
	if len(routeTable) != len(mayBe) {
		t.Errorf("there are %d routes, and %d are known here", len(routeTable), len(mayBe))
	}
	for _, to := range routeTable {
		name := to.method + " " + to.path
		may, known := mayBe[name]
		if !known {
			t.Errorf("%s is not known here", name)
			continue
		}
		address := filled.Replace(to.path)
		if may != "" {
			answer := ask(site.as(), to.method, address, nil)
			want := "/signin"
			if to.method == "GET" {
				want += "?next=" + url.QueryEscape(address)
			}
			if answer.Code != 303 || answer.Header().Get("Location") != want {
				t.Errorf("%s as nobody: %d to %s", name, answer.Code, answer.Header().Get("Location"))
			}
		}
		for _, role := range visitor.Roles {
			answer := ask(site.as(role), to.method, address, nil, "Accept-Language", "en")
			allowed := may == "*" || may == "" || strings.Contains(" "+may+" ", " "+string(role)+" ")
			switch {
			case allowed && answer.Code == 403:
				t.Errorf("%s as %s is refused", name, role)
			case !allowed && (answer.Code != 403 || !strings.Contains(answer.Body.String(), "your administrator can give you another role")):
				t.Errorf("%s as %s: %d, want 403 with a next step", name, role, answer.Code)
			}
		}
	}
}

// TestStart: who has one page comes to it, who has more chooses, who has none is
// told.
func TestStart(t *testing.T) {
	site := newTown(t, "http://content.example")
	for _, c := range []struct {
		name  string
		roles []visitor.Role
		to    string
		says  string
	}{
		{"a learner", []visitor.Role{visitor.Learner}, "/my", ""},
		{"a learner who protects data as well", []visitor.Role{visitor.DataProtection, visitor.Learner}, "", "Meine Kurse"},
		{"an administrator", []visitor.Role{visitor.Administrator}, "", "Zugangsschlüssel"},
		{"an auditor", []visitor.Role{visitor.Auditor}, "", "Einstellungen"},
		{"a project lead", []visitor.Role{visitor.ProjectLead}, "", "Berichte"},
		{"an auditor", []visitor.Role{visitor.Auditor}, "", "Berichte"},
		{"a data protection officer", []visitor.Role{visitor.DataProtection}, "", "Konten"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := ask(site.as(c.roles...), "GET", "/", nil)
			if answer.Header().Get("Location") != c.to || !strings.Contains(answer.Body.String(), c.says) {
				t.Errorf("%d %v %s", answer.Code, answer.Header(), answer.Body)
			}
		})
	}
}

// TestNowhere: an address that is no page, and a method that a page does not have.
func TestNowhere(t *testing.T) {
	site := newTown(t, "http://content.example").as(visitor.Administrator)
	for _, c := range []struct {
		method, address string
		want            int
	}{
		{"GET", "/nothing", 404}, {"GET", "/courses/nothing", 404}, {"GET", "/courses/nothing/delete", 404}, {"POST", "/courses", 405}, {"DELETE", "/courses", 405},
		{"GET", "/courses/nothing/preview", 405}, {"GET", "/courses/nothing/registrations/nothing", 404}, {"GET", "/assets/site.css", 404}, {"HEAD", "/courses", 200},
	} {
		if answer := ask(site, c.method, c.address, nil); answer.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.address, answer.Code, c.want)
		}
	}
}

// TestHeaders: what every answer has, and what files have.
func TestHeaders(t *testing.T) {
	site := newTown(t, "http://content.example").as(visitor.ContentManager)
	for _, address := range []string{"/courses", "/nothing", "/assets/" + assetNames["site.css"]} {
		h := ask(site, "GET", address, nil).Header()
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(csp, "unsafe") ||
			!strings.Contains(csp, "frame-ancestors 'none'") || !strings.HasSuffix(csp, "form-action 'self' http://content.example") {
			t.Errorf("%s: %s", address, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", address, h)
		}
	}
	page := ask(site, "GET", "/courses", nil, "Accept-Encoding", "br, gzip")
	if h := page.Header(); h.Get("Content-Encoding") != "gzip" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("a page: %v", h)
	}
	total := page.Body.Len()
	for _, name := range assetNames {
		file := ask(site, "GET", "/assets/"+name, nil, "Accept-Encoding", "gzip")
		if h := file.Header(); file.Code != 200 || h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, file.Code, h)
		}
		total += file.Body.Len()
	}
	if total > 60_000 { // the promise is 200 kB
		t.Errorf("the first page takes %d bytes", total)
	}
	for header, want := range map[string]bool{"": false, "gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "br, gzip; q=0.5": true, "identity": false} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := takesGzip(r); got != want {
			t.Errorf("Accept-Encoding %q: %v", header, got)
		}
	}
}

// TestBroken: what fails inside is a page, too, and says nothing of the inside.
func TestBroken(t *testing.T) {
	site := newTown(t, "http://content.example")
	site.shelf.fail = &catalog.Busy{RetryAfter: 5e9, Reason: "the database does not answer now"}
	answer := ask(site.as(visitor.ContentManager), "GET", "/courses", nil)
	if answer.Code != 503 || answer.Header().Get("Retry-After") != "5" || !strings.Contains(answer.Body.String(), "in einigen Sekunden") {
		t.Errorf("%d %v %s", answer.Code, answer.Header(), answer.Body)
	}
	site.shelf.fail = http.ErrServerClosed
	answer = ask(site.as(visitor.ContentManager), "GET", "/courses", nil)
	if answer.Code != 500 || strings.Contains(answer.Body.String(), http.ErrServerClosed.Error()) || !strings.Contains(answer.Body.String(), "Protokoll") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}
