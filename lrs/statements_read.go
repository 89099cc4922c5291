package lrs

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/statements"

	"golang.org/x/text/language"
)

// getStatements answers one statement or a page of them
// (xAPI 1.0.3 Part 3, 2.1.3).
func (a *API) getStatements(x *exchange, r *http.Request) error {
	languages := r.Header.Get("Accept-Language")
	if len(languages) > maxLanguages {
		languages = ""
	}
	req, err := a.readRequest(r.URL.RawQuery, x, languages)
	if err != nil {
		return err
	}
	ctx := r.Context()
	watermark, err := a.wait(ctx)
	if err != nil {
		return err
	}
	x.Header()[headerConsistent] = a.consistent.at(watermark)
	if req.single {
		return a.answerOne(ctx, x, r, &req, watermark)
	}
	return a.answerPage(ctx, x, r, &req, watermark)
}

// wait returns once everything acknowledged before is visible.
func (a *API) wait(ctx context.Context) (watermark int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.opts.ReadWait)
	defer cancel()
	watermark, err = a.opts.Writer.Wait(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, &Busy{Reason: "statements acknowledged before are not readable yet; try again"}
	}
	return watermark, err
}

// answerOne answers the statement with an id, which has to be voided or not,
// as was asked.
func (a *API) answerOne(ctx context.Context, x *exchange, r *http.Request, req *statementsRequest, upto int64) error {
	found, voided, ok, err := a.opts.Reader.Get(ctx, x.cred.Tenant, req.id, upto)
	if err != nil {
		return err
	}
	if ok {
		// What the key may not see is not there for it.
		if ok, err = x.cred.sees(found.Raw); err != nil {
			return err
		}
	}
	switch {
	case !ok:
		return notFound("there is no statement with this id")
	case voided && !req.voided:
		return notFound("this statement is voided; voidedStatementId returns it")
	case !voided && req.voided:
		return notFound("this statement is not voided; statementId returns it")
	}
	x.Header().Set("Last-Modified", time.UnixMicro(found.Stored).UTC().Format(http.TimeFormat))
	list := []statements.Found{found}
	with, err := a.attachedTo(ctx, x, req, list)
	if err != nil {
		return err
	}
	format, err := a.formatter(ctx, x, req, list)
	if err != nil {
		return err
	}
	raw := format(found.Raw)
	return a.answer(ctx, x, r, with, len(raw), func(write func([]byte)) { write(raw) })
}

// answerPage answers a page of statements and the address of the next.
func (a *API) answerPage(ctx context.Context, x *exchange, r *http.Request, req *statementsRequest, watermark int64) error {
	q := &req.query
	// Going up, pages end where the first one's view ended; going down, the
	// cursor bounds them, and what was voided meanwhile is left out.
	if q.Upto == 0 || !q.Ascending {
		q.Upto = watermark
	}
	q.Upto = min(q.Upto, watermark)
	if x.cred.onlyOwn() {
		q.Authority = x.cred.AuthorityIdentifier
	}
	q.Bounds = x.cred.bounds()
	page, err := a.opts.Reader.Find(ctx, x.cred.Tenant, *q)
	if err != nil {
		return err
	}
	with, err := a.attachedTo(ctx, x, req, page.Statements)
	if err != nil {
		return err
	}
	if n := with.statements(); n < len(page.Statements) {
		page.Statements, page.More = page.Statements[:n], true
	}
	more := ""
	if n := len(page.Statements); page.More && n > 0 {
		q.Cursor = page.Statements[n-1].Stored
		more = a.opts.PathPrefix + x.base() + "/statements?more=" + req.sealToken(x.cred.Tenant)
	}
	const head, middle, tail = `{"statements":[`, `],"more":"`, `"}`
	length := len(head) + max(0, len(page.Statements)-1) + len(middle) + len(more) + len(tail)
	format, err := a.formatter(ctx, x, req, page.Statements)
	if err != nil {
		return err
	}
	for i := range page.Statements {
		page.Statements[i].Raw = format(page.Statements[i].Raw)
		length += len(page.Statements[i].Raw)
	}
	return a.answer(ctx, x, r, with, length, func(write func([]byte)) {
		write([]byte(head))
		for i := range page.Statements {
			if i > 0 {
				write([]byte{','})
			}
			write(page.Statements[i].Raw)
		}
		write([]byte(middle + more + tail))
	})
}

// maxCanonical is for how many activities of a page the server's own
// definitions are looked up.
const maxCanonical = 5000

// formatter is what makes the answered form of stored statements.
func (a *API) formatter(ctx context.Context, x *exchange, req *statementsRequest, found []statements.Found) (func(raw []byte) []byte, error) {
	switch req.format {
	case formatIDs:
		return statements.IDsOnly, nil
	case formatCanonical:
		definitions, err := a.definitionsFor(ctx, x.cred.Tenant, found)
		if err != nil {
			return nil, err
		}
		// A header that cannot be read asks for no language.
		tags, _, _ := language.ParseAcceptLanguage(req.languages)
		return statements.NewCanonicalizer(tags, definitions).Canonical, nil
	default:
		return func(raw []byte) []byte { return raw }, nil
	}
}

// definitionsFor is what the server knows of the activities in statements.
func (a *API) definitionsFor(ctx context.Context, tenant string, found []statements.Found) (map[string][]byte, error) {
	if a.opts.Activities == nil {
		return nil, nil
	}
	seen := make(map[string]bool)
	var activities []string
	for _, f := range found {
		statements.ActivitiesIn(f.Raw, func(id string) {
			if !seen[id] && len(activities) < maxCanonical {
				id = strings.Clone(id)
				seen[id] = true
				activities = append(activities, id)
			}
		})
	}
	if len(activities) == 0 {
		return nil, nil
	}
	return a.opts.Activities.Definitions(ctx, tenant, activities)
}

// answer sends a JSON body of a known length, compressed when the client takes
// that and it is worth it. parts writes the body piece by piece.
func (x *exchange) answer(r *http.Request, length int, parts func(write func([]byte))) error {
	h := x.Header()
	h["Content-Type"] = jsonContentType
	h["Cache-Control"] = noStore
	h.Add("Vary", "Accept-Encoding")
	if length < zipFrom || !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h["Content-Length"] = []string{strconv.Itoa(length)}
		x.WriteHeader(http.StatusOK)
		if r.Method != http.MethodHead {
			parts(func(p []byte) { _, _ = x.Write(p) }) // a client that left is no error of ours
		}
		return nil
	}
	z := zipPool.Get().(*zipper)
	defer func() {
		if z.out.Cap() <= keptBuffer {
			zipPool.Put(z)
		}
	}()
	z.out.Reset()
	z.w.Reset(&z.out)
	parts(func(p []byte) { _, _ = z.w.Write(p) }) // a bytes.Buffer takes everything
	if err := z.w.Close(); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	h["Content-Length"] = []string{strconv.Itoa(z.out.Len())}
	x.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = x.Write(z.out.Bytes())
	}
	return nil
}
