package signin

import (
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"lernspur/web/visitor"
)

// TestOneAdministratorStays: whoever asks, and however many ask at one time, somebody who
// administers is left.
func TestOneAdministratorStays(t *testing.T) {
	s := newSite(t, nil)
	a, b := s.account(t, "default", "anna", visitor.Administrator), s.account(t, "default", "bert", visitor.Administrator)
	s.account(t, "default", "lena", visitor.Learner)
	s.account(t, "village", "vera", visitor.Administrator)
	disabled := true
	learner := []visitor.Role{visitor.Learner}
	refused := func(what string, err error) {
		t.Helper()
		var conflict *Conflict
		if !errors.As(err, &conflict) || conflict.Why != LastAdmin {
			t.Errorf("%s: %v", what, err)
		}
	}
	var group sync.WaitGroup
	outcome := make([]error, 2)
	for i, ids := range [][2]string{{a.ID, b.ID}, {b.ID, a.ID}} { // each removes the other
		group.Go(func() { outcome[i] = s.Remove(t.Context(), "default", ids[0], ids[1]) })
	}
	group.Wait()
	if (outcome[0] == nil) == (outcome[1] == nil) {
		t.Fatalf("both or none were removed: %v", outcome)
	}
	left := a.ID
	if outcome[0] == nil {
		left = b.ID
	}
	refused("removed by an operator", s.Remove(t.Context(), "default", left, ""))
	_, err := s.Edit(t.Context(), "default", left, "", Profile{Disabled: &disabled})
	refused("disabled", err)
	_, err = s.Edit(t.Context(), "default", left, "", Profile{Roles: &learner})
	refused("another role", err)
	if err := s.Remove(t.Context(), "default", "lena", ""); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	admin := []visitor.Role{visitor.Administrator}
	if _, _, err := s.Create(t.Context(), "default", "otto", "", Profile{Roles: &admin}); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), "default", left, ""); err != nil {
		t.Errorf("with another one there: %v", err)
	}
}

// TestSignOutEverywhere ends sessions at once, and only those of the account.
func TestSignOutEverywhere(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "anna", visitor.Administrator)
	s.account(t, "default", "lena", visitor.Learner)
	anna, lena := s.browser(t), s.browser(t)
	anna.signIn("default", "anna", goodPassword)
	lena.signIn("default", "lena", goodPassword)
	if _, err := s.SignOut(t.Context(), "default", "lena", "anna"); err != nil {
		t.Fatal(err)
	}
	if got := lena.get("/page").Request.URL.Path; got != "/signin" {
		t.Errorf("whose sessions were ended comes to %s", got)
	}
	if got := anna.get("/page").Request.URL.Path; got != "/page" {
		t.Errorf("somebody else comes to %s", got)
	}
	if _, err := s.SignOut(t.Context(), "default", "nobody", "anna"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// TestOneTimePassword: who was told a password does nothing before another one is chosen.
func TestOneTimePassword(t *testing.T) {
	s := newSite(t, nil)
	must, roles := true, []visitor.Role{visitor.Administrator}
	once := OneTimePassword()
	if len(once) < 20 || once == OneTimePassword() || CheckPassword(once) != "" {
		t.Errorf("%q", once)
	}
	if _, _, err := s.Create(t.Context(), "default", "neu", once, Profile{Roles: &roles, MustChange: &must}); err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.signIn("default", "neu", once)
	for _, path := range []string{"/page", "/admin", "/open", "/"} {
		if got := b.get(path).Request.URL.Path; got != "/signin/password" {
			t.Errorf("%s leads to %s", path, got)
		}
	}
	if got := b.get("/api/v1/page"); got.StatusCode != http.StatusForbidden {
		t.Errorf("our own interface: %d", got.StatusCode)
	}
	page := b.get("/signin/password")
	if got := b.submit(page, "/signin/password", url.Values{"old": {once}, "password": {goodPassword}, "repeated": {goodPassword}}); got.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	for _, path := range []string{"/page", "/api/v1/page"} {
		if got := b.get(path); got.StatusCode != http.StatusOK || got.Request.URL.Path != path {
			t.Errorf("%s after it: %d at %s", path, got.StatusCode, got.Request.URL.Path)
		}
	}
	if a, err := s.Account(t.Context(), "default", "neu"); err != nil || a.MustChange {
		t.Errorf("%v %+v", err, a)
	}
}

// TestFailures: wrong passwords are told, and forgotten.
func TestFailures(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "anna", visitor.Administrator)
	for range 3 {
		if _, err := s.check(t.Context(), "default", "anna", "wrong", "192.0.2.1"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	n, until := s.Failures("default", "anna")
	if n != 3 || !until.After(s.clock.now()) {
		t.Errorf("%d until %v", n, until)
	}
	if n, _ := s.Failures("village", "anna"); n != 0 {
		t.Errorf("%d of another tenant", n)
	}
	s.clock.advance(time.Hour)
	if n, _ := s.Failures("default", "anna"); n != 0 {
		t.Errorf("%d are never forgotten", n)
	}
}
