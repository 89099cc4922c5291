package directory

import (
	"encoding/json"
	"time"
)

// Date is a day, such as 2026-01-31. The zero value is no day: as a beginning
// since ever, as an end for ever. Dates compare as text.
type Date string

// ParseDate reads a day as ISO 8601 has it; "" is no day.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return "", nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2299 {
		return "", tell("%q is not a day between 1900 and 2299 such as 2026-01-31", short(text))
	}
	return Date(text), nil
}

// DateOf is the day of an instant, in the zone that it is in.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// add is the day n days later; no day stays none.
func (d Date) add(n int) Date {
	if d == "" {
		return ""
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d // ParseDate has let no such day through
	}
	return DateOf(t.AddDate(0, 0, n))
}

// endsBefore tells whether an end lies before a day; no end never does.
func (d Date) endsBefore(day Date) bool { return d != "" && d < day }

// UnmarshalJSON implements json.Unmarshaler. null is no day.
func (d *Date) UnmarshalJSON(b []byte) error {
	var text *string
	if err := json.Unmarshal(b, &text); err != nil || text == nil {
		*d = ""
		return err
	}
	parsed, err := ParseDate(*text)
	*d = parsed
	return err
}

// span is a range of days, both included.
type span struct{ from, until Date }

// holds tells whether a day lies in the span.
func (s span) holds(day Date) bool { return s.from <= day && !s.until.endsBefore(day) }

// meets tells whether two spans have a day in common.
func (s span) meets(o span) bool {
	return !s.until.endsBefore(o.from) && !o.until.endsBefore(s.from)
}

// common is the range of days that two spans have in common, if they meet.
func (s span) common(o span) span {
	both := span{max(s.from, o.from), s.until}
	if o.until != "" && (s.until == "" || o.until < s.until) {
		both.until = o.until
	}
	return both
}
