package statements

import (
	"strconv"
	"strings"
)

// decimal is a JSON number taken apart: ±0.digits × 10^exp, digits without
// leading and trailing zeros. Zero has no digits. Two spellings of one number
// have equal decimals.
type decimal struct {
	negative bool
	whole    string // the digits, in up to two pieces of the original text
	frac     string
	exp      int64
}

// maxExponent bounds exponents so that sums of them cannot overflow; numbers
// beyond differ from each other only in ways that nothing here tells apart.
const maxExponent = 1 << 60

// parseDecimal takes a number apart that is valid JSON.
func parseDecimal(s string) decimal {
	var d decimal
	if s[0] == '-' {
		d.negative, s = true, s[1:]
	}
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		exp, err := strconv.ParseInt(strings.TrimPrefix(s[i+1:], "+"), 10, 64)
		if err != nil || exp > maxExponent || exp < -maxExponent { // out of range
			exp = maxExponent
			if s[i+1] == '-' {
				exp = -maxExponent
			}
		}
		d.exp = exp
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	whole = strings.TrimLeft(whole, "0")
	frac = strings.TrimRight(frac, "0")
	if frac == "" {
		d.exp += int64(len(whole))
		whole = strings.TrimRight(whole, "0")
	} else if whole == "" {
		trimmed := strings.TrimLeft(frac, "0")
		d.exp -= int64(len(frac) - len(trimmed))
		frac = trimmed
	} else {
		d.exp += int64(len(whole))
	}
	if whole == "" && frac == "" {
		return decimal{}
	}
	d.whole, d.frac = whole, frac
	return d
}

// zero tells whether the number is 0.
func (d decimal) zero() bool { return d.whole == "" && d.frac == "" }

// digits is how many digits there are.
func (d decimal) digits() int { return len(d.whole) + len(d.frac) }

// digit is the i-th digit, '0' after the last.
func (d decimal) digit(i int) byte {
	switch {
	case i < len(d.whole):
		return d.whole[i]
	case i < d.digits():
		return d.frac[i-len(d.whole)]
	}
	return '0'
}

// compare orders two numbers exactly: -1, 0 or 1.
func (d decimal) compare(o decimal) int {
	switch {
	case d.zero() && o.zero():
		return 0
	case d.zero():
		return o.sign() * -1
	case o.zero() || d.negative != o.negative:
		return d.sign()
	}
	size := 0
	if d.exp != o.exp {
		size = 1
		if d.exp < o.exp {
			size = -1
		}
	}
	for i := 0; size == 0 && i < max(d.digits(), o.digits()); i++ {
		if a, b := d.digit(i), o.digit(i); a != b {
			size = 1
			if a < b {
				size = -1
			}
		}
	}
	return size * d.sign()
}

func (d decimal) sign() int {
	if d.negative {
		return -1
	}
	return 1
}

// integer tells whether the number is whole.
func (d decimal) integer() bool { return d.zero() || d.exp >= int64(d.digits()) }

// appendTo appends a text that is the same for every spelling of the number.
func (d decimal) appendTo(dst []byte) []byte {
	if d.zero() {
		return append(dst, '0')
	}
	if d.negative {
		dst = append(dst, '-')
	}
	dst = append(dst, d.whole...)
	dst = append(dst, d.frac...)
	dst = append(dst, 'e')
	return strconv.AppendInt(dst, d.exp, 10)
}

var decimalOne = decimal{whole: "1", exp: 1}

// withinOne tells whether -1 <= d <= 1, exactly.
func (d decimal) withinOne() bool {
	d.negative = false
	return d.compare(decimalOne) <= 0
}
