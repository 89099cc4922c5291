package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lernspur/commit"
	"lernspur/records"
	"lernspur/statements"
	"lernspur/store"
)

// newRecords assembles what is under /api/v1/statements.
func (a *App) newRecords() *records.API {
	return records.New(records.Options{
		Door: a.door, Reader: recordsReader{a.store}, Writer: recordsWriter{a.committer},
		Remover: remover{a.store, a.projector, a.reports}, PathPrefix: a.opts.LRS.PathPrefix, Logger: a.log.Named("records"), ReadWait: a.opts.LRS.ReadWait,
	})
}

// recordsReader is the store as package records sees it.
type recordsReader struct{ store *store.Store }

// Find implements records.Reader.
func (r recordsReader) Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error) {
	page, err := r.store.Find(ctx, tenant, q)
	return page, toRecords(err)
}

// CountFound implements records.Reader.
func (r recordsReader) CountFound(ctx context.Context, tenant string, q statements.Query) (int64, error) {
	n, err := r.store.CountFound(ctx, tenant, q)
	return n, toRecords(err)
}

// recordsWriter is the commit path as package records sees it.
type recordsWriter struct{ *commit.Committer }

// Wait implements records.Writer.
func (w recordsWriter) Wait(ctx context.Context) (int64, error) {
	watermark, err := w.Committer.Wait(ctx)
	return watermark, toRecords(err)
}

// toRecords gives an error the type that package records knows.
func toRecords(err error) error {
	var busy *commit.ErrBusy
	switch {
	case errors.As(err, &busy):
		return &records.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	case errors.Is(err, store.ErrEntangled):
		return fmt.Errorf("%w: %w", &records.Busy{Reason: store.ErrEntangled.Error()}, err)
	case store.Away(err):
		return fmt.Errorf("%w: %w", &records.Busy{RetryAfter: time.Second,
			Reason: "the database does not answer this now; try again, or narrow the question by since and until"}, err)
	}
	return err
}
