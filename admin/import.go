package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/directory"
	"lernspur/statements"
)

// A batch is sent as its statements one after the other, each with its length
// in decimal digits and a line feed in front: so a damaged statement cannot
// reach into the next one.

// maxFrame bounds one statement; the parser's own limit is far below.
const maxFrame = 64 << 20

func writeFrames(w io.Writer, elements [][]byte) error {
	for _, e := range elements {
		if _, err := io.WriteString(w, strconv.Itoa(len(e))+"\n"); err != nil {
			return err
		}
		if _, err := w.Write(e); err != nil {
			return err
		}
	}
	return nil
}

func readFrames(r io.Reader) ([][]byte, error) {
	b := bufio.NewReader(r)
	var elements [][]byte
	for {
		line, err := b.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return elements, nil
		}
		n, convErr := strconv.Atoi(strings.TrimSuffix(line, "\n"))
		if err != nil || convErr != nil || n < 0 || n > maxFrame {
			return nil, badRequest("the batch is not framed")
		}
		e := make([]byte, n)
		if _, err := io.ReadFull(b, e); err != nil {
			return nil, badRequest("the batch ended early: %w", err)
		}
		elements = append(elements, e)
	}
}

func (r ImportRequest) values() url.Values {
	return url.Values{"tenant": {r.Tenant}, "key": {r.Key}, "edition": {strconv.Itoa(int(r.Edition))},
		"keep_authority": {strconv.FormatBool(r.KeepAuthority)}, "keep_going": {strconv.FormatBool(r.KeepGoing)}}
}

func importRequest(v url.Values) (ImportRequest, error) {
	edition, err := strconv.Atoi(v.Get("edition"))
	if err != nil || edition != int(statements.V1) && edition != int(statements.V2) {
		return ImportRequest{}, badRequest("unknown edition %q", v.Get("edition"))
	}
	return ImportRequest{Tenant: v.Get("tenant"), Key: v.Get("key"), Edition: statements.Edition(edition),
		KeepAuthority: v.Get("keep_authority") == "true", KeepGoing: v.Get("keep_going") == "true"}, nil
}

func (h *handler) importBatch(w http.ResponseWriter, r *http.Request) error {
	ask, err := importRequest(r.URL.Query())
	if err != nil {
		return err
	}
	elements, err := readFrames(r.Body)
	if err != nil {
		return err
	}
	key, err := h.importKey(ask)
	if err != nil {
		return err
	}
	b := &batch{ask: ask, elements: elements, writer: h.services.Writer, blobs: h.services.Blobs, tenant: key.Tenant,
		opts: statements.Options{Edition: ask.Edition, Authority: []byte(key.Authority), Limits: h.services.Limits}}
	if own := h.services.OwnRules; own != nil {
		b.own = func(raw []byte) []statements.Violation { return own(key.Tenant, raw) }
	}
	b.parse()
	release, err := b.holdBlobs(r.Context())
	if err != nil {
		return err
	}
	defer release()
	if err := b.commit(r.Context()); err != nil {
		return err
	}
	return answer(w, b.result)
}

// importKey finds the key in whose name statements are stored.
func (h *handler) importKey(ask ImportRequest) (directory.KeyRecord, error) {
	now := time.Now().UnixMicro()
	for _, k := range h.services.Keys.List(ask.Tenant) {
		ended := k.Revoked != 0 || k.Binding.Expires != 0 && now >= k.Binding.Expires
		switch {
		case ask.Key != "" && k.ID != ask.Key:
		case ended && ask.Key != "":
			return k, badRequest("the key %s is revoked or past its time", k.ID)
		case !ended:
			return k, nil
		}
	}
	if ask.Key != "" {
		return directory.KeyRecord{}, badRequest("tenant %q has no key %q", ask.Tenant, ask.Key)
	}
	return directory.KeyRecord{}, badRequest("tenant %q has no key to store statements in the name of; `lernspur keys create` makes one", ask.Tenant)
}

// batch is one batch on its way.
type batch struct {
	ask      ImportRequest
	elements [][]byte
	writer   Writer
	blobs    Blobs
	tenant   string
	opts     statements.Options
	own      func(raw []byte) []statements.Violation // nil: the tenant has no rules of its own

	sts      []*statements.Statement // in order, without bad ones and repetitions
	index    []int                   // of sts in elements
	repeated map[uuid.UUID][]int     // where a statement stands again in the batch
	result   ImportResult
}

// parse takes the statements apart, all at once, and one by one when something
// is wrong with any of them.
func (b *batch) parse() {
	if !b.ask.KeepAuthority {
		body := append(append([]byte{'['}, bytes.Join(b.elements, []byte{','})...), ']')
		sts, err := statements.Parse(body, b.opts)
		if err == nil && len(sts) == len(b.elements) && b.keepOwnRules(sts...) == nil {
			b.sts = sts
			for i, st := range sts {
				st.Defines = true // who may use the socket may do everything
				b.index = append(b.index, i)
			}
			return
		}
	}
	seen := make(map[uuid.UUID][16]byte)
	b.repeated = make(map[uuid.UUID][]int)
	for i, e := range b.elements {
		st, err := b.parseOne(e)
		if err == nil {
			digest, known := seen[st.ID]
			if known && digest == st.Digest {
				b.repeated[st.ID] = append(b.repeated[st.ID], i)
				continue
			}
			if known {
				err = &Conflict{i, st.ID}
			}
		}
		if err != nil {
			b.fail(i, err)
			if !b.ask.KeepGoing {
				return
			}
			continue
		}
		seen[st.ID] = st.Digest
		b.sts, b.index = append(b.sts, st), append(b.index, i)
	}
}

func (b *batch) parseOne(element []byte) (*statements.Statement, error) {
	opts := b.opts
	if b.ask.KeepAuthority {
		var sent struct {
			Authority json.RawMessage `json:"authority"`
		}
		// What is no JSON object is the parser's to explain.
		if json.Unmarshal(element, &sent) == nil && len(sent.Authority) > 0 {
			opts.Authority = sent.Authority
		}
	}
	st, err := statements.ParseOne(element, opts)
	if err != nil {
		return nil, err
	}
	st.Defines = true
	return st, b.keepOwnRules(st)
}

// keepOwnRules holds statements against the tenant's own rules. The error is a
// *statements.Invalid about the first that breaks one.
func (b *batch) keepOwnRules(sts ...*statements.Statement) error {
	if b.own == nil {
		return nil
	}
	for _, st := range sts {
		if found := b.own(st.Raw); len(found) > 0 {
			return &statements.Invalid{Violations: found}
		}
	}
	return nil
}

func (b *batch) fail(index int, err error) {
	f := Failure{Index: index, Message: err.Error()}
	var invalid *statements.Invalid
	if errors.As(err, &invalid) && len(invalid.Violations) > 0 {
		v := invalid.Violations[0]
		f.Message = strings.TrimPrefix(v.Pointer+": ", ": ") + v.Message
		f.Violations = invalid.Violations
	}
	b.result.Failures = append(b.result.Failures, f)
}

// commit makes the good statements durable; those with a conflict are bad, too.
func (b *batch) commit(ctx context.Context) error {
	for len(b.sts) > 0 {
		err := b.writer.Commit(ctx, b.tenant, b.sts)
		var conflict *Conflict
		if errors.As(err, &conflict) {
			b.leaveOut(conflict.Index, conflict)
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	b.sortFailures()
	b.result.Accepted = len(b.elements) - len(b.result.Failures)
	if !b.ask.KeepGoing && len(b.result.Failures) > 0 {
		b.result.Failures = b.result.Failures[:1]
		b.result.Accepted = b.result.Failures[0].Index
	}
	return nil
}

// leaveOut takes a statement that cannot be stored from the batch; everything
// behind it, too, unless the batch keeps going.
func (b *batch) leaveOut(at int, why error) {
	b.fail(b.index[at], why)
	if !b.ask.KeepGoing {
		b.sts, b.index = b.sts[:at], b.index[:at]
		return
	}
	for _, i := range b.repeated[b.sts[at].ID] {
		b.fail(i, why)
	}
	b.sts, b.index = slices.Delete(b.sts, at, at+1), slices.Delete(b.index, at, at+1)
}
