package commit

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// segment is one file of the log.
type segment struct {
	path string
	size int64
	last int64 // the highest stored instant of a statement in it, or before it
}

// logFile is the write-ahead log: segments in a folder, appended by one
// goroutine. It assigns nothing and waits for nobody.
type logFile struct {
	dir         string
	segmentSize int64
	segments    []*segment // oldest first; the last is the open one
	file        *os.File
	sequence    uint64 // of the last record written
	broken      error  // why nothing can be written any more
}

// position is where a record lies.
type position struct {
	path   string
	offset int64
	length int64
}

// errNoSpace means that the disk has no room for a record; nothing of it is in
// the log, and a later append may succeed.
var errNoSpace = errors.New("the disk of the log is full")

const segmentSuffix = ".log"

// visitor is shown one record while the log is opened. It answers the highest
// stored instant that the record speaks of as its own, 0 for none.
type visitor func(record, position) (last int64, err error)

// openLog opens or creates the log in dir and calls visit with every record in order. A record that is cut off
// at the very end is removed: it was never acknowledged. Any other damage is
// an *ErrDamaged.
func openLog(dir string, segmentSize int64, visit visitor) (*logFile, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l := &logFile{dir: dir, segmentSize: segmentSize}
	names, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	for i, name := range names {
		if err := l.read(name, i == len(names)-1, visit); err != nil {
			return nil, err
		}
	}
	if len(l.segments) == 0 {
		return l, nil
	}
	open := l.segments[len(l.segments)-1]
	l.file, err = os.OpenFile(open.path, os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := l.file.Truncate(open.size); err != nil {
		return nil, err
	}
	if _, err := l.file.Seek(open.size, io.SeekStart); err != nil {
		return nil, err
	}
	return l, l.file.Sync()
}

// read visits the records of one segment.
func (l *logFile) read(path string, newest bool, visit visitor) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	s := &segment{path: path}
	if n := len(l.segments); n > 0 {
		s.last = l.segments[n-1].last
	}
	for {
		rec, err := readRecord(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, errIncomplete) && newest {
			break
		}
		if err == nil {
			err = l.follows(rec, s, path)
		}
		if err == nil {
			var last int64
			last, err = visit(rec, position{path, s.size, int64(headerSize + len(rec.payload))})
			s.last = max(s.last, last)
		}
		if err != nil {
			return &ErrDamaged{File: path, Offset: s.size, Err: err}
		}
		s.size += int64(headerSize + len(rec.payload))
		l.sequence = rec.sequence
	}
	if s.size == 0 && !newest {
		return &ErrDamaged{File: path, Err: errors.New("the file is empty")}
	}
	if s.size == 0 {
		return os.Remove(path) // its creation was cut off; the next append makes a new one
	}
	l.segments = append(l.segments, s)
	return nil
}

// follows checks that a record stands where it was written.
func (l *logFile) follows(rec record, s *segment, path string) error {
	if s.size == 0 {
		if rec.kind != recordSegment || len(rec.payload) != 12 {
			return errors.New("the file does not begin like a segment of the log")
		}
		if v := binary.LittleEndian.Uint32(rec.payload); v < oldestFormat || v > formatVersion {
			return fmt.Errorf("the log has format %d, this program reads formats %d to %d", v, oldestFormat, formatVersion)
		}
		if n, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), segmentSuffix), 10, 64); err != nil || n != rec.sequence {
			return errors.New("the file's name does not match its first record")
		}
	}
	if len(l.segments) == 0 && s.size == 0 {
		return nil
	}
	if rec.sequence != l.sequence+1 {
		return fmt.Errorf("record %d follows record %d: something between them is missing", rec.sequence, l.sequence)
	}
	return nil
}

// rotate opens a new segment if there is none or the open one is full. last is the highest stored
// instant so far; it stays known when all older segments are gone.
func (l *logFile) rotate(last int64) error {
	if len(l.segments) > 0 {
		open := l.segments[len(l.segments)-1]
		if open.size < l.segmentSize {
			return nil
		}
		open.last = last
	}
	path := filepath.Join(l.dir, fmt.Sprintf("%020d%s", l.sequence+1, segmentSuffix))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return noSpace(err)
	}
	buf := beginRecord(nil, recordSegment)
	buf = binary.LittleEndian.AppendUint32(buf, formatVersion)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(last))
	endRecord(buf, 0, l.sequence+1)
	err = reserveUpTo(f, l.segmentSize)
	if err == nil {
		_, err = f.Write(buf)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(l.dir)
	}
	if err != nil {
		f.Close()
		os.Remove(path)
		return noSpace(err)
	}
	if l.file != nil {
		l.file.Close()
	}
	l.file = f
	l.sequence++
	l.segments = append(l.segments, &segment{path: path, size: int64(len(buf)), last: last})
	return nil
}

// leastReserve is the room without which a segment is not begun.
const leastReserve = 64 << 10

// reserveUpTo reserves size bytes, or what a disk that is nearly full still has
// of them: the segment before can only be dropped once there is a new one.
func reserveUpTo(f *os.File, size int64) error {
	for {
		err := reserve(f, size)
		if err == nil || size <= leastReserve || !errors.Is(noSpace(err), errNoSpace) {
			return err
		}
		size = max(size/2, leastReserve)
	}
}

// append writes records that are complete but for their sequence numbers,
// which the caller took from nextSequence, and returns when they are on disk.
// errNoSpace: nothing was written. Any other error ends the log: what is on
// disk is then unknown, and a second fsync would not tell (the kernel drops
// the pages that it failed to write).
func (l *logFile) append(buf []byte, records int, last int64) (position, error) {
	if l.broken != nil {
		return position{}, l.broken
	}
	open := l.segments[len(l.segments)-1]
	at := position{open.path, open.size, int64(len(buf))}
	if _, err := l.file.Write(buf); err != nil {
		return position{}, l.undo(open, err)
	}
	if err := datasync(l.file); err != nil {
		l.broken = fmt.Errorf("fsync of the log: %w", err)
		return position{}, l.broken
	}
	open.size += int64(len(buf))
	open.last = last
	l.sequence += uint64(records)
	return at, nil
}

// undo takes back a failed write, so that the log goes on where it ended. What
// was refused must not come back: of a group and the marks behind it the group
// may have been written whole, and without the fsync a power cut could undo
// the truncation alone.
func (l *logFile) undo(open *segment, cause error) error {
	err := l.file.Truncate(open.size)
	if err == nil {
		err = l.file.Sync()
	}
	if err == nil {
		_, err = l.file.Seek(open.size, io.SeekStart)
	}
	if err != nil || !errors.Is(noSpace(cause), errNoSpace) {
		l.broken = fmt.Errorf("writing the log: %w", errors.Join(cause, err))
		return l.broken
	}
	return errNoSpace
}

// drop removes the segments whose statements are all in the store; the open
// one always stays.
func (l *logFile) drop(done int64) error {
	n := 0
	for n < len(l.segments)-1 && l.segments[n].last <= done {
		if err := os.Remove(l.segments[n].path); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return nil
	}
	l.segments = append([]*segment(nil), l.segments[n:]...)
	return syncDir(l.dir)
}

// bytes is what the log takes on disk.
func (l *logFile) bytes() int64 {
	var n int64
	for _, s := range l.segments {
		n += s.size
	}
	return n
}

func (l *logFile) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// readGroup reads the rows of a group record again.
func readGroup(at position) ([]Row, error) {
	f, err := os.Open(at.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := readRecord(io.NewSectionReader(f, at.offset, at.length))
	if err != nil {
		return nil, &ErrDamaged{File: at.path, Offset: at.offset, Err: err}
	}
	var rows []Row
	for p := rec.payload; len(p) > 0; {
		var e entry
		if e, p, err = nextEntry(p); err != nil {
			return nil, &ErrDamaged{File: at.path, Offset: at.offset, Err: err}
		}
		row, err := e.row()
		if err != nil {
			return nil, &ErrDamaged{File: at.path, Offset: at.offset, Err: err}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
