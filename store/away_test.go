package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/store"
	"lernspur/store/storetest"
)

func TestAway(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"refused", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		{"too late", fmt.Errorf("read: %w", os.ErrDeadlineExceeded), true},
		{"cut", fmt.Errorf("read: %w", io.EOF), true},
		{"no connection free", clickhouse.ErrAcquireConnTimeout, true},
		{"no memory", fmt.Errorf("query: %w", &clickhouse.Exception{Code: 241}), true},
		{"unknown table", &clickhouse.Exception{Code: 60}, false},
		{"the client went away", context.Canceled, false},
		{"the time of the request is over", context.DeadlineExceeded, false},
		{"ours", errors.New("a query needs a positive limit"), false},
	}
	for _, test := range tests {
		if got := store.Away(test.err); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	s := storetest.Open(t)
	_, err := s.Conn().Query(context.Background(), "SELECT * FROM nowhere")
	if err == nil || store.Away(err) {
		t.Errorf("a wrong query: away %v, %v", store.Away(err), err)
	}
	s.Close()
	if _, _, _, err := s.Get(context.Background(), "town", id(1), 1); !store.Away(err) {
		t.Errorf("a closed store: %v", err)
	}
}
