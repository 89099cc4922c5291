package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lernspur/bench/faults/journal"
)

// request is what is sent, and sent again, to the byte.
type request struct {
	purpose journal.Purpose
	method  string
	sts     []journal.Sent
	quits   bool // is not sent again when the outcome of the first attempt is unknown
}

// deliver sends a request until there is a verdict, or until the grace time is
// up. acked says that it was acknowledged, and that the disk knows.
func (c *client) deliver(r request) (acked bool) {
	n := c.next.Add(1)
	c.journal(c.log.Write, journal.Record{Kind: journal.Intent, N: n, Purpose: r.purpose, Method: r.method, Statements: r.sts})
	c.count(func(s *Stats) { s.Requests++ })
	for try := 0; ; try++ {
		if try > 0 {
			c.journal(c.log.Write, journal.Record{Kind: journal.Attempt, N: n})
		}
		status, ids, text := c.send(r)
		switch {
		case status/100 == 2:
			return c.acknowledged(r, n, ids)
		case status == http.StatusConflict && r.purpose == journal.Conflict:
			c.refused(n, status, "")
			return false
		case status != 0 && status != http.StatusServiceUnavailable:
			c.refused(n, status, text)
			c.violation(n, "a valid request got %d: %s", status, text)
			return false
		}
		c.refused(n, status, text)
		if r.quits {
			return false
		}
		pause := 100 * time.Millisecond
		if status != 0 {
			pause = 300 * time.Millisecond
		}
		select {
		case <-time.After(pause):
		case <-c.final.Done():
			return false
		}
	}
}

func (c *client) refused(n int64, status int, text string) {
	c.count(func(s *Stats) { s.Refusals[status]++ })
	c.journal(c.log.Write, journal.Record{Kind: journal.Refusal, N: n, Status: status, Text: text})
}

// acknowledged journals a success, then counts it.
func (c *client) acknowledged(r request, n int64, ids []string) bool {
	if r.purpose == journal.Conflict {
		c.violation(n, "other content under an id that was acknowledged got a success")
		return false
	}
	if r.method == http.MethodPost && ids != nil {
		want := make([]string, len(r.sts))
		for i, s := range r.sts {
			want[i] = s.ID
			if s.ID == "" && i < len(ids) {
				want[i] = ids[i]
			}
		}
		if !slices.Equal(ids, want) {
			c.violation(n, "the answer names the ids %q, not %q", ids, want)
		}
	}
	c.journal(c.log.Sync, journal.Record{Kind: journal.Ack, N: n, IDs: ids})
	c.count(func(s *Stats) { s.Acknowledged++; s.Statements += len(r.sts) })
	return true
}

// send makes one attempt. Status 0: there was no answer. ids are nil when the
// answer broke off.
func (c *client) send(r request) (status int, ids []string, text string) {
	target := c.opts.URL + "/statements"
	var body strings.Builder
	if r.method == http.MethodPut {
		target += "?statementId=" + r.sts[0].ID
		body.WriteString(r.sts[0].Body)
	} else if len(r.sts) == 1 {
		body.WriteString(r.sts[0].Body)
	} else {
		for i, s := range r.sts {
			body.WriteByte("[,"[min(i, 1)])
			body.WriteString(s.Body)
		}
		body.WriteByte(']')
	}
	ctx, cancel := context.WithTimeout(c.final, c.opts.Timeout)
	defer cancel()
	resp, err := c.do(ctx, r.method, target, body.String())
	if err != nil {
		return 0, nil, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, nil, strconv.Quote(string(b))
	}
	if r.method == http.MethodPost && err == nil {
		if err := json.Unmarshal(b, &ids); err != nil {
			c.violation(0, "the answer to a POST is %q: %v", b, err)
		}
	}
	return resp.StatusCode, ids, ""
}

func (c *client) do(ctx context.Context, method, target, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(c.opts.Key, c.opts.Secret)
	req.Header.Set("X-Experience-API-Version", "1.0.3")
	req.Header.Set("Content-Type", "application/json")
	return c.http.Do(req)
}

// readBack reads a statement that was acknowledged before: it has to be there,
// however soon after.
func (c *client) readBack(id string) {
	ctx, cancel := context.WithTimeout(c.final, 15*time.Second)
	defer cancel()
	resp, err := c.do(ctx, http.MethodGet, c.opts.URL+"/statements?statementId="+url.QueryEscape(id), "")
	if err != nil {
		return
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	switch {
	case err != nil || resp.StatusCode == http.StatusServiceUnavailable:
	case resp.StatusCode == http.StatusOK:
		c.count(func(s *Stats) { s.Reads++ })
		c.journal(c.log.Write, journal.Record{Kind: journal.Read, Status: resp.StatusCode, IDs: []string{id}, Text: string(b)})
	case resp.StatusCode == http.StatusNotFound:
		c.violation(0, "statement %s was acknowledged and is not found: %s", id, b)
	default:
		c.count(func(s *Stats) { s.ReadErrors++ })
		c.journal(c.log.Write, journal.Record{Kind: journal.Read, Status: resp.StatusCode, IDs: []string{id}, Text: string(b)})
	}
}

func (c *client) violation(n int64, format string, args ...any) {
	c.count(func(s *Stats) { s.Violations++ })
	c.journal(c.log.Write, journal.Record{Kind: journal.Violation, N: n, Text: fmt.Sprintf(format, args...)})
}

// journal ends the process when the journal cannot be kept: without it nothing
// that follows would mean anything.
func (c *client) journal(put func(journal.Record) error, r journal.Record) {
	if err := put(r); err != nil {
		panic(fmt.Sprintf("the journal cannot be written: %v", err))
	}
}
