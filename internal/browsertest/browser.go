// Package browsertest has a real browser for tests.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is a tab of a real browser, which ends with the test. Without a browser the
// test fails.
func Tab(t *testing.T) context.Context {
	t.Helper()
	return tab(t, 90*time.Second)
}

// tab is a tab that ends after patience.
func tab(t testing.TB, patience time.Duration) context.Context {
	t.Helper()
	path := ""
	for _, name := range [...]string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("there is no browser: install chromium (apt-get install chromium), as make test does")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-dev-shm-usage", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to be root's otherwise
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	tab, cancel := context.WithTimeout(tab, patience)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil { // starts it
		t.Fatalf("the browser does not start: %v", err)
	}
	if err := chromedp.Listen(tab, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok && e.ExceptionDetails.Exception != nil {
			t.Logf("in the page: %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return tab
}
