package schema

import (
	"regexp"
	"strings"
	"time"
)

// The forms of timestamps: RFC 3339 for xAPI 2.0, for 1.0.x also without
// seconds, and ISO 8601's basic format. Groups: year, month, day, hour,
// minute, second, hour and minute of the offset. The zone may be missing and
// the offset may be -00 in any spelling here: other formats speak of that.
var (
	rfc3339 = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-]\d\d):(\d\d)|-00(?:00)?)?$`)

	isoExtended = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?` + isoZone + `$`)
	isoBasic    = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?` + isoZone + `$`)

	zoneless     = regexp.MustCompile(`^\d{4}-?\d\d-?\d\d[Tt]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?$`)
	negativeZero = regexp.MustCompile(`[Tt].*-00(?::?00)?$`)
)

const isoZone = `(?:[Zz]|([+-]\d\d)(?::?(\d\d))?)?`

// isTimestamp10 tells whether s is a timestamp of xAPI 1.0.x.
func isTimestamp10(s string) bool {
	m := isoExtended.FindStringSubmatch(s)
	if m == nil {
		m = isoBasic.FindStringSubmatch(s)
	}
	return exists(m)
}

// isTimestamp20 tells whether s is an RFC 3339 date-time, the presence of a
// zone apart.
func isTimestamp20(s string) bool { return exists(rfc3339.FindStringSubmatch(s)) }

// hasZone tells whether a timestamp names its zone. What is no timestamp
// passes: another format says so.
func hasZone(s string) bool { return !zoneless.MatchString(s) }

// hasNoNegativeZero tells whether a timestamp is free of the offset -00, which
// RFC 3339 keeps for "unknown" and xAPI forbids.
func hasNoNegativeZero(s string) bool { return !negativeZero.MatchString(s) }

// exists tells whether the parts that a form has matched name a point in time
// whose year in UTC has four digits. A leap second ends a day in UTC.
func exists(parts []string) bool {
	if parts == nil {
		return false
	}
	var n [9]int
	for i := 1; i < len(n); i++ {
		for _, c := range strings.Trim(parts[i], "+-") {
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	month, day, hour, minute, second, offsetHour, offsetMinute := n[2], n[3], n[4], n[5], n[6], n[7], n[8]
	if hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59 {
		return false
	}
	date := time.Date(n[1], time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Month() != time.Month(month) || date.Day() != day {
		return false // such as 30 February
	}
	offset := time.Duration(offsetHour)*time.Hour + time.Duration(offsetMinute)*time.Minute
	if strings.HasPrefix(parts[7], "-") {
		offset = -offset
	}
	at := date.Add(time.Duration(hour*3600+minute*60+second)*time.Second - offset)
	if second == 60 && (at.Hour() != 0 || at.Minute() != 0) {
		return false
	}
	return at.Year() >= 0 && at.Year() <= 9999
}
