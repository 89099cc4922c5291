package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Limits bound what is taken. A field that is zero means its default.
type Limits struct {
	// Packed is the size of the zip file in bytes.
	Packed int64
	// Unpacked is the size of all entries together in bytes.
	Unpacked int64
	// Entries is their number, folders included.
	Entries int
	// Manifest is the size in bytes of a file that is read as a whole.
	Manifest int64
	// Ratio is how many times its own size a zip may unpack to. It counts from
	// 64 MiB on, as small archives of empty images reach any ratio harmlessly.
	Ratio int64
}

// ratioFrom is where the ratio begins to count, in unpacked bytes.
const ratioFrom = 64 << 20

// DefaultLimits are those in force unless others are given.
func DefaultLimits() Limits {
	return Limits{Packed: 1 << 30, Unpacked: 4 << 30, Entries: 20_000, Manifest: 16 << 20, Ratio: 200}
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	if l.Packed <= 0 {
		l.Packed = d.Packed
	}
	if l.Unpacked <= 0 {
		l.Unpacked = d.Unpacked
	}
	if l.Entries <= 0 {
		l.Entries = d.Entries
	}
	if l.Manifest <= 0 {
		l.Manifest = d.Manifest
	}
	if l.Ratio <= 0 {
		l.Ratio = d.Ratio
	}
	return l
}

// Entry is one file of an archive.
type Entry struct {
	// Name is relative, with slashes, cleaned; unique also when folded.
	Name string
	// Size is what the archive claims, in bytes. Reading counts for itself.
	Size int64

	open func() (io.ReadCloser, error)
}

// Archive is a checked list of files. It is safe for concurrent use.
type Archive struct {
	limits Limits
	// packed is the size of the zip, 0 for a folder.
	packed  int64
	entries []*Entry
	folded  map[string]*Entry
	remarks []Remark
	close   func() error
}

// Entries are the files in the order of their names; folders are none of them.
func (a *Archive) Entries() []*Entry { return a.entries }

// Remarks are the things that were put right, one for each rule at most.
func (a *Archive) Remarks() []Remark { return a.remarks }

// Packed is the size of the zip in bytes, 0 for a folder.
func (a *Archive) Packed() int64 { return a.packed }

// Limits are the limits in force.
func (a *Archive) Limits() Limits { return a.limits }

// Close releases the folder or file. What was given to Zip stays open.
func (a *Archive) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}

// Find is the entry of this name, else the one whose name differs in letter
// case only; nil when there is none.
func (a *Archive) Find(name string) *Entry { return a.folded[Fold(name)] }

// Open opens an entry for reading. The reader ends with a Refusal when more
// comes out than the archive may unpack to.
func (a *Archive) Open(e *Entry) (io.ReadCloser, error) {
	m := &meter{archive: a, entry: e}
	return m.open()
}

// ReadAll reads an entry whole, if it is no larger than Limits.Manifest.
func (a *Archive) ReadAll(e *Entry) ([]byte, error) {
	tooLarge := refuse(e.Name, FileTooLarge, adviceExport, "the file is larger than %s, which is the limit for a manifest", bytesText(a.limits.Manifest))
	if e.Size > a.limits.Manifest {
		return nil, tooLarge
	}
	r, err := a.Open(e)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, a.limits.Manifest+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > a.limits.Manifest {
		return nil, tooLarge
	}
	return data, nil
}

// Walk gives every entry with its content to f, in the order of names. All bytes
// that really come out are counted against the limits together; the reader of
// the entry that goes beyond them ends with a Refusal. What f leaves unread is
// read and counted all the same, so that a Walk that ends well has seen the
// whole archive and all its checksums.
func (a *Archive) Walk(ctx context.Context, f func(e *Entry, content io.Reader) error) error {
	var total int64
	for _, e := range a.entries {
		m := &meter{ctx: ctx, archive: a, entry: e, total: total}
		if err := m.walk(f); err != nil {
			return err
		}
		total = m.total
	}
	return nil
}

// meter reads one entry and counts.
type meter struct {
	ctx     context.Context
	archive *Archive
	entry   *Entry
	total   int64
	content io.ReadCloser
	// failed is the first error; it stays.
	failed error
}

func (m *meter) open() (io.ReadCloser, error) {
	var err error
	if m.content, err = m.entry.open(); err != nil {
		return nil, m.explain(err)
	}
	return m, nil
}

func (m *meter) walk(f func(e *Entry, content io.Reader) error) error {
	r, err := m.open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := f(m.entry, r); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// Read reads and counts.
func (m *meter) Read(p []byte) (int, error) {
	if m.failed != nil {
		return 0, m.failed
	}
	if m.ctx != nil && m.ctx.Err() != nil {
		m.failed = context.Cause(m.ctx)
		return 0, m.failed
	}
	n, err := m.content.Read(p)
	m.total += int64(n)
	if refusal := m.archive.checkTotal(m.total, m.entry.Name); refusal != nil {
		m.failed = refusal
		return 0, m.failed
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = m.explain(err)
		err = m.failed
	}
	return n, err
}

// Close closes the entry.
func (m *meter) Close() error { return m.content.Close() }

func (m *meter) explain(err error) error {
	if damage(err) {
		return refuse(m.entry.Name, Damaged, adviceExport, "the entry is damaged: %v", err)
	}
	return fmt.Errorf("reading %s: %w", shown(m.entry.Name), err)
}

// checkTotal holds what came out, or is said to come out, against the limits.
func (a *Archive) checkTotal(total int64, entry string) *Refusal {
	switch {
	case total > a.limits.Unpacked:
		return refuse(entry, UnpacksTooFar, adviceSmaller, "with this entry the package unpacks to more than %s", bytesText(a.limits.Unpacked))
	case a.packed > 0 && total > ratioFrom && total/a.limits.Ratio > a.packed:
		return refuse(entry, Ratio, adviceExport, "with this entry the archive unpacks to more than %d times its own size; such archives are made to do harm", a.limits.Ratio)
	}
	return nil
}

// take completes an archive from its entries: order, claimed sizes, names that
// collide; folders are those that the archive lists itself.
func (a *Archive) take(entries []*Entry, folders []string) *Refusal {
	slices.SortFunc(entries, func(x, y *Entry) int { return strings.Compare(x.Name, y.Name) })
	a.entries, a.folded = entries, make(map[string]*Entry, len(entries))
	var total int64
	for _, e := range entries {
		if other := a.folded[Fold(e.Name)]; other != nil {
			return refuse(e.Name, SameName, adviceRename, "the archive has another entry %q; names that differ in letter case only are one file on many computers", shown(other.Name))
		}
		a.folded[Fold(e.Name)] = e
		if total += e.Size; e.Size < 0 || total < 0 {
			return refuse(e.Name, Damaged, adviceExport, "the entry claims an impossible size")
		}
		if refusal := a.checkTotal(total, e.Name); refusal != nil {
			return refusal
		}
	}
	for _, e := range entries {
		if refusal := a.fileAsFolder(Fold(e.Name)); refusal != nil {
			return refusal
		}
	}
	for _, folder := range folders {
		if refusal := a.fileAsFolder(Fold(folder) + "/"); refusal != nil {
			return refusal
		}
	}
	return nil
}

// fileAsFolder refuses a file whose name one of the folders on this path has.
func (a *Archive) fileAsFolder(path string) *Refusal {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if e := a.folded[path[:i]]; e != nil {
			return refuse(e.Name, SameName, adviceRename, "the archive has a file and a folder of this name")
		}
	}
	return nil
}

// remark notes what was put right, once for each rule, with the first entry by
// name.
func (a *Archive) remark(entry string, rule Rule, message string) {
	for i := range a.remarks {
		if r := &a.remarks[i]; r.Rule == rule {
			r.Entry = min(r.Entry, entry)
			return
		}
	}
	a.remarks = append(a.remarks, Remark{Entry: entry, Rule: rule, Message: message})
}

// checkMode refuses what is neither a file nor a folder.
func checkMode(name string, mode fs.FileMode) *Refusal {
	switch {
	case mode&fs.ModeSymlink != 0:
		return refuse(name, Link, adviceLink, "the entry is a symbolic link; a package contains files and folders only")
	case mode&(fs.ModeDevice|fs.ModeCharDevice|fs.ModeNamedPipe|fs.ModeSocket|fs.ModeIrregular) != 0:
		return refuse(name, Special, adviceExport, "the entry is a device, a pipe or a socket; a package contains files and folders only")
	}
	return nil
}

// bytesText is a size in words.
func bytesText(n int64) string {
	units := [...]string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i, v := 0, float64(n)
	for v >= 1024 && i < len(units)-1 {
		v /= 1024
		i++
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + " " + units[i]
}
