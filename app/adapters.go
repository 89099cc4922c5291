package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/commit"
	"lernspur/directory"
	"lernspur/lrs"
	"lernspur/statements"
	"lernspur/store"
)

// Sink is the store as the commit path sees it.
type Sink struct{ *store.Store }

// Insert implements commit.Sink.
func (s Sink) Insert(ctx context.Context, attempt string, rows []commit.Row) error {
	converted := make([]store.Row, len(rows))
	for i, row := range rows {
		converted[i] = store.Row(row)
	}
	return s.Store.Insert(ctx, attempt, converted)
}

// Present implements commit.Sink.
func (s Sink) Present(ctx context.Context, first, last int64) (map[commit.Place]struct{}, error) {
	places, err := s.Store.Present(ctx, first, last)
	converted := make(map[commit.Place]struct{}, len(places))
	for p := range places {
		converted[commit.Place(p)] = struct{}{}
	}
	return converted, err
}

// Writer is the commit path as the endpoint sees it.
type Writer struct{ *commit.Committer }

// Commit implements lrs.Writer.
func (w Writer) Commit(ctx context.Context, tenant string, sts []*statements.Statement) error {
	return toLRS(w.Committer.Commit(ctx, tenant, sts))
}

// Wait implements lrs.Writer.
func (w Writer) Wait(ctx context.Context) (int64, error) {
	watermark, err := w.Committer.Wait(ctx)
	return watermark, toLRS(err)
}

// toLRS gives an error of the commit path the type that the endpoint knows.
func toLRS(err error) error {
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
		return fmt.Errorf("%w: %w", lrs.ErrUncertain, err)
	}
	return err
}

// Reader is the store as the endpoint sees it: while the database is away, a
// read is worth repeating.
type Reader struct{ *store.Store }

// Find implements lrs.Reader.
func (r Reader) Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error) {
	page, err := r.Store.Find(ctx, tenant, q)
	return page, away(err)
}

// Get implements lrs.Reader.
func (r Reader) Get(ctx context.Context, tenant string, id uuid.UUID, upto int64) (statements.Found, bool, bool, error) {
	found, voided, ok, err := r.Store.Get(ctx, tenant, id, upto)
	return found, voided, ok, away(err)
}

// Definitions implements lrs.Activities.
func (r Reader) Definitions(ctx context.Context, tenant string, activities []string) (map[string][]byte, error) {
	definitions, err := r.Store.Definitions(ctx, tenant, activities)
	return definitions, away(err)
}

// away gives an error of a database that does not answer the type that the
// endpoint knows.
func away(err error) error {
	if errors.Is(err, store.ErrEntangled) {
		return fmt.Errorf("%w: %w", &lrs.Busy{Reason: store.ErrEntangled.Error()}, err)
	}
	if !store.Away(err) {
		return err
	}
	return fmt.Errorf("%w: %w", &lrs.Busy{RetryAfter: time.Second, Reason: "the database does not answer now; try again"}, err)
}

// later tells of an error of the commit path or the store how long to wait before the
// same may succeed, and why; no reason: waiting does not help.
func later(err error) (wait time.Duration, reason string) {
	var busy *commit.ErrBusy
	switch {
	case errors.As(err, &busy):
		return busy.RetryAfter, busy.Reason
	case errors.Is(err, commit.ErrUnknown):
		return time.Second, "it is not known whether this was done; look before you try again"
	case store.Away(err):
		return time.Second, "the database does not answer now; try again"
	}
	return 0, ""
}

// waitForProgress is the commit path's Wait as package progress knows it: what
// is not visible in time is a matter of time.
func (a *App) waitForProgress(ctx context.Context) (int64, error) {
	_, err := a.committer.Wait(ctx)
	var busy *commit.ErrBusy
	if errors.As(err, &busy) {
		return 0, fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	// Not what Wait returns: that follows the clock while nothing is on its way.
	return a.committer.Watermark(), err
}

// People are the persons of the directory as the endpoint sees them.
type People struct{ *directory.Directory }

// Person implements lrs.People.
func (p People) Person(ctx context.Context, tenant, identifier string) (lrs.Person, error) {
	person, known := p.PersonOf(ctx, tenant, identifier)
	if !known {
		return lrs.Person{}, nil
	}
	return lrs.Person{Names: person.Names(), Identifiers: person.Identifiers}, nil
}
