package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// MaxElement bounds the bytes of one statement that is read; what the store
// accepts is far below.
const MaxElement = 32 << 20

// mode is how a file holds its statements.
type mode string

const (
	modeUnknown mode = ""
	modeArray   mode = "array"  // one JSON array
	modeLines   mode = "lines"  // NDJSON: one value per line, however damaged
	modeValues  mode = "values" // values one after the other, over any number of lines
)

// State is a place between two statements of a file.
type State struct {
	Offset int64    `json:"offset"` // in the unpacked file
	Line   int      `json:"line"`
	Index  int      `json:"index"` // statements before this place
	Mode   mode     `json:"mode"`
	Chain  [32]byte `json:"chain"` // names everything before this place, see ids.go
}

// Element is one statement of a file. Text is valid until the next one.
type Element struct {
	Text  []byte
	Index int // in the file, from 0
	Line  int // where it begins, from 1
	ID    [16]byte
	After State // the place behind it
}

// SyntaxError is a place at which it cannot be told where statements begin.
type SyntaxError struct {
	Line    int
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Reader takes a file apart.
type Reader struct {
	src   io.Reader
	buf   []byte
	at    int // of the next byte in buf
	end   bool
	state State
	ended bool // the array is closed
}

// Unpack reads src, through gzip if that is what it holds.
func Unpack(src io.Reader) (io.Reader, error) {
	var magic [2]byte
	n, err := io.ReadFull(src, magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	whole := io.MultiReader(bytes.NewReader(magic[:n]), src)
	if n < 2 || magic != [2]byte{0x1f, 0x8b} {
		return whole, nil
	}
	return gzip.NewReader(whole)
}

// NewReader reads an unpacked file from a place that an Element named before;
// the zero State is the beginning.
func NewReader(src io.Reader, from State) (*Reader, error) {
	if from.Line == 0 {
		from.Line = 1
	}
	if _, err := io.CopyN(io.Discard, src, from.Offset); err != nil {
		return nil, fmt.Errorf("going to where the import stopped: %w", err)
	}
	return &Reader{src: src, state: from}, nil
}

// fill reads more; it returns io.EOF when there is nothing more.
func (r *Reader) fill() error {
	if r.end {
		return io.EOF
	}
	if r.at > 0 {
		r.buf = r.buf[:copy(r.buf, r.buf[r.at:])]
		r.at = 0
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = append(make([]byte, 0, max(1<<20, 2*cap(r.buf))), r.buf...)
	}
	n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	if errors.Is(err, io.EOF) {
		r.end = true
		if n > 0 {
			return nil
		}
	}
	return err
}

// peek is the i-th byte ahead; ok is false at the end of the file.
func (r *Reader) peek(i int) (b byte, ok bool, err error) {
	for r.at+i >= len(r.buf) {
		if err := r.fill(); errors.Is(err, io.EOF) {
			return 0, false, nil
		} else if err != nil {
			return 0, false, err
		}
	}
	return r.buf[r.at+i], true, nil
}

// take moves over n bytes, which must have been peeked at.
func (r *Reader) take(n int) []byte {
	text := r.buf[r.at : r.at+n]
	r.state.Line += bytes.Count(text, []byte{'\n'})
	r.state.Offset += int64(n)
	r.at += n
	return text
}

// skipSpace moves to the next byte that is no white space and peeks at it.
func (r *Reader) skipSpace() (b byte, ok bool, err error) {
	for {
		b, ok, err = r.peek(0)
		if err != nil || !ok || b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			return b, ok, err
		}
		r.take(1)
	}
}

// Next answers the next statement, io.EOF behind the last one, a *SyntaxError
// when the file cannot be taken apart.
func (r *Reader) Next() (Element, error) {
	if r.state.Mode == modeUnknown {
		if err := r.begin(); err != nil {
			return Element{}, err
		}
	}
	b, ok, err := r.skipSpace()
	if err != nil {
		return Element{}, err
	}
	if r.state.Mode == modeArray {
		if ok, err = r.nextInArray(b, ok); err != nil {
			return Element{}, err
		}
	}
	if !ok {
		return Element{}, io.EOF
	}
	line := r.state.Line
	length, err := r.length()
	if err != nil {
		return Element{}, err
	}
	text := r.take(length)
	e := Element{Text: text, Index: r.state.Index, Line: line}
	r.state.Index++
	r.state.Chain, e.ID = chain(r.state.Chain, text)
	e.After = r.state
	return e, nil
}

// begin finds out how the file holds its statements.
func (r *Reader) begin() error {
	if _, _, err := r.peek(2); err != nil {
		return err
	}
	if bytes.HasPrefix(r.buf, []byte("\xef\xbb\xbf")) {
		r.take(3)
	}
	b, ok, err := r.skipSpace()
	if err != nil || !ok {
		r.state.Mode = modeValues
		return err
	}
	if b == '[' {
		r.take(1)
		r.state.Mode = modeArray
		return nil
	}
	r.state.Mode = modeLines
	n, err := r.valueLength()
	if err != nil {
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			return nil // a damaged first line; the next ones may be good
		}
		return err
	}
	if bytes.IndexByte(r.buf[r.at:r.at+n], '\n') >= 0 {
		r.state.Mode = modeValues
		return nil
	}
	for i := n; ; i++ {
		b, ok, err := r.peek(i)
		switch {
		case err != nil:
			return err
		case !ok || b == '\n':
			return nil
		case b != ' ' && b != '\t' && b != '\r':
			r.state.Mode = modeValues
			return nil
		}
	}
}

// nextInArray moves over the comma or the end of the array; ok tells whether a
// statement follows. b is the next byte.
func (r *Reader) nextInArray(b byte, any bool) (ok bool, err error) {
	fail := func(message string) (bool, error) { return false, &SyntaxError{r.state.Line, message} }
	switch {
	case r.ended && any:
		return fail("something follows the array")
	case r.ended:
		return false, nil
	case !any:
		return fail("the file ends within the array")
	case b == ']':
		r.take(1)
		r.ended = true
		if _, more, err := r.skipSpace(); err != nil || !more {
			return false, err
		}
		return fail("something follows the array")
	case r.state.Index == 0:
		return true, nil
	case b != ',':
		return fail("expected a comma or the end of the array")
	}
	r.take(1)
	b, any, err = r.skipSpace()
	switch {
	case err != nil:
		return false, err
	case !any:
		return fail("the file ends within the array")
	case b == ']' || b == ',':
		return fail("expected a statement")
	}
	return true, nil
}
