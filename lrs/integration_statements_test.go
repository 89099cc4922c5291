package lrs_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// added are the properties that a record store sets when they were not sent.
var added = []string{"id", "stored", "timestamp", "authority", "version"}

// comesBackAs holds a stored statement against what was sent: all of it is
// there, and only what a record store adds is there besides.
func comesBackAs(t *testing.T, sent, got []byte) {
	t.Helper()
	var a, b m
	for text, into := range map[*[]byte]*m{&sent: &a, &got: &b} {
		d := json.NewDecoder(bytes.NewReader(*text))
		d.UseNumber() // numbers as they are written
		if err := d.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range added {
		if b[name] == nil {
			t.Errorf("%s is missing", name)
		}
		if _, given := a[name]; !given {
			delete(b, name)
		}
	}
	if at, ok := a["timestamp"].(string); ok {
		sentAt, err1 := time.Parse(time.RFC3339Nano, at)
		gotAt, err2 := time.Parse(time.RFC3339Nano, b["timestamp"].(string))
		_, offset := gotAt.Zone()
		if err1 != nil || err2 != nil || !sentAt.Equal(gotAt) || offset != 0 {
			t.Errorf("timestamp %v came back as %v", at, b["timestamp"])
		}
		a["timestamp"] = b["timestamp"]
	}
	delete(a, "authority") // the store's word counts
	delete(b, "authority")
	delete(a, "stored")
	delete(b, "stored")
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

func TestExamplesOfTheSpecificationComeBackEqual(t *testing.T) {
	text, err := os.ReadFile("testdata/xapi-spec-examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []json.RawMessage
	if err := json.Unmarshal(text, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) != 7 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, version := range []string{"1.0.3", "2.0.0"} {
		_, c := start(t)
		c = c.under(version)
		var ids []string
		c.decode(c.want(200, "POST", "/statements", text).body, &ids)
		for i, example := range examples {
			comesBackAs(t, example, c.want(200, "GET", "/statements?statementId="+ids[i], nil).body)
		}
		page := c.find("ascending", "true")
		if diff := cmp.Diff(ids, page.ids(t)); diff != "" {
			t.Error(diff)
		}
		for i, raw := range page.Statements {
			comesBackAs(t, examples[i], raw)
		}
	}
}

func TestBytesAreKept(t *testing.T) {
	_, c := start(t)
	// Odd but legal: numbers, escapes, order and white space as nobody would
	// write them again.
	sent := `{ "verb" : {"id":"http:\/\/example.org\/did"},"result":{"score":{"raw":1.50e1,"scaled":-0.0},"duration":"PT01.500S",` +
		`"extensions":{"http://example.org/x":{"b":1e2,"a":"\u00e4\ud83d\ude00ß","n":null,"big":123456789012345678901234567890}}},` +
		"\n\t" + `"object":{"id":"urn:x:\u00fc"},"actor":{"mbox":"mailto:ada@example.org"}, "version":"1.0.2"`
	id := uuid.NewString()
	c.want(204, "PUT", "/statements?statementId="+id, []byte(sent+"}"))
	for name, body := range map[string]string{
		"by id": string(c.want(200, "GET", "/statements?statementId="+id, nil).body),
		"exact": string(c.want(200, "GET", "/statements?format=exact", nil).body),
	} {
		if !strings.Contains(body, sent) {
			t.Errorf("%s: not what was sent: %s", name, body)
		}
		if !strings.Contains(body, `"id":"`+id+`"`) {
			t.Errorf("%s: no id: %s", name, body)
		}
	}
}

func TestTimestampsAreAnsweredInUTC(t *testing.T) {
	_, c := start(t)
	for sent, want := range map[string]string{
		"2026-03-01T10:30:00+05:30":      "2026-03-01T05:00:00Z",
		"2026-03-01T00:30:00.1234567+01": "2026-02-28T23:30:00.1234567Z",
		"2026-03-01T10:30:00.120-0200":   "2026-03-01T12:30:00.120Z",
		"2026-03-01T10:30:00Z":           "2026-03-01T10:30:00Z",
		"2026-03-01T10:30:00.500000000Z": "2026-03-01T10:30:00.500000000Z",
		"2126-03-01T10:30:00Z":           "2126-03-01T10:30:00Z", // future is fine
		"2026-03-01T10:30:00":            "2026-03-01T10:30:00Z", // 1.0: no zone is UTC
		"2026-03-01T10:30:00.25+00:00":   "2026-03-01T10:30:00.25Z",
	} {
		s := said("ada", "did", "a", m{"timestamp": sent})
		c.post(s)
		var got struct{ Timestamp string }
		c.decode(c.want(200, "GET", "/statements?statementId="+id(s), nil).body, &got)
		at, err := time.Parse(time.RFC3339Nano, got.Timestamp)
		if err != nil {
			t.Errorf("%s: %v", sent, err)
			continue
		}
		wanted, err := time.Parse(time.RFC3339Nano, want)
		if err != nil {
			t.Fatal(err)
		}
		if _, offset := at.Zone(); offset != 0 || !at.Equal(wanted) {
			t.Errorf("%s came back as %s, want %s", sent, got.Timestamp, want)
		}
	}
	for _, bad := range []string{"2026-03-01T10:30:00-00:00", "2026-03-01T10:30:00-0000", "2026-03-01T10:30:00-00", "2026-02-30T10:30:00Z"} {
		c.want(400, "POST", "/statements", c.encode(said("ada", "did", "a", m{"timestamp": bad})))
	}
}

func TestFormats(t *testing.T) {
	_, c := start(t)
	s := said("", "", "", m{
		"actor":  m{"objectType": "Group", "name": "Club", "mbox": "mailto:club@example.org", "member": []any{m{"name": "Ada", "mbox": "mailto:ada@example.org"}}},
		"verb":   m{"id": verbID("did"), "display": m{"de-DE": "tat", "en-GB": "did"}},
		"object": m{"objectType": "Activity", "id": activityID("a"), "definition": m{"name": m{"de-DE": "Kurs", "en-GB": "Course"}, "type": "http://example.org/course"}},
	})
	c.post(s)
	pick := func(c *client, query string) m {
		t.Helper()
		var got m
		c.decode(c.want(200, "GET", "/statements?statementId="+id(s)+query, nil).body, &got)
		list := c.fetch("/statements?" + strings.TrimPrefix(query, "&"))
		var listed m
		c.decode(list.Statements[0], &listed)
		if diff := cmp.Diff(got, listed); diff != "" {
			t.Errorf("%s: by id and in a list: %s", query, diff)
		}
		return m{"actor": got["actor"], "verb": got["verb"], "object": got["object"]}
	}
	text := func(display, name string) m {
		return m{
			"actor":  s["actor"],
			"verb":   m{"id": verbID("did"), "display": m{strings.Split(display, "|")[0]: strings.Split(display, "|")[1]}},
			"object": m{"objectType": "Activity", "id": activityID("a"), "definition": m{"name": m{strings.Split(name, "|")[0]: strings.Split(name, "|")[1]}, "type": "http://example.org/course"}},
		}
	}
	exact := m{"actor": s["actor"], "verb": s["verb"], "object": s["object"]}
	for _, q := range []struct {
		name, query, language string
		want                  m
	}{
		{"exact", "&format=exact", "de", exact},
		{"none", "&attachments=false", "de", exact},
		{"canonical, British", "&format=canonical", "en-GB,de;q=0.5", text("en-GB|did", "en-GB|Course")},
		{"canonical, any German", "&format=canonical", "de", text("de-DE|tat", "de-DE|Kurs")},
		{"canonical, German before English", "&format=canonical", "en;q=0.3, de;q=0.8", text("de-DE|tat", "de-DE|Kurs")},
		{"ids", "&format=ids", "", m{
			"actor":  m{"objectType": "Group", "mbox": "mailto:club@example.org"},
			"verb":   m{"id": verbID("did")},
			"object": m{"id": activityID("a")},
		}},
	} {
		got := pick(c.with("Accept-Language", q.language), q.query)
		a, b := string(c.encode(q.want)), string(c.encode(got))
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
	}
}

func TestVersionsOfStatements(t *testing.T) {
	_, c := start(t)
	for _, q := range []struct {
		under, sent string
		status      int
		kept        string
	}{
		{"1.0.3", "", 200, "1.0.0"}, {"2.0.0", "", 200, "2.0.0"},
		{"1.0.3", "1.0.2", 200, "1.0.2"}, {"2.0.0", "1.0.2", 200, "1.0.2"}, {"1.0.3", "1.0", 200, "1.0"},
		{"2.0.0", "2.0.0", 200, "2.0.0"}, {"1.0.3", "2.0.0", 400, ""},
		{"1.0.3", "0.95", 400, ""}, {"2.0.0", "1.1.0", 400, ""},
	} {
		s := said("ada", "did", "a")
		if q.sent != "" {
			s["version"] = q.sent
		}
		if r := c.under(q.under).do("POST", "/statements", c.encode(s)); r.status != q.status {
			t.Errorf("version %q under %s: %d %s", q.sent, q.under, r.status, r.body)
		}
		if q.status != 200 {
			continue
		}
		for _, reader := range []string{"1.0.3", "2.0.0"} { // nothing is converted
			var got struct{ Version string }
			c.decode(c.under(reader).want(200, "GET", "/statements?statementId="+id(s), nil).body, &got)
			if got.Version != q.kept {
				t.Errorf("version %q under %s, read under %s: %q", q.sent, q.under, reader, got.Version)
			}
		}
	}
}

func TestAuthorityIsTheKeys(t *testing.T) {
	s, c := start(t)
	forged := said("ada", "did", "a", m{"authority": agent("mayor"), "stored": "2001-01-01T00:00:00Z"})
	before := time.Now().Add(-time.Second)
	c.post(forged)
	var got struct {
		Stored    time.Time
		Timestamp time.Time
		Authority m
	}
	c.decode(c.want(200, "GET", "/statements?statementId="+id(forged), nil).body, &got)
	if diff := cmp.Diff(m{"objectType": "Agent", "account": m{"homePage": "http://lernspur.local", "name": s.Key}}, got.Authority); diff != "" {
		t.Error(diff)
	}
	if got.Stored.Before(before) || got.Stored.After(time.Now().Add(time.Second)) || !got.Timestamp.Equal(got.Stored) {
		t.Errorf("stored %v, timestamp %v", got.Stored, got.Timestamp)
	}
}

func TestHeadersOfOneStatement(t *testing.T) {
	_, c := start(t)
	s := said("ada", "did", "a")
	c.post(s)
	for _, path := range []string{"/statements?statementId=" + id(s), "/statements?limit=1"} {
		get := c.want(200, "GET", path, nil)
		head := c.want(200, "HEAD", path, nil)
		if len(head.body) != 0 {
			t.Errorf("%s: HEAD has a body", path)
		}
		for _, name := range []string{
			"Content-Type", "Content-Length", "Last-Modified", "X-Experience-API-Version", "Vary", "Cache-Control",
		} {
			if get.header.Get(name) != head.header.Get(name) {
				t.Errorf("%s: %s is %q and %q", path, name, get.header.Get(name), head.header.Get(name))
			}
		}
		// It follows the clock while nobody writes; all its values have one length.
		const through = "X-Experience-API-Consistent-Through"
		if g, h := get.header.Get(through), head.header.Get(through); g == "" || h < g {
			t.Errorf("%s: %s is %q and then %q", path, through, g, h)
		}
	}
	get := c.want(200, "GET", "/statements?statementId="+id(s), nil)
	var got struct{ Stored time.Time }
	c.decode(get.body, &got)
	modified, err := http.ParseTime(get.header.Get("Last-Modified"))
	if err != nil || !modified.Equal(got.Stored.Truncate(time.Second)) {
		t.Errorf("Last-Modified %q, stored %v", get.header.Get("Last-Modified"), got.Stored)
	}
	through, err := time.Parse(time.RFC3339Nano, get.header.Get("X-Experience-API-Consistent-Through"))
	if err != nil || through.Before(got.Stored) {
		t.Errorf("Consistent-Through %q, stored %v", get.header.Get("X-Experience-API-Consistent-Through"), got.Stored)
	}
	if _, more := get.header["Content-Encoding"]; more {
		t.Error("a short answer is compressed")
	}
}

func TestCompression(t *testing.T) {
	_, c := start(t)
	var batch []any
	for i := range 50 {
		batch = append(batch, said("ada", "did", fmt.Sprint("a", i)))
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(c.encode(batch)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	c.with("Content-Encoding", "gzip").want(200, "POST", "/statements", zipped.Bytes())
	plain := c.want(200, "GET", "/statements", nil)
	packed := c.with("Accept-Encoding", "gzip").want(200, "GET", "/statements", nil)
	if packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(plain.body)/2 {
		t.Fatalf("%v, %d of %d bytes", packed.header, len(packed.body), len(plain.body))
	}
	u, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(u)
	if err != nil || !bytes.Equal(unpacked, plain.body) {
		t.Errorf("what was packed is not what there is: %v", err)
	}
	for _, r := range []result{plain, packed} {
		if r.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary %q", r.header.Get("Vary"))
		}
	}
	head := c.with("Accept-Encoding", "gzip").want(200, "HEAD", "/statements", nil)
	if head.header.Get("Content-Length") != fmt.Sprint(len(packed.body)) || len(head.body) != 0 {
		t.Errorf("HEAD: %v", head.header)
	}
}
