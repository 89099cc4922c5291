package lrs

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

// Timeouts bound how long a connection may take. Zero values stand for the
// defaults named there.
type Timeouts struct {
	ReadHeader time.Duration // for the headers of a request; 10 s
	Read       time.Duration // for a whole request: slow bodies are cut; 60 s
	Write      time.Duration // from the headers to the end of the answer; 120 s
	Idle       time.Duration // between requests; 120 s
	MaxHeader  int           // bytes of a request's line and headers; 64 KiB
}

// NewServer makes an HTTP server whose clients cannot hold it up. A handler
// that needs longer moves both deadlines with http.ResponseController: net/http
// ends the context of a request whose read deadline passes, even when its body
// was read long before.
func NewServer(handler http.Handler, logger *zap.Logger, t Timeouts) *http.Server {
	setDefault(&t.ReadHeader, 10*time.Second)
	setDefault(&t.Read, time.Minute)
	setDefault(&t.Write, 2*time.Minute)
	setDefault(&t.Idle, 2*time.Minute)
	setDefault(&t.MaxHeader, 64<<10)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: t.ReadHeader,
		ReadTimeout:       t.Read,
		WriteTimeout:      t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    t.MaxHeader,
	}
	if logger != nil {
		if std, err := zap.NewStdLogAt(logger, zap.DebugLevel); err == nil {
			server.ErrorLog = std
		}
	}
	return server
}
