package schema

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lernspur/statements"
)

const goodStatement = `{"actor":{"mbox":"mailto:anna@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/a"}}`

// lines writes violations one per line, without their messages.
func lines(list []statements.Violation) []string {
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprintf("%d %s %s", v.Statement, v.Pointer, v.Rule))
	}
	return out
}

func TestExplain(t *testing.T) {
	tests := []struct {
		name, body string
		ed         statements.Edition
		want       []string
	}{
		{"valid", goodStatement, statements.V1, nil},
		{"valid batch", "[" + goodStatement + "," + goodStatement + "]", statements.V2, nil},
		{"no JSON", `{"actor": nothing}`, statements.V1, []string{"0  json-syntax"}},
		{"a string", `"statement"`, statements.V1, []string{"0  type-object"}},
		{
			"several in one statement, the nested ones too",
			`{"Actor":{"mbox":"mailto:anna@example.org"},"verb":{"id":"did","display":{"en_US":"did"}},` +
				`"object":{"objectType":"SubStatement","actor":{"mbox":"anna"},"verb":{"id":"http://example.org/did"},"object":{"id":"x"},"id":"1"},` +
				`"result":{"success":"true","score":{"scaled":2,"min":3,"max":1}}}`,
			statements.V1,
			[]string{
				"0  actor-required", "0 /Actor unknown-property", "0 /object/actor/mbox mbox-format", "0 /object/id substatement-property",
				"0 /object/object/id activity-id-iri", "0 /result/score/min score-min-below-max", "0 /result/score/scaled score-scaled-range",
				"0 /result/success type-boolean", "0 /verb/display/en_US language-tag", "0 /verb/id verb-id-iri",
			},
		},
		{
			"every bad statement of a batch, none of the good",
			"[" + goodStatement + `,{},5,` + goodStatement + "," + strings.Replace(goodStatement, "mailto:", "", 1) + "]",
			statements.V2,
			[]string{"1  actor-required", "1  object-required", "1  verb-required", "2  type-object", "4 /actor/mbox mbox-format"},
		},
		{
			"an object is judged as what it says it is",
			strings.Replace(goodStatement, `{"id":"http://example.org/a"}`, `{"objectType":"Group","member":[{"name":"Ben"}],"id":"x"}`, 1),
			statements.V1,
			[]string{"0 /object/id unknown-property", "0 /object/member/0 ifi-exactly-one"},
		},
		{
			"keys that need escapes in a pointer",
			strings.Replace(goodStatement, `"object"`, `"context":{"extensions":{"a/b~c.d":1,"":2}},"object"`, 1),
			statements.V1,
			[]string{"0 /context/extensions/ extension-key-iri", "0 /context/extensions/a~1b~0c.d extension-key-iri"},
		},
		{
			"a twin key hides nothing else",
			strings.Replace(goodStatement, `"verb"`, `"id":"1","id":"2","verb"`, 1),
			statements.V1,
			[]string{"0 /id duplicate-key", "0 /id id-uuid"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(Explain([]byte(tt.body), tt.ed))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExplainWords(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{`"actor"`, `"Actor"`, `xAPI knows no property "Actor" here. Letter case matters: write "actor".`},
		{`"actor"`, `"foo":1,"actor"`, `xAPI knows no property "foo" here. What is your own belongs in extensions.`},
		{`{"mbox":"mailto:anna@example.org"}`, `[]`, `This must be an object { … }.`},
		{`"mailto:anna@example.org"`, `"anna"`, `mbox must be an e-mail address after "mailto:", such as "mailto:anna@example.org". Found: "anna".`},
		{`"verb"`, `"result":{"completion":"true"},"verb"`, `This must be true or false. Found: "true".`},
		{`"verb"`, `"result":{"score":{"scaled":85}},"verb"`, `score.scaled must lie between -1 and 1; a percentage is divided by 100. Found: 85.`},
		{`"verb"`, `"context":{"language":"` + strings.Repeat("ä", 100) + `"},"verb"`, `context.language must be a language tag, such as "de" or "en-US". Found: "` + strings.Repeat("ä", 60) + `…".`},
	}
	for _, tt := range tests {
		list := Explain([]byte(strings.Replace(goodStatement, tt.old, tt.new, 1)), statements.V1)
		found := false
		for _, v := range list {
			found = found || v.Message == tt.want
		}
		if !found {
			t.Errorf("%s: want the message %q among %+v", tt.new, tt.want, list)
		}
	}
}

func TestEveryRuleHasWords(t *testing.T) {
	for _, rule := range statements.Rules() {
		_, has := words[rule.ID]
		built := rule.ID == "unknown-property" || strings.HasPrefix(rule.ID, "type-")
		if !rule.GoOnly && !has && !built {
			t.Errorf("rule %s has no words for authors of content", rule.ID)
		}
		if rule.GoOnly && has {
			t.Errorf("rule %s is Go-only: its words stand in package statements", rule.ID)
		}
	}
	for id := range words {
		if _, ok := statements.LookupRule(id); !ok {
			t.Errorf("words for %s, which is no rule", id)
		}
	}
}

func TestExplainIsCapped(t *testing.T) {
	body := []byte("[" + strings.Repeat(`{},`, 999) + `{}]`)
	list := Explain(body, statements.V1)
	if len(list) != MaxViolations {
		t.Fatalf("%d violations, want %d", len(list), MaxViolations)
	}
	if last := list[MaxViolations-1].Message; !strings.HasSuffix(last, "only the first 100 are listed.)") {
		t.Errorf("the last message does not say that there are more: %q", last)
	}
	for _, v := range list[:MaxViolations-1] {
		if strings.Contains(v.Message, "only the first") {
			t.Errorf("only the last message may say that there are more, not %+v", v)
		}
	}
}

// TestExplainIsBounded sends one statement in which everything is wrong 100,000
// times over. It gets what the strict pass says, at once; its neighbour is
// explained as ever.
func TestExplainIsBounded(t *testing.T) {
	huge := strings.Replace(goodStatement, `{"mbox":"mailto:anna@example.org"}`,
		`{"objectType":"Group","member":[`+strings.Repeat(`{},`, 99_999)+`{}]}`, 1)
	start := time.Now()
	got := lines(Explain([]byte("["+huge+`,{"object":5}]`), statements.V2))
	want := []string{"0 /actor/member/0 ifi-exactly-one", "1  actor-required", "1  verb-required", "1 /object type-object"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestExplainKeepsToOptions(t *testing.T) {
	opts := statements.Options{Edition: statements.V1, Limits: statements.Limits{MaxStatements: 2}}
	got := lines(ExplainRequest([]byte("["+goodStatement+",{},"+goodStatement+"]"), opts))
	want := []string{"1  actor-required", "1  object-required", "1  verb-required", "2  limit-statements"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkExplain is the worst a client can ask for: a full batch of large
// statements of which the last is bad, and one in which all are.
func BenchmarkExplain(b *testing.B) {
	large := string(examples(b)[0])
	good := strings.Replace(large, `"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","actor"`, `"actor"`, 1)
	bad := strings.Replace(good, `"success":true`, `"success":1`, 1)
	bodies := []struct{ name, body string }{
		{"one", bad},
		{"last of 10000", "[" + strings.Repeat(good+",", 9999) + bad + "]"},
		{"all of 10000", "[" + strings.Repeat(bad+",", 9999) + bad + "]"},
	}
	for _, bb := range bodies {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.body)))
			for b.Loop() {
				if len(Explain([]byte(bb.body), statements.V1)) == 0 {
					b.Fatal("not refused")
				}
			}
		})
	}
}

// TestExplainConcurrently is for the race detector: the compiled schemas are
// shared by all requests.
func TestExplainConcurrently(t *testing.T) {
	want := lines(Explain([]byte(`{"verb":{"id":"x"},"foo":1}`), statements.V2))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if diff := cmp.Diff(want, lines(Explain([]byte(`{"verb":{"id":"x"},"foo":1}`), statements.V2))); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	wg.Wait()
}
