package blobs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// faulty is a disk on which one step fails. After a crash nothing works any
// more, so that nothing can be tidied up either.
type faulty struct {
	osDisk
	at    int // the number of the step that fails, from 1
	err   error
	crash bool

	steps []string
}

func (d *faulty) step(what string) error {
	d.steps = append(d.steps, what)
	if n := len(d.steps); n == d.at || d.crash && d.at > 0 && n > d.at {
		return d.err
	}
	return nil
}

func (d *faulty) Create(path string) (file, error) {
	if err := d.step("create"); err != nil {
		return nil, err
	}
	f, err := d.osDisk.Create(path)
	return &faultyFile{f, d}, err
}

func (d *faulty) Mkdir(path string) error {
	return errors.Join(d.step("mkdir "+filepath.Base(path)), d.osDisk.Mkdir(path))
}

func (d *faulty) Rename(from, to string) error {
	if err := d.step("rename"); err != nil {
		return err
	}
	return d.osDisk.Rename(from, to)
}

func (d *faulty) Remove(path string) error {
	if err := d.step("remove"); err != nil {
		return err
	}
	return d.osDisk.Remove(path)
}

func (d *faulty) SyncDir(path string) error {
	if err := d.step("sync " + filepath.Base(path)); err != nil {
		return err
	}
	return d.osDisk.SyncDir(path)
}

func (d *faulty) Chtimes(path string, t time.Time) error {
	if err := d.step("chtimes"); err != nil {
		return err
	}
	return d.osDisk.Chtimes(path, t)
}

type faultyFile struct {
	file
	disk *faulty
}

// Write writes half of it before it fails.
func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.disk.step("write"); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f *faultyFile) Sync() error {
	if err := f.disk.step("fsync"); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *faultyFile) Close() error {
	err := f.disk.step("close")
	return errors.Join(err, f.file.Close())
}

// steps are the steps of putting b into a fresh store, and of opening that.
func steps(t *testing.T, b []byte) (opening int, all []string) {
	t.Helper()
	d := &faulty{}
	f, err := openFiles(filepath.Join(t.TempDir(), "blobs"), d)
	if err != nil {
		t.Fatal(err)
	}
	opening = len(d.steps)
	if _, err := f.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 1<<30); err != nil {
		t.Fatal(err)
	}
	return opening, d.steps
}

func TestStepsOfAPut(t *testing.T) {
	b := noise(2*trial + 5)
	h := string(hashOf(b))
	opening, all := steps(t, b)
	want := "create write write write fsync close mkdir town sync blobs mkdir " + h[:2] + " sync town rename sync " + h[:2]
	if got := strings.Join(all[opening:], " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestEveryStepFailing lets each step of a Put fail, by a full disk, by an error
// of the disk, and by a crash there, and looks what is left.
func TestEveryStepFailing(t *testing.T) {
	for kind, b := range map[string][]byte{"noise": noise(2*trial + 5), "text": text(2*trial + 5)} {
		opening, all := steps(t, b)
		for at := opening + 1; at <= len(all); at++ {
			for cause, d := range map[string]*faulty{
				"disk full": {at: at, err: syscall.ENOSPC}, "disk error": {at: at, err: syscall.EIO},
				"crash": {at: at, err: errors.New("the process is gone"), crash: true},
			} {
				t.Run(kind+"/"+cause+"/"+all[at-1], func(t *testing.T) { failAt(t, d, b) })
			}
		}
	}
}

func failAt(t *testing.T, d *faulty, b []byte) {
	dir := filepath.Join(t.TempDir(), "blobs")
	h := hashOf(b)
	f, err := openFiles(dir, d)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Put(ctx, "town", h, bytes.NewReader(b), 1<<30)
	if !errors.Is(err, d.err) {
		t.Fatalf("Put: %v, want %v", err, d.err)
	}
	if errors.Is(d.err, syscall.ENOSPC) != errors.Is(err, ErrFull) {
		t.Errorf("Put: %v", err)
	}
	whole := func(f *Files) {
		t.Helper()
		switch err := Check(ctx, f, "town", h); {
		case err == nil, errors.Is(err, ErrNotFound):
		default:
			t.Errorf("half a blob: %v", err)
		}
	}
	whole(f)
	if !d.crash {
		if left, _ := filepath.Glob(filepath.Join(dir, temporary, "*")); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
	_, err = f.Put(ctx, "town", h, bytes.NewReader(b), 1<<30)
	if broken := strings.HasPrefix(d.steps[d.at-1], "sync "); broken != (err != nil) && !d.crash {
		t.Errorf("the next Put: %v; only a folder that could not be synced stops all", err)
	}
	// The next start, once as the disk is and once without the rename, which
	// was never made durable.
	for _, lost := range []bool{false, true} {
		if path, _, err := f.find("town", h); lost && err == nil {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		next, err := OpenFiles(dir)
		if err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, temporary, "*")); len(left) > 0 {
			t.Errorf("the start left %v", left)
		}
		whole(next)
		if _, err := next.Put(ctx, "town", h, bytes.NewReader(b), 1<<30); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(read(t, next, "town", h), b) {
			t.Error("other bytes came back")
		}
	}
}

// TestPutOfAKnownBlobFailing lets the steps fail by which a blob that is there
// becomes young and durable.
func TestPutOfAKnownBlobFailing(t *testing.T) {
	b := text(100)
	for at := 1; at <= 2; at++ {
		d := &faulty{err: syscall.EIO}
		f, err := openFiles(filepath.Join(t.TempDir(), "blobs"), d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 100); err != nil {
			t.Fatal(err)
		}
		d.at = len(d.steps) + at
		if _, err := f.Put(ctx, "town", hashOf(b), bytes.NewReader(b), 100); !errors.Is(err, syscall.EIO) {
			t.Errorf("step %d (%s): %v", at, d.steps[d.at-1], err)
		}
		if !bytes.Equal(read(t, f, "town", hashOf(b)), b) {
			t.Error("other bytes came back")
		}
	}
}
