package bi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
)

const (
	// maxQuery bounds the text of a query, with its parameters.
	maxQuery = 256 << 10
	// maxAnswer bounds what is sent of an answer.
	maxAnswer = 128 << 20
	// patience is how long a query waits for others of its tenant.
	patience = 10 * time.Second
	// sendTime is how long an answer may take to be sent, beyond the query.
	sendTime = 2 * time.Minute
)

// Handler answers tools, in the words of the HTTP interface of ClickHouse: they send a
// query as the body or as a parameter, and get a table in the format they name.
//
// What reaches the engine is the text of the query, its parameters (param_…), its format and how it is to
// be packed. All else that tools send (settings, sessions, roles, names of queries) is dropped: the
// limits are the engine's. The engine sees one user, whom it knows; a tool whose secret is
// wrong does not come that far.
func (s *Service) Handler() http.Handler {
	transport := &http.Transport{
		DialContext:        (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		DisableCompression: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
	}
	d := &toolDoor{s, transport}
	return http.HandlerFunc(d.serve)
}

type toolDoor struct {
	*Service
	transport http.RoundTripper
}

// refusal is an error in the form that tools know: a code of ClickHouse, and words.
type refusal struct {
	status, code int
	name, words  string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", r.code, r.words, r.name)
}

var (
	errLogin   = &refusal{http.StatusForbidden, 516, "AUTHENTICATION_FAILED", "Authentication failed: the name or the secret is wrong"}
	errBusy    = &refusal{http.StatusServiceUnavailable, 202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many queries at once"}
	errLoading = &refusal{http.StatusServiceUnavailable, 279, "ALL_CONNECTION_TRIES_FAILED", "The figures are being loaded; ask again in some seconds"}
	errLong    = &refusal{http.StatusRequestEntityTooLarge, 62, "SYNTAX_ERROR", "The query is longer than " + strconv.Itoa(maxQuery) + " bytes"}
	errEmpty   = &refusal{http.StatusBadRequest, 62, "SYNTAX_ERROR", "There is no query"}
	errGone    = &refusal{http.StatusBadGateway, 210, "NETWORK_ERROR", "The query ended without an answer"}
)

func (d *toolDoor) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch {
	case r.URL.Path == "/ping" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		_, _ = io.WriteString(w, "Ok.\n")
		return
	case r.URL.Path != "/":
		http.Error(w, "there is nothing here", http.StatusNotFound)
		return
	}
	if err := d.answer(w, r); err != nil {
		var known *refusal
		if !errors.As(err, &known) {
			d.Logger.Warn("a query of a tool", zap.Error(err))
			known = errGone
		}
		if known == errLogin {
			w.Header().Set("WWW-Authenticate", `Basic realm="ClickHouse server HTTP API"`)
		}
		w.Header().Set("X-ClickHouse-Exception-Code", strconv.Itoa(known.code))
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		w.WriteHeader(known.status)
		_, _ = io.WriteString(w, known.Error()+"\n")
	}
}

func (d *toolDoor) answer(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return &refusal{http.StatusMethodNotAllowed, 501, "HTTP_METHOD_NOT_ALLOWED", "Queries are sent by GET or POST"}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &refusal{http.StatusBadRequest, 36, "BAD_ARGUMENTS", "The parameters of the address are malformed"}
	}
	if r.Method != http.MethodPost && !query.Has("query") && r.Header.Get("Authorization") == "" && query.Get("user") == "" && r.Header.Get("X-ClickHouse-User") == "" {
		_, _ = io.WriteString(w, "Ok.\n") // as ClickHouse does when it is looked for
		return nil
	}
	m, err := d.login(r, query)
	if err != nil {
		return err
	}
	defer d.gone.Done()
	sql, err := queryOf(r, query)
	if err != nil {
		return err
	}
	release, err := m.slot(r.Context())
	if err != nil {
		return err
	}
	defer release()
	if !m.ready() {
		return errLoading
	}
	return d.forward(w, r, m, sql, query)
}

// login finds out whose tool it is. Every name is compared with some secret, so that
// the time tells nothing of which there are. The caller ends what it begins in gone.
func (d *toolDoor) login(r *http.Request, query url.Values) (*mirror, error) {
	name, secret, ok := r.BasicAuth()
	if !ok {
		if name, secret = r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key"); name == "" {
			name, secret = query.Get("user"), query.Get("password")
		}
	}
	sum := sha256.Sum256([]byte(secret))
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.users[name]
	known := u != nil
	if !known {
		u = &user{}
	}
	if same := subtle.ConstantTimeCompare(sum[:], u.digest[:]) == 1; !known || !same || secret == "" {
		return nil, errLogin
	}
	if d.closing || u.mirror == nil {
		return nil, errLoading
	}
	d.gone.Add(1)
	return u.mirror, nil
}

// slot waits for a place among the queries of a tenant.
func (m *mirror) slot(ctx context.Context) (release func(), err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case m.slots <- struct{}{}:
		return func() { <-m.slots }, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, errBusy
}

// queryOf is the text of the query: the parameter and the body, one after the other.
func queryOf(r *http.Request, query url.Values) (string, error) {
	if mime := r.Header.Get("Content-Type"); strings.HasPrefix(mime, "multipart/") || r.Header.Get("Content-Encoding") != "" || query.Get("decompress") == "1" {
		return "", &refusal{http.StatusUnsupportedMediaType, 48, "NOT_IMPLEMENTED", "Packed queries and external tables are not taken"}
	}
	sql := query.Get("query")
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxQuery))
		var long *http.MaxBytesError
		switch {
		case errors.As(err, &long):
			return "", errLong
		case err != nil:
			return "", &refusal{http.StatusBadRequest, 24, "CANNOT_READ_FROM_ISTREAM", "The query was not sent to its end"}
		case sql != "" && len(body) > 0:
			sql += "\n"
		}
		sql += string(body)
	}
	switch {
	case len(sql) > maxQuery:
		return "", errLong
	case strings.TrimSpace(sql) == "":
		return "", errEmpty
	case !reads(sql):
		return "", &refusal{http.StatusForbidden, 164, "READONLY", "Here figures are read: SELECT, SHOW, DESCRIBE, EXISTS and EXPLAIN are answered, nothing else"}
	}
	return sql, nil
}

// reads tells whether a query begins like one that reads. The engine refuses the others
// as well; this keeps them from it.
func reads(sql string) bool {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f\v(")
		rest := sql
		switch {
		case strings.HasPrefix(sql, "--"), strings.HasPrefix(sql, "#"):
			_, rest, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, rest, _ = strings.Cut(sql[2:], "*/")
		default:
			word := sql
			if i := strings.IndexFunc(sql, func(r rune) bool { return !('a' <= r|0x20 && r|0x20 <= 'z') }); i >= 0 {
				word = sql[:i]
			}
			switch strings.ToUpper(word) {
			case "SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN":
				return true
			}
			return false
		}
		sql = rest
	}
}

// passed are the parameters of an address that reach the engine as they are; none of them is
// a setting.
var passed = []string{"default_format", "compress", "client_protocol_version"}

// forward has the engine answer. It is never left in the middle of an answer: a tool that goes
// away has the rest read for nothing, since an engine whose connection is reset may end.
func (d *toolDoor) forward(w http.ResponseWriter, r *http.Request, m *mirror, sql string, query url.Values) error {
	addr, name, password := m.engine.Reader()
	own := url.Values{}
	for _, p := range passed {
		if v := query.Get(p); v != "" && len(v) < 100 {
			own.Set(p, v)
		}
	}
	size := 0
	for p, values := range query {
		if strings.HasPrefix(p, "param_") && len(values) == 1 {
			own.Set(p, values[0])
			size += len(p) + len(values[0])
		}
	}
	if size > maxQuery/8 {
		return errLong
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), d.Limits.Time+sendTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/?"+own.Encode(), strings.NewReader(sql))
	if err != nil {
		return err
	}
	request.Header.Set("X-ClickHouse-User", name)
	request.Header.Set("X-ClickHouse-Key", password)
	for _, h := range []string{"Accept-Encoding", "X-ClickHouse-Format"} {
		if v := r.Header.Get(h); v != "" && len(v) < 200 {
			request.Header.Set(h, v)
		}
	}
	response, err := d.transport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("asking the engine of %s: %w", m.tenant, err)
	}
	defer response.Body.Close()
	for h, values := range response.Header {
		if h == "Content-Type" || h == "Content-Encoding" || strings.HasPrefix(h, "X-Clickhouse-") {
			w.Header()[h] = values
		}
	}
	w.WriteHeader(response.StatusCode)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendTime)) // a tool that takes nothing
	_, _ = io.Copy(w, io.LimitReader(response.Body, maxAnswer))                  // a tool that left is no error of ours
	_, _ = io.Copy(io.Discard, response.Body)
	return nil
}
