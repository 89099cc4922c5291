package statements

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escape checks the escape at pos, a backslash, and returns the position after
// it, or -1.
func (t *tape) escape(pos int) int {
	if pos+1 >= len(t.body) {
		return t.stop(ruleJSONSyntax, pos, unexpectedEnd)
	}
	switch t.body[pos+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return pos + 2
	case 'u':
		unit, ok := hex4(t.body, pos+2)
		if !ok {
			return t.stop(ruleJSONSyntax, pos, `\u must be followed by four hexadecimal digits`)
		}
		if !utf16.IsSurrogate(unit) {
			return pos + 6
		}
		if pos+7 < len(t.body) && t.body[pos+6] == '\\' && t.body[pos+7] == 'u' {
			low, ok := hex4(t.body, pos+8)
			if ok && utf16.DecodeRune(unit, low) != utf8.RuneError {
				return pos + 12
			}
		}
		t.flaw(ruleUTF8, len(t.nodes), `a \u escape names half of a character only`)
		return pos + 6
	default:
		return t.stop(ruleJSONSyntax, pos, `a backslash must be followed by one of " \ / b f n r t u`)
	}
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte, pos int) (rune, bool) {
	if pos+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[pos : pos+4] {
		v := unhex(c)
		if v > 15 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// unhex is the value of a hexadecimal digit, above 15 for anything else.
func unhex(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case (c|0x20)-'a' < 6:
		return (c | 0x20) - 'a' + 10
	}
	return 0xff
}

// text is the content of a string or key, unescaped; "" for other nodes. It
// aliases the body or the tape's arena, so it is valid until reset.
func (t *tape) text(n int) string {
	nd := &t.nodes[n]
	if nd.kind != kindString && nd.kind != kindKey {
		return ""
	}
	raw := t.body[nd.start:nd.end]
	if !nd.escaped {
		return alias(raw)
	}
	if nd.kind == kindKey {
		return t.escapedKey(n, raw)
	}
	start := len(t.arena)
	t.arena = unescape(t.arena, raw)
	return alias(t.arena[start:])
}

// escapedKey unescapes a key once: unlike a value, it is compared with many
// others.
func (t *tape) escapedKey(n int, raw []byte) string {
	key, known := t.keys[n]
	if !known {
		if t.keys == nil {
			t.keys = make(map[int]string)
		}
		start := len(t.arena)
		t.arena = unescape(t.arena, raw)
		key = alias(t.arena[start:])
		t.keys[n] = key
	}
	return key
}

// unescape appends the content of a string that was read before, so escapes
// are known to be whole. Half characters become U+FFFD.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		c = raw[i+1]
		i += 2
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex4(raw, i)
			i += 4
			if utf16.IsSurrogate(r) {
				high := r
				r = utf8.RuneError
				if i+1 < len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
					low, _ := hex4(raw, i+2)
					if r = utf16.DecodeRune(high, low); r != utf8.RuneError {
						i += 6
					}
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// raw is the text of a node as it was sent, without quotes.
func (t *tape) raw(n int) []byte {
	nd := &t.nodes[n]
	return t.body[nd.start:nd.end]
}

// outer is where a value begins and ends, quotes included.
func (t *tape) outer(n int) (start, end int) {
	nd := &t.nodes[n]
	if nd.kind == kindString || nd.kind == kindKey {
		return int(nd.start) - 1, int(nd.end) + 1
	}
	return int(nd.start), int(nd.end)
}

// pointer is the JSON Pointer (RFC 6901) of a node, from the first node on.
// Containers that are still being read reach to the end of the tape.
func (t *tape) pointer(target int) string {
	if target <= 0 || target >= len(t.nodes) {
		return ""
	}
	var b strings.Builder
	at := 0
	for at != target {
		step, found := 1, false
		if t.nodes[at].kind == kindObject {
			step = 2
		}
		for child, i := at+1, 0; child < len(t.nodes); i++ {
			last := child + step - 1 // the value of a member, or the element
			if last >= len(t.nodes) {
				last = child
			}
			end := int(t.nodes[last].next)
			if end == 0 {
				end = len(t.nodes)
			}
			if target < end {
				b.WriteByte('/')
				if step == 2 {
					b.WriteString(pointerEscaper.Replace(t.text(child)))
				} else {
					b.WriteString(strconv.Itoa(i))
				}
				if target == child {
					return b.String()
				}
				at, found = last, true
				break
			}
			child = end
		}
		if !found {
			break
		}
	}
	return b.String()
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// position turns an offset into a line and a column, both from 1; columns
// count bytes.
func position(body []byte, at int) (line, column int) {
	line, column = 1, 1
	for _, c := range body[:min(at, len(body))] {
		if c == '\n' {
			line, column = line+1, 1
		} else {
			column++
		}
	}
	return line, column
}
