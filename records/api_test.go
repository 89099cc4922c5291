package records

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/apiv1"
	"lernspur/statements"
)

func TestRefusals(t *testing.T) {
	d, _, server := served(t, nil)
	d.post("{}")
	tests := []struct {
		name, method, path, scope string
		status                    int
		detail                    string
	}{
		{"no credentials", "GET", "/count", "", 401, "credentials are needed"},
		{"no credentials for a tail", "GET", "/tail", "", 401, "credentials are needed"},
		{"a key that only writes", "GET", "/count", "statements/write", 403, "needs one of the scopes"},
		{"a key that only writes, tail", "GET", "/tail", "statements/write", 403, "needs one of the scopes"},
		{"another method", "POST", "/count", "all", 405, "GET and HEAD"},
		{"another method on a tail", "HEAD", "/tail", "all", 405, ""},
		{"no such path", "GET", "/cuont", "all", 404, "no such resource"},
		{"nothing", "GET", "", "all", 404, "no such resource"},
		{"unknown parameter", "GET", "/count?limit=3", "all", 400, `there is no parameter "limit"`},
		{"twice", "GET", "/count?verb=http://a.example/&verb=http://a.example/", "all", 400, "more than once"},
		{"malformed", "GET", "/count?verb=%zz", "all", 400, "malformed"},
		{"too long", "GET", "/count?verb=http://a.example/" + strings.Repeat("x", maxFilters), "all", 400, "longer than"},
		{"agent", "GET", "/count?agent=x", "all", 400, "agent is not an Agent"},
		{"agent without identifier", "GET", "/count?agent={}", "all", 400, "agent is not an Agent"},
		{"verb", "GET", "/count?verb=x", "all", 400, "verb is not an IRI"},
		{"activity", "GET", "/count?activity=x", "all", 400, "activity is not an IRI"},
		{"registration", "GET", "/count?registration=x", "all", 400, "registration is not a UUID"},
		{"registration of nothing", "GET", "/count?registration=" + uuid.Nil.String(), "all", 400, "names nothing"},
		{"since", "GET", "/count?since=x", "all", 400, "since is not a timestamp"},
		{"until of a tail", "GET", "/tail?until=2026-01-01T00:00:00Z", "all", 400, `there is no parameter "until"`},
		{"related_agents", "GET", "/count?related_agents=1", "all", 400, "true or false"},
		{"a fault inside", "GET", "/count", "broken", 500, "internal error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := ask(t, server, test.method, strings.ReplaceAll(test.path, "{}", "%7B%7D"), test.scope)
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != test.status || !strings.Contains(string(body), strings.ReplaceAll(test.detail, `"`, `\"`)) {
				t.Errorf("%d %s, want %d %s", answer.StatusCode, body, test.status, test.detail)
			}
			if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("Content-Type %s", got)
			}
			if answer.Header.Get("Cache-Control") != "no-store" {
				t.Error("the answer may be stored")
			}
		})
	}
}

func TestCountAsks(t *testing.T) {
	agent := url.QueryEscape(`{"mbox":"mailto:ada@stadt.example"}`)
	registration := uuid.MustParse("ec531277-b57b-4c15-8d91-d292c5b2b8f7")
	tests := []struct {
		name, query, scope string
		want               statements.Query
	}{
		{"nothing", "", "all", statements.Query{}},
		{"every filter", "agent=" + agent + "&related_agents=true&verb=http://a.example/v&activity=http://a.example/a&related_activities=true" +
			"&registration=" + registration.String() + "&since=1970-01-01T00:00:01Z&until=1970-01-01T00:00:02%2B00:00", "all/read",
			statements.Query{Agent: "mbox|mailto:ada@stadt.example", RelatedAgents: true, Verb: "http://a.example/v", Activity: "http://a.example/a",
				RelatedActivities: true, Registration: registration, Since: 1e6, Until: 2e6}},
		{"before 1970", "since=1960-01-01T00:00:00Z&until=1960-01-01T00:00:00Z", "statements/read", statements.Query{Until: 1}},
		{"only its own", "", "statements/read/mine", statements.Query{Authority: "mbox|mailto:key@stadt.example"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _, server := served(t, nil)
			d.post("{}", "{}")
			answer := ask(t, server, "GET", "/count?"+test.query, test.scope)
			body, _ := io.ReadAll(answer.Body)
			if want := `{"count":42,"watermark":"1970-01-01T00:00:00.000002Z"}` + "\n"; answer.StatusCode != 200 || string(body) != want {
				t.Fatalf("%d %s", answer.StatusCode, body)
			}
			test.want.Upto = 2
			if diff := cmp.Diff(test.want, d.asked[0]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestCountIsBounded(t *testing.T) {
	d, _, server := served(t, func(o *Options) { o.CountTime = time.Millisecond })
	d.deadline = true
	answer := ask(t, server, "GET", "/count", "all")
	var body apiv1.Problem
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" || !strings.Contains(body.Detail, "narrow it by since and until") {
		t.Errorf("%d %q %+v", answer.StatusCode, answer.Header.Get("Retry-After"), body)
	}
}

func TestBusy(t *testing.T) {
	d, _, server := served(t, nil)
	d.err = errors.Join(&Busy{RetryAfter: 3500 * time.Millisecond, Reason: "not now"}, errors.New("the address of the database"))
	answer := ask(t, server, "GET", "/count", "all")
	body, _ := io.ReadAll(answer.Body)
	if want := `{"title":"Service Unavailable","status":503,"detail":"not now"}` + "\n"; answer.StatusCode != 503 || string(body) != want || answer.Header.Get("Retry-After") != "4" {
		t.Errorf("%d %s after %s", answer.StatusCode, body, answer.Header.Get("Retry-After"))
	}
}
