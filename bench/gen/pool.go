package gen

// IDs hands out ids that no other IDs of another number and no statement of
// the generator has. It is for one goroutine.
type IDs struct{ seed, next uint64 }

// FreshIDs starts the ids of one run; number tells runs and connections apart.
func (g *Generator) FreshIDs(number uint64) *IDs {
	return &IDs{seed: mix(g.seed^streamID) + mix(number)}
}

// Next is a fresh id.
func (f *IDs) Next() [16]byte {
	f.next++
	return randomUUID(f.seed, streamID, f.next)
}

// Body is a rendered request body whose ids can be replaced in place, which
// costs a fiftieth of rendering it again.
type Body struct {
	// Bytes are what is sent: prefix, then one statement, or an array of them.
	Bytes []byte
	// Count is how many statements there are in it.
	Count int
	ids   []int
}

// NewBody renders the n statements from first on, after prefix, which may hold
// the head of a request. One statement is rendered bare, more as an array.
func (g *Generator) NewBody(prefix []byte, first uint64, n int) *Body {
	b := &Body{Bytes: append([]byte(nil), prefix...), Count: n}
	if n > 1 {
		b.Bytes = append(b.Bytes, '[')
	}
	for i := range n {
		if i > 0 {
			b.Bytes = append(b.Bytes, ',')
		}
		b.ids = append(b.ids, len(b.Bytes)+idOffset)
		b.Bytes = g.Append(b.Bytes, first+uint64(i))
	}
	if n > 1 {
		b.Bytes = append(b.Bytes, ']')
	}
	return b
}

// Refresh gives every statement of the body a fresh id.
func (b *Body) Refresh(ids *IDs) {
	for _, at := range b.ids {
		putUUID(b.Bytes[at:], ids.Next())
	}
}

// ID is the text of the id of statement i of the body. It stays valid until
// the next Refresh.
func (b *Body) ID(i int) []byte { return b.Bytes[b.ids[i] : b.ids[i]+36] }
