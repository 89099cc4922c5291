package lrs

import (
	"net/http"
	"strings"
	"sync/atomic"

	"lernspur/statements"
)

// The headers of the specification in its own spelling. They are put into the
// header map as they are, which is also cheaper than Set.
const (
	headerVersion    = "X-Experience-API-Version"
	headerConsistent = "X-Experience-API-Consistent-Through"
)

// What is answered for either edition.
const (
	versionV1 = "1.0.3"
	versionV2 = "2.0.0"
)

var (
	answerV1 = []string{versionV1}
	answerV2 = []string{versionV2}
)

// consistentHeader keeps the last value of Consistent-Through: under load many
// answers in a row have the same.
type consistentHeader struct {
	last atomic.Pointer[consistentValue]
}

type consistentValue struct {
	watermark int64
	header    []string
}

// at is the header of a watermark; nobody changes it.
func (c *consistentHeader) at(watermark int64) []string {
	v := c.last.Load()
	if v == nil || v.watermark != watermark {
		v = &consistentValue{watermark, []string{statements.FormatStored(watermark)}}
		c.last.Store(v)
	}
	return v.header
}

// edition reads the version header (xAPI 1.0.3 Part 3, 3.3; 2.0, 4.1.5):
// "1.0", every "1.0.x", "2.0" and every "2.0.x". 0 when there is none or
// another one; problem then says which.
func edition(h http.Header) (ed statements.Edition, problem string) {
	values := h["X-Experience-Api-Version"]
	switch len(values) {
	case 0:
		return 0, "the header " + headerVersion + " is missing (1.0.3 or 2.0.0)"
	case 1:
	default:
		return 0, "the header " + headerVersion + " was sent more than once"
	}
	switch v := values[0]; {
	case inFamily(v, "1.0"):
		return statements.V1, ""
	case inFamily(v, "2.0"):
		return statements.V2, ""
	default:
		return 0, "the version in the header " + headerVersion + " is not supported: use 1.0.3 or 2.0.0"
	}
}

// inFamily tells whether v is the family, or the family with one number more.
func inFamily(v, family string) bool {
	rest, ok := strings.CutPrefix(v, family)
	if !ok || rest == "" {
		return ok
	}
	patch, ok := strings.CutPrefix(rest, ".")
	return ok && patch != "" && len(patch) < 10 && strings.Trim(patch, "0123456789") == ""
}

// versionAnswer is the version header of an answer: that of the edition asked
// for, else the newest.
func versionAnswer(ed statements.Edition) []string {
	if ed == statements.V1 {
		return answerV1
	}
	return answerV2
}
