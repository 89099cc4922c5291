package attendance

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/documents"
)

// A session is noted as open before any record of it has statements that are not
// stored, and until none has. So whoever starts after a crash knows where to look,
// and nobody else has to look anywhere.

// settleEvery is how often open sessions are looked at.
const settleEvery = time.Minute

// noteOpen notes that records of a session are under way. Its gate is held.
func (s *Service) noteOpen(ctx context.Context, se *Session) error {
	p := place{se.Tenant, se.ID}
	s.mu.Lock()
	known := s.open[p]
	s.mu.Unlock()
	if known {
		return nil
	}
	now := s.now()
	if _, err := change(ctx, s.deps.Records, openKey(se.Tenant, se.ID.String()), func(*int64) (*int64, error) { return &now, nil }); err != nil {
		return err
	}
	s.mu.Lock()
	s.open[p] = true
	s.mu.Unlock()
	return nil
}

// Run completes what was interrupted, until ctx ends: at first of all tenants, then
// where something is under way.
func (s *Service) Run(ctx context.Context, tenants func() []string) {
	list := tenants()
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for {
		var again []string
		for _, tenant := range list {
			if err := s.Settle(ctx, tenant); err != nil && ctx.Err() == nil {
				s.deps.Logger.Warn("attendance that was interrupted is not complete yet", zap.String("tenant", tenant), zap.Error(err))
				again = append(again, tenant)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		seen := make(map[string]bool)
		s.mu.Lock()
		for p := range s.open {
			seen[p.tenant] = true
		}
		s.mu.Unlock()
		for _, tenant := range again {
			seen[tenant] = true
		}
		list = list[:0]
		for tenant := range seen {
			list = append(list, tenant)
		}
	}
}

// Settle stores what is left of a tenant's attendance to be stored. What cannot be
// completed is left for the next time, and holds up nothing else; the error is that of
// the first.
func (s *Service) Settle(ctx context.Context, tenant string) error {
	var failed error
	for after := ""; ; {
		docs, err := s.deps.Records.List(ctx, documents.Range{Shelf: openKey(tenant, "").Shelf, AfterID: after, Limit: pageSize})
		if err != nil {
			return err
		}
		for _, d := range docs {
			after = d.ID
			session, err := uuid.Parse(d.ID)
			if err != nil {
				continue
			}
			if failed, err = first(ctx, failed, s.settleSession(ctx, tenant, session)); err != nil {
				return err
			}
		}
		if len(docs) < pageSize {
			return failed
		}
	}
}

// first is the first failure, after one more or nil; stop is there when the next one
// would fail as well.
func first(ctx context.Context, failed, err error) (all, stop error) {
	var busy *catalog.Busy
	if err != nil && (ctx.Err() != nil || errors.As(err, &busy)) {
		return failed, err
	}
	return cmp.Or(failed, err), nil
}

// settleSession is Settle for one session. While it works nobody records anything
// there, so that afterwards nothing is under way.
func (s *Service) settleSession(ctx context.Context, tenant string, session uuid.UUID) error {
	leave, err := s.gates.take(ctx, tenant+session.String(), everybody)
	if err != nil {
		return err
	}
	defer leave()
	var failed error
	err = s.eachRecord(ctx, tenant, session, func(r *Record) (err error) {
		if r.Pending != nil {
			_, err = s.settle(ctx, tenant, r)
		}
		failed, err = first(ctx, failed, err)
		return err
	})
	if err = cmp.Or(err, failed); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.open, place{tenant, session})
	s.mu.Unlock()
	_, err = s.deps.Records.Change(ctx, openKey(tenant, session.String()), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{Deleted: true}, nil
	})
	return err
}
