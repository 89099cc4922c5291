package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"lernspur/delivery"
	"lernspur/delivery/deliverytest"
	"lernspur/documents"
)

// world is what happened.
type world struct {
	mu        sync.Mutex
	achieved  []Achieved // one for each stored: 1, 2, 3, …
	void      map[int64]bool
	watermark int64
	risks     []Risk
	evaluated bool
	people    map[string][]string // identifiers of a person
}

func (w *world) Watermark() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watermark
}

func (w *world) happens(course, learner string, completed, passed bool) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watermark++
	w.achieved = append(w.achieved, Achieved{Statement: uuid.New(), Course: course, Learner: learner, Stored: w.watermark, Timestamp: w.watermark, Completed: completed, Passed: passed})
	return w.watermark
}

func (w *world) voids(stored int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watermark++
	w.void[stored] = true
}

func (w *world) Achieved(_ context.Context, _ string, from, upto int64, n int) (list []Achieved, reached int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.achieved {
		if a.Stored > from && a.Stored <= upto && !w.void[a.Stored] {
			if list = append(list, a); len(list) == n {
				return list, a.Stored, nil
			}
		}
	}
	return list, upto, nil
}

func (w *world) Before(_ context.Context, _ string, learners []string, before, _ int64) (list []Achieved, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.achieved {
		if a.Stored <= before && !w.void[a.Stored] && slices.Contains(learners, a.Learner) {
			list = append(list, a)
		}
	}
	return list, nil
}

func (w *world) Evaluated(context.Context, string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.evaluated, nil
}

func (w *world) AtRisk(_ context.Context, _ string, yield func(Risk) error) error {
	w.mu.Lock()
	list := slices.Clone(w.risks)
	w.mu.Unlock()
	for _, r := range list {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) IdleDays() int { return 7 }

func (w *world) Person(_ context.Context, _, learner string) (string, []string) {
	for person, identifiers := range w.people {
		if person == learner || slices.Contains(identifiers, learner) {
			return person, identifiers
		}
	}
	return "", []string{learner}
}

// got is what a receiver got.
type got struct {
	id, kind, signature string
	body                []byte
	at                  time.Time
}

type receiver struct {
	mu     sync.Mutex
	list   []got
	before func(n int) (*http.Response, error)
	after  func() (*http.Response, error)
	asked  int
}

func answer(status int, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("inner matters"))}
}

// times is how often it was asked.
func (r *receiver) times() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.asked++
	before, n := r.before, r.asked
	r.mu.Unlock()
	if before != nil {
		if a, err := before(n); a != nil || err != nil {
			return a, err
		}
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, got{q.Header.Get(idHeader), q.Header.Get(eventHeader), q.Header.Get(SignatureHeader), body, time.Now()})
	if r.after != nil {
		return r.after()
	}
	return answer(204), nil
}

func (r *receiver) behave(before func(n int) (*http.Response, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before = before
}

// told are the ids, each once, and how often one was told again.
func (r *receiver) told() (ids []string, again int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.list {
		if slices.Contains(ids, g.id) {
			again++
			continue
		}
		ids = append(ids, g.id)
	}
	return ids, again
}

type ground struct {
	t        *testing.T
	records  *deliverytest.Memory
	world    *world
	receiver *receiver
	opts     Options
	*Service
}

func bubble(t *testing.T, test func(t *testing.T, g *ground)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sealer, err := delivery.NewSealer(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		g := &ground{t: t, records: deliverytest.New(), world: &world{void: map[int64]bool{}, people: map[string][]string{}}, receiver: &receiver{}}
		g.opts = Options{Records: g.records, Source: g.world, Sealer: sealer, Client: delivery.NewClient(delivery.ClientOptions{Transport: g.receiver, Timeout: 20 * time.Second})}
		g.start()
		test(t, g)
		g.Stop()
	})
}

func (g *ground) start() {
	g.Service = New(g.opts)
	if err := g.Service.Start(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(g.Service.Stop)
}

func ptr[T any](v T) *T { return &v }

func (g *ground) hook(events ...string) (id, secret string) {
	g.t.Helper()
	h, secret, err := g.Add(g.t.Context(), "town", Edit{URL: ptr("https://hr.example/hook"), Events: &events})
	if err != nil {
		g.t.Fatal(err)
	}
	return h.ID, secret
}

func (g *ground) state(id string) Status {
	g.t.Helper()
	st, err := g.Status("town", id)
	if err != nil {
		g.t.Fatal(err)
	}
	return st
}

func (g *ground) expect(events int) {
	g.t.Helper()
	if ids, _ := g.receiver.told(); len(ids) != events {
		g.t.Errorf("%d events were told, want %d", len(ids), events)
	}
}

// TestTellsOnce: what is told when, for whom, and that it is told once: voiding and
// doing it again, other identifiers of the same human, and what was before the hook
// tell nothing.
func TestTellsOnce(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.world.people["p1"] = []string{"a", "b"}
		g.world.happens("old", "early", true, true)
		_, secret := g.hook(CourseCompleted, CoursePassed)
		first := g.world.happens("fire", "a", true, false)
		time.Sleep(3 * time.Second)
		g.expect(1)
		one := g.receiver.list[0]
		var body struct {
			ID, Type, Tenant string
			Created          time.Time
			Data             struct {
				Course, Statement string
				Learner           struct{ Person, Identifier string }
			}
		}
		if err := json.Unmarshal(one.body, &body); err != nil {
			t.Fatal(err)
		}
		if one.kind != CourseCompleted || body.ID != one.id || body.Type != CourseCompleted || body.Tenant != "town" || body.Data.Course != "fire" ||
			body.Data.Learner.Person != "p1" || body.Data.Learner.Identifier != "a" || body.Data.Statement == "" {
			t.Errorf("%s: %+v", one.body, body)
		}
		if err := Verify(one.signature, one.body, secret, time.Now()); err != nil {
			t.Error(err)
		}
		g.world.voids(first)
		g.world.happens("fire", "a", true, false)   // again
		g.world.happens("fire", "b", true, false)   // by another identifier
		g.world.happens("old", "early", true, true) // before there was a hook
		time.Sleep(3 * time.Second)
		g.expect(1)
		g.world.happens("fire", "b", false, true) // passed is another event
		g.world.happens("water", "a", true, true) // another course, both
		g.world.happens("fire", "c", true, false) // another human
		time.Sleep(3 * time.Second)
		g.expect(5)
	})
}

// TestVoidedBefore: what was voided before it could be told is not told, and what
// comes after it is.
func TestVoidedBefore(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		id, _ := g.hook(CourseCompleted)
		g.Stop()
		stored := g.world.happens("fire", "a", true, false)
		g.world.voids(stored)
		g.start()
		time.Sleep(3 * time.Second)
		g.expect(0)
		g.world.happens("fire", "a", true, false)
		time.Sleep(3 * time.Second)
		g.expect(1)
		if st := g.state(id); st.Delivered != 1 || st.Pending != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// TestAnHourAway: nothing is lost while the other side is away, and it is not
// overrun.
func TestAnHourAway(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		id, _ := g.hook(CourseCompleted)
		g.receiver.behave(func(int) (*http.Response, error) { return nil, errors.New("connection refused") })
		for i := range 60 {
			g.world.happens("fire", string(rune('A'+i)), true, false)
			time.Sleep(time.Minute)
		}
		if st := g.state(id); st.Pending != 60 || st.Failures == 0 || st.Problem == "" {
			t.Errorf("%+v", st)
		}
		if n := g.receiver.times(); n > 130 {
			t.Errorf("asked %d times in an hour", n)
		}
		g.Stop()
		g.start()
		g.receiver.behave(nil)
		time.Sleep(2 * time.Hour)
		g.expect(60)
		if _, again := g.receiver.told(); again != 0 {
			t.Errorf("%d were told again", again)
		}
	})
}

func TestSlowAndBusy(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.hook(CourseCompleted)
		g.receiver.behave(func(n int) (*http.Response, error) {
			switch n {
			case 1:
				time.Sleep(5 * time.Minute)
				return nil, errors.New("too late")
			case 2:
				return answer(429, "Retry-After", "3600"), nil
			}
			return nil, nil
		})
		g.world.happens("fire", "a", true, false)
		time.Sleep(50 * time.Minute)
		g.expect(0)
		if n := g.receiver.times(); n != 2 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(time.Hour)
		g.expect(1)
	})
}

// TestKilled: a process dies at every step, before and after it is durable.
func TestKilled(t *testing.T) {
	for name, hidden := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, g *ground) {
				id, _ := g.hook(CourseCompleted)
				steps := 0
				fault := func(shelf documents.Shelf, _ []*documents.Document) error {
					if steps++; shelf.Kind == documents.WebhookQueue && steps%3 != 0 {
						return deliverytest.ErrFault
					}
					return nil
				}
				for i := range 20 {
					g.world.happens("fire", string(rune('A'+i)), true, false)
					if hidden {
						g.records.Faults(nil, fault)
					} else {
						g.records.Faults(fault, nil)
					}
					time.Sleep(4 * time.Second)
					g.Stop()
					g.start()
				}
				g.records.Faults(nil, nil)
				time.Sleep(12 * time.Hour)
				g.expect(20)
				if st := g.state(id); st.Pending != 0 {
					t.Errorf("%+v", st)
				}
				if n := g.records.Count(documents.WebhookQueue, eventPrefix); n != 0 {
					t.Errorf("%d events are left", n)
				}
			})
		})
	}
}

// TestGivenUp: an event that fails for days is given up, shown, and told again when
// somebody says so, after a restart as well.
func TestGivenUp(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		id, _ := g.hook(CourseCompleted)
		g.receiver.behave(func(int) (*http.Response, error) { return answer(500), nil })
		g.world.happens("fire", "a", true, false)
		time.Sleep(71 * time.Hour)
		if st := g.state(id); st.Dead != 0 || st.Pending != 1 {
			t.Errorf("%+v", st)
		}
		time.Sleep(12 * time.Hour)
		if st := g.state(id); st.Dead != 1 || st.Pending != 0 {
			t.Errorf("%+v", st)
		}
		list, next, err := g.DeadOnes(t.Context(), "town", id, "", 10)
		if err != nil || next != "" || len(list) != 1 || list[0].Status != 500 || list[0].Tries < 10 || strings.Contains(list[0].Reason, "inner") {
			t.Errorf("%+v, %v", list, err)
		}
		g.receiver.behave(nil)
		time.Sleep(24 * time.Hour)
		g.expect(0)
		g.Stop()
		g.start()
		if err := g.Retry("town", id); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		g.expect(1)
		if st := g.state(id); st.Dead != 0 || st.Delivered != 1 {
			t.Errorf("%+v", st)
		}
	})
}

// TestAtRisk: only where it is evaluated; once for each time that somebody becomes
// idle, and once for failing; not about what was so before the hook.
func TestAtRisk(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		const day = 24 * 3_600_000_000
		now := time.Now().UnixMicro()
		g.world.watermark = now
		id, _ := g.hook(LearnerAtRisk)
		g.world.risks = []Risk{
			{Course: "fire", Learner: "before", Last: now - 30*day, Idle: true, IdleDays: 30},
			{Course: "fire", Learner: "a", Last: now - 7*day + 1000, Idle: true, IdleDays: 7},
		}
		time.Sleep(3 * time.Hour)
		g.expect(0)
		g.world.mu.Lock()
		g.world.evaluated = true
		g.world.mu.Unlock()
		time.Sleep(3 * time.Hour)
		g.expect(1)
		if body := string(g.receiver.list[0].body); !strings.Contains(body, `"reasons":["idle"]`) || !strings.Contains(body, `"identifier":"a"`) {
			t.Error(body)
		}
		// Voided: the last activity is an earlier one. And failed, which is another reason.
		g.world.mu.Lock()
		g.world.risks[1].Last -= 2 * day
		g.world.mu.Unlock()
		time.Sleep(3 * time.Hour)
		g.expect(1)
		g.world.mu.Lock()
		g.world.risks[1].Last, g.world.risks[1].Failed, g.world.risks[1].Idle = now+day, true, false
		g.world.mu.Unlock()
		time.Sleep(3 * time.Hour)
		g.expect(2)
		g.Stop()
		g.start()
		// Active and idle again.
		g.world.mu.Lock()
		g.world.risks[1].Last, g.world.risks[1].Idle = now+3*day, true
		g.world.mu.Unlock()
		time.Sleep(3 * time.Hour)
		g.expect(3)
		// Switched off while something waits: it is not told.
		g.receiver.behave(func(int) (*http.Response, error) { return answer(503), nil })
		g.world.mu.Lock()
		g.world.risks[1].Last = now + 20*day
		g.world.mu.Unlock()
		time.Sleep(2 * time.Hour)
		g.world.mu.Lock()
		g.world.evaluated = false
		g.world.mu.Unlock()
		g.receiver.behave(nil)
		time.Sleep(24 * time.Hour)
		g.expect(3)
		if st := g.state(id); st.Pending != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// TestBounded: events do not pile up in memory, and none is lost by that.
func TestBounded(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.opts.Pending, g.opts.Step = 20, 10
		g.Stop()
		g.start()
		id, _ := g.hook(CourseCompleted)
		g.receiver.behave(func(int) (*http.Response, error) { return answer(503), nil })
		for i := range 200 {
			g.world.happens("fire", string(rune('A'+i)), true, false)
		}
		time.Sleep(10 * time.Minute)
		if st := g.state(id); st.Pending > 30 {
			t.Errorf("%d wait", st.Pending)
		}
		g.receiver.behave(nil)
		time.Sleep(12 * time.Hour)
		g.expect(200)
	})
}

// TestRotation: both secrets sign until the time is over, or somebody says so.
func TestRotation(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		id, old := g.hook(CourseCompleted)
		_, fresh, err := g.Rotate(t.Context(), "town", id)
		if err != nil || fresh == old {
			t.Fatal(err)
		}
		signed := func(secret string) bool {
			g.receiver.mu.Lock()
			defer g.receiver.mu.Unlock()
			last := g.receiver.list[len(g.receiver.list)-1]
			return Verify(last.signature, last.body, secret, last.at) == nil
		}
		test := func() {
			if err := g.TestEvent(t.Context(), "town", id); err != nil {
				t.Fatal(err)
			}
		}
		test()
		if !signed(old) || !signed(fresh) || signed("other") {
			t.Error("both sign while they change over")
		}
		time.Sleep(8 * 24 * time.Hour)
		if test(); signed(old) || !signed(fresh) {
			t.Error("the old one signs for ever")
		}
		_, third, err := g.Rotate(t.Context(), "town", id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.EndRotation(t.Context(), "town", id); err != nil {
			t.Fatal(err)
		}
		if test(); signed(fresh) || !signed(third) {
			t.Error("the old one signs although it was ended")
		}
		for _, text := range g.records.Texts(documents.Webhook) {
			if strings.Contains(text, "whsec_") {
				t.Error("a secret is kept in the clear")
			}
		}
		g.receiver.behave(func(int) (*http.Response, error) { return answer(418), nil })
		var failed *delivery.Failed
		if err := g.TestEvent(t.Context(), "town", id); !errors.As(err, &failed) || failed.Status != 418 || strings.Contains(err.Error(), "inner") {
			t.Errorf("a test that fails: %v", err)
		}
	})
}

func TestVerify(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	body := []byte(`{"a":1}`)
	// printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac geheim
	const known = "t=1800000000,v1="
	header := Sign(at, body, "geheim")
	if !strings.HasPrefix(header, known) || len(header) != len(known)+64 {
		t.Errorf("%q", header)
	}
	for name, tt := range map[string]struct {
		header, body, secret string
		now                  time.Time
		ok                   bool
	}{
		"right":             {header, `{"a":1}`, "geheim", at.Add(4 * time.Minute), true},
		"another body":      {header, `{"a":2}`, "geheim", at, false},
		"another secret":    {header, `{"a":1}`, "other", at, false},
		"old":               {header, `{"a":1}`, "geheim", at.Add(6 * time.Minute), false},
		"from the future":   {header, `{"a":1}`, "geheim", at.Add(-6 * time.Minute), false},
		"another time":      {strings.Replace(header, "1800000000", "1800000001", 1), `{"a":1}`, "geheim", at, false},
		"nothing":           {"", `{"a":1}`, "geheim", at, false},
		"no signature":      {"t=1800000000", `{"a":1}`, "geheim", at, false},
		"two, the second":   {Sign(at, body, "other", "geheim"), `{"a":1}`, "geheim", at, true},
		"no digits":         {"t=1800000000,v1=zz", `{"a":1}`, "geheim", at, false},
		"blanks after them": {strings.Replace(header, ",", ", ", 1), `{"a":1}`, "geheim", at, true},
	} {
		if err := Verify(tt.header, []byte(tt.body), tt.secret, tt.now); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHooks(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		for field, e := range map[string]Edit{
			"url":    {URL: ptr("nowhere"), Events: &[]string{CourseCompleted}},
			"events": {URL: ptr("https://hr.example"), Events: &[]string{"everything"}},
			"name":   {URL: ptr("https://hr.example"), Events: &[]string{CourseCompleted}, Name: ptr(strings.Repeat("a", 201))},
		} {
			_, _, err := g.Add(t.Context(), "town", e)
			var invalid *delivery.Invalid
			if !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		id, _ := g.hook(CourseCompleted)
		if _, err := g.Status("village", id); !errors.Is(err, delivery.ErrNotFound) {
			t.Errorf("another tenant's: %v", err)
		}
		// What is wanted later is told from then on, what was wanted before goes on.
		g.world.happens("fire", "a", true, true)
		time.Sleep(3 * time.Second)
		g.expect(1)
		if _, err := g.Edit(t.Context(), "town", id, Edit{Events: &[]string{CourseCompleted, CoursePassed}}); err != nil {
			t.Fatal(err)
		}
		g.world.happens("fire", "a", true, true) // passed before it was wanted
		g.world.happens("fire", "b", true, true)
		time.Sleep(3 * time.Second)
		g.expect(3)
		if err := g.Remove(t.Context(), "town", id); err != nil {
			t.Fatal(err)
		}
		if n := g.records.Count(documents.WebhookQueue, "") + g.records.Count(documents.Webhook, ""); n != 0 {
			t.Errorf("%d records are left", n)
		}
	})
}
