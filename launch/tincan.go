package launch

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"

	"github.com/google/uuid"
)

// tinCanPrefix is how the ids of keys begin that content of Tin Can gets.
const tinCanPrefix = "tincan-"

// Course is the course that a key was made for; "" for a key that is no launch's,
// and for one of a registration that is not there any more.
func (s *Service) Course(ctx context.Context, tenant, keyID string, registration uuid.UUID) (course string, err error) {
	if h := s.Holder(keyID, tenant, registration); h != nil {
		state, err := s.current(ctx, h.place)
		if err != nil || state == nil {
			return "", err
		}
		return state.Course, nil
	}
	if !strings.HasPrefix(keyID, tinCanPrefix) {
		return "", nil
	}
	r, err := s.opts.Catalog.Registration(ctx, tenant, registration)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	}
	return r.Course, nil
}

// OfLaunch tells whether a key is one that content got at its launch.
func OfLaunch(keyID string) bool {
	return strings.HasPrefix(keyID, tinCanPrefix) || strings.HasPrefix(keyID, keyPrefix)
}

// openActivity launches content of Tin Can: where the endpoint is, a key for it,
// who learns, and in which registration, as parameters of its address.
func (s *Service) openActivity(ctx context.Context, l *catalog.Launch, course *catalog.Course, item *manifest.Item) (string, error) {
	address, err := s.address(ctx, l, item)
	if err != nil {
		return "", err
	}
	if l.Preview() {
		// Without an endpoint such content shows itself and reports nothing.
		return address, nil
	}
	actor, err := actorOf(l.Learner.Actor)
	if err != nil {
		return "", err
	}
	attempt, now := uuid.New(), s.now()
	key := tinCanPrefix + attempt.String() // so that its statements are known to be this attempt's
	secret, err := s.opts.Keys.Create(ctx, Token{
		Tenant: l.Tenant, ID: key, Label: "Tin Can launch", Actor: string(actor), Registration: l.Registration,
		Expires: s.until(l, now),
	})
	if err != nil {
		return "", err
	}
	s.note(ctx, l.Tenant, l.Registration, func(r *catalog.Registration) {
		r.Attempts = append(r.Attempts, catalog.Attempt{ID: attempt, Item: item.ID, Started: now})
		if r.State == catalog.NotStarted || r.State == "" {
			r.State = catalog.Started
		}
	})
	return withQuery(address,
		[2]string{"endpoint", s.opts.Base() + "/xapi/"}, // content puts names of resources behind it
		[2]string{"auth", "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret))},
		[2]string{"actor", string(actor)},
		[2]string{"registration", l.Registration.String()},
		[2]string{"activity_id", course.ItemActivity(item)},
	), nil
}

// actorOf is an Agent without what xAPI 1.0 does not know.
func actorOf(actor json.RawMessage) ([]byte, error) {
	var known struct {
		ObjectType string          `json:"objectType"`
		Name       string          `json:"name,omitempty"`
		Mbox       string          `json:"mbox,omitempty"`
		MboxSHA1   string          `json:"mbox_sha1sum,omitempty"`
		OpenID     string          `json:"openid,omitempty"`
		Account    json.RawMessage `json:"account,omitempty"`
	}
	if err := json.Unmarshal(actor, &known); err != nil {
		return nil, err
	}
	known.ObjectType = "Agent"
	return json.Marshal(known)
}
