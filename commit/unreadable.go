package commit

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// unreadable says in the server's log why what is stored could not be read, of
// which clients learn only that the database is away. While it is, every
// request has the same to say, so it is said once in warnInterval.
type unreadable struct {
	logger *zap.Logger
	last   atomic.Int64 // nanoseconds since 1970
}

const warnInterval = 10 * time.Second

func (u *unreadable) warn(what string, err error) {
	if errors.Is(err, context.Canceled) {
		return // it is the client that left
	}
	now, last := time.Now().UnixNano(), u.last.Load()
	if now-last > int64(warnInterval) && u.last.CompareAndSwap(last, now) {
		u.logger.Warn("what is stored could not be read, and requests that need it are refused", zap.String("what", what), zap.Error(err))
	}
}
