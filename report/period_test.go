package report

import (
	"testing"
	"time"
)

func TestParsePeriod(t *testing.T) {
	cases := []struct {
		name, from, to, zone string
		begin, end           string // "" means refused
	}{
		{"days include the last", "2026-01-01", "2026-01-31", "Europe/Berlin", "2026-01-01T00:00:00+01:00", "2026-02-01T00:00:00+01:00"},
		{"over the change to summer time", "2026-03-29", "2026-03-29", "Europe/Berlin", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"instants exclude the last", "2026-01-01T12:00:00Z", "2026-01-01T12:00:00.5Z", "UTC", "2026-01-01T12:00:00Z", "2026-01-01T12:00:00.5Z"},
		{"ends before it begins", "2026-01-02", "2026-01-01", "UTC", "", ""},
		{"no such day", "2026-02-30", "2026-03-01", "UTC", "", ""},
		{"no such zone", "2026-01-01", "2026-01-02", "Europe/Bielefeld", "", ""},
		{"nothing", "", "2026-01-02", "UTC", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			begin, end, err := ParsePeriod(c.from, c.to, c.zone)
			if c.begin == "" {
				if err == nil {
					t.Errorf("accepted as %s to %s", begin, end)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if b, e := begin.Format(time.RFC3339Nano), end.Format(time.RFC3339Nano); b != c.begin || e != c.end {
				t.Errorf("%s to %s, want %s to %s", b, e, c.begin, c.end)
			}
		})
	}
}
