package app

import (
	"context"
	"fmt"

	"lernspur/commit"
	"lernspur/documents"
	"lernspur/signin"
	"lernspur/store"
)

// startSignin opens what people sign in with, and makes sure of the first
// administrator.
func (a *App) startSignin(ctx context.Context) (err error) {
	o := a.opts.Signin
	o.Records, o.Logger, o.Registerer = signinRecords{a.committer, a.store}, a.log.Named("signin"), a.registry
	o.People = a.peopleOf
	if o.OIDC != nil {
		oidc := *o.OIDC
		oidc.PersonOf, o.OIDC = a.personOf, &oidc
	}
	if a.signin, err = signin.New(o); err != nil {
		return err
	}
	if a.opts.AdminPassword == "" {
		return nil
	}
	return a.signin.EnsureAdmin(ctx, a.opts.AdminPassword)
}

// peopleOf is the directory as package signin sees it.
func (a *App) peopleOf(ctx context.Context, tenant, person string) (id string, groups []string) {
	p, ok := a.people.Person(ctx, tenant, person)
	if !ok {
		return "", nil
	}
	return p.ID, a.people.GroupsOfTrainer(ctx, tenant, p.ID)
}

// personOf is who has one of these identifiers; "" for nobody. Two people are
// nobody, too.
func (a *App) personOf(ctx context.Context, tenant string, identifiers []string) string {
	found := ""
	for _, identifier := range identifiers {
		p, ok := a.people.PersonOf(ctx, tenant, identifier)
		if ok && found != "" && p.ID != found {
			return ""
		}
		if ok {
			found = p.ID
		}
	}
	return found
}

// signinRecords are the commit path and the store as package signin sees them.
type signinRecords struct {
	committer *commit.Committer
	store     *store.Store
}

// Change implements signin.Records.
func (r signinRecords) Change(ctx context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	d, err := r.committer.Change(ctx, key, change)
	return d, toSignin(err)
}

// Document implements signin.Records.
func (r signinRecords) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, err := r.committer.Document(ctx, key)
	return d, toSignin(err)
}

// List implements signin.Records.
func (r signinRecords) List(ctx context.Context, part documents.Range) ([]*documents.Document, error) {
	if _, err := r.committer.Wait(ctx); err != nil {
		return nil, toSignin(err)
	}
	list, err := r.store.Documents(ctx, part)
	return list, toSignin(err)
}

// toSignin gives an error the type that package signin knows.
func toSignin(err error) error {
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &signin.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}
