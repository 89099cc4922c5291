package bi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"lernspur/documents"
)

// dismiss stops an engine after the last query.
func (s *Service) dismiss(m *mirror) {
	ctx, cancel := context.WithTimeout(context.Background(), s.Limits.Time+time.Minute)
	defer cancel()
	for range cap(m.slots) {
		select {
		case m.slots <- struct{}{}: // nobody gets one any more
		case <-ctx.Done():
		}
	}
	if err := m.close(ctx); err != nil {
		s.Logger.Warn("stopping the engine for tools", zap.String("tenant", m.tenant), zap.Error(err))
	}
	if err := os.RemoveAll(m.dir); err != nil {
		s.Logger.Warn("removing the folder of the engine for tools", zap.String("tenant", m.tenant), zap.Error(err))
	}
}

// Run starts the engines and publishes, until ctx ends; then it stops the engines.
func (s *Service) Run(ctx context.Context) {
	if !s.Publish {
		return
	}
	if err := os.RemoveAll(s.Dir); err != nil { // what a server has left that was killed
		s.Logger.Warn("emptying the folder of the engines for tools", zap.Error(err))
	}
	for known := false; ctx.Err() == nil; {
		if !known {
			err := s.admitAll(ctx)
			if known = err == nil; !known && ctx.Err() == nil {
				s.Logger.Error("who may read published figures is not known", zap.Error(err))
			}
		}
		wait := s.round(ctx)
		if !known {
			wait = min(wait, time.Minute)
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-time.After(wait):
		}
	}
	s.mu.Lock()
	s.closing = true
	users := s.users
	s.users = make(map[string]*user)
	s.mu.Unlock()
	s.gone.Wait()
	stopping, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, u := range users {
		if u.mirror == nil {
			continue
		}
		s.gone.Go(func() {
			if err := u.mirror.close(stopping); err != nil {
				s.Logger.Warn("stopping the engine for tools", zap.String("tenant", u.tenant), zap.Error(err))
			}
		})
	}
	s.gone.Wait()
}

// admitAll admits every tenant that has switched it on.
func (s *Service) admitAll(ctx context.Context) error {
	var tenants []string
	err := s.Records.Each(ctx, func(d *documents.Document) error {
		tenants = append(tenants, d.Tenant)
		return nil
	})
	for _, tenant := range tenants {
		err = errors.Join(err, s.admitAgain(ctx, tenant))
	}
	return err
}

// admitAgain admits a tenant as its record is now: it may have changed since Each has told of it.
func (s *Service) admitAgain(ctx context.Context, tenant string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	a, err := readAccess(ctx, s.Records, tenant)
	if err != nil {
		return fmt.Errorf("tenant %s: %w", tenant, err)
	}
	s.admit(tenant, a)
	return nil
}

// round sees to every tenant once and answers when to look again.
func (s *Service) round(ctx context.Context) time.Duration {
	wait := min(s.Refresh, time.Hour)
	s.mu.Lock()
	list := make([]*user, 0, len(s.users))
	for _, u := range s.users {
		list = append(list, u)
	}
	s.mu.Unlock()
	for _, u := range list {
		next, err := s.tend(ctx, u)
		if err != nil {
			if ctx.Err() == nil {
				s.Logger.Error("figures for tools", zap.String("tenant", u.tenant), zap.Error(err))
			}
			next = time.Minute
		}
		wait = min(wait, next)
	}
	return max(wait, 10*time.Millisecond)
}

// tend has a tenant's engine run and answer with a publication that is not too old. It answers
// when that will be too old.
func (s *Service) tend(ctx context.Context, u *user) (time.Duration, error) {
	at, err := newest(ctx, s.Conn, u.tenant)
	if err != nil {
		return 0, err
	}
	if age := s.now().Sub(at); age >= s.Refresh || age < 0 {
		p, err := compute(ctx, s.Figures, u.tenant, s.now().UTC().Truncate(time.Microsecond))
		if err == nil {
			err = write(ctx, s.Conn, u.tenant, p)
		}
		if err != nil {
			return 0, fmt.Errorf("publishing: %w", err)
		}
		at = p.at
		if !s.knows(u) { // it was disabled meanwhile
			return s.Refresh, forget(ctx, s.Conn, u.tenant, at.UnixMicro()+1)
		}
	}
	m, err := s.mirrorOf(ctx, u)
	if m == nil || err != nil {
		return s.Refresh, err
	}
	if !m.has(at) {
		p, err := read(ctx, s.Conn, u.tenant, at)
		if err == nil {
			err = m.load(ctx, p)
		}
		if err != nil {
			return 0, fmt.Errorf("loading what is published: %w", err)
		}
	}
	return s.Refresh - s.now().Sub(at), nil
}

// knows tells whether a user still is one.
func (s *Service) knows(u *user) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[UserPrefix+u.tenant] == u
}

// mirrorOf is the engine of a user, started if need be; nil when the user is gone.
func (s *Service) mirrorOf(ctx context.Context, u *user) (*mirror, error) {
	s.mu.Lock()
	m := u.mirror
	s.mu.Unlock()
	if m != nil || !s.Serve {
		return m, nil
	}
	m, err := startMirror(ctx, u.tenant, s.Dir, s.Engine, s.Limits, s.Logger.With(zap.String("tenant", u.tenant)))
	if err != nil {
		return nil, fmt.Errorf("starting the engine for tools: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[UserPrefix+u.tenant] != u { // it was disabled meanwhile
		s.gone.Go(func() { s.dismiss(m) })
		return nil, nil
	}
	u.mirror = m
	return m, nil
}
