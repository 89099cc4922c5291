package browsertest

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Page is what a tab shows; whatever cannot be done with it ends the test.
type Page struct {
	testing.TB
	Context context.Context
}

// Open starts a browser that ends with the test, or after patience.
func Open(t testing.TB, patience time.Duration) *Page {
	t.Helper()
	return &Page{t, tab(t, patience)}
}

// Do does things one after the other; the test ends when one cannot be done.
func (b *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		b.Fatal(err)
	}
}

// Visit goes to an address.
func (b *Page) Visit(address string) {
	b.Helper()
	b.Do(chromedp.Navigate(address))
}

// Text evaluates an expression in the page.
func (b *Page) Text(expression string) string {
	b.Helper()
	got, err := chromedp.Run(b.Context, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return got
}

// Until waits for a condition in the page, 10 s at most.
func (b *Page) Until(condition string) {
	b.Helper()
	for range 100 {
		if ok, err := chromedp.Run(b.Context, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && ok {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("in vain: %s\nat %s", condition, b.Text(`location.href + '\n' + document.body.innerText.slice(0, 800)`))
}

// Screen sets the size of the window, in CSS pixels, and the colours.
func (b *Page) Screen(width, height int, dark bool) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.Do(chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// Wide tells by how many pixels the page is wider than its window.
func (b *Page) Wide() int {
	b.Helper()
	n, err := strconv.Atoi(b.Text(`Math.max(0, document.documentElement.scrollWidth - window.innerWidth)`))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// Accessible has axe-core look at the page, and answers what it found, a line each.
// script is axe.min.js.
func (b *Page) Accessible(script string) string {
	b.Helper()
	if _, err := chromedp.Run(b.Context, chromedp.Evaluate[bool](script+"; true")); err != nil {
		b.Fatal(err)
	}
	found, err := chromedp.Run(b.Context, chromedp.Evaluate[string](
		`axe.run(document, { iframes: false }).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' ')).join('\n'))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(found)
}
