package web

import (
	"encoding/binary"
	"testing"

	"github.com/google/uuid"
)

// TestLatest: of a list that is longer than a page of it the last are shown, not the
// first.
func TestLatest(t *testing.T) {
	type thing struct {
		id    uuid.UUID
		count int
	}
	var all []thing
	for i := range 2*latestPage + 7 {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:], uint64(i+1))
		all = append(all, thing{id, i})
	}
	for _, test := range []struct {
		name             string
		there, n         int
		odd              bool // only odd ones count
		first, last, len int
	}{
		{"nothing", 0, 5, false, 0, 0, 0},
		{"fewer than are shown", 3, 5, false, 0, 2, 3},
		{"a whole page", latestPage, 5, false, latestPage - 5, latestPage - 1, 5},
		{"more than a page", 2*latestPage + 7, 5, false, 2*latestPage + 2, 2*latestPage + 6, 5},
		{"of those that count", 2*latestPage + 7, 5, true, 2*latestPage - 3, 2*latestPage + 5, 5},
		{"more shown than a page has", 2*latestPage + 7, 2 * latestPage, false, 7, 2*latestPage + 6, 2 * latestPage},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := latest(test.n, func(after uuid.UUID, n int) ([]thing, error) {
				from := int(binary.BigEndian.Uint64(after[:]))
				return all[from:min(from+n, test.there)], nil
			}, func(one thing) (uuid.UUID, bool) { return one.id, !test.odd || one.count%2 == 1 })
			if err != nil || len(list) != test.len || test.len > 0 && (list[0].count != test.first || list[test.len-1].count != test.last) {
				t.Errorf("%v %v", list, err)
			}
		})
	}
}
