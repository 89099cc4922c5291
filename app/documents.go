package app

import (
	"context"

	"github.com/google/uuid"

	"lernspur/commit"
	"lernspur/documents"
	"lernspur/store"
)

// Documents are the commit path and the store as the endpoint sees them: changes
// and single documents go through the former, lists come from the latter.
type Documents struct {
	Committer *commit.Committer
	Store     *store.Store
}

// Document implements lrs.Documents.
func (d Documents) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	document, err := d.Committer.Document(ctx, key)
	return document, away(toLRS(err))
}

// Change implements lrs.Documents.
func (d Documents) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	document, err := d.Committer.Change(ctx, key, change)
	return document, toLRS(err)
}

// DeleteAll implements lrs.Documents.
func (d Documents) DeleteAll(ctx context.Context, shelf documents.Shelf, filter func(documents.Key) bool) error {
	return toLRS(d.Committer.DeleteAll(ctx, shelf, filter))
}

// DocumentIDs implements lrs.Documents.
func (d Documents) DocumentIDs(ctx context.Context, shelf documents.Shelf, registration uuid.UUID, since int64) ([]string, int64, error) {
	ids, last, err := d.Store.DocumentIDs(ctx, shelf, registration, since)
	return ids, last, away(err)
}
