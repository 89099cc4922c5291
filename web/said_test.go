package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/browse"
	"lernspur/statements"
)

// saidAlready are statements in memory, in the order in which they came.
type saidAlready struct {
	mu     sync.Mutex
	list   []statements.Found
	voided map[uuid.UUID]bool
	fail   error
}

// say keeps a statement, and answers its id.
func (s *saidAlready) say(t testing.TB, at time.Time, body string) uuid.UUID {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.list) + 1
	id := uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	stored := at.UnixMicro() + int64(n)
	raw := strings.Replace(body, "{", fmt.Sprintf(`{"id":%q,"stored":%q,"timestamp":%q,"version":"1.0.0","authority":{"account":{"homePage":"https://lrs.example","name":"63h4uqx2icwv"}},`,
		id, statements.FormatStored(stored), at.UTC().Format(time.RFC3339)), 1)
	if _, err := statements.Reparse([]byte(raw)); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	s.list = append(s.list, statements.Found{ID: id, Stored: stored, Raw: []byte(raw)})
	return id
}

// Find implements browse.Reader, the newest first, without StatementRefs.
func (s *saidAlready) Find(_ context.Context, _ string, q statements.Query) (page statements.Page, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.list) {
		st, err := statements.Reparse(f.Raw)
		if err != nil {
			return page, err
		}
		ofAgent := q.AnyAgent == nil || slices.ContainsFunc(st.Agents, func(a statements.AgentUse) bool {
			return slices.Contains(q.AnyAgent, a.Identifier) && (q.RelatedAgents || a.Roles&statements.RoleDirect != 0)
		})
		switch {
		case s.voided[f.ID], !ofAgent, q.Actors != nil && !slices.Contains(q.Actors, st.Actor), q.Verb != "" && q.Verb != st.Verb, q.Activity != "" && q.Activity != st.Object,
			q.Registration != uuid.Nil && q.Registration != st.Registration, q.Cursor != 0 && f.Stored >= q.Cursor, f.Stored > q.Upto, f.Stored <= q.Since, q.Until != 0 && f.Stored > q.Until:
			continue
		case len(page.Statements) == q.Limit:
			page.More = true
			return page, s.fail
		}
		page.Statements = append(page.Statements, f)
	}
	return page, s.fail
}

// Several implements browse.Reader.
func (s *saidAlready) Several(_ context.Context, _ string, ids []uuid.UUID, upto int64) (found []statements.Found, voided map[uuid.UUID]bool, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.list {
		if slices.Contains(ids, f.ID) && f.Stored <= upto {
			found = append(found, f)
		}
	}
	return found, s.voided, s.fail
}

// RecentVerbs implements browse.Reader.
func (s *saidAlready) RecentVerbs(context.Context, string, int64) ([]string, error) {
	return []string{"http://adlnet.gov/expapi/verbs/passed", "https://example.org/verbs/bestaunt"}, s.fail
}

// Wait and Watermark implement browse.Marks.
func (s *saidAlready) Wait(context.Context) (int64, error) { return s.Watermark(), s.fail }
func (s *saidAlready) Watermark() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return 1
	}
	return s.list[len(s.list)-1].Stored
}

// inTown are the persons of the directory: Ada is in the group g1, Clara in none.
type inTown struct{}

var townspeople = []browse.Person{
	{ID: "p1", Name: "Ada Yılmaz", Identifiers: []string{"mbox|mailto:ada@musterstadt.example", "account|https://portal.example|a.yilmaz"}},
	{ID: "p3", Name: "Clara Schulz", Identifiers: []string{"mbox|mailto:clara@musterstadt.example"}},
	{ID: "p4", Name: "Clara Meyer", Identifiers: []string{"mbox|mailto:meyer@musterstadt.example"}},
}

func (inTown) Members(_ context.Context, _ string, groups []string) []browse.Person {
	if slices.Contains(groups, "g1") {
		return townspeople[:1]
	}
	return nil
}

func (inTown) Person(_ context.Context, _, id string) (browse.Person, bool) {
	return whoever(func(p browse.Person) bool { return p.ID == id })
}

func (inTown) Owner(_ context.Context, _, identifier string) (browse.Person, bool) {
	return whoever(func(p browse.Person) bool { return slices.Contains(p.Identifiers, identifier) })
}

func whoever(is func(browse.Person) bool) (browse.Person, bool) {
	if i := slices.IndexFunc(townspeople, is); i >= 0 {
		return townspeople[i], true
	}
	return browse.Person{}, false
}

func (inTown) Search(_ context.Context, _, text string, n int) (list []browse.Person) {
	for _, p := range townspeople {
		if len(list) < n && strings.Contains(strings.ToLower(p.Name), strings.ToLower(text)) {
			list = append(list, p)
		}
	}
	return list
}

const (
	adaAgent   = `{"mbox":"mailto:ada@musterstadt.example","name":"ada from content"}`
	berndAgent = `{"mbox":"mailto:bernd@musterstadt.example","name":"Bernd Hoffmann"}`
	claraAgent = `{"mbox":"mailto:clara@musterstadt.example"}`
)

// says is a statement of actor, verb and object, and more.
func says(actor, verb, object, more string) string {
	if !strings.Contains(verb, ":") {
		verb = "http://adlnet.gov/expapi/verbs/" + verb
	}
	return `{"actor":` + actor + `,"verb":{"id":"` + verb + `"},"object":` + object + more + `}`
}

const fireObject = `{"id":"` + fireCourse + `"}`

// learnerStatements are some of everybody's.
func learnerStatements(t testing.TB, site *town) (ids []uuid.UUID) {
	t.Helper()
	for i, body := range []string{
		says(adaAgent, "failed", fireObject, `,"result":{"score":{"scaled":0.4},"success":false,"duration":"PT12M"},"context":{"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","platform":"Moodle"}`),
		says(berndAgent, "passed", fireObject, `,"result":{"score":{"scaled":0.8}}`),
		says(`{"account":{"homePage":"https://portal.example","name":"a.yilmaz"}}`, "passed", fireObject, `,"result":{"score":{"scaled":0.92},"success":true},"context":{"instructor":`+berndAgent+`,"contextActivities":{"grouping":[{"id":"https://other.example/c"}]}}`),
		says(claraAgent, "answered", `{"id":"`+fireCourse+`/q1","definition":{"type":"http://adlnet.gov/expapi/activities/cmi.interaction"}}`, `,"result":{"response":"Notruf 112","success":true}`),
		says(claraAgent, "https://example.org/verbs/bestaunt", `{"id":"https://other.example/x","definition":{"name":{"de":"Das Feuer"}}}`, ""),
	} {
		ids = append(ids, site.said.say(t, testNow.Add(time.Duration(i-10)*time.Minute), body))
	}
	return ids
}
