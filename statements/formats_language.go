package statements

import "strings"

// isLanguageTag tells whether s is a well-formed language tag (RFC 5646, 2.1)
// with no variant and no extension letter twice (2.2.9, "valid" without the
// registry).
func isLanguageTag(s string) bool {
	switch len(s) { // nearly all tags are en or en-US
	case 2:
		return isAlpha(s[0]) && isAlpha(s[1])
	case 5:
		if s[2] == '-' && isAlpha(s[0]) && isAlpha(s[1]) && isAlpha(s[3]) && isAlpha(s[4]) {
			return true
		}
	}
	return langtag(s) || grandfathered[string(appendLower(nil, s))]
}

// langtag checks the productions langtag and privateuse.
func langtag(s string) bool {
	sub, rest := subtag(s)
	if len(sub) == 1 && sub[0]|0x20 == 'x' {
		return subtags(rest, 1, 8) > 0
	}
	if len(sub) < 2 || len(sub) > 8 || !all(sub, isAlpha) {
		return false
	}
	short := len(sub) <= 3
	sub, rest = subtag(rest)
	for n := 0; short && n < 3 && len(sub) == 3 && all(sub, isAlpha); n++ { // extlang
		sub, rest = subtag(rest)
	}
	if len(sub) == 4 && all(sub, isAlpha) { // script
		sub, rest = subtag(rest)
	}
	if len(sub) == 2 && all(sub, isAlpha) || len(sub) == 3 && all(sub, isDigit) { // region
		sub, rest = subtag(rest)
	}
	var ok bool
	if sub, rest, ok = variants(sub, rest); !ok {
		return false
	}
	return extensions(sub, rest)
}

// variants eats the variants; no two may be equal.
func variants(sub, rest string) (string, string, bool) {
	var seen map[string]bool // variants are rare, several of them more so
	for isVariant(sub) {
		lower := strings.ToLower(sub)
		if seen[lower] {
			return "", "", false
		}
		if seen == nil {
			seen = make(map[string]bool)
		}
		seen[lower] = true
		sub, rest = subtag(rest)
	}
	return sub, rest, true
}

func isVariant(sub string) bool {
	if !all(sub, isAlnum) {
		return false
	}
	return len(sub) >= 5 && len(sub) <= 8 || len(sub) == 4 && isDigit(sub[0])
}

// extensions checks what is left: extensions, then private use.
func extensions(sub, rest string) bool {
	var seen [128]bool
	for sub != "" {
		if len(sub) != 1 || !isAlnum(sub[0]) {
			return false
		}
		letter := sub[0]
		if isAlpha(letter) {
			letter |= 0x20
		}
		if letter == 'x' {
			return subtags(rest, 1, 8) > 0
		}
		if seen[letter] {
			return false
		}
		seen[letter] = true
		n := 0
		for sub, rest = subtag(rest); len(sub) >= 2 && len(sub) <= 8 && all(sub, isAlnum); n++ {
			sub, rest = subtag(rest)
		}
		if n == 0 {
			return false
		}
	}
	return rest == ""
}

// subtags counts the subtags of s, all of them alphanumeric and of least to
// most characters; -1 if one is not.
func subtags(s string, least, most int) int {
	n := 0
	for s != "" {
		var sub string
		if sub, s = subtag(s); len(sub) < least || len(sub) > most || !all(sub, isAlnum) {
			return -1
		}
		n++
	}
	return n
}

// subtag cuts the first subtag off. A hyphen with nothing after it yields a
// rest that no rule accepts.
func subtag(s string) (sub, rest string) {
	sub, rest, found := strings.Cut(s, "-")
	if found && rest == "" {
		rest = "-"
	}
	if s != "" && sub == "" {
		return "-", "" // an empty subtag
	}
	return sub, rest
}

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// grandfathered are the irregular and regular tags of RFC 5646, 2.1, that the
// productions do not cover.
var grandfathered = map[string]bool{
	"en-gb-oed": true, "i-ami": true, "i-bnn": true, "i-default": true, "i-enochian": true, "i-hak": true,
	"i-klingon": true, "i-lux": true, "i-mingo": true, "i-navajo": true, "i-pwn": true, "i-tao": true,
	"i-tay": true, "i-tsu": true, "sgn-be-fr": true, "sgn-be-nl": true, "sgn-ch-de": true,
	"art-lojban": true, "cel-gaulish": true, "no-bok": true, "no-nyn": true, "zh-guoyu": true,
	"zh-hakka": true, "zh-min": true, "zh-min-nan": true, "zh-xiang": true,
}
