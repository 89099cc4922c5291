package digest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lernspur/delivery"
	"lernspur/delivery/deliverytest"
	"lernspur/documents"
)

// town is a tenant whose trainers get digests.
type town struct {
	recipients []Recipient
	figures    Figures
	asked      [][2]time.Time
}

func (s *town) Tenants(context.Context) []string { return []string{"town"} }
func (s *town) Recipients(context.Context, string) ([]Recipient, error) {
	world.Lock()
	defer world.Unlock()
	return s.recipients, nil
}
func (s *town) Figures(_ context.Context, _, _, _ string, from, to time.Time, _ int) (Figures, error) {
	world.Lock()
	defer world.Unlock()
	s.asked = append(s.asked, [2]time.Time{from, to})
	return s.figures, nil
}

// post is a mail server.
type post struct {
	sent []string // messages
	to   []string
	fail func(n int, handing func() error) error // in place of taking
	n    int
}

func (p *post) Send(_ context.Context, to string, message []byte, handing func() error) error {
	world.Lock()
	p.n++
	n, fail := p.n, p.fail
	world.Unlock()
	if fail != nil {
		if err := fail(n, handing); err != nil {
			return err
		}
	}
	if err := handing(); err != nil {
		return err
	}
	world.Lock()
	defer world.Unlock()
	p.sent, p.to = append(p.sent, string(message)), append(p.to, to)
	return nil
}

type ground struct {
	t       *testing.T
	records *deliverytest.Memory
	town    *town
	post    *post
	*Service
	stop context.CancelFunc
	done chan struct{}
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// pass lets time pass, and everything come to rest.
func pass(d time.Duration) {
	meet() // what the test did comes before
	time.Sleep(d)
	synctest.Wait()
	meet() // and what was done meanwhile before what the test does
}

func meet() {
	world.Lock()
	defer world.Unlock()
}

// world is held by who looks at, or changes, what a test and the service share.
var world sync.Mutex

// bubble runs a test whose clock begins on a Saturday.
func bubble(t *testing.T, test func(t *testing.T, g *ground)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &ground{t: t, records: deliverytest.New(), post: &post{}, town: &town{
			recipients: []Recipient{{Account: "ute", Name: "Ute Müller", Address: "ute@example.org", Groups: []Group{{"g1", "Einarbeitung <2026>"}}}},
			figures: Figures{Completed: []Line{{Learner: "Ada & Co", Course: "Brandschutz"}}, CompletedCount: 3, StartedCount: 0,
				Support: []Line{{Learner: "Bob", Course: "Datenschutz", Idle: true, Failed: true}}, SupportCount: 1, Evaluated: true},
		}}
		g.start()
		test(t, g)
		g.end()
	})
}

func (g *ground) start() {
	sealer, err := delivery.NewSealer(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		g.t.Fatal(err)
	}
	g.Service = New(Options{Records: g.records, Source: g.town, Mailer: g.post, Sealer: sealer, From: mail.Address{Name: "Lernspur", Address: "lernspur@example.org"},
		Base: func() string { return "https://lrs.example" }, Weekday: time.Monday, Hour: 7})
	ctx, stop := context.WithCancel(g.t.Context())
	g.stop, g.done = stop, make(chan struct{})
	go func(s *Service, done chan struct{}) {
		defer close(done)
		s.Run(ctx)
	}(g.Service, g.done)
}

func (g *ground) end() {
	g.stop()
	<-g.done
}

func (g *ground) runs() []Run {
	g.t.Helper()
	list, _, err := g.Runs(g.t.Context(), "town", "", 100)
	if err != nil {
		g.t.Fatal(err)
	}
	return list
}

// TestOnceAWeek: at seven on Monday, once, also when the server is started often.
func TestOnceAWeek(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		// 2000-01-01 00:00 UTC is a Saturday: the week before was due on Monday, too long
		// ago.
		pass(48*time.Hour + 5*time.Hour + 58*time.Minute)
		if len(g.post.sent) != 0 {
			t.Fatalf("%d were sent before", len(g.post.sent))
		}
		pass(5 * time.Minute) // 07:03 in Berlin
		for range 20 {
			g.end()
			g.start()
			pass(3 * time.Hour)
		}
		if len(g.post.sent) != 1 || g.post.to[0] != "ute@example.org" {
			t.Fatalf("%d were sent, to %v", len(g.post.sent), g.post.to)
		}
		if from, to := g.town.asked[0][0], g.town.asked[0][1]; from.Format(time.RFC3339) != "1999-12-27T00:00:00+01:00" || to.Format(time.RFC3339) != "2000-01-03T00:00:00+01:00" {
			t.Errorf("it is about %s to %s", from, to)
		}
		pass(7 * 24 * time.Hour)
		if len(g.post.sent) != 2 {
			t.Errorf("%d were sent in two weeks", len(g.post.sent))
		}
		if runs := g.runs(); len(runs) != 2 || runs[0].Week != "2000-W01" || runs[1].Week != "2000-W02" || runs[1].State != Sent || runs[1].Account != "ute" {
			t.Errorf("%+v", runs)
		}
	})
}

// TestWeeks holds what week it is over the changes of the clock and of the year.
func TestWeeks(t *testing.T) {
	s := New(Options{Weekday: time.Monday, Hour: 7, Zone: func(string) *time.Location { return berlin }})
	for now, want := range map[string]string{
		"2026-03-30T06:59:00+02:00": "2026-W13 2026-03-16T00:00:00+01:00 2026-03-23T00:00:00+01:00",
		"2026-03-30T07:00:00+02:00": "2026-W14 2026-03-23T00:00:00+01:00 2026-03-30T00:00:00+02:00", // 167 hours
		"2026-11-01T12:00:00+01:00": "2026-W44 2026-10-19T00:00:00+02:00 2026-10-26T00:00:00+01:00", // 169 hours
		"2027-01-04T08:00:00+01:00": "2027-W01 2026-12-28T00:00:00+01:00 2027-01-04T00:00:00+01:00",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		w := s.weekAt("town", at)
		if got := w.name + " " + w.from.Format(time.RFC3339) + " " + w.to.Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
		if w.due.Hour() != 7 || w.due.Weekday() != time.Monday {
			t.Errorf("%s: due %s", now, w.due)
		}
	}
}

func (g *ground) monday() { pass(48*time.Hour + 6*time.Hour + 2*time.Minute) }

// TestStates: what becomes of a digest that fails in all ways.
func TestStates(t *testing.T) {
	for name, tt := range map[string]struct {
		fail  func(n int, handing func() error) error
		sent  int
		state string
	}{
		"taken":               {nil, 1, Sent},
		"the server is away":  {func(n int, _ func() error) error { return errors.New("connection refused") }, 0, Prepared},
		"and comes back":      {func(n int, _ func() error) error { return map[bool]error{true: errors.New("refused")}[n < 5] }, 1, Sent},
		"not now":             {func(n int, _ func() error) error { return map[bool]error{true: &Refused{false, "450 later"}}[n < 3] }, 1, Sent},
		"never":               {func(int, func() error) error { return &Refused{true, "550 nobody"} }, 0, RefusedForGood},
		"lost before its end": {func(n int, _ func() error) error { return map[bool]error{true: io.ErrUnexpectedEOF}[n == 1] }, 1, Sent},
		"lost after its end":  {func(_ int, handing func() error) error { return errors.Join(handing(), ErrUnclear) }, 0, Unclear},
		"refused after its end": {func(n int, handing func() error) error {
			return map[bool]error{true: errors.Join(handing(), &Refused{false, "451 later"})}[n == 1]
		}, 1, Sent},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, g *ground) {
				world.Lock()
				g.post.fail = tt.fail
				world.Unlock()
				g.monday()
				pass(24 * time.Hour)
				runs := g.runs()
				if len(g.post.sent) != tt.sent || len(runs) != 1 || runs[0].State != tt.state {
					t.Errorf("%d were sent, %+v", len(g.post.sent), runs)
				}
				if g.post.n > 40 {
					t.Errorf("%d tries in a day", g.post.n)
				}
			})
		})
	}
}

// TestKilled: before the end of the mail is sent it is sent again, after it it is
// not, and it shows.
func TestKilled(t *testing.T) {
	for _, handed := range []bool{false, true} {
		bubbleNamed(t, map[bool]string{false: "before", true: "after"}[handed], func(t *testing.T, g *ground) {
			dying := make(chan struct{})
			world.Lock()
			g.post.fail = func(_ int, handing func() error) error {
				if handed {
					if err := handing(); err != nil {
						return err
					}
				}
				<-dying
				return context.Canceled
			}
			world.Unlock()
			g.monday()
			// Nothing that the dying process does is durable any more.
			g.records.Faults(func(documents.Shelf, []*documents.Document) error { return deliverytest.ErrFault }, nil)
			close(dying)
			g.end()
			g.records.Faults(nil, nil)
			world.Lock()
			g.post.fail = nil
			world.Unlock()
			g.start()
			pass(24 * time.Hour)
			want, state := 1, Sent
			if handed {
				want, state = 0, Unclear
			}
			if runs := g.runs(); len(g.post.sent) != want || len(runs) != 1 || runs[0].State != state {
				g.t.Errorf("%d were sent, %+v", len(g.post.sent), runs)
			}
			if run, err := g.SendNow(g.t.Context(), "town", "ute"); err != nil || run.State != Sent || len(g.post.sent) != want+1 {
				g.t.Errorf("by hand: %+v, %v", run, err)
			}
		})
	}
}

func bubbleNamed(t *testing.T, name string, test func(t *testing.T, g *ground)) {
	t.Run(name, func(t *testing.T) { bubble(t, test) })
}

func TestWhoGetsNone(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		world.Lock()
		g.town.recipients = append(g.town.recipients,
			Recipient{Account: "off", Address: "off@example.org", Groups: []Group{{"g", "G"}}},
			Recipient{Account: "nowhere", Groups: []Group{{"g", "G"}}},
			Recipient{Account: "alone", Address: "alone@example.org"})
		world.Unlock()
		if err := g.SetOff(t.Context(), "town", "off", true); err != nil {
			t.Fatal(err)
		}
		g.monday()
		pass(time.Hour)
		if len(g.post.sent) != 1 {
			t.Errorf("sent to %v", g.post.to)
		}
		if err := g.SetOff(t.Context(), "town", "off", false); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		world.Lock()
		g.town.figures = Figures{}
		world.Unlock()
		pass(7 * 24 * time.Hour)
		if len(g.post.sent) != 2 { // off of this week, before there was nothing
			t.Errorf("sent to %v", g.post.to)
		}
	})
}

// parts takes a mail apart.
func parts(t *testing.T, message string) (h mail.Header, text, html string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for _, to := range []*string{&text, &html} {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		*to = string(b)
	}
	return m.Header, text, html
}

func TestWords(t *testing.T) {
	bubble(t, func(t *testing.T, g *ground) {
		g.monday()
		h, text, html := parts(t, g.post.sent[0])
		decoded, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil || decoded != "Ihre Gruppen: 27.12.1999 bis 02.01.2000" {
			t.Errorf("%q, %v", decoded, err)
		}
		if to, err := mail.ParseAddress(h.Get("To")); err != nil || to.Name != "Ute Müller" || to.Address != "ute@example.org" {
			t.Errorf("%v, %v", to, err)
		}
		unsubscribe := strings.Trim(h.Get("List-Unsubscribe"), "<>")
		if !strings.HasPrefix(unsubscribe, "https://lrs.example/digest/unsubscribe?account=ute&tenant=town&token=") && !strings.Contains(unsubscribe, g.Token("town", "ute")) || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("%s", unsubscribe)
		}
		for _, want := range []string{"Guten Tag Ute Müller,", "Abgeschlossen: 3\n", "- Ada & Co: Brandschutz", "- und 2 weitere", "Begonnen: 0", "Braucht Unterstützung: 1", "- Bob: Datenschutz (länger nicht aktiv, zweimal nicht bestanden)",
			"https://lrs.example/progress/group?group=g1", unsubscribe, "Einarbeitung <2026>"} {
			if !strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), want) {
				t.Errorf("the text has no %q: %s", want, text)
			}
		}
		for _, want := range []string{`<html lang="de">`, "Ada &amp; Co: Brandschutz", "Einarbeitung &lt;2026&gt;", "und 2 weitere"} {
			if !strings.Contains(html, want) {
				t.Errorf("the HTML has no %q: %s", want, html)
			}
		}
		// Where it is not evaluated nothing of it is said.
		world.Lock()
		g.town.figures.Evaluated, g.town.figures.Support, g.town.figures.SupportCount = false, nil, 0
		g.town.recipients[0].Language, g.town.recipients[0].Name = "en", "Ute\r\nBcc: all@example.org"
		world.Unlock()
		pass(7 * 24 * time.Hour)
		h, text, _ = parts(t, g.post.sent[1])
		if h.Get("Bcc") != "" || strings.Contains(text, "support") || !strings.Contains(text, "Completed: 3") || h.Get("Content-Language") != "en" {
			t.Errorf("%v %s", h, text)
		}
		for lang, words := range wordsOf {
			for key := range wordsOf["de"] {
				if words[key] == "" {
					t.Errorf("%s has no words for %s", lang, key)
				}
			}
		}
	})
}
