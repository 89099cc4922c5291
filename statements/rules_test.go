package statements

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The smallest parts that a valid statement consists of.
const (
	actorOK  = `{"mbox":"mailto:anna@example.org"}`
	verbOK   = `{"id":"http://example.org/verbs/did"}`
	objectOK = `{"id":"http://example.org/activity"}`
	groupOK  = `{"objectType":"Group","mbox":"mailto:team@example.org"}`
	refOK    = `{"objectType":"StatementRef","id":"8f87ccde-bb56-4c2e-ab83-44982ef22df0"}`
	sha256OK = "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
)

// with is a minimal statement in which properties are replaced or added, given
// as name and JSON in turn. An empty JSON leaves the property out.
func with(parts ...string) string {
	names := []string{"actor", "verb", "object"}
	values := map[string]string{"actor": actorOK, "verb": verbOK, "object": objectOK}
	for i := 0; i+1 < len(parts); i += 2 {
		if _, ok := values[parts[i]]; !ok {
			names = append(names, parts[i])
		}
		values[parts[i]] = parts[i+1]
	}
	var b strings.Builder
	for _, name := range names {
		if values[name] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":` + values[name])
	}
	return "{" + b.String() + "}"
}

// definition is a statement whose object has a definition.
func definition(json string) string {
	return with("object", `{"id":"http://example.org/a","definition":`+json+`}`)
}

// sub is a statement whose object is a SubStatement.
func sub(parts ...string) string {
	return with("object", strings.Replace(with(parts...), "{", `{"objectType":"SubStatement",`, 1))
}

// attachment is a statement with one attachment; parts as for with.
func attachment(parts ...string) string {
	names := []string{"usageType", "display", "contentType", "length", "sha2"}
	values := map[string]string{"usageType": `"http://example.org/usage"`, "display": `{"en":"x"}`,
		"contentType": `"text/plain"`, "length": "27", "sha2": `"` + sha256OK + `"`}
	for i := 0; i+1 < len(parts); i += 2 {
		if _, ok := values[parts[i]]; !ok {
			names = append(names, parts[i])
		}
		values[parts[i]] = parts[i+1]
	}
	var members []string
	for _, name := range names {
		if values[name] != "" {
			members = append(members, `"`+name+`":`+values[name])
		}
	}
	return with("attachments", "[{"+strings.Join(members, ",")+"}]")
}

// broken are statements that break one rule each: at least one per rule, with
// the place that a violation has to name.
var broken = []struct {
	rule, pointer string
	ed            Edition // 0: both
	body          string
}{
	{"json-syntax", "", 0, `{"actor":`},
	{"json-syntax", "", 0, with() + ` x`},
	{"utf8", "/actor/name", 0, with("actor", "{\"mbox\":\"mailto:a@b\",\"name\":\"\xff\"}")},
	{"utf8", "/actor/name", 0, with("actor", `{"mbox":"mailto:a@b","name":"\ud83d"}`)},
	{"duplicate-key", "/verb/id", 0, with("verb", `{"id":"http://a/b","id":"http://a/b"}`)},
	{"duplicate-key", "/verb/id", 0, with("verb", `{"id":"http://a/b","\u0069d":"http://a/b"}`)},
	{"limit-bytes", "", 0, with("result", `{"response":"`+strings.Repeat("x", DefaultMaxStatementBytes)+`"}`)},
	{"limit-depth", "", 0, with("result", `{"extensions":{"http://a/b":`+strings.Repeat("[", 70)+strings.Repeat("]", 70)+`}}`)},
	{"limit-statements", "", 0, "[" + strings.Repeat(with()+",", DefaultMaxStatements) + with() + "]"},
	{"limit-number", "/result/score/raw", 0, with("result", `{"score":{"raw":1e999}}`)},
	{"limit-number", "/attachments/0/length", 0, attachment("length", "9223372036854775808")},

	{"type-object", "", 0, `"statement"`},
	{"type-object", "/actor", 0, with("actor", `"anna"`)},
	{"type-object", "/context/contextActivities/parent/1", 0, with("context", `{"contextActivities":{"parent":[{"id":"http://a/b"},1]}}`)},
	{"type-array", "/attachments", 0, with("attachments", `{}`)},
	{"type-string", "/verb/id", 0, with("verb", `{"id":1}`)},
	{"type-string", "/actor/name", 0, with("actor", `{"mbox":"mailto:a@b","name":{}}`)},
	{"type-number", "/result/score/scaled", 0, with("result", `{"score":{"scaled":"0.5"}}`)},
	{"type-boolean", "/result/success", 0, with("result", `{"success":"true"}`)},
	{"null-value", "/context", 0, with("context", `null`)},
	{"null-value", "/verb/display/en", 0, with("verb", `{"id":"http://a/b","display":{"en":null}}`)},
	{"unknown-property", "/Timestamp", 0, with("Timestamp", `"2026-03-31T14:05:00Z"`)},
	{"unknown-property", "/actor/member", 0, with("actor", `{"mbox":"mailto:a@b","member":[]}`)},
	{"unknown-property", "/context/contextAgents", V1, with("context", `{"contextAgents":[]}`)},
	{"unknown-property", "/object/a~1b~0c", 0, with("object", `{"id":"http://a/b","a/b~c":1}`)},

	{"actor-required", "", 0, with("actor", "")},
	{"verb-required", "", 0, with("verb", "")},
	{"object-required", "/object", 0, sub("object", "")},
	{"id-uuid", "/id", 0, with("id", `"12345678-1234-5678-1234-56781234567"`)},
	{"id-duplicate-in-batch", "/id", 0, "[" + with("id", `"aa97b177-9383-4934-8543-0f91a7a02836"`) + "," +
		with("id", `"AA97B177-9383-4934-8543-0F91A7A02836"`) + "]"},
	{"timestamp-format", "/timestamp", 0, with("timestamp", `"2026-02-30T14:05:00Z"`)},
	{"timestamp-format", "/stored", 0, with("stored", `"yesterday"`)},
	{"timestamp-format", "/object/timestamp", 0, sub("timestamp", `"2026-02-28"`)},
	{"timestamp-zone", "/timestamp", V2, with("timestamp", `"2026-02-28T14:05:00"`)},
	{"timestamp-negative-zero", "/timestamp", 0, with("timestamp", `"2026-02-28T14:05:00-00:00"`)},
	{"version-format", "/version", V1, with("version", `"2.0.0"`)},
	{"version-format", "/version", 0, with("version", `"1.1.0"`)},

	{"actor-object-type", "/actor/objectType", 0, with("actor", `{"objectType":"agent","mbox":"mailto:a@b"}`)},
	{"ifi-exactly-one", "/actor", 0, with("actor", `{"name":"Anna"}`)},
	{"ifi-exactly-one", "/actor", 0, with("actor", `{"mbox":"mailto:a@b","openid":"http://a/b"}`)},
	{"ifi-exactly-one", "/actor", 0, with("actor", `{"objectType":"Group","mbox":"mailto:a@b","openid":"http://a/b"}`)},
	{"mbox-format", "/actor/mbox", 0, with("actor", `{"mbox":"mailto:undefined"}`)},
	{"mbox-sha1sum-format", "/actor/mbox_sha1sum", 0, with("actor", `{"mbox_sha1sum":"ebd31e95"}`)},
	{"openid-uri", "/actor/openid", 0, with("actor", `{"openid":"anna"}`)},
	{"account-home-page-required", "/actor/account", 0, with("actor", `{"account":{"name":"anna"}}`)},
	{"account-home-page-iri", "/actor/account/homePage", 0, with("actor", `{"account":{"homePage":"","name":"anna"}}`)},
	{"account-name-required", "/actor/account", 0, with("actor", `{"account":{"homePage":"http://a"}}`)},
	{"group-anonymous-member", "/actor", 0, with("actor", `{"objectType":"Group","member":[]}`)},
	{"group-member-agent", "/actor/member/0", 0, with("actor", `{"objectType":"Group","member":[`+groupOK+`]}`)},
	{"authority-group", "/authority", 0, with("authority", groupOK)},
	{"authority-group", "/authority", 0, with("authority", `{"objectType":"Group","member":[`+actorOK+`]}`)},

	{"verb-id-required", "/verb", 0, with("verb", `{}`)},
	{"verb-id-iri", "/verb/id", 0, with("verb", `{"id":"did"}`)},
	{"voiding-needs-statementref", "/object", 0, with("verb", `{"id":"http://adlnet.gov/expapi/verbs/voided"}`)},
	{"language-tag", "/verb/display/en_US", 0, with("verb", `{"id":"http://a/b","display":{"en_US":"x"}}`)},
	{"extension-key-iri", "/result/extensions/key", 0, with("result", `{"extensions":{"key":1}}`)},

	{"object-object-type", "/object/objectType", 0, with("object", `{"objectType":"activity","id":"http://a/b"}`)},
	{"activity-object-type", "/context/contextActivities/other/objectType", 0,
		with("context", `{"contextActivities":{"other":{"objectType":"Agent","id":"http://a/b"}}}`)},
	{"activity-id-required", "/object", 0, with("object", `{}`)},
	{"activity-id-iri", "/object/id", 0, with("object", `{"id":"http://a/b c"}`)},
	{"activity-type-iri", "/object/definition/type", 0, definition(`{"type":"course"}`)},
	{"activity-more-info-iri", "/object/definition/moreInfo", 0, definition(`{"moreInfo":"/x"}`)},
	{"interaction-type", "/object/definition/interactionType", 0, definition(`{"interactionType":"Choice"}`)},
	{"interaction-type-required", "/object/definition", 0, definition(`{"correctResponsesPattern":[]}`)},
	{"interaction-components", "/object/definition", 0, definition(`{"interactionType":"choice","scale":[]}`)},
	{"interaction-component-id-required", "/object/definition/choices/0", 0, definition(`{"interactionType":"choice","choices":[{}]}`)},
	{"interaction-component-id-unique", "/object/definition/choices/1/id", 0,
		definition(`{"interactionType":"choice","choices":[{"id":"a"},{"id":"a"}]}`)},
	{"statementref-object-type", "/context/statement", 0, with("context", `{"statement":{"id":"8f87ccde-bb56-4c2e-ab83-44982ef22df0"}}`)},
	{"statementref-id-required", "/object", 0, with("object", `{"objectType":"StatementRef"}`)},
	{"statementref-id-uuid", "/object/id", 0, with("object", `{"objectType":"StatementRef","id":"x"}`)},
	{"substatement-nesting", "/object/object", 0, sub("object", strings.Replace(with(), "{", `{"objectType":"SubStatement",`, 1))},
	{"substatement-property", "/object/version", 0, sub("version", `"1.0.0"`)},

	{"score-scaled-range", "/result/score/scaled", 0, with("result", `{"score":{"scaled":1.00000000000000000001}}`)},
	{"score-raw-range", "/result/score/raw", 0, with("result", `{"score":{"raw":-0.1,"min":0}}`)},
	{"score-raw-range", "/result/score/raw", 0, with("result", `{"score":{"raw":100.1,"max":1e2}}`)},
	{"score-min-below-max", "/result/score/min", 0, with("result", `{"score":{"min":0,"max":0}}`)},
	{"duration-format", "/result/duration", 0, with("result", `{"duration":"P4W1D"}`)},

	{"registration-uuid", "/context/registration", 0, with("context", `{"registration":""}`)},
	{"team-group", "/context/team", 0, with("context", `{"team":`+actorOK+`}`)},
	{"context-revision-only-activity", "/context/revision", 0, with("object", refOK, "context", `{"revision":"1"}`)},
	{"context-platform-only-activity", "/object/context/platform", 0, sub("object", refOK, "context", `{"platform":"x"}`)},
	{"context-language-tag", "/context/language", 0, with("context", `{"language":"german language"}`)},
	{"contextagent-object-type", "/context/contextAgents/0", V2, with("context", `{"contextAgents":[{"agent":`+actorOK+`}]}`)},
	{"contextagent-agent", "/context/contextAgents/0/agent", V2,
		with("context", `{"contextAgents":[{"objectType":"contextAgent","agent":`+groupOK+`}]}`)},
	{"contextagent-agent", "/context/contextAgents/0", V2, with("context", `{"contextAgents":[{"objectType":"contextAgent"}]}`)},
	{"contextgroup-object-type", "/context/contextGroups/0/objectType", V2,
		with("context", `{"contextGroups":[{"objectType":"contextAgent","group":`+groupOK+`}]}`)},
	{"contextgroup-group", "/context/contextGroups/0/group", V2,
		with("context", `{"contextGroups":[{"objectType":"contextGroup","group":`+actorOK+`}]}`)},
	{"relevant-types-not-empty", "/context/contextAgents/0/relevantTypes", V2,
		with("context", `{"contextAgents":[{"objectType":"contextAgent","agent":`+actorOK+`,"relevantTypes":[]}]}`)},
	{"relevant-types-iri", "/context/contextGroups/0/relevantTypes/1", V2,
		with("context", `{"contextGroups":[{"objectType":"contextGroup","group":`+groupOK+`,"relevantTypes":["http://a/b","b"]}]}`)},

	{"attachment-required", "/attachments/0", 0, attachment("sha2", "")},
	{"attachment-usage-type-iri", "/attachments/0/usageType", 0, attachment("usageType", `"certificate"`)},
	{"attachment-content-type", "/attachments/0/contentType", 0, attachment("contentType", `"text"`)},
	{"attachment-length", "/attachments/0/length", 0, attachment("length", "27.5")},
	{"attachment-sha2", "/attachments/0/sha2", 0, attachment("sha2", `"495395e7"`)},
	{"attachment-file-url-iri", "/attachments/0/fileUrl", 0, attachment("fileUrl", `"file.txt"`)},
	{"attachment-signature-type", "/attachments/0/contentType", 0, attachment("usageType", `"`+usageSignature+`"`)},
}

func editions(ed Edition) []Edition {
	if ed != 0 {
		return []Edition{ed}
	}
	return []Edition{V1, V2}
}

func violations(t *testing.T, body string, opts Options) []Violation {
	t.Helper()
	_, err := Parse([]byte(body), opts)
	if err == nil {
		return nil
	}
	var invalid *Invalid
	if !errors.As(err, &invalid) || len(invalid.Violations) == 0 {
		t.Fatalf("want *Invalid with violations, got %v", err)
	}
	return invalid.Violations
}

func TestBrokenRules(t *testing.T) {
	for _, c := range broken {
		for _, ed := range editions(c.ed) {
			vs := violations(t, c.body, Options{Edition: ed})
			if len(vs) != 1 || vs[0].Rule != c.rule || vs[0].Pointer != c.pointer || vs[0].Message == "" {
				t.Errorf("edition %d: want %s at %q, got %+v\nin %.300s", ed, c.rule, c.pointer, vs, c.body)
			}
		}
	}
}

func TestIDParameter(t *testing.T) {
	id, _ := parseUUID("aa97b177-9383-4934-8543-0f91a7a02836")
	body := with("id", `"12345678-1234-5678-1234-567812345678"`)
	vs := violations(t, body, Options{Edition: V1, StatementID: id})
	if len(vs) != 1 || vs[0].Rule != "id-parameter" || vs[0].Pointer != "/id" {
		t.Errorf("want id-parameter at /id, got %+v", vs)
	}
	if vs = violations(t, body, Options{Edition: V1, StatementID: id, Skip: map[string]bool{"id-parameter": true}}); vs != nil {
		t.Errorf("the rule is off, yet %+v", vs)
	}
}

// TestEveryRuleMatters switches each rule off in turn: then something that it
// alone refuses must not be refused by it any longer, so the rule is enforced
// at a place of its own and the statements above really test it.
func TestEveryRuleMatters(t *testing.T) {
	tested := map[string]bool{"id-parameter": true} // above
	for _, c := range broken {
		tested[c.rule] = true
		for _, ed := range editions(c.ed) {
			for _, v := range violations(t, c.body, Options{Edition: ed, Skip: map[string]bool{c.rule: true}}) {
				if v.Rule == c.rule {
					t.Errorf("edition %d: %s is off, yet it is reported: %+v", ed, c.rule, v)
				}
			}
		}
	}
	for _, r := range Rules() {
		if !tested[r.ID] {
			t.Errorf("no statement breaks %s", r.ID)
		}
	}
}

func TestRulesAreWellFormed(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	goOnly := 0
	for _, r := range Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] || r.Section10 == "" || r.Section20 == "" ||
			!strings.HasSuffix(r.Summary, ".") || len(r.Editions) == 0 {
			t.Errorf("rule is not well-formed or occurs twice: %+v", r)
		}
		if got, ok := LookupRule(r.ID); !ok || got.Summary != r.Summary {
			t.Errorf("LookupRule does not find %s", r.ID)
		}
		seen[r.ID] = true
		if r.GoOnly {
			goOnly++
		}
	}
	if goOnly != 12 {
		t.Errorf("%d rules are known to Go alone; the list is closed at 12", goOnly)
	}
	if _, ok := LookupRule("no-such-rule"); ok {
		t.Error("LookupRule finds a rule that does not exist")
	}
}

// TestNoUnknownRuleIsEnforced reads the constants of rules.go: each must be in
// the table, so that no code can enforce a rule that nobody can look up.
func TestNoUnknownRuleIsEnforced(t *testing.T) {
	source, err := os.ReadFile("rules.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, m := range regexp.MustCompile(`(?m)^\trule\w+\s*= "([^"]*)"$`).FindAllSubmatch(source, -1) {
		count++
		if _, ok := LookupRule(string(m[1])); !ok {
			t.Errorf("%s is not in the table", m[1])
		}
	}
	if count != len(Rules()) {
		t.Errorf("%d constants, %d rules", count, len(Rules()))
	}
}
