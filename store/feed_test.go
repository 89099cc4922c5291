package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

func fed(t *testing.T, s *store.Store, f store.FeedFilter, low, upto int64, n int) (ids []uuid.UUID, reached int64) {
	t.Helper()
	list, reached, err := s.Feed(context.Background(), "town", f, low, upto, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		ids = append(ids, one.ID)
		if _, err := statements.Reparse(one.Raw); err != nil || one.Version == "" {
			t.Errorf("%s: version %q, %v", one.ID, one.Version, err)
		}
	}
	return ids, reached
}

// TestFeed: in order, voided ones and what voids them, nothing that is being
// deleted, nothing of another tenant, nothing behind the watermark.
func TestFeed(t *testing.T) {
	s := storetest.Open(t)
	about := func(n int, verb, object, actor string) string {
		return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s@stadt.example"},"verb":{"id":"http://example.com/%s"},"object":{"id":"http://example.com/%s"}}`, id(n), actor, verb, object)
	}
	voids := func(n, target int) string {
		return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:admin@stadt.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":%q}}`, id(n), id(target))
	}
	insert(t, s, parse(t, "town", about(1, "read", "fire/1", "ada"), 1001), parse(t, "town", about(2, "passed", "fire", "bob"), 1002), parse(t, "village", about(3, "read", "fire", "ada"), 1003),
		parse(t, "town", about(4, "read", "water", "ada"), 1004), parse(t, "town", voids(5, 1), 1005), parse(t, "town", voids(6, 4), 1006), parse(t, "town", voids(7, 99), 1007), parse(t, "town", about(8, "read", "fire/2", "bob"), 1008))
	for name, tt := range map[string]struct {
		filter    store.FeedFilter
		low, upto int64
		n         int
		want      []int
		reached   int64
	}{
		"everything":             {store.FeedFilter{}, 0, 2000, 100, []int{1, 2, 4, 5, 6, 7, 8}, 2000},
		"up to the watermark":    {store.FeedFilter{}, 0, 1004, 100, []int{1, 2, 4}, 1004},
		"page by page":           {store.FeedFilter{}, 1001, 2000, 2, []int{2, 4}, 1004},
		"one":                    {store.FeedFilter{}, 1003, 1004, 1, []int{4}, 1004},
		"nothing":                {store.FeedFilter{}, 1008, 2000, 100, nil, 2000},
		"by verb":                {store.FeedFilter{Verbs: []string{"http://example.com/re"}}, 0, 2000, 100, []int{1, 4, 5, 6, 7, 8}, 2000},
		"by activity":            {store.FeedFilter{Activities: []string{"http://example.com/fire", "http://example.com/other"}}, 0, 2000, 100, []int{1, 2, 5, 7, 8}, 2000},
		"by agent":               {store.FeedFilter{Agents: []string{"mbox|mailto:b"}}, 0, 2000, 100, []int{2, 7, 8}, 2000},
		"by all of them":         {store.FeedFilter{Verbs: []string{"http://example.com/read"}, Activities: []string{"http://example.com/fire"}, Agents: []string{"mbox|mailto:ada"}}, 0, 2000, 100, []int{1, 5, 7}, 2000},
		"a quote is only a text": {store.FeedFilter{Verbs: []string{`') OR 1 = 1 --`, `\`}}, 0, 2000, 100, []int{7}, 2000},
	} {
		var want []uuid.UUID
		for _, n := range tt.want {
			want = append(want, id(n))
		}
		got, reached := fed(t, s, tt.filter, tt.low, tt.upto, tt.n)
		if !slices.Equal(got, want) || reached != tt.reached {
			t.Errorf("%s: %v up to %d, want %v up to %d", name, got, reached, want, tt.reached)
		}
	}
	if n, err := s.CountFed(context.Background(), "town", store.FeedFilter{}, 1001, 2000); err != nil || n != 6 {
		t.Errorf("%d are counted, %v", n, err)
	}
	job := uuid.New()
	if _, err := s.Choose(context.Background(), "town", job, statements.Selection{IDs: []uuid.UUID{id(2)}}, 2000); err != nil {
		t.Fatal(err)
	}
	s.Hide("town", job)
	if got, _ := fed(t, s, store.FeedFilter{}, 0, 1004, 100); !slices.Equal(got, []uuid.UUID{id(1), id(4)}) {
		t.Errorf("while one is deleted: %v", got)
	}
}
