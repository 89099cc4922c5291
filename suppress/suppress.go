// Package suppress says which figures on small groups of people may be shown. It
// is the one place with the rules (docs/metrics.md); it knows nothing of what the
// figures are about.
package suppress

import "encoding/json"

// DefaultK is the smallest group of people of whom anything is shown.
const DefaultK = 5

// Count is a number of people that may be suppressed. The zero value is
// suppressed; the number itself is then nowhere in it.
type Count struct {
	n     int64
	known bool
}

// Shown is a count that is not suppressed.
func Shown(n int64) Count { return Count{n, true} }

// Value is the number; ok is false when it is suppressed.
func (c Count) Value() (n int64, ok bool) { return c.n, c.known }

// MarshalJSON writes null for what is suppressed.
func (c Count) MarshalJSON() ([]byte, error) {
	if !c.known {
		return []byte("null"), nil
	}
	return json.Marshal(c.n)
}

// AtLeast is a count that is shown from k on.
func AtLeast(n, k int64) Count {
	if n < k {
		return Count{}
	}
	return Shown(n)
}

// Within is a count among people, shown when it and the rest are at least k.
// orAll shows it also when there is no rest.
func Within(n, people, k int64, orAll bool) Count {
	rest := people - n
	if rest < k && (rest != 0 || !orAll) {
		return Count{}
	}
	return AtLeast(n, k)
}

// Second suppresses the smallest of the counts that are shown when exactly one is
// suppressed: where their total is known, the one could be had by subtraction.
func Second(counts []*Count) {
	suppressed, smallest := 0, (*Count)(nil)
	for _, c := range counts {
		switch {
		case !c.known:
			suppressed++
		case smallest == nil || c.n < smallest.n:
			smallest = c
		}
	}
	if suppressed == 1 && smallest != nil {
		*smallest = Count{}
	}
}

// Telling tells that an average of scores gives away everybody's score.
func Telling(average float64) bool { return average == -1 || average == 0 || average == 1 }
