package lrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lernspur/statements"

	"github.com/gorilla/mux"
)

// memoryBlobs keeps blobs in memory, SHA-256 only.
type memoryBlobs struct {
	mu   sync.Mutex
	kept map[string][]byte
	held map[string]int
}

func (b *memoryBlobs) Hold(_ context.Context, _ string, hashes []string) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range hashes {
		b.held[h]++
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, h := range hashes {
			if b.held[h]--; b.held[h] == 0 {
				delete(b.held, h)
			}
		}
	}, nil
}

func (b *memoryBlobs) Put(_ context.Context, _, hash string, r io.Reader, limit int64) (int64, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return 0, err
	}
	if int64(len(data)) > limit {
		return 0, ErrBlobTooLarge
	}
	if fmt.Sprintf("%x", sha256.Sum256(data)) != hash {
		return 0, ErrBlobMismatch
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept[hash] = data
	return int64(len(data)), nil
}

func (b *memoryBlobs) Open(_ context.Context, _, hash string) (io.ReadCloser, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.kept[hash]
	if !ok {
		return nil, 0, ErrNoBlob
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (b *memoryBlobs) Size(ctx context.Context, tenant, hash string) (int64, error) {
	_, size, err := b.Open(ctx, tenant, hash)
	return size, err
}

// FuzzMultipart sends anything as the body of a request in parts. Whatever it
// is: the answer is 200 or says what is wrong; statements are committed exactly
// when it is 200, while their blobs are held and all there; and nothing is held
// afterwards.
func FuzzMultipart(f *testing.F) {
	file := "here is a simple attachment"
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(file)))
	statement := strings.TrimSuffix(goodStatement, "}") + `,"attachments":[{"usageType":"http://example.org/u","display":{},"contentType":"text/plain","length":27,"sha2":"` + hash + `"}]}`
	head := "--b\r\nContent-Type: application/json\r\n\r\n"
	part := "\r\n--b\r\nContent-Type: text/plain\r\nX-Experience-API-Hash: " + hash + "\r\n\r\n" + file
	for _, seed := range []string{
		head + statement + part + "\r\n--b--\r\n", head + statement + part + part + "\r\n--b--", head + goodStatement + "\r\n--b--",
		"text\r\n" + head + "[" + statement + "," + goodStatement + "]" + part + "\r\n--b--\r\nmore", head + statement + "\r\n--b--", head + statement + part,
		strings.ReplaceAll(head+statement+part+"\r\n--b--\r\n", "\r\n", "\n"), "--b--", "", "\r\n--b\r\n\r\n\r\n--b--", head + statement + part + "\r\n--b",
		head + statement + strings.Replace(part, "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", 1) + "\r\n--b--",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		store := &memoryBlobs{kept: map[string][]byte{}, held: map[string]int{}}
		committed := 0
		d := &double{commit: func(_ context.Context, _ string, sts []*statements.Statement) error {
			committed += len(sts)
			for _, st := range sts {
				for _, at := range st.Attachments {
					if _, there := store.kept[at.SHA2]; !there && at.FileURL == "" {
						t.Errorf("committed without the bytes of %s", at.Pointer)
					}
					if store.held[at.SHA2] == 0 {
						t.Errorf("committed without holding the bytes of %s", at.Pointer)
					}
				}
			}
			return nil
		}}
		router := mux.NewRouter()
		New(Options{Writer: d, Reader: d, Blobs: store, Keys: testKeys{"all:secret": {"all"}}, MaxAttachment: 1000, MaxAttachments: 2000}).Register(router)
		r := httptest.NewRequest(http.MethodPost, "/xapi/statements", bytes.NewReader(body))
		r.SetBasicAuth("all", "secret")
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		r.Header.Set("Content-Type", "multipart/mixed; boundary=b")
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		switch w.Code {
		case 200:
			if n := strings.Count(w.Body.String(), `"`) / 2; n != committed {
				t.Errorf("%d ids of %d statements", n, committed)
			}
		case 400, 413:
			if committed > 0 || !strings.Contains(w.Body.String(), `"error"`) {
				t.Errorf("%d after %d statements: %s", w.Code, committed, w.Body)
			}
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if len(store.held) > 0 {
			t.Errorf("held for ever: %v", store.held)
		}
	})
}

// failing is a store of blobs whose errors a real one cannot be made to have.
type failing struct {
	memoryBlobs
	hold, put, size error
}

func (f *failing) Hold(ctx context.Context, tenant string, hashes []string) (func(), error) {
	if f.hold != nil {
		return nil, f.hold
	}
	return f.memoryBlobs.Hold(ctx, tenant, hashes)
}

func (f *failing) Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error) {
	if f.put != nil {
		return 0, f.put
	}
	return f.memoryBlobs.Put(ctx, tenant, hash, r, limit)
}

func (f *failing) Size(ctx context.Context, tenant, hash string) (int64, error) {
	if f.size != nil {
		return 0, f.size
	}
	return f.memoryBlobs.Size(ctx, tenant, hash)
}

// TestBlobsThatFail: no room is 503 and can be repeated, an inner fault is 500
// without its text, and nothing is committed after either.
func TestBlobsThatFail(t *testing.T) {
	file := "here is a simple attachment"
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(file)))
	body := "--b\r\nContent-Type: application/json\r\n\r\n" + strings.TrimSuffix(goodStatement, "}") +
		`,"attachments":[{"usageType":"http://example.org/u","display":{},"contentType":"text/plain","length":27,"sha2":"` + hash + `"}]}` +
		"\r\n--b\r\nX-Experience-API-Hash: " + hash + "\r\n\r\n" + file + "\r\n--b--\r\n"
	for name, tc := range map[string]struct {
		blobs  *failing
		status int
	}{
		"well":      {&failing{}, 200},
		"no room":   {&failing{put: &Busy{Reason: "there is no room"}}, 503},
		"a fault":   {&failing{put: errors.New("the disk burns")}, 500},
		"no holder": {&failing{hold: context.DeadlineExceeded}, 503},
		"the body":  {&failing{put: io.ErrUnexpectedEOF}, 400},
	} {
		tc.blobs.memoryBlobs = memoryBlobs{kept: map[string][]byte{}, held: map[string]int{}}
		w := newWorld(t, func(o *Options) { o.Blobs = tc.blobs })
		committed := false
		w.double.commit = func(context.Context, string, []*statements.Statement) error { committed = true; return nil }
		a := w.do("POST", "/xapi/statements", body, "Content-Type: multipart/mixed; boundary=b")
		if a.status != tc.status || committed != (tc.status == 200) || strings.Contains(a.body, "burns") {
			t.Errorf("%s: %d %s, committed: %v", name, a.status, a.body, committed)
		}
		if len(tc.blobs.held) > 0 {
			t.Errorf("%s: held for ever", name)
		}
	}
	w := newWorld(t, nil)
	if a := w.do("POST", "/xapi/statements", body, "Content-Type: multipart/mixed; boundary=b"); a.status != 400 {
		t.Errorf("where nothing can be attached: %d", a.status)
	}
}
