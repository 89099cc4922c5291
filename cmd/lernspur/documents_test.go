package main_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// document is the one that all writers of TestNoUpdateIsLostByKills change.
const document = "/xapi/activities/state?stateId=list&activityId=http%3A%2F%2Fexample.org%2Fcourses%2F1&agent=%7B%22mbox%22%3A%22mailto%3Aada%40example.org%22%7D"

// listWriter adds lines to a document by compare-and-set.
type listWriter struct {
	root        *atomic.Value // of the server that runs now
	key, secret string
}

// ask answers status 0 when no answer came.
func (w *listWriter) ask(method, match, body string) (status int, etag, text string) {
	r, err := http.NewRequest(method, w.root.Load().(string)+document, strings.NewReader(body))
	if err != nil {
		return 0, "", ""
	}
	r.SetBasicAuth(w.key, w.secret)
	r.Header.Set("X-Experience-API-Version", "2.0.0")
	r.Header.Set("Content-Type", "text/plain")
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(r)
	if err != nil {
		return 0, "", ""
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", ""
	}
	return response.StatusCode, response.Header.Get("ETag"), string(b)
}

// add adds a line, however often it takes. Without a verdict the next look at the
// document tells whether the line is there.
func (w *listWriter) add(line string, deadline time.Time) error {
	for time.Now().Before(deadline) {
		status, etag, text := w.ask("GET", "", "")
		switch {
		case status == 200 && strings.Contains(text, line+"\n"):
			return nil // a PUT without an answer did it
		case status == 200:
			if status, _, _ = w.ask("PUT", etag, text+line+"\n"); status == 204 {
				return nil
			}
		}
		switch status {
		case 0, 503:
			time.Sleep(20 * time.Millisecond)
		case 412:
		default:
			return fmt.Errorf("%s: status %d", line, status)
		}
	}
	return fmt.Errorf("%s was not added in time", line)
}

// TestNoUpdateIsLostByKills has 64 writers add lines to one document with
// If-Match while the server is killed again and again. Each line that was
// acknowledged is there at the end, once.
func TestNoUpdateIsLostByKills(t *testing.T) {
	p, _ := newSharedPlace(t)
	p.env = append(p.env, "LERNSPUR_KEY=writer", "LERNSPUR_SECRET=a-long-enough-secret")
	var root atomic.Value
	s := p.serve(t)
	root.Store(s.root)
	w := &listWriter{root: &root, key: "writer", secret: "a-long-enough-secret"}
	if status, _, text := w.ask("PUT", "", ""); status != 204 {
		t.Fatalf("the first one: %d %s", status, text)
	}
	const writers, each, kills = 64, 4, 3
	deadline := time.Now().Add(2 * time.Minute)
	var group sync.WaitGroup
	var added atomic.Int64
	for i := range writers {
		group.Go(func() {
			for j := range each {
				if err := w.add(fmt.Sprintf("writer %d line %d", i, j), deadline); err != nil {
					t.Error(err)
					return
				}
				added.Add(1)
			}
		})
	}
	for kill := range int64(kills) {
		for added.Load() < (kill+1)*writers*each/(kills+1) && time.Now().Before(deadline) && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		s.kill(t)
		s = p.serve(t)
		root.Store(s.root)
	}
	group.Wait()
	s.kill(t) // what is in the log alone counts as well
	s = p.serve(t)
	root.Store(s.root)
	_, _, text := w.ask("GET", "", "")
	there := map[string]int{}
	for line := range strings.Lines(text) {
		there[strings.TrimSpace(line)]++
	}
	for i := range writers {
		for j := range each {
			if line := fmt.Sprintf("writer %d line %d", i, j); there[line] != 1 {
				t.Errorf("%q is there %d times", line, there[line])
			}
		}
	}
	if len(there) != writers*each {
		t.Errorf("%d lines, not %d", len(there), writers*each)
	}
	contains(t, p.must(t, "verify"), "DOCUMENTS")
}
