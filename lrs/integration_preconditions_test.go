package lrs_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
)

// TestDocumentConcurrency: 3.1 of 1.0.3, and 4.1.4 of 2.0.
func TestDocumentConcurrency(t *testing.T) {
	_, c := start(t)
	const old, next = `{"v":1}`, `{"v":2}`
	right, wrong := tagOf(old), tagOf("something else")
	bare := strings.Trim(right, `"`)
	gzipped := `"` + bare + `-gzip"`
	eachResource(t, c, func(t *testing.T, d docs) {
		lenient := d.isState() && !d.v2 // State under 1.0 asks for no header
		pick := func(yes bool, a, b int) int {
			if yes {
				return a
			}
			return b
		}
		for _, test := range []struct {
			name, header, value     string
			exists                  bool
			put, post, delete, read int
		}{
			{"no header", "", "", true, pick(lenient, 204, 409), 204, 204, 200},
			{"no header", "", "", false, pick(lenient || d.v2, 204, 400), 204, 204, 404},
			{"the right tag", "If-Match", right, true, 204, 204, 204, 200},
			{"without quotes", "If-Match", bare, true, 204, 204, 204, 200},
			{"weak", "If-Match", "W/" + right, true, 204, 204, 204, 200},
			{"of a compressed answer", "If-Match", gzipped, true, 204, 204, 204, 200},
			{"in a list", "If-Match", wrong + ", " + right, true, 204, 204, 204, 200},
			{"in a list without quotes", "If-Match", "x," + bare, true, 204, 204, 204, 200},
			{"any", "If-Match", "*", true, 204, 204, 204, 200},
			{"any of none", "If-Match", "*", false, 412, 412, 412, 404},
			{"a wrong tag", "If-Match", wrong, true, 412, 412, 412, 412},
			{"a wrong tag", "If-Match", `"1234"`, true, 412, 412, 412, 412},
			{"two wrong tags", "If-Match", wrong + "," + `"x,` + bare + `"`, true, 412, 412, 412, 412},
			{"a tag of what is not there", "If-Match", right, false, 412, 412, 412, 404},
			{"none may be there", "If-None-Match", "*", true, 412, 412, 412, 304},
			{"none is there", "If-None-Match", "*", false, 204, 204, 204, 404},
			{"not this one", "If-None-Match", right, true, 412, 412, 412, 304},
			{"not one of these", "If-None-Match", wrong + "," + gzipped, true, 412, 412, 412, 304},
			{"another one", "If-None-Match", wrong, true, 204, 204, 204, 200},
		} {
			for method, want := range map[string]int{"PUT": test.put, "POST": test.post, "DELETE": test.delete, "GET": test.read} {
				id := uuid.NewString()
				if test.exists {
					d.create().want(204, "PUT", d.address(id), []byte(old))
				}
				r := d
				if test.header != "" {
					r = d.on(test.header, test.value)
				}
				body := []byte(next)
				if method == "GET" || method == "DELETE" {
					body = nil
				}
				got := r.do(method, d.address(id), body)
				if got.status != want {
					t.Errorf("%s %s, %s %s, there: %v: %d, want %d: %s", test.name, method, test.header, test.value, test.exists, got.status, want, got.body)
				}
				left := d.do("GET", d.address(id), nil)
				switch {
				case got.status == 204 && method == "DELETE", got.status != 204 && !test.exists, method == "GET" && !test.exists:
					same(t, test.name+" "+method+": status afterwards", left.status, 404)
				case got.status == 204:
					same(t, test.name+" "+method+": afterwards", string(left.body), next)
					same(t, test.name+" "+method+": ETag of the answer", got.header.Get("ETag"), tagOf(next))
				default:
					same(t, test.name+" "+method+": afterwards", string(left.body), old)
				}
				if got.status == 409 && (!bytes.Contains(got.body, []byte("check its current state")) || !bytes.Contains(got.body, []byte("If-Match"))) {
					t.Errorf("a 409 does not say what to do: %s", got.body)
				}
			}
		}
	})
}

// TestDocumentCompression: bodies in and out, and the ETag of what is
// compressed (3.1).
func TestDocumentCompression(t *testing.T) {
	_, c := start(t)
	text := strings.Repeat(`{"long":"text"} `, 1000)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	io.WriteString(w, text)
	w.Close()
	eachResource(t, c, func(t *testing.T, d docs) {
		d.create().on("Content-Encoding", "gzip").on("Content-Type", "text/plain").want(204, "PUT", d.address("a"), zipped.Bytes())
		plain := d.want(200, "GET", d.address("a"), nil)
		same(t, "plain", string(plain.body), text)
		same(t, "its ETag", plain.header.Get("ETag"), tagOf(text))
		r := d.on("Accept-Encoding", "gzip").want(200, "GET", d.address("a"), nil)
		same(t, "Content-Encoding", r.header.Get("Content-Encoding"), "gzip")
		if tag := r.header.Get("ETag"); tag == tagOf(text) || !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
			t.Errorf("the ETag of the compressed answer is %s", tag)
		}
		z, err := gzip.NewReader(bytes.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := io.ReadAll(z)
		if err != nil || string(unzipped) != text {
			t.Errorf("%d bytes, %v", len(unzipped), err)
		}
		d.on("If-Match", r.header.Get("ETag")).want(204, "PUT", d.address("a"), []byte("x"))
		d.create().on("Content-Encoding", "br").want(400, "PUT", d.address("b"), []byte("x"))
		d.create().on("Content-Encoding", "gzip").want(400, "PUT", d.address("b"), []byte("x"))
		d.create().on("Content-Type", "image/png").want(204, "PUT", d.address("p"), []byte(text))
		same(t, "of an image", d.on("Accept-Encoding", "gzip").want(200, "GET", d.address("p"), nil).header.Get("Content-Encoding"), "")
	})
}

// TestNoUpdateOfADocumentIsLost: 64 clients read, count up and write with
// If-Match until they succeed.
func TestNoUpdateOfADocumentIsLost(t *testing.T) {
	_, c := start(t)
	own := c.under("2.0.0")
	d := resourceOf(own, "state")
	d.want(204, "PUT", d.address("n"), []byte("0"))
	const writers, each = 64, 3
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for done := 0; done < each; {
				r := d.do("GET", d.address("n"), nil)
				n := 0
				fmt.Sscan(string(r.body), &n)
				w := d.on("If-Match", r.header.Get("ETag")).do("PUT", d.address("n"), fmt.Append(nil, n+1))
				switch w.status {
				case 204:
					done++
				case 412:
				default:
					t.Errorf("%d %s", w.status, w.body)
					return
				}
			}
		})
	}
	group.Wait()
	same(t, "the sum", d.read("n"), writers*each)
}

// TestDocumentInAForm: 1.3 of 1.0.3: If-Match and the content are fields.
func TestDocumentInAForm(t *testing.T) {
	_, c := start(t)
	d := resourceOf(c, "activity profile")
	form := func(method, id, content string, more ...string) result {
		v := url.Values{}
		pairs := append(append(slices.Clone(d.params), d.idName, id), more...)
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		if content != "" {
			v.Set("content", content)
		}
		return d.on("Content-Type", "application/x-www-form-urlencoded").do("POST", d.path+"?method="+method, []byte(v.Encode()))
	}
	same(t, "PUT", form("PUT", "a", "[1]", "If-None-Match", "*", "Content-Type", "application/json").status, 204)
	same(t, "content", d.read("a"), "[1]")
	same(t, "again", form("PUT", "a", "[2]", "If-None-Match", "*", "Content-Type", "application/json").status, 412)
	same(t, "GET", string(form("GET", "a", "").body), "[1]")
	same(t, "with If-Match", form("PUT", "a", "[2]", "If-Match", tagOf("[1]"), "Content-Type", "a/b\r\nX: y").status, 400)
	same(t, "with If-Match", form("PUT", "a", "[2]", "If-Match", tagOf("[1]")).status, 204)
	same(t, "content", d.read("a"), "[2]")
	same(t, "DELETE", form("DELETE", "a", "").status, 204)
	d.want(404, "GET", d.address("a"), nil)
}
