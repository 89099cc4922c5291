package lrs

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"lernspur/statements"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var errInner = errors.New("clickhouse://user:hunter2@127.0.0.1 went away")

func TestCommitErrorsBecomeStatuses(t *testing.T) {
	id := uuid.MustParse("f4c2d5a8-0c0a-4a52-8f5b-3f4a0f1a9d11")
	for _, c := range []struct {
		name   string
		err    error
		status int
		text   string // in the error
		after  int    // least Retry-After, 0: none
	}{
		{"conflict", &Conflict{Index: 1, ID: id}, 409, id.String(), 0},
		{"busy", &Busy{RetryAfter: 3 * time.Second, Reason: "the log is full"}, 503, "the log is full", 3},
		{"busy without a time", &Busy{Reason: "the log is full"}, 503, "the log is full", 1},
		{"uncertain", ErrUncertain, 503, "same ids", 1},
		{"no verdict in time", context.DeadlineExceeded, 503, "same ids", 1},
		{"internal", errInner, 500, "internal error (request r1)", 0},
	} {
		w := newWorld(t, nil)
		w.double.commit = func(context.Context, string, []*statements.Statement) error { return c.err }
		for _, send := range []struct{ method, path string }{
			{"POST", "/xapi/statements"}, {"PUT", "/xapi/statements?statementId=" + id.String()},
		} {
			a := w.do(send.method, send.path, goodStatement, "X-Request-Id: r1")
			if a.status != c.status || !strings.Contains(a.errorText(t), c.text) {
				t.Errorf("%s, %s: %d %s", c.name, send.method, a.status, a.body)
			}
			if strings.Contains(a.body, "hunter2") || strings.Contains(a.body, "clickhouse") {
				t.Errorf("%s: inner text in the answer: %s", c.name, a.body)
			}
			after, _ := strconv.Atoi(a.header.Get("Retry-After"))
			if after < c.after || after > 2*c.after || (c.after == 0) != (a.header.Get("Retry-After") == "") {
				t.Errorf("%s: Retry-After %q, want %d to %d", c.name, a.header.Get("Retry-After"), c.after, 2*c.after)
			}
			if a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: Content-Type %q", c.name, a.header.Get("Content-Type"))
			}
		}
	}
}

func TestConflictNamesTheStatement(t *testing.T) {
	w := newWorld(t, nil)
	id := uuid.MustParse("f4c2d5a8-0c0a-4a52-8f5b-3f4a0f1a9d11")
	w.double.commit = func(context.Context, string, []*statements.Statement) error { return &Conflict{Index: 3, ID: id} }
	a := w.do("POST", "/xapi/statements", goodStatement)
	var got struct {
		Violations []statements.Violation `json:"violations"`
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	want := []statements.Violation{{Statement: 3, Pointer: "/id", Rule: "id-conflict", Message: "another statement is already stored under the id " + id.String() + ", or was until it was deleted"}}
	if diff := cmp.Diff(want, got.Violations); diff != "" {
		t.Error(diff)
	}
}

func TestInnerErrorsAreLogged(t *testing.T) {
	w := newWorld(t, nil)
	w.double.find = func(context.Context, string, statements.Query) (statements.Page, error) {
		return statements.Page{}, errInner
	}
	w.do("GET", "/xapi/statements", "", "X-Request-Id: r7")
	line := w.logs.All()[0]
	if line.Level.String() != "error" || line.ContextMap()["error"] != errInner.Error() || line.ContextMap()["request"] != "r7" {
		t.Errorf("%v %v", line.Level, line.ContextMap())
	}
}

func TestReadErrorsBecomeStatuses(t *testing.T) {
	byID := "/xapi/statements?statementId=f4c2d5a8-0c0a-4a52-8f5b-3f4a0f1a9d11"
	for _, c := range []struct {
		name   string
		change func(d *double)
		status int
	}{
		{"not readable in time", func(d *double) {
			d.wait = func(ctx context.Context) (int64, error) { <-ctx.Done(); return 0, ctx.Err() }
		}, 503},
		{"the writer gives up first", func(d *double) {
			d.wait = func(context.Context) (int64, error) { return 0, &Busy{Reason: "the database is behind"} }
		}, 503},
		{"the store is away", func(d *double) {
			d.find = func(context.Context, string, statements.Query) (statements.Page, error) {
				return statements.Page{}, errInner
			}
			d.get = func(context.Context, string, uuid.UUID, int64) (statements.Found, bool, bool, error) {
				return statements.Found{}, false, false, errInner
			}
		}, 500},
		{"panic", func(d *double) {
			d.wait = func(context.Context) (int64, error) { panic("out of cheese") }
		}, 500},
	} {
		w := newWorld(t, func(o *Options) { o.ReadWait = 20 * time.Millisecond })
		c.change(w.double)
		for _, path := range []string{"/xapi/statements", byID} {
			a := w.do("GET", path, "")
			if a.status != c.status || a.header.Get("X-Experience-API-Consistent-Through") == "" {
				t.Errorf("%s: %d %s", c.name, a.status, a.body)
			}
			if text := a.errorText(t); strings.Contains(text, "cheese") || strings.Contains(text, "hunter2") {
				t.Errorf("%s: inner text %q", c.name, text)
			}
			if head := w.do("HEAD", path, ""); head.status != c.status || head.body != "" {
				t.Errorf("%s: HEAD %d %q", c.name, head.status, head.body)
			}
		}
	}
}

func TestPostsWaitNoLongerThanCommitWait(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.CommitWait = 20 * time.Millisecond })
	w.double.commit = func(ctx context.Context, _ string, _ []*statements.Statement) error {
		<-ctx.Done()
		return ctx.Err()
	}
	if a := w.do("POST", "/xapi/statements", goodStatement); a.status != 503 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestRetryAfterIsSpread(t *testing.T) {
	seen := map[int]bool{}
	for range 1000 {
		s := retrySeconds(2500 * time.Millisecond)
		if s < 3 || s > 6 {
			t.Fatalf("%d s for 2.5 s", s)
		}
		seen[s] = true
	}
	if len(seen) != 4 {
		t.Errorf("only %v", seen)
	}
}

func TestExplanations(t *testing.T) {
	strict := []statements.Violation{
		{Statement: 1, Pointer: "/verb", Rule: "verb-required", Message: "strict"},
		{Statement: 4, Pointer: "/id", Rule: "id-duplicate-in-batch", Message: "strict"},
	}
	explained := []statements.Violation{
		{Statement: 1, Pointer: "", Rule: "verb-required", Message: "explained"},
		{Statement: 1, Pointer: "/actor/mbox", Rule: "mbox-format", Message: "explained"},
		{Statement: 2, Pointer: "/actor", Rule: "actor-required", Message: "only the explainer thinks so"},
		{Statement: 4, Pointer: "/object", Rule: "object-required", Message: "explained"},
	}
	want := []statements.Violation{explained[0], explained[1], explained[3], strict[1]}
	if diff := cmp.Diff(want, merge(strict, explained)); diff != "" {
		t.Error(diff)
	}
}

func TestExplanationsAreBounded(t *testing.T) {
	bad := `{"actor":{"mbox":"mailto:ada@example.org"},"object":{"id":"http://example.org/it"}}`
	detail := []statements.Violation{{Rule: "verb-required", Message: "from the explainer"}}
	asked := 0
	w := newWorld(t, func(o *Options) {
		o.Explain = func([]byte, statements.Options) []statements.Violation { asked++; return detail }
		o.Statements.MaxStatementBytes = 1000
	})
	post := func(body string) answer { return w.do("POST", "/xapi/statements", body) }
	if a := post(bad); a.status != 400 || !strings.Contains(a.body, "from the explainer") {
		t.Errorf("%d %s", a.status, a.body)
	}
	asked = 0
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"a body over 1 MiB":        {bad + strings.Repeat(" ", 1<<20), 400},
		"a statement that is long": {`{"x":"` + strings.Repeat("a", 1000) + `"}`, 413},
	} {
		if a := post(c.body); a.status != c.status || asked != 0 {
			t.Errorf("%s: %d, explained %d times", name, a.status, asked)
		}
	}
	detail = make([]statements.Violation, maxViolations+1)
	// The strict pass's own word is kept beside those of the explainer.
	if a := post(bad); strings.Count(a.body, `"rule"`) != maxViolations+1 {
		t.Errorf("an explanation without end: %d violations", strings.Count(a.body, `"rule"`))
	}
}
