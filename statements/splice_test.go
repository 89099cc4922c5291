package statements

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestSplice(t *testing.T) {
	const (
		base  = `"actor":` + actorOK + `,"verb":` + verbOK + `,"object":` + objectOK
		id    = `"id":"aa97b177-9383-4934-8543-0f91a7a02836"`
		now   = `2025-06-15T15:06:40.123456Z`
		auth  = `"authority":` + authorityOK
		added = `,"stored":"` + now + `","timestamp":"` + now + `",` + id + `,` + auth + `,"version":"1.0.0"`
		sent  = `"stored":"2020-01-01T00:00:00Z"`
		other = `"authority":{"mbox":"mailto:x@y"}`
	)
	for _, c := range []struct{ name, sent, kept string }{
		{"nothing but the least", `{` + base + `}`, `{` + base + added + `}`},
		{"white space", "\n{\n " + base + "\n }\n", "{\n " + base + added + "\n }"},
		{"stored first", `{ ` + sent + ` , ` + base + `}`, `{ ` + base + added + `}`},
		{"stored last", `{` + base + ` , ` + sent + ` }`, `{` + base + added + ` }`},
		{"both last", `{` + base + `,` + sent + ` ,` + other + `}`, `{` + base + added + `}`},
		{"both first", `{` + other + `,` + sent + `,` + base + `}`, `{` + base + added + `}`},
		{"around one", `{` + base + `,` + sent + `,"version":"1.0","authority":{"mbox":"mailto:x@y"}}`,
			`{` + base + `,"version":"1.0"` + strings.TrimSuffix(added, `,"version":"1.0.0"`) + `}`},
		{"id and version", `{` + id + `,` + base + `,"version":"1.0.3"}`,
			`{` + id + `,` + base + `,"version":"1.0.3","stored":"` + now + `","timestamp":"` + now + `",` + auth + `}`},
		{"timestamp in UTC", `{` + id + `,"timestamp":"2020-01-01T00:00:00.50Z",` + base + `}`,
			`{` + id + `,"timestamp":"2020-01-01T00:00:00.50Z",` + base + `,"stored":"` + now + `",` + auth + `,"version":"1.0.0"}`},
		{"timestamp elsewhere", `{` + base + `,"timestamp" : "2020-01-01T00:00:00.50+01:00"}`,
			`{` + base + `,"timestamp" : "2019-12-31T23:00:00.50Z","stored":"` + now + `",` + id + `,` + auth + `,"version":"1.0.0"}`},
		{"timestamp with escapes", `{` + base + `,"timestamp":"2020-01-01T00\u003a00:00Z"}`,
			`{` + base + `,"timestamp":"2020-01-01T00:00:00Z","stored":"` + now + `",` + id + `,` + auth + `,"version":"1.0.0"}`},
		{"lone context activity", `{` + base + `,"context":{"contextActivities":{"parent": {"id":"http://a/b"} ,"other":[]}}}`,
			`{` + base + `,"context":{"contextActivities":{"parent": [{"id":"http://a/b"}] ,"other":[]}}` + added + `}`},
		{"in a SubStatement", `{` + strings.Replace(base, objectOK, `{"objectType":"SubStatement",`+base+
			`,"timestamp":"20200101T0000","context":{"contextActivities":{"other":{"id":"http://a/b"}}}}`, 1) + `}`,
			`{` + strings.Replace(base, objectOK, `{"objectType":"SubStatement",`+base+
				`,"timestamp":"2020-01-01T00:00:00Z","context":{"contextActivities":{"other":[{"id":"http://a/b"}]}}}`, 1) + added + `}`},
		{"numbers and escapes", `{` + base + `,"result":{"response":"\u00e4\/","score":{"raw":1.50e+1}}}`,
			`{` + base + `,"result":{"response":"\u00e4\/","score":{"raw":1.50e+1}}` + added + `}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := one(t, c.sent, Options{Edition: V1, Authority: []byte(authorityOK),
				NewID: func() uuid.UUID { return uuid.MustParse("aa97b177-9383-4934-8543-0f91a7a02836") }})
			st.Stamp(1_750_000_000_123_456)
			if got := string(st.Raw); got != c.kept {
				t.Errorf("got  %s\nwant %s", got, c.kept)
			}
			assertReparse(t, st)
		})
	}
}

func TestVersionByEdition(t *testing.T) {
	st := one(t, with(), Options{Edition: V2})
	if st.Version != "2.0.0" || !strings.Contains(string(st.Raw), `"version":"2.0.0"`) || strings.Contains(string(st.Raw), "authority") {
		t.Errorf("got %s", st.Raw)
	}
}

func TestStamp(t *testing.T) {
	st := one(t, with(), Options{Edition: V1})
	if st.Stored != 0 || st.Timestamp != 0 || strings.Count(string(st.Raw), gap) != 2 {
		t.Errorf("before: %+v", st)
	}
	st.Stamp(1)
	st.Stamp(1_750_000_000_123_456)
	if n := strings.Count(string(st.Raw), "2025-06-15T15:06:40.123456Z"); n != 2 || st.Stored != st.Timestamp {
		t.Errorf("after: %s", st.Raw)
	}
	st = one(t, with("timestamp", `"2020-01-01T00:00:00Z"`), Options{Edition: V1})
	st.Stamp(1_750_000_000_123_456)
	if st.Timestamp != 1577836800000000 || strings.Count(string(st.Raw), "2025-06-15T15:06:40.123456Z") != 1 {
		t.Errorf("with a timestamp: %s", st.Raw)
	}
}

func TestReparseRefuses(t *testing.T) {
	for _, raw := range []string{"", "{", "[]", "1", `{"id":"x"}`, with(), with("id", `"aa97b177-9383-4934-8543-0f91a7a02836"`,
		"stored", `"2025-06-15T15:06:40Z"`, "timestamp", `"2025-06-15T15:06:40Z"`), with() + with()} {
		if st, err := Reparse([]byte(raw)); err == nil {
			t.Errorf("%q is accepted: %+v", raw, st)
		}
	}
}
