// Package pace lets a long request take longer than others as long as it moves on.
// It knows connections and their deadlines, and nothing of what passes.
package pace

import (
	"io"
	"net/http"
	"time"
)

// Pace moves the deadlines of a connection each time another stride of bytes has
// passed. On average a least rate is asked for, patience aside, so a client can
// hold a connection only as long as it pays for that in bytes. It belongs to one
// goroutine.
type Pace struct {
	control  *http.ResponseController
	started  time.Time
	patience time.Duration
	rate     int64 // bytes a second
	passed   int64
	next     int64 // the count at which the deadlines are moved
}

const stride = 256 << 10

// AnswerTime is what is added for whatever comes behind the bytes.
const AnswerTime = time.Minute

// New is the pace of the request that w answers; rate is in bytes a second. The
// deadlines stay as they are until Move or Until.
func New(w http.ResponseWriter, patience time.Duration, rate int64) *Pace {
	return &Pace{control: http.NewResponseController(w), started: time.Now(), patience: patience, rate: rate, next: stride}
}

// Move counts bytes that have passed.
func (p *Pace) Move(n int) {
	if p.passed += int64(n); p.passed < p.next {
		return
	}
	p.next = p.passed + stride
	paid := time.Duration(float64(p.passed) / float64(p.rate) * float64(time.Second))
	p.Until(p.started.Add(p.patience + paid))
}

// Until sets the deadlines. A connection that has none (in a test, through a
// socket) can do without.
func (p *Pace) Until(t time.Time) {
	_ = p.control.SetReadDeadline(t)
	_ = p.control.SetWriteDeadline(t.Add(AnswerTime))
}

// Reader reads at a pace.
type Reader struct {
	From io.Reader
	Pace *Pace
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.From.Read(p)
	r.Pace.Move(n)
	return n, err
}

// Writer writes at a pace.
type Writer struct {
	To   io.Writer
	Pace *Pace
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.To.Write(p)
	w.Pace.Move(n)
	return n, err
}
