package statements

import (
	"math"
	"strconv"
)

var (
	resultNames = []string{"score", "success", "completion", "response", "duration", "extensions"}
	scoreNames  = []string{"scaled", "raw", "min", "max"}
)

// checkResult checks a result, n being 0 if there is none; of a statement it
// keeps what is counted.
func (p *parser) checkResult(n int, sub bool) bool {
	r := Result{Success: Unset, Completion: Unset, Scaled: math.NaN(), Raw: math.NaN(),
		Min: math.NaN(), Max: math.NaN(), Duration: unknownDuration}
	if n != 0 && !p.readResult(n, &r) {
		return false
	}
	if !sub {
		p.found.result = r
	}
	return true
}

func (p *parser) readResult(n int, r *Result) bool {
	if !p.isObject(n) {
		return false
	}
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "score":
			ok = p.readScore(v, r)
		case "success":
			ok = p.isBoolean(v)
			r.Success = p.tri(v)
		case "completion":
			ok = p.isBoolean(v)
			r.Completion = p.tri(v)
		case "response":
			ok = p.isString(v)
		case "duration":
			ok = p.isString(v) && p.readDuration(v, r)
		case "extensions":
			ok = p.checkExtensions(v)
		default:
			ok = p.unknown(k, "a result", resultNames)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (p *parser) tri(n int) Tri {
	switch p.nodes[n].kind {
	case kindTrue:
		return True
	case kindFalse:
		return False
	}
	return Unset
}

func (p *parser) readDuration(n int, r *Result) bool {
	hundredths, ok := parseDuration(p.text(n))
	if !ok {
		return !p.fail(ruleDuration, n, `this must be a duration such as "PT1H30M5.25S" or "P4W", not `+p.quote(n))
	}
	r.Duration = hundredths
	return true
}

// readScore reads a score. The bounds are compared exactly, not as floating
// point numbers.
func (p *parser) readScore(n int, r *Result) bool {
	if !p.isObject(n) {
		return false
	}
	var raw, low, high decimal
	rawAt, lowAt, highAt := 0, 0, 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "scaled":
			var scaled decimal
			scaled, ok = p.readNumber(v, &r.Scaled)
			ok = ok && (scaled.withinOne() || !p.fail(ruleScaledRange, v, "scaled must be between -1 and 1"))
		case "raw":
			rawAt = v
			raw, ok = p.readNumber(v, &r.Raw)
		case "min":
			lowAt = v
			low, ok = p.readNumber(v, &r.Min)
		case "max":
			highAt = v
			high, ok = p.readNumber(v, &r.Max)
		default:
			ok = p.unknown(k, "a score", scoreNames)
		}
		if !ok {
			return false
		}
	}
	if lowAt != 0 && highAt != 0 && low.compare(high) >= 0 &&
		p.fail(ruleMinMax, lowAt, "min must be less than max") {
		return false
	}
	outside := rawAt != 0 && (lowAt != 0 && raw.compare(low) < 0 || highAt != 0 && raw.compare(high) > 0)
	return !outside || !p.fail(ruleRawRange, rawAt, "raw must not be below min or above max")
}

// readNumber reads a number for a column, and exactly.
func (p *parser) readNumber(n int, f *float64) (decimal, bool) {
	if !p.isNumber(n) {
		return decimal{}, false
	}
	if p.nodes[n].kind != kindNumber {
		return decimal{}, true
	}
	text := alias(p.raw(n))
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return decimal{}, !p.fail(ruleLimitNumber, n, "this number is too large to be stored")
	}
	*f = v
	return parseDecimal(text), true
}
