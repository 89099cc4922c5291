package lrs_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
	"testing"
)

const hashHeader = "X-Experience-API-Hash"

func sha(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// attached is an attachment of some bytes; more properties replace those or come
// besides.
func attached(b []byte, more ...m) m {
	a := m{"usageType": "http://example.org/usage", "display": m{"en": "a file"}, "contentType": "text/plain", "length": len(b), "sha2": sha(b)}
	for _, extra := range more {
		for name, value := range extra {
			a[name] = value
		}
	}
	return a
}

func with(list ...m) m { return m{"attachments": list} }

// part is a part of a request: headers as "Name: value", and bytes.
type part struct {
	headers []string
	body    []byte
}

// file is the part of an attachment as most senders write it.
func file(b []byte, more ...string) part {
	return part{append([]string{"Content-Type: text/plain", "Content-Transfer-Encoding: binary", hashHeader + ": " + sha(b)}, more...), b}
}

func jsonPart(b []byte) part { return part{[]string{"Content-Type: application/json"}, b} }

const edge = "-------314159265358979323846"

// inParts is the body of a request; it is written here by hand, as the
// specification shows it.
func inParts(parts ...part) []byte {
	var b bytes.Buffer
	for i, p := range parts {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString("--" + edge + "\r\n")
		for _, h := range p.headers {
			b.WriteString(h + "\r\n")
		}
		b.WriteString("\r\n")
		b.Write(p.body)
	}
	b.WriteString("\r\n--" + edge + "--\r\n")
	return b.Bytes()
}

// mixed is the client that sends in parts.
func (c *client) mixed() *client { return c.with("Content-Type", "multipart/mixed; boundary="+edge) }

// postParts stores statements with files.
func (c *client) postParts(sts any, files ...part) {
	c.Helper()
	c.mixed().want(200, "POST", "/statements", inParts(append([]part{jsonPart(c.encode(sts))}, files...)...))
}

// gotPart is a part of an answer.
type gotPart struct {
	header map[string][]string
	body   []byte
}

// getParts reads an answer in parts: the JSON, and the attachments by hash.
func (c *client) getParts(path string) ([]byte, map[string]gotPart) {
	c.Helper()
	r := c.want(200, "GET", path, nil)
	if n, err := strconv.Atoi(r.header.Get("Content-Length")); err != nil || n != len(r.body) {
		c.Errorf("Content-Length %q of %d bytes", r.header.Get("Content-Length"), len(r.body))
	}
	return c.readParts(r)
}

func (c *client) readParts(r result) ([]byte, map[string]gotPart) {
	c.Helper()
	media, params, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil || media != "multipart/mixed" || params["boundary"] == "" || strings.Trim(params["boundary"], "0123456789abcdef-") != "" {
		c.Fatalf("Content-Type %q", r.header.Get("Content-Type"))
	}
	in := multipart.NewReader(bytes.NewReader(r.body), params["boundary"])
	var first []byte
	files := map[string]gotPart{}
	for n := 0; ; n++ {
		p, err := in.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			c.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil || p.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
			c.Fatal(err, p.Header, len(body))
		}
		if n == 0 {
			if p.Header.Get("Content-Type") != "application/json" {
				c.Errorf("the first part is %v", p.Header)
			}
			first = body
			continue
		}
		h := p.Header.Get(hashHeader)
		if _, twice := files[h]; twice || h == "" || p.Header.Get("Content-Transfer-Encoding") != "binary" || sha(body) != h && len(h) == 64 {
			c.Errorf("part %d: %v", n, p.Header)
		}
		files[h] = gotPart{p.Header, body}
	}
	return first, files
}

// TestAttachmentsComeBack posts statements with attachments in every way and
// reads them in every way, under both versions.
func TestAttachmentsComeBack(t *testing.T) {
	_, c := start(t)
	for _, version := range []string{"1.0.3", "2.0.0"} {
		c := c.under(version)
		one, two, three := []byte("one "+version), bytes.Repeat([]byte("two"), 50_000), []byte{}
		linked := attached([]byte("elsewhere"), m{"fileUrl": "http://example.org/file"})
		sub := said("bob", "did", "sub", with(attached(three)), m{"objectType": "SubStatement"})
		delete(sub, "id")
		sts := []any{
			said("ada", "did", "it", with(attached(one), attached(two, m{"fileUrl": "http://example.org/two"}), linked)),
			said("ada", "did", "it", with(attached(one))),
			said("ada", "did", "it"),
			said("ada", "did", "it", m{"object": sub}),
		}
		c.postParts(sts, file(one), file(two), file(three))

		for i, want := range []map[string][]byte{{sha(one): one, sha(two): two}, {sha(one): one}, {}, {sha(three): three}} {
			first, files := c.getParts("/statements?attachments=true&statementId=" + id(sts[i]))
			sameAnswer(t, c.want(200, "GET", "/statements?statementId="+id(sts[i]), nil).body, first)
			checkFiles(t, files, want)
		}
		first, files := c.getParts("/statements?attachments=true&limit=4&activity=" + activityID("it"))
		sameAnswer(t, c.want(200, "GET", "/statements?attachments=false&limit=4&activity="+activityID("it"), nil).body, first)
		checkFiles(t, files, map[string][]byte{sha(one): one, sha(two): two})
		for _, format := range []string{"ids", "canonical", "exact"} {
			first, files := c.getParts("/statements?attachments=true&format=" + format + "&statementId=" + id(sts[1]))
			sameAnswer(t, c.want(200, "GET", "/statements?format="+format+"&statementId="+id(sts[1]), nil).body, first)
			checkFiles(t, files, map[string][]byte{sha(one): one})
		}

		c.post(voiding("ada", id(sts[1])))
		_, files = c.getParts("/statements?attachments=true&voidedStatementId=" + id(sts[1]))
		checkFiles(t, files, map[string][]byte{sha(one): one})
	}
}

func checkFiles(t *testing.T, got map[string]gotPart, want map[string][]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d attachments, want %d", len(got), len(want))
	}
	for h, b := range want {
		if !bytes.Equal(got[h].body, b) {
			t.Errorf("%s: %d bytes, want %d", h, len(got[h].body), len(b))
		}
		if g := got[h].header["Content-Type"]; len(g) != 1 || g[0] != "text/plain" {
			t.Errorf("%s: Content-Type %v", h, g)
		}
	}
}

// sameAnswer compares two JSON answers, the address of the next page aside.
func sameAnswer(t *testing.T, want, got []byte) {
	t.Helper()
	cut := func(b []byte) string { s, _, _ := strings.Cut(string(b), `"more":"`); return s }
	if cut(want) != cut(got) {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAttachmentsOfPages(t *testing.T) {
	_, c := start(t)
	var sts []any
	var files []part
	for i := range 5 {
		b := fmt.Appendf(nil, "file %d", i)
		sts, files = append(sts, said("ada", "did", "it", with(attached(b)))), append(files, file(b))
	}
	c.postParts(sts, files...)
	path, pages := "/statements?attachments=true&ascending=true&limit=2", 0
	for path != "" {
		first, got := c.getParts(path)
		var p page
		c.decode(first, &p)
		for _, raw := range p.Statements {
			var s struct{ Attachments []struct{ SHA2 string } }
			c.decode(raw, &s)
			if _, ok := got[s.Attachments[0].SHA2]; !ok {
				t.Errorf("page %d lacks the attachment of its statement", pages)
			}
		}
		if len(got) != len(p.Statements) {
			t.Errorf("page %d: %d attachments of %d statements", pages, len(got), len(p.Statements))
		}
		path, pages = p.More, pages+1
	}
	if pages != 3 {
		t.Errorf("%d pages", pages)
	}
}

func TestHeadOfAttachments(t *testing.T) {
	_, c := start(t)
	b := []byte("here is a simple attachment")
	st := said("ada", "did", "it", with(attached(b)))
	c.postParts(st, file(b))
	path := "/statements?attachments=true&statementId=" + id(st)
	get, head := c.want(200, "GET", path, nil), c.want(200, "HEAD", path, nil)
	if len(head.body) > 0 || head.header.Get("Content-Length") != get.header.Get("Content-Length") ||
		!strings.HasPrefix(head.header.Get("Content-Type"), "multipart/mixed; boundary=") {
		t.Errorf("HEAD %v, GET %v", head.header, get.header)
	}
	if plain := c.with("Accept-Encoding", "gzip").want(200, "GET", path, nil); plain.header.Get("Content-Encoding") != "" {
		t.Error("attachments are not compressed again")
	}
}

// TestAttachmentHashes sends bytes under every kind of SHA-2.
func TestAttachmentHashes(t *testing.T) {
	_, c := start(t)
	b := []byte("here is a simple attachment")
	for name, h := range map[string]string{
		"224": fmt.Sprintf("%x", sha256.Sum224(b)), "256": sha(b), "capitals": strings.ToUpper(sha(b)),
		"384": fmt.Sprintf("%x", sha512.Sum384(b)), "512": fmt.Sprintf("%x", sha512.Sum512(b)),
	} {
		st := said("ada", "did", name, with(attached(b, m{"sha2": h})))
		p := part{[]string{"Content-Type: text/plain", hashHeader + ": " + h}, b}
		c.mixed().want(200, "POST", "/statements", inParts(jsonPart(c.encode(st)), p))
		_, files := c.getParts("/statements?attachments=true&statementId=" + id(st))
		if got := files[strings.ToLower(h)]; !bytes.Equal(got.body, b) {
			t.Errorf("%s: %v", name, files)
		}
		bad := said("ada", "did", name, with(attached(b, m{"sha2": strings.Repeat("0", len(h))})))
		p.headers[1] = hashHeader + ": " + strings.Repeat("0", len(h))
		r := c.mixed().want(400, "POST", "/statements", inParts(jsonPart(c.encode(bad)), p))
		if !strings.Contains(string(r.body), `"rule":"attachment-hash"`) {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}

// TestPutWithAttachments stores by PUT.
func TestPutWithAttachments(t *testing.T) {
	_, c := start(t)
	b := []byte("here is a simple attachment")
	st := said("ada", "did", "it", with(attached(b)))
	body := inParts(jsonPart(c.encode(st)), file(b))
	c.mixed().want(204, "PUT", "/statements?statementId="+id(st), body)
	c.mixed().want(204, "PUT", "/statements?statementId="+id(st), body)
	c.mixed().want(400, "PUT", "/statements?statementId="+id(st), inParts(jsonPart(c.encode([]any{st})), file(b)))
	_, files := c.getParts("/statements?attachments=true&statementId=" + id(st))
	checkFiles(t, files, map[string][]byte{sha(b): b})
}

// TestAnyAttachmentComesBack sends random bytes, boundaries among them.
func TestAnyAttachmentComesBack(t *testing.T) {
	_, c := start(t)
	source := rand.NewChaCha8([32]byte{1})
	pieces := [][]byte{[]byte("\r\n"), []byte("--"), []byte("--" + edge[:10]), []byte("\r\n--" + edge[:len(edge)-1] + "\r\n"), []byte("\n--" + edge + "\n"), {0}, []byte("\r")}
	for i := range 60 {
		var b []byte
		for range source.Uint64() % 40 {
			if source.Uint64()%3 > 0 {
				b = append(b, pieces[source.Uint64()%uint64(len(pieces))]...)
				continue
			}
			noise := make([]byte, source.Uint64()%3000)
			_, _ = source.Read(noise)
			b = append(b, noise...)
		}
		st := said("ada", "did", "it", with(attached(b)))
		if bytes.Contains(b, []byte("\r\n--"+edge)) {
			continue // no sender may choose such a boundary
		}
		c.postParts(st, file(b))
		if _, files := c.getParts("/statements?attachments=true&statementId=" + id(st)); !bytes.Equal(files[sha(b)].body, b) {
			t.Fatalf("attempt %d: other bytes came back for %q", i, b)
		}
	}
}

// TestFileURLAlone: such an attachment has no part, neither on the way in nor
// out; also in a request in parts.
func TestFileURLAlone(t *testing.T) {
	_, c := start(t)
	st := said("ada", "did", "it", with(attached([]byte("x"), m{"fileUrl": "http://example.org/x"})))
	c.post(st)
	other := said("ada", "did", "it", with(attached([]byte("y"), m{"fileUrl": "http://example.org/y"})))
	c.postParts(other)
	c.postParts(said("ada", "did", "it"))
	c.postParts([]any{})
	for _, st := range []any{st, other} {
		if _, files := c.getParts("/statements?attachments=true&statementId=" + id(st)); len(files) != 0 {
			t.Error(files)
		}
	}
}

// TestLengthThatDoesNotFit: the official suite sends such a statement.
func TestLengthThatDoesNotFit(t *testing.T) {
	_, c := start(t)
	b := []byte("here is a simple attachment")
	st := said("ada", "did", "it", with(attached(b, m{"length": 13})))
	c.postParts(st, file(b))
	_, files := c.getParts("/statements?attachments=true&statementId=" + id(st))
	checkFiles(t, files, map[string][]byte{sha(b): b})
}

// errorOf is the error of an answer.
func errorOf(t *testing.T, r result) (text string, rules []string) {
	t.Helper()
	var e struct {
		Error      string
		Violations []struct {
			Statement     int
			Pointer, Rule string
		}
	}
	if err := json.Unmarshal(r.body, &e); err != nil || e.Error == "" {
		t.Fatalf("no error: %s", r.body)
	}
	for _, v := range e.Violations {
		rules = append(rules, fmt.Sprintf("%d%s %s", v.Statement, v.Pointer, v.Rule))
	}
	return e.Error, rules
}
