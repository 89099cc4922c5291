package check

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// patience is how long a read that gets 503 is tried again: the log may be long.
const patience = 60 * time.Second

// remote is the server.
type remote struct {
	url, key, secret string // url ends with /xapi
	http             *http.Client
}

// get reads an address below the server's root. Status 503 and lost connections
// are tried again.
func (r *remote) get(ctx context.Context, path string) (status int, body string, err error) {
	return r.do(ctx, http.MethodGet, path, "")
}

// do sends a request, and again while the server is busy.
func (r *remote) do(ctx context.Context, method, path, sent string) (status int, body string, err error) {
	base := strings.TrimSuffix(r.url, "/xapi")
	for begun := time.Now(); ; {
		status, body, err = r.once(ctx, method, base+path, sent)
		if (err == nil && status != http.StatusServiceUnavailable) || ctx.Err() != nil || time.Since(begun) > patience {
			if err == nil && status == http.StatusServiceUnavailable {
				err = fmt.Errorf("%s %s: still 503 after %s: %s", method, path, patience, body)
			}
			return status, body, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func (r *remote) once(ctx context.Context, method, address, sent string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(sent))
	if err != nil {
		return 0, "", err
	}
	req.SetBasicAuth(r.key, r.secret)
	req.Header.Set("X-Experience-API-Version", "1.0.3")
	if sent != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// one reads a statement by the parameter statementId or voidedStatementId.
func (r *remote) one(ctx context.Context, parameter, id string) (raw string, found bool, err error) {
	status, body, err := r.get(ctx, "/xapi/statements?"+parameter+"="+url.QueryEscape(id))
	switch {
	case err != nil:
		return "", false, err
	case status == http.StatusOK:
		return body, true, nil
	case status == http.StatusNotFound:
		return "", false, nil
	}
	return "", false, fmt.Errorf("GET %s=%s: status %d: %s", parameter, id, status, body)
}

// walk follows more to the end.
func (r *remote) walk(ctx context.Context, query url.Values, limit int) ([]string, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	for k, v := range query {
		q[k] = v
	}
	var list []string
	for path := "/xapi/statements?" + q.Encode(); path != ""; {
		status, body, err := r.get(ctx, path)
		if err != nil {
			return nil, err
		}
		if status != http.StatusOK {
			return nil, fmt.Errorf("GET %s: status %d: %s", path, status, body)
		}
		var page struct {
			Statements []json.RawMessage `json:"statements"`
			More       string            `json:"more"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			return nil, fmt.Errorf("GET %s: %w", path, err)
		}
		for _, s := range page.Statements {
			list = append(list, string(s))
		}
		path = page.More
	}
	return list, nil
}
