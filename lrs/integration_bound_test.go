package lrs_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lernspur/directory"
	"lernspur/lrs/lrstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// bound is the client with a new key of the tenant default.
func (c *client) bound(s *lrstest.Server, b directory.Binding, scopes ...string) *client {
	c.Helper()
	return c.as(s.Bind(c, directory.NewKey{Scopes: scopes, Binding: b}))
}

var (
	courseOne = uuid.MustParse("3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0001")
	courseTwo = uuid.MustParse("3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0002")
)

func registered(id uuid.UUID) m { return inContext(m{"registration": id.String()}) }

// TestWhoMayVoid holds the scopes about voiding.
func TestWhoMayVoid(t *testing.T) {
	s, all := start(t)
	none := directory.Binding{}
	writer := all.bound(s, none, "statements/write", "statements/read")
	own := all.bound(s, none, "statements/write", "statements/void/mine")
	every := all.bound(s, none, "statements/write", "statements/void")
	onlyVoid := all.bound(s, none, "statements/void")

	try := func(name string, c *client, target string, status int, words ...string) {
		t.Helper()
		statement := voiding("ada", target)
		r := c.do("POST", "/statements", c.encode(statement))
		if r.status != status {
			t.Errorf("%s: %d, want %d: %s", name, r.status, status, r.body)
		}
		put := voiding("ada", target)
		if p := c.do("PUT", "/statements?statementId="+id(put), c.encode(put)); (p.status == 204) != (status == 200) || status != 200 && p.status != status {
			t.Errorf("%s with PUT: %d: %s", name, p.status, p.body)
		}
		for _, word := range words {
			if !strings.Contains(string(r.body), word) {
				t.Errorf("%s: %s does not say %q", name, r.body, word)
			}
		}
		if status == 403 && c != onlyVoid && !strings.Contains(string(r.body), id(statement)) {
			t.Errorf("%s: %s does not name the statement", name, r.body)
		}
	}
	theirs := writer.post(said("ada", "did", "a"))[0]
	mine := own.post(said("ada", "did", "a"))[0]
	unknown := uuid.NewString()

	try("statements/write alone", writer, theirs, 403, "statements/void")
	try("statements/write alone, not stored", writer, unknown, 403, "statements/void")
	try("without statements/write", onlyVoid, theirs, 403)
	try("mine: another's", own, theirs, 403, theirs, "statements/void")
	try("mine: not stored", own, unknown, 403, unknown, "earlier request")
	all.want(200, "GET", "/statements?statementId="+theirs, nil)
	all.want(200, "GET", "/statements?statementId="+mine, nil)
	try("mine: own", own, mine, 200)
	try("any", every, theirs, 200)
	try("any: not stored", every, unknown, 200)
	all.want(200, "GET", "/statements?voidedStatementId="+mine, nil)
	all.want(200, "GET", "/statements?voidedStatementId="+theirs, nil)

	// One voiding statement that is not allowed refuses the whole request.
	good := said("ada", "did", "a")
	writer.want(403, "POST", "/statements", writer.encode([]any{good, voiding("ada", theirs)}))
	all.want(404, "GET", "/statements?statementId="+id(good), nil)
	// A statement of the same request is not stored yet: it could be one that
	// somebody else stored before, word for word.
	target := said("ada", "did", "a")
	own.want(403, "POST", "/statements", own.encode([]any{target, voiding("ada", id(target))}))
	copied := said("ada", "did", "a")
	writer.post(copied)
	own.want(403, "POST", "/statements", own.encode([]any{copied, voiding("ada", id(copied))}))
	own.post(copied) // which does not make it theirs
	try("mine: stored again", own, id(copied), 403)
}

// TestBoundStatements holds what a bound key can store and see.
func TestBoundStatements(t *testing.T) {
	s, all := start(t)
	course := activityID("course/")
	in := func(who string, registration uuid.UUID, activity string, more ...m) m {
		return said(who, "did", activity, append(more, registered(registration))...)
	}
	ada := directory.Binding{Actor: agentText("ada")}
	one := directory.Binding{Registration: courseOne}
	prefix := directory.Binding{ActivityPrefix: course}
	launch := directory.Binding{Actor: agentText("ada"), Registration: courseOne, ActivityPrefix: course}
	inside := in("ada", courseOne, "course/page")
	statements := map[string]m{
		"inside":             inside,
		"another actor":      in("bob", courseOne, "course/page"),
		"a group with ada":   in("ada", courseOne, "course/page", m{"actor": m{"objectType": "Group", "member": []m{agent("ada")}}}),
		"another course":     in("ada", courseTwo, "course/page"),
		"no registration":    said("ada", "did", "course/page"),
		"another activity":   in("ada", courseOne, "test"),
		"no activity":        in("ada", courseOne, "", m{"object": m{"objectType": "Agent", "mbox": "mailto:ada@example.org"}}),
		"a StatementRef":     in("ada", courseOne, "", refTo(id(inside))),
		"about ada":          in("bob", courseOne, "course/page", m{"object": m{"objectType": "Agent", "mbox": "mailto:ada@example.org"}}),
		"a SubStatement":     in("ada", courseOne, "", m{"object": m{"objectType": "SubStatement", "actor": agent("ada"), "verb": m{"id": verbID("did")}, "object": m{"id": course}}}),
		"instructed by ada":  said("bob", "did", "course/page", inContext(m{"instructor": agent("ada"), "registration": courseOne.String()})),
		"a longer like name": in("ada", courseOne, "coursebook"),
	}
	for name, test := range map[string]struct {
		binding directory.Binding
		in      []string
	}{
		"actor":           {ada, []string{"inside", "another course", "no registration", "another activity", "no activity", "a StatementRef", "a SubStatement", "a longer like name"}},
		"registration":    {one, []string{"inside", "another actor", "a group with ada", "another activity", "no activity", "a StatementRef", "about ada", "a SubStatement", "instructed by ada", "a longer like name"}},
		"activity prefix": {prefix, []string{"inside", "another actor", "a group with ada", "another course", "no registration", "instructed by ada"}},
		"all of it":       {launch, []string{"inside"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := *all
			c.T = t
			key := c.bound(s, test.binding, "statements/write", "statements/read")
			var seen []string
			for what, statement := range statements {
				status := 403
				if slices.Contains(test.in, what) {
					status = 200
					seen = append(seen, id(statement))
				}
				if r := key.do("POST", "/statements", c.encode(statement)); r.status != status {
					t.Errorf("storing %s: %d, want %d: %s", what, r.status, status, r.body)
				}
				c.post(statement) // now it is there, whoever stored it
				readable := map[int]int{200: 200, 403: 404}[status]
				for _, method := range []string{"GET", "HEAD"} {
					if r := key.do(method, "/statements?statementId="+id(statement), nil); r.status != readable {
						t.Errorf("%s %s: %d, want %d", method, what, r.status, readable)
					}
				}
			}
			slices.Sort(seen)
			for filter, query := range map[string][]string{
				"no filter": {}, "by a verb": {"verb", verbID("did")}, "small pages": {"limit", "2"}, "ascending": {"ascending", "true"},
				"by everything related": {"agent", agentText("ada"), "related_agents", "true"},
			} {
				got := slices.Concat(key.pages(query...)...)
				slices.Sort(got)
				if diff := cmp.Diff(seen, got); diff != "" && filter != "by everything related" {
					t.Errorf("%s (-want +got):\n%s", filter, diff)
				}
				for _, id := range got {
					if !slices.Contains(seen, id) {
						t.Errorf("%s: %s is out of bounds", filter, id)
					}
				}
			}
			for what, query := range map[string][]string{
				"another agent": {"agent", agentText("bob")}, "another registration": {"registration", courseTwo.String()}, "another activity": {"activity", activityID("test")},
			} {
				for _, id := range slices.Concat(key.pages(query...)...) {
					if !slices.Contains(seen, id) {
						t.Errorf("asked for %s: %s is out of bounds", what, id)
					}
				}
			}
		})
	}
	t.Run("a batch", func(t *testing.T) {
		key := all.bound(s, launch, "statements/write")
		good := in("ada", courseOne, "course/other")
		r := key.want(403, "POST", "/statements", all.encode([]any{good, statements["another actor"]}))
		if !strings.Contains(string(r.body), "statement 1") {
			t.Errorf("%s", r.body)
		}
		all.want(404, "GET", "/statements?statementId="+id(good), nil)
	})
}

// TestBoundVoiding: what is voided has to be within the bounds as well.
func TestBoundVoiding(t *testing.T) {
	s, all := start(t)
	launch := directory.Binding{Actor: agentText("ada"), Registration: courseOne, ActivityPrefix: activityID("course/")}
	key := all.bound(s, launch, "statements/write", "statements/void")
	inside := said("ada", "did", "course/page", registered(courseOne))
	outside := said("bob", "did", "course/page", registered(courseOne))
	other := said("ada", "did", "test", registered(courseOne))
	all.post(inside, outside, other)
	void := func(who, target string, more ...m) []byte {
		statement := voiding(who, target).(m)
		for _, extra := range more {
			for name, value := range extra {
				statement[name] = value
			}
		}
		return all.encode(statement)
	}
	key.want(403, "POST", "/statements", void("ada", id(outside), registered(courseOne)))
	key.want(403, "POST", "/statements", void("ada", id(other), registered(courseOne)))
	key.want(403, "POST", "/statements", void("ada", uuid.NewString(), registered(courseOne)))
	key.want(403, "POST", "/statements", void("bob", id(inside), registered(courseOne)))
	key.want(403, "POST", "/statements", void("ada", id(inside)))
	key.want(200, "POST", "/statements", void("ada", id(inside), registered(courseOne)))
	all.want(200, "GET", "/statements?voidedStatementId="+id(inside), nil)
	all.want(200, "GET", "/statements?statementId="+id(outside), nil)
}

// TestBoundOrigin: browsers name the origin of a page.
func TestBoundOrigin(t *testing.T) {
	s, all := start(t)
	key := all.bound(s, directory.Binding{Origin: "https://content.example.org"}, "all")
	for origin, status := range map[string]int{
		"https://content.example.org": 200, "https://content.example.org:8443": 403, "http://content.example.org": 403, "null": 403, "https://evil.example.org": 403,
	} {
		key.with("Origin", origin).want(status, "GET", "/statements", nil)
	}
	key.want(403, "GET", "/statements", nil)
	// The alternate syntax does not lead around it.
	form := url.Values{"Authorization": {basicOf(key)}, "X-Experience-API-Version": {"1.0.3"}}.Encode()
	all.with("Content-Type", "application/x-www-form-urlencoded").with("Origin", "https://evil.example.org").want(403, "POST", "/statements?method=GET", []byte(form))
	all.with("Content-Type", "application/x-www-form-urlencoded").with("Origin", "https://content.example.org").want(200, "POST", "/statements?method=GET", []byte(form))
}

func basicOf(c *client) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"+c.secret))
}
