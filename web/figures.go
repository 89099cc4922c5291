package web

import (
	"math"
	"strconv"
	"time"
)

// figure is a number as it is shown.
type figure struct {
	Text   string
	Hidden bool // it is about too few people
	// Share is how long the bar beside it is, in percent; nil for no bar.
	Share *float64
}

// Width is how much of the bar is filled, for the drawing.
func (f figure) Width() string { return strconv.FormatFloat(*f.Share, 'f', 1, 64) }

// none is a figure that there is not.
var none = figure{Text: "–"}

func (q *request) hidden() figure { return figure{Text: q.words.t("progress.hidden"), Hidden: true} }

// value is a value in words.
func (q *request) value(r row, name string, text func(float64) string) figure {
	switch v, ok := r.number(name); {
	case r.hidden(name):
		return q.hidden()
	case !ok:
		return none
	default:
		return figure{Text: text(v)}
	}
}

// count is a number of people or things.
func (q *request) count(r row, name string) figure {
	return q.value(r, name, func(n float64) string { return q.words.integer(int64(n)) })
}

// part is a number of people among others, with the share and a bar.
func (q *request) part(r row, name, whole string) figure {
	n, ok := r.number(name)
	of, known := r.number(whole)
	switch {
	case r.hidden(name) || r.hidden(whole):
		return q.hidden()
	case !ok || !known || of <= 0:
		return none
	}
	share := 100 * n / of
	return figure{Text: q.words.t("progress.part", int64(n), int64(of), q.words.percent(math.Round(share)/100)), Share: &share}
}

// score is a share of one that an answer has.
func (q *request) score(r row, name string) figure { return q.value(r, name, q.words.percent) }

// span is a time in seconds.
func (q *request) span(r row, name string) figure { return q.value(r, name, q.words.stretch) }

// stretch is a time in words; of long ones the days.
func (w *words) stretch(seconds float64) string {
	switch minutes := int(math.Round(seconds / 60)); {
	case seconds == 0:
		return w.length(0)
	case minutes == 0:
		return w.t("progress.short")
	case minutes >= 72*60:
		return w.tn("progress.days", int(math.Round(seconds/86400)))
	default:
		return w.length(minutes)
	}
}

// seen is when something was: an instant, or only its day.
type seen struct {
	Micros int64
	Day    string
	Hidden bool
	at     time.Time // whichever of the two it is
}

func (q *request) seen(r row, name string) seen {
	text := r.text(name)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return seen{Micros: t.UnixMicro(), at: t}
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return seen{Day: q.words.date(t), at: t}
	}
	return seen{Hidden: r.hidden(name)}
}
