package schema

import (
	"regexp"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"
)

// The named formats of our schemas, for what a regular expression cannot
// decide. Everything else is a pattern in the schemas.
const (
	formatLanguageTag = "xapi-language-tag"
	formatTimestamp10 = "xapi-timestamp-1.0"
	formatTimestamp20 = "xapi-timestamp-2.0"
	formatZone        = "xapi-timestamp-zone"
	formatOffset      = "xapi-timestamp-offset"
)

// registerFormats adds our formats to gojsonschema, which keeps them for the
// whole process. The names begin with xapi-, so that no other schema meets
// them by accident.
var registerFormats = sync.OnceFunc(func() {
	for name, check := range map[string]func(string) bool{
		formatLanguageTag: isLanguageTag,
		formatTimestamp10: isTimestamp10,
		formatTimestamp20: isTimestamp20,
		formatZone:        hasZone,
		formatOffset:      hasNoNegativeZero,
	} {
		gojsonschema.FormatCheckers.Add(name, stringFormat(check))
	}
})

// stringFormat makes a FormatChecker of a predicate on strings. Other types
// pass: their type is another rule's matter.
type stringFormat func(string) bool

// IsFormat is called by gojsonschema.
func (f stringFormat) IsFormat(input any) bool {
	s, ok := input.(string)
	return !ok || f(s)
}

// langtag is the ABNF of RFC 5646, 2.1, with groups for the variants and the
// extensions.
var langtag = regexp.MustCompile(`^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})` +
	`(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?` +
	`((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)` +
	`((?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)` +
	`(?:-x(?:-[a-z0-9]{1,8})+)?$`)

var privateTag = regexp.MustCompile(`^x(?:-[a-z0-9]{1,8})+$`)

// irregular are the grandfathered tags that the grammar does not give. The
// regular ones match langtag.
var irregular = map[string]bool{
	"en-gb-oed": true, "i-ami": true, "i-bnn": true, "i-default": true, "i-enochian": true, "i-hak": true,
	"i-klingon": true, "i-lux": true, "i-mingo": true, "i-navajo": true, "i-pwn": true, "i-tao": true,
	"i-tay": true, "i-tsu": true, "sgn-be-fr": true, "sgn-be-nl": true, "sgn-ch-de": true,
}

// isLanguageTag tells whether s is well-formed after RFC 5646, 2.1, with no
// variant and no extension letter twice (2.2.9).
func isLanguageTag(s string) bool {
	if !isASCII(s) {
		return false // before ToLower, which would make ASCII of some letters
	}
	s = strings.ToLower(s)
	if irregular[s] || privateTag.MatchString(s) {
		return true
	}
	m := langtag.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	seen := map[string]bool{}
	for _, variant := range strings.Split(m[1], "-")[1:] {
		if seen[variant] {
			return false
		}
		seen[variant] = true
	}
	for _, subtag := range strings.Split(m[2], "-") {
		if len(subtag) != 1 {
			continue
		}
		if seen[subtag] {
			return false
		}
		seen[subtag] = true
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > 0x7f {
			return false
		}
	}
	return true
}
