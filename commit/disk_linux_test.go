package commit

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lernspur/statements"
)

// smallDiskEnv makes this test binary run one test on a small disk: the folder
// that the variable names.
const smallDiskEnv = "COMMIT_TEST_SMALL_DISK"

// TestFullDisk runs TestOnASmallDisk in a mount namespace with a disk of 3 MiB.
func TestFullDisk(t *testing.T) {
	if os.Getenv(smallDiskEnv) != "" {
		t.Skip("this is the process within")
	}
	dir := t.TempDir()
	mount := `mount -t tmpfs -o size=3m tmpfs "$1" || exit 77; exec "$2" -test.run '^TestOnASmallDisk$' -test.v`
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", dir, os.Args[0])
	cmd.Env = append(os.Environ(), smallDiskEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() != 1 || errors.Is(err, exec.ErrNotFound) {
		t.Skipf("no small disk can be mounted here: %v: %s", err, out)
	}
	if err != nil {
		t.Fatalf("%s", out)
	}
}

// TestOnASmallDisk fills the disk: statements are refused, none is lost, and
// with a little room again they are taken, though there is less than a segment
// reserves.
func TestOnASmallDisk(t *testing.T) {
	dir := os.Getenv(smallDiskEnv)
	if dir == "" {
		t.Skip("TestFullDisk runs this")
	}
	sink := newModelSink()
	c := open(t, sink, filepath.Join(dir, "log"), func(o *Options) { o.SegmentBytes = 2 << 20 })
	post(t, c, statement(t, 0, "read"))
	wait(t, c)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	kept := int64(1)
	for n := int64(1); n < 100_000; n++ { // until the reserved room is used up
		err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, n, "read")})
		var refused *ErrBusy
		if errors.As(err, &refused) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kept++
	}
	if err := c.Commit(context.Background(), "town", []*statements.Statement{statement(t, 900_000, "read")}); err == nil {
		t.Fatal("a full disk takes statements")
	}
	wait(t, c)
	t.Logf("%d kept before the disk was full", kept)
	if err := os.Truncate(ballast, size(t, ballast)-(512<<10)); err != nil {
		t.Fatal(err)
	}
	for n := range int64(50) { // into the next segment
		post(t, c, statement(t, 910_000+n, "read"))
	}
	wait(t, c)
	if n := int64(len(sink.rows)); n != kept+50 {
		t.Errorf("%d statements are there, not %d", n, kept+50)
	}
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
	r, err := read(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	if r.settle(); len(r.chunks) > 0 {
		t.Errorf("%d groups are not marked", len(r.chunks))
	}
}

func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for begun := time.Now(); time.Since(begun) < 30*time.Second; {
		if _, err := f.Write(block); errors.Is(err, unix.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the disk does not fill up")
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
