package report

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/progress"
	"lernspur/suppress"
)

// DefaultK is the smallest group of people of whom anything is shown.
const DefaultK = suppress.DefaultK

// Builder makes reports.
type Builder struct {
	// Conn is the database with the tables of package store.
	Conn driver.Conn
	// Wait returns the watermark at which everything acknowledged before the
	// call is visible, microseconds since the Unix epoch.
	Wait func(context.Context) (int64, error)
}

// Parameters say what a report is about. The same parameters with the same AsOf
// give the same report.
type Parameters struct {
	Tenant string
	// From and To bound the timestamps: From <= timestamp < To. Days are those
	// of their locations.
	From, To time.Time
	// AsOf: only statements stored up to here count, microseconds since the
	// Unix epoch. Zero stands for all that were acknowledged before.
	AsOf int64
	// K is the smallest group of people of whom anything is shown. Zero
	// means DefaultK.
	K int
}

// Report holds the figures, with small groups already suppressed.
type Report struct {
	Tenant   string
	From, To time.Time
	AsOf     time.Time
	K        int
	// MadeUp: the data are, and every form says so. Whoever has the report made sets it.
	MadeUp  bool
	Summary Summary
	Courses []Course
}

// Summary is about all courses together; people count once.
type Summary struct {
	Courses                      int64
	Learners, Started, Completed Count
}

// Course is about one course, by the statements of the period. See
// docs/metrics.md for what each figure means.
type Course struct {
	ID                                           string
	Learners, Started, Completed, Passed, Failed Count
	AverageScore                                 Mean
	// LastActivity is the day of the latest statement, zero when suppressed.
	LastActivity time.Time
}

// Build makes a report.
func (b *Builder) Build(ctx context.Context, p Parameters) (*Report, error) {
	if !p.From.Before(p.To) {
		return nil, fmt.Errorf("a report needs a period that begins before it ends, not from %s to %s", p.From.Format(time.RFC3339), p.To.Format(time.RFC3339))
	}
	if p.K == 0 {
		p.K = DefaultK
	}
	if p.K < 2 {
		return nil, fmt.Errorf("a report about groups of %d would be about single people; k must be at least 2", p.K)
	}
	// Also with an AsOf: it must not lie beyond what is visible.
	upto, err := b.Wait(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting for the statements to be visible: %w", err)
	}
	if p.AsOf > upto {
		return nil, fmt.Errorf("a report as of %s cannot be made yet: statements are complete up to %s",
			instant(p.AsOf).Format(time.RFC3339Nano), instant(upto).Format(time.RFC3339Nano))
	}
	if p.AsOf != 0 {
		upto = p.AsOf
	}
	period, err := progress.InPeriod(ctx, b.Conn, p.Tenant, p.From.UnixMicro(), p.To.UnixMicro(), upto)
	if err != nil {
		return nil, err
	}
	r := &Report{Tenant: p.Tenant, From: p.From, To: p.To, AsOf: instant(upto), K: p.K}
	if r.Summary, r.Courses, err = Suppress(period, p.K, p.From.Location()); err != nil {
		return nil, err
	}
	return r, nil
}

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
