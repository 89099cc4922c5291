package store_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"lernspur/store/storetest"
)

// TestCancelledQueriesDoNotEndTheEngine: a client that goes away ends its
// query, at any moment, and nothing else.
func TestCancelledQueriesDoNotEndTheEngine(t *testing.T) {
	s := storetest.Open(t)
	engine := storetest.Engine(t)
	before := engine.Restarts()
	queries := map[string]string{
		"short": "SELECT 1", "long": "SELECT sum(number) FROM numbers(20000000)", "many blocks": "SELECT number FROM numbers(3000000)",
	}
	for name, query := range queries {
		cut := 0
		for begun := time.Now(); time.Since(begun) < time.Second; {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(4000))*time.Microsecond)
			rows, err := s.Conn().Query(ctx, query)
			if err == nil {
				for rows.Next() {
				}
				err = rows.Err()
				rows.Close()
			}
			cancel()
			if err != nil {
				cut++
			}
		}
		if cut == 0 {
			t.Errorf("%s: no query was cut", name)
		}
	}
	time.Sleep(200 * time.Millisecond)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if n := engine.Restarts() - before; n != 0 {
		t.Errorf("the engine has ended %d times", n)
	}
}
