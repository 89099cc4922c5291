package town

import "encoding/hex"

// Streams keep the random numbers for different purposes apart.
const (
	streamPerson uint64 = 0x9e3779b97f4a7c15
	streamID     uint64 = 0xd1b54a32d192ed03
	streamReg    uint64 = 0x8cb92ba72f3d8dd7
	streamLearn  uint64 = 0xaef17502108ef2d9
)

// rng is SplitMix64, so that the numbers are the same in every version of Go.
type rng struct{ state uint64 }

func stream(seed, purpose, index uint64) *rng {
	return &rng{mix(mix(seed^purpose) + index*purpose)}
}

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// below returns a number in [0, n).
func (r *rng) below(n int) int { return int(uint64(uint32(r.next())) * uint64(n) >> 32) }

// between returns a number in [a, b].
func (r *rng) between(a, b int) int { return a + r.below(b-a+1) }

// chance is true in so many of a thousand cases.
func (r *rng) chance(permille int) bool { return r.below(1000) < permille }

// bell returns a number in [0, n), most often one in the middle.
func (r *rng) bell(n int) int { return (r.below(n) + r.below(n) + r.below(n)) / 3 }

// weighed returns the index of one of the weights, each as often as it weighs; -1
// when none weighs anything.
func (r *rng) weighed(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	if sum == 0 {
		return -1
	}
	at := r.below(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return -1 // never: at is below the sum
}

// uuid is what looks like a random UUID of version 4.
func (r *rng) uuid() string {
	var id [16]byte
	for i := range id {
		if i%8 == 0 {
			n := r.next()
			for j := range 8 {
				id[i+j] = byte(n >> (8 * j))
			}
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
