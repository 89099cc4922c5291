package verify

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"lernspur/store"
)

// refChunk is how many references are compared at a time.
const refChunk = 5_000

// referencesFrom asks for the StatementRefs that the last window held: where
// the target is stored, the row that ties both must be there.
func (c *check) referencesFrom(tenant string) error {
	defer func() { c.refs = nil }()
	for part := range slices.Chunk(c.refs, refChunk) {
		ids := make([]uuid.UUID, len(part))
		for i, r := range part {
			ids[i] = r.Ref
		}
		targets, err := c.store.LinkedByID(c.ctx, tenant, ids)
		if err != nil {
			return err
		}
		var edges []store.Edge
		for _, r := range part {
			if t, ok := targets[r.Ref]; ok && t.Stored <= c.opts.Upto {
				edges = append(edges, store.Edge{Target: t.Stored, Referrer: r.Stored})
			}
		}
		have, err := c.store.HasEdges(c.ctx, tenant, edges)
		if err != nil {
			return err
		}
		for _, r := range part {
			t, ok := targets[r.Ref]
			if ok && t.Stored <= c.opts.Upto && !have[store.Edge{Target: t.Stored, Referrer: r.Stored}] {
				c.note(RefMissing, r.Stored, r.ID, fmt.Sprintf("the reference to %s is not in the table of references", r.Ref))
			}
		}
	}
	return nil
}

// references asks for every row of the table of references whether the one
// statement points to the other.
func (c *check) references(tenant string) error {
	after := store.Edge{Target: beginning, Referrer: beginning}
	for {
		edges, err := c.store.Edges(c.ctx, tenant, after, refChunk)
		if err != nil {
			return err
		}
		if err := c.edges(tenant, edges); err != nil {
			return err
		}
		if len(edges) < refChunk {
			return nil
		}
		after = edges[len(edges)-1]
	}
}

func (c *check) edges(tenant string, edges []store.Edge) error {
	var places []int64
	for _, e := range edges {
		places = append(places, e.Target, e.Referrer)
	}
	slices.Sort(places)
	linked, err := c.store.LinkedAt(c.ctx, tenant, slices.Compact(places))
	if err != nil {
		return err
	}
	for _, e := range edges {
		if e.Target > c.opts.Upto || e.Referrer > c.opts.Upto {
			continue // on its way
		}
		c.tenant.References++
		target, ok := linked[e.Target]
		referrer, also := linked[e.Referrer]
		if !ok || !also || referrer.Ref != target.ID {
			c.note(RefExtra, e.Referrer, referrer.ID, fmt.Sprintf("the table of references ties it to the statement stored at %d, to which it does not point", e.Target))
		}
	}
	return nil
}
