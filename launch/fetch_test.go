package launch

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"lernspur/catalog"

	"github.com/google/uuid"
)

// TestStrangersLeaveNothing: whoever asks the fetch URL without knowing a secret
// does not grow what is in memory, and does not wait for, or hold up, a session.
func TestStrangersLeaveNothing(t *testing.T) {
	b := newBench(t)
	if err := b.open(); err != nil {
		t.Fatal(err)
	}
	b.restart() // nothing is in memory
	ask := func(tenant string, registration uuid.UUID) {
		t.Helper()
		w := httptest.NewRecorder()
		path := FetchBase + base64.RawURLEncoding.EncodeToString([]byte(tenant)) + "." + registration.String() + ".guessed"
		b.fetch(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil))
		if want := `{"error-code":"2","error-text":"this address belongs to no session"}`; w.Code != 200 || w.Body.String() != want {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	for range 1000 {
		ask("t", uuid.New())
		ask(uuid.NewString(), b.launch.Registration)
	}
	if n := len(b.board.entries); n != 0 {
		t.Errorf("%d entries after questions about registrations that are not there", n)
	}
	ask("t", b.launch.Registration) // it is there
	if n := len(b.board.entries); n != 0 {
		t.Errorf("%d entries after a guess at one that is there", n)
	}
	// While somebody else has the registration, a guess is answered at once.
	err := b.locked(t.Context(), place{"t", b.launch.Registration}, func(*entry, *State) error {
		ask("t", b.launch.Registration)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTokensEndWithTheLaunch: what content gets is not good for longer than the
// link that it was opened by.
func TestTokensEndWithTheLaunch(t *testing.T) {
	b := newBench(t)
	now := b.Service.now()
	for name, tc := range map[string]struct{ launch, want int64 }{
		"a launch that goes on": {now + 13*3600e6, now + 12*3600e6}, "one that ends before": {now + 60e6, now + 60e6},
	} {
		if got := b.until(&catalog.Launch{Expires: tc.launch}, now); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got-now, tc.want-now)
		}
	}
}
