package lrs_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lernspur/lrs"
	"lernspur/lrs/lrstest"

	"github.com/google/uuid"
)

// docs is one document resource under one version.
type docs struct {
	*client
	path   string
	params []string // pairs that every request has
	idName string
	v2     bool
}

var versions = []string{"1.0.3", "2.0.0"}

// eachResource runs a test on every document resource under both versions, each
// on a context of its own.
func eachResource(t *testing.T, c *client, run func(t *testing.T, d docs)) {
	t.Helper()
	for _, version := range versions {
		for _, kind := range []string{"state", "activity profile", "agent profile"} {
			t.Run(kind+" "+version, func(t *testing.T) {
				own := c.under(version)
				own.T = t
				run(t, resourceOf(own, kind))
			})
		}
	}
}

func resourceOf(c *client, kind string) docs {
	activity, who := activityID(uuid.NewString()), agentText(uuid.NewString())
	d := docs{client: c, v2: c.version == "2.0.0", idName: "profileId"}
	switch kind {
	case "state":
		d.path, d.idName, d.params = "/activities/state", "stateId", []string{"activityId", activity, "agent", who}
	case "activity profile":
		d.path, d.params = "/activities/profile", []string{"activityId", activity}
	case "agent profile":
		d.path, d.params = "/agents/profile", []string{"agent", who}
	}
	return d
}

func (d docs) isState() bool { return d.idName == "stateId" }

// on is the same resource with a header more.
func (d docs) on(name, value string) docs {
	d.client = d.client.with(name, value)
	return d
}

// create is the resource with the header that a PUT of something new may need.
func (d docs) create() docs { return d.on("If-None-Match", "*") }

// address is the path of a document, "" for all, with further parameters.
func (d docs) address(id string, more ...string) string {
	v := url.Values{}
	pairs := append(slices.Clone(d.params), more...)
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	if id != "" {
		v.Set(d.idName, id)
	}
	return d.path + "?" + v.Encode()
}

func (d docs) ids(more ...string) []string {
	d.Helper()
	ids := []string{}
	d.decode(d.want(200, "GET", d.address("", more...), nil).body, &ids)
	return ids
}

func (d docs) read(id string, more ...string) string {
	d.Helper()
	return string(d.want(200, "GET", d.address(id, more...), nil).body)
}

func tagOf(content string) string {
	sum := sha1.Sum([]byte(content))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestDocumentLife: 2.2, 2.3, 2.6, 2.7: stored, fetched, changed, deleted, each
// seen by the request that follows.
func TestDocumentLife(t *testing.T) {
	_, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		d.want(404, "GET", d.address("a"), nil)
		same(t, "ids of nothing", d.ids(), "[]")
		begun := time.Now().Truncate(time.Second)
		const content = `{"a" : 1.0}`
		r := d.create().want(204, "PUT", d.address("a"), []byte(content))
		same(t, "body of a 204", len(r.body), 0)
		r = d.want(200, "GET", d.address("a"), nil)
		same(t, "content", string(r.body), content)
		same(t, "ETag", r.header.Get("ETag"), tagOf(content))
		same(t, "Content-Type", r.header.Get("Content-Type"), "application/json")
		same(t, "version", r.header.Get("X-Experience-API-Version"), d.version)
		modified, err := http.ParseTime(r.header.Get("Last-Modified"))
		if err != nil || modified.Before(begun) || modified.After(time.Now()) {
			t.Errorf("Last-Modified: %v, %v", modified, err)
		}
		same(t, "ids", d.ids(), "[a]")
		// 1.1: HEAD answers as GET does, without the body.
		h := d.want(200, "HEAD", d.address("a"), nil)
		same(t, "body of HEAD", len(h.body), 0)
		for _, name := range []string{"ETag", "Content-Type", "Last-Modified", "Content-Length"} {
			same(t, name+" of HEAD", h.header.Get(name), r.header.Get(name))
		}
		d.want(200, "HEAD", d.address(""), nil)
		d.want(404, "HEAD", d.address("b"), nil)
		d.on("If-Match", r.header.Get("ETag")).want(204, "PUT", d.address("a"), []byte("[2]"))
		same(t, "changed", d.read("a"), "[2]")
		d.want(204, "DELETE", d.address("a"), nil)
		d.want(404, "GET", d.address("a"), nil)
		same(t, "ids afterwards", d.ids(), "[]")
		d.want(204, "DELETE", d.address("a"), nil) // what is not there is deleted already
		d.create().want(204, "PUT", d.address("a"), []byte("[3]"))
		same(t, "stored again", d.read("a"), "[3]")
	})
}

// TestDocumentContents: 2.2: arbitrary binary data, with its Content-Type.
func TestDocumentContents(t *testing.T) {
	_, c := start(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	eachResource(t, c, func(t *testing.T, d docs) {
		for i, test := range []struct {
			contentType, want string
			content           []byte
		}{
			{"text/plain; charset=\"utf-8\"", "", []byte("Grüße")}, {"application/octet-stream", "", all}, {"image/png", "", large},
			{"application/json", "", []byte("this is no JSON")}, {"x", "", []byte{}}, {"", "application/octet-stream", []byte("typeless")},
		} {
			id := fmt.Sprint(i)
			r := d.create()
			r.headers["Content-Type"] = test.contentType
			if test.contentType == "" {
				delete(r.headers, "Content-Type")
				r.client = &client{T: d.T, endpoint: d.endpoint, key: d.key, secret: d.secret, version: d.version, headers: map[string]string{"If-None-Match": "*", "Content-Type": ""}}
			}
			r.want(204, "PUT", d.address(id), test.content)
			got := d.want(200, "GET", d.address(id), nil)
			if !bytes.Equal(got.body, test.content) {
				t.Errorf("%d: %d bytes came back for %d", i, len(got.body), len(test.content))
			}
			want := test.want
			if want == "" {
				want = test.contentType
			}
			same(t, "Content-Type", got.header.Get("Content-Type"), want)
			same(t, "ETag", got.header.Get("ETag"), tagOf(string(test.content)))
			same(t, "nosniff", got.header.Get("X-Content-Type-Options"), "nosniff")
		}
	})
}

// TestDocumentIds: any text is an id, and lists are JSON.
func TestDocumentIds(t *testing.T) {
	_, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		ids := []string{`a"b`, "a\\b\tc\n", "Ä/ö?&=+ ", "'); --", "\u2028"}
		for _, id := range ids {
			d.create().want(204, "PUT", d.address(id), []byte(id))
		}
		for _, id := range ids {
			same(t, "content", d.read(id), id)
		}
		same(t, "list", d.ids(), fmt.Sprint(ids))
	})
}

// TestDocumentParameters: 2.3, 2.6, 2.7 and 3.2.
func TestDocumentParameters(t *testing.T) {
	_, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		drop := func(address, name string) string {
			u, _ := url.Parse(address)
			q := u.Query()
			q.Del(name)
			return u.Path + "?" + q.Encode()
		}
		body := []byte(`{}`)
		try := func(what, address string, methods ...string) {
			t.Helper()
			for _, method := range methods {
				b := body
				if method == "GET" || method == "DELETE" {
					b = nil
				}
				r := d.create()
				if method != "PUT" {
					r = d
				}
				if got := r.do(method, address, b); got.status != 400 {
					t.Errorf("%s %s: %d %s", method, what, got.status, got.body)
				}
			}
		}
		every := []string{"GET", "PUT", "POST", "DELETE"}
		for i := 0; i < len(d.params); i += 2 {
			name := d.params[i]
			try("without "+name, drop(d.address("a"), name), every...)
			try("without "+name, drop(d.address(""), name), "GET")
			for _, bad := range []string{"", "not one", "{}", `{"mbox":"mailto:a@b.example"`, "[]", "1"} {
				try(name+" "+bad, d.address("a", name, bad), every...)
			}
			try(name+" in another letter case", strings.Replace(d.address("a"), name+"=", strings.ToUpper(name)+"=", 1), every...)
			try(name+" twice", d.address("a")+"&"+name+"=x", every...)
		}
		without := []string{"PUT", "POST"}
		if !d.isState() {
			without = append(without, "DELETE")
		}
		try("without an id", d.address(""), without...)
		try("with an empty id", d.address("")+"&"+d.idName+"=", every...)
		try("with an id that is not UTF-8", d.address("")+"&"+d.idName+"=%ff", every...)
		try("with an id that is too long", d.address(strings.Repeat("x", 17<<10)), every...)
		try("with an unknown parameter", d.address("a", "foo", "bar"), every...)
		try("with a bad since", d.address("", "since", "yesterday"), "GET")
		try("with a bad since", d.address("a", "since", "yesterday"), "GET")
		try("with since", d.address("a", "since", "2026-01-01T00:00:00Z"), "PUT", "POST", "DELETE")
		if d.isState() {
			for _, bad := range []string{"", "x", uuid.Nil.String(), strings.ReplaceAll(uuid.NewString(), "-", "")} {
				try("registration "+bad, d.address("a", "registration", bad), every...)
			}
		} else {
			try("registration", d.address("a", "registration", uuid.NewString()), every...)
		}
		if d.params[len(d.params)-2] == "agent" {
			try("a Group", d.address("a", "agent", `{"objectType":"Group","mbox":"mailto:a@example.org"}`), every...)
			try("an agent with two identifiers", d.address("a", "agent", `{"mbox":"mailto:a@example.org","openid":"http://example.org/a"}`), every...)
		}
		for _, method := range []string{"PATCH", "TRACE"} {
			if got := d.do(method, d.address("a"), nil); got.status != 405 && got.status != 400 {
				t.Errorf("%s: %d", method, got.status)
			}
		}
		same(t, "nothing was stored", d.ids(), "[]")
		// Asking for one document, since has no meaning, but it is known (XAPI-00221).
		d.create().want(204, "PUT", d.address("a"), body)
		d.want(200, "GET", d.address("a", "since", "2026-01-01T00:00:00Z"), nil)
	})
}

// TestDocumentMerge: 2.2, "JSON Procedure with Requirements".
func TestDocumentMerge(t *testing.T) {
	_, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		d.want(204, "POST", d.address("a"), []byte(`{"x":"foo","y":"bar"}`))
		same(t, "a new one", d.read("a"), `{"x":"foo","y":"bar"}`)
		d.want(204, "POST", d.address("a"), []byte(`{"x":"bash","z":{"n":1.50}}`))
		same(t, "merged", d.read("a"), `{"x":"bash","y":"bar","z":{"n":1.50}}`)
		d.on("Content-Type", "application/json; charset=UTF-8").want(204, "POST", d.address("a"), []byte(`{"z":{"m":2}}`))
		same(t, "one level only", d.read("a"), `{"x":"bash","y":"bar","z":{"m":2}}`)
		before := d.read("a")
		for _, bad := range []string{"", "[1]", `"a"`, `{"a":1}{`, `{"a":1`, `{"a":1,"a":2}`, "{\"a\":\"\xff\"}", "abc"} {
			d.want(400, "POST", d.address("a"), []byte(bad))
			d.want(400, "POST", d.address("new"), []byte(bad))
		}
		for _, bad := range []string{"application/octet-stream", "text/plain", "application/json; charset=latin1"} {
			d.on("Content-Type", bad).want(400, "POST", d.address("a"), []byte(`{"a":1}`))
			d.on("Content-Type", bad).want(400, "POST", d.address("new"), []byte(`{"a":1}`))
		}
		same(t, "what a 400 leaves", d.read("a"), before)
		d.want(404, "GET", d.address("new"), nil)
		for i, existing := range []struct{ contentType, content string }{{"application/octet-stream", `{"a":1}`}, {"application/json", "no JSON"}, {"application/json", "[]"}} {
			id := fmt.Sprint("existing", i)
			d.create().on("Content-Type", existing.contentType).want(204, "PUT", d.address(id), []byte(existing.content))
			r := d.want(400, "POST", d.address(id), []byte(`{"b":1}`))
			if !bytes.Contains(r.body, []byte("stored document")) {
				t.Errorf("the reason is %s", r.body)
			}
			same(t, "what a 400 leaves", d.read(id), existing.content)
		}
	})
}

// TestDocumentLists: since, order, Last-Modified.
func TestDocumentLists(t *testing.T) {
	_, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		modified := map[string]time.Time{}
		for _, id := range []string{"c", "a", "b"} {
			d.create().want(204, "PUT", d.address(id), []byte(id))
			modified[id] = time.Now()
			time.Sleep(2 * time.Millisecond)
		}
		same(t, "all", d.ids(), "[c a b]")
		since := func(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
		same(t, "since the first", d.ids("since", since(modified["c"])), "[a b]")
		same(t, "since the last", d.ids("since", since(modified["b"])), "[]")
		same(t, "since long ago", d.ids("since", "1969-12-31T23:00:00Z"), "[c a b]")
		same(t, "since, with an offset", d.ids("since", modified["a"].In(time.FixedZone("", 3600)).Format(time.RFC3339Nano)), "[b]")
		time.Sleep(2 * time.Millisecond)
		d.on("If-Match", tagOf("c")).want(204, "PUT", d.address("c"), []byte("changed"))
		same(t, "a change counts", d.ids("since", since(modified["b"])), "[c]")
		same(t, "order of changes", d.ids(), "[a b c]")
		d.want(204, "DELETE", d.address("b"), nil)
		same(t, "without what was deleted", d.ids(), "[a c]")
		r := d.want(200, "GET", d.address(""), nil)
		one := d.want(200, "GET", d.address("c"), nil)
		same(t, "Last-Modified", r.header.Get("Last-Modified"), one.header.Get("Last-Modified"))
		same(t, "ETag", r.header.Get("ETag"), tagOf(string(r.body)))
		same(t, "Content-Type", r.header.Get("Content-Type"), "application/json")
	})
}

// TestDocumentsApart: 2.2: each context has its own documents.
func TestDocumentsApart(t *testing.T) {
	s, c := start(t)
	key, secret := s.NewKey(t, "other", "all")
	eachResource(t, c, func(t *testing.T, d docs) {
		d.create().want(204, "PUT", d.address("a"), []byte("mine"))
		other := d
		other.client = d.as(key, secret)
		other.want(404, "GET", d.address("a"), nil)
		same(t, "ids of another tenant", other.ids(), "[]")
		other.create().want(204, "PUT", d.address("a"), []byte("theirs"))
		same(t, "content", d.read("a"), "mine")
		for i := 0; i < len(d.params); i += 2 {
			value := activityID("another")
			if d.params[i] == "agent" {
				value = agentText("another")
			}
			d.want(404, "GET", d.address("a", d.params[i], value), nil)
		}
		if d.params[len(d.params)-2] == "agent" {
			who := d.params[len(d.params)-1]
			named := strings.Replace(who, "{", `{"objectType":"Agent","name":"Anna",`, 1)
			same(t, "by the same identifier", d.read("a", "agent", named), "mine")
			upper := strings.Replace(who, "example.org", "EXAMPLE.org", 1)
			same(t, "by the identifier in another letter case", d.read("a", "agent", upper), "mine")
		}
	})
}

// TestStateRegistrations: 2.3: a registration is part of the context.
func TestStateRegistrations(t *testing.T) {
	_, c := start(t)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			own := c.under(version)
			own.T = t
			d := resourceOf(own, "state")
			one, two := uuid.NewString(), uuid.NewString()
			d.want(204, "PUT", d.address("a"), []byte("none"))
			d.want(204, "PUT", d.address("a", "registration", one), []byte("one"))
			d.want(204, "PUT", d.address("b", "registration", strings.ToUpper(one)), []byte("b of one"))
			d.want(204, "PUT", d.address("a", "registration", two), []byte("two"))
			same(t, "without", d.read("a"), "none")
			same(t, "one", d.read("a", "registration", one), "one")
			same(t, "two", d.read("a", "registration", two), "two")
			d.want(404, "GET", d.address("b"), nil)
			same(t, "ids of one", d.ids("registration", one), "[a b]")
			same(t, "ids of all", d.ids(), "[b a]")
			same(t, "ids of neither", d.ids("registration", uuid.NewString()), "[]")
			d.want(400, "DELETE", d.address("")+"&since=2026-01-01T00:00:00Z", nil)
			d.on("If-Match", "*").want(400, "DELETE", d.address(""), nil)
			d.want(204, "DELETE", d.address("", "registration", one), nil)
			d.want(404, "GET", d.address("a", "registration", one), nil)
			d.want(404, "GET", d.address("b", "registration", one), nil)
			same(t, "the others", d.read("a")+d.read("a", "registration", two), "nonetwo")
			d.want(204, "DELETE", d.address(""), nil)
			d.want(404, "GET", d.address("a"), nil)
			d.want(404, "GET", d.address("a", "registration", two), nil)
			same(t, "ids afterwards", d.ids(), "[]")
			d.want(204, "DELETE", d.address(""), nil)
		})
	}
}

func TestDocumentScopes(t *testing.T) {
	s, c := start(t)
	eachResource(t, c, func(t *testing.T, d docs) {
		d.create().want(204, "PUT", d.address("a"), []byte("{}"))
		for _, test := range []struct {
			scope       string
			read, write bool
		}{
			{"all", true, true}, {"all/read", true, false}, {"statements/read", false, false}, {"statements/write", false, false},
			{"state", d.isState(), d.isState()}, {"profile", !d.isState(), !d.isState()}, {"define", false, false},
		} {
			key, secret := s.NewKey(t, "default", test.scope)
			own := d
			own.client = d.as(key, secret)
			status := func(allowed bool, status int) int {
				if allowed {
					return status
				}
				return 403
			}
			own.want(status(test.read, 200), "GET", d.address("a"), nil)
			own.want(status(test.read, 200), "GET", d.address(""), nil)
			own.want(status(test.write, 204), "POST", d.address("a"), []byte("{}"))
			own.on("If-Match", "*").want(status(test.write, 204), "PUT", d.address("a"), []byte("{}"))
			own.want(status(test.write, 204), "DELETE", d.address("b"), nil)
		}
		wrong := d
		wrong.client = d.as("nobody", "nothing")
		wrong.want(401, "GET", d.address("a"), nil)
	})
}

func TestDocumentLimits(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{LRS: func(o *lrs.Options) { o.MaxDocument = 10_000 }})
	c := clientOf(t, s)
	fits, over := bytes.Repeat([]byte("x"), 10_000), bytes.Repeat([]byte("x"), 10_001)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(over)
	w.Close()
	eachResource(t, c, func(t *testing.T, d docs) {
		d.create().want(204, "PUT", d.address("a"), fits)
		d.create().want(413, "PUT", d.address("b"), over)
		d.create().on("Content-Encoding", "gzip").want(413, "PUT", d.address("b"), zipped.Bytes())
		d.want(413, "POST", d.address("b"), over)
		d.create().on("Content-Type", strings.Repeat("x", 2000)).want(400, "PUT", d.address("b"), fits)
		d.want(404, "GET", d.address("b"), nil)
		half := `{"%s":"` + strings.Repeat("x", 6000) + `"}`
		d.want(204, "POST", d.address("m"), fmt.Appendf(nil, half, "a"))
		d.want(413, "POST", d.address("m"), fmt.Appendf(nil, half, "b"))
		same(t, "what a 413 leaves", d.read("m"), fmt.Sprintf(half, "a"))
	})
}
