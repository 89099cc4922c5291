package statements

import (
	"fmt"
	"slices"
	"testing"
)

func definitionsOf(st *Statement) []string {
	var list []string
	for activity, definition := range st.Definitions {
		list = append(list, activity+" "+definition)
	}
	return list
}

// TestDefinitions: what is yielded is what was sent, wherever it stands and
// whatever was spliced in before it, and the same when the statement is read
// back.
func TestDefinitions(t *testing.T) {
	const actor = `"actor":{"mbox":"mailto:a@b.cd"},"verb":{"id":"http://v.ex/v"}`
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"none", `{` + actor + `,"object":{"id":"http://a.ex/1"}}`, nil},
		{"empty", `{` + actor + `,"object":{"id":"http://a.ex/1","definition":{ }}}`, nil},
		{"object", `{` + actor + `,"object":{"definition":{"type":"http://t.ex/1"},"id":"http://a.ex/1"}}`,
			[]string{`http://a.ex/1 {"type":"http://t.ex/1"}`}},
		{"white space before it all", "\n \t{" + actor + `,"object":{"id":"http://a.ex/1","definition": { "type" : "http://t.ex/1" } } } `,
			[]string{`http://a.ex/1 { "type" : "http://t.ex/1" }`}},
		{"an Agent as object", `{` + actor + `,"object":{"objectType":"Agent","mbox":"mailto:c@d.ef"}}`, nil},
		{"context", `{` + actor + `,"object":{"id":"http://a.ex/1"},"context":{"contextActivities":{"parent":{"id":"http://a.ex/2","definition":{"type":"http://t.ex/2"}},` +
			`"grouping":[{"id":"http://a.ex/3"},{"id":"http://a.ex/4","definition":{"type":"http://t.ex/4"}}],"category":{"id":"http://a.ex/5","definition":{"type":"http://t.ex/5"}}}}}`,
			[]string{`http://a.ex/2 {"type":"http://t.ex/2"}`, `http://a.ex/4 {"type":"http://t.ex/4"}`, `http://a.ex/5 {"type":"http://t.ex/5"}`}},
		{"behind all that is rewritten or taken away", `{"timestamp":"2026-01-01T01:00:00+01:00","stored":"2026-01-01T00:00:00Z","context":{"contextActivities":{"other":{"id":"http://a.ex/2"}}},` +
			`"authority":{"mbox":"mailto:x@y.zz"},` + actor + `,"object":{"id":"http://a.ex/1","definition":{"type":"http://t.ex/1"}}}`,
			[]string{`http://a.ex/1 {"type":"http://t.ex/1"}`}},
		{"before what is taken away at the end", `{` + actor + `,"object":{"id":"http://a.ex/1","definition":{"type":"http://t.ex/1"}},"stored":"2026-01-01T00:00:00Z","authority":{"mbox":"mailto:x@y.zz"}}`,
			[]string{`http://a.ex/1 {"type":"http://t.ex/1"}`}},
		{"SubStatement", `{` + actor + `,"object":{"objectType":"SubStatement","timestamp":"2026-01-01T01:00:00+01:00",` + actor + `,"object":{"id":"http://a.ex/1","definition":{"type":"http://t.ex/1"}},` +
			`"context":{"contextActivities":{"other":{"id":"http://a.ex/2","definition":{"type":"http://t.ex/2"}}}}}}`,
			[]string{`http://a.ex/1 {"type":"http://t.ex/1"}`, `http://a.ex/2 {"type":"http://t.ex/2"}`}},
		{"one Activity twice", `{` + actor + `,"object":{"id":"http://a.ex/1","definition":{"type":"http://t.ex/1"}},"context":{"contextActivities":{"other":[{"id":"http://a.ex/1","definition":{"moreInfo":"http://m.ex/1"}}]}}}`,
			[]string{`http://a.ex/1 {"type":"http://t.ex/1"}`, `http://a.ex/1 {"moreInfo":"http://m.ex/1"}`}},
	} {
		st, err := ParseOne([]byte(c.text), Options{Edition: V1, Authority: []byte(`{"mbox":"mailto:lrs@example.org"}`)})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := definitionsOf(st); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		st.Stamp(1)
		again, err := Reparse(st.Raw)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := definitionsOf(again); !slices.Equal(got, c.want) {
			t.Errorf("%s, read back: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDefinitionsCostOneAllocation: nothing when there are none.
func TestDefinitionsCostOneAllocation(t *testing.T) {
	const plain = `{"actor":{"mbox":"mailto:a@b.cd"},"verb":{"id":"http://v.ex/v"},"object":{"id":"http://a.ex/1"%s}}`
	allocs := func(definition string) float64 {
		body := fmt.Appendf(nil, plain, definition)
		return testing.AllocsPerRun(100, func() { _, _ = ParseOne(body, Options{Edition: V1}) })
	}
	if without, with := allocs(""), allocs(`,"definition":{"type":"http://t.ex/1"}`); with-without > 1 {
		t.Errorf("%v allocations, %v with a definition", without, with)
	}
}

func TestMergeDefinitions(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want string
	}{
		{"none", nil, ``},
		{"nothing readable", []string{`[]`, `{"a"`}, ``},
		{"one, to the byte", []string{`{"name":{"en":"A \u00e4"},"type":"http://t.ex/1"}`}, `{"name":{"en":"A \u00e4"},"type":"http://t.ex/1"}`},
		{"languages join, the latest wins", []string{`{"name":{"en":"A","de":"B"}}`, `{"name":{"en":"C","fr":"D"}}`}, `{"name":{"en":"C","de":"B","fr":"D"}}`},
		{"a language in another letter case is the same", []string{`{"name":{"en-us":"A"}}`, `{"name":{"en-US":"B"}}`}, `{"name":{"en-US":"B"}}`},
		{"a key that is escaped is the same", []string{`{"name":{"en":"A"}}`, `{"na\u006de":{"en":"B"}}`}, `{"na\u006de":{"en":"B"}}`},
		{"properties join", []string{`{"name":{"en":"A"}}`, `{"description":{"en":"B"},"type":"http://t.ex/1"}`, `{"type":"http://t.ex/2"}`},
			`{"name":{"en":"A"},"description":{"en":"B"},"type":"http://t.ex/2"}`},
		{"extensions by key", []string{`{"extensions":{"http://e.ex/1":1,"http://e.ex/2":{"a":1}}}`, `{"extensions":{"http://e.ex/2":{"b":2},"http://E.ex/1":3}}`},
			`{"extensions":{"http://e.ex/1":1,"http://e.ex/2":{"b":2},"http://E.ex/1":3}}`},
		{"component lists as a whole", []string{`{"interactionType":"choice","choices":[{"id":"a"},{"id":"b"}]}`, `{"interactionType":"choice","choices":[{"id":"a"}]}`},
			`{"interactionType":"choice","choices":[{"id":"a"}]}`},
		{"another interactionType", []string{`{"type":"http://t.ex/1","interactionType":"choice","choices":[{"id":"a"}],"correctResponsesPattern":["a"]}`, `{"interactionType":"true-false"}`},
			`{"type":"http://t.ex/1","interactionType":"true-false"}`},
		{"and back", []string{`{"interactionType":"choice","choices":[{"id":"a"}]}`, `{"interactionType":"other"}`, `{"choices":[{"id":"c"}],"interactionType":"choice"}`},
			`{"interactionType":"choice","choices":[{"id":"c"}]}`},
		{"one that cannot be read in between", []string{`{"name":{"en":"A"}}`, `{`, `{"name":{"de":"B"}}`}, `{"name":{"en":"A","de":"B"}}`},
	} {
		var in [][]byte
		for _, text := range c.in {
			in = append(in, []byte(text))
		}
		if got := string(MergeDefinitions(in)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
