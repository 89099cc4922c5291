package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"lernspur/statements"
)

// Blobs keeps the bytes of attachments under their SHA-2 hashes.
type Blobs interface {
	// Hold keeps blobs from being removed until release is called.
	Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error)
	// Put keeps bytes; an error when they have another hash.
	Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (size int64, err error)
	// Open reads a blob. Errors: ErrNoBlob.
	Open(ctx context.Context, tenant, hash string) (r io.ReadCloser, size int64, err error)
	// Size is that of a blob. Errors: ErrNoBlob.
	Size(ctx context.Context, tenant, hash string) (int64, error)
}

// ErrNoBlob means that there are no bytes under a hash.
var ErrNoBlob = errors.New("there are no bytes under this hash")

// ruleAttachmentMissing is the rule of package lrs for a posted statement.
const ruleAttachmentMissing = "attachment-missing"

// getBlob hands the bytes of an attachment out.
func (h *handler) getBlob(w http.ResponseWriter, r *http.Request) error {
	if h.services.Blobs == nil {
		return &failure{http.StatusNotFound, ErrNoBlob}
	}
	blob, size, err := h.services.Blobs.Open(r.Context(), r.URL.Query().Get("tenant"), r.PathValue("hash"))
	if errors.Is(err, ErrNoBlob) {
		return &failure{http.StatusNotFound, err}
	}
	if err != nil {
		return err
	}
	defer blob.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err := io.Copy(w, blob); err != nil {
		panic(http.ErrAbortHandler) // half an attachment must not look like one
	}
	return nil
}

// putBlob takes the bytes of an attachment, before the statement that has it.
func (h *handler) putBlob(w http.ResponseWriter, r *http.Request) error {
	if h.services.Blobs == nil {
		return badRequest("no attachments are kept here")
	}
	if _, err := h.services.Blobs.Put(r.Context(), r.URL.Query().Get("tenant"), r.PathValue("hash"), r.Body, math.MaxInt64-1); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// holdBlobs keeps the blobs of a batch until release is called, and leaves out
// the statements with an attachment that has neither bytes nor a fileUrl.
// Bytes count whenever they came: an import brings them before.
func (b *batch) holdBlobs(ctx context.Context) (release func(), err error) {
	var hashes []string
	for _, st := range b.sts {
		for _, at := range st.Attachments {
			hashes = append(hashes, at.SHA2)
		}
	}
	if len(hashes) == 0 || b.blobs == nil {
		return func() {}, nil
	}
	if release, err = b.blobs.Hold(ctx, b.tenant, hashes); err != nil {
		return nil, err
	}
	for i := 0; i < len(b.sts); i++ {
		missing, err := b.missing(ctx, b.sts[i])
		if err != nil {
			release()
			return nil, err
		}
		if missing != nil {
			b.leaveOut(i, missing)
			i--
		}
	}
	return release, nil
}

// missing is what a statement lacks; nil when it lacks nothing.
func (b *batch) missing(ctx context.Context, st *statements.Statement) (*statements.Invalid, error) {
	for _, at := range st.Attachments {
		_, err := b.blobs.Size(ctx, b.tenant, at.SHA2)
		switch {
		case err == nil || errors.Is(err, ErrNoBlob) && at.FileURL != "":
		case errors.Is(err, ErrNoBlob):
			return &statements.Invalid{Violations: []statements.Violation{{
				Pointer: at.Pointer, Rule: ruleAttachmentMissing,
				Message: "the bytes of this attachment are not here and it has no fileUrl; --attachments names the folder that has them",
			}}}, nil
		default:
			return nil, err
		}
	}
	return nil, nil
}

// Blob writes the bytes of an attachment to w. found is false when there are
// none.
func (c *Client) Blob(ctx context.Context, tenant, hash string, w io.Writer) (found bool, err error) {
	response, err := c.do(ctx, http.MethodGet, "/v1/blobs/"+hash, url.Values{"tenant": {tenant}}, nil)
	if errors.Is(err, ErrNoBlob) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(w, response.Body); err != nil {
		return true, fmt.Errorf("reading the attachment %s: %w", hash, err)
	}
	return true, nil
}

// PutBlob keeps the bytes of an attachment for a statement that is imported
// after it, within a day.
func (c *Client) PutBlob(ctx context.Context, tenant, hash string, r io.Reader) error {
	response, err := c.do(ctx, http.MethodPut, "/v1/blobs/"+hash, url.Values{"tenant": {tenant}}, r)
	if err != nil {
		return fmt.Errorf("the attachment %s: %w", hash, err)
	}
	return response.Body.Close()
}

// sortFailures puts what was refused in the order of the batch.
func (b *batch) sortFailures() {
	slices.SortFunc(b.result.Failures, func(x, y Failure) int { return x.Index - y.Index })
}
