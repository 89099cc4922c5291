package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// pace lets an upload take longer than other requests as long as it moves on:
// each time another stride has passed, the deadlines of the connection are moved.
type pace struct {
	control  *http.ResponseController
	started  time.Time
	patience time.Duration
	rate     int64 // bytes a second
	passed   int64
	next     int64 // the count at which the deadlines are moved
}

const (
	stride = 256 << 10
	// answerTime is what is added for whatever comes behind the bytes.
	answerTime = time.Minute
)

// errSlow means that bytes did not come in time.
var errSlow = errors.New("too slow")

func newPace(w http.ResponseWriter, patience time.Duration, rate int64) *pace {
	p := &pace{control: http.NewResponseController(w), started: time.Now(), patience: patience, rate: rate, next: stride}
	p.until(p.started.Add(patience))
	return p
}

// move counts bytes that have passed.
func (p *pace) move(n int) {
	if p.passed += int64(n); p.passed < p.next {
		return
	}
	p.next = p.passed + stride
	paid := time.Duration(float64(p.passed) / float64(p.rate) * float64(time.Second))
	p.until(p.started.Add(p.patience + paid))
}

// until sets the deadlines. A connection that has none (in a test, through a
// socket) can do without.
func (p *pace) until(t time.Time) {
	_ = p.control.SetReadDeadline(t)
	_ = p.control.SetWriteDeadline(t.Add(answerTime))
}

// pacedReader is a body that is read at a pace; end is called behind it.
type pacedReader struct {
	from io.Reader
	pace *pace
	end  func()
}

// Read implements io.Reader.
func (r *pacedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.pace.move(n)
	switch {
	case errors.Is(err, io.EOF):
		r.end()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errSlow
	}
	return n, err
}

// pacedWriter is an answer that is written at a pace.
type pacedWriter struct {
	to   io.Writer
	pace *pace
}

// Write implements io.Writer.
func (w *pacedWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.pace.move(n)
	return n, err
}
