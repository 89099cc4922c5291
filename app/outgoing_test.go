package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/digest"
	"lernspur/webhook"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for begun := time.Now(); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 15*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}

// TestForwardsToAnother: one server forwards to another: both editions, voided
// statements and what voids them, attachments; what is there already is no error; and
// not to itself.
func TestForwardsToAnother(t *testing.T) {
	from, to := options(t), options(t)
	from.Outgoing.Networks = loopback
	from.Outgoing.Forward.Poll = 50 * time.Millisecond
	b := start(t, to)
	defer stop(t, b)
	a := start(t, from)
	defer stop(t, a)
	st := func(n int, more string) string {
		return fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://example.org/fire"},"timestamp":"2026-01-31T12:00:00Z"%s}`, n, more)
	}
	voiding := `{"id":"00000000-0000-4000-8000-000000000004","actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000001"},"timestamp":"2026-01-31T12:00:00Z"}`
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" // of hello
	signed := fmt.Sprintf(`,"attachments":[{"usageType":"https://example.org/use","display":{"en":"a"},"contentType":"text/plain","length":5,"sha2":"%s"}]`, sum)
	for _, body := range []string{st(1, ""), st(2, `,"version":"2.0.0"`), voiding} {
		if status, text := ask(t, a, "POST", "/xapi/statements", body); status != 200 {
			t.Fatal(status, text)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+a.Addr().String()+"/xapi/statements", strings.NewReader("--b\r\nContent-Type: application/json\r\n\r\n"+st(3, signed)+
		"\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "+sum+"\r\n\r\nhello\r\n--b--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(key, secret)
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	r.Header.Set("Content-Type", "multipart/mixed; boundary=b")
	if answer, text := read(t, http.DefaultClient, r); answer.StatusCode != 200 {
		t.Fatal(answer.StatusCode, text)
	}
	// One of them is there already.
	if status, text := ask(t, b, "POST", "/xapi/statements", st(2, `,"version":"2.0.0"`)); status != 200 {
		t.Fatal(status, text)
	}
	target := do(t, a, "POST", "/api/v1/forwards", fmt.Sprintf(`{"url":"http://%s/xapi/","key":"%s","secret":"%s","from":"beginning"}`, b.Addr(), key, secret), 201)
	id := target["id"].(string)
	eventually(t, "everything is delivered", func() bool { return do(t, a, "GET", "/api/v1/forwards/"+id, "", 200)["delivered"] == 4.0 })
	for path, want := range map[string]int{"statementId=00000000-0000-4000-8000-000000000002": 200, "statementId=00000000-0000-4000-8000-000000000001": 404, "voidedStatementId=00000000-0000-4000-8000-000000000001": 200,
		"statementId=00000000-0000-4000-8000-000000000004": 200} {
		if status, text := ask(t, b, "GET", "/xapi/statements?"+path, ""); status != want {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, text := ask(t, b, "GET", "/xapi/statements?attachments=true&statementId=00000000-0000-4000-8000-000000000003", ""); status != 200 || !strings.Contains(text, "\r\n\r\nhello\r\n") {
		t.Errorf("the attachment: %d %s", status, text)
	}
	if listed := do(t, a, "GET", "/api/v1/forwards", "", 200); strings.Contains(fmt.Sprint(listed), secret) {
		t.Errorf("the secret is shown: %v", listed)
	}
	if file := grep(t, from.DataDir, secret); file != "" && !strings.Contains(file, "engine") {
		t.Errorf("the secret is in %s", file)
	}
	// Not to itself, by its address and by another name of it.
	do(t, a, "POST", "/api/v1/forwards", fmt.Sprintf(`{"url":"http://%s/xapi","key":"k","secret":"s"}`, a.Addr()), 400)
	_, port, _ := net.SplitHostPort(a.Addr().String())
	circle := do(t, a, "POST", "/api/v1/forwards", fmt.Sprintf(`{"url":"http://127.0.0.2:%s/xapi","key":"%s","secret":"%s","from":"beginning"}`, port, key, secret), 201)
	if conn, err := net.Dial("tcp", "127.0.0.2:"+port); err == nil { // it listens there only where it listens everywhere
		conn.Close()
		eventually(t, "the circle is seen", func() bool {
			return strings.Contains(fmt.Sprint(do(t, a, "GET", "/api/v1/forwards/"+circle["id"].(string), "", 200)["problem"]), "508")
		})
	}
	r, err = http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addr().String()+"/xapi/about", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Lernspur-Forwarded-By", a.outgoing.node)
	if answer, _ := read(t, http.DefaultClient, r); answer.StatusCode != http.StatusLoopDetected {
		t.Errorf("what it forwarded itself: %d", answer.StatusCode)
	}
}

// TestIngestionDoesNotWait: while targets and hooks never answer, posts and reads are
// as quick as ever.
func TestIngestionDoesNotWait(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() // it takes connections, and never says anything
	o := options(t)
	o.Outgoing.Networks = loopback
	o.Outgoing.Forward.Poll, o.Outgoing.Webhook.Poll = 10*time.Millisecond, 10*time.Millisecond
	a := start(t, o)
	defer stop(t, a)
	for range 5 {
		do(t, a, "POST", "/api/v1/forwards", fmt.Sprintf(`{"url":"http://%s/xapi","key":"k","secret":"s","from":"beginning"}`, silent.Addr()), 201)
		do(t, a, "POST", "/api/v1/webhooks", fmt.Sprintf(`{"url":"http://%s/","events":["course.completed"]}`, silent.Addr()), 201)
	}
	var slowest time.Duration
	for i := range 60 {
		begun := time.Now()
		status, text := ask(t, a, "POST", "/xapi/statements", fmt.Sprintf(`{"actor":{"mbox":"mailto:ada%d@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://example.org/fire"}}`, i))
		if status != 200 {
			t.Fatal(status, text)
		}
		slowest = max(slowest, time.Since(begun))
	}
	if slowest > 3*time.Second { // a request to them lasts 20 s at least
		t.Errorf("a post took %s", slowest)
	}
	if status, text := ask(t, a, "GET", "/xapi/statements?limit=100", ""); status != 200 || strings.Count(text, `"actor"`) != 60 {
		t.Errorf("%d %d", status, strings.Count(text, `"actor"`))
	}
}

// hooked is a receiver of events.
type hooked struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	events []map[string]any
	wrong  []error
	secret string
}

func newHooked(t *testing.T) *hooked {
	h := &hooked{status: 200}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		body, err := io.ReadAll(r.Body)
		var event map[string]any
		if err == nil {
			err = json.Unmarshal(body, &event)
		}
		if err == nil && h.secret != "" {
			err = webhook.Verify(r.Header.Get(webhook.SignatureHeader), body, h.secret, time.Now())
		}
		if err != nil {
			h.wrong = append(h.wrong, err)
		}
		if h.status == 200 && event["type"] != webhook.Test {
			h.events = append(h.events, event)
		}
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hooked) told() []map[string]any {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

// TestWebhooks: from a statement that is posted to a request that can be verified;
// a restart in between; private addresses are refused unless they are allowed.
func TestWebhooks(t *testing.T) {
	h := newHooked(t)
	o := options(t)
	o.Outgoing.Webhook.Poll = 20 * time.Millisecond
	a := start(t, o)
	made := do(t, a, "POST", "/api/v1/webhooks", fmt.Sprintf(`{"url":"%s/hook","events":["course.completed","course.passed"]}`, h.URL), 201)
	id := made["id"].(string)
	h.secret = made["secret"].(string)
	if outcome := do(t, a, "POST", "/api/v1/webhooks/"+id+"/test", "", 200); outcome["delivered"] != false || !strings.Contains(fmt.Sprint(outcome["problem"]), "may not be asked") {
		t.Errorf("a private address: %v", outcome)
	}
	completed := func(n int, who string) {
		t.Helper()
		body := fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","actor":{"mbox":"mailto:%s@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://example.org/fire"},
			"context":{"contextActivities":{"grouping":[{"id":"https://example.org/fire"}]}}}`, n, who)
		if status, text := ask(t, a, "POST", "/xapi/statements", body); status != 200 {
			t.Fatal(status, text)
		}
	}
	completed(1, "ada")
	eventually(t, "the event waits", func() bool { return do(t, a, "GET", "/api/v1/webhooks/"+id, "", 200)["pending"] == 1.0 })
	stop(t, a)
	o.Outgoing.Networks = loopback
	a = start(t, o)
	defer func() { stop(t, a) }()
	eventually(t, "the event is told", func() bool {
		do(t, a, "PATCH", "/api/v1/webhooks/"+id, `{"paused":false}`, 200) // at once
		return len(h.told()) == 1
	})
	event := h.told()[0]
	expect(t, "type", event["type"], "course.completed")
	expect(t, "course", dig(t, event, "data", "course"), "https://example.org/fire")
	expect(t, "learner", dig(t, event, "data", "learner", "identifier"), "mbox|mailto:ada@example.org")
	if status, text := ask(t, a, "POST", "/xapi/statements", `{"actor":{"mbox":"mailto:x@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000001"}}`); status != 200 {
		t.Fatal(status, text)
	}
	completed(2, "ada")
	completed(3, "bob")
	eventually(t, "the other event is told", func() bool { return len(h.told()) == 2 })
	time.Sleep(200 * time.Millisecond)
	if list := h.told(); len(list) != 2 || len(h.wrong) > 0 {
		t.Errorf("%v, %v", list, h.wrong)
	}
}

// mailbox takes mail.
type mailbox struct {
	mu   sync.Mutex
	mail []string
	to   []string
}

func (m *mailbox) Send(_ context.Context, to string, message []byte, handing func() error) error {
	if err := handing(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mail, m.to = append(m.mail, string(message)), append(m.to, to)
	return nil
}

// TestDigests: who of a group completed what in the week before, for its trainer.
func TestDigests(t *testing.T) {
	o := options(t)
	box := &mailbox{}
	o.Outgoing.Mailer, o.Outgoing.From.Address = box, "lernspur@example.org"
	now := time.Now().In(time.FixedZone("", 3600))
	o.Outgoing.Weekday, o.Outgoing.Hour = now.Weekday(), 0
	a := start(t, o)
	defer stop(t, a)
	ada := do(t, a, "POST", "/api/v1/people", `{"name":"Ada Lovelace","identifiers":["mbox|mailto:ada@example.org"]}`, 201)["id"].(string)
	ute := do(t, a, "POST", "/api/v1/people", `{"name":"Ute","identifiers":["mbox|mailto:ute@example.org"]}`, 201)["id"].(string)
	do(t, a, "POST", "/api/v1/groups", fmt.Sprintf(`{"name":"Einarbeitung","members":[{"person":"%s"}],"trainers":["%s"]}`, ada, ute), 201)
	do(t, a, "POST", "/api/v1/accounts", fmt.Sprintf(`{"account":"ute","password":"Drei Enten fliegen weit","roles":["trainer"],"person":"%s","language":"de"}`, ute), 201)
	before := now.AddDate(0, 0, -2).UTC().Format(time.RFC3339)
	body := fmt.Sprintf(`{"actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"timestamp":"%s","object":{"id":"https://example.org/fire","definition":{"name":{"de":"Brandschutz"}}},
		"context":{"contextActivities":{"grouping":[{"id":"https://example.org/fire"}]}}}`, before)
	if status, text := ask(t, a, "POST", "/xapi/statements", body); status != 200 {
		t.Fatal(status, text)
	}
	eventually(t, "it is in the figures", func() bool {
		_, text := ask(t, a, "GET", "/api/v1/progress/learners?wait=true&course=https%3A%2F%2Fexample.org%2Ffire", "")
		return strings.Contains(text, "Ada Lovelace")
	})
	run := do(t, a, "POST", "/api/v1/digests/ute/send", "", 200)
	expect(t, "state", run["state"], digest.Sent)
	if len(box.mail) != 1 || box.to[0] != "ute@example.org" || !strings.Contains(box.mail[0], "Ada Lovelace: Brandschutz") || strings.Contains(box.mail[0], "Braucht Unterst") {
		t.Errorf("%v %v", box.to, box.mail)
	}
	do(t, a, "POST", "/api/v1/digests/nobody/send", "", 404)
	if list := do(t, a, "GET", "/api/v1/digests", "", 200); !strings.Contains(fmt.Sprint(list), "ute") {
		t.Errorf("%v", list)
	}
}
