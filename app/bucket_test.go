package app

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"lernspur/blobs"
)

// TestBlobsInABucket keeps attachments and packages in an S3-compatible store, goes
// on with them after another start, and says so when the store is away.
func TestBlobsInABucket(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("learning"); err != nil {
		t.Fatal(err)
	}
	bucket := httptest.NewServer(gofakes3.New(backend).Server())
	defer bucket.Close()
	o := options(t)
	o.ContentAddr = "127.0.0.1:0"
	o.Bucket = &blobs.Bucket{Endpoint: bucket.URL, Region: "us-east-1", Name: "learning", Prefix: "here", AccessKey: "key", SecretKey: "secret", PathStyle: true, Patience: time.Second}
	a := start(t, o)
	course := dig(t, upload(t, a, "POST", "/api/v1/packages", scorm("film.mp4", strings.Repeat("0123456789", 100)), 201), "package", "course").(string)
	attach := func(id, text string) int {
		t.Helper()
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		body := "--b\r\nContent-Type: application/json\r\n\r\n" + `{"id":"` + id + `","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"},` +
			`"attachments":[{"usageType":"http://example.org/a","display":{"en":"a"},"contentType":"text/plain","length":` + fmt.Sprint(len(text)) + `,"sha2":"` + sum + `"}]}` +
			"\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " + sum + "\r\n\r\n" + text + "\r\n--b--\r\n"
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+a.Addr().String()+"/xapi/statements", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(key, secret)
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		r.Header.Set("Content-Type", "multipart/mixed; boundary=b")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	expect(t, "an attachment", attach("5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0001", "what was attached"), 200)
	stop(t, a)
	for _, name := range []string{"blobs", "packages"} {
		if _, err := os.Stat(filepath.Join(o.DataDir, name)); err == nil {
			t.Errorf("there is a folder %s", name)
		}
	}

	a = start(t, o)
	defer stop(t, a)
	link := do(t, a, "POST", "/api/v1/launches", `{"course":"`+course+`"}`, 201)["link"].(string)
	film := strings.Replace(link, "/launch/", "/content/", 1) + "/film.mp4"
	r, _ := http.NewRequestWithContext(t.Context(), "GET", film, nil)
	r.Header.Set("Range", "bytes=995-")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 10)
	n, _ := answer.Body.Read(part)
	answer.Body.Close()
	if answer.StatusCode != 206 || string(part[:n]) != "56789" {
		t.Errorf("a part of a film: %d %q", answer.StatusCode, part[:n])
	}
	if status, text := ask(t, a, "GET", "/xapi/statements?attachments=true", ""); status != 200 || !strings.Contains(text, "what was attached") {
		t.Errorf("the attachment: %d %s", status, text)
	}

	bucket.Close()
	expect(t, "an attachment while the store is away", attach("5f6a1d3e-3b0c-4a53-9c7c-0d6f2d1c0002", "another one"), 503)
	if answer, _ := visit(t, "GET", film, ""); answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" {
		t.Errorf("a film while the store is away: %d", answer.StatusCode)
	}
	if status, _ := ask(t, a, "GET", "/xapi/statements", ""); status != 200 {
		t.Errorf("statements while the store is away: %d", status)
	}
}
