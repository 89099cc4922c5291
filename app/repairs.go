package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/commit"
	"lernspur/repairs"
	"lernspur/store"
)

// NewRepairs makes the query interface on repairs over what it needs.
func NewRepairs(s *store.Store, c *commit.Committer, door apiv1.Door, logger *zap.Logger) *repairs.API {
	return repairs.NewAPI(repairs.Options{
		Reader: repairsReader{s}, Logger: logger,
		Wait: func(ctx context.Context) (int64, error) {
			watermark, err := c.Wait(ctx)
			return watermark, toRepairs(err)
		},
		Door: door,
	})
}

// repairsReader is the store as package repairs sees it.
type repairsReader struct{ *store.Store }

// CountRepairs implements repairs.Reader.
func (r repairsReader) CountRepairs(ctx context.Context, tenant string, f store.RepairFilter) (store.RepairTotals, error) {
	totals, err := r.Store.CountRepairs(ctx, tenant, f)
	return totals, toRepairs(err)
}

// Repaired implements repairs.Reader.
func (r repairsReader) Repaired(ctx context.Context, tenant string, id uuid.UUID, upto int64) (store.RepairedRow, bool, error) {
	row, ok, err := r.Store.Repaired(ctx, tenant, id, upto)
	return row, ok, toRepairs(err)
}

// toRepairs gives what is a matter of time the type that package repairs knows.
func toRepairs(err error) error {
	var busy *commit.ErrBusy
	switch {
	case errors.As(err, &busy):
		return fmt.Errorf("%w: %w", &repairs.Busy{Reason: busy.Reason}, err)
	case store.Away(err):
		return fmt.Errorf("%w: %w", &repairs.Busy{Reason: "the database does not answer now; try again"}, err)
	}
	return err
}
