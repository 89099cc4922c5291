package lrstest

import (
	"context"
	"errors"

	"lernspur/commit"
	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/statements"
	"lernspur/store"
)

// Sink is the store as package commit needs it.
type Sink struct{ *store.Store }

// Insert implements commit.Sink.
func (s Sink) Insert(ctx context.Context, attempt string, rows []commit.Row) error {
	list := make([]store.Row, len(rows))
	for i, r := range rows {
		list[i] = store.Row(r)
	}
	return s.Store.Insert(ctx, attempt, list)
}

// Present implements commit.Sink.
func (s Sink) Present(ctx context.Context, first, last int64) (map[commit.Place]struct{}, error) {
	found, err := s.Store.Present(ctx, first, last)
	places := make(map[commit.Place]struct{}, len(found))
	for p := range found {
		places[commit.Place(p)] = struct{}{}
	}
	return places, err
}

// Writer is the committer as package lrs needs it.
type Writer struct{ *commit.Committer }

// Commit implements lrs.Writer.
func (w Writer) Commit(ctx context.Context, tenant string, sts []*statements.Statement) error {
	return translate(w.Committer.Commit(ctx, tenant, sts))
}

// Wait implements lrs.Writer.
func (w Writer) Wait(ctx context.Context) (int64, error) {
	watermark, err := w.Committer.Wait(ctx)
	return watermark, translate(err)
}

// translate turns the errors of package commit into those of package lrs.
func translate(err error) error {
	var conflict *commit.ErrConflict
	var busy *commit.ErrBusy
	switch {
	case err == nil:
		return nil
	case errors.As(err, &conflict):
		return &lrs.Conflict{Index: conflict.Index, ID: conflict.ID}
	case errors.As(err, &busy):
		return &lrs.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	case errors.Is(err, commit.ErrUnknown):
		return lrs.ErrUncertain
	default:
		return err
	}
}

// Keys are the keys of package directory as package lrs needs them.
type Keys struct{ *directory.Keys }

// Check implements lrs.Keys.
func (k Keys) Check(_ context.Context, key, secret string) (*lrs.Credential, error) {
	id, err := k.Keys.Check(key, secret)
	if errors.Is(err, directory.ErrWrongKey) {
		return nil, lrs.ErrCredentials
	}
	return (*lrs.Credential)(id), err
}
