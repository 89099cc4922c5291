package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// integer is a whole number with its thousands apart.
func (w *words) integer(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(w.t("format.thousands"))
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// decimal is a number with this many places.
func (w *words) decimal(x float64, places int) string {
	whole, rest, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', places, 64), ".")
	n, _ := strconv.ParseInt(whole, 10, 64) // it was a number
	text := w.integer(n)
	if rest != "" {
		text += w.t("format.decimal") + rest
	}
	if x < 0 && strings.Trim(whole+rest, "0") != "" {
		text = "−" + text
	}
	return text
}

// percent is a share of one.
func (w *words) percent(x float64) string {
	return w.decimal(math.Round(x*1000)/10, places(x*100)) + w.t("format.percent")
}

// places keeps one place where it says something.
func places(x float64) int {
	if math.Abs(x-math.Round(x)) < 0.05 {
		return 0
	}
	return 1
}

// size is a number of bytes.
func (w *words) size(n int64) string {
	units := [...]string{"KB", "MB", "GB", "TB"}
	if n < 1000 {
		return w.tn("format.bytes", int(n))
	}
	x, unit := float64(n)/1000, 0
	for x >= 999.5 && unit < len(units)-1 {
		x, unit = x/1000, unit+1
	}
	digits := 0
	if x < 10 {
		digits = 1
	}
	return w.decimal(x, digits) + "\u00a0" + units[unit]
}

// date is a day.
func (w *words) date(t time.Time) string {
	if w.lang == "de" {
		return t.Format("02.01.2006")
	}
	return t.Format("2 Jan 2006")
}

// moment is a day and a time.
func (w *words) moment(t time.Time) string { return w.t("format.moment", w.date(t), t.Format("15:04")) }

// ago is how far a time is from now, in words.
func (w *words) ago(t, now time.Time) string {
	d := now.Sub(t)
	side := "past"
	if d < 0 {
		d, side = -d, "future"
	}
	for _, unit := range [...]struct {
		name string
		long time.Duration
		from time.Duration
	}{
		{"years", 365 * 24 * time.Hour, 365 * 24 * time.Hour}, {"months", 30 * 24 * time.Hour, 60 * 24 * time.Hour},
		{"days", 24 * time.Hour, 24 * time.Hour}, {"hours", time.Hour, time.Hour}, {"minutes", time.Minute, time.Minute},
	} {
		if d >= unit.from {
			return w.tn("ago."+side+"."+unit.name, int(d/unit.long))
		}
	}
	return w.t("ago." + side + ".now")
}

// length is a duration in minutes, in words.
func (w *words) length(minutes int) string {
	hours, rest := minutes/60, minutes%60
	switch {
	case hours == 0:
		return w.t("format.minutes", rest)
	case rest == 0:
		return w.t("format.hours", hours)
	}
	return w.t("format.hours", hours) + " " + w.t("format.minutes", rest)
}

// minutesOf reads a duration of ISO 8601 without months and years; false for
// others, whose length nobody knows.
func minutesOf(iso string) (int, bool) {
	rest, ok := strings.CutPrefix(iso, "P")
	if !ok || rest == "" {
		return 0, false
	}
	day, clock, _ := strings.Cut(rest, "T")
	seconds := 0.0
	for _, part := range [...]struct {
		text  string
		units map[byte]float64
	}{{day, map[byte]float64{'W': 7 * 86400, 'D': 86400}}, {clock, map[byte]float64{'H': 3600, 'M': 60, 'S': 1}}} {
		for text := part.text; text != ""; {
			i := strings.IndexFunc(text, func(r rune) bool { return r >= 'A' && r <= 'Z' })
			if i < 1 || part.units[text[i]] == 0 {
				return 0, false
			}
			n, err := strconv.ParseFloat(strings.Replace(text[:i], ",", ".", 1), 64)
			if err != nil {
				return 0, false
			}
			seconds += n * part.units[text[i]]
			text = text[i+1:]
		}
	}
	if seconds > 1e9 {
		return 0, false
	}
	return int(math.Round(seconds / 60)), true
}

// isoMinutes is a number of minutes as a duration of ISO 8601.
func isoMinutes(minutes int) string {
	switch hours, rest := minutes/60, minutes%60; {
	case hours == 0:
		return fmt.Sprintf("PT%dM", rest)
	case rest == 0:
		return fmt.Sprintf("PT%dH", hours)
	default:
		return fmt.Sprintf("PT%dH%dM", hours, rest)
	}
}
