package app

import (
	"strings"
	"testing"
	"time"

	"lernspur/admin"
)

func TestReportParameters(t *testing.T) {
	now := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC) // already the 29th in Berlin, where the clocks change that day
	tests := []struct {
		name, from, to   string
		wantFrom, wantTo string // UTC
		asOf             string
		wantAsOf         int64
		problem          string
	}{
		{name: "nothing said", wantFrom: "2025-03-29T23:00:00Z", wantTo: "2026-03-29T22:00:00Z"},
		{name: "a year", from: "2026-01-01", to: "2026-12-31", wantFrom: "2025-12-31T23:00:00Z", wantTo: "2026-12-31T23:00:00Z"},
		{name: "only the last day", to: "2026-06-30", wantFrom: "2025-06-30T22:00:00Z", wantTo: "2026-06-30T22:00:00Z"},
		{name: "one day", from: "2026-06-30", to: "2026-06-30", wantFrom: "2026-06-29T22:00:00Z", wantTo: "2026-06-30T22:00:00Z"},
		{name: "as of", to: "2026-06-30", wantFrom: "2025-06-30T22:00:00Z", wantTo: "2026-06-30T22:00:00Z", asOf: "1970-01-01T00:00:01.000001Z", wantAsOf: 1_000_001},
		{name: "turned round", from: "2026-07-01", to: "2026-06-30", problem: "comes after the last"},
		{name: "no day", from: "1.1.2026", problem: `from: expected a day such as 2026-01-01, got "1.1.2026"`},
		{name: "no last day", to: "x", problem: "to: expected a day"},
		{name: "no time", asOf: "x", problem: "as-of: expected a time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := reportParameters(admin.ReportRequest{Tenant: "t", From: test.from, To: test.to, AsOf: test.asOf}, now)
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error %v, want %q", err, test.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			from, to := p.From.UTC().Format(time.RFC3339), p.To.UTC().Format(time.RFC3339)
			if from != test.wantFrom || to != test.wantTo || p.AsOf != test.wantAsOf || p.Tenant != "t" {
				t.Errorf("from %s to %s as of %d, want %s %s %d", from, to, p.AsOf, test.wantFrom, test.wantTo, test.wantAsOf)
			}
		})
	}
}
