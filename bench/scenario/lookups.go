package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/result"
)

// lookup is one kind of question with its keys.
type lookup struct {
	kind string
	// queries are whole requests, one for each key, no key twice.
	queries [][]byte
	// walk follows more to the end; each page is a question of its own.
	walk bool
	// page tells that the answer is a page of statements, and not one statement
	// or something else.
	page bool
}

// asker asks and keeps count.
type asker struct {
	env        *Env
	conn       *load.Conn
	lookup     lookup
	pages      int
	full       int
	statements int
}

// each is how many keys are asked with cold caches before every single one:
// dropping them takes far longer than the question.
const each = 50

// lookups asks every kind of question for statements with cold and with warm caches.
func (e *Env) lookups(ctx context.Context, n int64, keys int) (all []result.Lookup, dropped bool, failed []error, err error) {
	conn, err := load.Dial(ctx, e.server.Addr)
	if err != nil {
		return nil, false, nil, err
	}
	defer conn.Close()
	questions, err := e.questions(conn, n, keys)
	if err != nil {
		return nil, false, nil, err
	}
	return e.askAll(ctx, conn, questions)
}

// askAll asks every kind of question. A kind that fails is left out and its error
// is among failed.
func (e *Env) askAll(ctx context.Context, conn *load.Conn, questions []lookup) (all []result.Lookup, dropped bool, failed []error, err error) {
	for _, q := range questions {
		r, fully, err := (&asker{env: e, conn: conn, lookup: q}).measure(ctx)
		if ctx.Err() != nil {
			return all, dropped, failed, ctx.Err()
		}
		if err != nil {
			e.logf("%v", err)
			failed = append(failed, err)
			continue
		}
		dropped = fully
		e.logf("%s: %d keys, %.0f statements each; cold p50 %.1f p95 %.1f p99 %.1f ms, warm p50 %.1f p95 %.1f p99 %.1f ms, cold each p95 %.1f ms",
			r.Kind, r.Keys, r.Answers, r.Cold.P50, r.Cold.P95, r.Cold.P99, r.Warm.P50, r.Warm.P95, r.Warm.P99, r.Each.P95)
		all = append(all, r)
	}
	return all, dropped, failed, nil
}

// measure asks one kind of question; dropped tells whether cold means the
// system's page cache too.
func (a *asker) measure(ctx context.Context) (r result.Lookup, dropped bool, err error) {
	queries := a.lookup.queries
	r = result.Lookup{Kind: a.lookup.kind, Keys: len(queries)}
	var single, cold, warm load.Histogram
	for i := 0; i < min(each, len(queries)) && ctx.Err() == nil; i++ {
		if _, err := a.env.dropCaches(ctx); err != nil {
			return r, false, err
		}
		// From the end, so that the pass over all keys does not begin with them.
		if err := a.ask(queries[len(queries)-1-i], &single); err != nil {
			return r, false, err
		}
	}
	if dropped, err = a.env.dropCaches(ctx); err != nil {
		return r, false, err
	}
	a.pages, a.full, a.statements = 0, 0, 0
	if err := a.pass(ctx, &cold); err != nil {
		return r, false, err
	}
	if a.pages > 0 {
		r.Answers, r.Full = float64(a.statements)/float64(a.pages), float64(a.full)/float64(a.pages)
	}
	err = a.pass(ctx, &warm)
	r.Each, r.Cold, r.Warm = single.Summary(), cold.Summary(), warm.Summary()
	return r, dropped, err
}

// pass asks for every key once.
func (a *asker) pass(ctx context.Context, h *load.Histogram) error {
	for _, query := range a.lookup.queries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := a.ask(query, h); err != nil {
			return err
		}
	}
	return nil
}

// ask asks one question, and for the following pages if it is a walk.
func (a *asker) ask(query []byte, h *load.Histogram) error {
	for {
		began := time.Now()
		answer, err := a.conn.Do(query)
		took := time.Since(began)
		if err != nil || answer.Status != 200 {
			line, _, _ := strings.Cut(string(query), "\r\n")
			return fmt.Errorf("%s: %s: %d %v %.300s", a.lookup.kind, line, answer.Status, err, answer.Body)
		}
		h.Record(took)
		if !a.lookup.page {
			return nil
		}
		page, err := readPage(answer.Body)
		if err != nil {
			return err
		}
		a.pages++
		a.statements += len(page.Statements)
		if len(page.Statements) == 100 {
			a.full++
		}
		if len(page.Statements) == 0 && !a.lookup.walk {
			line, _, _ := strings.Cut(string(query), "\r\n")
			return fmt.Errorf("%s: %s: nothing found", a.lookup.kind, line)
		}
		if !a.lookup.walk || page.More == "" {
			return nil
		}
		// More may be a whole address; the server is the same.
		if _, path, ok := strings.Cut(page.More, "/xapi/"); ok {
			query = a.env.get("/xapi/" + path)
		} else {
			return fmt.Errorf("a strange more: %q", page.More)
		}
	}
}
