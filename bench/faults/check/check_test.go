package check

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lernspur/bench/faults/journal"
)

// script answers reads from a list; each test tells it one lie.
type script struct {
	sts   []string // in ascending order
	void  map[string]bool
	hide  string                         // an id that no filter finds
	after func(path, body string) string // the lie
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if strings.HasPrefix(r.URL.Path, "/api/") {
		http.NotFound(w, r)
		return
	}
	for _, name := range []string{"statementId", "voidedStatementId"} {
		if id := q.Get(name); id != "" {
			i := slices.IndexFunc(s.sts, func(raw string) bool { return idOf(raw) == id })
			if i < 0 || s.void[id] != (name == "voidedStatementId") {
				http.NotFound(w, r)
				return
			}
			fmt.Fprint(w, s.after(r.URL.String(), s.sts[i]))
			return
		}
	}
	list := []string{}
	for _, raw := range s.sts {
		if s.void[idOf(raw)] || !s.matches(raw, q) {
			continue
		}
		if q.Get("format") == "ids" {
			raw = fmt.Sprintf(`{"id":%q}`, idOf(raw))
		}
		list = append(list, raw)
	}
	if q.Get("ascending") == "" {
		slices.Reverse(list)
	}
	fmt.Fprint(w, s.after(r.URL.String(), `{"statements":[`+strings.Join(list, ",")+`],"more":""}`))
}

// matches knows the few filters that the statements below need. What refers to
// a match matches.
func (s *script) matches(raw string, q map[string][]string) bool {
	st, err := parse(raw)
	if err != nil {
		panic(err)
	}
	if st.id == s.hide && (q["agent"] != nil || q["verb"] != nil) {
		return false
	}
	direct := func(st *statement) bool {
		ok := true
		if v := q["agent"]; v != nil {
			ok = ok && slices.Contains(st.agents, v[0])
		}
		if v := q["verb"]; v != nil {
			ok = ok && st.verb == v[0]
		}
		if v := q["activity"]; v != nil {
			ok = ok && slices.Contains(st.related, v[0])
		}
		if v := q["registration"]; v != nil {
			ok = ok && st.registration == v[0]
		}
		return ok
	}
	all := map[string]*statement{}
	for _, raw := range s.sts {
		other, err := parse(raw)
		if err != nil {
			panic(err)
		}
		all[other.id] = other
	}
	return leadsTo(st, all, direct)
}

func idOf(raw string) string {
	var st struct{ ID string }
	if err := json.Unmarshal([]byte(raw), &st); err != nil {
		panic(err)
	}
	return st.ID
}

func uuidOf(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func marker(n int) string { return fmt.Sprintf("m-%d", n) }

// sent is statement n as it is sent; ref makes it void that one.
func sent(n, ref int) journal.Sent {
	verb, object := "http://v/did", `{"id":"http://a/1"}`
	if ref > 0 {
		verb, object = voidVerb, `{"objectType":"StatementRef","id":"`+uuidOf(ref)+`"}`
	}
	return journal.Sent{ID: uuidOf(n), Marker: marker(n), Body: fmt.Sprintf(
		`{"id":%q,"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":%q},"object":%s,"context":{"extensions":{%q:%q,"http://n":1.50}}}`,
		uuidOf(n), verb, object, markerKey, marker(n))}
}

// keep is what a server makes of it.
func keep(s journal.Sent, n int) string {
	return strings.TrimSuffix(s.Body, "}") + fmt.Sprintf(
		`,"stored":"2026-01-01T00:00:%02d.000000Z","timestamp":"2026-01-01T00:00:00Z","authority":{},"version":"1.0.0"}`, n)
}

// TestEachLieIsFound: four statements in two requests, one of them voided; one
// request without an acknowledgement; a conflict that was refused.
func TestEachLieIsFound(t *testing.T) {
	same := func(_, body string) string { return body }
	tests := []struct {
		name string
		lie  func(*script)
		want string // kind; "" for none
	}{
		{"the truth", func(*script) {}, ""},
		{"all of what was not acknowledged", func(s *script) { s.sts = append(s.sts, keep(sent(5, 0), 5), keep(sent(6, 0), 6)) }, ""},
		{"half of what was not acknowledged", func(s *script) { s.sts = append(s.sts, keep(sent(5, 0), 5)) }, Half},
		{"one is missing", func(s *script) { s.sts = slices.Delete(s.sts, 1, 2) }, Lost},
		{"the voided one is missing", func(s *script) { s.sts = slices.Delete(s.sts, 0, 1) }, Lost},
		{"one id twice", func(s *script) { s.sts = append(s.sts, strings.Replace(s.sts[1], ":02.", ":09.", 1)) }, Doubled},
		{"the same under two ids", func(s *script) {
			s.sts = append(s.sts, strings.Replace(keep(sent(2, 0), 9), uuidOf(2), uuidOf(77), 1))
		}, Doubled},
		{"a number is written anew", func(s *script) { s.sts[1] = strings.Replace(s.sts[1], "1.50", "1.5", 1) }, Altered},
		{"a member is added", func(s *script) { s.sts[1] = strings.Replace(s.sts[1], `"stored"`, `"more":1,"stored"`, 1) }, Altered},
		{"stored has changed since it was read", func(s *script) { s.sts[1] = strings.Replace(s.sts[1], ":02.", ":01.5", 1) }, Altered},
		{"by id it is another", func(s *script) {
			s.after = func(path, body string) string {
				if strings.Contains(path, "statementId="+uuidOf(2)) {
					return strings.Replace(body, "1.50", "1.51", 1)
				}
				return body
			}
		}, Altered},
		{"the voided one is seen", func(s *script) { s.void = nil }, Voided},
		{"one that nobody sent", func(s *script) { s.sts = append(s.sts, keep(sent(8, 0), 8)) }, Unasked},
		{"the refused one", func(s *script) { s.sts = append(s.sts, keep(sent(7, 0), 8)) }, Unasked},
		{"the order is wrong", func(s *script) { s.sts[1], s.sts[2] = s.sts[2], s.sts[1] }, Order},
		{"a filter misses one", func(s *script) { s.hide = uuidOf(2) }, Filter},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &script{void: map[string]bool{uuidOf(1): true}, after: same}
			for n := range 4 {
				s.sts = append(s.sts, keep(sent(n+1, []int{0, 0, 1, 0}[n]), n+1))
			}
			path := writeJournal(t, s.sts[1])
			test.lie(s)
			server := httptest.NewServer(s)
			defer server.Close()
			result, err := Run(context.Background(), Options{URL: server.URL + "/xapi", Journals: []string{path}, Partial: true})
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" && len(result.Problems) > 0 {
				t.Errorf("problems where there are none: %v", result.Problems)
			}
			if test.want != "" && !slices.ContainsFunc(result.Problems, func(p Problem) bool { return p.Kind == test.want }) {
				t.Errorf("found %v, nothing of kind %q", result.Problems, test.want)
			}
			if result.Acknowledged != 4 {
				t.Errorf("%d statements were acknowledged, not 4", result.Acknowledged)
			}
		})
	}
}

// writeJournal tells the story of the test; read is what statement 2 was read
// as.
func writeJournal(t *testing.T, read string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	w, err := journal.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []journal.Record{
		{Kind: journal.Intent, N: 1, Purpose: journal.New, Statements: []journal.Sent{sent(1, 0), sent(2, 0)}},
		{Kind: journal.Ack, N: 1, IDs: []string{uuidOf(1), uuidOf(2)}},
		{Kind: journal.Read, Status: 200, IDs: []string{uuidOf(2)}, Text: read},
		{Kind: journal.Intent, N: 2, Purpose: journal.New, Statements: []journal.Sent{sent(3, 1), sent(4, 0)}},
		{Kind: journal.Refusal, N: 2, Status: 503},
		{Kind: journal.Attempt, N: 2},
		{Kind: journal.Ack, N: 2},
		{Kind: journal.Intent, N: 3, Purpose: journal.New, Statements: []journal.Sent{sent(5, 0), sent(6, 0)}},
		{Kind: journal.Refusal, N: 3},
		{Kind: journal.Intent, N: 4, Purpose: journal.Repeat, Statements: []journal.Sent{sent(2, 0)}},
		{Kind: journal.Ack, N: 4},
		{Kind: journal.Intent, N: 5, Purpose: journal.Conflict, Statements: []journal.Sent{sent(7, 0)}},
		{Kind: journal.Refusal, N: 5, Status: 409},
	} {
		if err := w.Sync(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
