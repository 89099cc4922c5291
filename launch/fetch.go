package launch

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// FetchBase is the path of the fetch URL (8.2), before its last part.
const FetchBase = "/cmi5/fetch/"

// The error codes of the fetch URL (8.2.3.2).
const (
	codeUsed        = "1"
	codeSecurity    = "2"
	codeApplication = "3"
)

// fetchError is an answer of the fetch URL that has no token.
type fetchError struct{ code, text string }

func (e *fetchError) Error() string { return e.text }

// fetch answers a POST to a fetch URL: once with the token, otherwise with an
// error object, always with 200 (8.2.1, 8.2.3). Content of every origin may ask:
// what is in the address is what it has to know.
func (s *Service) fetch(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	switch r.Method {
	case http.MethodOptions:
		h.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Experience-API-Version")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodPost:
	default:
		h.Set("Allow", "POST, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	token, err := s.token(r.Context(), strings.TrimPrefix(r.URL.Path, FetchBase))
	answer := map[string]string{"auth-token": token}
	if err != nil {
		var known *fetchError
		if !errors.As(err, &known) {
			s.opts.Logger.Error("a token of a cmi5 session could not be made", zap.Error(err))
			known = &fetchError{codeApplication, "the token cannot be made now"}
		}
		answer = map[string]string{"error-code": known.code, "error-text": known.text}
	}
	body, _ := json.Marshal(answer) // strings always marshal
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that left is no error of ours
}

// readFetch takes the last part of a fetch URL apart.
func readFetch(text string) (p place, secret string, ok bool) {
	parts := strings.Split(text, ".")
	if len(text) > 512 || len(parts) != 3 {
		return place{}, "", false
	}
	tenant, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || len(tenant) == 0 {
		return place{}, "", false
	}
	registration, err := uuid.Parse(parts[1])
	return place{string(tenant), registration}, parts[2], err == nil && registration != uuid.Nil
}

// fetches tells whether a secret is that of the last session's fetch URL.
func (s *State) fetches(secret string) bool {
	if s == nil || s.Session == nil {
		return false
	}
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(s.Session.Fetch)) == 1
}

// token makes the auth-token of a session: the user name and password of HTTP
// Basic, encoded as that asks for (8.2.2).
func (s *Service) token(ctx context.Context, text string) (token string, err error) {
	unknown := &fetchError{codeSecurity, "this address belongs to no session"}
	p, secret, ok := readFetch(text)
	if !ok {
		return "", unknown
	}
	// Anybody can ask, so nothing is kept or locked before the secret is known to be
	// right: who guesses leaves no trace in memory and holds nobody up.
	if known, err := s.peek(ctx, p); err != nil {
		return "", err
	} else if !known.fetches(secret) {
		return "", unknown
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	err = s.locked(ctx, p, func(e *entry, state *State) error {
		if !state.fetches(secret) {
			return unknown // there was another launch meanwhile
		}
		session := state.Session
		switch {
		case session.Fetched != 0:
			return &fetchError{codeUsed, "the authorization token has already been returned"}
		case session.Ended != "" || s.now() >= session.Expires:
			return &fetchError{codeUsed, "the session is over"}
		}
		next := state.clone()
		next.Session.Fetched = s.now()
		if _, err := s.keep(ctx, p, e, next); err != nil {
			return err
		}
		key := keyPrefix + session.ID.String()
		password, err := s.opts.Keys.Create(ctx, Token{
			Tenant: p.tenant, ID: key, Label: "cmi5 session", Actor: string(state.Actor),
			Registration: p.registration, Expires: session.Expires,
		})
		if err != nil {
			again := next.clone()
			again.Session.Fetched = 0
			_, kept := s.keep(ctx, p, e, again)
			return errors.Join(err, kept)
		}
		token = base64.StdEncoding.EncodeToString([]byte(key + ":" + password))
		return nil
	})
	return token, err
}
