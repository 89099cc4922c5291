package blobs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/klauspost/compress/zstd"
)

const (
	// trial is the first piece of a blob, by which it is decided whether
	// compression pays.
	trial = 64 << 10
	// worthPacking is the size below which nothing is gained: a file takes whole
	// blocks of the disk.
	worthPacking = 4 << 10
	// window is how far back compression looks; with it go the memory of whoever
	// packs and of whoever unpacks.
	window = 512 << 10
	// largestWindow is what a reader takes.
	largestWindow = 8 << 20
)

// A packed blob is one zstd frame, with a checksum, and behind it a skippable
// frame (RFC 8878, 3.1.2) with the size of the unpacked bytes, little-endian:
// so the size is known without unpacking, and zstd unpacks it as it is.
const (
	skippable   = 0x184D2A5C
	trailerSize = 16
)

// packers are who may compress at one time: each needs some memory. Nobody waits
// for one: without it a blob is kept as it is.
var packers = func() chan *zstd.Encoder {
	n := min(runtime.GOMAXPROCS(0), 4)
	list := make(chan *zstd.Encoder, n)
	for range n {
		list <- nil
	}
	return list
}()

// newPacker makes an encoder with little memory.
func newPacker() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(true))
}

// pack writes what comes in, compressed if that pays.
func pack(to io.Writer, in *intake) (packed bool, err error) {
	first := make([]byte, trial)
	n, err := io.ReadFull(in, first)
	first = first[:n]
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		if !in.end { // what is read from says so itself
			return false, err
		}
	case err != nil:
		return false, err
	}
	var packer *zstd.Encoder
	select {
	case packer = <-packers:
		defer func() { packers <- packer }()
	default:
		return false, plain(to, first, in)
	}
	if packer == nil {
		if packer, err = newPacker(); err != nil {
			return false, err
		}
	}
	if !pays(packer, first) {
		return false, plain(to, first, in)
	}
	return true, squeeze(to, packer, first, in)
}

// pays tells whether compressing the first piece saves a tenth of it.
func pays(packer *zstd.Encoder, first []byte) bool {
	if len(first) < worthPacking {
		return false
	}
	return len(packer.EncodeAll(first, make([]byte, 0, len(first)))) < len(first)/10*9
}

// plain writes everything as it is.
func plain(to io.Writer, first []byte, in *intake) error {
	if _, err := to.Write(first); err != nil {
		return err
	}
	if in.end {
		return nil
	}
	_, err := io.CopyBuffer(writerOnly{to}, in, first[:cap(first)])
	return err
}

// writerOnly hides what else a writer can do, so that the buffer is used.
type writerOnly struct{ io.Writer }

// squeeze writes everything compressed.
func squeeze(to io.Writer, packer *zstd.Encoder, first []byte, in *intake) error {
	packer.Reset(to)
	defer packer.Reset(nil) // lets go of the file
	if err := plain(packer, first, in); err != nil {
		return err
	}
	if err := packer.Close(); err != nil {
		return err
	}
	var trailer [trailerSize]byte
	binary.LittleEndian.PutUint32(trailer[0:], skippable)
	binary.LittleEndian.PutUint32(trailer[4:], 8)
	binary.LittleEndian.PutUint64(trailer[8:], uint64(in.size))
	_, err := to.Write(trailer[:])
	return err
}

// sizeOf is the size of the bytes that a file holds.
func sizeOf(file *os.File, packed bool) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if !packed {
		return info.Size(), nil
	}
	var trailer [trailerSize]byte
	if _, err := file.ReadAt(trailer[:], max(info.Size()-trailerSize, 0)); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	size := int64(binary.LittleEndian.Uint64(trailer[8:]))
	if binary.LittleEndian.Uint32(trailer[0:]) != skippable || binary.LittleEndian.Uint32(trailer[4:]) != 8 || size < 0 {
		return 0, fmt.Errorf("%w: the end of the file is not as it was written", ErrDamaged)
	}
	return size, nil
}

// unpacker reads a packed blob.
type unpacker struct {
	*zstd.Decoder
	file *os.File
}

func unpack(file *os.File) (*unpacker, error) {
	d, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(largestWindow))
	if err != nil {
		return nil, err
	}
	return &unpacker{d, file}, nil
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.Decoder.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// WriteTo is hidden: it would pass by what Read says of errors.
func (u *unpacker) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, readerOnly{u})
}

// readerOnly hides what else a reader can do.
type readerOnly struct{ io.Reader }

// Close implements io.Closer.
func (u *unpacker) Close() error {
	u.Decoder.Close()
	return u.file.Close()
}
