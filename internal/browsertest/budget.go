package browsertest

import "github.com/chromedp/chromedp"

// measured is what a page costs its reader.
type measured struct {
	// Bytes is what comes over the network for somebody who has never been here, as it
	// was packed, without headers.
	Bytes int
	// Shift is by how much what was shown has moved (Layout Instability, 3.1), with
	// what moved.
	Shift float64
	What  string
}

const measure = `new Promise((done) => {
  let shift = 0, what = []
  const add = (list) => list.forEach((e) => { shift += e.value; what.push(...(e.sources || []).map((s) => s.node?.outerHTML?.slice(0, 120) || s.node?.nodeName || '?')) })
  const watch = new PerformanceObserver((l) => add(l.getEntries()))
  watch.observe({ type: 'layout-shift', buffered: true })
  requestAnimationFrame(() => setTimeout(() => {
    add(watch.takeRecords())
    const all = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    done({ Bytes: all.reduce((n, e) => n + (e.encodedBodySize || 0), 0), Shift: shift, What: what.join(' | ') })
  }, 30))
})`

const (
	// maxBytes is what a first page may take.
	maxBytes = 200_000
	// noShift is what is none, to two decimals, in which such figures are given: on a
	// busy machine a table is painted before its last row is there.
	noShift = 0.005
)

// Budget holds the page that is shown to what a page may cost: 200 kB, and nothing
// moves while it is built.
func (b *Page) Budget(name string) {
	b.Helper()
	m, err := chromedp.Run(b.Context, chromedp.Evaluate[measured](measure, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	if m.Bytes == 0 || m.Bytes > maxBytes {
		b.Errorf("%s takes %d bytes, and %d are allowed", name, m.Bytes, maxBytes)
	}
	if m.Shift >= noShift {
		b.Errorf("%s moves by %v while it is built: %s", name, m.Shift, m.What)
	}
}
