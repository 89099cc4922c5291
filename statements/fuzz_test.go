package statements

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// FuzzParse: no input makes the parser crash; what it accepts is JSON that
// encoding/json reads alike, keeps what was sent, comes back from Reparse the
// same, and is equal to itself when it is posted back.
func FuzzParse(f *testing.F) {
	for _, c := range broken {
		if len(c.body) < 4096 {
			f.Add([]byte(c.body))
		}
	}
	f.Add(benchBatch(2))
	if body, err := os.ReadFile("testdata/xapi-spec-examples.json"); err == nil {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, ed := range []Edition{V1, V2} {
			sts, err := Parse(body, Options{Edition: ed, Authority: []byte(authorityOK)})
			if err != nil {
				continue
			}
			if !json.Valid(body) {
				t.Fatalf("not JSON, yet accepted: %q", body)
			}
			for i, st := range sts {
				st.Stamp(1_750_000_000_123_456)
				assertReparse(t, st)
				sent := json.RawMessage(body)
				if strings.HasPrefix(strings.TrimLeft(string(body), " \t\r\n"), "[") {
					var all []json.RawMessage
					if err := json.Unmarshal(body, &all); err != nil {
						t.Fatal(err)
					}
					sent = all[i]
				}
				assertMembers(t, sent, st)
				again, err := ParseOne(st.Raw, Options{Edition: ed, Authority: []byte(actorOK)})
				if err != nil || again.Digest != st.Digest || again.ID != st.ID {
					t.Fatalf("posted back: %v\n%s", err, st.Raw)
				}
				for _, raw := range [][]byte{IDsOnly(st.Raw), NewCanonicalizer(nil, nil).Canonical(st.Raw)} {
					if !json.Valid(raw) {
						t.Fatalf("a reduced format is not JSON: %s", raw)
					}
				}
			}
		}
	})
}

// assertMembers holds that the properties that no LRS touches are kept to the
// byte.
func assertMembers(t *testing.T, sent json.RawMessage, st *Statement) {
	t.Helper()
	var before, after map[string]json.RawMessage
	if err := json.Unmarshal(sent, &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(st.Raw, &after); err != nil {
		t.Fatalf("Raw is not JSON: %v\n%s", err, st.Raw)
	}
	for name, value := range before {
		switch name {
		case "stored", "authority", "timestamp", "object", "context": // may be edited
			if after[name] == nil {
				t.Fatalf("%s is lost: %s", name, st.Raw)
			}
		default:
			if string(after[name]) != string(value) {
				t.Fatalf("%s is changed: %s to %s", name, value, after[name])
			}
		}
	}
}

// rfc3339 is stricter than package time, which takes hours of one digit, and
// offsets of 24 hours or 60 minutes (RFC 3339, 5.6: time-hour, time-minute).
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// FuzzTimestamp: what RFC 3339 is for package time is so for V2, as far as that
// package is strict, and V1 reads whatever V2 reads.
func FuzzTimestamp(f *testing.F) {
	for _, s := range []string{"2008-09-15T15:53:00.601Z", "2008-09-15T15:53:00+02:00", "20080915T1553", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00-00:00", "0000-01-01T00:00:00-00:60"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, ok1 := ParseTimestamp(s, V1)
		two, ok2 := ParseTimestamp(s, V2)
		if ok2 && (!ok1 || one != two) {
			t.Fatalf("%q: %d under V2, %d, %v under V1", s, two, one, ok1)
		}
		want, err := time.Parse(time.RFC3339, s)
		inRange := err == nil && rfc3339.MatchString(s) && want.UTC().Year() >= 0 && want.UTC().Year() <= 9999
		if inRange && !strings.HasSuffix(s, "-00:00") {
			if want = want.Truncate(time.Microsecond); !ok2 || two != want.UnixMicro() {
				t.Fatalf("%q: got %d, %v; want %d", s, two, ok2, want.UnixMicro())
			}
		}
		if ok2 && err != nil && !strings.Contains(s, ":60") && !strings.ContainsAny(s, "tz") {
			t.Fatalf("%q: accepted, but %v", s, err)
		}
		if ts, rule := readTimestamp(s, V1); rule == "" {
			utc := string(ts.appendUTC(nil))
			if again, ok := ParseTimestamp(utc, V2); !ok || again != one {
				t.Fatalf("%q: rewritten to %s", s, utc)
			}
		}
	})
}

// FuzzDuration: the length is what its parts add up to, and comparing never
// crashes.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"PT4H35M59.14S", "P4W", "P3Y1M29DT4H", "PT0,5M", "P", "PT99999999999999999999S"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := parseDuration(s)
		canonical := string(appendDuration(nil, s))
		if !ok {
			return
		}
		if n < unknownDuration || s[0] != 'P' {
			t.Fatalf("%q is %d", s, n)
		}
		if again, ok := parseDuration(canonical); !ok || again != n {
			t.Fatalf("%q is %d, its canonical form %q is %d, %v", s, n, canonical, again, ok)
		}
		if strings.Trim(s, "PT0123456789HMS.") == "" && strings.HasPrefix(s, "PT") && n >= 0 && n < 1e15 {
			want, err := time.ParseDuration(strings.ToLower(s[2:]))
			if diff := want/(10*time.Millisecond) - time.Duration(n); err == nil && want < 1<<62 && (diff < 0 || diff > 1) {
				t.Fatalf("%q is %d, time says %v", s, n, want)
			}
		}
	})
}
