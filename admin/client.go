package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lernspur/verify"
)

// Client asks a server on behalf of a command.
type Client struct {
	http  *http.Client
	close func() error
}

// startPatience is how long a server that is starting is waited for.
const startPatience = 2 * time.Minute

// Connect reaches the server that runs on a data folder. One that is still
// starting is waited for. Error: ErrNoServer.
func Connect(ctx context.Context, dataDir string) (*Client, error) {
	conn, err := dial(ctx, dataDir)
	if err != nil {
		return nil, err
	}
	conn.Close()
	c := newClient(func(ctx context.Context) (net.Conn, error) { return dial(ctx, dataDir) })
	for begun := time.Now(); ; {
		_, err := c.Status(ctx)
		var busy *Busy
		if !errors.As(err, &busy) || time.Since(begun) > startPatience {
			return c, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Local is a client of a handler in this process; nothing listens anywhere.
func Local(h http.Handler) *Client {
	pipe := newPipe()
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: h, BaseContext: func(net.Listener) context.Context { return ctx }, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(pipe) // ends with Close
	}()
	c := newClient(pipe.dial)
	c.close = func() error {
		cancel()
		err := server.Close()
		<-ended
		return err
	}
	return c
}

func newClient(dial func(ctx context.Context) (net.Conn, error)) *Client {
	transport := &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
		DisableCompression: true,
	}
	return &Client{http: &http.Client{Transport: transport}, close: func() error { return nil }}
}

// Close ends the connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return c.close()
}

// do sends a request and answers its response, which is a success and whose
// body the caller closes. *Busy says that nothing was done.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Response, error) {
	return c.send(ctx, method, path, query, "", body)
}

// send is do with the type of the body.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://lernspur"+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20)) // what there is must do
	var p problem
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		p.Detail = fmt.Sprintf("the server answers %s", response.Status)
	}
	if response.StatusCode == http.StatusServiceUnavailable {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // 0 will do
		return nil, &Busy{RetryAfter: time.Duration(seconds) * time.Second, Reason: p.Detail}
	}
	if response.StatusCode == http.StatusNotFound && p.Detail == ErrNoBlob.Error() {
		return nil, ErrNoBlob
	}
	if len(p.Findings) > 0 {
		return nil, &Refused{p.Detail, p.Findings}
	}
	return nil, errors.New(p.Detail)
}

// Refused is a file that was not taken, with what is wrong with it.
type Refused struct {
	Detail   string
	Findings []RowFinding
}

func (e *Refused) Error() string { return e.Detail }

// RowFinding is what is wrong with a row of a file. Lines and columns count from 1; 0
// is nowhere in particular.
type RowFinding struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Heading string `json:"heading"`
	Message string `json:"message"`
}

// call sends a request with a JSON body and reads a JSON answer, each unless
// nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, ask, answer any) error {
	var body io.Reader
	if ask != nil {
		text, err := json.Marshal(ask)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	return c.ask(ctx, method, path, query, "application/json", body, answer)
}

// ask sends a body and reads a JSON answer, unless that is nil.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader, answer any) error {
	response, err := c.send(ctx, method, path, query, contentType, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	return nil
}

// Status asks who answers.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	return s, c.call(ctx, http.MethodGet, "/v1/status", nil, nil, &s)
}

// Keys lists the API keys of a tenant; "" means of all.
func (c *Client) Keys(ctx context.Context, tenant string) ([]KeyInfo, error) {
	var list []KeyInfo
	return list, c.call(ctx, http.MethodGet, "/v1/keys", url.Values{"tenant": {tenant}}, nil, &list)
}

// CreateKey makes an API key.
func (c *Client) CreateKey(ctx context.Context, ask NewKeyRequest) (NewKey, error) {
	var k NewKey
	return k, c.call(ctx, http.MethodPost, "/v1/keys", nil, ask, &k)
}

// RevokeKey ends an API key for good.
func (c *Client) RevokeKey(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/v1/keys/"+url.PathEscape(id)+"/revoke", nil, nil, nil)
}

// Import stores a batch of statements. *Busy says that none was taken and the
// same batch may be sent again.
func (c *Client) Import(ctx context.Context, ask ImportRequest, elements [][]byte) (ImportResult, error) {
	var body bytes.Buffer
	_ = writeFrames(&body, elements) // a buffer takes everything
	var result ImportResult
	return result, c.ask(ctx, http.MethodPost, "/v1/import", ask.values(), "", &body, &result)
}

// Export writes statements as NDJSON to w. An error after the beginning means
// that what was written is not all.
func (c *Client) Export(ctx context.Context, ask ExportRequest, w io.Writer) error {
	response, err := c.do(ctx, http.MethodGet, "/v1/export", ask.values(), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("the export is incomplete: %w", err)
	}
	if text := response.Trailer.Get(trailerError); text != "" {
		return fmt.Errorf("the export is incomplete: %s", text)
	}
	return nil
}

// Verify has everything re-read. progress may be nil.
func (c *Client) Verify(ctx context.Context, ask VerifyRequest, progress func(verify.Progress)) (*verify.Report, error) {
	text, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	response, err := c.do(ctx, http.MethodPost, "/v1/verify", nil, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	lines := json.NewDecoder(bufio.NewReader(response.Body))
	for {
		var e event
		if err := lines.Decode(&e); err != nil {
			return nil, fmt.Errorf("the verification did not come to an end: %w", err)
		}
		switch {
		case e.Error != "":
			return nil, errors.New(e.Error)
		case e.Report != nil:
			return e.Report, nil
		case e.Progress != nil && progress != nil:
			progress(*e.Progress)
		}
	}
}

// Report writes the pilot report to w.
func (c *Client) Report(ctx context.Context, ask ReportRequest, w io.Writer) error {
	response, err := c.do(ctx, http.MethodGet, "/v1/report", ask.values(), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("the report is incomplete: %w", err)
	}
	return nil
}
