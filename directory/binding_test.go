package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var registration = uuid.MustParse("3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0001")

func TestCheckTellsWhatAKeyIsBoundTo(t *testing.T) {
	k := open(t, &table{})
	r, secret := create(t, k, NewKey{Tenant: "town", Binding: Binding{
		Actor: `{"name":"Ada","mbox":"mailto:ada@Example.org"}`, Registration: registration,
		ActivityPrefix: "https://course.example/", Origin: "https://content.example:8443",
	}})
	got, err := k.Check(r.ID, secret)
	if err != nil {
		t.Fatal(err)
	}
	want := &Identity{
		KeyID: r.ID, Tenant: "town", Scopes: []string{"all"}, Authority: []byte(r.Authority), AuthorityIdentifier: "account|http://lernspur.local|" + r.ID,
		BoundActor: "mbox|mailto:ada@example.org", BoundAgent: []byte(`{"name":"Ada","mbox":"mailto:ada@Example.org"}`),
		BoundRegistration: registration, BoundActivityPrefix: "https://course.example/", BoundOrigin: "https://content.example:8443",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBindingsThatCannotBe(t *testing.T) {
	store := &table{}
	k := open(t, store)
	for name, b := range map[string]Binding{
		"actor no JSON":          {Actor: "ada"},
		"actor without IFI":      {Actor: `{"name":"ada"}`},
		"anonymous group":        {Actor: `{"objectType":"Group","member":[{"mbox":"mailto:ada@example.org"}]}`},
		"prefix without scheme":  {ActivityPrefix: "course/"},
		"prefix too long":        {ActivityPrefix: "https://course.example/" + strings.Repeat("x", maxPrefix)},
		"before 1970":            {Expires: -1},
		"origin with a path":     {Origin: "https://content.example/"},
		"origin in capitals":     {Origin: "https://Content.example"},
		"origin without a host":  {Origin: "https://"},
		"origin that is no word": {Origin: "null"},
	} {
		if _, _, err := k.Create(t.Context(), NewKey{Scopes: []string{ScopeAll}, Binding: b}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(store.rows) != 0 {
		t.Errorf("%d rows were stored", len(store.rows))
	}
}

func TestAKeyEndsWithItsTime(t *testing.T) {
	var now atomic.Int64
	now.Store(1_700_000_000_000_000)
	k, err := Open(t.Context(), &table{}, Options{Now: func() time.Time { return time.UnixMicro(now.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	r, secret := create(t, k, NewKey{Binding: Binding{Expires: 1_700_000_000_000_010}})
	for at, ok := range map[int64]bool{0: true, 9: true, 10: false, 1000: false} {
		now.Store(1_700_000_000_000_000 + at)
		if _, err := k.Check(r.ID, secret); (err == nil) != ok || err != nil && !errors.Is(err, ErrWrongKey) {
			t.Errorf("after %d µs: %v", at, err)
		}
	}
}

// TestRecordsKeepEverything writes a record as it is stored and reads it back.
func TestRecordsKeepEverything(t *testing.T) {
	want := KeyRecord{
		ID: "k", Tenant: "town", Label: "launch", SecretHash: [32]byte{1, 2, 3}, Scopes: Scopes(), Authority: `{"mbox":"mailto:a@example.org"}`,
		Created: 1, Revoked: 2, Binding: Binding{
			Actor: `{"mbox":"mailto:ada@example.org"}`, Registration: registration, ActivityPrefix: "https://course.example/", Expires: 3, Origin: "https://content.example",
		},
	}
	text, err := encodeKey(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeKey(text)
	if err != nil {
		t.Fatal(err)
	}
	got.ID = want.ID // which stands beside the text
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A key that was stored before there were bindings is bound to nothing.
	old, err := decodeKey(`{"tenant":"t","secret_sha256":"` + strings.Repeat("00", 32) + `","scopes":["all"],"authority":"{}","created":1}`)
	if err != nil || old.Binding != (Binding{}) {
		t.Errorf("%+v, %v", old, err)
	}
	// A damaged binding must not widen a key.
	if _, err := decodeKey(strings.Replace(text, registration.String(), "nothing", 1)); err == nil {
		t.Error("a damaged registration was read")
	}
}

// TestKeysTogether makes, checks, revokes, lists and reads keys at once; it is
// for the race detector. A key is in force from the moment Create returns until
// Revoke is called, whatever else happens.
func TestKeysTogether(t *testing.T) {
	k := open(t, &table{})
	var wait sync.WaitGroup
	done := make(chan struct{})
	wait.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := k.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
				k.List("")
			}
		}
	})
	var makers sync.WaitGroup
	for n := range 4 {
		makers.Go(func() {
			for range 50 {
				r, secret, err := k.Create(t.Context(), NewKey{Tenant: fmt.Sprint(n), Scopes: []string{ScopeAll}})
				if err != nil {
					t.Error(err)
					return
				}
				for range 10 {
					if _, err := k.Check(r.ID, secret); err != nil {
						t.Error("a new key:", err)
					}
				}
				if err := k.Revoke(t.Context(), r.ID); err != nil {
					t.Error(err)
				}
				if _, err := k.Check(r.ID, secret); !errors.Is(err, ErrWrongKey) {
					t.Error("a revoked key:", err)
				}
			}
		})
	}
	makers.Wait()
	close(done)
	wait.Wait()
	if list := k.List(""); len(list) != 200 || slices.ContainsFunc(list, func(r KeyRecord) bool { return r.Revoked == 0 }) {
		t.Errorf("%d keys", len(list))
	}
}

// BenchmarkCreate is what one more key costs beside many, without the store.
func BenchmarkCreate(b *testing.B) {
	for _, n := range []int{0, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k, err := Open(b.Context(), &table{}, Options{})
			if err != nil {
				b.Fatal(err)
			}
			add := func() {
				if _, _, err := k.Create(b.Context(), NewKey{Scopes: []string{ScopeAll}}); err != nil {
					b.Fatal(err)
				}
			}
			for range n {
				add()
			}
			for b.Loop() {
				add()
			}
		})
	}
}
