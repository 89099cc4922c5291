package lenient

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lernspur/statements"
)

// valid are properties of statements that keep the rules but look odd.
var valid = []string{
	`"actor": {"objectType":"Group","name":"","member":[{"mbox":"mailto:a@b.example"}]}`,
	`"actor": {"account":{"homePage":"urn:x","name":""},"name":"undefined"}`,
	`"actor": {"mbox":"MAILTO:undefined@null"}`,
	`"verb": {"id":"completed:voided","display":{}}`,
	`"verb": {"id":"ispring://verb","display":{"und":"","de-AT":"null"}}`,
	`"object": {"id":"ispring://course?id=57?subContentId=1","definition":{"type":"x:course","extensions":{"x:y":[null,[],"",{"min":0,"max":0}]}}}`,
	`"object": {"objectType":"Agent","mbox":"mailto:a@b.example"}`,
	`"object": {"objectType":"SubStatement","actor":{"openid":"x:y"},"verb":{"id":"x:y"},"object":{"id":"x:y"},"result":{"score":{"min":-0.0,"max":1}}}`,
	`"result": {"response":"","score":{},"success":false,"duration":"PT0S","extensions":{}}`,
	`"result": {"score":{"min":0,"max":1e-9,"scaled":-1.0,"raw":0}}`,
	`"context": {"contextActivities":{"parent":[],"other":{"id":"x:y","definition":{}}},"language":"de","extensions":{"x:y":null}}`,
	`"context": {"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","platform":"","revision":"","statement":{"objectType":"StatementRef","id":"ec531277-b57b-4c15-8d91-d292c5b2b8f7"}}`,
	`"timestamp": "2026-03-31t14:05:00.0z"`,
	`"attachments": []`,
}

func name(property string) string {
	n, _, _ := strings.Cut(property, ":")
	return n
}

// TestMixtures puts statements together out of valid properties and of those
// that are repaired, at random: each is repaired as it is alone, what is valid
// stays, and the whole is valid then.
func TestMixtures(t *testing.T) {
	pools := make(map[string][][2]string) // before and after, by the name of the property
	for _, p := range valid {
		pools[name(p)] = append(pools[name(p)], [2]string{p, p})
	}
	for _, tt := range repairTests {
		pools[name(tt.before)] = append(pools[name(tt.before)], [2]string{tt.before, tt.after})
	}
	names := []string{`"actor"`, `"verb"`, `"object"`, `"result"`, `"context"`, `"timestamp"`, `"attachments"`}
	rapid.Check(t, func(t *rapid.T) {
		ed := rapid.SampledFrom([]statements.Edition{statements.V1, statements.V2}).Draw(t, "edition")
		var before, after []string
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			var b, a []string
			for _, n := range rapid.Permutation(names).Draw(t, "order") {
				pool := pools[n]
				if i := rapid.IntRange(-1, len(pool)-1).Draw(t, n); i >= 0 {
					b, a = append(b, pool[i][0]), append(a, pool[i][1])
				}
			}
			if strings.Contains(strings.Join(b, ""), `"platform"`) && strings.Contains(strings.Join(b, ""), `"object": {"objectType":`) {
				t.Skip("platform goes with activities only")
			}
			before, after = append(before, with(b...)), append(after, with(a...))
		}
		body, want := "["+strings.Join(before, ",")+"]", "["+strings.Join(after, ",")+"]"
		got, list := Repair([]byte(body), Options{Edition: ed, Actor: []byte(launched)})
		if string(got) != want {
			t.Fatalf("%s\nbecame %s\nwant   %s", body, got, want)
		}
		for i := range before {
			if repaired := list != nil && list[i] != nil; repaired != (before[i] != after[i]) {
				t.Fatalf("statement %d: repaired is %v: %s", i, repaired, before[i])
			}
		}
		if _, err := statements.Parse(got, statements.Options{Edition: ed}); err != nil {
			t.Fatalf("invalid after the repair: %v\n%s", err, got)
		}
	})
}

func TestExamplesStay(t *testing.T) {
	text, err := os.ReadFile("../lrs/testdata/xapi-spec-examples.json")
	if err != nil {
		t.Fatal(err)
	}
	unchanged(t, string(text), Options{Edition: statements.V1, Actor: []byte(launched)})
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	for _, s := range list {
		unchanged(t, string(s), Options{Edition: statements.V1, Actor: []byte(launched)})
	}
}

// FuzzRepair: no body makes it crash; a valid one stays to the byte; what was
// repaired needs no repair any more, is JSON, and its originals are what was
// sent.
func FuzzRepair(f *testing.F) {
	for _, tt := range repairTests {
		f.Add([]byte(with(tt.before)))
		for _, near := range tt.near {
			f.Add([]byte("[" + with(near) + "]"))
		}
	}
	for _, v := range valid {
		f.Add([]byte(with(v)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, ed := range []statements.Edition{statements.V1, statements.V2} {
			opts := Options{Edition: ed, Actor: []byte(launched)}
			got, list := Repair(body, opts)
			sts, err := statements.Parse(body, statements.Options{Edition: ed})
			if list == nil {
				if string(got) != string(body) {
					t.Fatalf("no repairs, yet %q", got)
				}
				continue
			}
			if err == nil {
				t.Fatalf("%d valid statements were repaired: %q", len(sts), body)
			}
			if !json.Valid(body) || !json.Valid(got) {
				t.Fatalf("not JSON: %q became %q", body, got)
			}
			for _, r := range list {
				if r != nil && !strings.Contains(string(body), string(r.Original)) {
					t.Fatalf("the original %q is not in %q", r.Original, body)
				}
			}
			if again, more := Repair(got, opts); more != nil {
				t.Fatalf("%q\nbecame %q\nthen   %q", body, got, again)
			}
		}
	})
}
