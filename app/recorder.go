package app

import (
	"context"
	"fmt"

	"lernspur/directory"
	"lernspur/statements"
)

// recorder takes statements that the server makes itself, in the name of an
// account of its own. It implements catalog.Recorder.
type recorder struct {
	app       *App
	authority []byte
}

// newRecorder makes one. The name of its authority cannot be that of a key.
func (a *App) newRecorder() (*recorder, error) {
	base := a.opts.Keys.HomePage
	if base == "" {
		base = "http://lernspur.local"
	}
	authority, err := directory.Account(base, ":lernspur")
	if err != nil {
		return nil, err
	}
	return &recorder{a, []byte(authority)}, nil
}

// Record implements catalog.Recorder. What breaks a rule is an error of whoever
// made it, and refused like everybody's.
func (r *recorder) Record(ctx context.Context, tenant string, body []byte) error {
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
	return toCatalog(r.app.committer.Commit(ctx, tenant, sts))
}
