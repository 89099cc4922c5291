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
	"testing"
	"time"

	"lernspur/catalog"
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
	return read(t, http.DefaultClient, r)
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
	switchOn(t, a)
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

// TestVerifyMissesFiles: a file of a package that is lost, or is another.
func TestVerifyMissesFiles(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	upload(t, a, "POST", "/api/v1/packages", scorm(), 201)
	check := func() (found []string) {
		t.Helper()
		n, err := verifyBlobs{a.blobs, a.packages, a.catalog}.Check(t.Context(), "default", func(text string) { found = append(found, text) })
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		return found
	}
	expect(t, "differences of what is whole", len(check()), 0)
	list := filesBelow(t, a, "packages")
	for _, path := range list {
		if b, err := os.ReadFile(path); err == nil && string(b) == "<p>one</p>" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else if string(b) == "<p>two</p>" {
			if err := os.WriteFile(path, []byte("<p>tow</p>"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	found := strings.Join(check(), "\n")
	if strings.Count(found, "\n") != 1 || !strings.Contains(found, `"one.html" is not there`) || !strings.Contains(found, "damaged") {
		t.Errorf("found %s", found)
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
