package store

import (
	"bytes"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Random ids do not compress, and each stands in a column of its own beside
// the text: a third of the text's size would be ids said twice. So in the
// column raw a byte that no JSON text can contain stands for each of them.
// Which bytes those are is part of the tables' format.
const (
	markID           byte = 1
	markRegistration byte = 2
	markStored       byte = 3
)

// squeeze appends the text of a stamped statement with its marks to dst.
func squeeze(dst []byte, s *statements.Statement) []byte {
	var id, registration [36]byte
	marks := []mark{{appendUUID(id[:0], s.ID), markID}, {[]byte(statements.FormatStored(s.Stored)), markStored}}
	if s.Registration != uuid.Nil {
		marks = append(marks, mark{appendUUID(registration[:0], s.Registration), markRegistration})
	}
	return replace(dst, s.Raw, marks)
}

// mark is a text and the byte that stands for it.
type mark struct {
	text []byte
	byte byte
}

// replace appends src to dst, with every text of marks replaced.
func replace(dst, src []byte, marks []mark) []byte {
	if len(marks) == 0 {
		return append(dst, src...)
	}
	first, rest := marks[0], marks[1:]
	for {
		i := bytes.Index(src, first.text)
		if i < 0 {
			return replace(dst, src, rest)
		}
		dst = append(replace(dst, src[:i], rest), first.byte)
		src = src[i+len(first.text):]
	}
}

// expand undoes squeeze: the result is the text to the byte.
func expand(squeezed []byte, id, registration uuid.UUID, stored int64) []byte {
	raw := make([]byte, 0, len(squeezed)+128)
	start := 0
	for i, b := range squeezed {
		if b > markStored || b == 0 {
			continue
		}
		raw = append(raw, squeezed[start:i]...)
		start = i + 1
		switch b {
		case markID:
			raw = appendUUID(raw, id)
		case markRegistration:
			raw = appendUUID(raw, registration)
		case markStored:
			raw = append(raw, statements.FormatStored(stored)...)
		}
	}
	return append(raw, squeezed[start:]...)
}

func appendUUID(dst []byte, id uuid.UUID) []byte {
	text, _ := id.MarshalText() // cannot fail
	return append(dst, text...)
}
