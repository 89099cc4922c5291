package statements

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzMergeDefinitions: whatever comes in, what comes out is one JSON object
// that merging again leaves as it is, and that has all of the last one.
func FuzzMergeDefinitions(f *testing.F) {
	f.Add([]byte(`{"name":{"en":"A","de":"B"}}`), []byte(`{"name":{"EN":"C"},"extensions":{"http://e.ex/1":null}}`))
	f.Add([]byte(`{"interactionType":"choice","choices":[{"id":"a"}]}`), []byte(`{"interactionType":"other"}`))
	f.Add([]byte(`{"name":1,"n\u0061me":{}}`), []byte(`{"name":{"a":{}},"":[]}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		merged := MergeDefinitions([][]byte{a, b})
		if merged == nil {
			return
		}
		if !json.Valid(merged) || merged[0] != '{' {
			t.Fatalf("%q and %q: %q", a, b, merged)
		}
		if again := MergeDefinitions([][]byte{merged}); !bytes.Equal(again, merged) {
			t.Errorf("%q: again %q", merged, again)
		}
		if again := MergeDefinitions([][]byte{merged, b}); !bytes.Equal(again, merged) {
			t.Errorf("%q with the last once more: %q", merged, again)
		}
	})
}
