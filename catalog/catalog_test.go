package catalog

import (
	"encoding/base64"
	"strings"
	"testing"

	"lernspur/content/manifest"
)

func TestMediaTypes(t *testing.T) {
	for name, want := range map[string]string{
		"index.html": "text/html; charset=utf-8", "A.HTM": "text/html; charset=utf-8", "lib/x.min.js": "text/javascript; charset=utf-8", "x.css": "text/css; charset=utf-8",
		"x.svg": "image/svg+xml", "x.json": "application/json", "x.woff2": "font/woff2", "x.mp4": "video/mp4", "x.wasm": "application/wasm",
		"x": unknownType, "x.": unknownType, "html": unknownType, "x.html.exe": unknownType, "a.b/c": unknownType, ".html": "text/html; charset=utf-8",
	} {
		if got := MediaType(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	for title, want := range map[string]string{
		"Brandschutz für Anfänger": "brandschutz-fuer-anfaenger-", "": "course-", "安全": "course-", "  A -- B  ": "a-b-",
		strings.Repeat("long ", 50): "long-long-long-long-long-long-long-long-",
	} {
		id := newID(title)
		if !strings.HasPrefix(id, want) || len(id) != len(want)+8 || !isID(id) {
			t.Errorf("%q: %s", title, id)
		}
		if newID(title) == id {
			t.Errorf("%s twice", id)
		}
	}
	for _, id := range []string{"", "A", "a/b", "a.b", "ä", strings.Repeat("a", 65)} {
		if isID(id) {
			t.Errorf("%q is taken for an id", id)
		}
	}
}

func TestItemActivities(t *testing.T) {
	c := &Course{Activity: "https://lrs.example/courses/c"}
	for _, tc := range []struct {
		item manifest.Item
		want string
	}{
		{manifest.Item{Type: manifest.Unit, ID: "item 1/ü"}, "https://lrs.example/courses/c/item/item%201%2F%C3%BC"},
		{manifest.Item{Type: manifest.Organization, ID: "org"}, c.Activity},
		{manifest.Item{Type: manifest.Course, ID: "https://p.example/course"}, c.Activity},
		{manifest.Item{Type: manifest.Content, ID: "h5p"}, c.Activity},
		{manifest.Item{Type: manifest.Activity, ID: "https://p.example/act"}, "https://p.example/act"},
		// printf %s https://p.example/au | sha256sum | cut -c 1-20
		{manifest.Item{Type: manifest.AU, ID: "https://p.example/au"}, "https://lrs.example/courses/c/au/41a25030fb66d1d69dc6"},
	} {
		if got := c.ItemActivity(&tc.item); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.item.ID, got, tc.want)
		}
	}
}

func TestTokenForm(t *testing.T) {
	token := newToken("town/ä")
	if len(token) < 50 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		t.Errorf("%q does not fit into a path", token)
	}
	tenant, sum, ok := parseToken(token)
	if tenant != "town/ä" || len(sum) != 64 || !ok {
		t.Errorf("%q %q %v", tenant, sum, ok)
	}
	if _, err := base64.RawURLEncoding.DecodeString(token[:tokenChars]); err != nil {
		t.Error(err)
	}
	if newToken("town/ä") == token {
		t.Error("the same token twice")
	}
}

// TestRemembering: what was read before a change is not remembered after it.
func TestRemembering(t *testing.T) {
	l := newLRU[int](3)
	l.put("a", 1, 1)
	l.put("b", 2, 1)
	l.get("a")
	l.put("c", 3, 1)
	l.put("d", 4, 1)
	if _, ok := l.get("b"); ok {
		t.Error("b was used the longest ago and is there")
	}
	if v, ok := l.get("a"); !ok || v != 1 {
		t.Error("a is not there")
	}
	epoch := l.begin()
	l.remove(func(key string, _ int) bool { return key == "a" })
	l.putSince(epoch, "a", 9, 1)
	if v, ok := l.get("a"); ok {
		t.Errorf("a is %d", v)
	}
	l.putSince(l.begin(), "a", 10, 1)
	if v, ok := l.get("a"); !ok || v != 10 {
		t.Error("a is not there")
	}
	l.put("large", 1, 2)
	if _, ok := l.get("large"); ok {
		t.Error("one thing has more than half of the room")
	}
	if l.weight > 3 || l.weight != len(l.byKey) {
		t.Errorf("weight %d of %d", l.weight, len(l.byKey))
	}
}
