package lrs_test

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"
)

// largeFile is the size of the attachment of the test, and affordable what it may
// cost in memory: client, server and everything in between are in this process.
const (
	largeFile  = 200 << 20
	affordable = 32 << 20
)

// stuff makes bytes as they are read: noise, or a text that can be compressed.
type stuff struct {
	source *rand.ChaCha8
	line   []byte
	left   int
}

func newStuff(text bool) *stuff {
	s := &stuff{source: rand.NewChaCha8([32]byte{7}), left: largeFile}
	if text {
		s.line = []byte("here is a simple attachment of many lines; ")
	}
	return s
}

func (s *stuff) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), s.left)]
	if s.line == nil {
		_, _ = s.source.Read(p)
	} else {
		for i := range p {
			p[i] = s.line[(largeFile-s.left+i)%len(s.line)]
		}
	}
	s.left -= len(p)
	return len(p), nil
}

// memory is what the Go runtime has of the system's memory.
func memory() uint64 {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(m)
	return m[0].Value.Uint64() - m[1].Value.Uint64()
}

// peak runs something and answers by how much memory rose meanwhile.
func peak(run func()) int64 {
	debug.FreeOSMemory() // or what is free already would hide what is taken
	before := memory()
	most := before
	stop := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				most = max(most, memory())
			}
		}
	})
	run()
	close(stop)
	watcher.Wait()
	return int64(most) - int64(before)
}

// TestLargeAttachmentCostsLittle sends 200 MiB and reads them again, measures the
// memory, and compares the bytes.
func TestLargeAttachmentCostsLittle(t *testing.T) {
	_, c := start(t)
	c.post(said("ada", "did", "warm"))
	for name, text := range map[string]bool{"noise": false, "text": true} {
		sum := sha256.New()
		_, _ = io.Copy(sum, newStuff(text))
		h := fmt.Sprintf("%x", sum.Sum(nil))
		st := said("ada", "did", "it", with(attached(nil, m{"length": largeFile, "sha2": h})))
		head := strings.TrimSuffix(string(inParts(jsonPart(c.encode(st)), part{[]string{"Content-Type: text/plain", hashHeader + ": " + h}, nil})), "\r\n--"+edge+"--\r\n")
		tail := "\r\n--" + edge + "--\r\n"
		up := peak(func() {
			status, body := c.stream("POST", "/statements", io.MultiReader(strings.NewReader(head), newStuff(text), strings.NewReader(tail)), int64(len(head)+largeFile+len(tail)))
			if status != 200 {
				t.Fatalf("%d %s", status, body)
			}
		})
		again := sha256.New()
		down := peak(func() { c.download("/statements?attachments=true&statementId="+id(st), again) })
		if fmt.Sprintf("%x", again.Sum(nil)) != h {
			t.Errorf("%s: other bytes came back", name)
		}
		t.Logf("%s: %.1f MiB on the way in, %.1f MiB on the way out", name, float64(up)/(1<<20), float64(down)/(1<<20))
		if up >= affordable || down >= affordable {
			t.Errorf("%s: that is too much", name)
		}
	}
}

// download hashes the first attachment of an answer.
func (c *client) download(path string, into hash.Hash) {
	c.Helper()
	r, err := http.NewRequest("GET", c.endpoint+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", c.version)
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	_, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		c.Fatal(err)
	}
	in := multipart.NewReader(res.Body, params["boundary"])
	for n := range 2 {
		p, err := in.NextRawPart()
		if err != nil {
			c.Fatal(err)
		}
		if n == 1 {
			if _, err := io.Copy(into, p); err != nil {
				c.Fatal(err)
			}
		}
	}
	if _, err := in.NextRawPart(); err != io.EOF {
		c.Error("something follows the attachment:", err)
	}
}
