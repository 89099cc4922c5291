package player

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lernspur/internal/browsertest"
)

// playing is a package in a browser.
type playing struct {
	*testing.T
	tab context.Context
	m   *memory
	url string
	// closing tells that a page is closed: what content stores and its end are sent
	// as they can be, in one message or in two, so statements are compared in any order.
	closing bool
}

// playPackage serves a package and opens a browser, not yet a launch.
func playPackage(t *testing.T, files map[string]string) *playing {
	m := newMemory(t, files)
	server := httptest.NewServer(New(Options{Catalog: m, Recorder: m, Documents: m}).Handler())
	t.Cleanup(server.Close)
	return &playing{T: t, tab: browsertest.Tab(t), m: m, url: server.URL}
}

// visit goes to an address.
func (b *playing) visit(address string) {
	b.Helper()
	if err := chromedp.Do(b.tab, chromedp.Navigate(address)); err != nil {
		b.Fatal(err)
	}
}

// text evaluates an expression in the page.
func (b *playing) text(expression string) string {
	b.Helper()
	got, err := chromedp.Run(b.tab, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// open opens a launch and waits until content has started.
func (b *playing) open(token, page string) {
	b.Helper()
	b.visit(b.url + "/launch/" + token)
	b.wait(page)
}

// wait waits until a page of the package is there and has its API.
func (b *playing) wait(page string) {
	b.Helper()
	b.until(`(() => { const w = document.getElementById('content').contentWindow; return w && w.location.pathname.endsWith('/` + page + `') && w.started !== undefined && w.document.readyState === 'complete' })()`)
	if got := b.content(`String(started)`); got != "true" {
		b.Fatalf("%s: Initialize answered %q", page, got)
	}
}

// until waits for a condition in the page.
func (b *playing) until(condition string) {
	b.Helper()
	for range 100 {
		if ok, err := chromedp.Run(b.tab, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && ok {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("in vain: %s\nat %s", condition, b.text(`document.getElementById('content')?.contentWindow.location.href + ' ' + document.body.innerText.slice(0, 400)`))
}

// content evaluates an expression in the content's window.
func (b *playing) content(expression string) string {
	b.Helper()
	return b.text(`document.getElementById('content').contentWindow.eval(` + quote(expression) + `)`)
}

func quote(text string) string { return "`" + strings.ReplaceAll(text, "`", "\\`") + "`" }

// set sets elements as content does; every one has to be taken.
func (b *playing) set(pairs ...string) {
	b.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := b.content(`String(scorm.set('` + pairs[i] + `', '` + pairs[i+1] + `')) + ' ' + scorm.error()`); got != "true 0" {
			b.Errorf("SetValue(%s, %s) = %s", pairs[i], pairs[i+1], got)
		}
	}
}

func (b *playing) get(element, want string) {
	b.Helper()
	if got := b.content(`String(scorm.get('` + element + `'))`); got != want {
		b.Errorf("GetValue(%s) = %q, want %q", element, got, want)
	}
}

func (b *playing) call(expression, want string) {
	b.Helper()
	if got := b.content(`String(` + expression + `)`); got != want {
		b.Errorf("%s = %q, want %q", expression, got, want)
	}
}

// statements compares what was recorded since the nth statement; it waits a
// little for beacons.
func (b *playing) statements(from int, want ...string) int {
	b.Helper()
	var got []string
	for range 30 {
		if got = b.m.recorded(b.T, from); len(got) >= len(want) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if b.closing {
		slices.Sort(got)
		slices.Sort(want)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		b.Errorf("statements:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return from + len(got)
}

func (b *playing) click(selector string) {
	b.Helper()
	b.until(`!document.querySelector(` + quote(selector) + `).disabled`)
	b.text(`document.querySelector(` + quote(selector) + `).click()`)
}
