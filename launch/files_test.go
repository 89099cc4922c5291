package launch

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"lernspur/catalog"
)

// TestFilesToken: what a statement tells of the address opens files, and nothing
// else, and not for ever.
func TestFilesToken(t *testing.T) {
	b := newBench(t)
	token, err := b.filesToken(t.Context(), b.launch)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.filesToken(t.Context(), b.launch); err != nil || again != token || url.PathEscape(token) != token {
		t.Errorf("%s, then %s: %v", token, again, err)
	}
	b.restart()
	l, course, err := b.Launched(t.Context(), token)
	if err != nil || l.Tenant != "t" || l.Course != "fire" || l.Version != 1 || course.ID != "fire" {
		t.Fatalf("%+v, %v", l, err)
	}
	if !l.Preview() || l.Item != "" || len(l.Learner.Actor) != 0 {
		t.Errorf("it says more than where files are: %+v", l)
	}
	text, signature, _ := strings.Cut(token, ".")
	for name, wrong := range map[string]string{
		"another signature": text + "." + signature[:len(signature)-2] + "AA", "none": text, "another text": text + "A." + signature,
		"a launch's": "abc.def", "empty": "", "only the prefix": filesPrefix + ".",
	} {
		if _, _, err := b.Launched(t.Context(), wrong); !errors.Is(err, catalog.ErrNoLaunch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.now = b.now.Add(48 * time.Hour)
	if _, _, err := b.Launched(t.Context(), token); !errors.Is(err, catalog.ErrExpired) {
		t.Errorf("after two days: %v", err)
	}
}
