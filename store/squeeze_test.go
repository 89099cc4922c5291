package store

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
)

func TestSqueeze(t *testing.T) {
	const id, registration = "12345678-1234-4678-9234-567812345678", "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
	tests := []struct{ name, raw, want string }{
		{"each once", `{"id":"` + id + `","r":"` + registration + `","stored":"1970-01-01T00:00:00.001000Z"}`, "{\"id\":\"\x01\",\"r\":\"\x02\",\"stored\":\"\x03\"}"},
		{"upper case stays", `{"id":"` + strings.ToUpper(registration) + `"}`, `{"id":"` + strings.ToUpper(registration) + `"}`},
		{"side by side and twice", id + registration + id, "\x01\x02\x01"},
		{"nothing to replace", `{}`, `{}`},
		{"a part only", id[:35], id[:35]},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &statements.Statement{ID: uuid.MustParse(id), Registration: uuid.MustParse(registration), Stored: 1000, Raw: []byte(test.raw)}
			got := squeeze(nil, s)
			if string(got) != test.want {
				t.Errorf("squeezed %q, not %q", got, test.want)
			}
			if back := expand(got, s.ID, s.Registration, s.Stored); string(back) != test.raw {
				t.Errorf("expanded %q, not %q", back, test.raw)
			}
		})
	}
}

// FuzzSqueeze holds that every text without the three bytes, which no JSON
// contains, comes back as it was.
func FuzzSqueeze(f *testing.F) {
	f.Add([]byte(`{"id":"x"}`), []byte("0123456789abcdef"), []byte("0123456789abcdef"), int64(5))
	f.Fuzz(func(t *testing.T, around, a, b []byte, stored int64) {
		if len(a) != 16 || len(b) != 16 || bytes.ContainsAny(around, "\x01\x02\x03") || stored < 0 || stored > 1<<52 {
			return
		}
		s := &statements.Statement{ID: uuid.UUID(a), Registration: uuid.UUID(b), Stored: stored}
		half := len(around) / 2
		s.Raw = []byte(string(around[:half]) + s.ID.String() + statements.FormatStored(stored) + string(around[half:]) + s.Registration.String())
		if back := expand(squeeze(nil, s), s.ID, s.Registration, s.Stored); !bytes.Equal(back, s.Raw) {
			t.Errorf("%q came back as %q", s.Raw, back)
		}
	})
}
