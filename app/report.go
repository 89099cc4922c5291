package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
	_ "time/tzdata" // a server need not have the time zones installed

	"lernspur/admin"
	"lernspur/report"
	"lernspur/statements"
)

// reportZone is where the days of a report begin and end.
const reportZone = "Europe/Berlin"

// report writes the report on a period.
func (a *App) report(ctx context.Context, ask admin.ReportRequest, w io.Writer) error {
	parameters, err := reportParameters(ask, time.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	b := report.Builder{Conn: a.store.Conn(), Wait: a.committer.Wait}
	r, err := b.Build(ctx, parameters)
	if err != nil {
		return err
	}
	r.MadeUp = a.madeUp(ask.Tenant)
	// Whole or not at all.
	var page bytes.Buffer
	if ask.Format == "json" {
		err = r.WriteJSON(&page)
	} else {
		err = r.WriteHTML(&page, ask.Language)
	}
	if err != nil {
		return err
	}
	_, err = page.WriteTo(w)
	return err
}

// reportParameters reads the days of a request: the last one counts, too.
// Without a last day it is today, without a first one a year before.
func reportParameters(ask admin.ReportRequest, now time.Time) (report.Parameters, error) {
	p := report.Parameters{Tenant: ask.Tenant}
	zone, err := time.LoadLocation(reportZone)
	if err != nil {
		return p, err
	}
	now = now.In(zone)
	last := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	if ask.To != "" {
		if last, err = time.ParseInLocation(time.DateOnly, ask.To, zone); err != nil {
			return p, fmt.Errorf("to: expected a day such as 2026-12-31, got %q", ask.To)
		}
	}
	p.To = last.AddDate(0, 0, 1)
	p.From = p.To.AddDate(-1, 0, 0)
	if ask.From != "" {
		if p.From, err = time.ParseInLocation(time.DateOnly, ask.From, zone); err != nil {
			return p, fmt.Errorf("from: expected a day such as 2026-01-01, got %q", ask.From)
		}
	}
	if !p.From.Before(p.To) {
		return p, fmt.Errorf("the first day, %s, comes after the last", p.From.Format(time.DateOnly))
	}
	if ask.AsOf != "" {
		var ok bool
		if p.AsOf, ok = statements.ParseTimestamp(ask.AsOf, statements.V2); !ok {
			return p, fmt.Errorf("as-of: expected a time such as 2026-12-31T08:00:00Z, got %q", ask.AsOf)
		}
	}
	return p, nil
}
