package lrs_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lernspur/directory"
	"lernspur/lrs/lrstest"

	"github.com/google/uuid"
)

// probe is a request on one method of one route that the key of everything is
// allowed, and what becomes of it with others.
type probe struct {
	route string // "METHOD path"; HEAD is as GET
	// scopes are those of which one is enough.
	scopes []string
	status int // where it is allowed
	// The statuses with a key of another tenant, and with keys that are bound to
	// another actor, another registration and other activities than the request's
	// own. There the scopes are enough. What a status means: 404 and an empty
	// 200 hide what is there, 403 says that the key is bound.
	tenant, actor, registration, activity int
	path, body                            string
	// prepare brings about what the request needs, with the key of everything.
	prepare func(c *client)
}

var (
	mayRead        = []string{"all", "all/read", "statements/read", "statements/read/mine"}
	mayWrite       = []string{"all", "statements/write"}
	mayKnow        = []string{"all", "all/read", "statements/read", "statements/read/mine", "profile", "define"}
	mayVoid        = []string{"all", "statements/write+statements/void", "statements/write+statements/void/mine"}
	mayState       = []string{"all", "state"}
	stateReaders   = []string{"all", "all/read", "state"}
	mayProfile     = []string{"all", "profile"}
	profileReaders = []string{"all", "all/read", "profile"}
	storedID       = uuid.MustParse("5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001")
	otherID        = uuid.MustParse("5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0002")
)

// newID stands in a path for an id that nobody has used.
const newID = "NEW"

const accessedActivity = "http://example.org/activities/course/page"

func accessed(id uuid.UUID, object string) string {
	return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"http://example.org/verbs/did"},"object":%s,"context":{"registration":%q}}`,
		id, agentText("ada"), object, courseOne)
}

var (
	accessedStatement = accessed(storedID, `{"id":"`+accessedActivity+`"}`)
	accessedVoiding   = strings.Replace(accessed(otherID, `{"objectType":"StatementRef","id":"`+storedID.String()+`"}`), "http://example.org/verbs/did", voided, 1)
)

var (
	accessedState   = "/activities/state?activityId=" + url.QueryEscape(accessedActivity) + "&agent=" + url.QueryEscape(agentText("ada")) + "&registration=" + courseOne.String()
	accessedProfile = "/activities/profile?activityId=" + url.QueryEscape(accessedActivity)
	accessedAgent   = "/agents/profile?agent=" + url.QueryEscape(agentText("ada"))
)

// keepDocuments keeps one of each kind, under the id a. The content is an id that must
// not be seen elsewhere.
func keepDocuments(c *client) {
	for _, path := range []string{accessedState + "&stateId=a", accessedProfile + "&profileId=a", accessedAgent + "&profileId=a"} {
		c.do("POST", path, []byte(`{"a":"`+storedID.String()+`"}`))
	}
}

func stored(c *client) { c.do("POST", "/statements", []byte(accessedStatement)) }

// probes has an entry for every route; the test fails without one.
func probes() []probe {
	return []probe{
		{"GET /xapi/statements", mayRead, 200, 200, 200, 200, 200, "/statements", "", stored},
		{"GET /xapi/statements?statementId", mayRead, 200, 404, 404, 404, 404, "/statements?statementId=" + storedID.String(), "", stored},
		{"GET /xapi/statements?voidedStatementId", mayRead, 200, 404, 404, 404, 404, "/statements?voidedStatementId=" + storedID.String(), "",
			func(c *client) { stored(c); c.do("POST", "/statements", []byte(accessedVoiding)) }},
		{"POST /xapi/statements", mayWrite, 200, 200, 403, 403, 403, "/statements", accessedStatement, nil},
		{"PUT /xapi/statements", mayWrite, 204, 204, 403, 403, 403, "/statements?statementId=" + storedID.String(), accessedStatement, nil},
		{"POST /xapi/statements (voiding)", mayVoid, 200, 200, 403, 403, 403, "/statements", accessedVoiding, stored},
		{"GET /xapi/agents", mayKnow, 200, 200, 403, 200, 200, "/agents?agent=" + url.QueryEscape(agentText("ada")), "", nil},
		{"GET /xapi/activities", mayKnow, 200, 200, 200, 200, 403, "/activities?activityId=" + url.QueryEscape(accessedActivity), "", nil},
		{"GET /xapi/activities/state", stateReaders, 200, 404, 403, 403, 403, accessedState + "&stateId=a", "", keepDocuments},
		{"GET /xapi/activities/state (many)", stateReaders, 200, 200, 403, 403, 403, accessedState, "", keepDocuments},
		{"PUT /xapi/activities/state", mayState, 204, 204, 403, 403, 403, accessedState + "&stateId=" + newID, `{"a":1}`, nil},
		{"POST /xapi/activities/state", mayState, 204, 204, 403, 403, 403, accessedState + "&stateId=" + newID, `{"a":1}`, nil},
		{"DELETE /xapi/activities/state", mayState, 204, 204, 403, 403, 403, accessedState + "&stateId=a", "", keepDocuments},
		{"DELETE /xapi/activities/state (many)", mayState, 204, 204, 403, 403, 403, accessedState, "", keepDocuments},
		{"GET /xapi/activities/profile", profileReaders, 200, 404, 200, 200, 403, accessedProfile + "&profileId=a", "", keepDocuments},
		{"GET /xapi/activities/profile (many)", profileReaders, 200, 200, 200, 200, 403, accessedProfile, "", keepDocuments},
		{"PUT /xapi/activities/profile", mayProfile, 204, 204, 204, 204, 403, accessedProfile + "&profileId=" + newID, `{"a":1}`, nil},
		{"POST /xapi/activities/profile", mayProfile, 204, 204, 204, 204, 403, accessedProfile + "&profileId=" + newID, `{"a":1}`, nil},
		{"DELETE /xapi/activities/profile", mayProfile, 204, 204, 204, 204, 403, accessedProfile + "&profileId=a", "", keepDocuments},
		{"GET /xapi/agents/profile", profileReaders, 200, 404, 403, 200, 200, accessedAgent + "&profileId=a", "", keepDocuments},
		{"GET /xapi/agents/profile (many)", profileReaders, 200, 200, 403, 200, 200, accessedAgent, "", keepDocuments},
		{"PUT /xapi/agents/profile", mayProfile, 204, 204, 403, 204, 204, accessedAgent + "&profileId=" + newID, `{"a":1}`, nil},
		{"POST /xapi/agents/profile", mayProfile, 204, 204, 403, 204, 204, accessedAgent + "&profileId=" + newID, `{"a":1}`, nil},
		{"DELETE /xapi/agents/profile", mayProfile, 204, 204, 403, 204, 204, accessedAgent + "&profileId=a", "", keepDocuments},
		{"GET /xapi/about", nil, 200, 0, 0, 0, 0, "/about", "", nil},
	}
}

// covered takes what only tells probes of one route apart from its name.
func covered(route string) string {
	route, _, _ = strings.Cut(route, "?")
	route, _, _ = strings.Cut(route, " (")
	return route
}

// TestEveryRouteRefuses goes through every route with every scope and every
// kind of credentials that is not enough. docs/api.md has the same table.
func TestEveryRouteRefuses(t *testing.T) {
	list := probes()
	for _, p := range list {
		if method, path, _ := strings.Cut(p.route, " "); method == "GET" {
			p.route = "HEAD " + path
			list = append(list, p)
		}
	}
	s := lrstest.Start(t, lrstest.Options{})
	routes := s.API.Routes()
	for route, credentials := range routes {
		if !slices.ContainsFunc(list, func(p probe) bool { return covered(p.route) == route && (p.scopes != nil) == credentials }) {
			t.Errorf("%s is not in the table of this test", route)
		}
	}
	for _, p := range list {
		if _, there := routes[covered(p.route)]; !there {
			t.Errorf("%s is in the table of this test and is no route", p.route)
		}
	}
	for _, p := range list {
		t.Run(p.route, func(t *testing.T) { p.run(t, s) })
	}
	holdTable(t, probes())
}

// run sends the request of a probe with all kinds of credentials. Where one could
// find what another has done, each gets a tenant of its own.
func (p probe) run(t *testing.T, s *lrstest.Server) {
	method, _, _ := strings.Cut(p.route, " ")
	tenants, changes := 0, method != "GET" && method != "HEAD"
	prepared := map[string]bool{}
	fresh := func() string {
		if tenants == 0 || changes {
			tenants++
		}
		return fmt.Sprintf("%s-%d", strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return '-'
		}, p.route), tenants)
	}
	keyOf := func(n directory.NewKey) *client {
		key, secret := s.Bind(t, n)
		return clientOf(t, s).as(key, secret)
	}
	// send prepares the tenant with a key that has the same authority as the one
	// that asks, so that what is read with statements/read/mine is its own.
	const authority = `{"objectType":"Agent","account":{"homePage":"http://town.example","name":"content"}}`
	send := func(name string, want int, tenant string, c *client) {
		t.Helper()
		if p.prepare != nil && (changes || !prepared[tenant]) {
			prepared[tenant] = true
			p.prepare(keyOf(directory.NewKey{Tenant: tenant, Scopes: []string{"all"}, Authority: authority}))
		}
		var body []byte
		if p.body != "" {
			body = []byte(p.body)
		}
		path := strings.Replace(p.path, newID, uuid.NewString(), 1)
		if path != p.path {
			c = c.with("If-None-Match", "*")
		}
		r := c.do(method, path, body)
		if r.status != want {
			t.Errorf("%s: %d, want %d: %s", name, r.status, want, r.body)
		}
		if challenge := r.header.Get("WWW-Authenticate"); (want == 401) != (challenge != "") {
			t.Errorf("%s: challenge %q", name, challenge)
		}
		if _, other := strings.CutPrefix(name, "another "); want == 200 && method == "GET" && other && !strings.Contains(p.path, "profile") && bytes.Contains(r.body, []byte(storedID.String())) {
			t.Errorf("%s sees %s", name, r.body)
		}
	}
	for _, scope := range append(directory.Scopes(), p.scopes...) {
		tenant, want := fresh(), 403
		if p.scopes == nil || slices.Contains(p.scopes, scope) {
			want = p.status
		}
		send("scope "+scope, want, tenant, keyOf(directory.NewKey{Tenant: tenant, Scopes: strings.Split(scope, "+"), Authority: authority}))
	}
	if p.scopes == nil {
		return
	}
	tenant := fresh()
	everything := directory.NewKey{Tenant: tenant, Scopes: []string{"all"}, Authority: authority}
	good := keyOf(everything)
	send("no credentials", 401, tenant, good.as("", ""))
	send("unknown key", 401, tenant, good.as("nobody", good.secret))
	send("wrong secret", 401, tenant, good.as(good.key, good.secret+"x"))
	send("secret of another key", 401, tenant, good.as(good.key, keyOf(everything).secret))
	revoked := keyOf(everything)
	if err := s.Keys.Revoke(t.Context(), revoked.key); err != nil {
		t.Fatal(err)
	}
	send("revoked", 401, tenant, revoked)
	bind := func(b directory.Binding) *client {
		n := everything
		n.Binding = b
		return keyOf(n)
	}
	send("expired", 401, tenant, bind(directory.Binding{Expires: 1}))
	send("another origin", 403, tenant, bind(directory.Binding{Origin: "https://content.example.org"}))
	send("another tenant", p.tenant, tenant, keyOf(directory.NewKey{Tenant: tenant + "-other", Scopes: []string{"all"}, Authority: authority}))
	send("another actor", p.actor, tenant, bind(directory.Binding{Actor: agentText("bob")}))
	send("another registration", p.registration, tenant, bind(directory.Binding{Registration: courseTwo}))
	send("another activity", p.activity, tenant, bind(directory.Binding{ActivityPrefix: "http://example.org/activities/test/"}))

	tenant = fresh()
	everything.Tenant = tenant
	send("bound to what it is about", p.status, tenant, bind(directory.Binding{
		Actor: agentText("ada"), Registration: courseOne, ActivityPrefix: "http://example.org/activities/course/", Expires: time.Now().Add(time.Hour).UnixMicro(),
	}))
}

// holdTable holds the table of docs/api.md against that of the test.
func holdTable(t *testing.T, list []probe) {
	var b strings.Builder
	b.WriteString("| request | one of these scopes | another tenant's key | bound to another actor | to another registration | to other activities |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range list {
		if p.scopes == nil {
			fmt.Fprintf(&b, "| `%s` | none, nor credentials | | | | |\n", p.route)
			continue
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %d | %d | %d | %d |\n", p.route, strings.ReplaceAll(strings.Join(p.scopes, "`, `"), "+", "` with `"), p.tenant, p.actor, p.registration, p.activity)
	}
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), b.String()) {
		t.Errorf("docs/api.md does not have this table:\n%s", b.String())
	}
}
