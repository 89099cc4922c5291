package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Missing calls differ for every file that a version of the tenant's courses needs
// and that is not there.
func (s *Service) Missing(ctx context.Context, tenant string, differ func(text string)) error {
	for after := ""; ; {
		courses, err := s.Packages(ctx, tenant, after, pageSize)
		if err != nil {
			return err
		}
		for _, c := range courses {
			for _, v := range c.Versions {
				if err := s.missingOf(ctx, c, v, differ); err != nil {
					return err
				}
			}
			after = c.ID
		}
		if len(courses) < pageSize {
			return nil
		}
	}
}

func (s *Service) missingOf(ctx context.Context, c *Course, v Version, differ func(text string)) error {
	note := func(what string) error {
		// It may have been deleted since the list was read.
		now, err := s.course(ctx, c.Tenant, c.ID)
		if errors.Is(err, ErrNotFound) || err == nil && now.Version(v.Number) == nil {
			return nil
		}
		differ(fmt.Sprintf("version %d of the course %s: %s is not there", v.Number, c.ID, what))
		return err
	}
	x, err := s.readIndex(ctx, c.Tenant, v.Index)
	if errors.Is(err, ErrNotFound) {
		return note("the list of its files")
	}
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(x.Files)) {
		r, _, err := s.deps.Files.Open(ctx, c.Tenant, x.Files[name].Hash)
		if errors.Is(err, ErrNotFound) {
			err = note(fmt.Sprintf("%q", name))
		} else if err == nil {
			err = r.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
