package check

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
)

// filter is a query and what it means.
type filter struct {
	query url.Values
	match func(*statement) bool
}

// filters walks every filter and compares with the walk over everything.
func (c *check) filters(ctx context.Context) error {
	refers := make(map[string]*statement, len(c.byID))
	for id, s := range c.byID {
		refers[id] = s
	}
	for i, f := range c.filterList() {
		if c.opts.EveryNth > 1 && i%c.opts.EveryNth != len(c.visible)%c.opts.EveryNth {
			continue
		}
		f.query.Set("format", "ids")
		found, err := c.remote.walk(ctx, f.query, 400)
		if err != nil {
			return err
		}
		c.result.Filters++
		var got, want []string
		for _, raw := range found {
			var s struct{ ID string }
			if err := json.Unmarshal([]byte(raw), &s); err != nil {
				return err
			}
			got = append(got, s.ID)
		}
		for _, s := range slices.Backward(c.visible) {
			if leadsTo(s, refers, f.match) {
				want = append(want, s.id)
			}
		}
		if !slices.Equal(got, want) {
			c.problem(Filter, "%s finds %d statements, not %d: %s", f.query.Encode(), len(got), len(want), difference(got, want))
		}
	}
	return nil
}

// leadsTo tells whether a statement matches, or refers, through others perhaps,
// to one that does (xAPI 1.0.3 Part 3, 2.1.3), voided or not.
func leadsTo(s *statement, all map[string]*statement, match func(*statement) bool) bool {
	for range 100 { // longer chains are not made
		if s == nil {
			return false
		}
		if match(s) {
			return true
		}
		if s.ref == "" {
			return false
		}
		s = all[s.ref]
	}
	return false
}

// filterList has a filter for every value that occurs, and some of two.
func (c *check) filterList() []filter {
	values := map[string]map[string]bool{"agent": {}, "verb": {}, "activity": {}, "registration": {}, "related": {}}
	note := func(kind string, list ...string) {
		for _, v := range list {
			if v != "" {
				values[kind][v] = true
			}
		}
	}
	for _, s := range c.byID {
		note("agent", s.agents...)
		note("verb", s.verb)
		note("activity", s.activity)
		note("registration", s.registration)
		note("related", s.related...)
	}
	matchers := map[string]func(*statement, string) bool{
		"agent":        func(s *statement, v string) bool { return slices.Contains(s.agents, v) },
		"verb":         func(s *statement, v string) bool { return s.verb == v },
		"activity":     func(s *statement, v string) bool { return s.activity == v },
		"registration": func(s *statement, v string) bool { return s.registration == v },
		"related":      func(s *statement, v string) bool { return slices.Contains(s.related, v) },
	}
	single := func(kind, v string) filter {
		match := func(s *statement) bool { return matchers[kind](s, v) }
		if kind == "related" {
			return filter{url.Values{"activity": {v}, "related_activities": {"true"}}, match}
		}
		return filter{url.Values{kind: {v}}, match}
	}
	var list []filter
	byKind := map[string][]filter{}
	for kind, set := range values {
		for v := range set {
			f := single(kind, v)
			byKind[kind] = append(byKind[kind], f)
			list = append(list, f)
		}
	}
	for _, pair := range [][2]string{{"agent", "verb"}, {"activity", "registration"}, {"verb", "registration"}} {
		a, b := byKind[pair[0]], byKind[pair[1]]
		for i := range min(4, len(a), len(b)) {
			list = append(list, both(a[i], b[i]))
		}
	}
	return list
}

func both(a, b filter) filter {
	q := url.Values{}
	for _, f := range []filter{a, b} {
		for k, v := range f.query {
			q[k] = v
		}
	}
	return filter{q, func(s *statement) bool { return a.match(s) && b.match(s) }}
}

// difference names the first few ids that only one side has.
func difference(got, want []string) string {
	missing, extra := except(want, got), except(got, want)
	if len(missing)+len(extra) == 0 {
		return "the order differs, or one comes twice"
	}
	return fmt.Sprintf("missing %q, too many %q", missing[:min(3, len(missing))], extra[:min(3, len(extra))])
}

func except(a, b []string) []string {
	in := make(map[string]bool, len(b))
	for _, v := range b {
		in[v] = true
	}
	var list []string
	for _, v := range a {
		if !in[v] {
			list = append(list, v)
		}
	}
	return list
}
