package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// client asks a server, with a key.
type client struct {
	http              http.Client
	base, key, secret string
}

// refusal is an answer that is no success.
type refusal struct {
	request string
	status  int
	text    string
}

// Error says what was asked and what was answered.
func (r *refusal) Error() string { return fmt.Sprintf("%s: %d %s", r.request, r.status, r.text) }

// patience is how long a server that has no time is asked again.
const patience = 2 * time.Minute

// ask sends a request and reads its answer into out, which may be nil. A server that
// has no time now is asked again.
func (c *client) ask(ctx context.Context, method, path, kind string, body []byte, out any) error {
	for begun := time.Now(); ; {
		wait, err := c.once(ctx, method, path, kind, body, out)
		if wait == 0 || time.Since(begun) > patience {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// once is ask without patience: with an error comes how long to wait before the next
// attempt, if another one makes sense.
func (c *client) once(ctx context.Context, method, path, kind string, body []byte, out any) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.SetBasicAuth(c.key, c.secret)
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	if len(body) > 0 {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 32<<20))
	switch {
	case err != nil:
		return 0, err
	case answer.StatusCode == http.StatusServiceUnavailable:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // 0 will do
		return max(time.Duration(seconds)*time.Second, 200*time.Millisecond), &refusal{method + " " + path, answer.StatusCode, string(text)}
	case answer.StatusCode >= 300:
		return 0, &refusal{method + " " + path, answer.StatusCode, string(text)}
	case out == nil:
		return 0, nil
	}
	return 0, json.Unmarshal(text, out)
}

// put is ask with JSON. What is there already is no error.
func (c *client) put(ctx context.Context, path string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	err = c.ask(ctx, http.MethodPost, path, "application/json", text, out)
	if r, ok := err.(*refusal); ok && r.status == http.StatusConflict {
		return nil
	}
	return err
}
