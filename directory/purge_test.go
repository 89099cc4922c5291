package directory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"lernspur/directory"
	"lernspur/store/storetest"
)

// TestPurge: what is past its time for a day goes, for the next process as well;
// everything else stays.
func TestPurge(t *testing.T) {
	s := storetest.Open(t)
	now := time.Now()
	open := func() *directory.Keys {
		t.Helper()
		k, err := directory.Open(t.Context(), directory.StoreKeys(s), directory.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	keys := open()
	until := func(id string, ends time.Duration) {
		t.Helper()
		b := directory.Binding{}
		if ends != 0 {
			b.Expires = now.Add(ends).UnixMicro()
		}
		if _, err := keys.CreateAs(t.Context(), id, directory.NewKey{Scopes: []string{"all"}, Binding: b}); err != nil {
			t.Fatal(err)
		}
	}
	until("for-ever", 0)
	until("revoked", 0)
	if err := keys.Revoke(t.Context(), "revoked"); err != nil {
		t.Fatal(err)
	}
	until("tomorrow", 36*time.Hour)
	until("it's-over", time.Hour)
	secret, err := keys.CreateAs(t.Context(), "cmi5-1", directory.NewKey{Scopes: []string{"state"}, Binding: directory.Binding{Expires: now.Add(2 * time.Hour).UnixMicro()}})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(k *directory.Keys) (list []string) {
		for _, r := range k.List("") {
			list = append(list, r.ID)
		}
		slices.Sort(list)
		return list
	}
	for _, step := range []struct {
		after time.Duration
		gone  int
		left  []string
	}{
		{0, 0, []string{"cmi5-1", "for-ever", "it's-over", "revoked", "tomorrow"}},
		{24 * time.Hour, 0, []string{"cmi5-1", "for-ever", "it's-over", "revoked", "tomorrow"}},
		{2 * time.Hour, 2, []string{"for-ever", "revoked", "tomorrow"}},
		{240 * time.Hour, 1, []string{"for-ever", "revoked"}},
	} {
		now = now.Add(step.after)
		n, err := keys.Purge(t.Context())
		if err != nil || n != step.gone {
			t.Errorf("after %s: %d were removed, want %d: %v", step.after, n, step.gone, err)
		}
		for who, k := range map[string]*directory.Keys{"this process": keys, "the next": open()} {
			if got := ids(k); !slices.Equal(got, step.left) {
				t.Errorf("after %s, %s has %q, want %q", step.after, who, got, step.left)
			}
		}
	}
	if _, err := keys.Check("cmi5-1", secret); !errors.Is(err, directory.ErrWrongKey) {
		t.Errorf("a key that was removed: %v", err)
	}
	if err := keys.Refresh(t.Context()); err != nil || len(ids(keys)) != 2 {
		t.Errorf("read again: %q %v", ids(keys), err)
	}
}
