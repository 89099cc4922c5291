package statements

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

const authorityOK = `{"objectType":"Agent","account":{"homePage":"https://lrs.example.org/","name":"key-1"}}`

var authorityUse = AgentUse{"account|https://lrs.example.org/|key-1", RoleRelated}

// one parses a body of one statement that must be valid.
func one(t *testing.T, body string, opts Options) *Statement {
	t.Helper()
	sts, err := Parse([]byte(body), opts)
	if err != nil || len(sts) != 1 {
		t.Fatalf("%d statements, %v\nin %s", len(sts), err, body)
	}
	return sts[0]
}

func TestSpecificationExamples(t *testing.T) {
	body, err := os.ReadFile("testdata/xapi-spec-examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var sent []map[string]any
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	for _, ed := range []Edition{V1, V2} {
		sts, err := Parse(body, Options{Edition: ed, Authority: []byte(authorityOK)})
		if err != nil || len(sts) != len(sent) {
			t.Fatalf("edition %d: %d of %d statements, %v", ed, len(sts), len(sent), err)
		}
		for i, st := range sts {
			st.Stamp(1_750_000_000_123_456)
			assertKept(t, sent[i], st)
			assertReparse(t, st)
		}
	}
}

// assertKept compares what is kept with what was sent: the same but for what
// an LRS sets.
func assertKept(t *testing.T, sent map[string]any, st *Statement) {
	t.Helper()
	var kept map[string]any
	if err := json.Unmarshal(st.Raw, &kept); err != nil {
		t.Fatalf("Raw is not JSON: %v\n%s", err, st.Raw)
	}
	if kept["stored"] != FormatStored(st.Stored) || kept["authority"] == nil || kept["timestamp"] == nil ||
		kept["version"] != st.Version || !strings.EqualFold(kept["id"].(string), st.ID.String()) {
		t.Errorf("not what an LRS sets: %s", st.Raw)
	}
	for _, name := range []string{"id", "timestamp", "version"} {
		if sent[name] == nil {
			delete(kept, name)
		}
	}
	for _, name := range []string{"stored", "authority"} {
		delete(kept, name)
		delete(sent, name)
	}
	if diff := cmp.Diff(sent, kept); diff != "" {
		t.Errorf("changed: %s", diff)
	}
}

// assertReparse compares a statement with what Reparse makes of its Raw.
func assertReparse(t *testing.T, st *Statement) {
	t.Helper()
	again, err := Reparse(st.Raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, st.Raw)
	}
	diff := cmp.Diff(st, again, cmpopts.EquateNaNs(), cmpopts.IgnoreUnexported(Statement{}),
		cmpopts.IgnoreFields(Statement{}, "IDGiven", "UTC"))
	if diff != "" {
		t.Errorf("Reparse: %s\n%s", diff, st.Raw)
	}
	if again.storedAt != st.storedAt {
		t.Errorf("the gap for stored is at %d, Reparse says %d", st.storedAt, again.storedAt)
	}
}

func TestColumns(t *testing.T) {
	body := with(
		"id", `"AA97B177-9383-4934-8543-0F91A7A02836"`,
		"actor", `{"objectType":"Group","mbox":"MAILTO:Team@Example.ORG","member":[{"mbox_sha1sum":"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"},`+
			`{"account":{"homePage":"https:\/\/lms.example","name":"Änna"}}]}`,
		"object", `{"objectType":"Activity","id":"http://example.org/a"}`,
		"result", `{"score":{"scaled":-0.5,"raw":10,"min":0,"max":1e2},"success":false,"completion":true,"duration":"PT1M2.349S"}`,
		"context", `{"registration":"EC531277-b57b-4c15-8d91-d292c5b2b8f7","instructor":{"openid":"http://example.org/Otto"},`+
			`"team":{"objectType":"Group","member":[{"mbox":"mailto:team@example.org"}]},`+
			`"contextActivities":{"parent":{"id":"http://example.org/p"},"grouping":[{"id":"http://example.org/g"},{"id":"http://example.org/a"}],`+
			`"category":[{"id":"http://example.org/p"}]},`+
			`"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:x@y"}}],`+
			`"contextGroups":[{"objectType":"contextGroup","group":{"objectType":"Group","openid":"http://example.org/g","member":[{"mbox":"mailto:z@y"}]}}]}`,
		"timestamp", `"2026-03-31T16:05:00.1234567+02:00"`,
		"version", `"1.0.3"`)
	st := one(t, body, Options{Edition: V2, Authority: []byte(" " + authorityOK + "\n")})
	st.Stamp(1_750_000_000_123_456)
	want := &Statement{
		ID: uuid.MustParse("aa97b177-9383-4934-8543-0f91a7a02836"), IDGiven: true, Version: "1.0.3",
		Stored: 1_750_000_000_123_456, Timestamp: 1774965900123456,
		Actor: "mbox|mailto:Team@example.org", Verb: "http://example.org/verbs/did",
		ObjectKind: ObjectActivity, Object: "http://example.org/a",
		Registration: uuid.MustParse("ec531277-b57b-4c15-8d91-d292c5b2b8f7"), Authority: authorityUse.Identifier,
		Result:  Result{Success: False, Completion: True, Scaled: -0.5, Raw: 10, Min: 0, Max: 100, Duration: 6234},
		Courses: []string{"http://example.org/a", "http://example.org/g"},
		Agents: []AgentUse{
			{"mbox|mailto:Team@example.org", RoleDirect},
			{"mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9", RoleDirect},
			{"account|https://lms.example|Änna", RoleDirect},
			{"openid|http://example.org/Otto", RoleRelated},
			{"mbox|mailto:team@example.org", RoleRelated}, // the local part of an address is case-sensitive
			{"mbox|mailto:x@y", RoleRelated},
			{"openid|http://example.org/g", RoleRelated},
			{"mbox|mailto:z@y", RoleRelated},
			authorityUse,
		},
		Activities: []ActivityUse{
			{"http://example.org/a", RoleDirect | RoleRelated},
			{"http://example.org/p", RoleRelated},
			{"http://example.org/g", RoleRelated},
		},
	}
	if diff := cmp.Diff(want, st, cmpopts.IgnoreUnexported(Statement{}), cmpopts.IgnoreFields(Statement{}, "Raw", "Digest")); diff != "" {
		t.Error(diff)
	}
	assertReparse(t, st)
}

func TestColumnsOfObjects(t *testing.T) {
	for _, c := range []struct {
		name, object string
		kind         ObjectKind
		text         string
		ref          string
		agents       []AgentUse
		activities   []ActivityUse
		courses      []string
	}{
		{name: "agent", object: `{"objectType":"Agent","mbox":"mailto:b@c"}`, kind: ObjectAgent, text: "mbox|mailto:b@c",
			agents: []AgentUse{{"mbox|mailto:b@c", RoleDirect}}},
		{name: "anonymous group", object: `{"objectType":"Group","member":[{"mbox":"mailto:b@c"}]}`, kind: ObjectGroup,
			agents: []AgentUse{{"mbox|mailto:b@c", RoleDirect}}},
		{name: "reference", object: refOK, kind: ObjectStatementRef, ref: "8f87ccde-bb56-4c2e-ab83-44982ef22df0"},
		{name: "substatement", kind: ObjectSubStatement,
			object: `{"objectType":"SubStatement","actor":{"mbox":"mailto:b@c"},"verb":{"id":"http://v/w"},"object":{"id":"http://o/p"},` +
				`"context":{"registration":"8f87ccde-bb56-4c2e-ab83-44982ef22df0","contextActivities":{"grouping":{"id":"http://g/h"}}},"result":{"success":true}}`,
			agents:     []AgentUse{{"mbox|mailto:b@c", RoleRelated}},
			activities: []ActivityUse{{"http://o/p", RoleRelated}, {"http://g/h", RoleRelated}}},
		{name: "substatement with a reference", kind: ObjectSubStatement,
			object: `{"objectType":"SubStatement","actor":` + actorOK + `,"verb":{"id":"http://v/w"},"object":` + refOK + `}`,
			agents: []AgentUse{}},
		{name: "activity", object: `{"id":"http://o/p"}`, kind: ObjectActivity, text: "http://o/p",
			activities: []ActivityUse{{"http://o/p", RoleDirect}}, courses: []string{"http://o/p"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := one(t, with("object", c.object), Options{Edition: V1})
			ref, _ := parseUUID(c.ref)
			if st.ObjectKind != c.kind || st.Object != c.text || st.Ref != ref || !slices.Equal(st.Courses, c.courses) {
				t.Errorf("got %d %q %v %v", st.ObjectKind, st.Object, st.Ref, st.Courses)
			}
			actor := AgentUse{"mbox|mailto:anna@example.org", RoleDirect}
			if c.agents != nil && len(c.agents) == 0 {
				actor.Roles |= RoleRelated // Anna stands in both
			}
			if !slices.Equal(st.Agents, append([]AgentUse{actor}, c.agents...)) || !slices.Equal(st.Activities, c.activities) {
				t.Errorf("got %v %v", st.Agents, st.Activities)
			}
			if st.Verb != "http://example.org/verbs/did" || st.Registration != (uuid.UUID{}) ||
				st.Result.Success != Unset || !math.IsNaN(st.Result.Scaled) || st.Result.Duration != -1 {
				t.Errorf("what the SubStatement says is not the statement's: %+v", st)
			}
		})
	}
}

func TestVoiding(t *testing.T) {
	voided := `{"id":"http://adlnet.gov/expapi/verbs/voided"}`
	if st := one(t, with("verb", voided, "object", refOK), Options{Edition: V1}); !st.Voiding {
		t.Error("a voiding statement is not recognised")
	}
	if st := one(t, with("object", refOK), Options{Edition: V1}); st.Voiding {
		t.Error("a reference alone voids")
	}
	if st := one(t, sub("verb", voided, "object", refOK), Options{Edition: V1}); st.Voiding {
		t.Error("a SubStatement voids")
	}
}

func TestCoursesFallBackToParent(t *testing.T) {
	st := one(t, with("context", `{"contextActivities":{"parent":[{"id":"http://p/q"}],"other":[{"id":"http://x/y"}]}}`), Options{Edition: V1})
	if !slices.Equal(st.Courses, []string{"http://p/q"}) {
		t.Errorf("got %v", st.Courses)
	}
}

func TestIDs(t *testing.T) {
	fixed := uuid.MustParse("aa97b177-9383-4934-8543-0f91a7a02836")
	if st := one(t, with(), Options{Edition: V1, StatementID: fixed}); st.ID != fixed || !st.IDGiven || !strings.Contains(string(st.Raw), fixed.String()) {
		t.Errorf("PUT: %v in %s", st.ID, st.Raw)
	}
	if st := one(t, with(), Options{Edition: V1, NewID: func() uuid.UUID { return fixed }}); st.ID != fixed || st.IDGiven {
		t.Errorf("NewID: %v", st.ID)
	}
	seen := map[uuid.UUID]bool{}
	for range 1000 {
		st := one(t, with(), Options{Edition: V1})
		if seen[st.ID] || st.ID.Version() != 4 || st.ID.Variant() != uuid.RFC4122 || st.IDGiven {
			t.Fatalf("not a fresh random UUID: %v", st.ID)
		}
		seen[st.ID] = true
	}
}

func TestManyViolations(t *testing.T) {
	body := "[" + with() + "," + with("verb", "") + "," + with("actor", `{"mbox":"mailto:a@b","mbox":"mailto:a@b"}`) + "," + with() + "," +
		with("id", `1`) + ",\n {]"
	sts, err := Parse([]byte(body), Options{Edition: V1})
	var invalid *Invalid
	if !errors.As(err, &invalid) || sts != nil {
		t.Fatal(sts, err)
	}
	var got []string
	for _, v := range invalid.Violations {
		got = append(got, string(rune('0'+v.Statement))+v.Rule)
	}
	if want := []string{"1verb-required", "2duplicate-key", "4type-string", "5json-syntax"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if last := invalid.Violations[3].Message; !strings.Contains(last, "line 2, column 3") {
		t.Errorf("the place is missing: %s", last)
	}
	if !strings.Contains(err.Error(), "statement 1") || !strings.Contains(err.Error(), "3 more") {
		t.Errorf("got %q", err)
	}
}

func TestBodies(t *testing.T) {
	if sts, err := Parse([]byte(" [ ] "), Options{Edition: V1}); err != nil || len(sts) != 0 || sts == nil {
		t.Errorf("an empty array: %v, %v", sts, err)
	}
	if sts, err := Parse([]byte(" [ "+with()+" , "+with()+" ] "), Options{Edition: V1}); err != nil || len(sts) != 2 {
		t.Errorf("two statements: %v, %v", sts, err)
	}
	if st, err := ParseOne([]byte(" "+with()+" "), Options{Edition: V1}); err != nil || st == nil {
		t.Errorf("ParseOne: %v, %v", st, err)
	}
	for name, body := range map[string]string{"array": "[" + with() + "]", "empty": "", "two": with() + with()} {
		if st, err := ParseOne([]byte(body), Options{Edition: V1}); err == nil {
			t.Errorf("ParseOne takes %s: %v", name, st)
		}
	}
	for name, body := range map[string]string{"empty": "", "number": "1", "array in array": "[[]]", "open": "[" + with(), "comma": "[" + with() + ",]"} {
		if vs := violations(t, body, Options{Edition: V1}); len(vs) != 1 {
			t.Errorf("%s: %+v", name, vs)
		}
	}
}

func TestAuthorityMustBeValid(t *testing.T) {
	for _, authority := range []string{"", "{", `{"name":"x"}`, authorityOK + "x", groupOK} {
		if _, err := Parse([]byte(with()), Options{Edition: V1, Authority: []byte(authority)}); !errors.Is(err, errAuthority) {
			t.Errorf("%q: %v", authority, err)
		}
	}
	group := `{"objectType":"Group","member":[{"mbox":"mailto:a@b"},{"mbox":"mailto:c@d"}]}`
	st := one(t, with(), Options{Edition: V1, Authority: []byte(group), AuthorityIdentifier: "given"})
	if st.Authority != "given" || len(st.Agents) != 3 || st.Agents[2].Roles != RoleRelated {
		t.Errorf("got %q %v", st.Authority, st.Agents)
	}
}

// TestParserKeepsNothing parses different statements with one pooled parser and
// looks at the first again: nothing of it may have changed.
func TestParserKeepsNothing(t *testing.T) {
	body := []byte(with("actor", `{"account":{"homePage":"https:\/\/a.example\/","name":"anna"}}`))
	sts, err := Parse(body, Options{Edition: V1, Authority: []byte(authorityOK)})
	if err != nil {
		t.Fatal(err)
	}
	st := sts[0]
	st.Stamp(1)
	clear(body)
	for range 100 {
		one(t, with("actor", `{"account":{"homePage":"https:\/\/zzzzzzz.example\/","name":"zzzz"}}`, "verb", `{"id":"http:\/\/zzzzzzzz"}`), Options{Edition: V1})
	}
	if st.Actor != "account|https://a.example/|anna" || st.Verb != "http://example.org/verbs/did" || st.Agents[1] != authorityUse {
		t.Errorf("changed: %+v", st)
	}
	assertReparse(t, st)
}
