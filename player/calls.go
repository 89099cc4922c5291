package player

import (
	"context"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
)

// Calls are the last calls of the run-time API of the current attempt at an item.
type Calls struct {
	Item    string    `json:"item"`
	Attempt uuid.UUID `json:"attempt"`
	// Number counts the attempts at the item.
	Number  int       `json:"number"`
	Started time.Time `json:"started"`
	// Ended tells that the last session of the attempt is over.
	Ended bool   `json:"ended"`
	Calls []Call `json:"calls"`
}

// Calls are those of a learner at an item, for whoever looks after the course.
// Errors: catalog.ErrNotFound, also when the item was never opened.
func (p *Player) Calls(ctx context.Context, tenant string, registration uuid.UUID, item string) (*Calls, error) {
	reg, err := p.opts.Catalog.Registration(ctx, tenant, registration)
	if err != nil {
		return nil, err
	}
	r, _, err := p.load(ctx, &catalog.Launch{Tenant: tenant, Course: reg.Course, Version: reg.Version, Registration: registration, Resets: reg.Resets, Mode: catalog.Normal}, item)
	if err != nil {
		return nil, err
	}
	if r.Attempt == uuid.Nil || item == courseItem {
		return nil, catalog.ErrNotFound
	}
	return &Calls{item, r.Attempt, r.Number, time.UnixMicro(r.Started).UTC(), r.Ended, append([]Call{}, r.Log...)}, nil
}
