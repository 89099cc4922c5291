package lrs_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lernspur/lrs"
	"lernspur/lrs/lrstest"
)

// lines joins the lines of a body as it goes over the wire.
func lines(list ...string) string { return strings.Join(list, "\r\n") }

// TestMultipartRules sends every request that breaks a rule, as POST and PUT and
// under both versions, and the one next to it that breaks none.
func TestMultipartRules(t *testing.T) {
	s, _ := start(t)
	b, other := []byte("here is a simple attachment"), []byte("here is another attachment")
	type request struct {
		name        string
		contentType string // "" for the usual one
		st          m      // without an id
		body        func(st []byte) string
		status      int
		says        string   // part of the error
		rules       []string // "statement pointer rule"
	}
	usual := func(files ...part) func([]byte) string {
		return func(st []byte) string { return string(inParts(append([]part{jsonPart(st)}, files...)...)) }
	}
	one, two := with(attached(b)), with(attached(b), attached(other))
	inSub := func(list m) m {
		sub := said("bob", "did", "it", list, m{"objectType": "SubStatement"})
		delete(sub, "id")
		return m{"object": sub}
	}
	head := "--" + edge
	for _, tc := range []request{
		{name: "as it should be", st: one, body: usual(file(b)), status: 200},
		{name: "two of them", st: two, body: usual(file(other), file(b)), status: 200},
		{name: "one in a SubStatement", st: inSub(one), body: usual(file(b)), status: 200},
		{name: "the same in both", st: with(attached(b), attached(b)), body: usual(file(b)), status: 200},
		{name: "a copy for each", st: with(attached(b), attached(b)), body: usual(file(b), file(b)), status: 200},
		{name: "a copy too many", st: one, body: usual(file(b), file(b)), status: 400, says: "more often"},
		{name: "a part with nothing but the hash", st: one, body: usual(part{[]string{hashHeader + ": " + sha(b)}, b}), status: 200},
		{name: "header names in lower case", st: one, body: usual(part{[]string{"content-type: TEXT/Plain", "content-transfer-encoding: BINARY", strings.ToLower(hashHeader) + ": " + strings.ToUpper(sha(b))}, b}), status: 200},
		{name: "a charset in capitals", st: with(attached(b, m{"contentType": "text/plain; charset=UTF-8"})), body: usual(part{[]string{"Content-Type: text/plain;charset=utf-8", hashHeader + ": " + sha(b)}, b}), status: 200},
		{name: "one of two types", st: with(attached(b, m{"contentType": "text/html"}), attached(b)), body: usual(file(b)), status: 200},
		{name: "the right Content-Length", st: one, body: usual(file(b, "Content-Length: 27")), status: 200},
		{name: "text before the first part", st: one, body: func(st []byte) string { return "hello\r\n" + usual(file(b))(st) }, status: 200},
		{name: "an empty line before it", st: one, body: func(st []byte) string { return "\r\n" + usual(file(b))(st) }, status: 200},
		{name: "text behind the last", st: one, body: func(st []byte) string { return usual(file(b))(st) + "bye" }, status: 200},
		{name: "no line end behind the last", st: one, body: func(st []byte) string { return strings.TrimSuffix(usual(file(b))(st), "\r\n") }, status: 200},
		{name: "a boundary in quotes", contentType: `multipart/mixed; boundary="abcABC0123'()+_,-./:=?"`, st: one, status: 200,
			body: func(st []byte) string { return strings.ReplaceAll(usual(file(b))(st), edge, "abcABC0123'()+_,-./:=?") }},
		{name: "Multipart/MIXED", contentType: "Multipart/MIXED; Boundary=" + edge, st: one, body: usual(file(b)), status: 200},

		{name: "no part for it", st: one, body: usual(), status: 400, rules: []string{"0/attachments/0 attachment-missing"}},
		{name: "no part for one of two", st: two, body: usual(file(b)), status: 400, rules: []string{"0/attachments/1 attachment-missing"}},
		{name: "no part for that of a SubStatement", st: inSub(one), body: usual(), status: 400, rules: []string{"0/object/attachments/0 attachment-missing"}},
		{name: "JSON without a part", contentType: "application/json", st: one, body: func(st []byte) string { return string(st) }, status: 400, rules: []string{"0/attachments/0 attachment-missing"}},
		{name: "JSON without a part, in a SubStatement", contentType: "application/json", st: inSub(one), body: func(st []byte) string { return string(st) }, status: 400, rules: []string{"0/object/attachments/0 attachment-missing"}},
		{name: "a part for nothing", st: one, body: usual(file(b), file(other)), status: 400, says: "no attachment"},
		{name: "a part for nothing, alone", st: m{}, body: usual(file(b)), status: 400, says: "no attachment"},
		{name: "a part without a hash", st: one, body: usual(part{[]string{"Content-Type: text/plain"}, b}), status: 400, says: "part 2 needs one header X-Experience-API-Hash"},
		{name: "a part with two hashes", st: two, body: usual(file(b, hashHeader+": "+sha(other)), file(other)), status: 400, says: "needs one header"},
		{name: "base64", st: one, body: usual(part{[]string{"Content-Transfer-Encoding: base64", hashHeader + ": " + sha(b)}, b}), status: 400, says: "it can only be binary"},
		{name: "quoted-printable", st: one, body: usual(part{[]string{"Content-Transfer-Encoding: quoted-printable", hashHeader + ": " + sha(b)}, b}), status: 400, says: "it can only be binary"},
		{name: "other bytes", st: one, body: usual(part{file(b).headers, other}), status: 400, rules: []string{"0/attachments/0 attachment-hash"}},
		{name: "a byte too few", st: one, body: usual(part{file(b).headers, b[:26]}), status: 400, rules: []string{"0/attachments/0 attachment-hash"}},
		{name: "another type", st: one, body: usual(part{[]string{"Content-Type: text/html", hashHeader + ": " + sha(b)}, b}), status: 400, rules: []string{"0/attachments/0 attachment-part-type"}},
		{name: "another parameter", st: one, body: usual(part{[]string{"Content-Type: text/plain; charset=utf-8", hashHeader + ": " + sha(b)}, b}), status: 400, rules: []string{"0/attachments/0 attachment-part-type"}},
		{name: "another Content-Length", st: one, body: usual(file(b, "Content-Length: 28")), status: 400, rules: []string{"0/attachments/0 attachment-part-length"}},
		{name: "a Content-Length that is not that of the bytes", st: with(attached(b, m{"length": 28})), body: usual(file(b, "Content-Length: 28")), status: 400, says: "has the Content-Length 28 and 27 bytes"},
		{name: "a Content-Length that is no number", st: one, body: usual(file(b, "Content-Length: long")), status: 400, says: "Content-Length"},

		{name: "no boundary in the header", contentType: "multipart/mixed", st: one, body: usual(file(b)), status: 400, says: "needs a boundary"},
		{name: "an empty one", contentType: "multipart/mixed;", st: one, body: usual(file(b)), status: 400, says: "needs a boundary"},
		{name: "one that is too long", contentType: "multipart/mixed; boundary=" + strings.Repeat("x", 71), st: one, body: usual(file(b)), status: 400, says: "needs a boundary"},
		{name: "another boundary in the body", contentType: "multipart/mixed; boundary=xyz", st: one, body: usual(file(b)), status: 400, says: "no boundary closes it"},
		{name: "no boundary before the statement", st: one, status: 400, says: "the first part holds the statements",
			body: func(st []byte) string { return strings.TrimPrefix(usual(file(b))(st), head+"\r\n") }},
		{name: "no boundary before the attachment", st: one, status: 400,
			body: func(st []byte) string {
				return lines(head, "Content-Type: application/json", "", string(st), "Content-Type: text/plain", hashHeader+": "+sha(b), "", string(b), head+"--", "")
			}, rules: []string{" json-syntax"}},
		{name: "no closing boundary", st: one, status: 400, says: "ended early",
			body: func(st []byte) string { return strings.TrimSuffix(usual(file(b))(st), "\r\n"+head+"--\r\n") }},
		{name: "no part at all", st: one, body: func([]byte) string { return head + "--\r\n" }, status: 400, says: "no part"},
		{name: "an empty body", st: one, body: func([]byte) string { return "" }, status: 400, says: "no boundary closes it"},
		{name: "a first part of another type", st: one, status: 400, says: "the first part holds the statements",
			body: func(st []byte) string {
				return string(inParts(part{[]string{"Content-Type: text/plain"}, st}, file(b)))
			}},
		{name: "a first part without a type", st: one, body: func(st []byte) string { return string(inParts(part{nil, st}, file(b))) }, status: 400, says: "the first part holds the statements"},
		{name: "a first part in base64", st: one, status: 400, says: "it can only be binary",
			body: func(st []byte) string {
				return string(inParts(part{[]string{"Content-Type: application/json", "Content-Transfer-Encoding: base64"}, st}, file(b)))
			}},
		{name: "the attachment first", st: one, body: func(st []byte) string { return string(inParts(file(b), jsonPart(st))) }, status: 400, says: "the first part holds the statements"},
		{name: "statements in two parts", st: one, body: func(st []byte) string { return string(inParts(jsonPart(st), jsonPart(st), file(b))) }, status: 400, says: "part 2 needs one header"},
		{name: "a bad statement", st: m{"verb": "did"}, body: usual(), status: 400, rules: []string{"0/verb type-object"}},
		{name: "form-data", contentType: "multipart/form-data; boundary=" + edge, st: one, body: usual(file(b)), status: 400, says: "has to be application/json, or multipart/mixed"},
		{name: "a header without a colon", st: one, body: usual(part{[]string{"Content-Type"}, b}), status: 400, says: "the headers of a part cannot be read"},
		{name: "endless headers", st: one, body: usual(file(b, "X-Long: "+strings.Repeat("x", 100_000))), status: 400, says: "between two parts"},
		{name: "endless text before the first part", st: one, body: func(st []byte) string { return strings.Repeat("hello\r\n", 20_000) + usual(file(b))(st) }, status: 400, says: "between two parts"},
	} {
		for _, version := range []string{"1.0.3", "2.0.0"} {
			for _, method := range []string{"POST", "PUT"} {
				t.Run(tc.name+"/"+version+"/"+method, func(t *testing.T) {
					st := said("ada", "did", "it", tc.st)
					contentType := tc.contentType
					if contentType == "" {
						contentType = "multipart/mixed; boundary=" + edge
					}
					c := clientOf(t, s).under(version).with("Content-Type", contentType)
					path, status := "/statements", tc.status
					if method == "PUT" {
						path += "?statementId=" + id(st)
						if status == 200 {
							status = 204
						}
					}
					r := c.want(status, method, path, []byte(tc.body(c.encode(st))))
					if stored := c.do("GET", "/statements?statementId="+id(st), nil).status; (stored == 200) != (tc.status == 200) || stored != 200 && stored != 404 {
						t.Errorf("afterwards the statement is %d", stored)
					}
					if tc.status == 200 {
						return
					}
					text, rules := errorOf(t, r)
					if !strings.Contains(text, tc.says) || tc.rules != nil && !slices.Contains(rules, tc.rules[0]) && !strings.Contains(strings.Join(rules, "|"), tc.rules[0]) {
						t.Errorf("%s, %q", text, rules)
					}
				})
			}
		}
	}
}

// TestBytesFromBefore: a request has to bring the bytes, also when they are kept
// from an earlier one.
func TestBytesFromBefore(t *testing.T) {
	_, c := start(t)
	b := []byte("here is a simple attachment")
	c.postParts(said("ada", "did", "it", with(attached(b))), file(b))
	again := said("ada", "did", "it", with(attached(b)))
	c.want(400, "POST", "/statements", c.encode(again))
	c.mixed().want(400, "POST", "/statements", inParts(jsonPart(c.encode(again))))
	c.postParts(again, file(b))
}

// TestOtherTenantsBytes: the bytes of one tenant are not there for another.
func TestOtherTenantsBytes(t *testing.T) {
	s, c := start(t)
	b := []byte("here is a simple attachment")
	c.postParts(said("ada", "did", "it", with(attached(b))), file(b))
	c = c.as(s.NewKey(t, "elsewhere", "all"))
	st := said("ada", "did", "it", with(attached(b, m{"fileUrl": "http://example.org/x"})))
	c.post(st)
	if _, files := c.getParts("/statements?attachments=true&statementId=" + id(st)); len(files) != 0 {
		t.Error("the bytes of another tenant came")
	}
}

// TestAttachmentLimits: what is too large is 413 and leaves nothing.
func TestAttachmentLimits(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{LRS: func(o *lrs.Options) { o.MaxAttachment, o.MaxAttachments = 1000, 2500 }})
	c := clientOf(t, s)
	sized := func(n int, fill string) []byte { return []byte(strings.Repeat(fill, n)) }
	for name, tc := range map[string]struct {
		files  [][]byte
		status int
		says   string
	}{
		"as large as may be":     {[][]byte{sized(1000, "a")}, 200, ""},
		"a byte more":            {[][]byte{sized(1001, "a")}, 413, "an attachment is larger than 1000 bytes"},
		"together as large":      {[][]byte{sized(1000, "a"), sized(1000, "b"), sized(500, "c")}, 200, ""},
		"together a byte larger": {[][]byte{sized(1000, "a"), sized(1000, "b"), sized(501, "c")}, 413, "larger than 2500 bytes together"},
		"nothing more":           {[][]byte{sized(1000, "a"), sized(1000, "b"), sized(500, "c"), nil}, 200, ""},
	} {
		var list []m
		var parts []part
		for _, f := range tc.files {
			list, parts = append(list, attached(f)), append(parts, file(f))
		}
		st := said("ada", "did", "it", with(list...))
		r := c.mixed().want(tc.status, "POST", "/statements", inParts(append([]part{jsonPart(c.encode(st))}, parts...)...))
		if tc.status != 200 {
			if text, _ := errorOf(t, r); !strings.Contains(text, tc.says) {
				t.Errorf("%s: %s", name, text)
			}
			c.want(404, "GET", "/statements?statementId="+id(st), nil)
		}
	}
	// A page ends before its attachments are too many.
	var sts []any
	var files []part
	for _, fill := range "defg" {
		b := sized(1000, string(fill))
		sts, files = []any{said("ada", "did", "page", with(attached(b)))}, []part{file(b)}
		c.postParts(sts, files...)
	}
	var sizes []int
	for path := "/statements?attachments=true&activity=" + activityID("page"); path != ""; {
		first, got := c.getParts(path)
		var p page
		c.decode(first, &p)
		sizes, path = append(sizes, len(got)), p.More
	}
	if !slices.Equal(sizes, []int{2, 2}) {
		t.Errorf("pages of %v attachments", sizes)
	}
}

// TestZippedParts sends a whole request compressed.
func TestZippedParts(t *testing.T) {
	_, c := start(t)
	b := bytes.Repeat([]byte("here is a simple attachment"), 1000)
	zip := func(body []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = w.Write(body)
		_ = w.Close()
		return out.Bytes()
	}
	st := said("ada", "did", "it", with(attached(b)))
	c.mixed().with("Content-Encoding", "gzip").want(200, "POST", "/statements", zip(inParts(jsonPart(c.encode(st)), file(b))))
	_, files := c.getParts("/statements?attachments=true&statementId=" + id(st))
	checkFiles(t, files, map[string][]byte{sha(b): b})
	bomb := make([]byte, 64<<20)
	st = said("ada", "did", "it", with(attached(bomb)))
	c.mixed().with("Content-Encoding", "gzip").want(413, "POST", "/statements", zip(inParts(jsonPart(c.encode(st)), file(bomb))))
	c.mixed().with("Content-Encoding", "gzip").want(400, "POST", "/statements", inParts(jsonPart(c.encode(st))))
	c.mixed().with("Content-Encoding", "br").want(400, "POST", "/statements", inParts(jsonPart(c.encode(st))))
}

// TestOneBlobFromManyClients has 16 clients post the same bytes at once.
func TestOneBlobFromManyClients(t *testing.T) {
	s, c := start(t)
	b := bytes.Repeat([]byte("here is a simple attachment"), 20_000)
	var wg sync.WaitGroup
	ids := make([]string, 16)
	for i := range ids {
		wg.Go(func() {
			st := said("ada", "did", "it", with(attached(b)))
			ids[i] = id(st)
			if r := c.mixed().do("POST", "/statements", inParts(jsonPart(c.encode(st)), file(b))); r.status != 200 {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		_, files := c.getParts("/statements?attachments=true&statementId=" + id)
		checkFiles(t, files, map[string][]byte{sha(b): b})
	}
	if kept := blobFiles(t, s); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}

// blobFiles are the files of blobs, whole or not.
func blobFiles(t *testing.T, s *lrstest.Server) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(s.BlobDir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return list
}

// TestClientsThatBreakOff ends the body of a request at every place in turn: no
// statement is stored, and no half file is left.
func TestClientsThatBreakOff(t *testing.T) {
	s, c := start(t)
	b, other := []byte("here is a simple attachment"), bytes.Repeat([]byte("there is another one"), 5000)
	whole := said("ada", "did", "it", with(attached(b), attached(other)))
	body := inParts(jsonPart(c.encode(whole)), file(b), file(other))
	last := len(body) - len("--\r\n") // from here on the closing boundary can be seen
	var cuts []int
	for at := 0; at < last; at += 1 + at/60 {
		cuts = append(cuts, at)
	}
	cuts = append(cuts, last-1)
	for i, at := range cuts {
		if length := int64(len(body)); i%2 == 0 {
			breakOff(t, c, body[:at], length) // the length was told, and the rest is missing
		} else {
			breakOff(t, c, body[:at], -1) // chunked, and never ended
		}
	}
	c.want(404, "GET", "/statements?statementId="+id(whole), nil)
	for _, path := range blobFiles(t, s) {
		if strings.Contains(path, ".tmp") {
			t.Errorf("left %s", path)
		}
	}
	c.mixed().want(200, "POST", "/statements", body)
}

// breakOff sends the beginning of a body and then fails.
func breakOff(t *testing.T, c *client, begin []byte, length int64) {
	t.Helper()
	failing := io.MultiReader(bytes.NewReader(begin), failingReader{})
	c.stream("POST", "/statements", failing, length)
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("the client breaks off") }

// stream sends a body in parts that is read from somewhere; the status is 0 when
// there is no answer.
func (c *client) stream(method, path string, from io.Reader, length int64) (status int, body []byte) {
	c.Helper()
	r, err := http.NewRequest(method, c.endpoint+path, from)
	if err != nil {
		c.Fatal(err)
	}
	r.ContentLength = length
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", c.version)
	r.Header.Set("Content-Type", "multipart/mixed; boundary="+edge)
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	body, _ = io.ReadAll(res.Body)
	return res.StatusCode, body
}
