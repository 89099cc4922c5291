package gen

import "encoding/binary"

// Streams keep the random numbers for different purposes apart: the same
// index gives unrelated numbers in each.
const (
	streamPlan uint64 = 0x9e3779b97f4a7c15
	streamID   uint64 = 0xd1b54a32d192ed03
	streamReg  uint64 = 0x8cb92ba72f3d8dd7
	streamMake uint64 = 0xaef17502108ef2d9
)

// mix is the finaliser of SplitMix64: a bijection that spreads every bit of
// its input over all bits of its output.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// rng is a SplitMix64 generator: its state is one word, so starting one for
// each statement costs nothing.
type rng struct{ state uint64 }

// stream starts the generator of one purpose at one index.
func stream(seed, purpose, index uint64) rng {
	return rng{mix(mix(seed^purpose) + index*purpose)}
}

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// below returns a number in [0, n). The bias for n far below 2^32 is of no
// account here.
func (r *rng) below(n int) int {
	return int(uint64(uint32(r.next())) * uint64(n) >> 32)
}

// float returns a number in [0, 1).
func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// chance is true in percent of 100 cases.
func (r *rng) chance(percent int) bool { return r.below(100) < percent }

// randomUUID fills id with what looks like a random UUID of version 4.
func randomUUID(seed, purpose, index uint64) (id [16]byte) {
	r := stream(seed, purpose, index)
	binary.LittleEndian.PutUint64(id[:8], r.next())
	binary.LittleEndian.PutUint64(id[8:], r.next())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

const hexDigits = "0123456789abcdef"

// putUUID writes the text of id into dst, which holds at least 36 bytes.
func putUUID(dst []byte, id [16]byte) {
	_ = dst[35]
	at := 0
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst[at] = '-'
			at++
		}
		dst[at] = hexDigits[b>>4]
		dst[at+1] = hexDigits[b&15]
		at += 2
	}
}

func appendUUID(dst []byte, id [16]byte) []byte {
	var text [36]byte
	putUUID(text[:], id)
	return append(dst, text[:]...)
}
