package records

import (
	"net/http"
	"strconv"
	"time"
)

// stream writes server-sent events. The first error stays: whoever flushes
// learns of it.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
	buf     []byte
	err     error
}

func newStream(w http.ResponseWriter, stall time.Duration) *stream {
	return &stream{w: w, control: http.NewResponseController(w), stall: stall}
}

// begin sends the headers. Nothing on the way may keep events back or change
// them.
func (s *stream) begin() {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	// net/http ends a request whose read deadline passes; this one has no end.
	_ = s.control.SetReadDeadline(time.Time{}) // where there is none to move, none ends it
	s.w.WriteHeader(http.StatusOK)
	s.write([]byte("retry: 2000\n\n"))
}

// event sends one event. Every end of a line within data begins a new data
// line: in JSON they can only stand between its parts, where one is as good as
// another.
func (s *stream) event(name string, id int64, data []byte) {
	b := append(s.buf[:0], "event: "...)
	b = append(b, name...)
	b = append(b, "\nid: "...)
	b = strconv.AppendInt(b, id, 10)
	b = append(b, "\ndata: "...)
	for i, c := range data {
		switch {
		case c == '\n' && i > 0 && data[i-1] == '\r':
		case c == '\n', c == '\r':
			b = append(b, "\ndata: "...)
		default:
			b = append(b, c)
		}
	}
	b = append(b, "\n\n"...)
	s.write(b)
	if s.buf = b; cap(b) > 64<<10 {
		s.buf = nil
	}
}

// write sends bytes; each time the client has a while to take them.
func (s *stream) write(b []byte) {
	if s.err != nil {
		return
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(s.stall)) // a recorder of a test has none
	_, s.err = s.w.Write(b)
}

func (s *stream) flush() error {
	if s.err == nil {
		s.err = s.control.Flush()
	}
	return s.err
}
