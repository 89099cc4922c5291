package app

import (
	"context"
	"errors"
	"fmt"

	"lernspur/catalog"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/statements"
)

// Recorder takes statements that the server makes itself, in the name of an
// account of its own. It implements catalog.Recorder.
type Recorder struct {
	app       *App
	authority []byte
}

// NewRecorder makes one.
func (a *App) NewRecorder() (*Recorder, error) {
	base := a.opts.Catalog.Base
	if base == "" {
		base = "http://lernspur.local"
	}
	authority, err := directory.Account(base, "lernspur")
	if err != nil {
		return nil, err
	}
	return &Recorder{a, authority}, nil
}

// Record implements catalog.Recorder. What breaks a rule is an error of whoever
// made it, and refused like everybody's.
func (r *Recorder) Record(ctx context.Context, tenant string, body []byte) error {
	sts, err := statements.Parse(body, statements.Options{Edition: statements.V1, Authority: r.authority, Limits: r.app.opts.LRS.Statements})
	if err != nil {
		return err
	}
	rules := r.app.schemas[tenant]
	for i, st := range sts {
		if found := rules.Check(i, st.Raw); len(found) > 0 {
			return fmt.Errorf("a rule of the tenant: %w", &statements.Invalid{Violations: found})
		}
		st.Defines = true
	}
	err = r.app.committer.Commit(ctx, tenant, sts)
	var conflict *commit.ErrConflict
	if errors.As(err, &conflict) {
		return &catalog.Conflict{Message: "another statement is stored under the id " + conflict.ID.String() + ", or was until it was deleted"}
	}
	return toCatalog(err)
}
