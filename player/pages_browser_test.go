package player

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"lernspur/catalog"
)

// accessible has axe-core look at the page.
func (b *playing) accessible(where string) {
	b.Helper()
	axe, err := os.ReadFile("library/node_modules/axe-core/axe.min.js")
	if err != nil {
		b.Fatalf("%v: run make clients", err)
	}
	if _, err := chromedp.Run(b.tab, chromedp.Evaluate[bool](string(axe)+"; true")); err != nil {
		b.Fatal(err)
	}
	found, err := chromedp.Run(b.tab, chromedp.Evaluate[string](
		`axe.run(document, { iframes: false }).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).join(' ')).join('\n'))`,
		chromedp.EvalAwaitPromise))
	if err != nil || found != "" {
		b.Errorf("%s: %v\n%s", where, err, found)
	}
}

// TestBrowserAccessible: axe-core finds nothing, on a wide and on a narrow screen;
// nothing is wider than 360 pixels; the keyboard reaches everything.
func TestBrowserAccessible(t *testing.T) {
	b := playPackage(t, scorm12([2]string{"one", ""}, [2]string{"two", ""}))
	check := b.accessible
	for _, width := range []int64{1280, 360} {
		if err := chromedp.Do(b.tab, chromedp.EmulateViewport(width, 740)); err != nil {
			t.Fatal(err)
		}
		b.open(b.m.launch("one", catalog.Normal, false), "one.html")
		check("the player")
		if b.text(`document.getElementById('contents').hidden`) == "true" {
			b.click("#menu")
			check("the contents")
		}
		if got := b.text(`document.documentElement.scrollWidth`); got > b.text(`window.innerWidth`) && len(got) >= len(b.text(`window.innerWidth`)) {
			t.Errorf("the page is %s wide in a window of %d", got, width)
		}
		b.visit(b.url + "/launch/nothing")
		check("a message")
	}

	b.open(b.m.launch("one", catalog.Normal, false), "one.html")
	b.click("#menu")
	reached := b.text(`[...document.querySelectorAll('a, button:not(:disabled), iframe')].filter((e) => e.tabIndex >= 0).map((e) => e.id || e.dataset.id || e.className).join(' ')`)
	if want := "skip menu next exit one two content"; reached != want {
		t.Errorf("the keyboard reaches %q, want %q", reached, want)
	}
	b.text(`document.querySelector('[data-id=two]').click()`)
	b.wait("two.html")
	if got := b.text(`document.querySelector('[aria-current=page]').dataset.id`); got != "two" {
		t.Errorf("the current part is %q", got)
	}
	b.click("#exit")
	b.until(`document.getElementById('status').textContent.includes('is saved')`)
}
