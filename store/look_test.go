package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store/storetest"
)

// TestActorsOfAnyName: identifiers with every character that an account can have
// choose their own statements and nobody else's.
func TestActorsOfAnyName(t *testing.T) {
	s := storetest.Open(t)
	names := []string{`STADT\ada`, `o'neil`, "tab\there", "new\nline", `']) OR 1 = 1 --`, `{tenant:String}`, "ünï😀", `\`, `\'`, `%s`, "\u202eada"}
	identifier := func(name string) string { return "account|https://stadt.example|" + name }
	for i, name := range names {
		insert(t, s, parse(t, "town", fmt.Sprintf(`{"id":%q,"actor":{"account":{"homePage":"https://stadt.example","name":%s}},"verb":{"id":"http://example.com/read"},"object":{"id":"http://example.com/kurs"}}`,
			id(i), quoted(name)), int64(1000+i)))
	}
	for i, name := range names {
		for what, q := range map[string]statements.Query{
			"actors":         {Actors: []string{identifier(name)}, Limit: 3, Upto: 2000},
			"actors, lately": {Actors: []string{identifier(name)}, Since: 1, Limit: 3, Upto: 2000},
			"any agent":      {AnyAgent: []string{identifier(name), "mbox|mailto:nobody@stadt.example"}, Limit: 3, Upto: 2000},
		} {
			got, err := pages(context.Background(), s, "town", q)
			if err != nil || !slices.Equal(got, []uuid.UUID{id(i)}) {
				t.Errorf("%s %q: %v, %v, want %v", what, name, got, err, id(i))
			}
		}
	}
	var all []string
	for _, name := range names {
		all = append(all, identifier(name))
	}
	for len(all) < 10_000 { // as many as a large department has
		all = append(all, fmt.Sprintf("mbox|mailto:person%d@stadt.example", len(all)))
	}
	got, err := pages(context.Background(), s, "town", statements.Query{Actors: all, Limit: 4, Upto: 2000})
	if err != nil || len(got) != len(names) {
		t.Errorf("%d of %d: %v", len(got), len(names), err)
	}
}

// quoted is a text as JSON.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`, "\n", `\n`).Replace(text) + `"`
}

func TestSeveral(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s,
		parse(t, "town", said{n: 0, actor: mboxes[0], verb: verbs[0], activity: acts[0], ref: -1}.json(), 1000),
		parse(t, "town", said{n: 1, actor: mboxes[1], verb: verbs[1], activity: acts[0], ref: -1}.json(), 1001),
		parse(t, "town", said{n: 2, actor: mboxes[1], verb: voided, ref: 0}.json(), 1002),
		parse(t, "village", said{n: 3, actor: mboxes[1], verb: verbs[1], activity: acts[0], ref: -1}.json(), 1003))
	for _, c := range []struct {
		upto   int64
		found  int
		voided []uuid.UUID
	}{{2000, 3, []uuid.UUID{id(0)}}, {1001, 2, nil}, {999, 0, nil}} {
		found, gone, err := s.Several(context.Background(), "town", []uuid.UUID{id(0), id(1), id(2), id(3), id(9)}, c.upto)
		if err != nil || len(found) != c.found || len(gone) != len(c.voided) {
			t.Fatalf("upto %d: %d found, %v voided, %v", c.upto, len(found), gone, err)
		}
		for _, v := range c.voided {
			if !gone[v] {
				t.Errorf("upto %d: %v is not voided", c.upto, v)
			}
		}
	}
	if found, _, err := s.Several(context.Background(), "town", nil, 2000); err != nil || found != nil {
		t.Errorf("none: %v, %v", found, err)
	}
	recent, err := s.RecentVerbs(context.Background(), "town", 2000)
	if want := []string{voided, verbs[0], verbs[1]}; err != nil || !slices.Equal(recent, want) {
		t.Errorf("verbs %v, %v, want %v", recent, err, want)
	}
}
