package app

import (
	"cmp"
	"context"
	"strings"

	"lernspur/catalog"
	"lernspur/launch"
	"lernspur/lrs"
)

// foreign tells whether an Activity is part of another course than the one whose
// content got a key. Only Activities that the catalogue names itself are anybody's
// own: content speaks of others as it likes.
func (a *App) foreign(ctx context.Context, c *lrs.Credential, activity string) (bool, error) {
	rest, ours := strings.CutPrefix(activity, cmp.Or(a.opts.Catalog.Base, catalog.DefaultBase)+"/courses/")
	if !ours || !launch.OfLaunch(c.KeyID) {
		return false, nil
	}
	course, err := a.launches.Course(ctx, c.Tenant, c.KeyID, c.BoundRegistration)
	if err != nil {
		return false, fromLaunch(err)
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return course == "" || rest != course, nil
}
