package commit

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"lernspur/documents"
)

// A record of documents holds entries, each
//
//	kind         1 byte
//	flags        1 byte
//	registration 16 bytes
//	version      8 bytes
//	tenant, activity, agent, id, content type, content: 4 bytes of length each, then the bytes
//
// all numbers little-endian.
const (
	documentHead  = 26
	documentTexts = 6
)

// flagDeleted marks the entry of a document that is there no longer.
const flagDeleted byte = 1

var errShortDocument = errors.New("a record ends within a document")

// appendDocument appends one stamped document to the payload of a record.
func appendDocument(buf []byte, d *documents.Document) []byte {
	flags := byte(0)
	if d.Deleted {
		flags = flagDeleted
	}
	buf = append(buf, byte(d.Kind), flags)
	buf = append(buf, d.Registration[:]...)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(d.Version))
	for _, text := range [...]string{d.Tenant, d.Activity, d.Agent, d.ID, d.ContentType} {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(len(text)))
		buf = append(buf, text...)
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(d.Content)))
	return append(buf, d.Content...)
}

// documentSize is what appendDocument appends.
func documentSize(d *documents.Document) int {
	return documentHead + 4*documentTexts + d.Size() + len(d.ContentType) + len(d.Content)
}

// nextDocument reads one entry from the front of a record's payload. The content
// is a part of p.
func nextDocument(p []byte) (*documents.Document, []byte, error) {
	if len(p) < documentHead {
		return nil, nil, errShortDocument
	}
	d := &documents.Document{Deleted: p[1]&flagDeleted != 0}
	d.Kind = documents.Kind(p[0])
	copy(d.Registration[:], p[2:])
	d.Version = int64(binary.LittleEndian.Uint64(p[18:]))
	p = p[documentHead:]
	var texts [documentTexts][]byte
	for i := range texts {
		if len(p) < 4 {
			return nil, nil, errShortDocument
		}
		size := uint64(binary.LittleEndian.Uint32(p))
		p = p[4:]
		if uint64(len(p)) < size {
			return nil, nil, errShortDocument
		}
		texts[i], p = p[:size:size], p[size:]
	}
	d.Tenant, d.Activity, d.Agent = string(texts[0]), string(texts[1]), string(texts[2])
	d.ID, d.ContentType, d.Content = string(texts[3]), string(texts[4]), texts[5]
	return d, p, nil
}

// eachDocument calls yield with every document of a record's payload.
func eachDocument(payload []byte, yield func(*documents.Document)) error {
	for len(payload) > 0 {
		d, rest, err := nextDocument(payload)
		if err != nil {
			return err
		}
		yield(d)
		payload = rest
	}
	return nil
}

// readDocuments reads a record of documents again.
func readDocuments(at position) ([]*documents.Document, error) {
	f, err := os.Open(at.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := readRecord(io.NewSectionReader(f, at.offset, at.length))
	if err != nil {
		return nil, &ErrDamaged{File: at.path, Offset: at.offset, Err: err}
	}
	var list []*documents.Document
	if err := eachDocument(rec.payload, func(d *documents.Document) { list = append(list, d) }); err != nil {
		return nil, &ErrDamaged{File: at.path, Offset: at.offset, Err: err}
	}
	return list, nil
}
