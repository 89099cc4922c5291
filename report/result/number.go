package result

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxPlaces is how many decimal places a number may have.
const maxPlaces = 9

// Number is a decimal number: Units divided by ten to the power of Places. It is
// written with exactly so many decimal places, so that the same figure is always
// the same bytes.
type Number struct {
	Units  int64
	Places int
}

// Whole is a number without decimal places.
func Whole(n int64) Number { return Number{Units: n} }

// Rounded is v with so many decimal places, half away from zero.
func Rounded(v float64, places int) Number {
	places = min(max(places, 0), maxPlaces)
	return Number{int64(math.Round(v * math.Pow10(places))), places}
}

// Ratio is part divided by whole, rounded half away from zero to so many decimal
// places, exactly. whole is not zero.
func Ratio(part, whole int64, places int) Number {
	places = min(max(places, 0), maxPlaces)
	return Number{divided(part, whole, places), places}
}

// Float is the number as one that can be reckoned with.
func (n Number) Float() float64 { return float64(n.Units) / math.Pow10(n.Places) }

// String is the number with a point before its decimal places.
func (n Number) String() string {
	sign, digits := "", strconv.FormatInt(n.Units, 10)
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if n.Places == 0 {
		return sign + digits
	}
	if missing := n.Places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	at := len(digits) - n.Places
	return sign + digits[:at] + "." + digits[at:]
}

// MarshalJSON writes the number as String does.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.Places < 0 || n.Places > maxPlaces {
		return nil, fmt.Errorf("a number with %d decimal places", n.Places)
	}
	return []byte(n.String()), nil
}

// UnmarshalJSON reads what MarshalJSON has written, decimal places included.
func (n *Number) UnmarshalJSON(text []byte) error {
	whole, decimals, _ := strings.Cut(string(text), ".")
	units, err := strconv.ParseInt(whole+decimals, 10, 64)
	if err != nil || len(decimals) > maxPlaces {
		return fmt.Errorf("%s is not a number of a report", text)
	}
	*n = Number{units, len(decimals)}
	return nil
}
