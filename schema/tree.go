package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// errTrailing is what decode answers when something follows the JSON value.
var errTrailing = errors.New("something follows the end of the JSON value")

// decode reads one JSON value into the tree that gojsonschema walks. Numbers
// become json.Number, bounded by tame.
func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errTrailing
	}
	return tameNumbers(tree), nil
}

// tameNumbers replaces every number below node by its tamed form, in place
// where it can.
func tameNumbers(node any) any {
	switch v := node.(type) {
	case map[string]any:
		for k, child := range v {
			v[k] = tameNumbers(child)
		}
	case []any:
		for i, child := range v {
			v[i] = tameNumbers(child)
		}
	case json.Number:
		return tame(v)
	}
	return node
}

// What tame leaves of a number.
const (
	tameDigits   = 60
	tameExponent = 300
)

// tame bounds a number without changing what schemas ask of it. gojsonschema
// computes with exact rationals: it panics on exponents that big.Rat refuses
// and takes quadratic time for long numbers. A number keeps tameDigits digits
// and, if more follow that are not zero, a 1 in their place, so that it stays
// on its side of every bound that is written shorter; magnitudes beyond
// 10^±tameExponent become that.
func tame(n json.Number) json.Number {
	text := string(n)
	if len(text) <= tameDigits && !strings.ContainsAny(text, "eE") {
		return n
	}
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, _ = strconv.Atoi(text[i+1:]) // out of range gives the bound
		exponent = min(max(exponent, math.MinInt32), math.MaxInt32)
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+frac, "0")
	exponent -= len(frac) // the value is digits × 10^exponent
	exponent += len(digits) - len(strings.TrimRight(digits, "0"))
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return json.Number(sign + "0")
	}
	switch magnitude := exponent + len(digits); {
	case magnitude > tameExponent:
		digits, exponent = "1", tameExponent
	case magnitude < -tameExponent:
		digits, exponent = "1", -tameExponent
	case len(digits) > tameDigits:
		exponent += len(digits) - tameDigits - 1
		digits = digits[:tameDigits] + "1"
	}
	return json.Number(sign + digits + "e" + strconv.Itoa(exponent))
}

// pointerEscaper writes a reference token of a JSON pointer (RFC 6901).
var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// pointer joins reference tokens to a JSON pointer; none give "", the whole
// document.
func pointer(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(pointerEscaper.Replace(t))
	}
	return b.String()
}

// depth tells how deep a JSON text nests, without decoding it. Only sound on
// valid JSON.
func depth(body []byte) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
