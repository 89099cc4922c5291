package report

import (
	"fmt"
	"time"
	_ "time/tzdata" // machines without a time zone database
)

// DefaultZone is the time zone of days.
const DefaultZone = "Europe/Berlin"

// ParsePeriod reads a period as a person gives it: the first and the last day
// (2006-01-02, both included, as days of the time zone), or instants (RFC 3339,
// the last excluded).
func ParsePeriod(from, to, zone string) (begin, end time.Time, err error) {
	days, err := time.LoadLocation(zone)
	if err != nil {
		return begin, end, fmt.Errorf("there is no time zone %q", zone)
	}
	begin, _, err = parseInstant(from, days)
	if err != nil {
		return begin, end, fmt.Errorf("the beginning: %w", err)
	}
	end, isDay, err := parseInstant(to, days)
	if err != nil {
		return begin, end, fmt.Errorf("the end: %w", err)
	}
	if isDay {
		end = end.AddDate(0, 0, 1)
	}
	if !begin.Before(end) {
		return begin, end, fmt.Errorf("the period ends (%s) before it begins (%s)", to, from)
	}
	return begin, end, nil
}

func parseInstant(s string, days *time.Location) (t time.Time, isDay bool, err error) {
	if t, err = time.ParseInLocation(time.DateOnly, s, days); err == nil {
		return t, true, nil
	}
	if t, err = time.Parse(time.RFC3339Nano, s); err == nil {
		return t.In(days), false, nil
	}
	return t, false, fmt.Errorf("%q is neither a day (2026-01-31) nor an instant (2026-01-31T12:00:00+01:00)", s)
}
