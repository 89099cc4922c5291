package statements

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func digestOf(t *testing.T, body string) [16]byte {
	t.Helper()
	return one(t, body, Options{Edition: V2}).Digest
}

// TestDigestIgnores holds pairs that the immutability rules call equal.
func TestDigestIgnores(t *testing.T) {
	activity := func(more string) string { return with("object", `{"id":"http://example.org/activity"`+more+`}`) }
	duration := func(d string) string { return with("result", `{"duration":"`+d+`"}`) }
	for name, pair := range map[string][2]string{
		"id, stored, timestamp, authority, version": {with(), with("id", `"aa97b177-9383-4934-8543-0f91a7a02836"`, "version", `"1.0.3"`,
			"stored", `"2020-01-01T00:00:00Z"`, "timestamp", `"2020-01-01T00:00:00Z"`, "authority", actorOK)},
		"two timestamps":         {with("timestamp", `"2020-01-01T00:00:00Z"`), with("timestamp", `"2021-01-01T00:00:00Z"`)},
		"attachments":            {with(), attachment("fileUrl", `"http://a/b"`)},
		"attachments within":     {sub(), sub("attachments", `[]`)},
		"display":                {with(), with("verb", `{"id":"http://example.org/verbs/did","display":{"en":"did"}}`)},
		"definition":             {with(), activity(`,"definition":{"type":"http://a/b"}`)},
		"definition in context":  {with("context", `{"contextActivities":{"other":[{"id":"http://a/b"}]}}`), with("context", `{"contextActivities":{"other":[{"definition":{},"id":"http://a/b"}]}}`)},
		"display within":         {sub(), sub("verb", `{"id":"http://example.org/verbs/did","display":{"en":"did"}}`)},
		"definition within":      {sub(), sub("object", `{"id":"http://example.org/activity","definition":{}}`)},
		"lone context activity":  {with("context", `{"contextActivities":{"other":[{"id":"http://a/b"}]}}`), with("context", `{"contextActivities":{"other":{"id":"http://a/b"}}}`)},
		"members":                {with("actor", `{"objectType":"Group","member":[{"mbox":"mailto:a@b"},{"mbox":"mailto:c@d"}]}`), with("actor", `{"objectType":"Group","member":[{"mbox":"mailto:c@d"},{"mbox":"mailto:a@b"}]}`)},
		"zone of a SubStatement": {sub("timestamp", `"2020-01-01T00:00:00.10Z"`), sub("timestamp", `"2020-01-01T01:00:00.1+01:00"`)},
		"fine durations":         {duration("P1DT12H36M0.12567S"), duration("P1DT12H36M0.12S")},
		"case of mbox domain":    {with("actor", `{"mbox":"mailto:anna@EXAMPLE.org"}`), with()},
		"case of UUIDs": {with("object", `{"objectType":"StatementRef","id":"8F87CCDE-bb56-4c2e-ab83-44982ef22df0"}`, "context", `{"registration":"8F87CCDE-bb56-4c2e-ab83-44982ef22df0"}`),
			with("object", refOK, "context", `{"registration":"8f87ccde-bb56-4c2e-ab83-44982ef22df0"}`)},
		"case of hash":      {with("actor", `{"mbox_sha1sum":"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"}`), with("actor", `{"mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`)},
		"case of language":  {with("context", `{"language":"de-DE"}`), with("context", `{"language":"de-de"}`)},
		"order of keys":     {with("actor", `{"name":"x","mbox":"mailto:a@b"}`), with("actor", `{"mbox":"mailto:a@b","name":"x"}`)},
		"numbers":           {with("result", `{"score":{"raw":1.0},"extensions":{"http://a/b":[1e2]}}`), with("result", `{"score":{"raw":1},"extensions":{"http://a/b":[100.00]}}`)},
		"escapes":           {with("result", `{"response":"\u00e4\/"}`), with("result", `{"response":"ä/"}`)},
		"escapes in keys":   {with("result", `{"\u0072esponse":"a"}`), with("result", `{"response":"a"}`)},
		"white space":       {with(), strings.ReplaceAll(with(), ":{", " : {\n")},
		"extension objects": {with("context", `{"extensions":{"http://a/b":{"y":1,"x":2}}}`), with("context", `{"extensions":{"http://a/b":{"x":2,"y":1}}}`)},
	} {
		if digestOf(t, pair[0]) != digestOf(t, pair[1]) {
			t.Errorf("%s makes a difference:\n%s\n%s", name, pair[0], pair[1])
		}
	}
}

// TestDigestSees holds statements that all differ from each other.
func TestDigestSees(t *testing.T) {
	result := func(json string) string { return with("result", json) }
	context := func(json string) string { return with("context", json) }
	bodies := []string{
		with(),
		with("actor", `{"mbox":"mailto:Anna@example.org"}`),
		with("actor", `{"mbox":"mailto:anna@example.org","name":"Anna"}`),
		with("actor", `{"mbox":"mailto:anna@example.org","objectType":"Agent"}`),
		with("verb", `{"id":"http://example.org/verbs/Did"}`),
		with("object", `{"id":"http://example.org/activity2"}`),
		with("object", `{"objectType":"Activity","id":"http://example.org/activity"}`),
		with("object", refOK),
		sub(), sub("timestamp", `"2020-01-01T00:00:00Z"`), sub("timestamp", `"2020-01-01T00:00:01Z"`),
		result(`{}`), result(`{"success":true}`), result(`{"success":false}`), result(`{"completion":true}`),
		result(`{"response":"a"}`), result(`{"response":"A"}`), result(`{"response":"1"}`),
		result(`{"score":{"raw":1}}`), result(`{"score":{"raw":-1}}`), result(`{"score":{"raw":10}}`), result(`{"score":{"min":1}}`),
		result(`{"duration":"PT60S"}`), result(`{"duration":"PT1M"}`), result(`{"duration":"PT0.12S"}`), result(`{"duration":"PT0.13S"}`),
		result(`{"extensions":{"http://a/b":1}}`), result(`{"extensions":{"http://a/b":"1"}}`), result(`{"extensions":{"http://a/b":true}}`),
		result(`{"extensions":{"http://a/b":null}}`), result(`{"extensions":{"http://a/b":[1]}}`), result(`{"extensions":{"http://a/b":[1,2]}}`),
		result(`{"extensions":{"http://a/b":[2,1]}}`), result(`{"extensions":{"http://a/b":[12]}}`), result(`{"extensions":{"http://a/b":{}}}`),
		result(`{"extensions":{"http://a/b":{"display":1}}}`), result(`{"extensions":{"http://a/b":{"timestamp":1}}}`),
		context(`{"registration":"8f87ccde-bb56-4c2e-ab83-44982ef22df0"}`), context(`{"registration":"8f87ccde-bb56-4c2e-ab83-44982ef22df1"}`),
		context(`{"platform":"a"}`), context(`{"revision":"a"}`), context(`{"language":"de"}`), context(`{"statement":` + refOK + `}`),
		context(`{"contextActivities":{"parent":[{"id":"http://a/b"}]}}`), context(`{"contextActivities":{"grouping":[{"id":"http://a/b"}]}}`),
		context(`{"contextActivities":{"parent":[{"id":"http://a/b"},{"id":"http://c/d"}]}}`),
		context(`{"contextActivities":{"parent":[{"id":"http://c/d"},{"id":"http://a/b"}]}}`),
		context(`{"contextAgents":[{"objectType":"contextAgent","agent":` + actorOK + `}]}`),
		context(`{"contextAgents":[{"objectType":"contextAgent","agent":` + actorOK + `,"relevantTypes":["http://a/b"]}]}`),
	}
	seen := map[[16]byte]string{}
	for _, body := range bodies {
		d := digestOf(t, body)
		if other, ok := seen[d]; ok {
			t.Errorf("no difference is seen:\n%s\n%s", body, other)
		}
		seen[d] = body
	}
}

// TestDigestGolden keeps the digest what it is: it is stored, so a change of
// the canonical form would turn every repeated statement into a conflict.
func TestDigestGolden(t *testing.T) {
	body := with("actor", `{"objectType":"Group","name":"Ä","member":[{"mbox":"mailto:B@X.org"},{"openid":"http://a/b"}]}`,
		"result", `{"score":{"scaled":0.5},"success":true,"duration":"PT1.239S"}`, "context", `{"language":"de","extensions":{"http://a/b":[null,{"x":-1.50}]}}`)
	p := parsers.New().(*parser)
	opts := Options{Edition: V2}
	p.begin([]byte(body), &opts)
	p.value(0, 0)
	const canonical = "{s\x05actor{s\x06member[{s\x04mboxs\x0emailto:B@x.org}{s\x06openids\x0ahttp://a/b}]s\x04names\x02Äs\x0aobjectTypes\x05Group}" +
		"s\x07context{s\x0aextensions{s\x0ahttp://a/b[0{s\x01xn-15e1;}]}s\x08languages\x02de}" +
		"s\x06object{s\x02ids\x1bhttp://example.org/activity}" +
		"s\x06result{s\x08durationdPT1.23S;s\x05score{s\x06scaledn5e0;}s\x07successt}" +
		"s\x04verb{s\x02ids\x1chttp://example.org/verbs/did}}"
	if got := string(p.appendForm(nil, 0, formStatement)); got != canonical {
		t.Errorf("canonical form:\ngot  %q\nwant %q", got, canonical)
	}
	if sum := sha256.Sum256([]byte(canonical)); digestOf(t, body) != [16]byte(sum[:16]) {
		t.Error("the digest is not the first half of the SHA-256 of the canonical form")
	}
}

// respell writes a JSON value in one of its many spellings.
func respell(t *rapid.T, v any) string {
	space := rapid.SampledFrom([]string{"", " ", "\n\t"}).Draw(t, "space")
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		var members []string
		for _, k := range rapid.Permutation(sorted(keys)).Draw(t, "keys") {
			members = append(members, respell(t, k)+space+":"+space+respell(t, v[k]))
		}
		return "{" + space + strings.Join(members, space+","+space) + "}"
	case []any:
		var elements []string
		for _, e := range v {
			elements = append(elements, respell(t, e))
		}
		return "[" + strings.Join(elements, ","+space) + space + "]"
	case string:
		var b strings.Builder
		escape := rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "escape")
		for i, r := range []rune(v) {
			if escape > 0 && i%escape == 0 && r < 0x10000 {
				fmt.Fprintf(&b, `\u%04X`, r)
			} else {
				quoted, _ := json.Marshal(string(r))
				b.Write(quoted[1 : len(quoted)-1])
			}
		}
		return `"` + b.String() + `"`
	case float64:
		return rapid.SampledFrom([]string{fmt.Sprintf("%v", v), fmt.Sprintf("%.3f", v), fmt.Sprintf("%e", v)}).Draw(t, "number")
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func sorted(keys []string) []string {
	for i := range keys {
		for j := i; j > 0 && keys[j-1] > keys[j]; j-- {
			keys[j-1], keys[j] = keys[j], keys[j-1]
		}
	}
	return keys
}

// anyStatement draws a valid statement as encoding/json would decode it.
func anyStatement(t *rapid.T) map[string]any {
	iri := rapid.SampledFrom([]string{"http://a.example/b", "urn:x:y", "http://a.example/ü#7"})
	agent := rapid.Custom(func(t *rapid.T) any {
		return map[string]any{"mbox": rapid.SampledFrom([]string{"mailto:a@b", "mailto:c@d"}).Draw(t, "mbox"), "name": rapid.String().Draw(t, "name")}
	})
	value := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny[bool]), rapid.Map(rapid.String(), toAny[string]),
		rapid.Map(rapid.IntRange(-2000, 2000), func(n int) any { return float64(n) / 8 }))
	st := map[string]any{
		"actor":   map[string]any{"objectType": "Group", "member": rapid.Map(rapid.SliceOfN(agent, 1, 4), toAny[[]any]).Draw(t, "member")},
		"verb":    map[string]any{"id": iri.Draw(t, "verb"), "display": map[string]any{"de": rapid.String().Draw(t, "display")}},
		"object":  map[string]any{"id": iri.Draw(t, "object"), "definition": map[string]any{"name": map[string]any{"en": rapid.String().Draw(t, "name")}}},
		"context": map[string]any{"extensions": map[string]any{iri.Draw(t, "key"): []any{value.Draw(t, "value"), map[string]any{rapid.String().Draw(t, "k"): value.Draw(t, "v")}}}},
	}
	if rapid.Bool().Draw(t, "result") {
		st["result"] = map[string]any{"response": rapid.String().Draw(t, "response"), "score": map[string]any{"raw": float64(rapid.IntRange(-800, 800).Draw(t, "raw")) / 8}}
	}
	if rapid.Bool().Draw(t, "timestamp") {
		st["timestamp"] = "2026-03-31T14:05:00.5+02:00"
	}
	return st
}

func toAny[T any](v T) any { return v }

func TestDigestDoesNotDependOnSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := anyStatement(t)
		first, err := ParseOne([]byte(respell(t, st)), Options{Edition: V1, Authority: []byte(authorityOK)})
		if err != nil {
			t.Fatal(err)
		}
		group := st["actor"].(map[string]any)
		group["member"] = rapid.Permutation(group["member"].([]any)).Draw(t, "members")
		second, err := ParseOne([]byte(respell(t, st)), Options{Edition: V2})
		if err != nil {
			t.Fatal(err)
		}
		if first.Digest != second.Digest {
			t.Fatalf("the spelling makes a difference:\n%s\n%s", first.Raw, second.Raw)
		}
		// What GET returns is equal to what was sent.
		first.Stamp(1_750_000_000_123_456)
		back, err := ParseOne(first.Raw, Options{Edition: V2, Authority: []byte(actorOK)})
		if err != nil || back.Digest != first.Digest || back.ID != first.ID {
			t.Fatalf("posted back: %v\n%s", err, first.Raw)
		}
	})
}

func TestDigestSeesEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyStatement(t), anyStatement(t)
		for _, st := range []map[string]any{a, b} {
			delete(st, "timestamp")
			delete(st["verb"].(map[string]any), "display")
			delete(st["object"].(map[string]any), "definition")
			st["actor"] = st["actor"].(map[string]any)["member"].([]any)[0]
		}
		x, errX := ParseOne([]byte(respell(t, a)), Options{Edition: V1})
		y, errY := ParseOne([]byte(respell(t, b)), Options{Edition: V1})
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		one, _ := json.Marshal(a)
		two, _ := json.Marshal(b)
		if (x.Digest == y.Digest) != (string(one) == string(two)) {
			t.Fatalf("digests equal: %v\n%s\n%s", x.Digest == y.Digest, one, two)
		}
	})
}
