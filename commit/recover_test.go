package commit

import "testing"

// TestRecovery starts on logs of three groups, stored at 100, 200 and 300, in
// which some are marked as being in the store.
func TestRecovery(t *testing.T) {
	tests := []struct {
		name    string
		marks   []span
		inStore []int64 // groups, by number
		pending int     // groups that have to be looked at again
	}{
		{"no mark", nil, nil, 3},
		{"no mark, all there", nil, []int64{1, 2, 3}, 3},
		{"the last is marked, the first is not there", []span{{200, 300}}, []int64{2, 3}, 1},
		{"the last is marked, the first is there", []span{{300, 300}}, []int64{1, 2, 3}, 2},
		{"the one between is marked", []span{{200, 200}}, []int64{2}, 2},
		{"a mark within another one", []span{{200, 200}, {100, 300}}, []int64{1, 2, 3}, 0},
		{"marks that overlap", []span{{100, 200}, {200, 300}}, []int64{1, 2, 3}, 0},
		{"two marks begin together", []span{{100, 300}, {100, 100}}, []int64{1, 2, 3}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sink := newModelSink()
			dir := logOfThree(t, test.marks)
			var rows []Row
			for _, n := range test.inStore {
				rows = append(rows, testRow(t, n, 100*n))
			}
			sink.put(rows)
			r, err := read(dir)
			if err != nil {
				t.Fatal(err)
			}
			r.settle()
			if len(r.chunks) != test.pending {
				t.Errorf("%d groups are to be looked at again, not %d", len(r.chunks), test.pending)
			}
			c := open(t, sink, dir, nil)
			if v := wait(t, c); v < 300 {
				t.Errorf("the watermark is %d and does not cover what was acknowledged", v)
			}
			sink.exactly(t, id(1), id(2), id(3))
			post(t, c, statement(t, 4, "read"))
			wait(t, c)
			sink.exactly(t, id(1), id(2), id(3), id(4))
			crash(c) // so that the flusher has done all that follows
			if n := len(c.ids.pending); n > 0 {
				t.Errorf("%d ids are still pending", n)
			}
		})
	}
}

// logOfThree makes a log of three groups and marks, in a folder of its own.
func logOfThree(t *testing.T, marks []span) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := openLog(dir, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.rotate(0); err != nil {
		t.Fatal(err)
	}
	for n := int64(1); n <= 3; n++ {
		buf := appendEntry(beginRecord(nil, recordGroup), testRow(t, n, 100*n))
		endRecord(buf, 0, l.sequence+1)
		if _, err := l.append(buf, 1, 100*n); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range marks {
		if _, err := l.append(appendDone(nil, l.sequence+1, m), 1, 300); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	return dir
}
