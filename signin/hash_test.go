package signin

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestArgon2 has a vector that the argon2 program of the reference implementation
// made: echo -n "password" | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (its test.c, version 0x13).
func TestArgon2(t *testing.T) {
	const stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := newHasher(cheap)
	for password, want := range map[string]bool{"password": true, "Password": false, "": false} {
		right, stale, err := h.verify(t.Context(), stored, password, func() error { return nil })
		if right != want || !stale || err != nil {
			t.Errorf("%q: %v %v %v", password, right, stale, err)
		}
	}
}

func TestHashes(t *testing.T) {
	h := newHasher(HashOptions{})
	if o := h.opts; o.Memory < 19<<10 || o.Passes < 2 || uint64(o.Memory)*uint64(o.AtOnce) > 64<<10 {
		t.Errorf("the cost is %+v", o)
	}
	h = newHasher(cheap)
	one, err := h.hash(t.Context(), "a")
	two, err2 := h.hash(t.Context(), "a")
	if err != nil || err2 != nil || one == two {
		t.Fatal(one, two, err, err2)
	}
	if right, stale, err := h.verify(t.Context(), one, "a", func() error { return nil }); !right || stale || err != nil {
		t.Error(right, stale, err)
	}
	if right, _, err := h.verify(t.Context(), "", "", func() error { return nil }); right || err != nil {
		t.Error("nobody has a password:", right, err)
	}
	stop := errors.New("stop")
	if _, _, err := h.verify(t.Context(), one, "a", func() error { return stop }); err != stop {
		t.Error(err)
	}
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		strings.Replace(one, "v=19", "v=16", 1), strings.Replace(one, "m=64", "m=4294967295", 1), strings.Replace(one, "t=1", "t=0", 1),
		strings.Replace(one, "p=1", "p=0", 1), strings.Replace(one, "m=64", "m=", 1), one + "!", one[:len(one)-40],
	} {
		if _, _, err := h.verify(t.Context(), bad, "a", func() error { return nil }); err == nil {
			t.Errorf("%q is a hash", bad)
		}
	}
}

// TestFewAtOnce fills all turns: those beyond wait, and those beyond them are
// refused.
func TestFewAtOnce(t *testing.T) {
	h := newHasher(HashOptions{Memory: 64, Passes: 1, AtOnce: 2, Waiting: 1})
	var inside, most int
	var mu sync.Mutex
	hold := make(chan struct{})
	results := make(chan error)
	try := func() {
		_, _, err := h.verify(t.Context(), "", "a", func() error {
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			<-hold
			mu.Lock()
			inside--
			mu.Unlock()
			return nil
		})
		results <- err
	}
	for range 3 {
		go try()
	}
	for len(h.waiting) < 3 {
		time.Sleep(time.Millisecond)
	}
	go try()
	var busy *Busy
	if err := <-results; !errors.As(err, &busy) {
		t.Error(err)
	}
	close(hold)
	for range 3 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if most > 2 {
		t.Errorf("%d at once", most)
	}
}

// TestOldHashesAreRenewed when their password is at hand.
func TestOldHashesAreRenewed(t *testing.T) {
	s := newSite(t, nil)
	before := s.account(t, "default", "ada").Password
	s.hasher = newHasher(HashOptions{Memory: 128, Passes: 2})
	a, err := s.check(t.Context(), "default", "ada", goodPassword, "here")
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Account(t.Context(), "default", "ada")
	if err != nil || after.Password == before || !strings.Contains(after.Password, "m=128,t=2") || after.Epoch != a.Epoch {
		t.Errorf("%v %v", after, err)
	}
	if _, err := s.check(t.Context(), "default", "ada", goodPassword, "here"); err != nil {
		t.Error(err)
	}
}
