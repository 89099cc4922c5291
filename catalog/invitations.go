package catalog

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/content/manifest"
	"lernspur/documents"
)

// Invitation is a link by which people register themselves for a course. Whoever
// has it can, within its bounds.
type Invitation struct {
	// Token is only in the answer of Invite; what is kept is its hash.
	Token   string    `json:"-"`
	ID      uuid.UUID `json:"id"`
	Tenant  string    `json:"-"`
	Course  string    `json:"course"`
	Created int64     `json:"created"`
	Expires int64     `json:"expires"`
	Revoked int64     `json:"revoked,omitempty"`
	By      string    `json:"by,omitempty"`
	// Most is how many learners may accept it, 0: any number; Used how many have.
	Most int `json:"most,omitempty"`
	Used int `json:"used,omitempty"`
	// Domain is what mail addresses of those who accept it end with, behind the @;
	// empty: anything.
	Domain string `json:"domain,omitempty"`
	// SignedIn tells that only people who have signed in may accept it; all others
	// are asked for their name and their mail address.
	SignedIn bool `json:"signedIn,omitempty"`
	// Sum is the SHA-256 of the token, hexadecimal.
	Sum string `json:"sum"`
}

// InviteOptions say what an invitation is for.
type InviteOptions struct {
	Course string
	// Lifetime is how long it can be accepted; 0 stands for 30 days, 366 days are
	// the most.
	Lifetime time.Duration
	Most     int
	Domain   string
	SignedIn bool
	By       string
}

const (
	inviteLifetime    = 30 * 24 * time.Hour
	maxInviteLifetime = 366 * 24 * time.Hour
	maxInvited        = 1_000_000
)

func (o *InviteOptions) check() error {
	switch {
	case o.Lifetime == 0:
		o.Lifetime = inviteLifetime
	case o.Lifetime < time.Minute || o.Lifetime > maxInviteLifetime:
		return &Invalid{"expires", fmt.Sprintf("an invitation can be accepted for 1m to %s", maxInviteLifetime)}
	}
	if o.Most < 0 || o.Most > maxInvited {
		return &Invalid{"most", fmt.Sprintf("this is a number from 1 to %d, or 0 for any number", maxInvited)}
	}
	if o.Domain = strings.ToLower(strings.TrimPrefix(o.Domain, "@")); o.Domain == "" {
		return nil
	}
	// The address that it makes is judged like any other.
	if _, err := InvitedLearner("", "somebody@"+o.Domain); err != nil || strings.Contains(o.Domain, "@") {
		return &Invalid{"domain", "this is not the part of a mail address behind the @, such as town.example"}
	}
	return nil
}

// Invite makes an invitation. Its answer is the only place where the token is ever
// seen. Errors: ErrNotFound, *Invalid, *Busy.
func (s *Service) Invite(ctx context.Context, tenant string, o InviteOptions) (*Invitation, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if _, err := s.course(ctx, tenant, o.Course); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	i := &Invitation{Token: newToken(tenant), ID: id, Tenant: tenant, Course: o.Course, Created: s.now(), Expires: s.now() + o.Lifetime.Microseconds(),
		By: o.By, Most: o.Most, Domain: o.Domain, SignedIn: o.SignedIn}
	_, i.Sum, _ = parseToken(i.Token)
	// What finds it first: an invitation that is listed can be accepted.
	name := id.String()
	if _, err := change(ctx, s.deps.Records, invitingKey(tenant, i.Sum), func(*string) (*string, error) { return &name, nil }); err != nil {
		return nil, err
	}
	if _, err := change(ctx, s.deps.Records, invitationKey(tenant, name), func(*Invitation) (*Invitation, error) { return i, nil }); err != nil {
		return nil, err
	}
	return i, nil
}

// Invitations are up to n invitations to a course (empty: to any), also those that
// are over, in the order in which they were made, from the one behind after
// (uuid.Nil: the first) on.
func (s *Service) Invitations(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*Invitation, error) {
	at := ""
	if after != uuid.Nil {
		at = after.String()
	}
	list := []*Invitation{}
	for {
		page, err := s.deps.Records.List(ctx, documents.Range{Shelf: invitationKey(tenant, "").Shelf, AfterID: at, Limit: pageSize})
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			i, err := decode[Invitation](d)
			if err != nil {
				return nil, err
			}
			i.Tenant, at = tenant, d.ID
			if course != "" && i.Course != course {
				continue
			}
			if list = append(list, i); len(list) == n {
				return list, nil
			}
		}
		if len(page) < pageSize {
			return list, nil
		}
	}
}

// RevokeInvitation ends an invitation; whoever has accepted it stays registered.
// Revoking twice is no error. Errors: ErrNotFound, *Busy.
func (s *Service) RevokeInvitation(ctx context.Context, tenant string, id uuid.UUID) (*Invitation, error) {
	return s.changeInvitation(ctx, tenant, id, func(i *Invitation) error {
		if i.Revoked == 0 {
			i.Revoked = s.now()
		}
		return nil
	})
}

func (s *Service) changeInvitation(ctx context.Context, tenant string, id uuid.UUID, edit func(*Invitation) error) (*Invitation, error) {
	i, err := change(ctx, s.deps.Records, invitationKey(tenant, id.String()), func(i *Invitation) (*Invitation, error) {
		if i == nil {
			return nil, ErrNotFound
		}
		return i, edit(i)
	})
	if err != nil {
		return nil, err
	}
	i.Tenant = tenant
	return i, nil
}

// InvitationView is what an invitation tells whoever has it.
type InvitationView struct {
	Tenant, Course     string
	Title, Description manifest.Text
	// Language is that of the course: the first one of its title; empty where it
	// names none.
	Language string
	Expires  int64
	// Open tells that it can be accepted now.
	Open bool
	// SignedIn and Domain are those of the invitation: what it asks.
	SignedIn bool
	Domain   string
}

// Invitation is what the invitation of a token tells, also when it is over. Errors:
// ErrNoInvitation, also when the course is not there any more; *Busy.
func (s *Service) Invitation(ctx context.Context, token string) (*InvitationView, error) {
	i, c, err := s.invitation(ctx, token)
	if err != nil {
		return nil, err
	}
	view := &InvitationView{Tenant: i.Tenant, Course: c.ID, Title: c.Title, Description: c.Description, Expires: i.Expires,
		Open: s.open(i) && (i.Most == 0 || i.Used < i.Most), SignedIn: i.SignedIn, Domain: i.Domain}
	if len(c.Title) > 0 {
		view.Language = c.Title[0].Language
	}
	return view, nil
}

// open tells that an invitation counts, however often it was used.
func (s *Service) open(i *Invitation) bool { return i.Revoked == 0 && s.now() < i.Expires }

func (s *Service) invitation(ctx context.Context, token string) (*Invitation, *Course, error) {
	tenant, sum, ok := parseToken(token)
	if !ok {
		return nil, nil, ErrNoInvitation
	}
	id, err := read[string](ctx, s.deps.Records, invitingKey(tenant, sum))
	if err != nil {
		return nil, nil, err
	}
	if id == nil {
		return nil, nil, ErrNoInvitation
	}
	i, err := read[Invitation](ctx, s.deps.Records, invitationKey(tenant, *id))
	if err != nil {
		return nil, nil, err
	}
	if i == nil || subtle.ConstantTimeCompare([]byte(i.Sum), []byte(sum)) != 1 {
		return nil, nil, ErrNoInvitation
	}
	i.Tenant = tenant
	c, err := s.course(ctx, tenant, i.Course)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, ErrNoInvitation
	}
	return i, c, err
}

// invited is what a learner has of an invitation.
type invited struct {
	At int64 `json:"at"`
}

// Accept registers a learner by an invitation, and answers the registration that
// there is already, however often it is called. Of an invitation for people who
// have signed in the caller knows that this one has; see InvitationView. Errors:
// ErrNoInvitation, of which ErrInvitationOver is one; *Invalid (the learner, or a
// mail address of another domain), *Conflict, *Busy.
//
// The use is counted before it is noted whose it was: a crash in between can count
// a learner twice, and never lets one in too many.
func (s *Service) Accept(ctx context.Context, token string, l Learner) (*Registration, error) {
	i, _, err := s.invitation(ctx, token)
	if err != nil {
		return nil, err
	}
	if !s.open(i) {
		return nil, ErrInvitationOver
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	if i.Domain != "" && !inDomain(l.Identifier, i.Domain) {
		return nil, &Invalid{"mail", "the invitation is for mail addresses of " + i.Domain}
	}
	name := i.ID.String()
	unlock, err := s.accepting.lock(ctx, name+l.Identifier)
	if err != nil {
		return nil, err
	}
	defer unlock()
	ctx, cancel := decided(ctx)
	defer cancel()
	key := invitedKey(i.Tenant, name, l.Identifier)
	known, err := read[invited](ctx, s.deps.Records, key)
	if err != nil {
		return nil, err
	}
	if known == nil {
		if _, err := s.changeInvitation(ctx, i.Tenant, i.ID, func(i *Invitation) error {
			if !s.open(i) || i.Most != 0 && i.Used >= i.Most {
				return ErrInvitationOver
			}
			i.Used++
			return nil
		}); err != nil {
			return nil, err
		}
		if _, err := change(ctx, s.deps.Records, key, func(*invited) (*invited, error) { return &invited{At: s.now()}, nil }); err != nil {
			return nil, err
		}
	}
	r, err := s.Register(ctx, i.Tenant, i.Course, l, RegisterOptions{})
	if errors.Is(err, ErrNotFound) {
		return nil, ErrNoInvitation
	}
	return r, err
}
