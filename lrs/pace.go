package lrs

import (
	"io"
	"net/http"
	"time"
)

// pace lets a request with attachments take longer than others as long as it
// moves on: each time another stride of bytes has passed, the deadlines of the
// connection are moved. On average LeastRate is asked for, Patience aside, so a
// client can hold a connection only as long as it pays for that in bytes.
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

func (a *API) pace(x *exchange) *pace {
	return &pace{
		control: http.NewResponseController(x.ResponseWriter), started: time.Now(),
		patience: a.opts.Patience, rate: a.opts.LeastRate, next: stride,
	}
}

// move counts bytes that have passed.
func (p *pace) move(n int) {
	p.passed += int64(n)
	if p.passed < p.next {
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

// pacedReader is a body that is read at a pace.
type pacedReader struct {
	from io.Reader
	pace *pace
}

func (r *pacedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.pace.move(n)
	return n, err
}
