package forward

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"lernspur/delivery"
	"lernspur/statements"
)

// sender sends batches to one target.
type sender struct {
	s      *Service
	target *Target
	secret string
	inRow  int // statements that were refused one after another
}

// item is a statement with what has to go with it.
type item struct {
	Statement
	parts []part
	// fault says why it cannot be sent at all.
	fault string
}

// part is an attachment.
type part struct {
	hash, contentType string
	size              int64
}

// batch takes as many statements from the front of a list as go together: those of
// one version of xAPI, within the bounds.
func (to *sender) batch(ctx context.Context, list []Statement) ([]item, error) {
	var items []item
	size, attached := 0, int64(0)
	for _, st := range list {
		if len(items) > 0 && (edition(st.Version) != edition(items[0].Version) || size+len(st.Raw) > to.s.opts.Bytes) {
			break
		}
		one, err := to.item(ctx, st)
		if err != nil {
			return nil, err
		}
		var more int64
		for _, p := range one.parts {
			more += p.size
		}
		if len(items) > 0 && (attached+more > to.s.opts.Attached || one.fault != "" || items[0].fault != "") {
			break
		}
		items = append(items, one)
		size, attached = size+len(st.Raw), attached+more
	}
	return items, nil
}

// edition is the version of xAPI that a statement is sent under: what 2.0 knows is
// refused under 1.0.
func edition(version string) string {
	if strings.HasPrefix(version, "2.") {
		return "2.0.0"
	}
	return "1.0.3"
}

// item finds what goes with a statement.
func (to *sender) item(ctx context.Context, st Statement) (item, error) {
	one := item{Statement: st}
	if !bytes.Contains(st.Raw, []byte(`"attachments"`)) {
		return one, nil
	}
	list, err := statements.Attachments(st.Raw)
	if err != nil {
		return one, err
	}
	for _, a := range list {
		size, err := to.s.opts.Attachments.Size(ctx, to.target.Tenant, a.SHA2)
		switch {
		case errors.Is(err, ErrNoAttachment) && a.FileURL != "":
			continue // the bytes are there
		case errors.Is(err, ErrNoAttachment):
			one.fault = "the bytes of its attachment " + a.SHA2 + " are not here"
			return one, nil
		case err != nil:
			return one, err
		}
		one.parts = append(one.parts, part{a.SHA2, a.ContentType, size})
	}
	return one, nil
}

// outcome is what became of the first n items of a batch: delivered, or set aside.
type outcome struct {
	n      int
	asides []Aside
}

// errHalt means that too many statements in a row were refused: it is more likely
// that something is wrong with the other side than with all of them.
var errHalt = errors.New("too many statements in a row were refused")

// settle sends items until each was delivered or set aside. A batch that is
// refused is halved, so that one bad statement costs few requests and no other
// statement. The error is about what is left: a matter of time, or errHalt.
func (to *sender) settle(ctx context.Context, items []item) (outcome, error) {
	if items[0].fault != "" { // then it is alone
		return to.refuse(items[0], 0, items[0].fault)
	}
	err := to.post(ctx, items)
	var half *halfTaken
	switch {
	case err == nil:
		to.inRow = 0
		return outcome{n: len(items)}, nil
	case errors.As(err, &half):
		return outcome{n: half.n}, err
	case !final(err):
		return outcome{}, err
	case len(items) == 1:
		return to.judge(ctx, items[0], err)
	}
	out, err := to.settle(ctx, items[:len(items)/2])
	if err != nil {
		return out, err
	}
	rest, err := to.settle(ctx, items[len(items)/2:])
	return outcome{out.n + rest.n, append(out.asides, rest.asides...)}, err
}

// final tells of an answer that sending the same again changes nothing.
func final(err error) bool {
	var failed *delivery.Failed
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// refuse sets a statement aside.
func (to *sender) refuse(one item, status int, reason string) (outcome, error) {
	out := outcome{1, []Aside{{Statement: one.ID.String(), Stored: one.Stored, Status: status, Reason: reason, At: to.s.opts.Now().UnixMicro(), Tries: 1}}}
	if to.inRow++; to.inRow >= to.s.opts.InRow {
		return out, errHalt
	}
	return out, nil
}

// judge says what becomes of the one statement that was refused. One that the other
// side has with the same content is delivered.
func (to *sender) judge(ctx context.Context, one item, refusal error) (outcome, error) {
	var failed *delivery.Failed
	errors.As(refusal, &failed) // it is one
	if failed.Status != http.StatusConflict {
		return to.refuse(one, failed.Status, failed.Error())
	}
	theirs, err := to.get(ctx, one)
	switch {
	case err != nil && !refusesReading(err):
		return outcome{}, err
	case err != nil:
		return to.refuse(one, failed.Status, failed.Error()+" (and what is stored there could not be read: "+err.Error()+")")
	}
	if equal, err := same(one.Raw, theirs); err == nil && equal {
		to.inRow = 0
		return outcome{n: 1}, nil
	}
	return to.refuse(one, failed.Status, "another statement is stored there under this id")
}

// refusesReading tells that the other side does not show the statement, and will not.
func refusesReading(err error) bool {
	var failed *delivery.Failed
	return errors.As(err, &failed) && (failed.Status == http.StatusNotFound || failed.Status == http.StatusForbidden || failed.Status == http.StatusBadRequest)
}

// same tells whether what the other side has says the same as ours, by the rules for
// repeated statements.
func same(ours, theirs []byte) (bool, error) {
	st, err := statements.Reparse(ours)
	if err != nil {
		return false, err
	}
	limits := statements.Limits{MaxStatementBytes: maxAnswer}
	equal, err := st.SameAs(theirs, statements.V2, limits)
	if err != nil {
		return st.SameAs(theirs, statements.V1, limits)
	}
	return equal, nil
}

// maxAnswer bounds what is read of an answer: the ids of a batch, or a statement.
const maxAnswer = 4 << 20

// request makes one to the resource of statements.
func (to *sender) request(ctx context.Context, method, query, version string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, to.target.URL+"/statements"+query, body)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(to.target.Key, to.secret)
	r.Header.Set("X-Experience-API-Version", version)
	r.Header.Set("Accept", "application/json")
	if to.s.opts.Node != "" {
		r.Header.Set(NodeHeader, to.s.opts.Node)
	}
	return r, nil
}

// NodeHeader names the server that forwards, in its requests: one that gets its own
// name refuses.
const NodeHeader = "X-Lernspur-Forwarded-By"

// halfTaken means that a success names fewer statements than were sent.
type halfTaken struct{ n, sent int }

func (e *halfTaken) Error() string {
	return fmt.Sprintf("the answer is a success, but names fewer statements than the %d that were sent", e.sent)
}

// post sends a batch. *delivery.Failed says what was answered, *halfTaken how many
// from the front the other side says that it has; anything else is a matter of time.
func (to *sender) post(ctx context.Context, items []item) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes attachments that were not read to their end
	body, contentType := to.body(ctx, items)
	r, err := to.request(ctx, http.MethodPost, "", edition(items[0].Version), body)
	if err != nil {
		return err
	}
	r.ContentLength = body.size
	r.Header.Set("Content-Type", contentType)
	answer, err := to.s.opts.Client.Do(r, maxAnswer)
	if err != nil {
		return err
	}
	if !answer.OK() {
		return answer.Fail(to.s.opts.Now())
	}
	var ids []string
	if json.Unmarshal(answer.Body, &ids) != nil {
		// A page for signing in, say: whoever answers so is no store.
		return fmt.Errorf("the answer is a success (%d), but not the ids of statements", answer.Status)
	}
	has := make(map[string]bool, len(ids))
	for _, id := range ids {
		has[strings.ToLower(id)] = true
	}
	for i, one := range items {
		if !has[one.ID.String()] {
			return &halfTaken{i, len(items)}
		}
	}
	return nil
}

// get reads what the other side has under the id of a statement, voided or not.
func (to *sender) get(ctx context.Context, one item) ([]byte, error) {
	var answer *delivery.Answer
	for _, name := range [...]string{"statementId", "voidedStatementId"} {
		r, err := to.request(ctx, http.MethodGet, "?"+name+"="+one.ID.String(), edition(one.Version), nil)
		if err != nil {
			return nil, err
		}
		if answer, err = to.s.opts.Client.Do(r, maxAnswer); err != nil {
			return nil, err
		}
		if answer.OK() {
			return answer.Body, nil
		}
		if answer.Status != http.StatusNotFound {
			break
		}
	}
	return nil, answer.Fail(to.s.opts.Now())
}

// body is that of a request, of which only a little is in memory: texts, and
// attachments that are opened when their turn comes.
type body struct {
	io.Reader
	size int64
}

// body makes the body of a batch: JSON, or multipart/mixed when there are
// attachments (xAPI 1.0.3 Part 3, 1.5.2).
func (to *sender) body(ctx context.Context, items []item) (b *body, contentType string) {
	var text bytes.Buffer
	for i, one := range items {
		text.WriteByte("[,"[min(i, 1)])
		text.Write(one.Raw)
	}
	text.WriteByte(']')
	var parts []part
	seen := map[string]bool{}
	for _, one := range items {
		for _, p := range one.parts {
			if !seen[p.hash] {
				seen[p.hash] = true
				parts = append(parts, p)
			}
		}
	}
	if len(parts) == 0 {
		return &body{&text, int64(text.Len())}, "application/json"
	}
	boundary := newBoundary()
	b = &body{}
	var readers []io.Reader
	add := func(r io.Reader, n int64) {
		readers = append(readers, r)
		b.size += n
	}
	addText := func(s string) { add(strings.NewReader(s), int64(len(s))) }
	addText("--" + boundary + "\r\nContent-Type: application/json\r\n\r\n")
	add(&text, int64(text.Len()))
	for _, p := range parts {
		addText("\r\n--" + boundary + "\r\nContent-Type: " + headerText(p.contentType) + "\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " + p.hash + "\r\n\r\n")
		add(&attachment{to: to, ctx: ctx, part: p}, p.size)
	}
	addText("\r\n--" + boundary + "--\r\n")
	b.Reader = io.MultiReader(readers...)
	return b, "multipart/mixed; boundary=" + boundary
}

// headerText is a text without what would end a header.
func headerText(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

func newBoundary() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// attachment reads an attachment, which it opens when it is asked for the first
// bytes.
type attachment struct {
	to   *sender
	ctx  context.Context
	part part
	open io.ReadCloser
	err  error
}

// Read implements io.Reader.
func (a *attachment) Read(b []byte) (n int, err error) {
	if a.err != nil {
		return 0, a.err
	}
	if a.open == nil {
		if a.open, _, a.err = a.to.s.opts.Attachments.Open(a.ctx, a.to.target.Tenant, a.part.hash); a.err != nil {
			return 0, a.err
		}
		// A request that ends early leaves the file to this.
		context.AfterFunc(a.ctx, func() { _ = a.open.Close() })
	}
	n, a.err = a.open.Read(b)
	if a.err != nil {
		_ = a.open.Close() // everything was read, or nothing more can be
	}
	return n, a.err
}
