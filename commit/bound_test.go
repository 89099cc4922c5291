package commit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lernspur/statements"
)

// TestLogStaysWithinItsBound has a log that begins with what the store has
// already, and fills it while the store is away.
func TestLogStaysWithinItsBound(t *testing.T) {
	const bound = 40_000
	for _, before := range []int64{1, 5, 12, 20} {
		sink, dir := newModelSink(), t.TempDir()
		c := open(t, sink, dir, func(o *Options) { o.LogBytes = bound; o.SegmentBytes = bound / 4 })
		for n := range before {
			post(t, c, statement(t, n, "read"))
		}
		wait(t, c)
		sink.set(func() { sink.away = true })
		taken := 0
		for n := int64(100); ; n++ {
			err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, n, "read")})
			var busy *ErrBusy
			if errors.As(err, &busy) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			taken++
		}
		var onDisk int64
		names, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
		for _, name := range names {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			onDisk += info.Size()
		}
		if onDisk > bound || onDisk < bound/2 {
			t.Errorf("after %d statements that the store has, and %d that it has not, the log takes %d bytes; its bound is %d", before, taken, onDisk, bound)
		}
		sink.set(func() { sink.away = false })
	}
}
