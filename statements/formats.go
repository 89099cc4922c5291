package statements

import (
	"strings"

	"github.com/google/uuid"
)

// isIRI tells whether s has a scheme and, after it, at least one character
// that an IRI may contain. The specification allows best effort (Data 2.2);
// IRIs that are only unusual must pass, since content has them.
func isIRI(s string) bool {
	i := 0
	for i < len(s) && (isAlnum(s[i]) || s[i] == '+' || s[i] == '.' || s[i] == '-') {
		i++
	}
	if i == 0 || !isAlpha(s[0]) || i+1 >= len(s) || s[i] != ':' {
		return false
	}
	for i++; i < len(s); i++ {
		if c := s[i]; iriForbidden[c] || c == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0 {
			return false // 0xc2 0x80–0x9f are the control characters U+0080–U+009F
		}
	}
	return true
}

// iriForbidden are the ASCII characters that no IRI contains.
var iriForbidden = func() (t [256]bool) {
	for c := range 0x21 {
		t[c] = true
	}
	for _, c := range "\x7f<>\"{}|\\^`" {
		t[c] = true
	}
	return t
}()

func isAlpha(c byte) bool { return (c|0x20)-'a' < 26 }
func isDigit(c byte) bool { return c-'0' < 10 }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }

// parseUUID reads the standard string form, in either case (RFC 4122).
func parseUUID(s string) (id uuid.UUID, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return uuid.UUID{}, false
	}
	for i, j := 0, 0; j < len(id); i, j = i+2, j+1 {
		if i == 8 || i == 13 || i == 18 || i == 23 { // no other hyphen may be passed over
			i++
		}
		hi, lo := unhex(s[i]), unhex(s[i+1])
		if hi > 15 || lo > 15 {
			return uuid.UUID{}, false
		}
		id[j] = hi<<4 | lo
	}
	return id, true
}

// isHex tells whether all characters are hexadecimal digits.
func isHex(s string) bool {
	for i := range len(s) {
		if unhex(s[i]) > 15 {
			return false
		}
	}
	return true
}

// isSHA2 tells whether s is the hexadecimal form of a SHA-224, SHA-256,
// SHA-384 or SHA-512 hash.
func isSHA2(s string) bool {
	switch len(s) {
	case 56, 64, 96, 128:
		return isHex(s)
	}
	return false
}

const mailto = "mailto:"

// isMbox tells whether s is mailto: and something that can be an e-mail
// address. The scheme is case-insensitive (RFC 3986, 3.1).
func isMbox(s string) bool {
	if len(s) < len(mailto) || !strings.EqualFold(s[:len(mailto)], mailto) {
		return false
	}
	s = s[len(mailto):]
	at := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' || c == '?' || c == '"':
			return false
		case c == '/' && at >= 0:
			return false
		case c == '@':
			if at >= 0 {
				return false
			}
			at = i
		}
	}
	return at > 0 && at < len(s)-1
}

// isVersion tells whether s is a version that a statement may have under an
// edition: 1.0 and 1.0.x, under 2.0 also 2.0 and 2.0.x.
func isVersion(s string, ed Edition) bool {
	if !strings.HasPrefix(s, "1.0") && (ed < V2 || !strings.HasPrefix(s, "2.0")) {
		return false
	}
	if s = s[3:]; s == "" {
		return true
	}
	if s[0] != '.' {
		return false
	}
	patch, pre, dash := strings.Cut(s[1:], "-")
	if patch == "" || patch[0] == '0' && len(patch) > 1 || dash && pre == "" {
		return false
	}
	for i := range len(patch) {
		if !isDigit(patch[i]) {
			return false
		}
	}
	for i := range len(pre) {
		if c := pre[i]; !isAlnum(c) && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// isMediaType tells whether s is type/subtype, perhaps with parameters
// (RFC 2045, 5.1); the parameters are not looked into.
func isMediaType(s string) bool {
	end := token(s, 0)
	if end == 0 || end == len(s) || s[end] != '/' {
		return false
	}
	start := end + 1
	if end = token(s, start); end == start {
		return false
	}
	if s = s[end:]; s == "" {
		return true
	}
	if s = strings.TrimLeft(s, " \t"); s == "" || s[0] != ';' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// token returns the end of the RFC 2045 token that begins at i.
func token(s string, i int) int {
	for i < len(s) && (isAlnum(s[i]) || strings.IndexByte("!#$%&'*+.^_`|~-", s[i]) >= 0) {
		i++
	}
	return i
}

const octetStream = "application/octet-stream"

// isOctetStream tells whether a media type is application/octet-stream.
func isOctetStream(s string) bool {
	if len(s) < len(octetStream) || !strings.EqualFold(s[:len(octetStream)], octetStream) {
		return false
	}
	rest := strings.TrimLeft(s[len(octetStream):], " \t")
	return rest == "" || rest[0] == ';'
}
