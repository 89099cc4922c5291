package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// table is a KeyStore in memory that keeps every version, as the real one
// does until it merges, and can be told to fail. What the real one does is
// tested where it is.
type table struct {
	mu   sync.Mutex
	rows []KeyRecord
	fail error
}

func (s *table) ListKeys(context.Context) ([]KeyRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	newest := map[string]KeyRecord{}
	for _, r := range s.rows {
		if r.Version >= newest[r.ID].Version {
			newest[r.ID] = r
		}
	}
	var list []KeyRecord
	for _, r := range newest {
		list = append(list, r)
	}
	return list, nil
}

func (s *table) PutKey(_ context.Context, r KeyRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.rows = append(s.rows, r)
	return nil
}

func (s *table) DeleteKeys(_ context.Context, ids []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.rows = slices.DeleteFunc(s.rows, func(r KeyRecord) bool { return slices.Contains(ids, r.ID) })
	return nil
}

func open(t *testing.T, store KeyStore) *Keys {
	t.Helper()
	now := time.UnixMicro(1_700_000_000_000_000)
	k, err := Open(t.Context(), store, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func create(t *testing.T, k *Keys, n NewKey) (KeyRecord, string) {
	t.Helper()
	if n.Scopes == nil {
		n.Scopes = []string{ScopeAll}
	}
	r, secret, err := k.Create(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return r, secret
}

func TestCreateMakesWhatCheckKnows(t *testing.T) {
	store := &table{}
	k := open(t, store)
	r, secret := create(t, k, NewKey{Tenant: "town", Label: "H5P", Scopes: []string{ScopeStatementsWrite}})

	if !regexp.MustCompile(`^[a-z2-7]{12}$`).MatchString(r.ID) {
		t.Errorf("id %q", r.ID)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(secret) {
		t.Errorf("a secret of 256 bits has 43 characters, not %d", len(secret))
	}
	want := KeyRecord{
		ID: r.ID, Tenant: "town", Label: "H5P", SecretHash: sha256.Sum256([]byte(secret)),
		Scopes:    []string{"statements/write"},
		Authority: `{"objectType":"Agent","account":{"homePage":"http://lernspur.local","name":"` + r.ID + `"}}`,
		Created:   1_700_000_000_000_000, Version: 1_700_000_000_000_000,
	}
	if diff := cmp.Diff([]KeyRecord{want}, store.rows); diff != "" {
		t.Error(diff)
	}
	got, err := k.Check(r.ID, secret)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Identity{
		KeyID: r.ID, Tenant: "town", Scopes: []string{"statements/write"}, Authority: []byte(want.Authority),
		AuthorityIdentifier: "account|http://lernspur.local|" + r.ID,
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckRefuses(t *testing.T) {
	k := open(t, &table{})
	a, secretA := create(t, k, NewKey{})
	b, secretB := create(t, k, NewKey{})
	if err := k.Revoke(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ id, secret string }{
		"unknown key":         {"nobody", secretA},
		"empty key":           {"", ""},
		"wrong secret":        {a.ID, secretB},
		"empty secret":        {a.ID, ""},
		"secret cut":          {a.ID, secretA[:42]},
		"the hash for secret": {a.ID, string(a.SecretHash[:])},
		"revoked":             {b.ID, secretB},
	} {
		if id, err := k.Check(c.id, c.secret); !errors.Is(err, ErrWrongKey) || id != nil {
			t.Errorf("%s: %v, %v", name, id, err)
		}
	}
	if _, err := k.Check(a.ID, secretA); err != nil {
		t.Error(err)
	}
}

func TestCreateRefuses(t *testing.T) {
	store := &table{}
	k := open(t, store)
	for name, n := range map[string]NewKey{
		"no scope":              {},
		"unknown scope":         {Scopes: []string{"statements/delete"}},
		"scope in capitals":     {Scopes: []string{"ALL"}},
		"tenant with a space":   {Scopes: []string{ScopeAll}, Tenant: "a town"},
		"tenant with a colon":   {Scopes: []string{ScopeAll}, Tenant: "a:b"},
		"label too long":        {Scopes: []string{ScopeAll}, Label: string(make([]byte, 201))},
		"authority no JSON":     {Scopes: []string{ScopeAll}, Authority: "admin"},
		"authority without IFI": {Scopes: []string{ScopeAll}, Authority: `{"name":"admin"}`},
	} {
		if _, _, err := k.Create(t.Context(), n); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(store.rows) != 0 {
		t.Errorf("%d rows were stored", len(store.rows))
	}
}

func TestEnsure(t *testing.T) {
	store := &table{}
	k := open(t, store)
	for _, step := range []struct {
		name, secret string
		created      bool
		rows         int
	}{
		{"absent: created", "first secret of the town", true, 1},
		{"the same again: nothing happens", "first secret of the town", false, 1},
		{"another secret: replaced", "second secret of the town", false, 2},
	} {
		created, err := k.Ensure(t.Context(), "town", step.secret)
		if err != nil || created != step.created || len(store.rows) != step.rows {
			t.Fatalf("%s: created %v, %d rows, %v", step.name, created, len(store.rows), err)
		}
		id, err := k.Check("town", step.secret)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if id.Tenant != "default" || !cmp.Equal(id.Scopes, []string{"all"}) {
			t.Errorf("%s: %+v", step.name, id)
		}
	}
	if _, err := k.Check("town", "first secret of the town"); !errors.Is(err, ErrWrongKey) {
		t.Errorf("the replaced secret: %v", err)
	}
	// The clock of the test stands still; the versions rise all the same.
	if a, b := store.rows[0].Version, store.rows[1].Version; b <= a {
		t.Errorf("version %d after %d", b, a)
	}
	if err := k.Revoke(t.Context(), "town"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Ensure(t.Context(), "town", "third"); !errors.Is(err, ErrRevoked) {
		t.Errorf("a revoked key came back: %v", err)
	}
	for _, bad := range []string{"", "a:b", "a b", "ä"} {
		if _, err := k.Ensure(t.Context(), bad, "secret"); !errors.Is(err, ErrInvalid) {
			t.Errorf("key %q: %v", bad, err)
		}
	}
	if _, err := k.Ensure(t.Context(), "fine", ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("empty secret: %v", err)
	}
}

func TestEnsureFirst(t *testing.T) {
	k := open(t, &table{})
	r, secret, err := k.EnsureFirst(t.Context())
	if err != nil || r.ID == "" {
		t.Fatal(r, err)
	}
	if _, err := k.Check(r.ID, secret); err != nil {
		t.Error(err)
	}
	again, secret, err := k.EnsureFirst(t.Context())
	if err != nil || again.ID != "" || secret != "" {
		t.Errorf("a second first key: %v, %v", again.ID, err)
	}
}

func TestRevoke(t *testing.T) {
	store := &table{}
	k := open(t, store)
	r, _ := create(t, k, NewKey{})
	if err := k.Revoke(t.Context(), "nobody"); !errors.Is(err, ErrNoKey) {
		t.Errorf("unknown: %v", err)
	}
	for range 2 {
		if err := k.Revoke(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.rows) != 2 || store.rows[1].Revoked == 0 {
		t.Errorf("rows %+v", store.rows)
	}
}

func TestListIsByTenantAndAge(t *testing.T) {
	now := time.UnixMicro(1)
	k, err := Open(t.Context(), &table{}, Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for range 3 {
		r, _ := create(t, k, NewKey{Tenant: "a"})
		want = append(want, r.ID)
		create(t, k, NewKey{Tenant: "b"})
	}
	var got []string
	for _, r := range k.List("a") {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(k.List("")); n != 6 {
		t.Errorf("%d keys in all", n)
	}
}

func TestOtherProcessesAreSeen(t *testing.T) {
	store := &table{}
	here, there := open(t, store), open(t, store)
	r, secret := create(t, there, NewKey{})
	if _, err := here.Check(r.ID, secret); err == nil {
		t.Fatal("known before it was read")
	}
	// Revoking reads first, so it works on a key that this process has not
	// seen yet.
	if err := here.Revoke(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := there.Check(r.ID, secret); err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := there.Check(r.ID, secret); !errors.Is(err, ErrWrongKey) {
		t.Errorf("revoked elsewhere: %v", err)
	}
}

func TestRunRefreshes(t *testing.T) {
	store := &table{}
	here, err := Open(t.Context(), store, Options{Interval: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	go here.Run(t.Context())
	r, secret := create(t, open(t, store), NewKey{})
	deadline := time.Now().Add(5 * time.Second)
	for {
		if _, err := here.Check(r.ID, secret); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not seen after 5 s")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFailuresOfTheStore(t *testing.T) {
	store := &table{}
	k := open(t, store)
	r, secret := create(t, k, NewKey{})
	store.fail = errors.New("away")
	if err := k.Refresh(t.Context()); !errors.Is(err, store.fail) {
		t.Errorf("refresh: %v", err)
	}
	if _, _, err := k.Create(t.Context(), NewKey{Scopes: []string{ScopeAll}}); !errors.Is(err, store.fail) {
		t.Errorf("create: %v", err)
	}
	if n := len(k.List("")); n != 1 {
		t.Errorf("%d keys in force, of which one was stored", n)
	}
	if _, err := k.Check(r.ID, secret); err != nil {
		t.Errorf("the key read before is gone: %v", err)
	}
	if _, err := Open(t.Context(), store, Options{}); !errors.Is(err, store.fail) {
		t.Errorf("open: %v", err)
	}
}

func TestOneDamagedRowLocksNobodyOut(t *testing.T) {
	store := &table{}
	r, secret := create(t, open(t, store), NewKey{})
	store.rows = append(store.rows, KeyRecord{ID: "broken", Tenant: "t", Authority: "{", Version: 1})
	k := open(t, store)
	if _, err := k.Check(r.ID, secret); err != nil {
		t.Error(err)
	}
	if _, err := k.Check("broken", ""); !errors.Is(err, ErrWrongKey) {
		t.Error(err)
	}
}

func BenchmarkCheck(b *testing.B) {
	k, err := Open(b.Context(), &table{}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	r, secret, err := k.Create(b.Context(), NewKey{Scopes: []string{ScopeAll}})
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct{ id, secret string }{
		"right": {r.ID, secret}, "wrong": {r.ID, newSecret()}, "unknown": {newID(), newSecret()},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = k.Check(c.id, c.secret)
			}
		})
	}
}
