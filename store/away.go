package store

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// passing are the codes of the exceptions that say something of the moment and
// not of the query: a time-out, too many queries, a network error, no memory, a
// server that is stopping.
var passing = map[int32]bool{159: true, 202: true, 209: true, 210: true, 236: true, 241: true, 394: true}

// Away tells whether err means that the database does not answer now, and that
// the same question may be answered later. The end of a context does not.
func Away(err error) bool {
	var exception *clickhouse.Exception
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &exception):
		return passing[exception.Code]
	}
	for _, gone := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, clickhouse.ErrAcquireConnTimeout, clickhouse.ErrConnectionClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return errors.As(err, &network)
}
