package web

import (
	"context"
	"net/http"
	"slices"
)

// changeAccount changes what is said about an account.
func (s *Site) changeAccount(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, q.r.PathValue("account"))
	if err != nil {
		return accountError(err)
	}
	form, edit, wrong := q.readAccount(values)
	if form.Person == q.formOfAccount(a).Person { // also one whom the directory knows no more
		edit.Person = nil
		wrong = slices.DeleteFunc(wrong, func(e fieldError) bool { return e.Field == "person" })
	}
	if len(wrong) == 0 {
		_, err := s.deps.Accounts.Edit(q.r.Context(), q.who.Tenant, a.ID, q.who.Account, edit)
		if err == nil {
			q.to(accountPath(a) + "?done=saved")
			return nil
		}
		var known bool
		if wrong, known = q.accountProblem(err); !known {
			return accountError(err)
		}
	}
	return s.showAccount(q, http.StatusUnprocessableEntity, a, form, "", wrong)
}

// onAccount does something to an account, and says what was done, or why not.
func (s *Site) onAccount(q *request, done string, do func(ctx context.Context, tenant, id, by string) error) error {
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, q.r.PathValue("account"))
	if err != nil {
		return accountError(err)
	}
	err = do(q.r.Context(), q.who.Tenant, a.ID, q.who.Account)
	if wrong, known := q.accountProblem(err); known {
		return s.showAccount(q, http.StatusConflict, a, q.formOfAccount(a), "", wrong)
	}
	if err != nil {
		return accountError(err)
	}
	q.to(accountPath(a) + "?" + doneParameter + "=" + done)
	return nil
}

// disableAccount keeps somebody out, and enableAccount lets them in again.
func (s *Site) disableAccount(q *request) error { return s.setDisabled(q, "disabled", true) }

func (s *Site) enableAccount(q *request) error { return s.setDisabled(q, "enabled", false) }

func (s *Site) setDisabled(q *request, done string, disabled bool) error {
	return s.onAccount(q, done, func(ctx context.Context, tenant, id, by string) error {
		_, err := s.deps.Accounts.Edit(ctx, tenant, id, by, AccountEdit{Disabled: &disabled})
		return err
	})
}

// signOutAccount ends all sessions of somebody.
func (s *Site) signOutAccount(q *request) error {
	return s.onAccount(q, "signed-out", s.deps.Accounts.SignOut)
}

// resetAccount takes somebody's password away, and shows once the link that sets another.
func (s *Site) resetAccount(q *request) error {
	id := q.r.PathValue("account")
	link, err := s.deps.Accounts.Reset(q.r.Context(), q.who.Tenant, id, q.who.Account)
	wrong, known := q.accountProblem(err)
	if err != nil && !known {
		return accountError(err)
	}
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, id)
	if err != nil {
		return accountError(err)
	}
	status := http.StatusOK
	if known {
		status = http.StatusConflict
	}
	return s.showAccount(q, status, a, q.formOfAccount(a), link, wrong)
}

// askDeleteAccount says what would be gone and asks for the name.
func (s *Site) askDeleteAccount(q *request) error {
	return s.showDeleteAccount(q, http.StatusOK, nil)
}

func (s *Site) showDeleteAccount(q *request, status int, wrong []fieldError) error {
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, q.r.PathValue("account"))
	if err != nil {
		return accountError(err)
	}
	body := gonePage{Name: a.Login, Action: accountPath(a) + "/delete", Back: q.link(accountPath(a)), Label: q.words.t("account.delete.name"), Button: q.words.t("account.delete"),
		Gone: []string{q.words.t("account.delete.entry", a.Login), q.words.t("account.delete.sessions")}, Stays: q.words.t("account.delete.stays")}
	return q.show(status, "gone", &view{Title: q.words.t("account.delete"), Answer: q.words.t("account.delete.answer", a.Login), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/accounts", q.words.t("menu.accounts"), accountPath(a), a.Login)})
}

// deleteAccount removes an account whose name was typed.
func (s *Site) deleteAccount(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, q.r.PathValue("account"))
	if err != nil {
		return accountError(err)
	}
	if !named(values, a.Login) {
		return s.showDeleteAccount(q, http.StatusUnprocessableEntity, []fieldError{{"name", q.words.t("invalid.gone")}})
	}
	err = s.deps.Accounts.Remove(q.r.Context(), q.who.Tenant, a.ID, q.who.Account)
	if wrong, known := q.accountProblem(err); known {
		wrong[0].Field = "name"
		return s.showDeleteAccount(q, http.StatusConflict, wrong)
	}
	if err != nil {
		return accountError(err)
	}
	q.to("/accounts?done=account-deleted")
	return nil
}
