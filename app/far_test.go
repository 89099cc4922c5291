package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lernspur/internal/browsertest"
)

// TestContentElsewhere: content on the publisher's own server is reached from the
// learner's page, though forms of the pages lead to us only, and is not told by which
// link.
func TestContentElsewhere(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>far</title><p id="referrer">%s</p>`, r.Referer())
	}))
	defer far.Close()
	a, base := pagesOf(t)
	manifest := strings.Replace(tincanManifest, "index.html", far.URL+"/golf/", 1)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", map[string]string{"tincan.xml": manifest}, 201), "package", "course").(string)
	const ada = `{"mbox":"mailto:ada@musterstadt.example"}`
	do(t, a, "POST", "/api/v1/registrations", `{"course":"`+course+`","learner":{"actor":`+ada+`}}`, 200)
	b := browsertest.Open(t, 60*time.Second)
	signIn(b, base, "ada", "/my")
	press(b, "/open")
	b.Until(`location.href.startsWith('` + far.URL + `/golf/?') && document.getElementById('referrer')`)
	if got := b.Text(`document.getElementById('referrer').textContent`); got != "" {
		t.Errorf("it was told %q", got)
	}
}
