package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/web/visitor"
)

const (
	ada  = "mbox|mailto:ada@stadt.example"
	bob  = "mbox|mailto:bob@stadt.example"
	eve  = "account|https://portal.example|eve"
	boss = "mbox|mailto:boss@stadt.example"
)

// kept is a reader that remembers what it was asked, and has statements.
type kept struct {
	list   []statements.Found
	voided map[uuid.UUID]bool
	asked  []statements.Query
	verbs  int
	block  chan struct{} // Find waits for it; nil: it does not
}

func (k *kept) Find(_ context.Context, _ string, q statements.Query) (statements.Page, error) {
	if k.block != nil {
		<-k.block
	}
	k.asked = append(k.asked, q)
	return statements.Page{Statements: k.list, More: len(k.list) > 0}, nil
}

func (k *kept) Several(_ context.Context, _ string, ids []uuid.UUID, _ int64) (found []statements.Found, _ map[uuid.UUID]bool, _ error) {
	for _, f := range k.list {
		if slices.Contains(ids, f.ID) {
			found = append(found, f)
		}
	}
	return found, k.voided, nil
}

func (k *kept) RecentVerbs(context.Context, string, int64) ([]string, error) {
	k.verbs++
	return []string{"http://adlnet.gov/expapi/verbs/passed"}, nil
}

type marks struct{ wait, mark int64 }

func (m marks) Wait(context.Context) (int64, error) { return m.wait, nil }
func (m marks) Watermark() int64                    { return m.mark }

// town has three persons: Ada, with two identifiers, in the group g; Bob in h; and the
// trainer of g.
type town struct{}

var persons = []Person{{"p1", "Ada Lovelace", []string{ada, "account|https://portal.example|ada"}}, {"p2", "Bob", []string{bob}}, {"p3", "The Boss", []string{boss}}}

func (town) Members(_ context.Context, _ string, groups []string) (list []Person) {
	for i, g := range []string{"g", "h"} {
		if slices.Contains(groups, g) {
			list = append(list, persons[i])
		}
	}
	return list
}

func (town) Person(_ context.Context, _, id string) (Person, bool) {
	i := slices.IndexFunc(persons, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return persons[i], true
}

func (town) Owner(_ context.Context, _, identifier string) (Person, bool) {
	i := slices.IndexFunc(persons, func(p Person) bool { return slices.Contains(p.Identifiers, identifier) })
	if i < 0 {
		return Person{}, false
	}
	return persons[i], true
}

func (town) Search(_ context.Context, _, text string, n int) (list []Person) {
	for _, p := range persons {
		if len(list) < n && p.has(strings.ToLower(text)) {
			list = append(list, p)
		}
	}
	return list
}

func as(role visitor.Role, groups ...string) *visitor.Visitor {
	return &visitor.Visitor{Tenant: "town", Roles: []visitor.Role{role}, Groups: groups, Person: "p3"}
}

func service(k *kept, on Evaluated) *Service {
	return New(Options{Reader: k, Marks: marks{2000, 1000}, People: town{}, Evaluated: func(context.Context, string) (Evaluated, error) { return on, nil }})
}

// TestWhoseStatements says, for roles, switches and filters, what is asked of the
// store; nothing is asked where nothing may be seen.
func TestWhoseStatements(t *testing.T) {
	all, none := Evaluated{Timelines: true, Answers: true}, Evaluated{}
	adas := "[" + ada + " account|https://portal.example|ada]"
	registration := uuid.New()
	for _, c := range []struct {
		name string
		v    *visitor.Visitor
		on   Evaluated
		f    Filter
		want string // agents of whom, asked of; or the error
	}{
		{"nobody", nil, all, Filter{}, ErrForbidden.Error()},
		{"a learner", as(visitor.Learner), all, Filter{}, ErrForbidden.Error()},
		{"an auditor", as(visitor.Auditor), all, Filter{}, ErrForbidden.Error()},
		{"a project lead", as(visitor.ProjectLead), all, Filter{}, ErrForbidden.Error()},
		{"a content manager", as(visitor.ContentManager), all, Filter{}, ErrForbidden.Error()},
		{"an administrator", as(visitor.Administrator), all, Filter{}, "any actor, any agent"},
		{"an administrator, one person", as(visitor.Administrator), all, Filter{Person: "p1"}, "any actor, " + adas},
		{"an administrator, one identifier of a person", as(visitor.Administrator), all, Filter{Person: ada}, "any actor, " + adas},
		{"an administrator, an identifier of nobody", as(visitor.Administrator), all, Filter{Person: eve}, "any actor, [" + eve + "]"},
		{"an administrator, nothing on", as(visitor.Administrator), none, Filter{}, "any actor, any agent"},
		{"an administrator, nothing on, one person", as(visitor.Administrator), none, Filter{Person: "p1"}, ErrOff.Error()},
		{"an administrator, nothing on, one registration", as(visitor.Administrator), none, Filter{Registration: registration}, ErrOff.Error()},
		{"data protection, nothing on, one person", as(visitor.DataProtection), none, Filter{Person: "p1"}, "any actor, " + adas},
		{"a trainer", as(visitor.Trainer, "g"), all, Filter{}, adas + ", any agent"},
		{"a trainer, nothing on", as(visitor.Trainer, "g"), none, Filter{}, ErrOff.Error()},
		{"a trainer of nobody", as(visitor.Trainer), all, Filter{}, "nothing"},
		{"a trainer of nobody, somebody", as(visitor.Trainer), all, Filter{Person: "p1"}, "nothing"},
		{"a trainer, hers", as(visitor.Trainer, "g"), all, Filter{Person: "p1"}, adas + ", " + adas},
		{"a trainer, another's", as(visitor.Trainer, "g"), all, Filter{Person: "p2"}, "nothing"},
		{"a trainer, another's identifier", as(visitor.Trainer, "g"), all, Filter{Person: bob}, "nothing"},
		{"a trainer, whom nobody knows", as(visitor.Trainer, "g"), all, Filter{Person: eve}, "nothing"},
		{"a trainer, herself", as(visitor.Trainer, "g"), all, Filter{Person: "p3"}, "nothing"},
		{"a trainer, another's registration", as(visitor.Trainer, "g"), all, Filter{Registration: registration}, adas + ", any agent"},
		{"a trainer of two groups", as(visitor.Trainer, "g", "h"), all, Filter{}, "[" + ada + " account|https://portal.example|ada " + bob + "], any agent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for way, ask := range map[string]func(s *Service) error{
				"find": func(s *Service) error { _, err := s.Find(t.Context(), c.v, c.f, 900, 10); return err },
				"new":  func(s *Service) error { _, err := s.New(t.Context(), c.v, c.f, 900, 10); return err },
			} {
				k := &kept{}
				got := "nothing"
				if err := ask(service(k, c.on)); err != nil {
					got = err.Error()
				} else if len(k.asked) == 1 {
					q := k.asked[0]
					got = map[bool]string{true: "any actor", false: fmt.Sprint(q.Actors)}[q.Actors == nil] + ", " + map[bool]string{true: "any agent", false: fmt.Sprint(q.AnyAgent)}[q.AnyAgent == nil]
					if way == "find" && (q.Cursor != 900 || q.Upto != 2000) || way == "new" && (q.Since != 900 || q.Upto != 1000) || q.Ascending || q.Limit != 10 {
						t.Errorf("%s asks %+v", way, q)
					}
				}
				if got != c.want {
					t.Errorf("%s: %s, want %s", way, got, c.want)
				}
			}
		})
	}
}

// found is a statement as it is kept.
func found(t testing.TB, n int, body string) statements.Found {
	t.Helper()
	id := uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	raw := strings.Replace(body, "{", fmt.Sprintf(`{"id":%q,"stored":"2026-01-01T00:00:%02d.000000Z","timestamp":"2026-01-01T00:00:00Z","version":"1.0.0","authority":{"account":{"homePage":"https://lernspur.example","name":"key"}},`, id, n), 1)
	if _, err := statements.Reparse([]byte(raw)); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return statements.Found{ID: id, Stored: int64(n), Raw: []byte(raw)}
}

func said(actor, verb, object, more string) string {
	return `{"actor":` + actor + `,"verb":{"id":"http://adlnet.gov/expapi/verbs/` + verb + `"},"object":` + object + more + `}`
}

const (
	agentAda = `{"mbox":"mailto:ada@stadt.example","name":"Ada"}`
	agentBob = `{"mbox":"mailto:bob@stadt.example","name":"Bob the other"}`
	activity = `{"id":"https://stadt.example/kurs"}`
)

// TestGet: one statement by its id, to those who may see whose it is.
func TestGet(t *testing.T) {
	k := &kept{list: []statements.Found{
		found(t, 1, said(agentAda, "passed", activity, "")), found(t, 2, said(agentBob, "passed", activity, "")),
		found(t, 3, said(agentAda, "voided", `{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000002"}`, "")),
	}}
	k.voided = map[uuid.UUID]bool{k.list[1].ID: true}
	on := Evaluated{Timelines: true}
	for _, c := range []struct {
		name string
		v    *visitor.Visitor
		on   Evaluated
		n    int
		err  error
	}{
		{"a trainer, hers", as(visitor.Trainer, "g"), on, 0, nil},
		{"a trainer, another's", as(visitor.Trainer, "g"), on, 1, ErrNotFound},
		{"a trainer, nothing on", as(visitor.Trainer, "g"), Evaluated{}, 0, ErrOff},
		{"a trainer of nobody", as(visitor.Trainer), on, 0, ErrNotFound},
		{"an administrator", as(visitor.Administrator), on, 1, nil},
		{"data protection, nothing on", as(visitor.DataProtection), Evaluated{}, 1, nil},
		{"an auditor", as(visitor.Auditor), on, 0, ErrForbidden},
	} {
		st, err := service(k, c.on).Get(t.Context(), c.v, k.list[c.n].ID)
		if !errors.Is(err, c.err) || err == nil && (st.ID != k.list[c.n].ID || st.Voided != (c.n == 1)) {
			t.Errorf("%s: %v, %+v", c.name, err, st)
		}
	}
	for role, seen := range map[visitor.Role]bool{visitor.Trainer: false, visitor.Administrator: true} {
		st, err := service(k, on).Get(t.Context(), as(role, "g"), k.list[2].ID)
		if err != nil || (st.Object.Target != nil) != seen || seen && !st.Object.Target.Voided {
			t.Errorf("%s follows a reference to another's statement: %v, %+v", role, err, st.Object.Target)
		}
	}
}

// TestWithhold: what somebody is not to see is not in the JSON, whatever the place;
// everything else is, to the byte.
func TestWithhold(t *testing.T) {
	group := func(more string) string { return `{"objectType":"Group",` + more + `}` }
	const nobody = `{}`
	for _, c := range []struct{ name, body, want string }{
		{"hers alone", said(agentAda, "passed", activity, `,"result":{"score":{"raw":1.50}}`), ""},
		{"about herself", said(agentAda, "commented", `{"objectType":"Agent","mbox":"mailto:ada@stadt.example"}`, ""), ""},
		{"the trainer teaches", said(agentAda, "passed", activity, `,"context":{"instructor":{"mbox":"mailto:boss@stadt.example"}}`), ""},
		{"about another", said(agentAda, "commented", `{"objectType":"Agent","mbox":"mailto:bob@stadt.example","name":"Bob"}`, ""), said(agentAda, "commented", `{"objectType":"Agent"}`, "")},
		{"taught by another", said(agentAda, "passed", activity, `,"context":{"instructor":`+agentBob+`}`), said(agentAda, "passed", activity, `,"context":{"instructor":`+nobody+`}`)},
		{"a team of hers and others", said(agentAda, "passed", activity, `,"context":{"team":`+group(`"name":"Ada and Bob","member":[`+agentAda+`,`+agentBob+`]`)+`}`),
			said(agentAda, "passed", activity, `,"context":{"team":`+group(`"member":[`+agentAda+`,`+nobody+`]`)+`}`)},
		{"a team with an identifier", said(agentAda, "passed", activity, `,"context":{"team":`+group(`"mbox":"mailto:team@stadt.example","name":"Team","member":[`+agentAda+`]`)+`}`),
			said(agentAda, "passed", activity, `,"context":{"team":{"objectType":"Group"}}`)},
		{"what another did", said(agentAda, "asked", `{"objectType":"SubStatement",`+said(agentBob, "passed", activity, "")[1:], ""),
			said(agentAda, "asked", `{"objectType":"SubStatement",`+said(nobody, "passed", activity, "")[1:], "")},
		{"agents of the context", said(agentAda, "passed", activity, `,"context":{"contextAgents":[{"objectType":"contextAgent","agent":`+agentBob+`}]}`),
			said(agentAda, "passed", activity, `,"context":{"contextAgents":[{"objectType":"contextAgent","agent":`+nobody+`}]}`)},
		{"an answer", said(agentAda, "answered", activity, `,"result":{"response":"b","success":false}`), said(agentAda, "answered", activity, "")},
		{"an answer under another verb", said(agentAda, "interacted", activity, `,"result":{"response":"b"}`), said(agentAda, "interacted", activity, "")},
		{"a question under another verb", said(agentAda, "passed", `{"id":"https://stadt.example/q","definition":{"type":"http://adlnet.gov/expapi/activities/cmi.interaction"}}`, `,"result":{"success":true}`),
			said(agentAda, "passed", `{"id":"https://stadt.example/q","definition":{"type":"http://adlnet.gov/expapi/activities/cmi.interaction"}}`, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := found(t, 1, c.body)
			s := service(nil, Evaluated{Timelines: true})
			sight, err := s.sightOf(t.Context(), as(visitor.Trainer, "g"))
			if err != nil {
				t.Fatal(err)
			}
			shown, withheld := sight.withhold(kept.Raw)
			if c.want == "" {
				if withheld || string(shown) != string(kept.Raw) {
					t.Errorf("%v: %s", withheld, shown)
				}
				return
			}
			// The wanted text lacks what makes it a statement, so it is no found.
			want := strings.Replace(c.want, "{", string(kept.Raw[:strings.Index(string(kept.Raw), `"actor"`)]), 1)
			var a, b any
			if err := errors.Join(json.Unmarshal(shown, &a), json.Unmarshal([]byte(want), &b)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(b, a); diff != "" || !withheld {
				t.Errorf("withheld %v (-want +got):\n%s", withheld, diff)
			}
			everything, err := s.sightOf(t.Context(), as(visitor.DataProtection))
			if err != nil {
				t.Fatal(err)
			}
			if shown, withheld := everything.withhold(kept.Raw); withheld || string(shown) != string(kept.Raw) {
				t.Errorf("data protection gets %s", shown)
			}
		})
	}
}

// TestPeople: a text stands for those whom it names and whose statements may be seen.
func TestPeople(t *testing.T) {
	names := func(list []Person) (ids []string) {
		for _, p := range list {
			ids = append(ids, p.ID)
		}
		return ids
	}
	s := service(&kept{}, Evaluated{Timelines: true})
	for _, c := range []struct {
		text           string
		trainer, admin string
	}{
		{"", "[]", "[]"}, {" ada ", "[p1]", "[p1]"}, {"LOVELACE", "[p1]", "[p1]"}, {"bob", "[]", "[p2]"}, {"p2", "[]", "[p2]"}, {bob, "[]", "[p2]"}, {"bob@stadt.example", "[]", "[p2]"},
		{"ada@stadt.example", "[p1]", "[p1]"}, {"mailto:ada@stadt.example", "[p1]", "[p1]"}, {eve, "[]", "[" + eve + "]"}, {"new@stadt.example", "[]", "[mbox|mailto:new@stadt.example]"}, {"stadt", "[p1]", "[p1 p2 p3]"}, {"nobody", "[]", "[]"},
	} {
		for role, want := range map[visitor.Role]string{visitor.Trainer: c.trainer, visitor.Administrator: c.admin} {
			list, err := s.People(t.Context(), as(role, "g"), c.text)
			if got := fmt.Sprint(names(list)); err != nil || got != want {
				t.Errorf("%s asks for %q: %s, %v, want %s", role, c.text, got, err, want)
			}
		}
	}
	if _, err := service(&kept{}, Evaluated{}).People(t.Context(), as(visitor.Administrator), "ada"); !errors.Is(err, ErrOff) {
		t.Errorf("nothing is on: %v", err)
	}
}

// TestTooManyPeople: a trainer whose groups have more people than a query takes is told.
func TestTooManyPeople(t *testing.T) {
	var many []Person
	for i := range maxActors + 1 {
		many = append(many, Person{ID: fmt.Sprint(i), Identifiers: []string{fmt.Sprintf("mbox|mailto:%d@stadt.example", i)}})
	}
	if _, err := newSight(many, Person{}, true); !errors.Is(err, ErrTooMany) {
		t.Errorf("%v", err)
	}
	if s, err := newSight(many[1:], Person{}, true); err != nil || len(s.actors) != maxActors {
		t.Errorf("%v", err)
	}
}

// TestWatching: a few look at what comes in at the same time; the others are told, and
// nobody waits.
func TestWatching(t *testing.T) {
	k := &kept{block: make(chan struct{})}
	s := service(k, Evaluated{Timelines: true})
	done := make(chan error)
	for range watching {
		go func() {
			_, err := s.New(context.Background(), as(visitor.Administrator), Filter{}, 900, 10)
			done <- err
		}()
	}
	for len(s.watchers) < watching {
		time.Sleep(time.Millisecond)
	}
	if _, err := s.New(t.Context(), as(visitor.Administrator), Filter{}, 900, 10); !errors.Is(err, ErrCrowded) {
		t.Errorf("one too many: %v", err)
	}
	for range watching {
		k.block <- struct{}{}
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	k.block = nil
	if news, err := s.New(t.Context(), as(visitor.Administrator), Filter{}, 1000, 10); err != nil || news.Upto != 1000 || len(k.asked) != watching {
		t.Errorf("nothing has come: %+v, %v, asked %d times", news, err, len(k.asked))
	}
	for range 3 {
		if verbs, err := s.Verbs(t.Context(), as(visitor.Administrator)); err != nil || len(verbs) != 1 {
			t.Errorf("%v, %v", verbs, err)
		}
	}
	if k.verbs != 1 {
		t.Errorf("the verbs were asked for %d times", k.verbs)
	}
	if _, err := s.Verbs(t.Context(), as(visitor.Auditor)); !errors.Is(err, ErrForbidden) {
		t.Errorf("an auditor: %v", err)
	}
}
