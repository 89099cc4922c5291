package store

import (
	"crypto/sha256"
	"slices"

	"github.com/google/uuid"

	"lernspur/statements"
)

// kind tells what the key of a look-up row names.
type kind uint8

const (
	kindID              kind = 1
	kindAgent           kind = 2 // actor or object
	kindRelatedAgent    kind = 3 // any other place, but not the authority
	kindAuthority       kind = 4
	kindActivity        kind = 5 // object
	kindRelatedActivity kind = 6 // any other place
	kindRegistration    kind = 7
	kindVerb            kind = 8
	kindRefTo           kind = 9  // key: the id that the object points to
	kindVoids           kind = 10 // key: the id that is voided
	kindAttachment      kind = 11 // key: of the attachment's sha2
)

// keyOf names an identifier of any length: the first half of its SHA-256. Two
// identifiers with one key would take some 2^64 tries to find, so a look-up
// by key needs no second check.
func keyOf(identifier string) uuid.UUID {
	sum := sha256.Sum256([]byte(identifier))
	return uuid.UUID(sum[:16])
}

// lookups are look-up rows by column.
type lookups struct {
	tenant []string
	kind   []uint8
	key    []uuid.UUID
	stored []int64
	verb   names
	seen   map[string]*identifier // lately
}

// identifier is a text that comes again and again: an agent, a verb, a course.
type identifier struct {
	text string
	key  uuid.UUID
}

func newLookups() lookups { return lookups{seen: make(map[string]*identifier)} }

// maxSeen bounds the memory for identifiers seen lately.
const maxSeen = 1 << 16

// reset empties the columns and lets go of the statements they point to.
func (l *lookups) reset() {
	l.clear()
	clear(l.seen) // its strings alias statements
}

// clear empties the columns.
func (l *lookups) clear() {
	clear(l.tenant)
	clear(l.verb)
	l.tenant, l.kind, l.key, l.stored, l.verb = l.tenant[:0], l.kind[:0], l.key[:0], l.stored[:0], l.verb[:0]
}

func (l *lookups) identifier(text string) *identifier {
	if known, ok := l.seen[text]; ok {
		return known
	}
	i := &identifier{text: text, key: keyOf(text)}
	if len(l.seen) < maxSeen {
		l.seen[text] = i
	}
	return i
}

func (l *lookups) keyOf(text string) uuid.UUID { return l.identifier(text).key }

// name is text as one of names.
func (l *lookups) name(text string) *string { return &l.identifier(text).text }

// add derives the look-up rows of one statement.
func (l *lookups) add(row Row) {
	verb, none := l.name(row.Verb), l.name("")
	put := func(k kind, key uuid.UUID, verb *string) {
		l.tenant = append(l.tenant, row.Tenant)
		l.kind = append(l.kind, uint8(k))
		l.key = append(l.key, key)
		l.stored = append(l.stored, row.Stored)
		l.verb = append(l.verb, verb)
	}
	put(kindID, row.ID, none)
	put(kindVerb, l.keyOf(row.Verb), none)
	put(kindAuthority, l.keyOf(row.Authority), verb)
	for _, a := range row.Agents {
		switch {
		case a.Roles&statements.RoleDirect != 0:
			put(kindAgent, l.keyOf(a.Identifier), verb)
		case a.Identifier != row.Authority:
			put(kindRelatedAgent, l.keyOf(a.Identifier), verb)
		}
	}
	for _, a := range row.Activities {
		if a.Roles&statements.RoleDirect != 0 {
			put(kindActivity, l.keyOf(a.ID), verb)
		} else {
			put(kindRelatedActivity, l.keyOf(a.ID), verb)
		}
	}
	if row.Registration != uuid.Nil {
		put(kindRegistration, row.Registration, verb)
	}
	if row.ObjectKind == statements.ObjectStatementRef {
		put(kindRefTo, row.Ref, verb)
	}
	if row.Voiding {
		put(kindVoids, row.Ref, none)
	}
	for _, h := range hashes(row.Attachments) {
		put(kindAttachment, keyOf(h), none)
	}
}

// hashes are those of the bytes that are attached, each once.
func hashes(attachments []statements.Attachment) []string {
	if len(attachments) == 0 {
		return nil
	}
	list := make([]string, len(attachments))
	for i, at := range attachments {
		list[i] = at.SHA2
	}
	slices.Sort(list)
	return slices.Compact(list)
}
