package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var courseLine = regexp.MustCompile(`(?m)^course +(\S+)$`)

// packageFolder is a folder with a package of Tin Can.
func packageFolder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const tincan = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
  <activity id="http://publisher.example/course" type="http://adlnet.gov/expapi/activities/course"><name lang="en">Fire safety</name><launch lang="en">index.html</launch></activity>
</activities></tincan>`

func TestPackages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		good := packageFolder(t, map[string]string{"tincan.xml": tincan, "index.html": "<p>fire</p>", "media/a.css": "p{}"})
		out := p.must(t, "package", "add", good)
		m := courseLine.FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("no course in:\n%s", out)
		}
		contains(t, out, "Fire safety", "tincan", "version  1")
		contains(t, p.must(t, "package", "add", good, "--course", m[1]), "version  2")
		contains(t, p.must(t, "package", "list"), m[1], "tincan", "Fire safety")
		contains(t, p.must(t, "launch", "link", m[1], "--learner", `{"mbox":"mailto:ada@example.org"}`, "--lifetime", "1h"), "registration  ", "/launch/")
		preview := p.must(t, "launch", "link", m[1])
		contains(t, preview, "/launch/")
		if strings.Contains(preview, "registration") {
			t.Errorf("a preview is registered:\n%s", preview)
		}
		contains(t, p.must(t, "package", "delete", m[1]), "deleted "+m[1])
		if list := p.must(t, "package", "list"); strings.Contains(list, m[1]) {
			t.Errorf("the package is still there:\n%s", list)
		}
		for _, bad := range []struct {
			args []string
			want []string
		}{
			{[]string{"package", "add", packageFolder(t, map[string]string{"index.html": "x"})}, []string{"unknown-kind", "is refused; nothing of it was kept"}},
			{[]string{"package", "add", filepath.Join(good, "index.html")}, []string{"not-a-zip"}},
			{[]string{"package", "add", filepath.Join(good, "nothing")}, []string{"no such file"}},
			{[]string{"package", "add", good, "--course", "nobody"}, []string{"no such thing in the catalogue"}},
			{[]string{"package", "delete", "nobody"}, []string{"no such thing in the catalogue"}},
			{[]string{"launch", "link", "nobody"}, []string{"no such thing in the catalogue"}},
		} {
			r := p.run(t, "", bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want...)
		}
	})
}

// TestPackagesOutliveAKill: what was answered is there after kill -9, and what was
// on its way is not.
func TestPackagesOutliveAKill(t *testing.T) {
	p, _ := newSharedPlace(t)
	s := p.serve(t)
	course := courseLine.FindStringSubmatch(p.must(t, "package", "add", packageFolder(t, map[string]string{"tincan.xml": tincan, "index.html": "<p>fire</p>"})))[1]
	p.must(t, "launch", "link", course, "--learner", `{"mbox":"mailto:ada@example.org"}`)
	s.kill(t)
	left := filepath.Join(p.dir, "uploads", "package-1.zip")
	if err := os.WriteFile(left, []byte("half a package"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, secret := s.key, s.secret
	s = p.serve(t)
	s.key, s.secret = key, secret
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("half an upload is still there: %v", err)
	}
	contains(t, p.must(t, "package", "list"), course)
	for _, sw := range []string{"timelines", "hours"} {
		p.must(t, "evaluation-settings", "set", sw, "on", "--ground", "a test")
	}
	status, text := s.request(t, "GET", "/api/v1/launches?course="+course, "")
	if status != 200 || strings.Count(text, `"registration":`) != 1 {
		t.Errorf("%d %s", status, text)
	}
	if status, text = s.request(t, "GET", "/api/v1/registrations?course="+course, ""); status != 200 || !strings.Contains(text, "mailto:ada@example.org") {
		t.Errorf("%d %s", status, text)
	}
	if status, text = s.request(t, "GET", "/api/v1/packages/"+course+"/download", ""); status != 200 || !strings.HasPrefix(text, "PK") {
		t.Errorf("%d, %d bytes", status, len(text))
	}
}
