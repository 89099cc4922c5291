package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"

	"lernspur/directory"
	"lernspur/web/visitor"
)

// Profile is what administrators say about an account; nil stays as it is.
type Profile struct {
	Name     *string         `json:"name"`
	Roles    *[]visitor.Role `json:"roles"`
	Groups   *[]string       `json:"groups"`
	Person   *string         `json:"person"`
	Language *string         `json:"language"`
	Disabled *bool           `json:"disabled"`
	// MustChange has the holder choose another password before anything else.
	MustChange *bool `json:"must_change"`
}

// apply changes what is said, and ends the sessions when nobody is to come in any
// more. Other roles count at once: sessions have none of their own.
func (p Profile) apply(a *Account) {
	set(&a.Name, p.Name)
	set(&a.Roles, p.Roles)
	set(&a.Groups, p.Groups)
	set(&a.Person, p.Person)
	set(&a.Language, p.Language)
	if p.Disabled != nil && *p.Disabled && !a.Disabled {
		a.Epoch++
	}
	set(&a.Disabled, p.Disabled)
	set(&a.MustChange, p.MustChange)
	a.tidy()
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// Create makes a local account. Without a password it gets a one-time link, whose
// address is answered; with one it is "". Errors: *Invalid, *Conflict when the name is taken.
func (s *Service) Create(ctx context.Context, tenant, login, password string, p Profile) (*Account, string, error) {
	if err := directory.CheckTenant(tenant); err != nil {
		return nil, "", &Invalid{Field: "tenant", Reason: err.Error()}
	}
	id, err := accountID(login)
	if err != nil {
		return nil, "", err
	}
	now := s.opts.Now().UnixMicro()
	a := &Account{Tenant: tenant, ID: id, Login: login, Created: now, Epoch: now}
	p.apply(a)
	if err := a.checkProfile(); err != nil {
		return nil, "", err
	}
	address := ""
	if password == "" {
		address = s.link(a)
	} else if a.Password, err = s.newHash(ctx, a, password); err != nil {
		return nil, "", err
	}
	_, err = s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		if current != nil {
			return nil, false, &Conflict{fmt.Sprintf("there is an account %s already", id), Taken}
		}
		return a, false, nil
	})
	if err != nil {
		return nil, "", err
	}
	s.log.Info("account made", zap.String("tenant", tenant), zap.String("account", id))
	return a, address, nil
}

// link gives an account a new one-time link and answers its address.
func (s *Service) link(a *Account) string {
	secret := newSecret()
	a.Link = &link{Sum: hashed("link", secret), Expires: s.opts.Now().Add(s.opts.LinkLifetime).UnixMicro()}
	return s.opts.Base + pathReset + "?" + url.Values{"tenant": {a.Tenant}, "account": {a.ID}, "token": {secret}}.Encode()
}

// newHash judges a new password of an account and makes its hash.
func (s *Service) newHash(ctx context.Context, a *Account, password string) (string, error) {
	if w := CheckPassword(password, a.ID, a.Name); w != "" {
		return "", weak(w)
	}
	prepared, _ := prepare(password)
	return s.hasher.hash(ctx, prepared)
}

func weak(w Weakness) error {
	return &Invalid{Field: "password", Reason: words("en").weak[w], Weakness: w}
}

// Account is an account of a tenant by its id. ErrNotFound.
func (s *Service) Account(ctx context.Context, tenant, id string) (*Account, error) {
	a, err := s.accounts.get(ctx, tenant, id)
	if err == nil && a == nil {
		err = ErrNotFound
	}
	return a, err
}

// Accounts are up to n accounts of a tenant whose ids come after one, in their
// order.
func (s *Service) Accounts(ctx context.Context, tenant, after string, n int) ([]*Account, error) {
	_, list, err := s.accounts.list(ctx, tenant, after, n)
	return list, err
}

// edit changes an account that is there.
func (s *Service) edit(ctx context.Context, tenant, id string, change func(current *Account) (*Account, error)) (*Account, error) {
	return s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		if current == nil {
			return nil, false, ErrNotFound
		}
		next, err := change(current)
		return next, false, err
	})
}

// Edit changes what is said about an account. by is the account that asks for it, "" for an
// operator: nobody disables themselves or gives up being an administrator, and
// one administrator always stays. Errors: ErrNotFound, *Invalid, *Conflict.
func (s *Service) Edit(ctx context.Context, tenant, id, by string, p Profile) (*Account, error) {
	s.administrators.Lock()
	defer s.administrators.Unlock()
	others, err := s.otherAdministrators(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	a, err := s.edit(ctx, tenant, id, func(current *Account) (*Account, error) {
		next := current.with(p.apply)
		if err := next.checkProfile(); err != nil {
			return nil, err
		}
		switch {
		case id == by && !next.administers():
			return nil, &Conflict{"nobody can disable themselves or give up being an administrator; another one has to do it", Yourself}
		case current.administers() && !next.administers() && !others:
			return nil, lastAdministrator()
		}
		return next, nil
	})
	if err == nil {
		s.log.Info("account changed", zap.String("tenant", tenant), zap.String("account", id), zap.String("by", by), zap.Bool("disabled", a.Disabled))
	}
	return a, err
}

func lastAdministrator() error {
	return &Conflict{"this is the last administrator who can sign in; make another one first", LastAdmin}
}

// otherAdministrators tells whether somebody else can sign in as an administrator.
// Whoever asks holds the lock of administrators.
func (s *Service) otherAdministrators(ctx context.Context, tenant, id string) (bool, error) {
	const page = 500
	for after := ""; ; {
		list, err := s.Accounts(ctx, tenant, after, page)
		if err != nil {
			return false, err
		}
		for _, a := range list {
			if a.ID != id && a.administers() {
				return true, nil
			}
		}
		if len(list) < page {
			return false, nil
		}
		after = list[len(list)-1].ID
	}
}

// Remove removes an account and so ends its sessions. Errors: ErrNotFound,
// *Conflict when it is the one that asks, or the last administrator.
func (s *Service) Remove(ctx context.Context, tenant, id, by string) error {
	s.administrators.Lock()
	defer s.administrators.Unlock()
	others, err := s.otherAdministrators(ctx, tenant, id)
	if err != nil {
		return err
	}
	_, err = s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		switch {
		case current == nil:
			return nil, false, ErrNotFound
		case id == by:
			return nil, false, &Conflict{"nobody can remove their own account; another administrator has to do it", Yourself}
		case current.administers() && !others:
			return nil, false, lastAdministrator()
		}
		return nil, true, nil
	})
	if err == nil {
		s.log.Info("account removed", zap.String("tenant", tenant), zap.String("account", id), zap.String("by", by))
	}
	return err
}

// Reset takes the password of an account away, ends its sessions, and answers the
// address of a one-time link that sets another one. Errors: ErrNotFound, *Conflict for an account of an issuer.
func (s *Service) Reset(ctx context.Context, tenant, id, by string) (a *Account, address string, err error) {
	a, err = s.edit(ctx, tenant, id, func(current *Account) (*Account, error) {
		if !current.Local() {
			return nil, &Conflict{"this account signs in at an OpenID Connect issuer and has no password here", AtAnIssuer}
		}
		return current.with(func(a *Account) {
			a.Password, a.Configured = "", false
			a.Epoch++
			address = s.link(a)
		}), nil
	})
	if err != nil {
		return nil, "", err
	}
	s.log.Info("password taken away", zap.String("tenant", tenant), zap.String("account", id), zap.String("by", by))
	return a, address, nil
}

// SignOut ends all sessions of an account. ErrNotFound.
func (s *Service) SignOut(ctx context.Context, tenant, id, by string) (*Account, error) {
	a, err := s.edit(ctx, tenant, id, func(current *Account) (*Account, error) {
		return current.with(func(a *Account) { a.Epoch++ }), nil
	})
	if err == nil {
		s.log.Info("sessions ended", zap.String("tenant", tenant), zap.String("account", id), zap.String("by", by))
	}
	return a, err
}

// Failures are the wrong passwords of an account that still weigh, and until when
// some do. What comes from one address beyond a few of them is not looked at.
func (s *Service) Failures(tenant, id string) (n int, until time.Time) {
	return s.throttle.Weight(tenant+"\x00"+id, s.opts.Now())
}

// OneTimePassword is a password that somebody is told once, to be changed at once.
func OneTimePassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // none that look alike
	raw := random(20)
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(c)%len(letters)])
	}
	return b.String()
}

// matches tells whether a one-time link of the account is in force and has this
// secret.
func (a *Account) matches(secret string, now time.Time) bool {
	return a != nil && !a.Disabled && a.Waiting(now) && subtle.ConstantTimeCompare([]byte(a.Link.Sum), []byte(hashed("link", secret))) == 1
}

// Redeem sets the password of an account by its one-time link. Errors: ErrLink,
// *Invalid.
func (s *Service) Redeem(ctx context.Context, tenant, id, secret, password string) (*Account, error) {
	a, err := s.accounts.get(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	if !a.matches(secret, s.opts.Now()) {
		return nil, ErrLink
	}
	hash, err := s.newHash(ctx, a, password)
	if err != nil {
		return nil, err
	}
	a, err = s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		if !current.matches(secret, s.opts.Now()) {
			return nil, false, ErrLink // used meanwhile
		}
		return current.with(func(a *Account) { a.setHash(hash) }), false, nil
	})
	if err == nil {
		s.log.Info("password set by a one-time link", zap.String("tenant", tenant), zap.String("account", id))
	}
	return a, err
}

// setHash gives an account a password; sessions and links from before are over.
func (a *Account) setHash(hash string) {
	a.Password, a.Configured, a.MustChange, a.Link = hash, false, false, nil
	a.Epoch++
}

// ChangePassword replaces the password of an account by whoever knows the old one.
// All its sessions are over then. address is where the request comes from. Errors:
// ErrWrong, *TooMany, *Invalid, *Busy.
func (s *Service) ChangePassword(ctx context.Context, tenant, id, old, password, address string) (*Account, error) {
	a, err := s.check(ctx, tenant, id, old, address)
	if err != nil {
		return nil, err
	}
	if old == password {
		return nil, weak(SamePassword)
	}
	hash, err := s.newHash(ctx, a, password)
	if err != nil {
		return nil, err
	}
	epoch := a.Epoch
	a, err = s.edit(ctx, tenant, id, func(current *Account) (*Account, error) {
		if current.Epoch != epoch {
			return nil, ErrWrong // reset or changed meanwhile: what was checked is not the password any more
		}
		return current.with(func(a *Account) { a.setHash(hash) }), nil
	})
	if err == nil {
		s.log.Info("password changed", zap.String("tenant", tenant), zap.String("account", id))
	}
	return a, err
}

// SetLanguage notes the language that somebody chose: de, en, or "" for what the
// browser asks for.
func (s *Service) SetLanguage(ctx context.Context, v *visitor.Visitor, language string) error {
	_, err := s.edit(ctx, v.Tenant, v.Account, func(current *Account) (*Account, error) {
		next := current.with(func(a *Account) { a.Language = language })
		return next, next.checkProfile()
	})
	return err
}

// check finds the account of a name and password. Errors: ErrWrong, *TooMany,
// *Busy. What is wrong takes one time, whatever had to be read to see it.
func (s *Service) check(ctx context.Context, tenant, login, password, address string) (*Account, error) {
	floor := time.NewTimer(s.opts.FailTime)
	defer floor.Stop()
	a, err := s.find(ctx, tenant, login, password, address)
	if errors.Is(err, ErrWrong) {
		select {
		case <-floor.C:
		case <-ctx.Done():
		}
	}
	return a, err
}

// find is check, in whatever time it takes.
func (s *Service) find(ctx context.Context, tenant, login, password, address string) (*Account, error) {
	id, invalid := accountID(login)
	if invalid != nil {
		id = "" // of nobody, and it takes as long
	}
	who := tenant + "\x00" + id
	slowed := func() error {
		if s.throttle.Busy(s.opts.Now) {
			if wait := s.throttle.Refused(address, who, s.opts.Now()); wait > 0 {
				return &TooMany{wait}
			}
		}
		return nil
	}
	if err := slowed(); err != nil {
		return nil, err
	}
	var a *Account
	if id != "" {
		var err error
		if a, err = s.accounts.get(ctx, tenant, id); err != nil {
			return nil, err
		}
	}
	stored := ""
	if a != nil && !a.Disabled {
		stored = a.Password
	}
	prepared, ok := prepare(password)
	// Many that arrive at once are judged again when their turn has come.
	right, stale, err := s.hasher.verify(ctx, stored, prepared, slowed)
	if err != nil {
		return nil, err
	}
	if !right || !ok {
		if wait := s.throttle.Failed(address, who, s.opts.Now()); wait > 0 {
			return nil, &TooMany{wait}
		}
		return nil, ErrWrong
	}
	if stale {
		s.renewHash(ctx, a, prepared)
	}
	return a, nil
}

// renewHash keeps a password with the parameters of now, while it is at hand.
func (s *Service) renewHash(ctx context.Context, a *Account, prepared string) {
	hash, err := s.hasher.hash(ctx, prepared)
	if err == nil {
		_, err = s.edit(ctx, a.Tenant, a.ID, func(current *Account) (*Account, error) {
			if current.Password != a.Password {
				return nil, nil
			}
			return current.with(func(a *Account) { a.Password = hash }), nil
		})
	}
	if err != nil {
		s.log.Warn("a password keeps the hash it has", zap.String("account", a.ID), zap.Error(err))
	}
}
