package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/schema"
	"lernspur/statements"
	"lernspur/store"
)

// ownStatements are those that the server makes itself, in the name of an account
// of its own: they are held to the limits and to the tenant's rules like
// everybody's.
type ownStatements struct {
	committer *commit.Committer
	homePage  string // of the account; that of a server without an address when it is empty
	limits    statements.Limits
	rules     map[string]*schema.Extensions // by tenant
}

// authority is the account.
func (o *ownStatements) authority() ([]byte, error) {
	return directory.Account(cmp.Or(o.homePage, catalog.DefaultBase), "lernspur")
}

// parse makes statements ready to be committed. Errors: *statements.Invalid, also
// for a rule of the tenant.
func (o *ownStatements) parse(tenant string, array []byte) ([]*statements.Statement, error) {
	authority, err := o.authority()
	if err != nil {
		return nil, err
	}
	sts, err := statements.Parse(array, statements.Options{Edition: statements.V1, Authority: authority, Limits: o.limits})
	if err != nil {
		return nil, err
	}
	rules := o.rules[tenant]
	for i, st := range sts {
		if found := rules.Check(i, st.Raw); len(found) > 0 {
			return nil, fmt.Errorf("a rule of the tenant: %w", &statements.Invalid{Violations: found})
		}
		st.Defines = true
	}
	return sts, nil
}

// record stores an array, all or none. Errors: those of parse and of the commit
// path.
func (o *ownStatements) record(ctx context.Context, tenant string, array []byte) error {
	sts, err := o.parse(tenant, array)
	if err != nil {
		return err
	}
	return o.committer.Commit(ctx, tenant, sts)
}

// Recorder takes statements that the server makes itself. It implements
// catalog.Recorder.
type Recorder struct{ own *ownStatements }

// NewRecorder makes one.
func (a *App) NewRecorder() (*Recorder, error) {
	own := &ownStatements{a.committer, a.opts.Catalog.Base, a.opts.LRS.Statements, a.schemas}
	if _, err := own.authority(); err != nil {
		return nil, err
	}
	return &Recorder{own}, nil
}

// Record implements catalog.Recorder. What breaks a rule is an error of whoever
// made it, and refused like everybody's.
func (r *Recorder) Record(ctx context.Context, tenant string, body []byte) error {
	err := r.own.record(ctx, tenant, body)
	var conflict *commit.ErrConflict
	if errors.As(err, &conflict) {
		return &catalog.Conflict{Message: "another statement is stored under the id " + conflict.ID.String() + ", or was until it was deleted"}
	}
	return toCatalog(err)
}

// launchStatements are those of package launch. No learner is held up by one that
// breaks a rule of the tenant, or that was deleted since: it is left out, and the
// log says so.
type launchStatements struct {
	own    *ownStatements
	store  *store.Store
	logger *zap.Logger
}

// Parse implements launch.Statements.
func (l launchStatements) Parse(tenant string, array []byte) ([]*statements.Statement, error) {
	all, err := l.own.parse(tenant, array)
	if !leftOut(err) {
		return all, err
	}
	err = each(array, func(one []byte) error {
		sts, err := l.own.parse(tenant, one)
		if leftOut(err) {
			l.leave(tenant, one, err)
			return nil
		}
		all = append(all, sts...)
		return err
	})
	return all, err
}

// Record implements launch.Statements.
func (l launchStatements) Record(ctx context.Context, tenant string, array []byte) error {
	err := l.own.record(ctx, tenant, array)
	if !leftOut(err) {
		return toLaunch(err)
	}
	return toLaunch(each(array, func(one []byte) error {
		err := l.own.record(ctx, tenant, one)
		if leftOut(err) {
			l.leave(tenant, one, err)
			return nil
		}
		return err
	}))
}

// Stored implements launch.Statements.
func (l launchStatements) Stored(ctx context.Context, tenant string, id uuid.UUID) (bool, error) {
	watermark, err := l.own.committer.Wait(ctx)
	if err != nil {
		return false, toLaunch(err)
	}
	_, _, ok, err := l.store.Get(ctx, tenant, id, watermark)
	return ok, toLaunch(err)
}

// leave notes a statement that is not stored.
func (l launchStatements) leave(tenant string, one []byte, err error) {
	if l.logger == nil {
		return
	}
	var made []struct {
		ID   string
		Verb struct{ ID string }
	}
	if json.Unmarshal(one, &made) == nil && len(made) == 1 {
		l.logger.Warn("a statement of our own is not stored", zap.String("tenant", tenant), zap.String("statement", made[0].ID), zap.String("verb", made[0].Verb.ID), zap.Error(err))
	}
}

// leftOut tells whether trying again changes nothing.
func leftOut(err error) bool {
	var conflict *commit.ErrConflict
	var invalid *statements.Invalid
	return errors.As(err, &conflict) || errors.As(err, &invalid)
}

// each does something with each element of a JSON array, as an array of its own.
func each(array []byte, do func(one []byte) error) error {
	var all []json.RawMessage
	if err := json.Unmarshal(array, &all); err != nil {
		return err
	}
	for _, one := range all {
		if err := do(append(append([]byte{'['}, one...), ']')); err != nil {
			return err
		}
	}
	return nil
}
