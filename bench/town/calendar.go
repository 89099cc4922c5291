package town

import (
	"time"
	_ "time/tzdata" // the same days on every machine
)

// The pilot year, both days included.
const (
	FirstDay = "2025-10-01"
	LastDay  = "2026-09-30"
	days     = 365
)

// Zone is where the town lies.
var Zone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // it is in the program
	}
	return zone
}()

// date is day n of the year, counted from 0, at its first instant.
func date(n int) time.Time { return time.Date(2025, time.October, 1+n, 0, 0, 0, 0, Zone) }

// dayOf is the number of a day of the year.
func dayOf(month time.Month, day int) int {
	year := 2026
	if month >= time.October {
		year = 2025
	}
	first := time.Date(2025, time.October, 1, 12, 0, 0, 0, time.UTC)
	return int(time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Sub(first) / (24 * time.Hour))
}

// seasons are how much people learn from a day on: the wave of the start, the gap at
// Christmas, Easter, the summer holidays, and the weeks before the evaluation.
var seasons = []struct {
	month  time.Month
	day    int
	weight int
}{
	{10, 1, 120}, {10, 6, 260}, {10, 20, 220}, {11, 3, 180}, {11, 17, 140}, {12, 1, 110}, {12, 15, 60}, {12, 22, 6},
	{1, 5, 40}, {1, 12, 130}, {2, 2, 120}, {3, 2, 115}, {3, 30, 40}, {4, 13, 100}, {5, 4, 90}, {6, 1, 75}, {6, 29, 26},
	{8, 10, 60}, {8, 24, 85}, {9, 7, 130}, {9, 21, 105},
}

// weekdays are how much people learn on them, Sunday first.
var weekdays = [7]int{8, 100, 104, 108, 100, 55, 9}

// holidays are those of Hesse.
var holidays = map[int]bool{
	dayOf(10, 3): true, dayOf(12, 25): true, dayOf(12, 26): true, dayOf(1, 1): true, dayOf(4, 3): true, dayOf(4, 6): true,
	dayOf(5, 1): true, dayOf(5, 14): true, dayOf(5, 25): true, dayOf(6, 4): true,
}

// hours are how much people learn in each hour of a working day, and of a day off.
var hours = [2][]int{
	{0, 0, 0, 0, 0, 1, 6, 30, 75, 110, 115, 90, 45, 70, 85, 65, 40, 26, 22, 30, 34, 24, 10, 3},
	{1, 0, 0, 0, 0, 0, 1, 3, 6, 10, 14, 14, 8, 8, 12, 14, 14, 12, 10, 12, 14, 10, 5, 2},
}

// calendar is how much is learned on each day.
type calendar struct{ weight [days]int }

func newCalendar() *calendar {
	c := &calendar{}
	for n := range c.weight {
		for _, s := range seasons {
			if dayOf(s.month, s.day) <= n {
				c.weight[n] = s.weight
			}
		}
		c.weight[n] *= weekdays[date(n).Weekday()]
		if holidays[n] {
			c.weight[n] /= 20
		}
	}
	return c
}

// pick is a day from one on, up to another.
func (c *calendar) pick(r *rng, from, to int) int {
	from, to = max(from, 0), min(to, days-1)
	if from >= to {
		return min(from, days-1)
	}
	return from + max(r.weighed(c.weight[from:to+1]), 0)
}

// goOn is the first day from one on on which somebody goes on who would go on some
// day; days and more when the year is over by then.
func (c *calendar) goOn(r *rng, day int) int {
	for ; day < days; day++ {
		if r.below(14_000) < c.weight[day] {
			break
		}
	}
	return day
}

// moment is an instant of a day at which somebody begins, in milliseconds.
func (c *calendar) moment(r *rng, day int) int64 {
	at := date(day)
	off := 0
	if w := at.Weekday(); w == time.Saturday || w == time.Sunday || holidays[day] {
		off = 1
	}
	hour := r.weighed(hours[off])
	return time.Date(at.Year(), at.Month(), at.Day(), hour, r.below(60), r.below(60), 0, Zone).UnixMilli() + int64(r.below(1000))
}

// dayAt is the day of an instant.
func dayAt(millis int64) int {
	y, m, d := time.UnixMilli(millis).In(Zone).Date()
	first := time.Date(2025, time.October, 1, 12, 0, 0, 0, time.UTC)
	return int(time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Sub(first) / (24 * time.Hour))
}
