package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

const voided = "http://adlnet.gov/expapi/verbs/voided"

// said is a statement in the few properties that filters look at; stored and id
// follow from its place in the history.
type said struct {
	n            int
	actor        string
	instructor   string
	verb         string
	activity     string
	grouping     string
	registration uuid.UUID
	ref          int // place of the statement that the object points to, or -1
}

func (s said) stored() int64 { return 1000 + int64(s.n) }

func (s said) json() string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"id":%q,"actor":{"mbox":%q},"verb":{"id":%q}`, id(s.n), s.actor, s.verb)
	if s.ref >= 0 {
		fmt.Fprintf(&b, `,"object":{"objectType":"StatementRef","id":%q}`, id(s.ref))
	} else {
		fmt.Fprintf(&b, `,"object":{"id":%q}`, s.activity)
	}
	var context []string
	if s.instructor != "" {
		context = append(context, fmt.Sprintf(`"instructor":{"mbox":%q}`, s.instructor))
	}
	if s.grouping != "" {
		context = append(context, fmt.Sprintf(`"contextActivities":{"grouping":[{"id":%q}]}`, s.grouping))
	}
	if s.registration != uuid.Nil {
		context = append(context, fmt.Sprintf(`"registration":%q`, s.registration))
	}
	if len(context) > 0 {
		fmt.Fprintf(&b, `,"context":{%s}`, strings.Join(context, ","))
	}
	return b.String() + "}"
}

// matches is the specification's reading of the filters for one statement,
// without StatementRefs and time.
func matches(s said, q statements.Query) bool {
	anyOf := func(one string) bool { return slices.Contains(q.AnyAgent, "mbox|"+one) }
	agent := q.Agent == "" && len(q.AnyAgent) == 0 || anyOf(s.actor) || q.RelatedAgents && s.instructor != "" && anyOf(s.instructor) ||
		q.Agent != "" && (q.Agent == "mbox|"+s.actor || q.RelatedAgents && q.Agent == "mbox|"+s.instructor && s.instructor != "")
	activity := q.Activity == "" || s.ref < 0 && q.Activity == s.activity || q.RelatedActivities && q.Activity == s.grouping
	verb := q.Verb == "" || q.Verb == s.verb
	registration := q.Registration == uuid.Nil || q.Registration == s.registration
	return agent && activity && verb && registration && bounded(s, q)
}

// bounded is what a bound key may see: what leads to a match has to be within
// the bounds, and the match as well.
func bounded(s said, q statements.Query) bool {
	b := q.Bounds
	return (q.Actors == nil || slices.Contains(q.Actors, "mbox|"+s.actor)) && (b.Actor == "" || b.Actor == "mbox|"+s.actor) && (b.Registration == uuid.Nil || b.Registration == s.registration) &&
		(b.ActivityPrefix == "" || s.ref < 0 && strings.HasPrefix(s.activity, b.ActivityPrefix))
}

// expected answers a query over a whole history.
func expected(history []said, q statements.Query) []uuid.UUID {
	visible := func(n int) bool { return n < len(history) && history[n].stored() <= q.Upto }
	isVoided := make(map[int]bool)
	for _, s := range history {
		if s.verb == voided && s.ref >= 0 && visible(s.n) && (s.ref >= len(history) || history[s.ref].verb != voided) {
			isVoided[s.ref] = true
		}
	}
	var leads func(n int, seen map[int]bool) bool
	leads = func(n int, seen map[int]bool) bool {
		if !visible(n) || seen[n] {
			return false
		}
		seen[n] = true
		return matches(history[n], q) || history[n].ref >= 0 && leads(history[n].ref, seen)
	}
	var list []uuid.UUID
	for _, s := range history {
		inTime := visible(s.n) && (q.Since == 0 || s.stored() > q.Since) && (q.Until == 0 || s.stored() <= q.Until)
		if inTime && !isVoided[s.n] && bounded(s, q) && leads(s.n, map[int]bool{}) {
			list = append(list, id(s.n))
		}
	}
	if !q.Ascending {
		slices.Reverse(list)
	}
	return list
}

var (
	mboxes = []string{"mailto:anna@stadt.example", "mailto:ben@stadt.example", "mailto:cem@stadt.example"}
	verbs  = []string{"http://example.com/read", "http://example.com/wrote", voided}
	acts   = []string{"http://example.com/kurs", "http://example.com/seite"}
	regs   = []uuid.UUID{uuid.Nil, uuid.MustParse("ec531277-b57b-4c15-8d91-d292c5b2b8f7")}
)

func drawHistory(t *rapid.T) []said {
	n := rapid.IntRange(1, 14).Draw(t, "statements")
	history := make([]said, n)
	for i := range history {
		s := said{n: i, ref: -1,
			actor: rapid.SampledFrom(mboxes).Draw(t, "actor"), instructor: rapid.SampledFrom(append([]string{""}, mboxes...)).Draw(t, "instructor"),
			activity: rapid.SampledFrom(acts).Draw(t, "activity"), grouping: rapid.SampledFrom(append([]string{""}, acts...)).Draw(t, "grouping"),
			registration: rapid.SampledFrom(regs).Draw(t, "registration"), verb: rapid.SampledFrom(verbs[:2]).Draw(t, "verb")}
		if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
			s.ref = rapid.IntRange(0, n).Draw(t, "ref") // n: a target that never comes
			s.verb = rapid.SampledFrom(verbs).Draw(t, "verb of a reference")
		}
		history[i] = s
	}
	return history
}

func drawQuery(t *rapid.T, n int) statements.Query {
	at := func(name string) int64 {
		if rapid.Bool().Draw(t, "has "+name) {
			return 0
		}
		return 1000 + int64(rapid.IntRange(0, n).Draw(t, name))
	}
	q := statements.Query{Upto: 1000 + int64(rapid.IntRange(0, n).Draw(t, "watermark")), Since: at("since"), Until: at("until"),
		Ascending: rapid.Bool().Draw(t, "ascending"), RelatedAgents: rapid.Bool().Draw(t, "related agents"),
		RelatedActivities: rapid.Bool().Draw(t, "related activities"), Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
	several := func(name string) (list []string) {
		list = []string{}
		for _, mbox := range mboxes {
			if rapid.Bool().Draw(t, name) {
				list = append(list, "mbox|"+mbox)
			}
		}
		return list
	}
	switch rapid.IntRange(0, 3).Draw(t, "by agent") {
	case 0:
		q.Agent = "mbox|" + rapid.SampledFrom(mboxes).Draw(t, "agent")
	case 1:
		q.AnyAgent = several("any agent")
	}
	if rapid.IntRange(0, 2).Draw(t, "of some actors") == 0 {
		q.Actors = several("of an actor")
	}
	if rapid.Bool().Draw(t, "by verb") {
		q.Verb = rapid.SampledFrom(verbs).Draw(t, "asked verb")
	}
	if rapid.Bool().Draw(t, "by activity") {
		q.Activity = rapid.SampledFrom(acts).Draw(t, "asked activity")
	}
	if rapid.Bool().Draw(t, "by registration") {
		q.Registration = regs[1]
	}
	if rapid.IntRange(0, 3).Draw(t, "bound") == 0 {
		q.Bounds = statements.Bounds{
			Actor:          rapid.SampledFrom([]string{"", "mbox|" + mboxes[0]}).Draw(t, "bound actor"),
			Registration:   rapid.SampledFrom(regs).Draw(t, "bound registration"),
			ActivityPrefix: rapid.SampledFrom([]string{"", "http://example.com/", "http://example.com/k", "http://example.org/"}).Draw(t, "bound prefix"),
		}
	}
	return q
}

// pages follows a query to its end.
func pages(ctx context.Context, s *store.Store, tenant string, q statements.Query) (list []uuid.UUID, err error) {
	for {
		page, err := s.Find(ctx, tenant, q)
		if err != nil {
			return nil, err
		}
		if len(page.Statements) > q.Limit || page.More && len(page.Statements) < q.Limit {
			return nil, fmt.Errorf("a page of %d statements for limit %d, more %v", len(page.Statements), q.Limit, page.More)
		}
		for _, f := range page.Statements {
			list = append(list, f.ID)
			q.Cursor = f.Stored
		}
		if !page.More {
			return list, nil
		}
	}
}

// TestFind compares every page of random queries over random histories with
// a reading of the specification. The history comes in several INSERTs, one
// of them torn before its statements and repeated, as after a crash.
func TestFind(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	tenants := 0
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		tenant := fmt.Sprintf("town%d", tenants)
		history := drawHistory(rt)
		cut := rapid.IntRange(0, len(history)).Draw(rt, "first insert")
		var parts [2][]store.Row
		for i, h := range history {
			part := 0
			if i >= cut {
				part = 1
			}
			parts[part] = append(parts[part], parse(t, tenant, h.json(), h.stored()))
		}
		order := []int{0, 1}
		if rapid.Bool().Draw(rt, "second insert first") {
			order = []int{1, 0}
		}
		if rapid.Bool().Draw(rt, "torn") {
			store.InsertTorn(s, ctx, parts[order[0]])
		}
		for _, part := range order {
			insert(t, s, parts[part]...)
		}
		for range 6 {
			q := drawQuery(rt, len(history))
			want := expected(history, q)
			got, err := pages(ctx, s, tenant, q)
			if err != nil {
				rt.Fatal(err)
			}
			if !slices.Equal(want, got) {
				rt.Fatalf("query %+v\nwant %v\ngot  %v", q, want, got)
			}
			if n, err := s.CountFound(ctx, tenant, q); err != nil || n != int64(len(want)) {
				rt.Fatalf("query %+v\n%d are counted, want %d: %v", q, n, len(want), err)
			}
		}
	})
}

func TestReferencesAfterAReopen(t *testing.T) {
	dsn := storetest.DSN(t)
	ctx := context.Background()
	open := func() *store.Store {
		s, err := store.Open(ctx, dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	history := []said{
		{n: 0, actor: mboxes[0], verb: verbs[0], activity: acts[0], ref: 2},
		{n: 1, actor: mboxes[1], verb: verbs[0], activity: acts[0], ref: 0},
		{n: 2, actor: mboxes[2], verb: verbs[0], activity: acts[0], ref: -1},
	}
	s := open()
	insert(t, s, parse(t, "town", history[0].json(), 1000), parse(t, "town", history[1].json(), 1001))
	s.Close()
	s = open() // the reference to 2 is dangling, known only from the tables
	defer s.Close()
	insert(t, s, parse(t, "town", history[2].json(), 1002))
	got, err := pages(ctx, s, "town", statements.Query{Agent: "mbox|" + mboxes[2], Limit: 1, Upto: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if want := []uuid.UUID{id(2), id(1), id(0)}; !slices.Equal(got, want) {
		t.Errorf("got %v, not %v", got, want)
	}
}

func TestPlans(t *testing.T) {
	all := statements.Query{Agent: "mbox|mailto:anna@stadt.example", RelatedAgents: true, Verb: "http://example.com/read", Activity: "http://example.com/kurs",
		RelatedActivities: true, Registration: regs[1], Since: 10, Until: 20, Upto: 15, Authority: "account|http://lernspur.test|key"}
	tests := []struct {
		name string
		q    statements.Query
	}{
		{"newest", statements.Query{Upto: 15}},
		{"ascending from a cursor", statements.Query{Upto: 15, Ascending: true, Cursor: 12}},
		{"agent", statements.Query{Agent: all.Agent, Upto: 15}},
		{"agent, verb, since", statements.Query{Agent: all.Agent, Verb: all.Verb, Since: 10, Upto: 15}},
		{"related activity", statements.Query{Activity: all.Activity, RelatedActivities: true, Upto: 15}},
		{"verb", statements.Query{Verb: all.Verb, Upto: 15}},
		{"authority", statements.Query{Authority: all.Authority, Upto: 15}},
		{"any of a person's agents", statements.Query{AnyAgent: mboxes, RelatedAgents: true, Upto: 15}},
		{"actors", statements.Query{Actors: mboxes, Verb: all.Verb, Upto: 15}},
		{"actors, lately", statements.Query{Actors: mboxes, Since: 10, Upto: 15}},
		{"actors, lately, an activity", statements.Query{Actors: mboxes, Activity: all.Activity, Since: 10, Upto: 15}},
		{"actors, all time", statements.Query{Actors: mboxes, Since: 10, Upto: 100_000_000}},
		{"bounds", statements.Query{Upto: 15, Verb: all.Verb, Bounds: statements.Bounds{Actor: all.Agent, Registration: regs[1]}}},
		{"bound to a prefix", statements.Query{Upto: 15, Bounds: statements.Bounds{ActivityPrefix: "http://example.com/"}}},
		{"everything", all},
	}
	var b strings.Builder
	for _, test := range tests {
		fmt.Fprintf(&b, "-- %s\n%s\n\n", test.name, store.ExplainPlan(test.q, 11))
	}
	golden(t, "plans.sql", b.String())
}

func TestPagesAreBoundedInBytes(t *testing.T) {
	s := storetest.Open(t)
	text := strings.Repeat("x", 900_000)
	var want []uuid.UUID
	var rows []store.Row
	for n := range 40 {
		body := fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://example.com/wrote"},"object":{"id":"http://example.com/kurs"},"result":{"response":%q}}`, id(n), text)
		rows = append(rows, parse(t, "town", body, int64(1000+n)))
		want = append(want, id(n))
	}
	insert(t, s, rows...)
	for name, q := range map[string]statements.Query{
		"all":      {Ascending: true, Limit: 1000, Upto: 2000},
		"filtered": {Ascending: true, Limit: 1000, Upto: 2000, Verb: "http://example.com/wrote"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []uuid.UUID
			for more := true; more; {
				page, err := s.Find(context.Background(), "town", q)
				if err != nil {
					t.Fatal(err)
				}
				size := 0
				for _, f := range page.Statements {
					got = append(got, f.ID)
					size += len(f.Raw)
					q.Cursor = f.Stored
				}
				if size > 17<<20 {
					t.Errorf("a page of %d bytes", size)
				}
				more = page.More
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v", got)
			}
		})
	}
}
