package archive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
)

// Zip opens a zip file of the given size, reading its directory only. What is
// wrong with the archive is a *Refusal, any other error is one of reading r.
func Zip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	a := &Archive{limits: limits.orDefaults(), packed: size}
	if size > a.limits.Packed {
		return nil, refuse("", TooLarge, adviceSmaller, "the file has %s; at most %s are taken", bytesText(size), bytesText(a.limits.Packed))
	}
	files, err := a.directory(r, size)
	if err != nil {
		return nil, err
	}
	var entries []*Entry
	var folders []string
	for _, f := range files {
		name, refusal := a.zipName(f)
		if refusal == nil {
			refusal = checkZipEntry(f)
		}
		if refusal != nil {
			return nil, refusal
		}
		switch {
		case name == "" || ignored(name):
		case f.Mode().IsDir() || strings.HasSuffix(f.Name, "/") || strings.HasSuffix(f.Name, `\`):
			folders = append(folders, name)
		default:
			entries = append(entries, &Entry{Name: name, Size: int64(min(f.UncompressedSize64, math.MaxInt64)), open: f.Open})
		}
	}
	if refusal := a.take(entries, folders); refusal != nil {
		return nil, refusal
	}
	return a, nil
}

func (a *Archive) zipName(f *zip.File) (string, *Refusal) {
	raw, decoded := decodeName(f.Name)
	name, refusal := cleanName(raw)
	if refusal != nil || ignored(name) {
		return name, refusal
	}
	if decoded {
		a.remark(raw, NameBytes, "Names of files are not in UTF-8; they were read as code page 437.")
	}
	if strings.Contains(raw, `\`) {
		a.remark(raw, Backslash, "Names of files use backslashes; they were read as slashes.")
	}
	return name, nil
}

func checkZipEntry(f *zip.File) *Refusal {
	if refusal := checkMode(f.Name, f.Mode()); refusal != nil {
		return refusal
	}
	const encrypted = 0x1
	switch {
	case f.Flags&encrypted != 0:
		return refuse(f.Name, Encrypted, "Pack the content again without a password.", "the entry is encrypted")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse(f.Name, Method, adviceZip, "the entry is packed by a method that browsers and servers do not know (number %d)", f.Method)
	}
	return nil
}

// directoryBytes is how long one entry of the directory may be on average; the
// directory is read whole, so its size bounds what that takes.
const directoryBytes = 512

// endBytes is how far from its end a zip says where its directory is: the end
// record with the longest comment, and what zip64 puts before it.
const endBytes = 64<<10 + 22 + 20 + 56

// directory reads the list of entries. Before it is read it is held against the
// limits, and while it is read as well, as an archive may lie about it.
func (a *Archive) directory(r io.ReaderAt, size int64) ([]*zip.File, error) {
	tooMany := func(n uint64) *Refusal {
		return refuse("", TooManyFiles, adviceSmaller, "the archive has %d entries; at most %d are taken", n, a.limits.Entries)
	}
	claimed, err := claimedEntries(r, size)
	if err != nil {
		return nil, err
	}
	if claimed > uint64(a.limits.Entries) {
		return nil, tooMany(claimed)
	}
	bounded := &boundedReader{r: r, left: 2*endBytes + int64(a.limits.Entries)*directoryBytes + 1<<20}
	zr, err := zip.NewReader(bounded, size)
	switch {
	case errors.Is(err, errBound):
		return nil, refuse("", TooManyFiles, adviceSmaller, "the archive's list of entries is too long for %d entries", a.limits.Entries)
	case errors.Is(err, zip.ErrInsecurePath):
		// cleanName decides about names.
	case err != nil && damage(err):
		return nil, refuse("", NotAZip, adviceExport, "this is not a zip archive, or its list of entries is incomplete")
	case err != nil:
		return nil, err
	}
	bounded.lift()
	if n := uint64(len(zr.File)); n > uint64(a.limits.Entries) {
		return nil, tooMany(n)
	}
	return zr.File, nil
}

// claimedEntries is the number of entries that the end of the archive states.
func claimedEntries(r io.ReaderAt, size int64) (uint64, error) {
	n := min(size, endBytes)
	end := make([]byte, n)
	if _, err := r.ReadAt(end, size-n); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	at := bytes.LastIndex(end, []byte("PK\x05\x06"))
	if at < 0 || at+22 > len(end) {
		return 0, refuse("", NotAZip, adviceExport, "this is not a zip archive, or its end is missing; the upload may be incomplete")
	}
	entries := uint64(binary.LittleEndian.Uint16(end[at+10:]))
	if at64 := bytes.LastIndex(end[:at], []byte("PK\x06\x06")); entries == math.MaxUint16 && at64 >= 0 && at64+40 <= len(end) {
		entries = binary.LittleEndian.Uint64(end[at64+32:])
	}
	return entries, nil
}

// damage tells whether an error of reading is the archive's own fault.
func damage(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrAlgorithm) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) || errors.Is(err, io.EOF)
}

var errBound = errors.New("the directory is too long")

// boundedReader fails once it has read so much, until it is lifted.
type boundedReader struct {
	r      io.ReaderAt
	left   int64
	lifted bool
}

func (b *boundedReader) lift() { b.lifted = true }

// ReadAt reads what is left to be read.
func (b *boundedReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, zip.ErrFormat // an offset of 64 bits that is none
	}
	if b.lifted {
		return b.r.ReadAt(p, off)
	}
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBound
	}
	return b.r.ReadAt(p, off)
}
