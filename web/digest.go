package web

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"

	"lernspur/web/visitor"
)

// onlyTrainers are those who get digests.
var onlyTrainers = []visitor.Role{visitor.Trainer}

// Digests knows who wants no weekly mail.
type Digests interface {
	// Enabled tells that the tenant's trainers get one.
	Enabled(tenant string) bool
	Off(ctx context.Context, tenant, account string) (bool, error)
	SetOff(ctx context.Context, tenant, account string, off bool) error
	// Token is the word of the address that ends an account's digests.
	Token(tenant, account string) string
}

// digestPage is what the page of the weekly mail shows.
type digestPage struct {
	Enabled, Off bool
	// Unsubscribe is where the form of somebody leads who has not signed in, "" for an
	// account's own page.
	Unsubscribe string
	Ended       bool
}

// digest shows whether the visitor gets a weekly mail.
func (s *Site) digest(q *request) error {
	off, err := s.deps.Digests.Off(q.r.Context(), q.who.Tenant, q.who.Account)
	if err != nil {
		return err
	}
	body := digestPage{Enabled: s.deps.Digests.Enabled(q.who.Tenant), Off: off}
	answer := q.words.t("digest.answer.on")
	switch {
	case !body.Enabled:
		answer = q.words.t("digest.answer.none")
	case off:
		answer = q.words.t("digest.answer.off")
	}
	return q.show(http.StatusOK, "digest", &view{Title: q.words.t("menu.digest"), Answer: answer, Body: body})
}

// setDigest notes what the visitor wants.
func (s *Site) setDigest(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	if err := s.deps.Digests.SetOff(q.r.Context(), q.who.Tenant, q.who.Account, values.Get("digest") != "on"); err != nil {
		return err
	}
	q.to("/settings/digest?done=digest")
	return nil
}

// unsubscribing reads whom an address of a digest is about. Mail programs open
// addresses, so looking changes nothing.
func (s *Site) unsubscribing(q *request) (tenant, account string, err error) {
	v := q.r.URL.Query()
	tenant, account = v.Get("tenant"), v.Get("account")
	if len(tenant)+len(account) > 500 || subtle.ConstantTimeCompare([]byte(v.Get("token")), []byte(s.deps.Digests.Token(tenant, account))) != 1 {
		return "", "", &problem{status: http.StatusNotFound, key: "nothing"}
	}
	return tenant, account, nil
}

// unsubscribe asks whether the weekly mail is to end.
func (s *Site) unsubscribe(q *request) error {
	if _, _, err := s.unsubscribing(q); err != nil {
		return err
	}
	v := q.r.URL.Query()
	address := q.link("/digest/unsubscribe?" + url.Values{"tenant": {v.Get("tenant")}, "account": {v.Get("account")}, "token": {v.Get("token")}}.Encode())
	return q.show(http.StatusOK, "digest", &view{Title: q.words.t("menu.digest"), Answer: q.words.t("digest.ask"), Body: digestPage{Unsubscribe: address}})
}

// endDigest ends it, for a form and for mail programs that do it with one click
// (RFC 8058).
func (s *Site) endDigest(q *request) error {
	tenant, account, err := s.unsubscribing(q)
	if err != nil {
		return err
	}
	if err := s.deps.Digests.SetOff(q.r.Context(), tenant, account, true); err != nil {
		return err
	}
	return q.show(http.StatusOK, "digest", &view{Title: q.words.t("menu.digest"), Answer: q.words.t("digest.ended"), Body: digestPage{Ended: true}})
}
