package browsertest

import (
	"bytes"
	"image"
	_ "image/png" // what is read
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// picturesVariable is set in the environment to have the pictures of the documentation
// made anew.
const picturesVariable = "LERNSPUR_PICTURES"

// MakingPictures tells whether the pictures of the documentation are made anew.
func MakingPictures() bool { return os.Getenv(picturesVariable) != "" }

// Save keeps what the window shows, or the whole page, as a file.
func (b *Page) Save(file string, whole bool) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, b.shot(whole), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (b *Page) shot(whole bool) []byte {
	b.Helper()
	take := chromedp.CaptureScreenshot()
	if whole {
		take = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(b.Context, take)
	if err != nil {
		b.Fatal(err)
	}
	return png
}

// Picture is a picture of the documentation: it is written when that is asked for, or
// when it is missing; else the page has to give one of the same width.
func (b *Page) Picture(file string, whole bool) {
	b.Helper()
	old, err := os.ReadFile(file)
	if err != nil || MakingPictures() {
		b.Save(file, whole)
		return
	}
	want, _, err := image.DecodeConfig(bytes.NewReader(old))
	if err != nil {
		b.Fatalf("%s: %v", file, err)
	}
	got, _, err := image.DecodeConfig(bytes.NewReader(b.shot(whole)))
	if err != nil || got.Width != want.Width {
		b.Errorf("%s is %d wide, and the page gives %d, %v: make it anew with %s=1", file, want.Width, got.Width, err, picturesVariable)
	}
}
