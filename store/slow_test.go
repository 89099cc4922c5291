package store_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"lernspur/store"
	"lernspur/store/storetest"
)

// TestLargeReadsMayTakeTheirTime: the driver's limit counts from the beginning
// of a query to its last row; who takes the rows slowly must not run into it.
func TestLargeReadsMayTakeTheirTime(t *testing.T) {
	const limit = 150 * time.Millisecond
	dsn := storetest.DSN(t)
	s, err := store.Open(context.Background(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	const n = 30_000 // more than one query of Rows
	rows := make([]store.Row, n)
	for i := range rows {
		rows[i] = parse(t, "town", simple(i), int64(1000+i))
	}
	insert(t, s, rows...)
	store.SetReadTimeout(t, s, dsn, limit)
	ctx := context.Background()

	got, last := 0, int64(0)
	for st, err := range s.Rows(ctx, "town", math.MinInt64+1, math.MaxInt64) {
		if err != nil {
			t.Fatal(err)
		}
		if st.Stored <= last {
			t.Fatalf("%d comes after %d", st.Stored, last)
		}
		last = st.Stored
		if got++; got == 1 {
			time.Sleep(2 * limit)
		}
	}
	if got != n {
		t.Errorf("%d statements, not %d", got, n)
	}
	groups := 0
	for _, err := range s.LookupRows(ctx, "town", 0, math.MaxInt64) {
		if err != nil {
			t.Fatal(err)
		}
		if groups++; groups == 1 {
			time.Sleep(2 * limit)
		}
	}
	if groups != n {
		t.Errorf("look-ups of %d statements, not of %d", groups, n)
	}
}

func TestOneServer(t *testing.T) {
	_, err := store.Open(context.Background(), "clickhouse://user:geheim@one:9000,two:9000/lernspur", nil)
	if err == nil || !strings.Contains(err.Error(), "2 servers") || strings.Contains(fmt.Sprint(err), "geheim") {
		t.Errorf("the error is %v", err)
	}
}
