package records

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"lernspur/apiv1"
	"lernspur/statements"

	"github.com/google/uuid"
)

// TestBoundsNarrowEveryQuestion: what a key is bound to goes into the query,
// whatever the filters are.
func TestBoundsNarrowEveryQuestion(t *testing.T) {
	bounds := statements.Bounds{Actor: "mbox|mailto:ada@stadt.example", Registration: uuid.UUID{1}, ActivityPrefix: "https://kurs.example/"}
	d, _, server := served(t, func(o *Options) {
		o.Door.Identify = func(*http.Request) (*apiv1.Identity, error) {
			return &apiv1.Identity{KeyID: "key", Tenant: "town", Scopes: []string{"all"}, Bounds: bounds}, nil
		}
	})
	if r := ask(t, server, "GET", "/count?verb=http%3A%2F%2Fexample.com%2Fread", "all"); r.StatusCode != 200 {
		t.Fatal(r.Status)
	}
	if want := (statements.Query{Verb: "http://example.com/read", Bounds: bounds, Upto: d.asked[0].Upto}); !reflect.DeepEqual(d.asked[0], want) {
		t.Errorf("asked %+v, want %+v", d.asked[0], want)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		refused    apiv1.Refused
		retryAfter string
	}{
		{apiv1.Refused{Status: 403, Reason: "another origin"}, ""},
		{apiv1.Refused{Status: 429, RetryAfter: 1500 * time.Millisecond, Reason: "too many"}, "2"},
		{apiv1.Refused{Status: 503, RetryAfter: 10 * time.Second, Reason: "the issuer is away"}, "10"},
	} {
		_, _, server := served(t, func(o *Options) {
			o.Door.Identify = func(*http.Request) (*apiv1.Identity, error) { return nil, &c.refused }
		})
		r := ask(t, server, "GET", "/count", "all")
		if r.StatusCode != c.refused.Status || r.Header.Get("Retry-After") != c.retryAfter {
			t.Errorf("%+v: %d, Retry-After %q", c.refused, r.StatusCode, r.Header.Get("Retry-After"))
		}
	}
}
