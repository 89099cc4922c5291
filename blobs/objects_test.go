package blobs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
)

// faultyLine is what lies between us and an S3-compatible store: at some requests
// something goes wrong.
type faultyLine struct {
	next  http.Handler
	asked atomic.Int64
	// fault is asked with the number of each request, from 1.
	fault atomic.Pointer[func(n int64) string]
}

func (l *faultyLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what := ""
	if f := l.fault.Load(); f != nil {
		what = (*f)(l.asked.Add(1))
	}
	switch what {
	case "lost": // nobody heard of it
		panic(http.ErrAbortHandler)
	case "unanswered": // it was done, and nobody knows
		l.next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case "busy":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "full":
		w.WriteHeader(http.StatusInsufficientStorage)
	case "forbidden":
		w.WriteHeader(http.StatusForbidden)
	case "cut":
		answer := httptest.NewRecorder()
		l.next.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		panic(http.ErrAbortHandler)
	default:
		l.next.ServeHTTP(w, r)
	}
}

// unsigned takes the signatures out of bodies that have some between their pieces:
// gofakes3 does that for whole objects, and forgets it for parts.
func unsigned(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			next.ServeHTTP(w, r)
			return
		}
		var plain bytes.Buffer
		for in := bufio.NewReader(r.Body); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				break // the client has left
			}
			digits, _, _ := strings.Cut(line, ";")
			n, err := strconv.ParseInt(digits, 16, 64)
			if err != nil || n == 0 {
				break
			}
			_, _ = io.CopyN(&plain, in, n)
			_, _ = in.Discard(len("\r\n"))
		}
		r.Body, r.ContentLength = io.NopCloser(&plain), int64(plain.Len())
		r.Header.Set("Content-Length", strconv.Itoa(plain.Len()))
		for _, name := range []string{"X-Amz-Content-Sha256", "X-Amz-Decoded-Content-Length", "Content-Encoding"} {
			r.Header.Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

func init() { minio.DefaultRetryUnit, minio.DefaultRetryCap = 5*time.Millisecond, 20*time.Millisecond }

// set lets something go wrong from now on; nil: nothing.
func (l *faultyLine) set(fault func(n int64) string) {
	l.asked.Store(0)
	l.fault.Store(&fault)
	if fault == nil {
		l.fault.Store(nil)
	}
}

// objects is a store in a bucket of an S3-compatible server behind a line: that of
// LERNSPUR_TEST_S3 (http://key:secret@host:port/bucket) or one in this process.
func objects(t testing.TB) (*Objects, *faultyLine) {
	t.Helper()
	line := &faultyLine{}
	b := Bucket{Region: "us-east-1", Name: "bucket", Prefix: fmt.Sprint("test-", time.Now().UnixNano()), AccessKey: "key", SecretKey: "secret",
		PathStyle: true, Spool: filepath.Join(t.TempDir(), "spool"), Patience: 5 * time.Second}
	if address := os.Getenv("LERNSPUR_TEST_S3"); address != "" {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		b.Name, b.AccessKey = u.Path[1:], u.User.Username()
		b.SecretKey, _ = u.User.Password()
		// The name of the host is signed: it stays that of the line.
		line.next = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = u.Scheme, u.Host
		}}
	} else {
		backend := s3mem.New()
		if err := backend.CreateBucket(b.Name); err != nil {
			t.Fatal(err)
		}
		line.next = unsigned(gofakes3.New(backend).Server())
	}
	server := httptest.NewServer(line)
	t.Cleanup(server.Close)
	b.Endpoint = server.URL
	o, err := OpenObjects(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	o.partSize, o.pause = 5<<20, 5*time.Millisecond
	return o, line
}

// large is a blob that goes in two parts: five requests, with the question whether it
// is there.
func large() []byte { return noise(5<<20 + 100) }

func TestObjectsComeBack(t *testing.T) {
	o, _ := objects(t)
	for _, size := range []int{0, 1, inMemory - 1, inMemory, inMemory + 1, 11 << 20} {
		b := noise(size)
		n, err := o.Put(ctx, "town", hashOf(b), iotest.HalfReader(bytes.NewReader(b)), int64(size))
		if err != nil || n != int64(size) {
			t.Fatalf("%d: %d %v", size, n, err)
		}
		if !bytes.Equal(read(t, o, "town", hashOf(b)), b) {
			t.Fatalf("%d: other bytes came back", size)
		}
		if err := Check(ctx, o, "town", hashOf(b)); err != nil {
			t.Error(err)
		}
		if _, _, err := o.Open(ctx, "Town", hashOf(b)); !errors.Is(err, ErrNotFound) {
			t.Errorf("another tenant: %v", err)
		}
	}
	b := noise(inMemory + 1)
	r, _, err := o.Open(ctx, "town", hashOf(b))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	part := make([]byte, 100)
	if _, err := r.(io.Seeker).Seek(inMemory-50, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(r, part); n != 51 || !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.Equal(part[:n], b[inMemory-50:]) {
		t.Errorf("a part: %d bytes, %v", n, err)
	}
	if left, _ := os.ReadDir(o.spool); len(left) > 0 {
		t.Errorf("on the local disk there is still %v", left)
	}
}

func TestObjectsRefuse(t *testing.T) {
	o, _ := objects(t)
	for _, size := range []int{10, inMemory + 10} {
		b, other := noise(size), hashOf([]byte("x"))
		broken := errors.New("the line broke")
		for name, test := range map[string]struct {
			hash  Hash
			r     io.Reader
			limit int64
			want  error
		}{
			"another hash": {other, bytes.NewReader(b), 1 << 30, ErrMismatch},
			"too large":    {hashOf(b), bytes.NewReader(b), int64(size) - 1, ErrTooLarge},
			"cut":          {hashOf(b), io.MultiReader(bytes.NewReader(b[:size-1]), iotest.ErrReader(broken)), 1 << 30, broken},
		} {
			if _, err := o.Put(ctx, "town", test.hash, test.r, test.limit); !errors.Is(err, test.want) {
				t.Errorf("%s, %d bytes: %v", name, size, err)
			}
			if _, err := o.Stat(ctx, "town", test.hash); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s, %d bytes, left something: %v", name, size, err)
			}
		}
	}
	if _, err := o.Put(ctx, "town", "nothing", bytes.NewReader(nil), 1); err == nil {
		t.Error("a name that is no hash")
	}
}

func TestObjectsListAndRemove(t *testing.T) {
	o, _ := objects(t)
	before := time.Now().Add(-2 * time.Second)
	for i := range 5 {
		for _, tenant := range []string{"town", "town2", "Stadt Köln"} {
			b := append(noise(i), tenant...)
			if _, err := o.Put(ctx, tenant, hashOf(b), bytes.NewReader(b), 1<<20); err != nil {
				t.Fatal(err)
			}
		}
	}
	found := map[Hash]Info{}
	if err := o.List(ctx, "town", func(h Hash, i Info) bool { found[h] = i; return true }); err != nil || len(found) != 5 {
		t.Fatalf("%v %v", found, err)
	}
	for h, i := range found {
		if i.Time.Before(before) || i.Size < 4 {
			t.Errorf("%s: %+v", h, i)
		}
		if err := errors.Join(o.Remove(ctx, "town", h), o.Remove(ctx, "town", h)); err != nil {
			t.Error(err)
		}
		if _, err := o.Stat(ctx, "town", h); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	n := 0
	if err := o.List(ctx, "Stadt Köln", func(Hash, Info) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("a list that is left: %d %v", n, err)
	}
}

// TestObjectsAreYoungAgain: a Put of what is there counts as a new one.
func TestObjectsAreYoungAgain(t *testing.T) {
	o, _ := objects(t)
	small, big := noise(10), noise(inMemory+10)
	times := map[Hash]time.Time{}
	for range 2 {
		for _, b := range [][]byte{small, big} {
			if _, err := o.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 1<<20); err != nil {
				t.Fatal(err)
			}
			info, err := o.Stat(ctx, "town", hashOf(b))
			if err != nil {
				t.Fatal(err)
			}
			if before, again := times[hashOf(b)]; again && !info.Time.After(before) {
				t.Errorf("%d bytes are from %s, as before", len(b), info.Time)
			}
			times[hashOf(b)] = info.Time
			if !bytes.Equal(read(t, o, "town", hashOf(b)), b) {
				t.Error("other bytes came back")
			}
		}
		time.Sleep(1100 * time.Millisecond) // the store's time has seconds
	}
}

func TestObjectsFromManyWriters(t *testing.T) {
	o, _ := objects(t)
	b := noise(inMemory + 1)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := o.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 1<<20); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if !bytes.Equal(read(t, o, "town", hashOf(b)), b) {
		t.Error("other bytes came back")
	}
}

// TestObjectsAfterOneFault lets each request of a Put go wrong once, both ways: it
// is sent again, and nobody notices.
func TestObjectsAfterOneFault(t *testing.T) {
	for _, what := range []string{"lost", "unanswered", "busy"} {
		for kind, b := range map[string][]byte{"small": noise(100), "large": large()} {
			t.Run(what+"/"+kind, func(t *testing.T) {
				t.Parallel()
				o, line := objects(t)
				line.set(func(int64) string { return "" })
				if _, err := o.Put(ctx, "count", hashOf(b), bytes.NewReader(b), 1<<30); err != nil {
					t.Fatal(err)
				}
				for at := range line.asked.Load() {
					tenant := fmt.Sprint("town", at)
					line.set(func(n int64) string {
						if n == at+1 {
							return what
						}
						return ""
					})
					if _, err := o.Put(ctx, tenant, hashOf(b), bytes.NewReader(b), 1<<30); err != nil {
						t.Errorf("request %d: %v", at+1, err)
					}
					line.set(nil)
					if !bytes.Equal(read(t, o, tenant, hashOf(b)), b) {
						t.Errorf("request %d: other bytes came back", at+1)
					}
				}
			})
		}
	}
}

// TestObjectsWhileTheStoreIsAway lets everything go wrong from some request on:
// then the blob is whole or not there, and the next Put makes it be there.
func TestObjectsWhileTheStoreIsAway(t *testing.T) {
	for what, want := range map[string]error{"lost": ErrAway, "unanswered": ErrAway, "busy": ErrAway, "full": ErrFull, "forbidden": nil} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			o, line := objects(t)
			b := large()
			for from := int64(1); from <= 5; from += 2 {
				tenant := fmt.Sprint("town", from)
				line.set(func(n int64) string {
					if n >= from {
						return what
					}
					return ""
				})
				_, err := o.Put(ctx, tenant, hashOf(b), bytes.NewReader(b), 1<<30)
				if err == nil || want != nil && !errors.Is(err, want) || want == nil && (errors.Is(err, ErrAway) || errors.Is(err, ErrFull)) {
					t.Errorf("from request %d on: %v", from, err)
				}
				if _, err := o.Stat(ctx, tenant, hashOf(b)); want != ErrFull && (err == nil || want != nil && !errors.Is(err, want)) {
					t.Errorf("Stat meanwhile: %v", err)
				}
				line.set(nil)
				if err := Check(ctx, o, tenant, hashOf(b)); err != nil && !errors.Is(err, ErrNotFound) {
					t.Errorf("half a blob: %v", err)
				}
				if _, err := o.Put(ctx, tenant, hashOf(b), bytes.NewReader(b), 1<<30); err != nil {
					t.Errorf("the next Put: %v", err)
				}
				if err := Check(ctx, o, tenant, hashOf(b)); err != nil {
					t.Errorf("after the next Put: %v", err)
				}
			}
			if left, _ := os.ReadDir(o.spool); len(left) > 0 {
				t.Errorf("on the local disk there is still %v", left)
			}
		})
	}
}

// TestObjectsStoreThatTakesNothing: a store that reads no more of what is sent holds
// nobody up for longer than its patience.
func TestObjectsStoreThatTakesNothing(t *testing.T) {
	deaf := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			<-deaf
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(deaf) })
	o, err := OpenObjects(ctx, Bucket{Endpoint: server.URL, Region: "us-east-1", Name: "bucket", AccessKey: "key", SecretKey: "secret",
		PathStyle: true, Spool: filepath.Join(t.TempDir(), "spool"), Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	o.pause, o.partSize = 5*time.Millisecond, 64<<20 // more than the buffers of a connection have
	b := noise(48 << 20)
	within, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if _, err := o.Put(within, "town", hashOf(b), bytes.NewReader(b), 1<<30); !errors.Is(err, ErrAway) || within.Err() != nil {
		t.Errorf("%v, %v", err, within.Err())
	}
}

// TestObjectsCutWhileRead: half a blob is never taken for a whole one.
func TestObjectsCutWhileRead(t *testing.T) {
	o, line := objects(t)
	b := large()
	if _, err := o.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 1<<30); err != nil {
		t.Fatal(err)
	}
	line.set(func(int64) string { return "cut" })
	r, _, err := o.Open(ctx, "town", hashOf(b))
	if err != nil {
		return // told at once
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err == nil {
		t.Errorf("%d bytes of %d came without an error", len(got), len(b))
	}
}

func TestOpenObjectsSaysWhatIsWrong(t *testing.T) {
	o, line := objects(t)
	server := httptest.NewServer(line)
	defer server.Close()
	spool := filepath.Join(t.TempDir(), "spool")
	for name, b := range map[string]Bucket{
		"no address":           {Endpoint: "s3.example.org", Name: "bucket"},
		"an address with more": {Endpoint: "https://s3.example.org/bucket", Name: "bucket"},
		"no such bucket":       {Endpoint: server.URL, Name: "nothing-here", AccessKey: "key", SecretKey: "secret", Region: "us-east-1", PathStyle: true},
	} {
		b.Spool = spool
		if _, err := OpenObjects(ctx, b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_ = o
}
