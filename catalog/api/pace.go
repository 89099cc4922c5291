package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"lernspur/pace"
)

// errSlow means that bytes did not come in time.
var errSlow = errors.New("too slow")

// pace is that of a request that brings or takes a package.
func (a *API) pace(w http.ResponseWriter) *pace.Pace {
	p := pace.New(w, a.opts.Patience, a.opts.Rate)
	p.Until(time.Now().Add(a.opts.Patience))
	return p
}

// uploadReader is a body that is read at a pace; end is called behind it.
type uploadReader struct {
	pace.Reader
	end func()
}

// Read implements io.Reader.
func (r *uploadReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		r.end()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errSlow
	}
	return n, err
}
