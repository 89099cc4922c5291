package signin

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"lernspur/documents"
	"lernspur/web/visitor"
)

// slowReads holds a read up after it has been made.
type slowReads struct {
	*memory
	read, goOn chan struct{}
}

func (s *slowReads) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, err := s.memory.Document(ctx, key)
	s.read <- struct{}{}
	<-s.goOn
	return d, err
}

// TestWhatWasReadBeforeAChangeIsNotRemembered: a read that was made before an
// account was disabled, and comes back after it, must not let anybody in later.
func TestWhatWasReadBeforeAChangeIsNotRemembered(t *testing.T) {
	records := &slowReads{newMemory(), make(chan struct{}), make(chan struct{})}
	shelf := newShelf[Account](records, accountKey)
	put := func(disabled bool) {
		_, err := shelf.change(t.Context(), "default", "ada", func(*Account) (*Account, bool, error) {
			return &Account{ID: "ada", Disabled: disabled}, false, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	put(false)
	done := make(chan bool)
	get := func() {
		a, err := shelf.get(t.Context(), "default", "ada")
		done <- err == nil && !a.Disabled
	}
	go get()
	<-records.read
	put(true)
	records.goOn <- struct{}{}
	if !<-done {
		t.Fatal("the first read was of before")
	}
	go get()
	<-records.read // it is asked again
	records.goOn <- struct{}{}
	if <-done {
		t.Error("an old account is remembered")
	}
	go get()
	if <-done {
		t.Error("an old account is remembered")
	}
}

// TestMemoryIsBounded looks at more records than are remembered.
func TestMemoryIsBounded(t *testing.T) {
	shelf := newShelf[session](newMemory(), sessionKey)
	for n := range maxKnown + 100 {
		id := fmt.Sprint(n)
		if _, err := shelf.change(t.Context(), "t", id, func(*session) (*session, bool, error) { return &session{}, false, nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := shelf.get(t.Context(), "t", id); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(shelf.known); n > maxKnown {
		t.Errorf("%d are remembered", n)
	}
}

// TestDisablingAmidRequests: no request that begins after Edit has returned gets
// in, whatever is under way.
func TestDisablingAmidRequests(t *testing.T) {
	s := newSite(t, nil)
	s.account(t, "default", "ada", visitor.Learner)
	const people = 4
	browsers := make([]*browser, people)
	for n := range browsers {
		browsers[n] = s.browser(t)
		browsers[n].signIn("default", "ada", goodPassword)
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for _, b := range browsers {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					b.get("/page")
				}
			}
		})
	}
	for range 20 {
		for _, disabled := range []bool{true, false} {
			if _, err := s.Edit(t.Context(), "default", "ada", "", Profile{Disabled: &disabled}); err != nil {
				t.Fatal(err)
			}
			for _, b := range browsers {
				if page := b.get("/page"); page.Request.URL.Path == "/page" {
					t.Error("somebody gets in after the account was disabled")
				}
			}
		}
	}
	close(stop)
	wait.Wait()
}
