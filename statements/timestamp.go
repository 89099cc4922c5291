package statements

import (
	"strconv"
	"strings"
)

// storedWidth is the length of what FormatStored returns.
const storedWidth = len("2006-01-02T15:04:05.000000Z")

// FormatStored writes an instant, in microseconds since the Unix epoch, as
// RFC 3339 in UTC with six digits after the point. All results for the years
// 0 to 9999 have the same length and sort like the instants.
func FormatStored(micros int64) string {
	return string(appendStored(make([]byte, 0, storedWidth), micros))
}

// appendStored appends what FormatStored returns.
func appendStored(dst []byte, micros int64) []byte {
	sec, frac := micros/1e6, micros%1e6
	if frac < 0 {
		sec, frac = sec-1, frac+1e6
	}
	dst = append(appendSeconds(dst, sec), '.')
	return append(appendPadded(dst, int(frac), 6), 'Z')
}

// appendSeconds appends an instant in seconds as 2006-01-02T15:04:05.
func appendSeconds(dst []byte, sec int64) []byte {
	days, rest := sec/86400, int(sec%86400)
	if rest < 0 {
		days, rest = days-1, rest+86400
	}
	year, month, day := civil(days)
	dst = append(appendPadded(dst, year, 4), '-')
	dst = append(appendPadded(dst, month, 2), '-')
	dst = append(appendPadded(dst, day, 2), 'T')
	dst = append(appendPadded(dst, rest/3600, 2), ':')
	dst = append(appendPadded(dst, rest/60%60, 2), ':')
	return appendPadded(dst, rest%60, 2)
}

// appendPadded appends n with leading zeros up to width digits.
func appendPadded(dst []byte, n, width int) []byte {
	for limit := 10; width > 1; width, limit = width-1, limit*10 {
		if n < limit {
			for ; width > 1; width-- {
				dst = append(dst, '0')
			}
			break
		}
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// ParseTimestamp reads a timestamp as statements and the parameters since and
// until have it: RFC 3339, under V1 also the other forms of ISO 8601 that
// timestamp-format lists, where a missing zone means UTC. The result is in
// microseconds since the Unix epoch; further digits are cut. A leap second
// counts as the second after it.
func ParseTimestamp(s string, ed Edition) (micros int64, ok bool) {
	t, rule := readTimestamp(s, ed)
	return t.micros(), rule == ""
}

// timestamp is a timestamp taken apart.
type timestamp struct {
	sec   int64  // whole seconds since the Unix epoch
	frac  string // digits after the point, as sent
	plain bool   // RFC 3339 in UTC already: to be kept to the byte
}

func (t timestamp) micros() int64 {
	micros := int64(0)
	for i := range 6 {
		micros *= 10
		if i < len(t.frac) {
			micros += int64(t.frac[i] - '0')
		}
	}
	return t.sec*1e6 + micros
}

// appendUTC appends the instant in RFC 3339 and UTC with the digits as sent.
func (t timestamp) appendUTC(dst []byte) []byte {
	dst = appendSeconds(dst, t.sec)
	if t.frac != "" {
		dst = append(append(dst, '.'), t.frac...)
	}
	return append(dst, 'Z')
}

// appendCanonical appends a text that is the same for every spelling of the
// instant.
func (t timestamp) appendCanonical(dst []byte) []byte {
	end := len(t.frac)
	for end > 0 && t.frac[end-1] == '0' {
		end--
	}
	t.frac = t.frac[:end]
	return t.appendUTC(dst)
}

// inUTC tells whether a timestamp that could be read says that it is in UTC.
func inUTC(s string) bool {
	return strings.HasSuffix(s, "Z") || strings.HasSuffix(s, "z") ||
		strings.HasSuffix(s, "+00:00") || strings.HasSuffix(s, "+0000") || strings.HasSuffix(s, "+00")
}

// clock collects the fields of a timestamp while it is read.
type clock struct {
	year, month, day, hour, minute, second int
	offset                                 int // minutes east of UTC
}

// readTimestamp reads a timestamp; rule is the rule that it breaks, or "".
func readTimestamp(s string, ed Edition) (t timestamp, rule string) {
	var c clock
	i, extended := c.date(s, ed)
	if i < 0 || i >= len(s) || s[i]|0x20 != 't' {
		return t, ruleTimestampFormat
	}
	rest, full := c.time(s[i+1:], ed, extended)
	if rest < 0 {
		return t, ruleTimestampFormat
	}
	i += 1 + rest
	if i < len(s) && (s[i] == '.' || s[i] == ',' && ed == V1) {
		start := i + 1
		for i = start; i < len(s) && isDigit(s[i]); i++ {
		}
		if t.frac = s[start:i]; i == start || !full {
			return t, ruleTimestampFormat
		}
	}
	zone := s[i:]
	if rule = c.zone(zone, ed); rule != "" {
		return t, rule
	}
	var ok bool
	if t.sec, ok = c.seconds(); !ok {
		return t, ruleTimestampFormat
	}
	t.plain = extended && full && c.offset == 0 && (zone == "Z" || zone == "z" || zone == "+00:00") &&
		(t.frac == "" || s[i-len(t.frac)-1] == '.')
	return t, ""
}

// number reads n digits of s at i; -1 if they are not digits.
func number(s string, i, n int) int {
	if i+n > len(s) {
		return -1
	}
	v := 0
	for _, d := range []byte(s[i : i+n]) {
		if !isDigit(d) {
			return -1
		}
		v = v*10 + int(d-'0')
	}
	return v
}

// date reads the date and returns the position after it, -1 if there is none,
// and whether it has hyphens.
func (c *clock) date(s string, ed Edition) (end int, extended bool) {
	if len(s) < 10 {
		return -1, false
	}
	extended = s[4] == '-'
	switch {
	case extended && s[7] == '-':
		c.year, c.month, c.day, end = number(s, 0, 4), number(s, 5, 2), number(s, 8, 2), 10
	case !extended && ed == V1:
		c.year, c.month, c.day, end = number(s, 0, 4), number(s, 4, 2), number(s, 6, 2), 8
	default:
		return -1, false
	}
	if c.year < 0 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > monthDays(c.year, c.month) {
		return -1, false
	}
	return end, extended
}

// time reads hours, minutes and, required under V2, seconds. It returns the
// length, -1 if there is none, and whether there were seconds.
func (c *clock) time(s string, ed Edition, extended bool) (length int, full bool) {
	step := 2
	if extended {
		step = 3
		if len(s) < 5 || s[2] != ':' {
			return -1, false
		}
	}
	c.hour, c.minute = number(s, 0, 2), number(s, step, 2)
	length = step + 2
	switch {
	case extended && len(s) > length && s[length] == ':':
		c.second, full = number(s, length+1, 2), true
	case !extended && len(s) > length && isDigit(s[length]):
		c.second, full = number(s, length, 2), true
	case ed >= V2:
		return -1, false
	}
	if full {
		length += step
	}
	if c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 60 {
		return -1, false
	}
	return length, full
}

// zone reads the zone, which ends the timestamp.
func (c *clock) zone(s string, ed Edition) (rule string) {
	switch s {
	case "Z", "z":
		return ""
	case "":
		if ed >= V2 {
			return ruleTimestampZone
		}
		return ""
	case "-00", "-0000", "-00:00":
		return ruleTimestampZero
	}
	hour, minute := number(s, 1, 2), 0
	switch {
	case len(s) == 6 && s[3] == ':':
		minute = number(s, 4, 2)
	case len(s) == 5 && ed == V1:
		minute = number(s, 3, 2)
	case len(s) != 3 || ed >= V2:
		return ruleTimestampFormat
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || s[0] != '+' && s[0] != '-' {
		return ruleTimestampFormat
	}
	if c.offset = hour*60 + minute; s[0] == '-' {
		c.offset = -c.offset
	}
	return ""
}

// seconds is the instant; not ok if its year in UTC has not four digits, or if
// it is the 61st second of a minute that has none.
func (c *clock) seconds() (int64, bool) {
	const first, last = -62167219200, 253402300799 // 0000-01-01, end of 9999-12-31
	sec := daysSince1970(c.year, c.month, c.day)*86400 + int64(c.hour*3600+c.minute*60+c.second-c.offset*60)
	if c.second == 60 && sec%86400 != 0 { // leap seconds end a day in UTC
		return 0, false
	}
	return sec, sec >= first && sec <= last
}

func monthDays(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts the days from 1970-01-01 in the proleptic Gregorian
// calendar. Years are taken to begin in March, so that the leap day is last.
func daysSince1970(year, month, day int) int64 {
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	inEra := y - era*400
	dayOfYear := (153*m+2)/5 + day - 1
	return int64(era)*146097 + int64(inEra*365+inEra/4-inEra/100+dayOfYear) - 719468
}

// civil is the inverse of daysSince1970.
func civil(days int64) (year, month, day int) {
	days += 719468
	era := days / 146097
	if days < 0 {
		era = (days - 146096) / 146097
	}
	dayOfEra := int(days - era*146097)
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*m+2)/5 + 1
	year, month = yearOfEra+int(era)*400, m+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}
