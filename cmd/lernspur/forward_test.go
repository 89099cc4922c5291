package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
	"time"
)

// TestForwardingOutlivesAKill: the server is killed (SIGKILL) when another store has
// taken a batch and before the answer is there, several times. The commands show how far it is.
func TestForwardingOutlivesAKill(t *testing.T) {
	var mu sync.Mutex
	has := map[string]bool{}
	taken := make(chan struct{})
	hold := true
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var list []struct{ ID string }
		if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
			w.WriteHeader(400)
			return
		}
		ids := []string{}
		mu.Lock()
		for _, st := range list {
			ids, has[st.ID] = append(ids, st.ID), true
		}
		held := hold
		mu.Unlock()
		if held {
			select {
			case taken <- struct{}{}:
				<-r.Context().Done()
			case <-r.Context().Done():
			}
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(ids) // it is gone otherwise
	}))
	defer other.Close()
	p, _ := newSharedPlace(t)
	p.env = append(p.env, "LERNSPUR_OUTGOING_NETWORKS=127.0.0.0/8")
	s := p.serve(t)
	key, secret := s.key, s.secret
	added := p.run(t, "geheim\n", "forward", "add", other.URL+"/xapi", "--user", "town", "--name", "Landesamt")
	id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(added.out)
	if id == "" {
		t.Fatalf("%+v", added)
	}
	n := 0
	for range 3 {
		for range 5 {
			n++
			if status, answer := s.request(t, "POST", "/xapi/statements", statement(n)); status != 200 {
				t.Fatal(status, answer)
			}
		}
		select {
		case <-taken:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing is forwarded")
		}
		s.kill(t)
		s = p.serve(t)
		s.key, s.secret = key, secret
	}
	mu.Lock()
	hold = false
	mu.Unlock()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		mu.Lock()
		there := len(has)
		mu.Unlock()
		if there == n {
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("the other side has %d of %d: %s", there, n, p.must(t, "forward", "list"))
		}
		select {
		case <-taken: // one that was held
		default:
		}
	}
	contains(t, p.must(t, "forward", "pause", id), "paused "+id)
	contains(t, p.must(t, "forward", "list"), id, "paused", "Landesamt", other.URL+"/xapi")
	p.must(t, "forward", "resume", id)
	contains(t, p.must(t, "forward", "refused", id), "STATEMENT")
	p.must(t, "forward", "retry", id)
	p.must(t, "forward", "remove", id)
	if wrong := p.run(t, "", "forward", "add", "https://other.example", "--user", "town"); wrong.code == 0 {
		t.Errorf("without a secret: %+v", wrong)
	}
	made := p.must(t, "webhook", "add", other.URL, "--event", "course.passed")
	contains(t, made, "whsec_", "shown only now")
	hook := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(made)
	contains(t, p.must(t, "webhook", "list"), hook, "course.passed")
	contains(t, p.must(t, "webhook", "rotate", hook), "whsec_")
	p.must(t, "webhook", "rotate", hook, "--end")
	p.must(t, "webhook", "pause", hook)
	p.must(t, "webhook", "resume", hook)
	contains(t, p.must(t, "webhook", "dead", hook), "EVENT")
	p.must(t, "webhook", "retry", hook)
	p.must(t, "webhook", "remove", hook)
	contains(t, p.must(t, "digest", "list"), "WEEK")
	if wrong := p.run(t, "", "digest", "send", "nobody"); wrong.code == 0 {
		t.Errorf("without a mail server: %+v", wrong)
	}
}
