package commit

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestUnreadableIsSaidOnce(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	u := &unreadable{logger: zap.New(core)}
	u.warn("ids", fmt.Errorf("asking: %w", context.Canceled))
	if n := logs.Len(); n != 0 {
		t.Fatalf("a client that left is %d warnings", n)
	}
	for range 3 {
		u.warn("ids", errors.New("connection refused"))
	}
	if n := logs.Len(); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
}
