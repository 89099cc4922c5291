package pdf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	// MaxHTML is how large a page may be.
	MaxHTML = 32 << 20
	// patience is how long printing may take.
	patience = 2 * time.Minute
)

// Options say how a page is printed.
type Options struct {
	// Browser is the path of chromium; "" looks for it.
	Browser string
	// Title and Language (as de) are the document's.
	Title, Language string
	// Made is when the document counts as made: the same page with the same instant gives the
	// same document.
	Made time.Time
}

// ErrNoBrowser: there is no chromium to print with.
var ErrNoBrowser = errors.New("printing PDF needs chromium, which is not installed")

// Print prints a page that needs nothing else. Neither scripts nor the network are at its
// disposal.
func Print(ctx context.Context, html []byte, o Options) ([]byte, error) {
	if len(html) > MaxHTML {
		return nil, fmt.Errorf("a page of %d bytes is too large to print; at most %d are", len(html), MaxHTML)
	}
	path, err := browser(o.Browser)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path), chromedp.Flag("disable-dev-shm-usage", true),
		// A proxy that is not there: nothing is fetched.
		chromedp.Flag("proxy-server", "127.0.0.1:1"), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to be root's otherwise
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	ctx, end := chromedp.NewContext(ctx)
	defer end()
	printed, err := chromedp.Run(ctx, printing(string(html)))
	if err != nil {
		return nil, fmt.Errorf("chromium does not print the page: %w", err)
	}
	return Identify(printed, o.Title, o.Language, o.Made)
}

func browser(path string) (string, error) {
	if path != "" {
		return path, nil
	}
	for _, name := range [...]string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNoBrowser
}

// printing shows the page and prints it on A4, unless its style sheet says otherwise.
func printing(html string) chromedp.Action[[]byte] {
	return func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			return nil, err
		}
		tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		if _, err := cdp.Call(ctx, t, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: html}); err != nil {
			return nil, err
		}
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{
			PrintBackground: ptr(true), PreferCSSPageSize: ptr(true), GenerateTaggedPDF: ptr(true), GenerateDocumentOutline: ptr(true),
			PaperWidth: 8.27, PaperHeight: 11.69,
		})
		return r.Data, err
	}
}

func ptr[T any](v T) *T { return &v }
