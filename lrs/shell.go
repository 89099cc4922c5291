package lrs

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"lernspur/statements"

	"go.uber.org/zap"
)

// Header values that every request shares; nobody changes them.
var (
	jsonContentType = []string{"application/json"}
	noStore         = []string{"no-store"}
)

// exchange is one request and its answer: the ResponseWriter that the actions
// write to, and what is known about who asks.
type exchange struct {
	http.ResponseWriter
	api     *API
	id      string // of the request
	started time.Time
	edition statements.Edition
	lenient bool // the request came to the lenient endpoint
	cred    *Credential
	session Session // that the credential belongs to; nil for none

	status     int   // 0 until the answer begins
	sent       int64 // bytes of the answer's body
	received   int64 // bytes of the request's body as it came
	failure    *failure
	consistent bool // every answer carries Consistent-Through
	bare       bool // the answer has no body, though the client takes it for one that has

	// The values of headers, kept here rather than each in a slice of its own.
	headers [2]string
}

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	if x.bare {
		x.Header().Del("Content-Length")
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(p)
	x.sent += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// shell wraps a resource in all that its actions have in common: request id,
// version, credentials, scopes, errors, counters and the access log.
func (a *API) shell(res resource) http.Handler {
	allow := res.allowed()
	count := a.metrics.of(res.path)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{ResponseWriter: w, api: a, lenient: res.lenient, started: time.Now()}
		x.id = r.Header.Get(headerRequestID)
		if !validRequestID(x.id) {
			x.id = a.ids.next()
		}
		var alternate error
		if r.URL.RawQuery != "" && isAlternate(r) {
			r, alternate = a.undoAlternate(x, w, r)
		}
		ed, problem := edition(r.Header)
		x.edition = ed
		h := w.Header()
		x.headers[0] = x.id
		h[headerRequestID] = x.headers[:1:1]
		h[headerVersion] = versionAnswer(ed)
		if x.consistent = res.consistent; x.consistent {
			h[headerConsistent] = a.consistent.at(a.opts.Writer.Watermark())
		}
		defer a.finish(x, r, res.path, count)
		if preflight := a.cors(h, r, allow); preflight {
			x.WriteHeader(http.StatusNoContent)
			return
		}
		err := alternate
		if err == nil {
			err = a.admit(x, r, res, allow, problem)
		}
		if err != nil {
			x.fail(r, err)
		}
	})
}

// admit finds the action, checks who asks for it, and runs it.
func (a *API) admit(x *exchange, r *http.Request, res resource, allow, versionProblem string) error {
	if res.lenient {
		if err := a.offered(""); err != nil {
			return err
		}
	}
	if res.methods == nil {
		if strings.Contains(r.URL.Path, "//") {
			return notFound("there is no such resource: this path has two slashes in a row")
		}
		return notFound("there is no such resource")
	}
	act, ok := res.methods[r.Method]
	if !ok {
		x.Header().Set("Allow", allow)
		if r.Method == http.MethodOptions {
			x.WriteHeader(http.StatusNoContent)
			return nil
		}
		return &failure{status: http.StatusMethodNotAllowed, message: "this resource answers " + allow}
	}
	if act.access == accessOpen {
		return act.run(x, r)
	}
	cred, err := a.opts.Keys.Identify(r)
	if err != nil {
		return err
	}
	if cred == nil {
		return &failure{status: http.StatusUnauthorized, message: "credentials are needed: HTTP Basic, with a key and its secret, or a token"}
	}
	x.cred = cred
	if res.lenient {
		if err := a.offered(cred.Tenant); err != nil {
			return err
		}
	}
	if versionProblem != "" {
		return badRequest("%s", versionProblem)
	}
	if !cred.grants(act.access) {
		return &failure{
			status:  http.StatusForbidden,
			message: fmt.Sprintf("this key may not do that; it needs one of the scopes %q", act.access.granting()),
		}
	}
	if err := x.join(r.Context(), act.access); err != nil {
		return err
	}
	if cred.bounds() != (statements.Bounds{}) {
		if err := a.admitBound(cred, act.access, x.edition, r); err != nil {
			return err
		}
	}
	return act.run(x, r)
}

// finish ends a request: it turns a panic into a 500, counts and logs.
func (a *API) finish(x *exchange, r *http.Request, path string, count counters) {
	cut := false
	if p := recover(); p != nil {
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			cut = true
		} else {
			a.opts.Logger.Error("panic", zap.String("request", x.id), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			cut = x.status != 0
			if !cut {
				x.fail(r, fmt.Errorf("panic: %v", p))
			}
		}
	}
	took := time.Since(x.started)
	if x.status == 0 {
		x.status = http.StatusOK
	}
	count.request(r.Method, x.status, took, x.received, x.sent)
	a.log(x, r, path, took)
	if cut {
		panic(http.ErrAbortHandler)
	}
}

// log writes the access log. Neither query nor headers are in it: they hold
// personal data and secrets.
func (a *API) log(x *exchange, r *http.Request, path string, took time.Duration) {
	level := zap.DebugLevel
	switch {
	case x.status >= 500 && x.status != http.StatusServiceUnavailable:
		level = zap.ErrorLevel
	case x.status == http.StatusServiceUnavailable:
		level = zap.WarnLevel
	case x.status >= 400 || a.opts.AccessLog:
		level = zap.InfoLevel
	}
	entry := a.opts.Logger.Check(level, "request")
	if entry == nil {
		return
	}
	fields := []zap.Field{
		zap.String("request", x.id), zap.String("method", methodLabel(r.Method)), zap.String("path", path),
		zap.Int("status", x.status), zap.Duration("took", took),
		zap.Int64("received", x.received), zap.Int64("sent", x.sent),
	}
	if x.cred != nil {
		fields = append(fields, zap.String("tenant", x.cred.Tenant), zap.String("key", x.cred.KeyID))
	}
	if x.failure != nil && x.failure.inner != nil {
		fields = append(fields, zap.Error(x.failure.inner))
	}
	entry.Write(fields...)
}
