package desk

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

// Schedule is when a definition is run by itself: once a month, from an hour of a day on.
type Schedule struct {
	Day   int    `json:"day"`  // of the month, 1 to 28
	Hour  int    `json:"hour"` // 0 to 23, in the time zone of the definition
	By    string `json:"by"`
	Since int64  `json:"since"`
	// Last is the month of the last run that was due, as 2026-11; Run and At are what became of it.
	Last   string `json:"last,omitempty"`
	At     int64  `json:"at,omitempty"`
	Failed string `json:"failed,omitempty"`
}

// SetSchedule sets when a definition is run by itself; day 0 stands for never. Errors: ErrNotFound.
func (k *Desk) SetSchedule(ctx context.Context, tenant, id, by string, day, hour int) error {
	_, err := change(ctx, k.deps.Records, definitionKey(tenant, id), func(d *Definition) (*Definition, error) {
		switch {
		case d == nil:
			return nil, ErrNotFound
		case day == 0:
			d.Schedule = nil
		default:
			d.Schedule = &Schedule{Day: min(max(day, 1), 28), Hour: min(max(hour, 0), 23), By: by, Since: k.now()}
		}
		return d, nil
	})
	return err
}

// due is the latest moment at which a schedule had to run; ok is false where that was done, or lies before
// the schedule was set. However many were missed, it is one run that makes up for them.
func (s *Schedule) due(now time.Time) (month string, ok bool) {
	at := time.Date(now.Year(), now.Month(), s.Day, s.Hour, 0, 0, 0, now.Location())
	if at.After(now) {
		at = time.Date(now.Year(), now.Month()-1, s.Day, s.Hour, 0, 0, 0, now.Location())
	}
	month = at.Format("2006-01")
	return month, month > s.Last && at.UnixMicro() >= s.Since
}

// Keep runs what is due, of every tenant, until ctx ends; it looks every minute.
func (k *Desk) Keep(ctx context.Context, tenants func() []string) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		for _, tenant := range tenants() {
			if err := k.RunDue(ctx, tenant); err != nil && ctx.Err() == nil {
				k.deps.Logger.Warn("scheduled reports", zap.String("tenant", tenant), zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// RunDue runs one definition of a tenant that is due, and waits for it. That it ran is noted before, so that
// one that fails is not run again and again; what became of it is noted behind.
func (k *Desk) RunDue(ctx context.Context, tenant string) error {
	all, err := k.Definitions(ctx, tenant)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Schedule == nil {
			continue
		}
		read, problems, err := check([]byte(d.Text))
		if err != nil || problems != nil {
			continue // it was right when it was kept
		}
		zone, err := time.LoadLocation(read.Period.Zone)
		if err != nil {
			return err
		}
		month, ok := d.Schedule.due(k.deps.Now().In(zone))
		if !ok {
			continue
		}
		j, err := k.start(tenant, d, d.Schedule.By)
		if errors.Is(err, ErrRunning) {
			return nil // the next minute will do
		}
		if err != nil {
			return err
		}
		if err := k.ran(ctx, tenant, d.ID, month, ""); err != nil {
			return err
		}
		return k.ran(ctx, tenant, d.ID, month, k.await(ctx, tenant, j.ID))
	}
	return nil
}

// await waits for a job, and answers why it failed.
func (k *Desk) await(ctx context.Context, tenant, id string) string {
	for ctx.Err() == nil {
		j, ok := k.Job(tenant)
		if !ok || j.ID != id {
			return ""
		}
		if j.Done {
			return j.Failed
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	return ""
}

// ran notes that a schedule ran.
func (k *Desk) ran(ctx context.Context, tenant, id, month, failed string) error {
	_, err := change(ctx, k.deps.Records, definitionKey(tenant, id), func(d *Definition) (*Definition, error) {
		if d == nil {
			return nil, nil
		}
		if d.Schedule != nil {
			d.Schedule.Last, d.Schedule.At, d.Schedule.Failed = month, k.now(), failed
		}
		return d, nil
	})
	return err
}
