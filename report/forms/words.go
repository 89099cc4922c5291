package forms

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// phrase is a text of the report: in German and in English.
type phrase [2]string

// words write in one language.
type words struct{ lang string }

// german tells whether this is German; everything else is English.
func (w words) german() bool { return w.lang == "de" }

// say is a phrase with its places filled as fmt does it.
func (w words) say(p phrase, args ...any) string {
	text := p[1]
	if w.german() {
		text = p[0]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// The spaces that no line ends at.
const (
	nbsp   = "\u00a0"
	narrow = "\u202f" // between a figure and its unit
)

// number is a figure with this many places behind the point, its thousands apart.
func (w words) number(v float64, places int) string {
	point, thousands := ".", ","
	if w.german() {
		point, thousands = ",", "."
	}
	digits := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	whole, rest, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(digits, "0.") != "" {
		b.WriteString("−")
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(d)
	}
	if rest != "" {
		b.WriteString(point + rest)
	}
	return b.String()
}

func (w words) integer(n int64) string { return w.number(float64(n), 0) }

// percent is a part of one.
func (w words) percent(v float64, places int) string {
	if w.german() {
		return w.number(v*100, places) + narrow + "%"
	}
	return w.number(v*100, places) + "%"
}

// euro is an amount of money.
func (w words) euro(v float64, places int) string {
	if w.german() {
		return w.number(v, places) + narrow + "€"
	}
	if v < 0 {
		return "−€" + w.number(-v, places)
	}
	return "€" + w.number(v, places)
}

var months = [...]phrase{
	{"Januar", "January"}, {"Februar", "February"}, {"März", "March"}, {"April", "April"}, {"Mai", "May"}, {"Juni", "June"},
	{"Juli", "July"}, {"August", "August"}, {"September", "September"}, {"Oktober", "October"}, {"November", "November"}, {"Dezember", "December"},
}

var weekdays = [...]phrase{
	{"Montag", "Monday"}, {"Dienstag", "Tuesday"}, {"Mittwoch", "Wednesday"}, {"Donnerstag", "Thursday"}, {"Freitag", "Friday"}, {"Samstag", "Saturday"}, {"Sonntag", "Sunday"},
}

// day is a day in full: 30. September 2026.
func (w words) day(t time.Time) string {
	dot := ""
	if w.german() {
		dot = "."
	}
	return fmt.Sprintf("%d%s%s%s %d", t.Day(), dot, nbsp, w.say(months[t.Month()-1]), t.Year())
}

// date is a day of the form 2006-01-02 in full; whatever else stands there stays.
func (w words) date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return w.day(t)
}

// moment is a day and a time of day.
func (w words) moment(t time.Time) string {
	if w.german() {
		return w.day(t) + ", " + t.Format("15:04:05") + " Uhr (UTC" + t.Format("-07:00") + ")"
	}
	return w.day(t) + ", " + t.Format("15:04:05") + " (UTC" + t.Format("-07:00") + ")"
}

// month is a month of a year: March 2026.
func (w words) month(year int, m time.Month) string {
	return w.say(months[m-1]) + " " + strconv.Itoa(year)
}

// list joins words: a, b and c.
func (w words) list(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + w.say(phrase{" und ", " and "}) + all[last]
}

// monthOf is a month of the form 2006-01 in words.
func (w words) monthOf(key string) string {
	t, err := time.Parse("2006-01", key)
	if err != nil {
		return key
	}
	return w.month(t.Year(), t.Month())
}

// binOf is a tenth of the scale of scores that begins at key, as 0.3.
func (w words) binOf(key string) string {
	from, err := strconv.ParseFloat(key, 64)
	if err != nil {
		return w.nameOf(rowNames, key)
	}
	if from >= 0.9 {
		return w.say(phrase{"0,9 bis 1,0", "0.9 to 1.0"})
	}
	return w.say(phrase{"%s bis unter %s", "%s to below %s"}, w.number(from, 1), w.number(from+0.1, 1))
}
