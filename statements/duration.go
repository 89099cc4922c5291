package statements

import "math"

// unknownDuration is the Duration of a Result whose length is not defined.
const unknownDuration = -1

// durationUnits are the designators in the order in which they may stand, with
// their length in hundredths of a second. 0 means that there is no fixed one.
var durationUnits = [...]struct {
	letter     byte
	time       bool
	hundredths int64
}{
	{'Y', false, 0},
	{'M', false, 0},
	{'W', false, 7 * 86400_00},
	{'D', false, 86400_00},
	{'H', true, 3600_00},
	{'M', true, 60_00},
	{'S', true, 1_00},
}

// IsDuration tells whether a text is a duration as result.duration has it
// (ISO 8601, Data 4.6).
func IsDuration(s string) bool {
	_, ok := parseDuration(s)
	return ok
}

// parseDuration reads a duration after ISO 8601:2004, 4.4.3.2. The length is
// in hundredths of a second, cut, not rounded; -1 if it has years or months
// that are not zero, or does not fit.
func parseDuration(s string) (hundredths int64, ok bool) {
	if len(s) < 3 || s[0] != 'P' {
		return 0, false
	}
	total, unknown := int64(0), false
	inTime, unit, parts := false, 0, 0
	for i := 1; i < len(s); {
		if s[i] == 'T' {
			if inTime || i+1 == len(s) {
				return 0, false
			}
			inTime = true
			i++
		}
		whole, frac, end := durationNumber(s, i)
		if end < 0 || end >= len(s) {
			return 0, false
		}
		for unit < len(durationUnits) && (durationUnits[unit].letter != s[end] || durationUnits[unit].time != inTime) {
			unit++
		}
		if unit == len(durationUnits) {
			return 0, false
		}
		last := end+1 == len(s)
		if frac != "" && !last || s[end] == 'W' && (parts > 0 || !last) {
			return 0, false
		}
		part, fits := durationPart(whole, frac, durationUnits[unit].hundredths)
		if unknown = unknown || !fits || part > math.MaxInt64-total; !unknown {
			total += part
		}
		unit++
		parts++
		i = end + 1
	}
	if unknown {
		total = unknownDuration
	}
	return total, parts > 0
}

// durationNumber reads digits and perhaps a fraction at i; end is where its
// designator should be, -1 if there is no number.
func durationNumber(s string, i int) (whole, frac string, end int) {
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	whole = s[start:i]
	if whole == "" {
		return "", "", -1
	}
	if i < len(s) && (s[i] == '.' || s[i] == ',') {
		start = i + 1
		for i = start; i < len(s) && isDigit(s[i]); i++ {
		}
		if frac = s[start:i]; frac == "" {
			return "", "", -1
		}
	}
	return whole, frac, i
}

// durationPart is number times unit in hundredths of a second; it fits unless
// it is too large or the unit has no fixed length and the number is not zero.
func durationPart(whole, frac string, unit int64) (hundredths int64, fits bool) {
	var n int64
	for i := range len(whole) {
		if n > math.MaxInt64/1000 {
			return 0, false
		}
		n = n*10 + int64(whole[i]-'0')
	}
	var f, scale int64 = 0, 1
	for i := 0; i < len(frac) && i < 9; i++ {
		f, scale = f*10+int64(frac[i]-'0'), scale*10
	}
	if unit == 0 {
		return 0, n == 0 && f == 0
	}
	if n > math.MaxInt64/unit-1 {
		return 0, false
	}
	return n*unit + f*unit/scale, true
}

// appendDuration appends a duration such that two of them have equal texts if
// they are equal strings up to whatever is finer than 0.01 s (xAPI 1.0.3
// Data 2.3.1 and 4.6; 2.0, 4.2.7).
func appendDuration(dst []byte, s string) []byte {
	end := len(s) - 1
	if end < 1 || s[end] != 'S' {
		return append(dst, s...)
	}
	start := end
	for start > 0 && (isDigit(s[start-1]) || s[start-1] == '.' || s[start-1] == ',') {
		start--
	}
	whole, frac, stop := durationNumber(s, start)
	if stop != end {
		return append(dst, s...)
	}
	dst = append(append(dst, s[:start]...), whole...)
	dst = append(dst, '.')
	for i := range 2 {
		digit := byte('0')
		if i < len(frac) {
			digit = frac[i]
		}
		dst = append(dst, digit)
	}
	return append(dst, 'S')
}
