package statements

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// form is how a value enters the canonical form, after where it stands.
type form uint8

const (
	formPlain form = iota
	formSkip
	formStatement
	formSubStatement
	formObject
	formActivity
	formRef
	formVerb
	formActor
	formMembers
	formResult
	formContext
	formContextActivities
	formActivities
	formContextActors
	formMbox
	formLower
	formTime
	formDuration
)

// digest is the first half of the SHA-256 of the statement's canonical form.
//
// Two statements have the same canonical form if and only if they are equal
// after xAPI 1.0.3 Data 2.3.1 (1) and IEEE 9274.1.1, 4.2 "Statement
// Immutability and Comparison" (2):
//
//   - id, stored, timestamp, authority and version of the statement are left
//     out: an LRS may set them (1, 2).
//   - attachments are left out, those of a SubStatement too: they are not part
//     of the statement (1, 2).
//   - the display of verbs and the definition of Activities are left out,
//     wherever a verb or an Activity stands (1, 2).
//   - the members of a Group have no order (1, 2).
//   - the timestamp of a SubStatement counts as the instant (1: serialisation
//     of timestamps).
//   - a duration counts as the string that it is, without what is finer than
//     0.01 s (1: "considered a string", and Data 4.6; 2: 4.2.7).
//   - letter case does not count where it has no meaning (1: "properties that
//     are case insensitive"): scheme and domain of mbox, hexadecimal digits of
//     mbox_sha1sum and UUIDs, the language of a context. Everywhere else it
//     does: (2) lists "Case (upper vs. lower)" without naming properties, and to
//     take two different answers of a learner for the same would lose one.
//   - an Activity in contextActivities is the same as an array of that one
//     Activity (Data 2.4.6.2: an LRS returns it so).
//   - as JSON demands, neither the order of properties, nor white space, nor
//     escapes in strings, nor the spelling of numbers (1.0 and 1) count.
//
// All other lists have an order, and an absent property differs from one with
// the default value: "differences relating to a different serialization"
// must not be ignored (1).
func (p *parser) digest() [16]byte {
	p.canon = p.appendForm(p.canon[:0], 0, formStatement)
	sum := sha256.Sum256(p.canon)
	return [16]byte(sum[:16])
}

// childForm is the form of a property's value within an object of a form.
func childForm(f form, key string) form {
	switch f {
	case formStatement, formSubStatement:
		switch key {
		case "actor":
			return formActor
		case "verb":
			return formVerb
		case "object":
			return formObject
		case "result":
			return formResult
		case "context":
			return formContext
		case "attachments":
			return formSkip
		case "timestamp":
			if f == formSubStatement {
				return formTime
			}
			return formSkip
		case "id", "stored", "authority", "version":
			return formSkip
		}
	case formActor:
		switch key {
		case "mbox":
			return formMbox
		case "mbox_sha1sum":
			return formLower
		case "member":
			return formMembers
		}
	case formVerb:
		if key == "display" {
			return formSkip
		}
	case formActivity:
		if key == "definition" {
			return formSkip
		}
	case formRef:
		if key == "id" {
			return formLower
		}
	case formResult:
		if key == "duration" {
			return formDuration
		}
	case formContext:
		return contextForm(key)
	case formContextActivities:
		return formActivities
	case formContextActors:
		if key == "agent" || key == "group" {
			return formActor
		}
	}
	return formPlain
}

func contextForm(key string) form {
	switch key {
	case "registration", "language":
		return formLower
	case "instructor", "team":
		return formActor
	case "contextActivities":
		return formContextActivities
	case "contextAgents", "contextGroups":
		return formContextActors
	case "statement":
		return formRef
	}
	return formPlain
}

// objectForm is the form of a statement's object, after its objectType.
func (p *parser) objectForm(n int) form {
	at := p.property(n, "objectType")
	if at == 0 {
		return formActivity
	}
	switch p.text(at) {
	case "Agent", "Group":
		return formActor
	case "StatementRef":
		return formRef
	case "SubStatement":
		return formSubStatement
	}
	return formActivity
}

// appendForm appends the canonical form of a value. It is prefix-free: every
// value begins with its type, strings have their length in front.
func (p *parser) appendForm(dst []byte, n int, f form) []byte {
	switch p.nodes[n].kind {
	case kindObject:
		if f == formObject {
			f = p.objectForm(n)
		}
		if f == formActivities {
			return append(p.appendObject(append(dst, '['), n, formActivity), ']')
		}
		return p.appendObject(dst, n, f)
	case kindArray:
		return p.appendArray(dst, n, f)
	case kindString:
		return p.appendText(dst, p.text(n), f)
	case kindNumber:
		dst = append(dst, 'n')
		return append(parseDecimal(alias(p.raw(n))).appendTo(dst), ';')
	default:
		return append(dst, "?0ft"[p.nodes[n].kind])
	}
}

// appendText appends a string.
func (p *parser) appendText(dst []byte, text string, f form) []byte {
	start := len(dst)
	dst = binary.AppendUvarint(append(dst, 's'), uint64(len(text)))
	switch f {
	case formLower:
		return appendLower(dst, text)
	case formMbox:
		return appendMbox(dst, text)
	case formDuration:
		return append(appendDuration(append(dst[:start], 'd'), text), ';')
	case formTime:
		t, _ := readTimestamp(text, V1) // V1 reads what V2 reads, too
		return append(t.appendCanonical(append(dst[:start], 't')), ';')
	}
	return append(dst, text...)
}

// member is a property of an object that is being sorted.
type member struct {
	prefix uint64 // the first eight bytes of the key, the first one highest
	key    uint32
	form   form // of the value
}

// appendObject appends an object, its properties sorted by name.
func (p *parser) appendObject(dst []byte, n int, f form) []byte {
	base := len(p.order)
	for k, end := p.members(n); k < end; k = p.after(k) {
		key := p.text(k)
		if child := childForm(f, key); child != formSkip {
			p.order = append(p.order, member{keyPrefix(key), uint32(k), child})
		}
	}
	p.sortMembers(p.order[base:])
	dst = append(dst, '{')
	for i := base; i < len(p.order); i++ { // the recursion may move p.order
		m := p.order[i]
		dst = p.appendText(dst, p.text(int(m.key)), formPlain)
		dst = p.appendForm(dst, int(m.key)+1, m.form)
	}
	p.order = p.order[:base]
	return append(dst, '}')
}

// keyPrefix is a number that sorts as the first eight bytes of the key do.
func keyPrefix(key string) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64([]byte(key[:8]))
	}
	var v uint64
	for i := range len(key) {
		v |= uint64(key[i]) << (56 - 8*i)
	}
	return v
}

// sortMembers sorts the properties of an object: few by insertion, as the
// sender's order is often nearly ours.
func (p *parser) sortMembers(members []member) {
	if len(members) > 12 {
		slices.SortFunc(members, p.compareMembers)
		return
	}
	for i := 1; i < len(members); i++ {
		m := members[i]
		j := i
		for ; j > 0 && (members[j-1].prefix > m.prefix ||
			members[j-1].prefix == m.prefix && p.compareMembers(members[j-1], m) > 0); j-- {
			members[j] = members[j-1]
		}
		members[j] = m
	}
}

func (p *parser) compareMembers(a, b member) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	return strings.Compare(p.text(int(a.key)), p.text(int(b.key)))
}

// appendArray appends an array; the elements of member are sorted by their
// canonical forms.
func (p *parser) appendArray(dst []byte, n int, f form) []byte {
	element := f
	switch f {
	case formMembers:
		element = formActor
	case formActivities:
		element = formActivity
	case formContextActors:
	default:
		element = formPlain
	}
	dst = append(dst, '[')
	start := len(dst)
	var ends []int
	for e, end := p.elements(n); e < end; e = int(p.nodes[e].next) {
		dst = p.appendForm(dst, e, element)
		if f == formMembers {
			ends = append(ends, len(dst))
		}
	}
	if len(ends) > 1 {
		sortPieces(dst, start, ends)
	}
	return append(dst, ']')
}

// sortPieces sorts the pieces of b that begin at start and stop at ends.
func sortPieces(b []byte, start int, ends []int) {
	text := bytes.Clone(b[start:])
	pieces := make([][]byte, len(ends))
	from := 0
	for i, end := range ends {
		pieces[i] = text[from : end-start]
		from = end - start
	}
	slices.SortFunc(pieces, bytes.Compare)
	to := start
	for _, piece := range pieces {
		to += copy(b[to:], piece)
	}
}
