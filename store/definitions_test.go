package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lernspur/store"
	"lernspur/store/storetest"
)

// defining is a row of a statement about an Activity, by one who may define it.
func defining(t *testing.T, tenant, activity, definition string, stored int64) store.Row {
	t.Helper()
	row := parse(t, tenant, fmt.Sprintf(`{"actor":{"mbox":"mailto:a@b.cd"},"verb":{"id":"http://v.ex/v"},"object":{"id":%q,"definition":%s}}`, activity, definition), stored)
	row.Defines = true
	return row
}

func wantDefinition(t *testing.T, s *store.Store, tenant, activity, want string) {
	t.Helper()
	got, err := s.Definitions(context.Background(), tenant, []string{activity, "http://a.ex/unknown"})
	if err != nil {
		t.Fatal(err)
	}
	if string(got[activity]) != want || len(got) > 1 {
		t.Errorf("%s in %s is %s, want %s", activity, tenant, got, want)
	}
}

const anActivity = "http://a.ex/1"

func TestDefinitionsMerge(t *testing.T) {
	s := storetest.Open(t)
	insert(t, s, defining(t, "town", anActivity, `{"name":{"en":"A"}}`, 10), defining(t, "town", anActivity, `{"name":{"de":"B"}}`, 11))
	wantDefinition(t, s, "town", anActivity, `{"name":{"en":"A","de":"B"}}`)
	insert(t, s, defining(t, "town", anActivity, `{"name":{"en":"C"}}`, 12))
	wantDefinition(t, s, "town", anActivity, `{"name":{"en":"C","de":"B"}}`)
	wantDefinition(t, s, "other", anActivity, "")

	silent := defining(t, "town", anActivity, `{"name":{"en":"D"}}`, 13)
	silent.Defines = false
	large := defining(t, "town", anActivity, `{"name":{"en":"`+strings.Repeat("x", 64<<10)+`"}}`, 14)
	insert(t, s, silent, large, defining(t, "other", anActivity, `{"name":{"en":"E"}}`, 15))
	wantDefinition(t, s, "town", anActivity, `{"name":{"en":"C","de":"B"}}`)
	wantDefinition(t, s, "other", anActivity, `{"name":{"en":"E"}}`)
}

// TestDefinitionsComeBack: one that was sent before, then replaced, then sent
// again, is the latest.
func TestDefinitionsComeBack(t *testing.T) {
	dsn := storetest.DSN(t)
	s := reopen(t, dsn)
	a, b := `{"name":{"en":"A"}}`, `{"name":{"en":"B"}}`
	insert(t, s, defining(t, "town", anActivity, a, 10), defining(t, "town", anActivity, b, 11), defining(t, "town", anActivity, a, 12))
	wantDefinition(t, s, "town", anActivity, a)
	insert(t, s, defining(t, "town", anActivity, b, 13))
	wantDefinition(t, s, "town", anActivity, b)
	insert(t, s, defining(t, "town", anActivity, a, 14))
	wantDefinition(t, s, "town", anActivity, a)
	s = reopen(t, dsn) // which remembers nothing
	insert(t, s, defining(t, "town", anActivity, b, 15))
	wantDefinition(t, s, "town", anActivity, b)
}

// TestDefinitionsOvertake: INSERTs that overtake each other change nothing in
// which definition is the latest.
func TestDefinitionsOvertake(t *testing.T) {
	s := storetest.Open(t)
	a, b := `{"name":{"en":"A"}}`, `{"name":{"en":"B"}}`
	insert(t, s, defining(t, "town", anActivity, a, 10))
	insert(t, s, defining(t, "town", anActivity, a, 30)) // nothing new to it
	insert(t, s, defining(t, "town", anActivity, b, 20))
	wantDefinition(t, s, "town", anActivity, a)
	insert(t, s, defining(t, "town", anActivity, a, 40))
	wantDefinition(t, s, "town", anActivity, a)
	insert(t, s, defining(t, "town", anActivity, b, 60))
	insert(t, s, defining(t, "town", anActivity, a, 50))
	wantDefinition(t, s, "town", anActivity, b)
}

// TestDefinitionsAreWrittenOnce: what is known is not written again.
func TestDefinitionsAreWrittenOnce(t *testing.T) {
	s := storetest.Open(t)
	for i := range 5 {
		insert(t, s, defining(t, "town", anActivity, `{"type":"http://t.ex/1"}`, int64(10+i)), defining(t, "town", anActivity, `{"type":"http://t.ex/1"}`, int64(20+i)))
	}
	var count uint64
	if err := s.Conn().QueryRow(context.Background(), `SELECT count() FROM activity_definitions`).Scan(&count); err != nil || count != 1 {
		t.Errorf("%d rows, %v", count, err)
	}
}

// TestDefinitionsMany: of an activity with very many definitions the latest
// are merged.
func TestDefinitionsMany(t *testing.T) {
	s := storetest.Open(t)
	var rows []store.Row
	for i := range 1200 {
		rows = append(rows, defining(t, "town", anActivity, fmt.Sprintf(`{"extensions":{"http://e.ex/%d":0}}`, i), int64(10+i)))
	}
	insert(t, s, rows...)
	got, err := s.Definitions(context.Background(), "town", []string{anActivity})
	if err != nil {
		t.Fatal(err)
	}
	text := string(got[anActivity])
	if n := strings.Count(text, "http://e.ex/"); n != 1000 || strings.Contains(text, "http://e.ex/199\"") || !strings.HasPrefix(text, `{"extensions":{"http://e.ex/200":0`) {
		t.Errorf("%d merged, beginning with %.80s", n, text)
	}
}

func reopen(t *testing.T, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestDefinitionsFromSeveralInserts: INSERTs at one time leave the latest
// definition the latest, in whichever order they come.
func TestDefinitionsFromSeveralInserts(t *testing.T) {
	s := storetest.Open(t)
	const rounds, at = 5, 4
	for round := range rounds {
		var wait sync.WaitGroup
		for i := range at {
			stored := int64(100*round + 10*i)
			wait.Go(func() {
				// Two after each other: a definition that all have, and one of its own.
				rows := []store.Row{
					defining(t, "town", anActivity, `{"name":{"en":"all"}}`, stored),
					defining(t, "town", anActivity, fmt.Sprintf(`{"name":{"en":"%d"}}`, i), stored+1),
				}
				if err := s.Insert(context.Background(), fmt.Sprintf("many-%d-%d", round, i), rows); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		wantDefinition(t, s, "town", anActivity, fmt.Sprintf(`{"name":{"en":"%d"}}`, at-1))
	}
}
