package catalog

import (
	"context"
	"time"

	"go.uber.org/zap"

	"lernspur/documents"
)

// Files that no version refers to are freed, never one that a version needs or is
// about to need. An upload holds its files from before they are put until the
// record of its course is durable; whoever is put back by a crash, or does not
// learn in time what became of its record, is covered by sweepAge, which is far
// longer than a record can take. What is asked is every record of a course as it
// is then, with everything that was acknowledged before (Files.Sweep has the
// order of these steps). Lists of files never change, so those of versions that
// were read once need not be read again.

const (
	// sweepAge is how long ago a file's last Put has to be.
	sweepAge = time.Hour
	// sweepEvery is how often it is looked for such files without a deletion.
	sweepEvery = time.Hour
)

// free says that a tenant may have files that nothing refers to.
func (s *Service) free(tenant string) {
	select {
	case s.freeable <- tenant:
	default: // sweepEvery will do
	}
}

// Run frees files until ctx ends: after deletions, and now and then all tenants'.
func (s *Service) Run(ctx context.Context, tenants func() []string) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		var list []string
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			list = tenants()
		case tenant := <-s.freeable:
			list = []string{tenant}
		}
		for _, tenant := range list {
			n, err := s.Sweep(ctx, tenant, s.deps.Now().Add(-sweepAge))
			if err != nil && ctx.Err() == nil {
				s.deps.Logger.Warn("files of deleted packages stay for now", zap.String("tenant", tenant), zap.Error(err))
			}
			if n > 0 {
				s.deps.Logger.Info("files of deleted packages were removed", zap.String("tenant", tenant), zap.Int("files", n))
			}
		}
	}
}

// Sweep frees the files of a tenant that no version refers to and whose last Put
// was before an instant, and answers how many.
func (s *Service) Sweep(ctx context.Context, tenant string, before time.Time) (int, error) {
	u := &used{service: s, seen: make(map[string]bool), files: make(map[string]bool)}
	return s.deps.Files.Sweep(ctx, tenant, before, u.ask)
}

// used are the files that are referred to.
type used struct {
	service *Service
	seen    map[string]bool // lists that were read
	files   map[string]bool
}

// ask tells which of some files are used now. Those of a version that was deleted
// since this sweep began count as used.
func (u *used) ask(ctx context.Context, tenant string, hashes []string) (map[string]bool, error) {
	after := ""
	for {
		page, err := u.service.deps.Records.List(ctx, documents.Range{Shelf: courseKey(tenant, "").Shelf, AfterID: after, Limit: pageSize})
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			c, err := decode[Course](d)
			if err != nil {
				return nil, err
			}
			if err := u.add(ctx, tenant, c); err != nil {
				return nil, err
			}
			after = d.ID
		}
		if len(page) < pageSize {
			break
		}
	}
	inUse := make(map[string]bool)
	for _, h := range hashes {
		if u.files[h] {
			inUse[h] = true
		}
	}
	return inUse, nil
}

// add notes the files of a course. One whose list cannot be read ends the sweep:
// nobody can tell then what is needed.
func (u *used) add(ctx context.Context, tenant string, c *Course) error {
	for _, v := range c.Versions {
		if u.seen[v.Index] {
			continue
		}
		x, err := u.service.readIndex(ctx, tenant, v.Index)
		if err != nil {
			return err
		}
		u.seen[v.Index], u.files[v.Index] = true, true
		for _, f := range x.Files {
			u.files[f.Hash] = true
		}
	}
	return nil
}
