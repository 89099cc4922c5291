package player

import "encoding/json"

// score reads raw, min, max and scaled below a prefix. Min and max count where
// said tells that content set them: run-time libraries fill in what nobody said.
// What xAPI would refuse (raw outside of min and max, scaled beyond −1 and 1) is
// left out. Nil for no score.
func (c CMI) score(prefix string, said func(name string) bool) *Score {
	s := &Score{}
	raw, rawValue, hasRaw := number(c[prefix+"raw"])
	scaled, scaledValue, hasScaled := number(c[prefix+"scaled"])
	low, lowValue, hasLow := number(c[prefix+"min"])
	high, highValue, hasHigh := number(c[prefix+"max"])
	hasLow, hasHigh = hasLow && said(prefix+"min"), hasHigh && said(prefix+"max")
	if !hasRaw && !hasScaled {
		return nil
	}
	if hasRaw {
		s.Raw = raw
	}
	if hasLow && hasHigh && lowValue >= highValue || hasRaw && hasLow && rawValue < lowValue || hasRaw && hasHigh && rawValue > highValue {
		// A scale that the score does not lie on says nothing.
		hasScaled = hasScaled && scaledValue >= -1 && scaledValue <= 1
		if hasScaled {
			s.Scaled = scaled
		}
		return s
	}
	if hasLow {
		s.Min = low
	}
	if hasHigh {
		s.Max = high
	}
	switch {
	case hasScaled && scaledValue >= -1 && scaledValue <= 1:
		s.Scaled = scaled
	case hasScaled:
		// Out of its bounds: it is not what it says.
	case hasRaw && (!hasLow || lowValue == 0) && (!hasHigh || highValue == 100) && rawValue >= 0 && rawValue <= 100:
		s.Scaled = hundredth(raw)
	}
	if *s == (Score{}) {
		return nil
	}
	return s
}

// hundredth is a number divided by 100, digit by digit.
func hundredth(n json.Number) json.Number {
	_, value, _ := number(string(n))
	return json.Number(formatFloat(value / 100))
}
