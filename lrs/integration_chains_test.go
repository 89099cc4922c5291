package lrs_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// TestChainsOfStatementRefs: chains of ten and cycles, in every order of
// arrival, with a link that is voided (xAPI 1.0.3 Part 3, 2.1.3; Part 2, 2.3.2).
func TestChainsOfStatementRefs(t *testing.T) {
	const depth = 10
	tests := []struct {
		name   string
		order  func(n int) int // place of the nth post in the chain
		closed bool            // the first statement points to the last: a cycle
		void   int             // link that is voided, -1 for none
	}{
		{"target first", func(n int) int { return n }, false, -1},
		{"target last", func(n int) int { return depth - n }, false, -1},
		{"mixed", func(n int) int { return n * 7 % (depth + 1) }, false, -1},
		{"cycle", func(n int) int { return n }, true, -1},
		{"cycle, backwards", func(n int) int { return depth - n }, true, -1},
		{"voided target", func(n int) int { return n }, false, 0},
		{"voided link", func(n int) int { return depth - n }, false, 5},
		{"voided in a cycle", func(n int) int { return n * 7 % (depth + 1) }, true, 5},
	}
	_, c := start(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.T = t
			verb := uuid.NewString() // each test has its own
			ids := make([]string, depth+1)
			for i := range ids {
				ids[i] = uuid.NewString()
			}
			var want []string // newest first
			for n := range ids {
				i := test.order(n)
				st := said("ada", "link"+verb, "", m{"id": ids[i]})
				switch {
				case i > 0:
					st["object"] = m{"objectType": "StatementRef", "id": ids[i-1]}
				case test.closed:
					st["object"] = m{"objectType": "StatementRef", "id": ids[depth]}
				}
				if i == 0 {
					st["verb"] = m{"id": verbID("begun" + verb)}
				}
				c.post(st)
				want = slices.Insert(want, 0, ids[i])
			}
			if test.void >= 0 {
				v := voiding("admin", ids[test.void])
				c.post(v)
				// It points to a link, so it leads to the match as well.
				want = append([]string{id(v)}, slices.DeleteFunc(want, func(id string) bool { return id == ids[test.void] })...)
				c.want(404, "GET", "/statements?statementId="+ids[test.void], nil)
				c.want(200, "GET", "/statements?voidedStatementId="+ids[test.void], nil)
			}
			if diff := cmp.Diff(want, c.find("verb", verbID("begun"+verb)).ids(t)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			var paged []string
			for _, p := range c.pages("verb", verbID("begun"+verb), "limit", "3", "ascending", "true") {
				paged = append(paged, p...)
			}
			if diff := cmp.Diff(reversed(want), paged); diff != "" {
				t.Errorf("by threes: -want +got\n%s", diff)
			}
		})
	}
}
