package signin

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"lernspur/directory"
	"lernspur/web/visitor"
)

// AdminAccount is the account of the first administrator, in the tenant default.
const AdminAccount = "admin"

// EnsureAdmin makes sure that there is a first administrator with the password of
// the configuration. An account that is there gets it only as long as it still has
// one of the configuration: a password that somebody has changed or reset, and an
// account that was disabled, stay as they are, which the log says. *Invalid when
// the password is too weak for an account that would get it.
func (s *Service) EnsureAdmin(ctx context.Context, password string) error {
	const tenant, id = directory.DefaultTenant, AdminAccount
	a, err := s.accounts.get(ctx, tenant, id)
	if err != nil {
		return err
	}
	prepared, _ := prepare(password)
	switch {
	case a != nil && !a.Configured:
		s.log.Info("admin_password is not looked at: the account has a password of its own", zap.String("account", id))
		return nil
	case a != nil:
		same, _, err := s.hasher.verify(ctx, a.Password, prepared, func() error { return nil })
		if err != nil || same {
			return err
		}
	}
	if w := CheckPassword(password, id); w != "" {
		return fmt.Errorf("admin_password: %s", words("en").weak[w])
	}
	hash, err := s.hasher.hash(ctx, prepared)
	if err != nil {
		return err
	}
	now := s.opts.Now().UnixMicro()
	_, err = s.accounts.change(ctx, tenant, id, func(current *Account) (*Account, bool, error) {
		next := &Account{Tenant: tenant, ID: id, Login: id, Roles: []visitor.Role{visitor.Administrator}, Created: now, Epoch: now}
		if current != nil {
			next = current.with(func(*Account) {})
		}
		next.setHash(hash)
		next.Configured = true
		return next, false, nil
	})
	if err == nil {
		s.log.Info("the first administrator has the password of the configuration", zap.String("account", id))
	}
	return err
}
