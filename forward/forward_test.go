package forward

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"lernspur/delivery"
	"lernspur/delivery/deliverytest"
	"lernspur/documents"
)

// feed is what was stored: statements with stored 1, 2, 3, …
type feed struct {
	mu   sync.Mutex
	list []Statement
	asks int // of Next
	most int // statements answered at one time
}

func (f *feed) Watermark() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) == 0 {
		return 0
	}
	return f.list[len(f.list)-1].Stored
}

func (f *feed) Next(_ context.Context, _ string, filter Filter, low, upto int64, n int) (list []Statement, reached int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks++
	for _, st := range f.list {
		if st.Stored <= low || st.Stored > upto || len(filter.Verbs) > 0 && !strings.Contains(string(st.Raw), filter.Verbs[0]) {
			continue
		}
		if list = append(list, st); len(list) == n {
			f.most = max(f.most, n)
			return list, st.Stored, nil
		}
	}
	f.most = max(f.most, len(list))
	return list, upto, nil
}

func (f *feed) Count(_ context.Context, _ string, _ Filter, low, upto int64) (n int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, st := range f.list {
		if st.Stored > low && st.Stored <= upto {
			n++
		}
	}
	return n, nil
}

// highest is how many statements were answered at one time.
func (f *feed) highest() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.most
}

// store adds n statements.
func (f *feed) store(n int, more ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.add("1.0.0", strings.Join(more, ""))
	}
}

func (f *feed) add(version, more string) {
	stored := int64(1)
	if k := len(f.list); k > 0 {
		stored = f.list[k-1].Stored + 1
	}
	id := uuid.NewSHA1(uuid.Nil, []byte(fmt.Sprint("statement", stored)))
	raw := fmt.Sprintf(`{"id":"%s","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/experienced"},"object":{"id":"https://example.org/%d"},`+
		`"stored":"2026-01-31T12:00:00.000000Z","timestamp":"2026-01-31T12:00:00Z","version":"%s","authority":{"mbox":"mailto:lrs@example.org"}%s}`, id, stored, version, more)
	f.list = append(f.list, Statement{id, stored, version, []byte(raw)})
}

// other is another store, as far as statements go.
type other struct {
	mu       sync.Mutex
	has      map[string]json.RawMessage
	order    []string // of first arrival
	requests int
	batches  [][]string
	versions []string
	bodies   []string
	// before answers in place of the store, when it answers something.
	before func(r *http.Request, n int) (*http.Response, error)
	// after may change a success.
	after func(ids []string) (*http.Response, error)
	bad   map[string]bool // ids that are refused
}

func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// asked is how many requests came.
func (o *other) asked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.requests
}

func (o *other) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	o.requests++
	before, n := o.before, o.requests
	o.mu.Unlock()
	if user, password, _ := r.BasicAuth(); user != "key" || password != "geheim" {
		return answer(401, "{}"), nil
	}
	if before != nil {
		if a, err := before(r, n); a != nil || err != nil {
			return a, err
		}
	}
	if r.Method == http.MethodGet {
		o.mu.Lock()
		defer o.mu.Unlock()
		if st := o.has[r.URL.Query().Get("statementId")]; st != nil {
			return answer(200, string(st)), nil
		}
		return answer(404, "{}"), nil
	}
	return o.take(r)
}

func (o *other) take(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != r.ContentLength {
		return nil, fmt.Errorf("%d bytes, %d were announced", len(body), r.ContentLength)
	}
	text := body
	if kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/mixed" {
		part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
		if err != nil {
			return nil, err
		}
		if text, err = io.ReadAll(part); err != nil {
			return nil, err
		}
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return answer(400, "no JSON"), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var ids []string
	for _, st := range list {
		var s struct{ ID string }
		if err := json.Unmarshal(st, &s); err != nil {
			return nil, err
		}
		if ids = append(ids, s.ID); o.bad[s.ID] {
			return answer(400, `{"error":"a bad statement"}`), nil
		}
	}
	for i, id := range ids {
		if known := o.has[id]; known != nil {
			if !bytes.Equal(known, list[i]) {
				return answer(409, `{"error":"conflict"}`), nil
			}
			continue
		}
		o.has[id] = list[i]
		o.order = append(o.order, id)
	}
	o.batches, o.versions, o.bodies = append(o.batches, ids), append(o.versions, r.Header.Get("X-Experience-API-Version")), append(o.bodies, string(body))
	if o.after != nil {
		if a, err := o.after(ids); a != nil || err != nil {
			return a, err
		}
	}
	text, err = json.Marshal(ids)
	return answer(200, string(text)), err
}

func (o *other) behave(before func(r *http.Request, n int) (*http.Response, error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.before = before
}

// ground is a test's surroundings, which outlive the service.
type ground struct {
	t       *testing.T
	records *deliverytest.Memory
	feed    *feed
	other   *other
	sealer  *delivery.Sealer
	opts    Options
	*Service
}

func newGround(t *testing.T) *ground {
	sealer, err := delivery.NewSealer(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{t: t, records: deliverytest.New(), feed: &feed{}, sealer: sealer, other: &other{has: map[string]json.RawMessage{}, bad: map[string]bool{}}}
	g.opts = Options{Records: g.records, Feed: g.feed, Sealer: sealer, Attachments: files{}, Node: "me",
		Client: delivery.NewClient(delivery.ClientOptions{Transport: g.other}), Own: func() []string { return []string{"https://me.example"} }}
	return g
}

// start starts the service anew, as a process does.
func (g *ground) start() {
	g.Service = New(g.opts)
	if err := g.Service.Start(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(g.Service.Stop)
}

func ptr[T any](v T) *T { return &v }

func (g *ground) target(beginning bool, filter Filter) string {
	g.t.Helper()
	target, err := g.Add(g.t.Context(), "town", Edit{URL: ptr("https://other.example/xapi"), Key: ptr("key"), Secret: ptr("geheim"), Filter: &filter}, beginning)
	if err != nil {
		g.t.Fatal(err)
	}
	return target.ID
}

// complete fails unless the other side has everything, in order.
func (g *ground) complete(except ...string) {
	g.t.Helper()
	g.other.mu.Lock()
	defer g.other.mu.Unlock()
	var want []string
	for _, st := range g.feed.list {
		if id := st.ID.String(); !slices.Contains(except, id) {
			want = append(want, id)
		}
	}
	if !slices.Equal(g.other.order, want) {
		g.t.Errorf("the other side has %d statements, in order: %v; want %d", len(g.other.order), slices.IsSortedFunc(g.other.order, func(a, b string) int {
			return slices.Index(want, a) - slices.Index(want, b)
		}), len(want))
	}
}

func (g *ground) state(id string) Status {
	g.t.Helper()
	st, err := g.Status(g.t.Context(), "town", id)
	if err != nil {
		g.t.Fatal(err)
	}
	return st
}

// pass lets time pass, and everything come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// bubble runs a test with a clock of its own.
func bubble(t *testing.T, test func(t *testing.T, g *ground)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGround(t)
		test(t, g)
		g.Stop()
	})
}

func TestForwards(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(1000)
		g.start()
		id := g.target(true, Filter{})
		pass(time.Minute)
		g.complete()
		st := g.state(id)
		if st.State != StateCurrent || st.Delivered != 1000 || st.Lag != 0 || st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
		for _, b := range g.other.batches {
			if len(b) > 200 {
				t.Errorf("a batch of %d", len(b))
			}
		}
		if g.other.versions[0] != "1.0.3" {
			t.Errorf("under version %s", g.other.versions[0])
		}
		// Nothing is written while there is nothing to do.
		steps := g.records.Steps
		pass(time.Hour)
		if g.records.Steps != steps {
			t.Errorf("%d records in an hour without statements", g.records.Steps-steps)
		}
		g.feed.store(3)
		pass(2 * time.Second)
		g.complete()
		for _, text := range g.records.Texts(documents.ForwardTarget) {
			if strings.Contains(text, "geheim") {
				t.Error("the secret is kept in the clear")
			}
		}
	})
}

func TestFromNow(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(10)
		g.start()
		g.target(false, Filter{})
		g.feed.store(5)
		pass(time.Minute)
		if len(g.other.order) != 5 || g.other.order[0] != g.feed.list[10].ID.String() {
			t.Errorf("%d statements", len(g.other.order))
		}
	})
}

// TestAnHourAway: the other side cannot be reached for an hour, while statements go
// on being stored.
func TestAnHourAway(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.start()
		id := g.target(true, Filter{})
		g.other.behave(func(*http.Request, int) (*http.Response, error) { return nil, errors.New("connection refused") })
		for range 60 {
			g.feed.store(50)
			pass(time.Minute)
		}
		st := g.state(id)
		if st.State != StateFailing || st.Problem == "" || st.Failures == 0 || st.Waiting != 3000 || st.Lag < 50*time.Minute && st.Lag != 0 {
			t.Errorf("%+v", st)
		}
		if n := g.other.asked(); n < 12 || n > 60 {
			t.Errorf("%d tries in an hour", n)
		}
		if n := g.feed.highest(); n > 200 {
			t.Errorf("%d statements in memory", n)
		}
		g.other.behave(nil)
		pass(6 * time.Minute)
		g.complete()
		if st := g.state(id); st.State != StateCurrent || st.Problem != "" {
			t.Errorf("%+v", st)
		}
	})
}

// TestHangs: the other side answers nothing at all. Little is in memory, and who
// looks waits for nothing.
func TestHangs(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(100_000)
		g.start()
		id := g.target(true, Filter{})
		hang := func(r *http.Request, _ int) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		g.other.behave(hang)
		pass(10 * time.Minute)
		if st := g.state(id); st.State != StateFailing || !strings.Contains(st.Problem, "no answer in time") {
			t.Errorf("%+v", st)
		}
		g.feed.mu.Lock()
		if g.feed.most > 200 || g.feed.asks > 30 {
			t.Errorf("%d statements at one time, read %d times", g.feed.most, g.feed.asks)
		}
		g.feed.mu.Unlock()
		// It can be paused and removed meanwhile.
		if _, err := g.Edit(t.Context(), "town", id, Edit{Paused: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		if err := g.Remove(t.Context(), "town", id); err != nil {
			t.Fatal(err)
		}
		if n := g.records.Count(documents.ForwardProgress, "") + g.records.Count(documents.ForwardTarget, ""); n != 0 {
			t.Errorf("%d records are left", n)
		}
	})
}

// TestHalfAnAnswer: an answer that ends early, one that names half of the
// statements, and one of something that is no store.
func TestHalfAnAnswer(t *testing.T) {
	for name, after := range map[string]func(ids []string) (*http.Response, error){
		"cut off": func([]string) (*http.Response, error) {
			a := answer(200, "")
			a.Body = io.NopCloser(io.MultiReader(strings.NewReader(`["`), broken{}))
			return a, nil
		},
		"half of the ids": func(ids []string) (*http.Response, error) {
			text, err := json.Marshal(ids[:(len(ids)+1)/2])
			return answer(200, string(text)), err
		},
		"no list":         func([]string) (*http.Response, error) { return answer(200, "<html>sign in</html>"), nil },
		"no content":      func([]string) (*http.Response, error) { return answer(204, ""), nil },
		"lost after it":   func([]string) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"busy after it":   func([]string) (*http.Response, error) { return answer(503, "", "Retry-After", "20"), nil },
		"denied after it": func([]string) (*http.Response, error) { return answer(403, ""), nil },
		"moved": func([]string) (*http.Response, error) {
			return answer(307, "", "Location", "https://evil.example/"), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, g *ground) {
				g.feed.store(500)
				n := 0
				g.other.after = func(ids []string) (*http.Response, error) {
					if n++; n%3 != 0 {
						return after(ids)
					}
					return nil, nil
				}
				g.start()
				id := g.target(true, Filter{})
				pass(time.Hour)
				g.complete()
				if st := g.state(id); st.Delivered != 500 || st.Aside != 0 {
					t.Errorf("%+v", st)
				}
			})
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestRetryAfter: who says when is not asked before.
func TestRetryAfter(t *testing.T) {
	for _, status := range []int{429, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			bubble(t, func(t *testing.T, g *ground) {
				g.feed.store(10)
				g.start()
				g.other.behave(func(_ *http.Request, n int) (*http.Response, error) {
					if n == 1 {
						return answer(status, "", "Retry-After", "1800"), nil
					}
					return nil, nil
				})
				id := g.target(true, Filter{})
				pass(29 * time.Minute)
				if g.other.asked() != 1 || g.state(id).NextTry.IsZero() {
					t.Errorf("asked %d times", g.other.asked())
				}
				pass(2 * time.Minute)
				g.complete()
			})
		})
	}
}

// TestRefusedForGood: of a batch only those are set aside that the other side does
// not take; they can be sent again.
func TestRefusedForGood(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(400)
		var bad []string
		for _, i := range []int{0, 77, 78, 199, 350} {
			bad = append(bad, g.feed.list[i].ID.String())
			g.other.bad[g.feed.list[i].ID.String()] = true
		}
		g.start()
		id := g.target(true, Filter{})
		pass(time.Minute)
		g.complete(bad...)
		list, next, err := g.Asides(t.Context(), "town", id, "", 3)
		if err != nil || len(list) != 3 || next == "" {
			t.Fatalf("%+v, %q, %v", list, next, err)
		}
		rest, last, err := g.Asides(t.Context(), "town", id, next, 3)
		if err != nil || len(rest) != 2 || last != "" {
			t.Fatalf("%+v, %q, %v", rest, last, err)
		}
		for i, a := range append(list, rest...) {
			if a.Statement != bad[i] || a.Status != 400 || !strings.Contains(a.Reason, "a bad statement") {
				t.Errorf("%d: %+v", i, a)
			}
		}
		if n := g.other.asked(); n > 120 {
			t.Errorf("%d requests to find 5 of 400", n)
		}
		// One is right now, the others are not.
		delete(g.other.bad, bad[1])
		if err := g.Retry("town", id); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if st := g.state(id); st.Aside != 4 || st.Delivered != 396 || st.State != StateCurrent {
			t.Errorf("%+v", st)
		}
		if list, _, err := g.Asides(t.Context(), "town", id, "", 10); err != nil || len(list) != 4 || list[1].Tries != 2 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestHalts: where everything is refused, something else is wrong, and nothing more
// is set aside until somebody has looked.
func TestHalts(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(1000)
		g.other.behave(func(*http.Request, int) (*http.Response, error) { return answer(400, "wrong version"), nil })
		g.start()
		id := g.target(true, Filter{})
		pass(time.Hour)
		st := g.state(id)
		if st.State != StateHalted || st.Aside != 100 || !strings.Contains(st.Problem, "wrong version") {
			t.Errorf("%+v", st)
		}
		g.other.behave(nil)
		g.Stop()
		g.start()
		pass(time.Minute)
		if st := g.state(id); st.State != StateHalted {
			t.Errorf("after a restart: %+v", st)
		}
		if _, err := g.Resume(t.Context(), "town", id); err != nil {
			t.Fatal(err)
		}
		if err := g.Retry("town", id); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if st := g.state(id); st.State != StateCurrent || st.Aside != 0 || st.Delivered != 1000 || len(g.other.order) != 1000 {
			t.Errorf("%+v", st)
		}
	})
}

// TestConflict: what the other side has with the same content is delivered, what it
// has with another content is set aside.
func TestConflict(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.feed.store(20)
		same, another := g.feed.list[3], g.feed.list[12]
		// Another store adds what it must, and writes it its own way.
		g.other.has[same.ID.String()] = json.RawMessage(strings.Replace(strings.Replace(string(same.Raw), "mailto:lrs@example.org", "mailto:theirs@example.org", 1), "12:00:00.000000Z", "13:00:00.123Z", 1))
		g.other.has[another.ID.String()] = json.RawMessage(strings.Replace(string(another.Raw), "experienced", "completed", 1))
		g.start()
		id := g.target(true, Filter{})
		pass(time.Minute)
		list, _, err := g.Asides(t.Context(), "town", id, "", 10)
		if err != nil || len(list) != 1 || list[0].Statement != another.ID.String() || list[0].Status != 409 {
			t.Errorf("%+v, %v", list, err)
		}
		if st := g.state(id); st.Delivered != 19 || len(g.other.has) != 20 {
			t.Errorf("%+v", st)
		}
	})
}

// TestKilledBetweenSendAndCursor: a process dies after the other side has taken a
// batch and before that is noted, again and again.
func TestKilledBetweenSendAndCursor(t *testing.T) {
	for _, noted := range []bool{false, true} {
		t.Run(fmt.Sprint("noted ", noted), func(t *testing.T) {
			bubble(t, func(t *testing.T, g *ground) {
				g.feed.store(900)
				bad := g.feed.list[450].ID.String()
				g.other.bad[bad] = true
				g.start()
				id := g.target(true, Filter{})
				for range 8 {
					fault := func(shelf documents.Shelf, _ []*documents.Document) error {
						if shelf.Kind == documents.ForwardProgress {
							return deliverytest.ErrFault
						}
						return nil
					}
					if noted { // it is, but nobody hears of it
						g.records.Faults(nil, fault)
					} else {
						g.records.Faults(fault, nil)
					}
					pass(3 * time.Second)
					g.Stop()
					g.records.Faults(nil, nil)
					g.start()
					pass(700 * time.Millisecond)
				}
				pass(time.Minute)
				g.complete(bad)
				list, _, err := g.Asides(t.Context(), "town", id, "", 10)
				if st := g.state(id); err != nil || len(list) != 1 || st.Aside != 1 || st.State != StateCurrent {
					t.Errorf("%+v, %+v, %v", list, st, err)
				}
			})
		})
	}
}

// TestEditions: a statement of 2.0 is refused under 1.0, so a batch has those of
// one edition; and a batch has so many bytes.
func TestEditions(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.opts.Bytes = 2000
		for i := range 40 {
			g.feed.add([]string{"1.0.0", "1.0.3", "2.0.0"}[i/5%3], "")
		}
		g.start()
		g.target(true, Filter{})
		pass(time.Minute)
		g.complete()
		for i, ids := range g.other.batches {
			if len(g.other.bodies[i]) > 2100 {
				t.Errorf("a body of %d bytes", len(g.other.bodies[i]))
			}
			if two := strings.Contains(g.other.bodies[i], `"version":"2.0.0"`); two != (g.other.versions[i] == "2.0.0") || two && strings.Contains(g.other.bodies[i], `"version":"1.`) {
				t.Errorf("%d statements under %s", len(ids), g.other.versions[i])
			}
		}
	})
}

// files are attachments: "aa…" is there, "bb…" is not.
type files struct{}

var hereHash, goneHash = strings.Repeat("a", 64), strings.Repeat("b", 64)

func (files) Size(_ context.Context, _, hash string) (int64, error) {
	if hash != hereHash {
		return 0, ErrNoAttachment
	}
	return 5, nil
}

func (files) Open(_ context.Context, _, hash string) (io.ReadCloser, int64, error) {
	return io.NopCloser(strings.NewReader("\r\n--a")), 5, nil
}

func TestAttachments(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		attached := func(hash, more string) string {
			return fmt.Sprintf(`,"attachments":[{"usageType":"https://example.org/use","display":{"en":"a"},"contentType":"text/plain","length":5,"sha2":"%s"%s}]`, hash, more)
		}
		g.feed.add("1.0.0", "")
		g.feed.add("1.0.0", attached(hereHash, ""))
		g.feed.add("1.0.0", attached(hereHash, ""))
		g.feed.add("1.0.0", attached(goneHash, `,"fileUrl":"https://example.org/file"`))
		g.feed.add("1.0.0", attached(goneHash, ""))
		g.feed.add("1.0.0", "")
		g.start()
		id := g.target(true, Filter{})
		pass(time.Minute)
		g.complete(g.feed.list[4].ID.String())
		body := g.other.bodies[0]
		if strings.Count(body, "X-Experience-API-Hash: "+hereHash) != 1 || strings.Contains(body, "X-Experience-API-Hash: "+goneHash) || strings.Count(body, "Content-Transfer-Encoding: binary\r\n") != 1 ||
			!strings.Contains(body, "\r\n\r\n\r\n--a\r\n--") {
			t.Errorf("the body is %q", body)
		}
		if list, _, err := g.Asides(t.Context(), "town", id, "", 10); err != nil || len(list) != 1 || !strings.Contains(list[0].Reason, "attachment") || list[0].Status != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestTargets(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.start()
		for name, e := range map[string]Edit{
			"url":    {URL: ptr("nowhere"), Key: ptr("k"), Secret: ptr("s")},
			"key":    {URL: ptr("https://other.example"), Key: ptr("a:b"), Secret: ptr("s")},
			"secret": {URL: ptr("https://other.example"), Key: ptr("k")},
			"verbs":  {URL: ptr("https://other.example"), Key: ptr("k"), Secret: ptr("s"), Filter: &Filter{Verbs: []string{""}}},
			"agents": {URL: ptr("https://other.example"), Key: ptr("k"), Secret: ptr("s"), Filter: &Filter{Agents: make([]string, 21)}},
			"name":   {URL: ptr("https://other.example"), Key: ptr("k"), Secret: ptr("s"), Name: ptr("a\nb")},
		} {
			_, err := g.Add(t.Context(), "town", e, false)
			var invalid *delivery.Invalid
			if !errors.As(err, &invalid) || invalid.Field != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := g.Add(t.Context(), "town", Edit{URL: ptr("https://ME.example/xapi"), Key: ptr("k"), Secret: ptr("s")}, false); err == nil {
			t.Error("this server forwards to itself")
		}
		id := g.target(false, Filter{})
		if _, err := g.Status(t.Context(), "village", id); !errors.Is(err, delivery.ErrNotFound) || len(g.List(t.Context(), "village")) != 0 {
			t.Errorf("another tenant's target: %v", err)
		}
		if err := g.Remove(t.Context(), "village", id); !errors.Is(err, delivery.ErrNotFound) {
			t.Errorf("another tenant's target: %v", err)
		}
		for range 9 {
			g.target(false, Filter{})
		}
		var conflict *delivery.Conflict
		if _, err := g.Add(t.Context(), "town", Edit{URL: ptr("https://other.example"), Key: ptr("k"), Secret: ptr("s")}, false); !errors.As(err, &conflict) {
			t.Errorf("an eleventh target: %v", err)
		}
	})
}

// TestFilterAndPause: what is not for a target costs no record each, and a target
// that is paused goes on where it was, also after a restart.
func TestFilterAndPause(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.start()
		id := g.target(true, Filter{Verbs: []string{"example.org/3"}})
		g.feed.store(39)
		pass(time.Minute)
		if len(g.other.order) != 11 { // 3 and 30 to 39
			t.Errorf("%d statements", len(g.other.order))
		}
		if _, err := g.Edit(t.Context(), "town", id, Edit{Paused: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		g.feed.store(300)
		pass(time.Hour)
		if st := g.state(id); st.State != StatePaused || len(g.other.order) != 11 || st.Lag == 0 {
			t.Errorf("%+v", st)
		}
		g.Stop()
		g.start()
		if _, err := g.Resume(t.Context(), "town", id); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if st := g.state(id); st.State != StateCurrent || len(g.other.order) != 51 { // 300 to 339 as well
			t.Errorf("%+v, %d", st, len(g.other.order))
		}
	})
}

func TestMetrics(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		registry := prometheus.NewRegistry()
		g.opts.Registerer = registry
		g.start()
		id := g.target(true, Filter{})
		g.feed.store(5)
		pass(time.Minute)
		g.other.behave(func(*http.Request, int) (*http.Response, error) { return answer(500, ""), nil })
		g.feed.store(5)
		pass(time.Minute)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, family := range families {
			for _, m := range family.GetMetric() {
				name := family.GetName()
				for _, l := range m.GetLabel() {
					if l.GetName() == "target" && l.GetValue() != id {
						t.Errorf("%s of another target", name)
					}
					if l.GetName() == "outcome" {
						name += " " + l.GetValue()
					}
				}
				got[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
		if got["lernspur_forward_statements_total delivered"] != 5 || got["lernspur_forward_statements_total failed"] < 3 || got["lernspur_forward_up"] != 0 || got["lernspur_forward_lag_seconds"] == 0 {
			t.Errorf("%v", got)
		}
	})
}
