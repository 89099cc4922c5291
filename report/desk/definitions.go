package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"lernspur/report/definition"
)

const (
	// maxDefinitions is how many definitions a tenant has at most.
	maxDefinitions = 200
)

// Definition is the definition of a report as it is kept.
type Definition struct {
	ID      string `json:"-"`
	Title   string `json:"title"`
	Text    string `json:"text"` // YAML
	Changed int64  `json:"changed"`
	By      string `json:"by"`
	// Schedule is when it is run by itself; nil: never.
	Schedule *Schedule `json:"schedule,omitempty"`
}

// Definitions are all definitions of a tenant, by title.
func (k *Desk) Definitions(ctx context.Context, tenant string) ([]*Definition, error) {
	var all []*Definition
	err := list(ctx, k.deps.Records, definitionKey(tenant, "").Shelf, func(id string, d *Definition) {
		d.ID = id
		all = append(all, d)
	})
	slices.SortStableFunc(all, func(a, b *Definition) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// Definition is one definition. Errors: ErrNotFound.
func (k *Desk) Definition(ctx context.Context, tenant, id string) (*Definition, error) {
	d, err := read[Definition](ctx, k.deps.Records, definitionKey(tenant, id))
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, ErrNotFound
	}
	d.ID = id
	return d, nil
}

// Check are the mistakes in a definition, in the order of its lines.
func (k *Desk) Check(text string) (definition.Problems, error) {
	_, problems, err := check([]byte(text))
	return problems, err
}

// Save keeps a definition, a new one where id is empty. One with mistakes is not kept: they are answered.
// Errors: ErrNotFound, ErrTooMany.
func (k *Desk) Save(ctx context.Context, tenant, id, text, by string) (*Definition, definition.Problems, error) {
	read, problems, err := check([]byte(text))
	if err != nil || problems != nil {
		return nil, problems, err
	}
	if read.Tenant != tenant {
		return nil, definition.Problems{{Path: "tenant", Message: fmt.Sprintf("this is the page of the tenant %q", tenant)}}, nil
	}
	fresh := id == ""
	if fresh {
		all, err := k.Definitions(ctx, tenant)
		if err != nil {
			return nil, nil, err
		}
		if len(all) >= maxDefinitions {
			return nil, nil, ErrTooMany
		}
		id = uuid.NewString()
	}
	d, err := change(ctx, k.deps.Records, definitionKey(tenant, id), func(d *Definition) (*Definition, error) {
		if d == nil {
			if !fresh {
				return nil, ErrNotFound
			}
			d = &Definition{}
		}
		d.Title, d.Text, d.Changed, d.By = read.Title, text, k.now(), by
		return d, nil
	})
	if err != nil {
		return nil, nil, err
	}
	d.ID = id
	return d, nil, nil
}

// RemoveDefinition removes a definition; what was made with it stays.
func (k *Desk) RemoveDefinition(ctx context.Context, tenant, id string) error {
	_, err := change(ctx, k.deps.Records, definitionKey(tenant, id), func(d *Definition) (*Definition, error) {
		if d == nil {
			return nil, ErrNotFound
		}
		return nil, nil
	})
	return err
}
