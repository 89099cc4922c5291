package commit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/google/uuid"

	"lernspur/statements"
)

// The log is a sequence of records, each
//
//	kind     1 byte
//	zero     3 bytes
//	length   4 bytes, of the payload
//	sequence 8 bytes, one more than that of the record before
//	payload  4 bytes, CRC-32C of the payload
//	header   4 bytes, CRC-32C of the 20 bytes above
//	payload
//
// all numbers little-endian. The header has a checksum of its own, so that a
// damaged length is never taken for a record that was cut short.
const headerSize = 24

const (
	recordSegment byte = 1 // first of a segment: format version, last stored before it
	recordGroup   byte = 2 // statements, acknowledged once this is on disk
	recordDone    byte = 3 // first..last are durable and visible in the store

	recordDocuments byte = 4 // documents, acknowledged once this is on disk
)

// formatVersion is raised whenever a reader of the version before could
// misread a log.
const formatVersion = 3

// oldestFormat is the oldest version that is read: of version 1, whose entries
// had no flag but the first. Version 2 knew no documents.
const oldestFormat = 1

// maxRecord bounds what a damaged length can make a reader allocate. No group
// is larger: it would be acknowledged and could not be read again.
const maxRecord = 1 << 30

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errIncomplete is a record that ends before its length says: the end of the
// log was cut in the middle of a write that was never acknowledged.
var errIncomplete = errors.New("the record is incomplete")

// beginRecord appends room for a header and returns the buffer.
func beginRecord(buf []byte, kind byte) []byte {
	var header [headerSize]byte
	header[0] = kind
	return append(buf, header[:]...)
}

// endRecord completes the header of the record that starts at start and ends
// with the buffer.
func endRecord(buf []byte, start int, sequence uint64) {
	header := buf[start : start+headerSize]
	payload := buf[start+headerSize:]
	binary.LittleEndian.PutUint32(header[4:], uint32(len(payload)))
	binary.LittleEndian.PutUint64(header[8:], sequence)
	binary.LittleEndian.PutUint32(header[16:], crc32.Checksum(payload, castagnoli))
	binary.LittleEndian.PutUint32(header[20:], crc32.Checksum(header[:20], castagnoli))
}

// record is one record as read.
type record struct {
	kind     byte
	sequence uint64
	payload  []byte
}

// readRecord reads the next record. io.EOF is the clean end; errIncomplete an
// end within a record; any other error is damage or the disk's.
func readRecord(r io.Reader) (record, error) {
	var header [headerSize]byte
	switch _, err := io.ReadFull(r, header[:]); {
	case errors.Is(err, io.EOF):
		return record{}, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return record{}, errIncomplete
	case err != nil:
		return record{}, err
	}
	if crc32.Checksum(header[:20], castagnoli) != binary.LittleEndian.Uint32(header[20:]) {
		return record{}, errors.New("the checksum of the record's header does not match")
	}
	length := binary.LittleEndian.Uint32(header[4:])
	if length > maxRecord || header[0] < recordSegment || header[0] > recordDocuments {
		return record{}, fmt.Errorf("a record of kind %d and %d bytes is not of this format", header[0], length)
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(r, payload); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return record{}, errIncomplete
		}
		return record{}, err
	}
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(header[16:]) {
		return record{}, errors.New("the checksum of the record's payload does not match")
	}
	return record{kind: header[0], sequence: binary.LittleEndian.Uint64(header[8:]), payload: payload}, nil
}

// span is a range of stored instants, both ends included.
type span struct{ first, last int64 }

func appendDone(buf []byte, sequence uint64, s span) []byte {
	start := len(buf)
	buf = beginRecord(buf, recordDone)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(s.first))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(s.last))
	endRecord(buf, start, sequence)
	return buf
}

func parseDone(payload []byte) (span, error) {
	if len(payload) != 16 {
		return span{}, fmt.Errorf("a mark has %d bytes, not 16", len(payload))
	}
	return span{int64(binary.LittleEndian.Uint64(payload)), int64(binary.LittleEndian.Uint64(payload[8:]))}, nil
}

// entry is what a group says of one statement.
type entry struct {
	tenant  string
	id      uuid.UUID
	digest  [16]byte
	stored  int64
	flags   byte
	raw     []byte
	repairs []byte
}

// Flags of an entry.
const (
	flagIDGiven byte = 1 << iota
	flagDefines
	flagRepairs // the repairs follow the statement
)

// appendEntry appends one stamped statement to the payload of a group.
func appendEntry(buf []byte, row Row) []byte {
	buf = binary.LittleEndian.AppendUint16(buf, uint16(len(row.Tenant)))
	buf = append(buf, row.Tenant...)
	buf = append(buf, row.ID[:]...)
	buf = append(buf, row.Digest[:]...)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(row.Stored))
	buf = append(buf, flagsOf(row))
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(row.Raw)))
	buf = append(buf, row.Raw...)
	if len(row.Repairs) > 0 {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(len(row.Repairs)))
		buf = append(buf, row.Repairs...)
	}
	return buf
}

func flagsOf(row Row) (flags byte) {
	if row.IDGiven {
		flags |= flagIDGiven
	}
	if row.Defines {
		flags |= flagDefines
	}
	if len(row.Repairs) > 0 {
		flags |= flagRepairs
	}
	return flags
}

// entrySize is what appendEntry appends for a row.
func entrySize(row Row) int {
	size := 2 + len(row.Tenant) + 16 + 16 + 8 + 1 + 4 + len(row.Raw)
	if len(row.Repairs) > 0 {
		size += 4 + len(row.Repairs)
	}
	return size
}

// nextEntry reads one entry from the front of a group's payload.
func nextEntry(p []byte) (entry, []byte, error) {
	short := errors.New("a group ends within a statement")
	if len(p) < 2 {
		return entry{}, nil, short
	}
	n := int(binary.LittleEndian.Uint16(p))
	p = p[2:]
	if len(p) < n+45 {
		return entry{}, nil, short
	}
	var e entry
	e.tenant = string(p[:n])
	p = p[n:]
	copy(e.id[:], p)
	copy(e.digest[:], p[16:])
	e.stored = int64(binary.LittleEndian.Uint64(p[32:]))
	e.flags = p[40]
	size := int(binary.LittleEndian.Uint32(p[41:]))
	p = p[45:]
	if len(p) < size {
		return entry{}, nil, short
	}
	e.raw = p[:size:size]
	p = p[size:]
	if e.flags&flagRepairs == 0 {
		return e, p, nil
	}
	if len(p) < 4 {
		return entry{}, nil, short
	}
	size = int(binary.LittleEndian.Uint32(p))
	p = p[4:]
	if len(p) < size {
		return entry{}, nil, short
	}
	e.repairs = p[:size:size]
	return e, p[size:], nil
}

// row parses the entry's statement again, which was checked when it came.
func (e entry) row() (Row, error) {
	s, err := statements.Reparse(e.raw)
	if err != nil {
		return Row{}, fmt.Errorf("the statement %s of tenant %q in the log cannot be read: %w", e.id, e.tenant, err)
	}
	if s.ID != e.id || s.Stored != e.stored {
		return Row{}, fmt.Errorf("the statement %s of tenant %q in the log does not match its entry", e.id, e.tenant)
	}
	s.IDGiven = e.flags&flagIDGiven != 0
	s.Defines = e.flags&flagDefines != 0
	s.Repairs = e.repairs
	return Row{Tenant: e.tenant, Statement: s}, nil
}
