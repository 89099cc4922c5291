package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// riskRows are rows as "a C idle 7", "b C failed 1".
func riskRows(list []Learner) (rows []string) {
	for _, l := range list {
		who := strings.TrimSuffix(strings.TrimPrefix(l.ID, "mbox|mailto:"), "@stadt.example")
		course := map[string]string{c1: "C", c2: "D"}[l.Course]
		reason := map[bool]string{true: "idle"}[l.AtRiskIdle] + map[bool]string{true: "failed"}[l.AtRiskFailed]
		rows = append(rows, fmt.Sprint(who, " ", course, " ", reason, " ", l.IdleDays))
	}
	return rows
}

// TestAtRiskByHand: of four learners in two courses three are at risk, one of them in
// both. It is 8 January, 12:00.
//
//	    C                                    D
//	a   active 1 January 08:00: idle 7       active 1 January 07:00: idle 7
//	b   two attempts failed on the 7th       completed
//	c   active on the 6th                    active 20 December 12:00: idle 19
//	d   assigned long ago, never started     -
func TestAtRiskByHand(t *testing.T) {
	w := newWorld(t)
	w.post("town", append(lines(t, `
		a experienced P1 01T08:00:00
		b failed C 07T08:00:00 reg=1
		b failed C 07T09:00:00 reg=2
		c experienced P1 06T08:00:00
		d assigned C 01T00:00:00`),
		statement("a", adl+"experienced", c2, "2026-01-01T07:00:00Z", nil),
		statement("b", adl+"completed", c2, "2026-01-01T07:00:00Z", nil),
		statement("c", adl+"experienced", c2, "2025-12-20T12:00:00Z", nil))...)
	w.post("village", lines(t, "a experienced P1 01T08:00:00")...)
	w.project()
	everybody := Selection{Scope: Scope{All: true}}
	in := func(s Selection, change func(*Selection)) Selection { change(&s); return s }
	for _, c := range []struct {
		name   string
		s      Selection
		reason string
		order  Order
		want   []string
	}{
		{"who is away for longest first", everybody, "", Order{By: "last_activity"}, []string{"c D idle 19", "a D idle 7", "a C idle 7", "b C failed 1"}},
		{"the other way round", everybody, "", Order{By: "last_activity", Descending: true}, []string{"b C failed 1", "a C idle 7", "a D idle 7", "c D idle 19"}},
		{"of one learner by course, whatever the order", everybody, "", Order{}, []string{"a C idle 7", "a D idle 7", "b C failed 1", "c D idle 19"}},
		{"where all are alike", everybody, "", Order{By: "name", Descending: true}, []string{"a C idle 7", "a D idle 7", "b C failed 1", "c D idle 19"}},
		{"by course", everybody, "", Order{By: "course"}, []string{"a C idle 7", "b C failed 1", "a D idle 7", "c D idle 19"}},
		{"only idle", everybody, reasonIdle, Order{}, []string{"a C idle 7", "a D idle 7", "c D idle 19"}},
		{"only failed", everybody, reasonFailed, Order{}, []string{"b C failed 1"}},
		{"after two days", in(everybody, func(s *Selection) { s.IdleDays = 2 }), reasonIdle, Order{}, []string{"a C idle 7", "a D idle 7", "c C idle 2", "c D idle 19"}},
		{"one course", in(everybody, func(s *Selection) { s.Course = c2 }), "", Order{}, []string{"a D idle 7", "c D idle 19"}},
		{"a trainer of nobody", Selection{}, "", Order{}, nil},
	} {
		var got []string
		o := c.order
		for o.Limit = 1; ; { // a page each: nothing is skipped, nothing comes twice
			list, next, err := w.AtRisk(context.Background(), "town", c.s, c.reason, o)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			got = append(got, riskRows(list)...)
			if o.After = next; next == nil || len(got) > 9 {
				break
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		rows, people, err := w.CountAtRisk(context.Background(), "town", c.s, c.reason)
		humans := map[string]bool{}
		for _, row := range c.want {
			humans[row[:1]] = true
		}
		if err != nil || int(rows) != len(c.want) || int(people) != len(humans) {
			t.Errorf("%s: %d rows, %d people, %v", c.name, rows, people, err)
		}
	}
}

// TestAtRiskOverHTTP: a trainer pages through her own people, with cursors that others
// cannot use to see more.
func TestAtRiskOverHTTP(t *testing.T) {
	w, h := served(t)
	w.post("town", lines(t, `
		a experienced P1 01T08:00:00
		b experienced P1 01T09:00:00
		c experienced P1 01T10:00:00`)...)
	path, seen := Base+"at-risk?wait=true&limit=1&count=true&reason=idle&sort=-last_activity", []string{}
	for path != "" && len(seen) < 9 {
		answer := get(h, "GET", strings.TrimPrefix(path, "/lrs"), "all/read", "town")
		var body struct {
			Count, People int
			AtRisk        []struct{ ID, Course string } `json:"at-risk"`
			More          string
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != 200 || body.Count != 3 || body.People != 3 {
			t.Fatalf("%v: %d %s", err, answer.Code, answer.Body)
		}
		for _, l := range body.AtRisk {
			seen = append(seen, l.ID)
		}
		path = body.More
	}
	if want := []string{"mbox|mailto:c@stadt.example", "mbox|mailto:b@stadt.example", "mbox|mailto:a@stadt.example"}; !slices.Equal(seen, want) {
		t.Errorf("%v, want %v", seen, want)
	}
	foreign := get(h, "GET", Base+"at-risk?after="+url.QueryEscape(cursor(Place{Value: "0", ID: "a", Course: c1})), "all/read", "village")
	if foreign.Code != 200 || !strings.Contains(foreign.Body.String(), `"at-risk":[]`) {
		t.Errorf("another tenant with a cursor: %d %s", foreign.Code, foreign.Body)
	}
}
