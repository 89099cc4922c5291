package commit

import (
	"github.com/bits-and-blooms/bloom/v3"

	"lernspur/documents"
)

// documentFilter tells of most documents that never were that they never were:
// content asks for its State before it stores the first, and neither is worth a
// look into the store. It is a Bloom filter that grows in layers, each twice the
// one before.
type documentFilter struct {
	layers          []*bloom.BloomFilter
	capacity, count uint
}

const smallestDocumentLayer = 1 << 18

// has is false for what was never added, and true by mistake for one in ten
// thousand of that.
func (f *documentFilter) has(sum documents.Sum) bool {
	for _, layer := range f.layers {
		if layer.Test(sum[:]) {
			return true
		}
	}
	return false
}

func (f *documentFilter) add(sum documents.Sum) {
	if f.has(sum) {
		return
	}
	if len(f.layers) == 0 || f.count >= f.capacity {
		f.capacity, f.count = max(smallestDocumentLayer, 2*f.capacity), 0
		f.layers = append(f.layers, bloom.NewWithEstimates(f.capacity, falsePositives))
	}
	f.layers[len(f.layers)-1].Add(sum[:])
	f.count++
}
