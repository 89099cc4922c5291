package player

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// Calls are the last calls of the run-time API of an attempt at an item, or the
// events of H5P.
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

// pastCalls is of how many attempts before the current one calls are kept.
const pastCalls = 5

// callsItem is the place of the calls of an attempt that is over. No item has an
// identifier of two lines.
func callsItem(item string, number int) string {
	return "calls " + strconv.Itoa(number%pastCalls) + "\n" + item
}

// Calls are those of a learner in an attempt at an item, for whoever looks after
// the course: number is that of the attempt, 0 the current one. Those of the
// attempts before are kept of the last pastCalls. Errors: catalog.ErrNotFound, also
// when the item was never opened.
func (p *Player) Calls(ctx context.Context, tenant string, registration uuid.UUID, item string, number int) (*Calls, error) {
	reg, err := p.opts.Catalog.Registration(ctx, tenant, registration)
	if err != nil {
		return nil, err
	}
	l := &catalog.Launch{Tenant: tenant, Course: reg.Course, Version: reg.Version, Registration: registration, Resets: reg.Resets, Mode: catalog.Normal}
	r, _, err := p.load(ctx, l, item)
	if err != nil {
		return nil, err
	}
	if r.Attempt == uuid.Nil || item == courseItem {
		return nil, catalog.ErrNotFound
	}
	if number == 0 || number == r.Number {
		return r.calls(item), nil
	}
	data, _, err := p.opts.Catalog.State(ctx, l, callsItem(item, number))
	if err != nil {
		return nil, err
	}
	past := &Calls{}
	if len(data) == 0 {
		return nil, catalog.ErrNotFound
	}
	if err := json.Unmarshal(data, past); err != nil {
		return nil, fmt.Errorf("the calls of item %q: %w", item, err)
	}
	if past.Number != number {
		return nil, catalog.ErrNotFound
	}
	return past, nil
}

func (r *record) calls(item string) *Calls {
	return &Calls{item, r.Attempt, r.Number, time.UnixMicro(r.Started).UTC(), r.Ended, append([]Call{}, r.Log...)}
}

// keepCalls keeps the calls of the current attempt aside, if the next session
// begins another.
func (p *Player) keepCalls(ctx context.Context, l *catalog.Launch, item string, kind manifest.Kind, r *record) error {
	if len(r.Log) == 0 || r.resumes(kind) {
		return nil
	}
	data, err := json.Marshal(r.calls(item))
	if err != nil {
		return err
	}
	return p.replace(ctx, l, callsItem(item, r.Number), data)
}
