package lenient

import (
	"encoding/json"
	"strings"
	"testing"

	"lernspur/statements"
)

const launched = `{"objectType":"Agent","account":{"homePage":"https://lms.example.org","name":"57"}}`

// with is a whole statement around some of its properties, each one given as
// "name": value; what is not given is plain and valid.
func with(properties ...string) string {
	plain := []string{
		`"actor": {"mbox":"mailto:anna@example.org"}`,
		`"verb": {"id":"http://adlnet.gov/expapi/verbs/completed"}`,
		`"object": {"id":"http://example.org/course"}`,
	}
	for i, p := range plain {
		name, _, _ := strings.Cut(p, ":")
		for _, given := range properties {
			if strings.HasPrefix(given, name+":") {
				plain[i] = ""
			}
		}
	}
	var all []string
	for _, p := range append(plain, properties...) {
		if p != "" {
			all = append(all, p)
		}
	}
	return "{ " + strings.Join(all, ", ") + " }"
}

// repairTests has for every repair at least one statement that it changes, with
// what must come of it, and near misses that stay as they are.
var repairTests = []struct {
	rule, name    string
	before, after string // properties
	pointer       string
	near          []string
}{
	{scoreMinMax, "H5P without points", `"result": {"score": {"min":0, "raw":0, "max":0, "scaled":0}}`, `"result": {"score": {"raw":0, "scaled":0}}`, "/result/score",
		[]string{`"result": {"score": {"min":1,"max":0}}`, `"result": {"score": {"min":0,"max":1}}`, `"result": {"score": {"min":0}}`}},
	{scoreMinMax, "spelled in two ways", `"result": {"score": {"min":1e1,"max":10.0}}`, `"result": {"score": {}}`, "/result/score",
		[]string{`"result": {"score": {"min":0.1,"max":0.10000000000000000001}}`}},
	{numberText, "raw", `"result": {"score": {"raw": "85.50", "max":100}}`, `"result": {"score": {"raw": 85.50, "max":100}}`, "/result/score/raw",
		[]string{`"result": {"score": {"raw":"85%"}}`, `"result": {"score": {"raw":"8,5"}}`, `"result": {"score": {"raw":""}}`, `"result": {"score": {"raw":" 8"}}`,
			`"result": {"score": {"raw":"08"}}`, `"result": {"score": {"raw":"1e999"}}`, `"result": {"score": {"raw":"NaN"}}`, `"result": {"score": {"raw":true}}`}},
	{numberText, "scaled, escaped", `"result": {"score": {"scaled":"\u0030.5"}}`, `"result": {"score": {"scaled":0.5}}`, "/result/score/scaled", nil},
	{booleanText, "success", `"result": {"success":"true"}`, `"result": {"success":true}`, "/result/success",
		[]string{`"result": {"success":"True"}`, `"result": {"success":1}`, `"result": {"success":"passed"}`, `"result": {"success":""}`}},
	{booleanText, "completion", `"result": {"completion":"false"}`, `"result": {"completion":false}`, "/result/completion", nil},
	{durationNaN, "no time", `"result": {"duration":"PTNaNS","success":true}`, `"result": {"success":true}`, "/result/duration",
		[]string{`"result": {"duration":"PTS"}`, `"result": {"duration":"NaN"}`, `"result": {"duration":"PT1M0.5S"}`, `"result": {"duration":"PT12.3S"}`}},
	{contextActivityID, "element", `"context": {"contextActivities":{"parent":[{"objectType":"Activity"}, {"id":"http://example.org/a"}]}}`,
		`"context": {"contextActivities":{"parent":[{"id":"http://example.org/a"}]}}`, "/context/contextActivities/parent/0",
		[]string{`"context": {"contextActivities":{"parent":[{"id":"a"}]}}`, `"context": {"contextActivities":{"parent":["a"]}}`,
			`"context": {"contextActivities":{"elders":[{}]}}`, `"object": {"objectType":"Activity"}`,
			`"context": {"contextActivities":{"category":[{"id":"http://example.org/without-a-name"}]}}`}},
	{contextActivityID, "last element", `"context": {"contextActivities":{"other":[{"id":"http://example.org/a"}, {"id":""} ]}}`,
		`"context": {"contextActivities":{"other":[{"id":"http://example.org/a"} ]}}`, "/context/contextActivities/other/1", nil},
	{contextActivityID, "all elements", `"context": {"contextActivities":{"category":[ {} ]}}`, `"context": {"contextActivities":{"category":[  ]}}`,
		"/context/contextActivities/category/0", nil},
	{contextActivityID, "alone", `"context": {"contextActivities":{"grouping":{"definition":{"name":{"en":"x"}}},"other":[]}}`,
		`"context": {"contextActivities":{"other":[]}}`, "/context/contextActivities/grouping", nil},
	{launchActor, "undefined", `"actor": {"name":"undefined","mbox":"mailto:undefined"}`, `"actor": ` + launched, "/actor",
		[]string{`"actor": {"mbox":"mailto:undefined","account":{"homePage":"http://a.example","name":"a"}}`, `"actor": {"objectType":"Group","mbox":"mailto:undefined"}`,
			`"actor": {"mbox":"undefined"}`, `"actor": {"mbox":"mailto:unknown"}`, `"object": {"objectType":"Agent","mbox":"mailto:undefined"}`,
			`"actor": {"mbox":"mailto:undefined@example.org"}`, `"actor": {"name":"Anna"}`}},
	{launchActor, "undefined, in a list", `"actor": {"objectType":"Person","name":["undefined"],"mbox":["mailto:undefined"]}`, `"actor": ` + launched, "/actor", nil},
	{launchActor, "null", `"actor": {"mbox":"mailto:null","objectType":"Agent"}`, `"actor": ` + launched, "/actor", nil},
	{launchActor, "nothing", `"actor": {"mbox":"mailto:"}`, `"actor": ` + launched, "/actor", nil},
	{mboxScheme, "actor", `"actor": {"mbox": "Anna.M@example.org" ,"name":"Anna"}`, `"actor": {"mbox": "mailto:Anna.M@example.org" ,"name":"Anna"}`, "/actor/mbox",
		[]string{`"actor": {"mbox":"anna"}`, `"actor": {"mbox":"anna @example.org"}`, `"actor": {"mbox":"email:anna@example.org"}`, `"actor": {"mbox":"a@b@c"}`, `"actor": {"mbox":"//a@example.org"}`}},
	{mboxScheme, "member", `"actor": {"objectType":"Group","member":[{"mbox":"anna@example.org"}]}`, `"actor": {"objectType":"Group","member":[{"mbox":"mailto:anna@example.org"}]}`,
		"/actor/member/0/mbox", nil},
	{mboxScheme, "instructor of a SubStatement", `"object": {"objectType":"SubStatement","actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"},"context":{"instructor":{"mbox":"a@b.example"}}}`,
		`"object": {"objectType":"SubStatement","actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"},"context":{"instructor":{"mbox":"mailto:a@b.example"}}}`,
		"/object/context/instructor/mbox", nil},
	{actorArrays, "Person", `"actor": {"objectType":"Person","name":["Joe Schmoe","Joseph"],"mbox":["mailto:joe@example.com"],"openid":["http://openid.com/joe"]}`,
		`"actor": {"objectType":"Agent","name":"Joe Schmoe","mbox":"mailto:joe@example.com"}`, "/actor",
		[]string{`"actor": {"objectType":"Person","name":["Joe"]}`, `"actor": {"name":["Joe"],"mbox":[]}`, `"actor": {"objectType":"Human","mbox":["mailto:a@b.example"]}`,
			`"actor": {"objectType":"Group","name":["Team"],"mbox":["mailto:a@b.example"]}`, `"actor": {"mbox":[["mailto:a@b.example"]]}`}},
	{actorArrays, "account", `"actor": {"name":["Joe"],"mbox":[],"account":[{"accountServiceHomePage":"http://a.example","accountName":"joe"}]}`,
		`"actor": {"objectType":"Agent","name":"Joe","account":{"homePage":"http://a.example","name":"joe"}}`, "/actor", nil},
	{actorArrays, "instructor", `"context": {"instructor":{"objectType":"Person","lastName":["Dad"],"mbox":["mailto:dad@example.com"]}}`,
		`"context": {"instructor":{"objectType":"Agent","mbox":"mailto:dad@example.com"}}`, "/context/instructor", nil},
	{actorArrays, "sha1 before openid", `"actor": {"openid":["http://o.example/"],"mbox_sha1sum":["ebd31e95054c018b10727ccffd2ef2ec3a016ee9"]}`,
		`"actor": {"objectType":"Agent","mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`, "/actor", nil},
	{verbText, "of 0.9", `"verb": "completed"`, `"verb": {"id":"http://adlnet.gov/expapi/verbs/completed","display":{"en-US":"completed"}}`, "/verb",
		[]string{`"verb": "voided"`, `"verb": "http://adlnet.gov/expapi/verbs/voided"`, `"verb": "read"`, `"verb": ""`, `"verb": ["completed"]`, `"verb": {"id":"completed"}`}},
	{verbText, "an IRI", `"verb": "http:\/\/example.org\/read"`, `"verb": {"id":"http:\/\/example.org\/read"}`, "/verb", nil},
	{activityTypeText, "course", `"object": {"id":"http://example.org/c","definition":{"type":"course"}}`,
		`"object": {"id":"http://example.org/c","definition":{"type":"http://adlnet.gov/expapi/activities/course"}}`, "/object/definition/type",
		[]string{`"object": {"id":"http://example.org/c","definition":{"type":"Kurs"}}`, `"object": {"id":"http://example.org/c","definition":{"type":""}}`}},
	{nullProperty, "first", `"object": {"objectType":null,"id":"http://example.org/c"}`, `"object": {"id":"http://example.org/c"}`, "/object/objectType",
		[]string{`"object": {"id":"http://example.org/c","definition":{"extensions":{"http://example.org/e":null}}}`,
			`"context": {"contextActivities":{"parent":[null]}}`, `"object": {"id":"http://example.org/c","definition":{"correctResponsesPattern":[null]}}`}},
	{nullProperty, "last", `"result": {"success":true , "score":null}`, `"result": {"success":true}`, "/result/score", nil},
	{nullProperty, "only", `"result": { "duration": null }`, `"result": {  }`, "/result/duration", nil},
	{nullProperty, "registration", `"context": {"registration":null,"platform":"x"}`, `"context": {"platform":"x"}`, "/context/registration", nil},
	{emptyArray, "extensions", `"context": {"extensions":[]}`, `"context": {"extensions":{}}`, "/context/extensions",
		[]string{`"context": {"extensions":[1]}`, `"actor": []`, `"verb": []`, `"object": []`, `"context": {"contextActivities":{"parent":[]}}`, `"attachments": []`}},
	{emptyArray, "result", `"result": []`, `"result": {}`, "/result", nil},
	{emptyArray, "display", `"verb": {"id":"http://example.org/v","display":[ ]}`, `"verb": {"id":"http://example.org/v","display":{}}`, "/verb/display", nil},
	{emptyArray, "definition", `"object": {"id":"http://example.org/c","definition":[]}`, `"object": {"id":"http://example.org/c","definition":{}}`, "/object/definition", nil},
	{emptyText, "registration", `"context": {"registration":"","platform":"x"}`, `"context": {"platform":"x"}`, "/context/registration",
		[]string{`"context": {"registration":"x"}`, `"id": ""`, `"object": {"id":""}`, `"context": {"platform":""}`, `"result": {"response":""}`}},
	{emptyText, "duration", `"result": {"response":"", "duration":""}`, `"result": {"response":""}`, "/result/duration", nil},
	{timestampBlank, "with a zone", `"timestamp": "2026-03-31 14:05:00Z"`, `"timestamp": "2026-03-31T14:05:00Z"`, "/timestamp",
		[]string{`"timestamp": "2026-03-31  14:05:00Z"`, `"timestamp": "2026-02-30 14:05:00Z"`, `"timestamp": "31.03.2026 14:05"`, `"timestamp": "2026-03-31"`}},
	{languageUnderscore, "display", `"verb": {"id":"http://example.org/v","display":{"de_AT":"liest","en":"reads"}}`,
		`"verb": {"id":"http://example.org/v","display":{"de-AT":"liest","en":"reads"}}`, "/verb/display/de_AT",
		[]string{`"verb": {"id":"http://example.org/v","display":{"de_AT":"liest","de-AT":"liest"}}`, `"verb": {"id":"http://example.org/v","display":{"_":"x"}}`,
			`"verb": {"id":"http://example.org/v","display":{"de AT":"x"}}`}},
	{languageUnderscore, "context", `"context": {"language":"en_US"}`, `"context": {"language":"en-US"}`, "/context/language", nil},
}

func TestRepairs(t *testing.T) {
	seen := make(map[string]bool)
	for _, tt := range repairTests {
		t.Run(tt.rule+"/"+tt.name, func(t *testing.T) {
			seen[tt.rule] = true
			for _, ed := range []statements.Edition{statements.V1, statements.V2} {
				before, after := with(tt.before), with(tt.after)
				if _, err := statements.ParseOne([]byte(before), statements.Options{Edition: ed}); err == nil {
					t.Errorf("edition %d: valid without the repair: %s", ed, before)
				}
				got, list := Repair([]byte(before), Options{Edition: ed, Actor: []byte(launched)})
				if string(got) != after {
					t.Fatalf("edition %d: %s\nbecame %s\nwant   %s", ed, before, got, after)
				}
				if _, err := statements.ParseOne(got, statements.Options{Edition: ed}); err != nil {
					t.Errorf("edition %d: still invalid: %v", ed, err)
				}
				if len(list) != 1 || len(list[0].Repairs) != 1 || list[0].Repairs[0] != (statements.Repair{Rule: tt.rule, Pointer: tt.pointer}) {
					t.Errorf("edition %d: list %+v, want %s at %s", ed, list[0].Repairs, tt.rule, tt.pointer)
				}
				if string(list[0].Original) != before {
					t.Errorf("the original is %s, want %s", list[0].Original, before)
				}
			}
			for _, near := range tt.near {
				unchanged(t, with(near), Options{Edition: statements.V2, Actor: []byte(launched)})
			}
		})
	}
	for _, r := range Rules {
		if !seen[r.ID] {
			t.Errorf("the repair %s has no test", r.ID)
		}
		if r.What == "" || r.Section == "" || r.Sender == "" || !strings.HasSuffix(r.What, ".") {
			t.Errorf("the repair %s is not explained", r.ID)
		}
	}
}

func unchanged(t *testing.T, body string, opts Options) {
	t.Helper()
	got, list := Repair([]byte(body), opts)
	if string(got) != body || list != nil {
		t.Errorf("%s\nbecame %s (%+v)", body, got, list)
	}
}

func TestLaunchActorIsNeeded(t *testing.T) {
	unchanged(t, with(`"actor": {"mbox":"mailto:undefined"}`), Options{Edition: statements.V1})
}

// H5P writes a second question mark into ids: a query may contain one (RFC
// 3986, 3.4), so it is an IRI like any other and stays.
func TestSecondQuestionMarkStays(t *testing.T) {
	body := with(`"object": {"id":"https://lms.example/h5p?action=h5p_embed&id=57?subContentId=6f1b"}`)
	unchanged(t, body, Options{Edition: statements.V1})
	if _, err := statements.ParseOne([]byte(body), statements.Options{Edition: statements.V1}); err != nil {
		t.Error(err)
	}
}

// The example of Comm Appendix A, as far as repairs cover it.
func TestSeveralInOne(t *testing.T) {
	before := `{"actor": {"objectType":"Person","name":["Joe"],"mbox":["mailto:joe@example.com"]},
 "verb":"completed", "object":{"id":"http://www.example.com/activities/001","definition":{"type":"course","description":null}},
 "result":{"completion":"true","score":{"min":"0","max":"0","raw":"0"},"duration":null}}`
	after := `{"actor": {"objectType":"Agent","name":"Joe","mbox":"mailto:joe@example.com"},
 "verb":{"id":"http://adlnet.gov/expapi/verbs/completed","display":{"en-US":"completed"}}, "object":{"id":"http://www.example.com/activities/001","definition":{"type":"http://adlnet.gov/expapi/activities/course"}},
 "result":{"completion":true,"score":{"raw":0}}}`
	got, list := Repair([]byte(before), Options{Edition: statements.V1})
	if string(got) != after {
		t.Errorf("became %s\nwant %s", got, after)
	}
	if n := len(list[0].Repairs); n != 8 {
		t.Errorf("%d repairs: %+v", n, list[0].Repairs)
	}
}

func TestBatches(t *testing.T) {
	good, odd, bad := with(), with(`"verb": "passed"`), with(`"actor": {"mbox":"nobody"}`)
	fixed := with(`"verb": {"id":"http://adlnet.gov/expapi/verbs/passed","display":{"en-US":"passed"}}`)
	got, list := Repair([]byte(" [ "+good+" ,"+odd+","+bad+"] "), Options{Edition: statements.V1})
	if want := " [ " + good + " ," + fixed + "," + bad + "] "; string(got) != want {
		t.Errorf("became %s\nwant %s", got, want)
	}
	if len(list) != 3 || list[0] != nil || list[1] == nil || list[2] != nil || string(list[1].Original) != odd {
		t.Errorf("list %+v", list)
	}
	for _, body := range []string{"", "[]", "[ ", "[" + odd, "[" + odd + ",]", odd + odd, "null", "{", "[" + odd + "] x", `[{"verb":"passed","verb":"passed"}]`} {
		unchanged(t, body, Options{Edition: statements.V1})
	}
}

func TestBounds(t *testing.T) {
	many := func(n int) string {
		return with(`"object": {"id":"http://example.org/c","definition":{`+strings.TrimSuffix(strings.Repeat(`"name":null,`, 1), ",")+`}}`, `"context": {"contextActivities":{"parent":[`+strings.TrimSuffix(strings.Repeat("{},", n), ",")+`]}}`)
	}
	opts := Options{Edition: statements.V1, MaxRepairs: 5, MaxTotal: 8}
	if got, list := Repair([]byte(many(4)), opts); list == nil || strings.Contains(string(got), "null") {
		t.Errorf("five repairs were not made: %s", got)
	}
	unchanged(t, many(5), opts)
	// The second statement would be the ninth repair and further ones.
	_, list := Repair([]byte("["+many(4)+","+many(4)+","+many(1)+"]"), opts)
	if len(list) != 3 || list[0] == nil || list[1] != nil || list[2] == nil {
		t.Errorf("list %+v", list)
	}
	unchanged(t, many(1), Options{Limits: statements.Limits{MaxStatementBytes: 50}})
	unchanged(t, many(1), Options{Limits: statements.Limits{MaxDepth: 3}})
	unchanged(t, "["+many(1)+","+many(1)+"]", Options{Limits: statements.Limits{MaxStatements: 1}})
}

func TestEncoding(t *testing.T) {
	original := with(`"verb":   "passed"`)
	_, list := Repair([]byte(original), Options{Edition: statements.V1})
	text, err := list[0].Encode()
	if err != nil || !json.Valid(text) {
		t.Fatal(err, string(text))
	}
	back, err := statements.DecodeRepaired(text)
	if err != nil || string(back.Original) != original || len(back.Repairs) != 1 || back.Repairs[0] != list[0].Repairs[0] {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestRepairsOfABatchDoNotMix: what one statement's escapes stood for is not
// what another one's text is read into.
func TestRepairsOfABatchDoNotMix(t *testing.T) {
	body := "[" + with(`"result": {"score":{"scaled":"\u0030.5"}}`) + "," + with(`"verb": "http:\/\/example.org\/read"`) + "]"
	want := "[" + with(`"result": {"score":{"scaled":0.5}}`) + "," + with(`"verb": {"id":"http:\/\/example.org\/read"}`) + "]"
	if got, _ := Repair([]byte(body), Options{Edition: statements.V1}); string(got) != want {
		t.Errorf("%s\nbecame %s\nwant   %s", body, got, want)
	}
}
