package suppress

import (
	"encoding/json"
	"math"
)

// Count is a number that may be suppressed. The zero value is suppressed; the
// number itself is then nowhere in it.
type Count struct {
	n     int64
	shown bool
}

// Shown is a count that is not suppressed.
func Shown(n int64) Count { return Count{n, true} }

// Value is the number; ok is false when it is suppressed.
func (c Count) Value() (n int64, ok bool) { return c.n, c.shown }

// MarshalJSON writes null for what is suppressed.
func (c Count) MarshalJSON() ([]byte, error) {
	if !c.shown {
		return []byte("null"), nil
	}
	return json.Marshal(c.n)
}

// Share is a part of a whole in units of the last decimal place that is shown
// of the percentage: with one decimal place 123 is 12.3 %. It may be suppressed.
type Share = Count

// ShareOf is the rounded share of a part, half up; decimals are those of the
// percentage (0 to 6). It is suppressed where one of the two is, so that it never
// tells more than they do, and where the whole is zero.
func ShareOf(part, whole Count, decimals int) Share {
	if !part.shown || !whole.shown || whole.n <= 0 {
		return Share{}
	}
	return Shown(int64(math.Floor(float64(part.n)*hundred(decimals)/float64(whole.n) + 0.5)))
}

// Shares are the rounded shares of all parts of a whole, which add up to 100 %:
// what is missing goes to the parts that lost most by being cut off, the first
// of them first. Where a part is suppressed, or the parts are not the whole,
// each share is rounded for itself: a sum would tell of what is missing.
func Shares(parts []Count, whole Count, decimals int) []Share {
	shares := make([]Share, len(parts))
	complete, sum := whole.shown && whole.n > 0, int64(0)
	for i, p := range parts {
		shares[i] = ShareOf(p, whole, decimals)
		complete = complete && p.shown
		sum += p.n
	}
	if !complete || sum != whole.n {
		return shares
	}
	left := int64(hundred(decimals))
	rests := make([]float64, len(parts))
	for i, p := range parts {
		exact := float64(p.n) * hundred(decimals) / float64(whole.n)
		down := math.Floor(exact)
		shares[i], rests[i] = Shown(int64(down)), exact-down
		left -= int64(down)
	}
	for ; left > 0; left-- {
		most := 0
		for i := range rests {
			if rests[i] > rests[most] {
				most = i
			}
		}
		shares[most].n++
		rests[most] = -1
	}
	return shares
}

// hundred is 100 % in units of the last decimal place.
func hundred(decimals int) float64 {
	return 100 * math.Pow10(min(max(decimals, 0), 6))
}
