package statements

import (
	"math"
	"math/big"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// check runs a predicate over good and bad texts.
func check(t *testing.T, name string, is func(string) bool, good, bad []string) {
	t.Helper()
	for _, s := range good {
		if !is(s) {
			t.Errorf("%s refuses %q", name, s)
		}
	}
	for _, s := range bad {
		if is(s) {
			t.Errorf("%s accepts %q", name, s)
		}
	}
}

func TestIRI(t *testing.T) {
	check(t, "isIRI", isIRI,
		[]string{"http://a", "urn:isbn:0451450523", "ispring://x/y", "http://example.com/فعل/خواندن", "tag:a@b,2020:c",
			"http://h5p.example/?id=57?subContentId=a", "a:b", "A+.-1:b", "http://a/%zz", "http://a/\u00a0"},
		[]string{"", "a", ":", "a:", "1a:b", "ab=c://should.fail.com", "should fail", "http://a b", "http://a/<b>", "/path",
			"http://a/{b}", "http://a/\u0085", "http://a/\n", `http://a\b`, "http://a/|"})
}

func TestMbox(t *testing.T) {
	check(t, "isMbox", isMbox,
		[]string{"mailto:a@b", "MAILTO:a@b.example", "mailto:o'neil+tag@b.example", "mailto:ä@ö.example"},
		[]string{"", "mailto:", "mailto:a", "mailto:@b", "mailto:a@", "a@b", "mailto:a@b@c", "mailto:a b@c", "http://a@b",
			"mailto:a@b?subject=x", "mailto:a@b,c@d", "mailto:Anna <a@b>", "mailto:a@b/c", "mailto:should.fail.com"})
}

func TestVersion(t *testing.T) {
	v1 := []string{"1.0", "1.0.0", "1.0.3", "1.0.10", "1.0.0-rc.1"}
	v2 := []string{"2.0", "2.0.0", "2.0.12"}
	neither := []string{"", "1", "1.1.0", "0.9.9", "1.0.", "1.0.x", "1.0.01", "1.00", "1.0.1.2", " 1.0", "1.0.0-", "2.1.0", "3.0.0", "1.0-1"}
	check(t, "isVersion under 1.0.x", func(s string) bool { return isVersion(s, V1) }, v1, append(v2, neither...))
	check(t, "isVersion under 2.0", func(s string) bool { return isVersion(s, V2) }, append(v1, v2...), neither)
}

func TestLanguageTag(t *testing.T) {
	check(t, "isLanguageTag", isLanguageTag,
		[]string{"en", "EN", "en-US", "cmn", "zh-Hant", "sr-Latn-RS", "sr-Cyrl", "zh-Hans-CN", "ase", "es-419", "de-1996", "sl-rozaj-biske",
			"de-CH-1901", "zh-cmn-Hans-CN", "en-u-co-phonebk", "de-x-privat", "x-klingon", "i-klingon", "en-GB-oed", "tlh", "qaaa", "abcdefgh",
			"en-a-bbb-x-a-ccc", "hy-Latn-IT-arevela", "und"},
		[]string{"", "a", "something", "a12345678", "en_US", "en-", "-en", "en--US", "zh-z-aaa-z-bbb-c-ccc", "de-419-DE", "a-DE",
			"de-1996-1996", "en-x", "x", "en-u", "ar-a-aaa-b-bbb-a-ccc", "en-US-", "german language", "de-ä", "en-a", "abcdefghi", "12"})
}

func TestMediaTypeAndHashes(t *testing.T) {
	check(t, "isMediaType", isMediaType,
		[]string{"text/plain", "text/plain; charset=ascii", "application/vnd.api+json", "text/html ;q=1", "a/b;"},
		[]string{"", "text", "text/", "/plain", "text/plain x", "text /plain", "text/plain;\n", "text/plain "})
	check(t, "isOctetStream", isOctetStream,
		[]string{"application/octet-stream", "Application/Octet-Stream", "application/octet-stream; x=y"},
		[]string{"application/octet-streams", "text/plain", ""})
	check(t, "isSHA2", isSHA2, []string{sha256OK}, []string{"", sha256OK[1:], sha256OK[1:] + "g"})
}

func TestUUID(t *testing.T) {
	ok := func(s string) bool { _, ok := parseUUID(s); return ok }
	check(t, "parseUUID", ok,
		[]string{"12345678-1234-5678-1234-567812345678", "AA97B177-9383-4934-8543-0F91A7A02836"},
		[]string{"", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836", "aa97b1779383493485430f91a7a02836",
			"{AA97B177-9383-4934-8543-0F91A7A0283}", "aa97b177-9383-4934-8543-0f91a7a0283-", "aa97b177+9383-4934-8543-0f91a7a02836"})
	id, _ := parseUUID("AA97B177-9383-4934-8543-0F91A7A02836")
	if got := id.String(); got != "aa97b177-9383-4934-8543-0f91a7a02836" {
		t.Errorf("got %s", got)
	}
}

func TestTimestamp(t *testing.T) {
	day := time.Date(2008, 9, 15, 15, 53, 0, 601000000, time.UTC).UnixMicro()
	for _, c := range []struct {
		text   string
		v1, v2 bool
		micros int64
		utc    string // how it is answered; "" as sent
	}{
		{"2008-09-15T15:53:00.601Z", true, true, day, ""},
		{"2008-09-15T15:53:00.601+00:00", true, true, day, ""},
		{"2008-09-15t15:53:00.601z", true, true, day, ""},
		{"2008-09-15T17:53:00.601+02:00", true, true, day, "2008-09-15T15:53:00.601Z"},
		{"2008-09-15T10:23:00.601000-05:30", true, true, day, "2008-09-15T15:53:00.601000Z"},
		{"2008-09-16T01:53:00.6010009+10:00", true, true, day, "2008-09-15T15:53:00.6010009Z"},
		{"2008-09-15T15:53:00.601", true, false, day, "2008-09-15T15:53:00.601Z"},
		{"2008-09-15T15:53:00,601Z", true, false, day, "2008-09-15T15:53:00.601Z"},
		{"2008-09-15T17:53:00.601+0200", true, false, day, "2008-09-15T15:53:00.601Z"},
		{"2008-09-15T17:53:00.601+02", true, false, day, "2008-09-15T15:53:00.601Z"},
		{"20080915T155300.601Z", true, false, day, "2008-09-15T15:53:00.601Z"},
		{"20080915T1553", true, false, day - 601000, "2008-09-15T15:53:00Z"},
		{"2008-09-15T15:53Z", true, false, day - 601000, "2008-09-15T15:53:00Z"},
		{"2016-12-31T23:59:60Z", true, true, time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), ""},
		{"1969-12-31T23:59:59.999999Z", true, true, -1, ""},
		{"2024-02-29T00:00:00Z", true, true, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC).UnixMicro(), ""},
		{text: "2023-02-29T00:00:00Z"}, {text: "2016-12-31T22:59:60Z"}, {text: "2008-09-15T24:00:00Z"}, {text: "2008-13-15T15:53:00Z"},
		{text: "2008-09-15T15:60:00Z"}, {text: "2008-09-15T15:53:00.Z"}, {text: "2008-09-15 15:53:00Z"}, {text: "2008-09-15"},
		{text: "2008-09-15T15:53:00.601-00"}, {text: "2008-09-15T15:53:00.601-0000"}, {text: "2008-09-15T15:53:00.601-00:00"},
		{text: "01/011/2015"}, {text: "should fail"}, {text: ""}, {text: "2008-09-15T15:53:00+24:00"}, {text: "2008-09-15T15:53:00 Z"},
		{text: "2008-0915T15:53:00Z"}, {text: "2008-09-15T155300Z"}, {text: "0000-01-01T00:00:00+01:00"}, {text: "2008-09-15T15:53.5Z"},
		{text: "9999-12-31T23:59:59-01:00"}, {text: "+2008-09-15T15:53:00Z"}, {text: "2008-09-15T15:53:00ZZ"}, {text: "20080915T15:53:00Z"},
	} {
		for ed, want := range map[Edition]bool{V1: c.v1, V2: c.v2} {
			micros, ok := ParseTimestamp(c.text, ed)
			if ok != want || ok && micros != c.micros {
				t.Errorf("edition %d: %q is %d, %v; want %d, %v", ed, c.text, micros, ok, c.micros, want)
			}
		}
		if c.v1 {
			ts, _ := readTimestamp(c.text, V1)
			if ts.plain != (c.utc == "") || c.utc != "" && string(ts.appendUTC(nil)) != c.utc {
				t.Errorf("%q is rewritten to %s, plain %v; want %q", c.text, ts.appendUTC(nil), ts.plain, c.utc)
			}
		}
	}
}

func TestFormatStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-62167219200e6, 253402300799999999).Draw(t, "micros")
		got := FormatStored(micros)
		if want := time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.000000Z"); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if back, ok := ParseTimestamp(got, V2); !ok || back != micros || len(got) != storedWidth {
			t.Fatalf("%s is read as %d, %v", got, back, ok)
		}
	})
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]int64{
		"PT4H35M59.14S": 4*360000 + 35*6000 + 5914, "PT16559.14S": 1655914, "P4W": 4 * 7 * 8640000, "PT1H0M0.1S": 360010,
		"PT0S": 0, "P1DT12H36M0.12567S": 8640000 + 12*360000 + 36*6000 + 12, "PT0.019S": 1, "PT0,5M": 3000, "P0.5D": 4320000,
		"P3Y1M29DT4H35M59.14S": -1, "P3Y": -1, "P1M": -1, "P0Y0M0DT0H1M2S": 6200, "PT99999999999999999999S": -1, "P0.0Y": 0,
		"P999999999999W": -1,
	} {
		if got, ok := parseDuration(text); !ok || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1", "1H", "P4W1D", "P1D4W", "PA1H0M0S", "PT1S1M", "P1DT", "PT.5S", "PT5.S", "P1.5DT1H",
		"pt1s", "-PT1S", "PT1H1H", "PTT1S", "P0003-01-29T04:35:59", "P1H", "PT1D", "should fail", "PT1S ", "P1DT1HT1M", "PT1.2.3S"} {
		if got, ok := parseDuration(text); ok {
			t.Errorf("%q is accepted as %d", text, got)
		}
	}
	for _, c := range [][2]string{{"PT1.239S", "PT1.23S"}, {"PT1.2S", "PT1.20S"}, {"PT1S", "PT1.004S"}, {"PT1,5S", "PT1.5S"}} {
		if a, b := string(appendDuration(nil, c[0])), string(appendDuration(nil, c[1])); a != b {
			t.Errorf("%s and %s differ: %s, %s", c[0], c[1], a, b)
		}
	}
	for _, c := range [][2]string{{"PT1.23S", "PT1.24S"}, {"PT60S", "PT1M"}, {"PT1S", "PT01S"}, {"PT1.5M", "PT1.50M"}} {
		if a, b := string(appendDuration(nil, c[0])), string(appendDuration(nil, c[1])); a == b {
			t.Errorf("%s and %s are the same: %s", c[0], c[1], a)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, same := range [][]string{{"0", "-0", "0.0", "0e9", "-0.00E-3"}, {"1", "1.0", "10e-1", "0.1e1", "1E+0", "1.000"},
		{"-12.5", "-125e-1", "-0.125E2"}, {"1e400", "10e399", "0.01e402"}, {"0.001", "1e-3", "0.0010"}} {
		first := parseDecimal(same[0])
		for _, s := range same[1:] {
			d := parseDecimal(s)
			if string(d.appendTo(nil)) != string(first.appendTo(nil)) || d.compare(first) != 0 {
				t.Errorf("%s and %s differ", same[0], s)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?`)
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		dx, dy := parseDecimal(a), parseDecimal(b)
		if dx.compare(dy) != x.Cmp(y) || dx.integer() != x.IsInt() ||
			(string(dx.appendTo(nil)) == string(dy.appendTo(nil))) != (x.Cmp(y) == 0) {
			t.Fatalf("%s, %s: compare %d, want %d", a, b, dx.compare(dy), x.Cmp(y))
		}
		if one := big.NewRat(1, 1); dx.withinOne() != (new(big.Rat).Abs(x).Cmp(one) <= 0) {
			t.Fatalf("%s: withinOne %v", a, dx.withinOne())
		}
	})
	if d := parseDecimal(strconv.Itoa(math.MaxInt64)); !d.fitsInt64() {
		t.Error("the largest int64 does not fit")
	}
}
