package chart

import (
	"fmt"
	"math"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// words are the texts of charts in one language.
type words struct {
	lang                                           string
	tag                                            language.Tag
	hidden, hiddenValue                            string
	nothing                                        string
	months, full, days                             []string
	of, core, before, after, budget, sum, less     string
	month, row, share, funnel, outside, bin, gains string
	falls, spent, points                           string
}

var german = words{
	lang: "de", tag: language.German,
	hidden: "nicht ausgewiesen (Gruppe zu klein)", hiddenValue: "nicht ausgewiesen", nothing: "Dazu kann nichts ausgewiesen werden",
	months: []string{"Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"},
	full:   []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	days:   []string{"Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"},
	of:     "%s von %s", core: "Kernzeit", before: "vorher", after: "nachher", budget: "Budget", sum: "Summe", less: "weniger", points: "%s bis %s",
	month: "Der stärkste Monat ist %s mit %s", row: "%s liegt vorn mit %s", share: "Den größten Anteil erreicht %s: %s",
	funnel: "Von %s (%s) kommen %s bis zum letzten Schritt (%s)", outside: "%s liegen außerhalb der Kernzeit",
	bin: "Am häufigsten ist ein Ergebnis von %s bis %s", gains: "Am stärksten wächst %s: von %s auf %s", falls: "Nirgends ist nachher mehr als vorher",
	spent: "Ausgegeben sind %s von %s (%s)",
}

var english = words{
	lang: "en", tag: language.BritishEnglish,
	hidden: "suppressed (group too small)", hiddenValue: "suppressed", nothing: "Nothing can be shown of this",
	months: []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	full:   []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	days:   []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
	of:     "%s of %s", core: "core hours", before: "before", after: "after", budget: "Budget", sum: "Total", less: "less", points: "%s to %s",
	month: "The strongest month is %s with %s", row: "%s is ahead with %s", share: "%s reaches the largest share: %s",
	funnel: "Of %s (%s), %s get to the last step (%s)", outside: "%s are outside core hours",
	bin: "The most frequent result is %s to %s", gains: "%s grows most: from %s to %s", falls: "Nowhere is there more after than before",
	spent: "%s of %s are spent (%s)",
}

func wordsOf(lang string) words {
	if lang == "de" {
		return german
	}
	return english
}

// number writes a figure with at most so many decimals.
func (w words) number(v float64, decimals int) string {
	return message.NewPrinter(w.tag).Sprint(number.Decimal(v, number.MaxFractionDigits(decimals)))
}

// value writes a figure, or that it may not be shown.
func (w words) value(v Value, decimals int) string {
	if !v.shown {
		return w.hiddenValue
	}
	return w.number(v.v, decimals)
}

// score writes a figure with two decimals.
func (w words) score(v Value) string {
	if !v.shown {
		return w.hiddenValue
	}
	return message.NewPrinter(w.tag).Sprint(number.Decimal(v.v, number.Scale(2)))
}

// percent writes a part of one in whole per cent.
func (w words) percent(v float64) string {
	s := w.number(math.Round(v*100), 0)
	if w.lang == "de" {
		return s + "\u00a0%"
	}
	return s + "%"
}

// euro writes an amount in whole euro.
func (w words) euro(v float64) string {
	s := w.number(math.Round(v), 0)
	if w.lang == "de" {
		return s + "\u00a0€"
	}
	return "€" + s
}

// part writes "17 of 23 (74 %)".
func (w words) part(n, of float64) string {
	s := fmt.Sprintf(w.of, w.number(n, 0), w.number(of, 0))
	if of > 0 {
		s += " (" + w.percent(n/of) + ")"
	}
	return s
}
