package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Key is an API key as it is shown.
type Key struct {
	ID, Label string
	Scopes    []string
	// Created, Revoked and Expires are in microseconds since 1970; 0 is none.
	Created, Revoked, Expires int64
	Bound                     bool // to an actor, a registration, activities or an origin
}

// ErrKey means that what was asked for cannot be a key, or that there is no such
// key.
var ErrKey = errors.New("no such key")

// Keys keeps API keys. Errors: ErrKey, and internal ones.
type Keys interface {
	// List are the keys that people have made, the newest first; Scopes all that a key can
	// hold, the widest first.
	List(tenant string) []Key
	Scopes() []string
	// Create makes a key; the secret is answered here and nowhere else.
	Create(ctx context.Context, tenant, label string, scopes []string) (key Key, secret string, err error)
	// Revoke ends a key of the tenant.
	Revoke(ctx context.Context, tenant, id string) error
}

// keysPage is what the page of keys shows.
type keysPage struct {
	Active, Revoked []Key
	Scopes          []string
	Label           string
	Chosen          map[string]bool
	// Made is the id of the key that was just made, Secret its secret.
	Made, Secret string
}

// keys shows the keys of the tenant.
func (s *Site) keys(q *request) error {
	return s.showKeys(q, http.StatusOK, keysPage{}, nil)
}

func (s *Site) showKeys(q *request, status int, body keysPage, wrong []fieldError) error {
	for _, k := range s.deps.Keys.List(q.who.Tenant) {
		if k.Revoked != 0 {
			body.Revoked = append(body.Revoked, k)
		} else {
			body.Active = append(body.Active, k)
		}
	}
	body.Scopes = s.deps.Keys.Scopes()
	return q.show(status, "keys", &view{Title: q.words.t("menu.keys"), Answer: q.words.tn("keys.answer", len(body.Active)), Body: body, Errors: wrong})
}

// makeKey makes a key and shows its secret, this once.
func (s *Site) makeKey(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	body := keysPage{Label: strings.TrimSpace(values.Get("label")), Chosen: map[string]bool{}}
	var wrong []fieldError
	if body.Label == "" || len(body.Label) > 200 {
		wrong = append(wrong, fieldError{"label", q.words.t("invalid.label")})
	}
	var scopes []string
	for _, scope := range s.deps.Keys.Scopes() {
		if slices.Contains(values["scope"], scope) {
			scopes, body.Chosen[scope] = append(scopes, scope), true
		}
	}
	if len(scopes) == 0 {
		wrong = append(wrong, fieldError{"scope", q.words.t("invalid.scope")})
	}
	if len(wrong) > 0 {
		return s.showKeys(q, http.StatusUnprocessableEntity, body, wrong)
	}
	key, secret, err := s.deps.Keys.Create(q.r.Context(), q.who.Tenant, body.Label, scopes)
	if err != nil {
		return keyProblem(err)
	}
	return s.showKeys(q, http.StatusOK, keysPage{Made: key.ID, Secret: secret}, nil)
}

// revokeKey ends a key.
func (s *Site) revokeKey(q *request) error {
	if err := s.deps.Keys.Revoke(q.r.Context(), q.who.Tenant, q.r.PathValue("key")); err != nil {
		return keyProblem(err)
	}
	q.to("/keys?done=revoked")
	return nil
}

func keyProblem(err error) error {
	if errors.Is(err, ErrKey) {
		return &problem{status: http.StatusNotFound, key: "nothing"}
	}
	return err
}
