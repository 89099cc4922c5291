package commit

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/documents"
)

// TestLogWithDocumentsCutAtEveryByte: what is left is a beginning of what was
// written, and what was written whole is there.
func TestLogWithDocumentsCutAtEveryByte(t *testing.T) {
	sink, dir := newModelSink(), t.TempDir()
	sink.away = true
	c := open(t, newModelSink(), dir, func(o *Options) { o.FlushInterval = time.Hour })
	var ends []int64
	end := func() { ends = append(ends, c.log.bytes()) }
	set(t, c, "a", "one")
	end()
	post(t, c, statement(t, 1, "read"))
	end()
	remove(t, c, "a")
	end()
	set(t, c, "b", "two")
	end()
	crash(c)
	path := onlySegment(t, dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range ends[3] + 1 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(dir)
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		want := 0
		for _, end := range ends {
			if cut >= end {
				want++
			}
		}
		if len(got.chunks) != want {
			t.Fatalf("cut at byte %d: %d records, not %d", cut, len(got.chunks), want)
		}
	}
	for i := ends[0]; i < ends[3]; i++ {
		damaged := bytes.Clone(whole[:ends[3]])
		damaged[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		var damage *ErrDamaged
		if _, err := read(dir); !errors.As(err, &damage) {
			t.Fatalf("a flipped bit of byte %d: %v, not ErrDamaged", i, err)
		}
	}
}

func TestADocumentsEntry(t *testing.T) {
	for name, d := range map[string]*documents.Document{
		"everything": {Key: documents.Key{Shelf: testShelf, Registration: uuid.Max, ID: "ä\n\x00"}, Version: 1 << 60, ContentType: "text/plain; charset=utf-8", Content: []byte{0, 1, 255}},
		"nothing":    {Key: documents.Key{Shelf: documents.Shelf{Tenant: "t", Kind: documents.AgentProfile}}, Version: 1},
		"a deletion": {Key: docKey("a"), Version: 2, Deleted: true},
	} {
		t.Run(name, func(t *testing.T) {
			written := appendDocument(nil, d)
			if len(written) != documentSize(d) {
				t.Errorf("%d bytes were written, %d foreseen", len(written), documentSize(d))
			}
			back, rest, err := nextDocument(append(bytes.Clone(written), 7))
			if err != nil || len(rest) != 1 {
				t.Fatalf("%v, and %d bytes are left", err, len(rest))
			}
			if back.Key != d.Key || back.Version != d.Version || back.Deleted != d.Deleted || back.ContentType != d.ContentType || !bytes.Equal(back.Content, d.Content) {
				t.Errorf("came back as %+v", back)
			}
			for cut := range written {
				if _, _, err := nextDocument(written[:cut]); err == nil {
					t.Fatalf("an entry cut at byte %d was read", cut)
				}
			}
		})
	}
}

func FuzzNextDocument(f *testing.F) {
	f.Add(appendDocument(nil, &documents.Document{Key: docKey("a"), Version: 1, Content: []byte("x")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := eachDocument(data, func(d *documents.Document) {
			if again := appendDocument(nil, d); !bytes.HasPrefix(again, []byte{byte(d.Kind)}) || len(again) != documentSize(d) {
				t.Errorf("%+v", d)
			}
		})
		if err == nil && len(data) > 0 && len(data) < documentHead {
			t.Error("an entry without its head was read")
		}
	})
}
