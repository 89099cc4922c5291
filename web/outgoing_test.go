package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lernspur/delivery"
	"lernspur/delivery/deliverytest"
	"lernspur/forward"
	"lernspur/web/visitor"
	"lernspur/webhook"
)

// sent is what is sent to others, in memory: nothing is.
type sent struct {
	forwards *forward.Service
	webhooks *webhook.Service
	choices  choices
}

func newSent(t testing.TB, now func() time.Time) *sent {
	t.Helper()
	sealer, err := delivery.NewSealer(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	records := deliverytest.New()
	network := delivery.NewClient(delivery.ClientOptions{Transport: refusing{}})
	s := &sent{choices: choices{},
		forwards: forward.New(forward.Options{Records: records, Feed: noFeed{}, Sealer: sealer, Client: network, Now: now, Still: true}),
		webhooks: webhook.New(webhook.Options{Records: records, Source: noSource{}, Sealer: sealer, Client: network, Now: now, Still: true})}
	if err := errors.Join(s.forwards.Start(t.Context()), s.webhooks.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	return s
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection refused")
}

type noFeed struct{}

func (noFeed) Watermark() int64 { return 1 }
func (noFeed) Next(context.Context, string, forward.Filter, int64, int64, int) ([]forward.Statement, int64, error) {
	return nil, 1, nil
}
func (noFeed) Count(context.Context, string, forward.Filter, int64, int64) (int64, error) {
	return 17, nil
}

type noSource struct{}

func (noSource) Watermark() int64 { return 1 }
func (noSource) Achieved(context.Context, string, int64, int64, int) ([]webhook.Achieved, int64, error) {
	return nil, 1, nil
}
func (noSource) Before(context.Context, string, []string, int64, int64) ([]webhook.Achieved, error) {
	return nil, nil
}
func (noSource) Evaluated(context.Context, string) (bool, error)                    { return false, nil }
func (noSource) AtRisk(context.Context, string, func(webhook.Risk) error) error     { return nil }
func (noSource) IdleDays() int                                                      { return 7 }
func (noSource) Person(context.Context, string, string) (id string, other []string) { return "", nil }

// choices are those of accounts that want no digest.
type choices map[string]bool

func (c choices) Enabled(string) bool { return true }
func (c choices) Off(_ context.Context, tenant, account string) (bool, error) {
	return c[tenant+"/"+account], nil
}
func (c choices) SetOff(_ context.Context, tenant, account string, off bool) error {
	c[tenant+"/"+account] = off
	return nil
}
func (c choices) Token(tenant, account string) string { return "token-of-" + tenant + "-" + account }

func TestForwardingPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	if w := ask(admin, "GET", "/settings/forwarding?lang=en", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "There is no target yet") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	form := url.Values{"guard": {"guard-word"}, "url": {"nowhere"}, "key": {"k"}, "secret": {"geheim"}, "verbs": {"http://a\r\nhttp://b"}}
	if w := ask(admin, "POST", "/settings/forwarding?lang=en", form); w.Code != 400 || !strings.Contains(w.Body.String(), "Enter an address such as") || strings.Contains(w.Body.String(), "geheim") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	form.Set("url", "https://other.example/xapi")
	form.Set("from", "beginning")
	w := ask(admin, "POST", "/settings/forwarding?lang=en", form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := ask(admin, "GET", "/settings/forwarding?lang=en", nil).Body.String()
	found := regexp.MustCompile(`/settings/forwarding/([0-9a-f-]{36})`).FindStringSubmatch(page)
	if found == nil || strings.Contains(page, "geheim") {
		t.Fatal(page)
	}
	one := found[0]
	for act, want := range map[string]string{"pause": "paused", "resume": "up to date", "retry": "sending"} {
		if w := ask(admin, "POST", one+"/"+act, url.Values{"guard": {"guard-word"}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", act, w.Code, w.Body)
		}
		if page := ask(admin, "GET", one+"?lang=en", nil).Body.String(); act == "pause" && (!strings.Contains(page, want) || !strings.Contains(page, "http://b") || !strings.Contains(page, "17")) {
			t.Errorf("%s: %s", act, page)
		}
	}
	if w := ask(admin, "POST", one+"/explode", url.Values{"guard": {"guard-word"}}); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
	if w := ask(admin, "POST", one+"/remove", url.Values{"guard": {"guard-word"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(admin, "GET", one, nil); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
}

func TestWebhookPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	form := url.Values{"guard": {"guard-word"}, "url": {"https://hr.example/hook"}}
	if w := ask(admin, "POST", "/settings/webhooks?lang=en", form); w.Code != 400 || !strings.Contains(w.Body.String(), "Choose one event") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	form["events"] = []string{webhook.CourseCompleted, webhook.LearnerAtRisk}
	page := ask(admin, "POST", "/settings/webhooks?lang=en", form).Body.String()
	secret, one := regexp.MustCompile(`whsec_[\w-]{43}`).FindString(page), regexp.MustCompile(`/settings/webhooks/[0-9a-f-]{36}`).FindString(page)
	if secret == "" || one == "" {
		t.Fatal(page)
	}
	if strings.Contains(ask(admin, "GET", one, nil).Body.String(), secret) {
		t.Error("the secret is shown again")
	}
	guard := url.Values{"guard": {"guard-word"}}
	if w := ask(admin, "POST", one+"/test?lang=en", guard); w.Code != 200 || !strings.Contains(w.Body.String(), "connection refused") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(admin, "POST", one+"/rotate?lang=en", guard); w.Code != 200 || !strings.Contains(w.Body.String(), "whsec_") || !strings.Contains(w.Body.String(), "End the secret before") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, act := range []string{"end", "pause", "resume", "retry", "remove"} {
		if w := ask(admin, "POST", one+"/"+act, guard); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", act, w.Code, w.Body)
		}
	}
}

// TestDigestPages: a trainer chooses in her account, or by the address of a mail,
// which changes nothing when it is only opened.
func TestDigestPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	if w := ask(trainer, "POST", "/settings/digest", url.Values{"guard": {"guard-word"}, "digest": {"off"}}); w.Code != http.StatusSeeOther || len(site.sent.choices) != 1 {
		t.Errorf("%d %v", w.Code, site.sent.choices)
	}
	if w := ask(trainer, "GET", "/settings/digest?lang=en", nil); !strings.Contains(w.Body.String(), "Send me the weekly mail") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	nobody := site.as()
	const address = "/digest/unsubscribe?tenant=town&account=ute&token=token-of-town-ute"
	if w := ask(nobody, "GET", address, nil); w.Code != 200 || site.sent.choices["town/ute"] {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(nobody, "POST", strings.Replace(address, "ute&", "eve&", 1), nil); w.Code != 404 || len(site.sent.choices) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(nobody, "POST", address, url.Values{"List-Unsubscribe": {"One-Click"}}); w.Code != 200 || !site.sent.choices["town/ute"] {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
