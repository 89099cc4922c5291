package commit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lernspur/statements"
)

// writeLog makes a log of three groups and a mark, in a folder of its own, and
// tells where each record ends.
func writeLog(t *testing.T, segmentSize int64) (dir string, ends []int64) {
	t.Helper()
	dir = t.TempDir()
	l, err := openLog(dir, segmentSize, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := int64(1); i <= 3; i++ {
		if err := l.rotate(100 * (i - 1)); err != nil {
			t.Fatal(err)
		}
		buf := beginRecord(nil, recordGroup)
		buf = appendEntry(buf, testRow(t, i, 100*i))
		endRecord(buf, 0, l.sequence+1)
		if _, err := l.append(buf, 1, 100*i); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, l.segments[len(l.segments)-1].size)
	}
	if _, err := l.append(appendDone(nil, l.sequence+1, span{100, 100}), 1, 300); err != nil {
		t.Fatal(err)
	}
	ends = append(ends, l.segments[len(l.segments)-1].size)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	return dir, ends
}

// read opens a log and tells what it holds.
func read(dir string) (r recovered, err error) {
	l, err := openLog(dir, 1<<20, r.visit)
	if err == nil {
		l.close()
	}
	return r, err
}

func onlySegment(t *testing.T, dir string) string {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if len(names) != 1 {
		t.Fatalf("%d segments, not one", len(names))
	}
	return names[0]
}

func TestLogCutAtEveryByte(t *testing.T) {
	dir, ends := writeLog(t, 1<<20)
	path := onlySegment(t, dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(dir)
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		wantGroups, wantDone := 0, 0
		for _, end := range ends[:3] {
			if int64(cut) >= end {
				wantGroups++
			}
		}
		if int64(cut) >= ends[3] {
			wantDone = 1
		}
		if len(got.chunks) != wantGroups || len(got.done) != wantDone {
			t.Fatalf("cut at byte %d: %d groups and %d marks, not %d and %d", cut, len(got.chunks), len(got.done), wantGroups, wantDone)
		}
	}
}

func TestLogGoesOnAfterACut(t *testing.T) {
	dir, ends := writeLog(t, 1<<20)
	if err := os.Truncate(onlySegment(t, dir), ends[1]+7); err != nil {
		t.Fatal(err)
	}
	var first recovered
	l, err := openLog(dir, 1<<20, first.visit)
	if err != nil {
		t.Fatal(err)
	}
	buf := appendEntry(beginRecord(nil, recordGroup), testRow(t, 9, 900))
	endRecord(buf, 0, l.sequence+1)
	if _, err := l.append(buf, 1, 900); err != nil {
		t.Fatal(err)
	}
	l.close()
	got, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.chunks) != 3 || got.chunks[2].span != (span{900, 900}) {
		t.Fatalf("groups %v, not the two that were whole and the new one", got.chunks)
	}
}

func TestLogEveryFlippedBitStopsTheStart(t *testing.T) {
	dir, _ := writeLog(t, 1<<20)
	path := onlySegment(t, dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for _, bit := range []int{i % 8, (i + 4) % 8} {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 1 << bit
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := read(dir)
			var damage *ErrDamaged
			if !errors.As(err, &damage) || damage.File != path {
				t.Fatalf("bit %d of byte %d flipped: %v, not ErrDamaged", bit, i, err)
			}
		}
	}
}

func TestLogDamageBetweenSegments(t *testing.T) {
	tests := []struct {
		name   string
		damage func(names []string) error
	}{
		{"a segment in the middle is missing", func(names []string) error { return os.Remove(names[1]) }},
		{"an older segment is cut", func(names []string) error {
			info, err := os.Stat(names[1])
			if err != nil {
				return err
			}
			return os.Truncate(names[1], info.Size()-1)
		}},
		{"an older segment is empty", func(names []string) error { return os.Truncate(names[0], 0) }},
		{"two segments changed places", func(names []string) error {
			if err := os.Rename(names[0], names[0]+".x"); err != nil {
				return err
			}
			if err := os.Rename(names[1], names[0]); err != nil {
				return err
			}
			return os.Rename(names[0]+".x", names[1])
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir, _ := writeLog(t, 10) // a segment for each group
			names, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
			if len(names) != 3 {
				t.Fatalf("%d segments, not 3", len(names))
			}
			if err := test.damage(names); err != nil {
				t.Fatal(err)
			}
			_, err := read(dir)
			var damage *ErrDamaged
			if !errors.As(err, &damage) {
				t.Fatalf("%v, not ErrDamaged", err)
			}
		})
	}
}

func TestLogCreationCutOff(t *testing.T) {
	dir, _ := writeLog(t, 10)
	if err := os.WriteFile(filepath.Join(dir, "99999999999999999999"+segmentSuffix), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.chunks) != 3 {
		t.Fatalf("%d groups, not 3", len(got.chunks))
	}
}

func TestLogDropsWhatIsDone(t *testing.T) {
	dir, _ := writeLog(t, 10)
	var r recovered
	l, err := openLog(dir, 10, r.visit)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if err := l.drop(200); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if len(names) != 1 {
		t.Fatalf("%d segments are left, not the one with the statement stored at 300", len(names))
	}
	if err := l.drop(300); err != nil {
		t.Fatal(err)
	}
	if names, _ = filepath.Glob(filepath.Join(dir, "*"+segmentSuffix)); len(names) != 1 {
		t.Fatalf("the open segment must stay, %d are left", len(names))
	}
	again, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.last != 300 {
		t.Fatalf("the highest stored instant is %d after dropping, not 300", again.last)
	}
}

func FuzzReadRecord(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendDone(nil, 1, span{1, 2}))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := readRecord(bytes.NewReader(data))
		if err != nil {
			return
		}
		if rec.kind == recordGroup {
			for p := rec.payload; len(p) > 0; {
				if _, p, err = nextEntry(p); err != nil {
					return
				}
			}
		}
	})
}

func FuzzNextEntry(f *testing.F) {
	f.Add([]byte{1, 0, 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		for len(data) > 0 {
			var err error
			if _, data, err = nextEntry(data); err != nil {
				return
			}
		}
	})
}

// TestAGroupCanBeReadAgain: what a reader takes for damage is not written.
func TestAGroupCanBeReadAgain(t *testing.T) {
	c := open(t, newModelSink(), t.TempDir(), func(o *Options) { o.LogBytes = 8 << 30 })
	s := statement(t, 1, "read")
	s.Raw = make([]byte, maxRecord)
	claim := &claim{tenant: "town", flight: &flight{settled: make(chan struct{})}, fresh: []*statements.Statement{s}}
	var busy *ErrBusy
	if _, err := c.join("town", claim); !errors.As(err, &busy) {
		t.Errorf("a group larger than a record may be: %v, not ErrBusy", err)
	}
}

// TestAnEntryKeepsWhatTheStatementLacks: what is not in the bytes of a
// statement survives a restart as well.
func TestAnEntryKeepsWhatTheStatementLacks(t *testing.T) {
	for name, change := range map[string]func(*statements.Statement){
		"nothing":     func(*statements.Statement) {},
		"id given":    func(s *statements.Statement) { s.IDGiven = true },
		"id made":     func(s *statements.Statement) { s.IDGiven = false },
		"defines":     func(s *statements.Statement) { s.Defines = true },
		"repairs":     func(s *statements.Statement) { s.Repairs = []byte(`{"repairs":["a"]}`) },
		"all of them": func(s *statements.Statement) { s.IDGiven, s.Defines, s.Repairs = true, true, []byte(`{}`) },
	} {
		t.Run(name, func(t *testing.T) {
			s := statement(t, 1, "read")
			change(s)
			s.Stamp(1_700_000_000_000_000)
			row := Row{"town", s}
			written := appendEntry(nil, row)
			if len(written) != entrySize(row) {
				t.Errorf("%d bytes were written, %d foreseen", len(written), entrySize(row))
			}
			e, rest, err := nextEntry(append(written, 7))
			if err != nil || len(rest) != 1 {
				t.Fatalf("%v, and %d bytes are left", err, len(rest))
			}
			back, err := e.row()
			if err != nil {
				t.Fatal(err)
			}
			if back.IDGiven != s.IDGiven || back.Defines != s.Defines || !bytes.Equal(back.Repairs, s.Repairs) || !bytes.Equal(back.Raw, s.Raw) {
				t.Errorf("came back as %+v", back)
			}
			for cut := range written {
				if _, _, err := nextEntry(written[:cut]); err == nil {
					t.Fatalf("an entry cut at byte %d was read", cut)
				}
			}
		})
	}
}
