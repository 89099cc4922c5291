package blobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Files is a Store in a folder, which has one owner. A blob is the file
//
//	<tenant>/<first two digits>/<the other digits>        as it is, or
//	<tenant>/<first two digits>/<the other digits>.zst    compressed, see pack.go
//
// so what lies there can be checked with sha256sum and unpacked with zstd. What
// is being written lies in ".tmp" under a random name until it is complete and
// its bytes are on the disk; then it is renamed, and the folder it came to is
// brought to the disk, too. A crash leaves at most files in ".tmp", which the
// next start removes, and a renamed file that is complete.
type Files struct {
	dir  string
	disk disk
	now  func() time.Time

	naming sync.Mutex // held while a blob gets its name
	made   sync.Map   // folders that this process has made durable
	broken atomic.Pointer[error]
}

const (
	temporary  = ".tmp"
	compressed = ".zst"
)

// OpenFiles opens the store in a folder, makes it if need be, and removes what
// a crash left behind. The folder has one owner.
func OpenFiles(dir string) (*Files, error) { return openFiles(dir, osDisk{}) }

func openFiles(dir string, d disk) (*Files, error) {
	f := &Files{dir: dir, disk: d, now: time.Now}
	if err := os.RemoveAll(filepath.Join(dir, temporary)); err != nil {
		return nil, fmt.Errorf("removing what was left half written: %w", err)
	}
	if err := f.makeDir(temporary); err != nil {
		return nil, err
	}
	return f, nil
}

// makeDir makes a folder below dir with those above it, each durable in the one
// that holds it.
func (f *Files) makeDir(path string) error {
	if _, durable := f.made.Load(path); durable {
		return nil
	}
	at := f.dir
	if err := os.MkdirAll(at, 0o700); err != nil {
		return err
	}
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		parent := at
		at = filepath.Join(at, part)
		if err := f.disk.Mkdir(at); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		// Also when it was there: whoever made it may not have come to this.
		if err := f.syncDir(parent); err != nil {
			return err
		}
	}
	f.made.Store(path, struct{}{})
	return nil
}

// syncDir brings what is in a folder to the disk. After a failure nobody can
// tell what is there after the next crash, and asking again may be answered with
// a success that is none: so nothing is taken any more until the next start.
func (f *Files) syncDir(path string) error {
	err := f.disk.SyncDir(path)
	if err != nil && !errors.Is(err, errNotAsked) {
		err = fmt.Errorf("blobs are not taken until a restart, as a folder could not be brought to the disk: %w", err)
		f.broken.Store(&err)
	}
	return err
}

// folder is the name of a tenant's folder. Every tenant has its own, also where
// file names know no upper case.
func folder(tenant string) string {
	const longest = 100
	var b strings.Builder
	for _, c := range []byte(tenant) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	if name := b.String(); name != "" && len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(tenant))
	return "~" + hex.EncodeToString(sum[:])
}

// place is where a blob lies, relative to dir, without the suffix.
func place(tenant string, h Hash) string {
	return filepath.Join(folder(tenant), string(h[:2]), string(h[2:]))
}

// find tells whether a blob is there, and under which path.
func (f *Files) find(tenant string, h Hash) (path string, packed bool, err error) {
	base := filepath.Join(f.dir, place(tenant, h))
	for _, suffix := range [...]string{"", compressed} {
		switch info, err := os.Stat(base + suffix); {
		case err == nil && info.Mode().IsRegular():
			return base + suffix, suffix != "", nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", false, err
		}
	}
	return "", false, ErrNotFound
}

// Put implements Store.
func (f *Files) Put(ctx context.Context, tenant string, h Hash, r io.Reader, limit int64) (int64, error) {
	if h.digest() == nil {
		return 0, fmt.Errorf("%q names no blob", h)
	}
	if broken := f.broken.Load(); broken != nil {
		return 0, *broken
	}
	in := &intake{ctx: ctx, from: r, left: limit, sum: h.digest()}
	known, _, err := f.find(tenant, h)
	if err == nil {
		// It is there: read the bytes, as they may be others, and keep none.
		if _, err := io.Copy(io.Discard, in); err != nil {
			return 0, err
		}
		if err := in.verify(h); err != nil {
			return 0, err
		}
		return in.size, full(f.again(known))
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	return in.size, full(f.write(tenant, h, in))
}

// again makes a blob that is there young, and durable: the writer that renamed
// it may not have synced the folder yet.
func (f *Files) again(path string) error {
	if err := f.disk.Chtimes(path, f.now()); err != nil {
		return err
	}
	return f.syncDir(filepath.Dir(path))
}

// write keeps new bytes.
func (f *Files) write(tenant string, h Hash, in *intake) (err error) {
	name := filepath.Join(f.dir, temporary, rand.Text())
	file, err := f.disk.Create(name)
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed {
			_ = file.Close()        // closed already, or of no use any more
			_ = f.disk.Remove(name) // or else by the next start
		}
	}()
	packed, err := pack(file, in)
	if err != nil {
		return err
	}
	if err := in.verify(h); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	to := place(tenant, h)
	if err := f.makeDir(filepath.Dir(to)); err != nil {
		return err
	}
	to = filepath.Join(f.dir, to)
	if packed {
		to += compressed
	}
	known, err := f.rename(name, to, tenant, h)
	if err != nil {
		return err
	}
	if known != "" { // another writer was faster
		return f.again(known)
	}
	renamed = true
	return f.syncDir(filepath.Dir(to))
}

// rename gives a complete file its name, unless the blob is there by now, maybe
// in the other form: then known is its path.
func (f *Files) rename(from, to, tenant string, h Hash) (known string, err error) {
	f.naming.Lock()
	defer f.naming.Unlock()
	if known, _, err = f.find(tenant, h); !errors.Is(err, ErrNotFound) {
		return known, err
	}
	return "", f.disk.Rename(from, to)
}

// Open implements Store.
func (f *Files) Open(_ context.Context, tenant string, h Hash) (io.ReadCloser, int64, error) {
	path, packed, err := f.find(tenant, h)
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	size, err := sizeOf(file, packed)
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	if !packed {
		return file, size, nil
	}
	r, err := unpack(file)
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return r, size, nil
}

// Stat implements Store.
func (f *Files) Stat(_ context.Context, tenant string, h Hash) (Info, error) {
	path, packed, err := f.find(tenant, h)
	if err != nil {
		return Info{}, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, ErrNotFound
	}
	if err != nil {
		return Info{}, err
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return Info{}, err
	}
	size, err := sizeOf(file, packed)
	return Info{size, stat.ModTime()}, err
}

// List implements Store.
func (f *Files) List(ctx context.Context, tenant string, yield func(Hash, Info) bool) error {
	errEnough := errors.New("enough")
	root := filepath.Join(f.dir, folder(tenant))
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		h, err := ParseHash(filepath.Base(filepath.Dir(path)) + strings.TrimSuffix(d.Name(), compressed))
		if err != nil {
			return nil // nothing of ours
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return err
		}
		if !yield(h, Info{Time: info.ModTime()}) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// Remove implements Store.
func (f *Files) Remove(_ context.Context, tenant string, h Hash) error {
	base := filepath.Join(f.dir, place(tenant, h))
	for _, suffix := range [...]string{"", compressed} {
		if err := os.Remove(base + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
