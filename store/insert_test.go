package store

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
)

// testStore is a store on a fresh database; storetest imports this package,
// so the tests of package store_test hand it in.
var TestStore func(t testing.TB) *Store

func manyRows(t testing.TB, n int) []Row {
	t.Helper()
	rows := make([]Row, n)
	for i := range rows {
		sts, err := statements.Parse([]byte(`{"actor":{"mbox":"mailto:anna@stadt.example"},"verb":{"id":"http://example.com/read"},"object":{"id":"http://example.com/kurs"}}`),
			statements.Options{Edition: statements.V1, Authority: []byte(`{"mbox":"mailto:a@example.com"}`), AuthorityIdentifier: "mbox|mailto:a@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		sts[0].Stamp(int64(1000 + i))
		rows[i] = Row{"town", sts[0]}
	}
	return rows
}

func count(t testing.TB, s *Store, sql string) (n uint64) {
	t.Helper()
	if err := s.conn.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInsertInPiecesIsOnePart(t *testing.T) {
	s := TestStore(t)
	if err := s.conn.Exec(context.Background(), "SYSTEM STOP MERGES statements"); err != nil {
		t.Fatal(err)
	}
	if err := s.Insert(context.Background(), uuid.NewString(), manyRows(t, 3*pieceRows+7)); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"statements", "lookups"} {
		if n := count(t, s, "SELECT count() FROM system.parts WHERE active AND database = currentDatabase() AND table = '"+table+"'"); n != 1 {
			t.Errorf("%s has %d parts, not one", table, n)
		}
	}
	if n := count(t, s, "SELECT count() FROM statements"); n != 3*pieceRows+7 {
		t.Errorf("%d statements, not %d", n, 3*pieceRows+7)
	}
}

// TestInsertCutOffLeavesNothing ends an INSERT after some of its pieces, as a
// crash of this process does.
func TestInsertCutOffLeavesNothing(t *testing.T) {
	s := TestStore(t)
	rows := manyRows(t, 3*pieceRows)
	ctx, cancel := context.WithCancel(context.Background())
	c := newColumns()
	err := s.send(ctx, "cut-"+uuid.NewString(), insertStatements, len(rows), func(from, to int) []any {
		if from == 2*pieceRows {
			cancel()
		}
		c.clear()
		for _, row := range rows[from:to] {
			c.add(row)
		}
		return c.columns()
	})
	if err == nil {
		t.Fatal("the INSERT succeeded although its context had ended")
	}
	if err := s.Kill(context.Background(), "cut-"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count() FROM statements"); n != 0 {
		t.Errorf("%d statements are there", n)
	}
}
