package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/archive"
	"lernspur/directory"
	"lernspur/documents"
)

const scormManifest = `<?xml version="1.0"?>
<manifest identifier="fire" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="org"><organization identifier="org"><title>Fire safety</title>
    <item identifier="one" identifierref="r1"><title>Part one</title><adlcp:masteryscore>80</adlcp:masteryscore></item>
    <item identifier="two" identifierref="r2"><title>Part two</title></item>
  </organization></organizations>
  <resources>
    <resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="one.html"><file href="one.html"/></resource>
    <resource identifier="r2" type="webcontent" adlcp:scormtype="sco" href="two.html"><file href="two.html"/></resource>
  </resources>
</manifest>`

const tincanManifest = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
  <activity id="http://publisher.example/course" type="http://adlnet.gov/expapi/activities/course"><name lang="en">Publisher's</name><launch lang="en">index.html</launch></activity>
</activities></tincan>`

// scorm are the files of a package with two SCOs.
func scorm(extra ...string) map[string]string {
	files := map[string]string{"imsmanifest.xml": scormManifest, "one.html": "<p>one</p>", "two.html": "<p>two</p>", "pictures/a.PNG": "not really a picture"}
	for i := 0; i+1 < len(extra); i += 2 {
		files[extra[i]] = extra[i+1]
	}
	return files
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// request sends a body of any type with the test's key.
func request(t testing.TB, a *App, method, path, contentType string, body io.Reader) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(key, secret)
	r.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// do sends JSON and reads JSON.
func do(t testing.TB, a *App, method, path, body string, status int) map[string]any {
	t.Helper()
	answer, text := request(t, a, method, path, "application/json", strings.NewReader(body))
	if answer.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, answer.StatusCode, status, text)
	}
	var v map[string]any
	if text != "" {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return v
}

func upload(t testing.TB, a *App, method, path string, files map[string]string, status int) map[string]any {
	t.Helper()
	answer, text := request(t, a, method, path, "application/zip", bytes.NewReader(zipped(t, files)))
	if answer.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, answer.StatusCode, status, text)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err, text)
	}
	return v
}

func dig(t testing.TB, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				t.Fatalf("no %v in %v", path, v)
			}
			v = l[p]
		}
	}
	return v
}

func expect(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// filesBelow are the files in a folder of the data folder.
func filesBelow(t testing.TB, a *App, folder string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(a.opts.DataDir, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const learnerJSON = `{"account":{"homePage":"https://town.example","name":"4711"},"name":"Ada"}`

// TestLifeOfACourse goes from an upload over two versions, registrations and
// launches to the end, with a restart in between.
func TestLifeOfACourse(t *testing.T) {
	o := options(t)
	o.Catalog.Base, o.Catalog.LaunchBase = "https://lrs.example", "https://content.example"
	a := start(t, o)
	v := upload(t, a, "POST", "/api/v1/packages", scorm(), 201)
	course := dig(t, v, "package", "course").(string)
	expect(t, "id", strings.HasPrefix(course, "fire-safety-"), true)
	expect(t, "kind", dig(t, v, "package", "kind"), "scorm-1.2")
	expect(t, "files", dig(t, v, "package", "files"), 4)
	expect(t, "activity", dig(t, v, "package", "structure", 0, "activity"), "https://lrs.example/courses/"+course)
	expect(t, "activity of an item", dig(t, v, "package", "structure", 0, "items", 0, "activity"), "https://lrs.example/courses/"+course+"/item/one")
	expect(t, "passing score", dig(t, v, "package", "structure", 0, "items", 0, "passingScore"), 0.8)

	v = do(t, a, "PATCH", "/api/v1/courses/"+course, `{"kind":"induction","competences":["fire"],"duration":"PT1H","provider":"Town","certified":true,"title":{"de":"Brandschutz"}}`, 200)
	expect(t, "title", dig(t, v, "title", "de"), "Brandschutz")
	expect(t, "kind", dig(t, v, "kind"), "induction")
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	again := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)
	expect(t, "registered twice", dig(t, again, "id"), dig(t, reg, "id"))
	launched := do(t, a, "POST", "/api/v1/launches", `{"registration":"`+reg["id"].(string)+`","returnUrl":"https://town.example/"}`, 201)
	link := launched["link"].(string)
	token := strings.TrimPrefix(link, "https://content.example/launch/")
	l, c, err := a.catalog.Launched(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "item", l.Item, "one")
	expect(t, "who", l.Learner.Name, "Ada")
	expect(t, "files of the launched version", len(c.Version(l.Version).Files), 4)

	v = upload(t, a, "PUT", "/api/v1/packages/"+course, scorm("three.js", "3"), 201)
	expect(t, "version", dig(t, v, "package", "number"), 2)
	v = do(t, a, "GET", "/api/v1/courses/"+course, "", 200)
	expect(t, "title after the second version", dig(t, v, "title", "de"), "Brandschutz")
	stop(t, a)

	a = start(t, o)
	defer stop(t, a)
	if l, _, err = a.catalog.Launched(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	expect(t, "version of a registration that had begun", l.Version, 1)
	file, f, err := a.catalog.OpenFile(t.Context(), "default", course, 1, "pictures/a.PNG")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	file.Close()
	expect(t, "a file", string(content), "not really a picture")
	expect(t, "its type", f.Type, "image/png")
	expect(t, "no error", err, nil)
	if _, _, err := a.catalog.OpenFile(t.Context(), "default", course, 1, "three.js"); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("a file of another version: %v", err)
	}
	history := do(t, a, "GET", "/api/v1/launches?registration="+reg["id"].(string), "", 200)
	expect(t, "launches", len(history["items"].([]any)), 1)
	expect(t, "no links in the history", dig(t, history, "items", 0, "link"), nil)

	answer, text := request(t, a, "GET", "/api/v1/packages/"+course+"/download", "", nil)
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(err, answer.Status)
	}
	expect(t, "files of the download", len(z.File), 5)
	expect(t, "a deleted version that is current", do(t, a, "DELETE", "/api/v1/packages/"+course+"?version=2", "", 409)["status"], 409)
	do(t, a, "DELETE", "/api/v1/packages/"+course+"?version=1", "", 204)
	if _, _, err := a.catalog.Launched(t.Context(), token); !errors.Is(err, catalog.ErrNoLaunch) {
		t.Errorf("a launch of a deleted version: %v", err)
	}
	next := do(t, a, "POST", "/api/v1/launches", `{"registration":"`+reg["id"].(string)+`"}`, 201)
	expect(t, "version after its own was deleted", next["version"], 2)
	do(t, a, "DELETE", "/api/v1/packages/"+course, "", 204)
	do(t, a, "GET", "/api/v1/courses/"+course, "", 404)
	expect(t, "the registration stays", do(t, a, "GET", "/api/v1/registrations/"+reg["id"].(string), "", 200)["course"], course)
	if n, err := a.catalog.Sweep(t.Context(), "default", time.Now().Add(time.Hour)); err != nil || n == 0 {
		t.Errorf("freed %d files: %v", n, err)
	}
	if left := filesBelow(t, a, "packages"); len(left) > 0 {
		t.Errorf("files of nobody: %v", left)
	}
}

// TestFilesAreShared: what another course has stays.
func TestFilesAreShared(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	one := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	before := len(filesBelow(t, a, "packages"))
	two := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm("own.txt", "own"), 201), "package", "course").(string)
	expect(t, "files more: one and a list", len(filesBelow(t, a, "packages"))-before, 2)
	do(t, a, "DELETE", "/api/v1/courses/"+two, "", 204)
	if n, err := a.catalog.Sweep(t.Context(), "default", time.Now().Add(time.Hour)); err != nil || n != 2 {
		t.Errorf("freed %d files: %v", n, err)
	}
	c, err := a.catalog.Course(t.Context(), "default", one)
	if err != nil {
		t.Fatal(err)
	}
	for name := range c.Version(1).Files {
		file, f, err := a.catalog.OpenFile(t.Context(), "default", one, 1, name)
		if err != nil {
			t.Fatal(name, err)
		}
		n, err := io.Copy(io.Discard, file)
		file.Close()
		if err != nil || n != f.Size {
			t.Errorf("%s: %d bytes of %d: %v", name, n, f.Size, err)
		}
	}
}

// brokenRecords fail when a course is to be kept, as a crash there would.
type brokenRecords struct{ catalogRecords }

var errCrash = errors.New("the process is gone")

func (r brokenRecords) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	if key.Kind == documents.CatalogCourse {
		return nil, errCrash
	}
	return r.catalogRecords.Change(ctx, key, change)
}

// TestACrashLeavesNoHalfCourse: all files are there and the record is not.
func TestACrashLeavesNoHalfCourse(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	content := zipped(t, scorm())
	s := catalog.New(catalog.Dependencies{Records: brokenRecords{catalogRecords{a.committer, a.store}}, Files: packageFiles{a.packages}, Spool: t.TempDir()})
	if _, _, err := s.AddZip(t.Context(), "default", bytes.NewReader(content), catalog.AddOptions{}); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	expect(t, "courses", len(do(t, a, "GET", "/api/v1/courses", "", 200)["items"].([]any)), 0)
	if len(filesBelow(t, a, "packages")) == 0 {
		t.Fatal("nothing was kept: this tests nothing")
	}
	if n, err := a.catalog.Sweep(t.Context(), "default", time.Now().Add(-time.Hour)); err != nil || n != 0 {
		t.Errorf("young files went: %d %v", n, err)
	}
	if _, err := a.catalog.Sweep(t.Context(), "default", time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if left := filesBelow(t, a, "packages"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// slowRecords wait before a course is kept.
type slowRecords struct {
	catalogRecords
	reached, goOn chan struct{}
}

func (r slowRecords) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	if key.Kind == documents.CatalogCourse {
		close(r.reached)
		<-r.goOn
	}
	return r.catalogRecords.Change(ctx, key, change)
}

// TestASweepSparesAnUpload: files that are there and that no course knows yet.
func TestASweepSparesAnUpload(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	r := slowRecords{catalogRecords{a.committer, a.store}, make(chan struct{}), make(chan struct{})}
	s := catalog.New(catalog.Dependencies{Records: r, Files: packageFiles{a.packages}, Spool: t.TempDir()})
	content := zipped(t, scorm())
	done := make(chan *catalog.Course)
	go func() {
		c, _, err := s.AddZip(context.Background(), "default", bytes.NewReader(content), catalog.AddOptions{})
		if err != nil {
			t.Error(err)
		}
		done <- c
	}()
	<-r.reached
	if n, err := a.catalog.Sweep(t.Context(), "default", time.Now().Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("%d files of an upload went: %v", n, err)
	}
	close(r.goOn)
	c := <-done
	if c == nil {
		t.FailNow()
	}
	if _, v, err := a.catalog.Version(t.Context(), "default", c.ID, 0); err != nil || len(v.Files) != 4 {
		t.Errorf("%v", err)
	}
}

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

// TestRecorder: our own statements go the way of everybody's.
func TestRecorder(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	r, err := a.NewRecorder()
	if err != nil {
		t.Fatal(err)
	}
	const id = "5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0009"
	one := `[{"id":"` + id + `",` + statement[1:] + `]`
	for range 2 {
		if err := r.Record(t.Context(), "default", []byte(one)); err != nil {
			t.Fatal(err)
		}
	}
	status, text := ask(t, a, "GET", "/xapi/statements?statementId="+id, "")
	if status != 200 || !strings.Contains(text, `"name":"lernspur"`) {
		t.Errorf("%d %s", status, text)
	}
	var conflict *catalog.Conflict
	if err := r.Record(t.Context(), "default", []byte(strings.Replace(one, "did", "didnt", 1))); !errors.As(err, &conflict) {
		t.Errorf("another statement: %v", err)
	}
	if err := r.Record(t.Context(), "default", []byte(`[{}]`)); err == nil {
		t.Error("a statement that is none was taken")
	}
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

// TestNothingIsLost: many change the same things at once.
func TestNothingIsLost(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	const workers = 16
	ids := make([]uuid.UUID, workers)
	var uploads atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			r, err := a.catalog.Register(t.Context(), "default", course, catalog.Learner{Actor: json.RawMessage(learnerJSON)}, catalog.RegisterOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = r.ID
			if _, err := a.catalog.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error {
				r.Attempts = append(r.Attempts, catalog.Attempt{ID: uuid.New(), Item: fmt.Sprint(i), Started: 1})
				return nil
			}); err != nil {
				t.Error(err)
			}
			if _, _, err := a.catalog.AddZip(t.Context(), "default", bytes.NewReader(zipped(t, scorm("n.txt", fmt.Sprint(i)))), catalog.AddOptions{Course: course}); err != nil {
				var busy *catalog.Busy
				if !errors.As(err, &busy) { // more at one time than may be
					t.Error(err)
				}
				return
			}
			uploads.Add(1)
		})
	}
	wg.Wait()
	for _, id := range ids {
		expect(t, "one registration for all", id, ids[0])
	}
	r, err := a.catalog.Registration(t.Context(), "default", ids[0])
	if err != nil || len(r.Attempts) != workers {
		t.Errorf("%d attempts: %v", len(r.Attempts), err)
	}
	c, err := a.catalog.Course(t.Context(), "default", course)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range c.Versions {
		expect(t, "numbers without gaps", v.Number, i+1)
	}
	expect(t, "versions", len(c.Versions), 1+uploads.Load())
	expect(t, "the last is the current one", c.Current, len(c.Versions))
	list, err := a.catalog.Registrations(t.Context(), "default", course, uuid.Nil, 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d registrations: %v", len(list), err)
	}
	of, err := a.catalog.RegistrationsOf(t.Context(), "default", r.Learner.Identifier)
	if err != nil || len(of) != 1 {
		t.Errorf("%d registrations of the learner: %v", len(of), err)
	}
}

// TestTokens: what ends a launch.
func TestTokens(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := catalog.New(catalog.Dependencies{Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Spool: t.TempDir(), Now: clock, Lifetime: time.Hour})
	fresh := func() *catalog.Service { // one that remembers nothing
		return catalog.New(catalog.Dependencies{Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Now: clock})
	}
	c, _, err := s.AddZip(t.Context(), "default", bytes.NewReader(zipped(t, scorm())), catalog.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Register(t.Context(), "default", c.ID, catalog.Learner{Actor: json.RawMessage(learnerJSON)}, catalog.RegisterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	open := func() *catalog.Launch {
		t.Helper()
		l, err := s.Open(t.Context(), "default", r.ID, "two", catalog.Normal, catalog.OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	check := func(name string, token string, want error) {
		t.Helper()
		for _, s := range []*catalog.Service{s, fresh()} {
			if _, _, err := s.Launched(t.Context(), token); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	l := open()
	check("good", l.Token, nil)
	check("another", l.Token[:10]+"x"+l.Token[11:], catalog.ErrNoLaunch)
	check("of another tenant", strings.Split(l.Token, ".")[0]+".dG93bg", catalog.ErrNoLaunch)
	check("none", "", catalog.ErrNoLaunch)
	check("long", strings.Repeat("x", 5000), catalog.ErrNoLaunch)
	mu.Lock()
	now = now.Add(time.Hour)
	mu.Unlock()
	check("expired", l.Token, catalog.ErrExpired)
	l = open()
	data := []byte("what content keeps")
	version, err := s.KeepState(t.Context(), l, "two", 0, data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeepState(t.Context(), l, "two", 0, data); !errors.Is(err, catalog.ErrChanged) {
		t.Errorf("a state that was changed: %v", err)
	}
	if got, at, err := fresh().State(t.Context(), l, "two"); err != nil || at != version || !bytes.Equal(got, data) {
		t.Errorf("%s %d %v", got, at, err)
	}
	check("before a reset", l.Token, nil)
	if _, err := s.Reset(t.Context(), "default", r.ID); err != nil {
		t.Fatal(err)
	}
	check("after a reset", l.Token, catalog.ErrNoLaunch)
	l = open()
	if got, at, err := s.State(t.Context(), l, "two"); err != nil || at != 0 || got != nil {
		t.Errorf("after a reset: %s %d %v", got, at, err)
	}
	preview, err := s.Open(t.Context(), "default", uuid.Nil, "", catalog.Browse, catalog.OpenOptions{Course: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.State(t.Context(), preview, "two"); err != nil || got != nil {
		t.Errorf("a preview sees %s: %v", got, err)
	}
	if _, err := s.Note(t.Context(), "default", r.ID, func(r *catalog.Registration) error { r.Closes = clock().UnixMicro(); return nil }); err != nil {
		t.Fatal(err)
	}
	check("closed", l.Token, catalog.ErrExpired)
	if _, err := s.Open(t.Context(), "default", r.ID, "", catalog.Normal, catalog.OpenOptions{}); !errors.Is(err, catalog.ErrClosed) {
		t.Errorf("a launch of a closed registration: %v", err)
	}
	check("preview", preview.Token, nil)
	if err := s.Delete(t.Context(), "default", c.ID); err != nil {
		t.Fatal(err)
	}
	check("deleted", preview.Token, catalog.ErrNoLaunch)
	// Tokens are nowhere on the disk.
	if found := grep(t, a.opts.DataDir, preview.Token[:43]); found != "" {
		t.Errorf("a token stands in %s", found)
	}
}

func grep(t testing.TB, dir, text string) (found string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTenantsDoNotMeet: ids of another tenant are not there.
func TestTenantsDoNotMeet(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm(), 201), "package", "course").(string)
	reg := do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`, 200)["id"].(string)
	record, other, err := a.keys.Create(t.Context(), directory.NewKey{Tenant: "other", Scopes: []string{"content"}})
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]int{
		"GET /api/v1/packages/" + course: 404, "GET /api/v1/packages/" + course + "/download": 404, "DELETE /api/v1/packages/" + course: 404,
		"GET /api/v1/courses/" + course: 404, "PATCH /api/v1/courses/" + course: 404, "DELETE /api/v1/courses/" + course: 404,
		"GET /api/v1/registrations/" + reg: 404, "POST /api/v1/registrations/" + reg + "/reset": 404, "PATCH /api/v1/registrations/" + reg: 404,
		"GET /api/v1/launches?registration=" + reg: 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(record.ID, other)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		expect(t, request, answer.StatusCode, want)
	}
	for _, path := range []string{"/api/v1/courses", "/api/v1/packages", "/api/v1/registrations?course=" + course, "/api/v1/launches?course=" + course} {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addr().String()+path, nil)
		r.SetBasicAuth(record.ID, other)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		expect(t, path, strings.TrimSpace(string(text)), `{"items":[]}`)
	}
	do(t, a, "GET", "/api/v1/courses/"+course, "", 200)
}

// TestCataloguePages: lists go on where the page before ended.
func TestCataloguePages(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	for i := range 5 {
		do(t, a, "POST", "/api/v1/courses", fmt.Sprintf(`{"activity":"http://example.org/%d","title":{"en":"Course %d"}}`, i, i), 201)
	}
	do(t, a, "POST", "/api/v1/courses", `{"activity":"http://example.org/0","title":{"en":"Again"}}`, 409)
	course := ""
	seen := map[string]bool{}
	for path := "/api/v1/courses?limit=2"; path != ""; {
		v := do(t, a, "GET", path, "", 200)
		for _, item := range v["items"].([]any) {
			course = item.(map[string]any)["id"].(string)
			seen[course] = true
		}
		path, _ = v["more"].(string)
	}
	expect(t, "courses", len(seen), 5)
	for i := range 5 {
		do(t, a, "POST", "/api/v1/registrations", fmt.Sprintf(`{"course":%q,"learner":{"actor":{"mbox":"mailto:%d@example.org"}}}`, course, i), 200)
	}
	clear(seen)
	for path := "/api/v1/registrations?limit=2&course=" + course; path != ""; {
		v := do(t, a, "GET", path, "", 200)
		for _, item := range v["items"].([]any) {
			seen[item.(map[string]any)["id"].(string)] = true
		}
		path, _ = v["more"].(string)
	}
	expect(t, "registrations", len(seen), 5)
	do(t, a, "POST", "/api/v1/launches", `{"course":"`+course+`"}`, 409)
	for _, bad := range []string{"/api/v1/courses?limit=0", "/api/v1/courses?after=%21", "/api/v1/courses?nothing=1", "/api/v1/registrations", "/api/v1/launches?course=a&registration=b"} {
		do(t, a, "GET", bad, "", 400)
	}
	for field, body := range map[string]string{
		"kind": `{"kind":"other"}`, "duration": `{"duration":"1h"}`, "title": `{"title":{"en":" "}}`, "competences": `{"competences":["a","a"]}`,
	} {
		expect(t, "field", do(t, a, "PATCH", "/api/v1/courses/"+course, body, 400)["field"], field)
	}
	do(t, a, "PATCH", "/api/v1/courses/"+course, `{"knid":"induction"}`, 400)
}
