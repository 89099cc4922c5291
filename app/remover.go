package app

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"lernspur/progress"
	"lernspur/records"
	"lernspur/report/runs"
	"lernspur/statements"
	"lernspur/store"
)

// remover is the store, and progress with it, as package records sees them.
type remover struct {
	store     *store.Store
	projector *progress.Projector
	reports   *runs.Service
}

var _ records.Remover = remover{}

// CountSelected implements records.Remover.
func (r remover) CountSelected(ctx context.Context, tenant string, sel statements.Selection, upto int64) (records.Selected, error) {
	found, err := r.store.CountSelected(ctx, tenant, sel, upto)
	return records.Selected(found), toRecords(err)
}

// Choose implements records.Remover.
func (r remover) Choose(ctx context.Context, tenant string, deletion uuid.UUID, sel statements.Selection, upto int64) (int64, error) {
	n, err := r.store.Choose(ctx, tenant, deletion, sel, upto)
	if errors.Is(err, store.ErrTooMany) { // more than was confirmed, whatever that was
		return n, nil
	}
	return n, toRecords(err)
}

// Hide implements records.Remover.
func (r remover) Hide(tenant string, deletion uuid.UUID) { r.store.Hide(tenant, deletion) }

// Remove implements records.Remover: rows first, then the figures that were
// made of them, then what reports have kept of the people.
func (r remover) Remove(ctx context.Context, tenant string, deletion uuid.UUID) error {
	if err := r.store.Remove(ctx, tenant, deletion); err != nil {
		return err
	}
	if err := r.projector.Recompute(ctx, tenant, deletion); err != nil {
		return err
	}
	return forgetInReports(ctx, r.store, r.reports, tenant, deletion)
}

// Forget implements records.Remover.
func (r remover) Forget(ctx context.Context, tenant string, deletion uuid.UUID) error {
	return toRecords(r.store.Forget(ctx, tenant, deletion))
}

// Purge implements records.Remover.
func (r remover) Purge(ctx context.Context) error { return r.store.Purge(ctx) }

// Put implements records.Remover.
func (r remover) Put(ctx context.Context, d records.Deletion) error {
	record, err := json.Marshal(d.Record)
	if err != nil {
		return err
	}
	return toRecords(r.store.PutDeletion(ctx, store.DeletionRow{Tenant: d.Tenant, ID: d.ID, State: string(d.State), Record: string(record), Version: d.Version}))
}

// Deletions implements records.Remover.
func (r remover) Deletions(ctx context.Context, states ...records.State) ([]records.Deletion, error) {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	rows, err := r.store.Deletions(ctx, names...)
	list := make([]records.Deletion, len(rows))
	for i, row := range rows {
		if list[i], err = toDeletion(row, err); err != nil {
			break
		}
	}
	return list, toRecords(err)
}

// Deletion implements records.Remover.
func (r remover) Deletion(ctx context.Context, tenant string, id uuid.UUID) (records.Deletion, bool, error) {
	row, ok, err := r.store.Deletion(ctx, tenant, id)
	if err != nil || !ok {
		return records.Deletion{}, false, toRecords(err)
	}
	d, err := toDeletion(row, nil)
	return d, err == nil, err
}

func toDeletion(row store.DeletionRow, err error) (records.Deletion, error) {
	d := records.Deletion{Tenant: row.Tenant, ID: row.ID, State: records.State(row.State), Version: row.Version}
	if err == nil {
		err = json.Unmarshal([]byte(row.Record), &d.Record)
	}
	return d, err
}
