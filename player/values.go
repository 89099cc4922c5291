package player

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// number is a decimal number as JSON has it, without rounding it; ok is false for
// anything else.
func number(text string) (n json.Number, value float64, ok bool) {
	text = strings.TrimSpace(text)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return "", 0, false
	}
	if !decimal.MatchString(text) {
		text = strconv.FormatFloat(value, 'f', -1, 64)
	}
	return json.Number(text), value, true
}

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

var (
	timespan12 = regexp.MustCompile(`^([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]{1,2})?$`)
	duration   = regexp.MustCompile(`^P([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?$`)
)

// isoDuration is a span of time of either edition as xAPI writes it; empty for
// what is none. Digits stay as they were, but for leading zeros.
func isoDuration(text string) string {
	text = strings.TrimSpace(text)
	if m := timespan12.FindStringSubmatch(text); m != nil {
		return "PT" + plain(m[1]) + "H" + plain(m[2]) + "M" + plain(m[3]) + m[4] + "S"
	}
	if duration.MatchString(text) && text != "P" && !strings.HasSuffix(text, "T") {
		return text
	}
	return ""
}

func plain(digits string) string {
	if s := strings.TrimLeft(digits, "0"); s != "" {
		return s
	}
	return "0"
}

// length is how long a span of time of either edition is. Years count as 365 days
// and months as 30.
func length(text string) time.Duration {
	m := duration.FindStringSubmatch(isoDuration(text))
	if m == nil {
		return 0
	}
	units := [...]time.Duration{1: 365 * 24 * time.Hour, 2: 30 * 24 * time.Hour, 3: 24 * time.Hour, 5: time.Hour, 6: time.Minute, 7: time.Second}
	var sum float64
	for i, unit := range units {
		if unit == 0 || len(m[i]) < 2 {
			continue
		}
		n, err := strconv.ParseFloat(m[i][:len(m[i])-1], 64)
		if err != nil {
			return 0
		}
		sum += n * float64(unit)
	}
	if sum > float64(maxLength) {
		return maxLength
	}
	return time.Duration(sum)
}

// maxLength is the longest time that SCORM 1.2 can write.
const maxLength = 9999 * time.Hour

// totalTime writes a length in the way of an edition.
func totalTime(d time.Duration, edition2004 bool) string {
	d = min(d, maxLength).Round(10 * time.Millisecond)
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, (d % time.Minute).Seconds()
	if edition2004 {
		return "PT" + strconv.Itoa(hours) + "H" + strconv.Itoa(minutes) + "M" + strconv.FormatFloat(seconds, 'f', -1, 64) + "S"
	}
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	text := strconv.FormatFloat(seconds, 'f', -1, 64)
	if seconds < 10 {
		text = "0" + text
	}
	hh := two(hours)
	for len(hh) < 4 {
		hh = "0" + hh
	}
	return hh + ":" + two(minutes) + ":" + text
}

// formatFloat writes a number with as many digits as needed, twelve at most.
func formatFloat(value float64) string {
	text := strconv.FormatFloat(value, 'f', 12, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
