package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"lernspur/store"
)

// Unassigned lists identifiers that learners have in statements and nobody has in
// the directory, the one last seen first, n at most, behind after unless it is nil.
// Errors: *Busy when the tables do not follow in time, and those of Tables.
func (d *Directory) Unassigned(ctx context.Context, tenant string, after *store.Unassigned, n int) ([]store.Unassigned, error) {
	if d.deps.Tables == nil {
		return nil, nil
	}
	bounded, cancel := context.WithTimeout(ctx, d.deps.Patience)
	defer cancel()
	if err := d.Wait(bounded, tenant); err != nil {
		if ctx.Err() == nil {
			return nil, &Busy{RetryAfter: time.Second, Reason: "the tables of people do not yet have what was changed"}
		}
		return nil, err
	}
	return d.deps.Tables.Unassigned(ctx, tenant, after, n)
}

// Match gives a person identifiers beside those there are; version is the one that
// the caller knows, 0 any. Errors as those of EditPerson.
func (d *Directory) Match(ctx context.Context, tenant, id string, version int64, identifiers ...string) (*Person, error) {
	return d.editPerson(ctx, tenant, id, version, func(p *Person) {
		p.Identifiers = append(slices.Clone(p.Identifiers), identifiers...)
	})
}

// learnEvery is how often statements are searched for addresses of people whose
// address is known as its sum only: a join finds them by the address then.
const learnEvery = 5 * time.Minute

// learnAtOnce is how many addresses are taken over in one step.
const learnAtOnce = 1000

// learn takes over the addresses of people of whom only the sum was known.
func (d *Directory) learn(ctx context.Context) {
	d.mu.Lock()
	var names []string
	for name, t := range d.tenants {
		if t.state.Load().knowsSums() {
			names = append(names, name)
		}
	}
	d.mu.Unlock()
	for _, name := range names {
		boxes, err := d.deps.Tables.KnownBySum(ctx, name, learnAtOnce)
		if err == nil && len(boxes) > 0 {
			err = d.change(ctx, name, func(e *edit) error { return e.learn(boxes) })
		}
		if err != nil && ctx.Err() == nil {
			d.deps.Logger.Warn("addresses of people who are known by their sums were not looked for", zap.String("tenant", name), zap.Error(err))
		}
	}
}

func (s *state) knowsSums() bool {
	for _, p := range s.people {
		for _, identifier := range p.Identifiers {
			if strings.HasPrefix(identifier, "mbox_sha1sum|") {
				return true
			}
		}
	}
	return false
}

func (e *edit) learn(boxes []string) error {
	for _, box := range boxes {
		p := e.find(box)
		if p == nil || slices.Contains(p.Identifiers, box) {
			continue
		}
		next := *p
		next.Identifiers = append(slices.Clone(p.Identifiers), box)
		if _, err := e.putPerson(&next); err != nil {
			return err
		}
	}
	return nil
}
