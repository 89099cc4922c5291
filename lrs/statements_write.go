package lrs

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"lernspur/statements"

	"github.com/google/uuid"
)

// postStatements stores one statement or many and answers their ids
// (xAPI 1.0.3 Part 3, 2.1.2).
func (a *API) postStatements(x *exchange, r *http.Request) error {
	// A query string without a parameter, such as "&", asks for nothing else.
	if _, err := parseParameters(r.URL.RawQuery); err != nil {
		return err
	}
	ctx := r.Context()
	sts, done, err := a.receive(ctx, x, r, a.parseOptions(x, uuid.Nil), false)
	if err != nil {
		return err
	}
	defer done()
	if err := a.commit(ctx, x, sts); err != nil {
		return err
	}
	b := bufferPool.Get().(*body)
	defer a.release(b)
	b.data = appendIDs(b.data, sts)
	h := x.Header()
	h["Content-Type"] = jsonContentType
	x.headers[1] = strconv.Itoa(len(b.data))
	h["Content-Length"] = x.headers[1:]
	_, _ = x.Write(b.data) // a client that left is no error of ours
	return nil
}

// putStatement stores one statement under the id of the parameter
// (xAPI 1.0.3 Part 3, 2.1.1).
func (a *API) putStatement(x *exchange, r *http.Request) error {
	p, err := parseParameters(r.URL.RawQuery, "statementId")
	if err != nil {
		return err
	}
	value, ok := p["statementId"]
	if !ok {
		return badRequest("the parameter statementId is missing")
	}
	id, err := parseUUID("statementId", value)
	if err != nil {
		return err
	}
	if id == uuid.Nil {
		return badRequest("the parameter statementId is the UUID that names nothing")
	}
	ctx := r.Context()
	sts, done, err := a.receive(ctx, x, r, a.parseOptions(x, id), true)
	if err != nil {
		return err
	}
	defer done()
	if err := a.commit(ctx, x, sts); err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// receive reads the statements of a request and keeps what is attached to them.
// Until done is called, which is after the commit, nothing of that is removed. one
// asks for one statement, not an array.
func (a *API) receive(ctx context.Context, x *exchange, r *http.Request, opts statements.Options, one bool) (sts []*statements.Statement, done func(), err error) {
	if isMultipart(r.Header) {
		return a.receiveParts(ctx, x, r, opts, one)
	}
	b, err := a.readBody(ctx, x, r)
	if err != nil {
		return nil, nil, err
	}
	if sts, err = a.parseBody(x, b, opts, one); err != nil {
		return nil, nil, err
	}
	return sts, func() {}, a.refuse(missingParts(sts, nil))
}

// parseBody parses a body and releases it.
func (a *API) parseBody(x *exchange, b *body, opts statements.Options, one bool) ([]*statements.Statement, error) {
	defer a.release(b)
	return a.parse(x, b.data, opts, one)
}

// parseOptions are what the parser has to know of a request.
func (a *API) parseOptions(x *exchange, id uuid.UUID) statements.Options {
	return statements.Options{
		Edition:             x.edition,
		StatementID:         id,
		Authority:           x.cred.Authority,
		AuthorityIdentifier: x.cred.AuthorityIdentifier,
		Limits:              a.opts.Statements,
	}
}

// judge counts and explains what the parser found wrong with a body.
func (a *API) judge(err error, data []byte, opts statements.Options) error {
	if err == nil {
		return nil
	}
	var invalid *statements.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	a.metrics.reject(invalid.Violations)
	return a.explain(data, opts, invalid)
}

// commit stores what was parsed, and returns when it is durable.
func (a *API) commit(ctx context.Context, x *exchange, sts []*statements.Statement) error {
	if len(sts) == 0 {
		return nil
	}
	if err := a.permit(ctx, x.cred, sts); err != nil {
		return err
	}
	if err := a.keepsOwnRules(x.cred.Tenant, sts); err != nil {
		return err
	}
	if x.cred.holds(scopeAll, scopeDefine) {
		for _, st := range sts {
			foreign, err := a.definesForeign(ctx, x.cred, st)
			if err != nil {
				return err
			}
			st.Defines = !foreign && x.cred.mayDefine(st)
		}
	}
	return a.store(ctx, x, sts)
}

// write is the last step of commit.
func (a *API) write(ctx context.Context, tenant string, sts []*statements.Statement) error {
	ctx, cancel := context.WithTimeout(ctx, a.opts.CommitWait)
	defer cancel()
	err := a.opts.Writer.Commit(ctx, tenant, sts)
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrUncertain
	}
	if err == nil {
		a.metrics.accepted.Add(float64(len(sts)))
	}
	return err
}

// appendIDs writes the array of ids that answers a POST.
func appendIDs(to []byte, sts []*statements.Statement) []byte {
	to = append(to, '[')
	for i, st := range sts {
		if i > 0 {
			to = append(to, ',')
		}
		var text [36]byte
		encodeUUID(&text, st.ID)
		to = append(to, '"')
		to = append(to, text[:]...)
		to = append(to, '"')
	}
	return append(to, ']')
}

// encodeUUID writes the 36 characters of an id without an allocation.
func encodeUUID(to *[36]byte, id uuid.UUID) {
	const digits = "0123456789abcdef"
	at := 0
	for i, v := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			to[at] = '-'
			at++
		}
		to[at], to[at+1] = digits[v>>4], digits[v&15]
		at += 2
	}
}
