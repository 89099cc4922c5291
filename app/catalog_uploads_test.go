package app

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"lernspur/content/archive"
)

// TestRefusals: hostile archives and bad packages leave nothing behind.
func TestRefusals(t *testing.T) {
	o := options(t)
	o.Catalog.Limits = archive.Limits{Packed: 1 << 20, Unpacked: 4 << 20, Entries: 50, Ratio: 20}
	a := start(t, o)
	defer stop(t, a)
	many := scorm()
	for i := range 60 {
		many[fmt.Sprintf("f%d", i)] = "x"
	}
	link := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "link"}
		h.SetMode(fs.ModeSymlink | 0o777)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, "/etc/passwd")
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, tc := range map[string]struct {
		body   []byte
		status int
		rule   string
	}{
		"nothing":             {nil, 422, "not-a-zip"},
		"no zip":              {[]byte("hello, this is no zip"), 422, "not-a-zip"},
		"cut":                 {zipped(t, scorm())[:300], 422, "not-a-zip"},
		"climbs":              {zipped(t, scorm("../evil", "x")), 422, "climbs"},
		"absolute":            {zipped(t, scorm("/etc/evil", "x")), 422, "absolute"},
		"the same name":       {zipped(t, scorm("ONE.html", "x")), 422, "same-name"},
		"a link":              {link(), 422, "link"},
		"too many":            {zipped(t, many), 422, "too-many-files"},
		"unpacks too far":     {zipped(t, scorm("bomb", strings.Repeat("0", 5<<20))), 422, "unpacks-too-large"},
		"too large":           {bytes.Repeat([]byte("x"), 1<<20+10), 413, "too-large"},
		"no manifest":         {zipped(t, map[string]string{"a.html": "x"}), 422, "unknown-kind"},
		"nothing to launch":   {zipped(t, map[string]string{"imsmanifest.xml": scormManifest}), 422, "no-launch"},
		"a billion laughs":    {zipped(t, map[string]string{"tincan.xml": `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><tincan>&b;</tincan>`}), 422, ""},
		"damaged in the last": {damaged(t), 422, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, text := request(t, a, "POST", "/api/v1/packages", "application/zip", bytes.NewReader(tc.body))
			if answer.StatusCode != tc.status || answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%d, want %d: %s", answer.StatusCode, tc.status, text)
			}
			if !strings.Contains(text, `"findings":[`) || !strings.Contains(text, `"rule":"`+tc.rule) {
				t.Errorf("no finding %s: %s", tc.rule, text)
			}
		})
	}
	for _, folder := range []string{"packages", "uploads"} {
		if left := filesBelow(t, a, folder); len(left) > 0 {
			t.Errorf("left in %s: %v", folder, left)
		}
	}
	expect(t, "courses", len(do(t, a, "GET", "/api/v1/courses", "", 200)["items"].([]any)), 0)
	if answer, text := request(t, a, "POST", "/api/v1/packages", "text/html", strings.NewReader("x")); answer.StatusCode != 415 {
		t.Errorf("%s %s", answer.Status, text)
	}
}

// damaged is a package whose last file does not match its checksum.
func damaged(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"imsmanifest.xml", scormManifest}, {"one.html", "one"}, {"two.html", "two"}, {"zzz.bin", "MARKER-MARKER-MARKER"}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f[0], Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(b.Bytes(), []byte("MARKER-MARKER"), []byte("MARKED-MARKER"), 1)
}

// TestForms: a package can come as the one file of a form, and a course structure
// alone.
func TestForms(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	form := func(files ...string) (string, io.Reader) {
		var b bytes.Buffer
		b.WriteString("--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n")
		for i, f := range files {
			fmt.Fprintf(&b, "--x\r\nContent-Disposition: form-data; name=\"f%d\"; filename=\"p.zip\"\r\n\r\n%s\r\n", i, f)
		}
		b.WriteString("--x--\r\n")
		return "multipart/form-data; boundary=x", &b
	}
	content := string(zipped(t, scorm()))
	for name, tc := range map[string]struct {
		files  []string
		status int
	}{"one": {[]string{content}, 201}, "none": {nil, 400}, "two": {[]string{content, content}, 400}} {
		contentType, body := form(tc.files...)
		if answer, text := request(t, a, "POST", "/api/v1/packages", contentType, body); answer.StatusCode != tc.status {
			t.Errorf("%s: %d, want %d: %s", name, answer.StatusCode, tc.status, text)
		}
	}
	contentType, _ := form()
	if answer, text := request(t, a, "POST", "/api/v1/packages", contentType, strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"p\"\r\n\r\nPK")); answer.StatusCode != 400 {
		t.Errorf("a form that ends early: %d %s", answer.StatusCode, text)
	}
	const bare = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"><course id="https://p.example/c"><title><langstring lang="en">Bare</langstring></title>
<description><langstring lang="en">d</langstring></description></course><au id="https://p.example/au"><title><langstring lang="en">AU</langstring></title>
<description><langstring lang="en">d</langstring></description><url>https://p.example/index.html</url></au></courseStructure>`
	answer, text := request(t, a, "POST", "/api/v1/packages", "text/xml", strings.NewReader(bare))
	if answer.StatusCode != 201 || !strings.Contains(text, `"kind":"cmi5"`) {
		t.Errorf("a course structure alone: %d %s", answer.StatusCode, text)
	}
	tincan := upload(t, a, "POST", "/api/v1/packages", map[string]string{"tincan.xml": tincanManifest, "index.html": "x"}, 201)
	expect(t, "the publisher's own", dig(t, tincan, "package", "structure", 0, "activity"), "http://publisher.example/course")
}

// TestProgressOfAnUpload: an answer that tells how far the work is, and its end.
func TestProgressOfAnUpload(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	for name, tc := range map[string]struct {
		files map[string]string
		last  string
	}{"good": {scorm("large.txt", strings.Repeat("0123456789", 1<<18)), `"package"`}, "refused": {map[string]string{"a.txt": "x"}, `"findings"`}} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+a.Addr().String()+"/api/v1/packages", bytes.NewReader(zipped(t, tc.files)))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(key, secret)
		r.Header.Set("Content-Type", "application/zip")
		r.Header.Set("Accept", "application/x-ndjson")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if !strings.Contains(lines[len(lines)-1], tc.last) {
			t.Errorf("%s: the end is %s", name, lines[len(lines)-1])
		}
		if name == "good" && (answer.StatusCode != 200 || !strings.HasPrefix(lines[0], `{"progress":{"done":`)) {
			t.Errorf("%s: %d %s", name, answer.StatusCode, lines[0])
		}
	}
}

// TestUploadsThatStop: one that brings nothing is answered and cut, and leaves
// nothing.
func TestUploadsThatStop(t *testing.T) {
	o := options(t)
	o.Catalog.Patience = 300 * time.Millisecond
	a := start(t, o)
	defer stop(t, a)
	conn, err := net.Dial("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	credentials := base64.StdEncoding.EncodeToString([]byte(key + ":" + secret))
	fmt.Fprintf(conn, "POST /api/v1/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\nContent-Type: application/zip\r\nContent-Length: 100000\r\n\r\nPK", credentials)
	text, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 408 ") {
		t.Errorf("%v: %s", err, text)
	}
	if left := filesBelow(t, a, "uploads"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
