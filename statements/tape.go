package statements

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// kind is what a node of the tape stands for.
type kind uint8

const (
	kindNull kind = iota + 1
	kindFalse
	kindTrue
	kindNumber
	kindString
	kindArray
	kindObject
	kindKey
)

// node is one value or key of a JSON text. The nodes of a text lie in one
// slice in the order of the text: after an object's node come its keys and
// values in turn, after an array's node its elements.
type node struct {
	start, end uint32 // the text; of strings and keys without the quotes
	next       uint32 // index of the node after this one and all that is in it
	kind       kind
	escaped    bool // a string or key with at least one backslash
}

// tape reads JSON texts out of a body, strictly after RFC 8259, one at a time.
type tape struct {
	body     []byte
	nodes    []node
	arena    []byte         // unescaped strings
	keys     map[int]string // of the keys with escapes that were asked for, by node
	maxDepth int
	last     int // no value may reach beyond this position; 0 stands for no bound

	// hard is the reason to stop reading; hardAt is where. soft is the first
	// flaw that leaves the rest readable; softAt is its node.
	hard, hardRule string
	hardAt         int
	soft, softRule string
	softAt         int
}

// reset forgets what was read, keeps the memory.
func (t *tape) reset() {
	t.nodes, t.arena = t.nodes[:0], t.arena[:0]
	if len(t.keys) > 0 {
		t.keys = nil // an object may have had very many
	}
	t.hard, t.soft = "", ""
}

// stop ends the reading for good.
func (t *tape) stop(rule string, at int, message string) int {
	if t.hard == "" {
		t.hard, t.hardRule, t.hardAt = message, rule, at
	}
	return -1
}

// flaw notes what is wrong with a node; reading goes on.
func (t *tape) flaw(rule string, n int, message string) {
	if t.soft == "" {
		t.soft, t.softRule, t.softAt = message, rule, n
	}
}

// space returns the first position at or after pos that is not white space.
func (t *tape) space(pos int) int {
	b := t.body
	for pos < len(b) {
		switch b[pos] {
		case ' ', '\n', '\r', '\t':
			pos++
		default:
			return pos
		}
	}
	return pos
}

const unexpectedEnd = "the text ends too early"

// value reads the value at pos and returns the position after it, or -1.
func (t *tape) value(pos, depth int) int {
	if pos >= len(t.body) {
		return t.stop(ruleJSONSyntax, pos, unexpectedEnd)
	}
	switch c := t.body[pos]; c {
	case '"':
		return t.str(pos+1, kindString)
	case '{':
		return t.object(pos, depth+1)
	case '[':
		return t.array(pos, depth+1)
	case 't':
		return t.literal(pos, "true", kindTrue)
	case 'f':
		return t.literal(pos, "false", kindFalse)
	case 'n':
		return t.literal(pos, "null", kindNull)
	default:
		if c == '-' || c-'0' < 10 {
			return t.number(pos)
		}
		return t.stop(ruleJSONSyntax, pos, "a value was expected here")
	}
}

func (t *tape) literal(pos int, word string, k kind) int {
	end := pos + len(word)
	if end > len(t.body) || string(t.body[pos:end]) != word {
		return t.stop(ruleJSONSyntax, pos, "a value was expected here")
	}
	t.leaf(k, pos, end, false)
	return end
}

// leaf appends a node that contains no others.
func (t *tape) leaf(k kind, start, end int, escaped bool) {
	t.nodes = append(t.nodes, node{
		start: uint32(start), end: uint32(end), next: uint32(len(t.nodes) + 1), kind: k, escaped: escaped,
	})
}

// digits returns the first position at or after pos that is not a digit.
func (t *tape) digits(pos int) int {
	for pos < len(t.body) && t.body[pos]-'0' < 10 {
		pos++
	}
	return pos
}

func (t *tape) number(pos int) int {
	b, start := t.body, pos
	if b[pos] == '-' {
		pos++
	}
	first := pos
	pos = t.digits(pos)
	if pos == first {
		return t.stop(ruleJSONSyntax, pos, "a digit was expected here")
	}
	if b[first] == '0' && pos > first+1 {
		return t.stop(ruleJSONSyntax, first, "a number must not begin with 0 and a digit")
	}
	if pos < len(b) && b[pos] == '.' {
		first = pos + 1
		if pos = t.digits(first); pos == first {
			return t.stop(ruleJSONSyntax, pos, "a digit was expected after the decimal point")
		}
	}
	if pos < len(b) && b[pos]|0x20 == 'e' {
		first = pos + 1
		if first < len(b) && (b[first] == '+' || b[first] == '-') {
			first++
		}
		if pos = t.digits(first); pos == first {
			return t.stop(ruleJSONSyntax, pos, "a digit was expected in the exponent")
		}
	}
	t.leaf(kindNumber, start, pos, false)
	return pos
}

// open appends the node of an object or array and checks the depth.
func (t *tape) open(k kind, pos, depth int) bool {
	if depth > t.maxDepth {
		t.stop(ruleLimitDepth, pos, "objects and arrays are nested deeper here than this server allows")
		return false
	}
	t.nodes = append(t.nodes, node{start: uint32(pos), kind: k})
	return true
}

// shut completes the node of an object or array.
func (t *tape) shut(n, end int) int {
	t.nodes[n].end, t.nodes[n].next = uint32(end), uint32(len(t.nodes))
	return end
}

// beyond stops the reading at a value that reaches too far, before the nodes of
// a text take many times its size.
func (t *tape) beyond(pos int) bool {
	if t.last == 0 || pos <= t.last {
		return false
	}
	t.stop(ruleLimitBytes, pos, "a value reaches further than it may")
	return true
}

func (t *tape) array(pos, depth int) int {
	n := len(t.nodes)
	if !t.open(kindArray, pos, depth) {
		return -1
	}
	pos = t.space(pos + 1)
	if pos < len(t.body) && t.body[pos] == ']' {
		return t.shut(n, pos+1)
	}
	for {
		if pos = t.value(pos, depth); pos < 0 || t.beyond(pos) {
			return -1
		}
		pos = t.space(pos)
		if pos >= len(t.body) {
			return t.stop(ruleJSONSyntax, pos, unexpectedEnd)
		}
		switch t.body[pos] {
		case ',':
			pos = t.space(pos + 1)
		case ']':
			return t.shut(n, pos+1)
		default:
			return t.stop(ruleJSONSyntax, pos, "a comma or ] was expected here")
		}
	}
}

func (t *tape) object(pos, depth int) int {
	n := len(t.nodes)
	if !t.open(kindObject, pos, depth) {
		return -1
	}
	pos = t.space(pos + 1)
	if pos < len(t.body) && t.body[pos] == '}' {
		return t.shut(n, pos+1)
	}
	var seen uint64 // a bit per hash of a key: two keys on one bit may be equal
	suspect := false
	for {
		if pos >= len(t.body) || t.body[pos] != '"' {
			return t.stop(ruleJSONSyntax, pos, "a property name in quotes was expected here")
		}
		key := len(t.nodes)
		if pos = t.str(pos+1, kindKey); pos < 0 {
			return -1
		}
		bit := t.keyBit(key)
		suspect = suspect || seen&bit != 0
		seen |= bit
		pos = t.space(pos)
		if pos >= len(t.body) || t.body[pos] != ':' {
			return t.stop(ruleJSONSyntax, pos, "a colon was expected after the property name")
		}
		if pos = t.value(t.space(pos+1), depth); pos < 0 || t.beyond(pos) {
			return -1
		}
		pos = t.space(pos)
		if pos >= len(t.body) {
			return t.stop(ruleJSONSyntax, pos, unexpectedEnd)
		}
		switch t.body[pos] {
		case ',':
			pos = t.space(pos + 1)
		case '}':
			end := t.shut(n, pos+1)
			if suspect {
				t.duplicates(n)
			}
			return end
		default:
			return t.stop(ruleJSONSyntax, pos, "a comma or } was expected here")
		}
	}
}

// keyBit maps a key to one of 64 bits. Keys with escapes share one with all
// others, so that they are always looked at.
func (t *tape) keyBit(key int) uint64 {
	k := t.nodes[key]
	if k.escaped {
		return ^uint64(0)
	}
	size := k.end - k.start
	h := size * 31
	if size > 0 {
		h += uint32(t.body[k.start])*7 + uint32(t.body[k.end-1])*13 + uint32(t.body[k.start+size/2])
	}
	return 1 << (h & 63)
}

// duplicates looks for a key that an object has twice. Small objects are
// compared pair by pair, larger ones through a map, so that no input makes it
// quadratic.
func (t *tape) duplicates(n int) {
	const small = 12
	var few [small]int
	count := 0
	var many map[string]struct{}
	for k := n + 1; k < int(t.nodes[n].next); k = int(t.nodes[k+1].next) {
		key := t.text(k)
		twice := false
		switch {
		case many != nil:
			_, twice = many[key]
			many[key] = struct{}{}
		case count < small:
			for _, other := range few[:count] {
				twice = twice || t.text(other) == key
			}
			few[count] = k
			count++
		default:
			many = make(map[string]struct{}, 4*small)
			for _, other := range few {
				many[t.text(other)] = struct{}{}
			}
			_, twice = many[key]
			many[key] = struct{}{}
		}
		if twice {
			t.flaw(ruleDuplicateKey, k, "this property occurs twice in the same object")
			return
		}
	}
}

// str reads a string or key whose opening quote is before pos.
func (t *tape) str(pos int, k kind) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	b, start, escaped := t.body, pos, false
	for {
		for pos+8 <= len(b) {
			// The lowest byte that is a quote, a backslash, a control
			// character or not ASCII has its high bit set in stops.
			w := binary.LittleEndian.Uint64(b[pos:])
			stops := (w | (w - ones*0x20) | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) & highs
			if stops != 0 {
				pos += bits.TrailingZeros64(stops) >> 3
				break
			}
			pos += 8
		}
		if pos >= len(b) {
			return t.stop(ruleJSONSyntax, pos, "a string is not closed before the text ends")
		}
		switch c := b[pos]; {
		case c == '"':
			t.leaf(k, start, pos, escaped)
			return pos + 1
		case c == '\\':
			escaped = true
			if pos = t.escape(pos); pos < 0 {
				return -1
			}
		case c < 0x20:
			return t.stop(ruleJSONSyntax, pos, "a string contains a control character (such as a line break) that is not escaped")
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b[pos:])
			if r == utf8.RuneError && size == 1 {
				t.flaw(ruleUTF8, len(t.nodes), "this text is not valid UTF-8")
			}
			pos += size
		default:
			pos++
		}
	}
}

// alias is the text between two positions of b, without a copy.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
