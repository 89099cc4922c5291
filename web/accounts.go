package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lernspur/web/visitor"
)

// Account is somebody who can sign in, as pages show them.
type Account struct {
	ID, Login, Name string
	Roles           []visitor.Role
	Person          string // id in the directory
	Groups          []string
	Language        string
	Issuer          string // whom an issuer knows; empty for those with a password here
	Disabled        bool
	// Password tells that there is one, MustChange that it has to be changed first of all.
	Password, MustChange bool
	// Created and LinkExpires are in microseconds since 1970; 0 is none.
	Created, LinkExpires int64
	// Failures are the wrong passwords that still weigh, until FailuresEnd.
	Failures    int
	FailuresEnd int64
}

// AccountEdit is what is said about an account; nil stays as it is.
type AccountEdit struct {
	Name, Person, Language *string
	Roles                  *[]visitor.Role
	Disabled               *bool
}

// AccountRefused is why an account is not what was asked for: Field is that of the form,
// Why a word that follows "account.wrong." in the messages, and Detail more in English.
type AccountRefused struct{ Field, Why, Detail string }

func (e *AccountRefused) Error() string { return e.Why + " " + e.Detail }

// ErrNoAccount means that there is no such account.
var ErrNoAccount = errors.New("no such account")

// Accounts keeps who can sign in. by is the account that asks. Errors: *AccountRefused,
// ErrNoAccount, those of package catalog about time, and internal ones.
type Accounts interface {
	// List are up to n accounts behind one, in the order of their ids.
	List(ctx context.Context, tenant, after string, n int) ([]Account, error)
	Account(ctx context.Context, tenant, id string) (Account, error)
	// Create makes an account. With oneTime it has the password that is answered, which
	// its holder has to change at once; else it gets the link, which sets one.
	Create(ctx context.Context, tenant, login string, oneTime bool, e AccountEdit) (a Account, link, password string, err error)
	Edit(ctx context.Context, tenant, id, by string, e AccountEdit) (Account, error)
	Remove(ctx context.Context, tenant, id, by string) error
	// Reset takes the password away and answers the link that sets another one.
	Reset(ctx context.Context, tenant, id, by string) (link string, err error)
	// SignOut ends all sessions.
	SignOut(ctx context.Context, tenant, id, by string) error
}

// roleChoice is a role that an account can have.
type roleChoice struct {
	Value, Name, Text string
	Chosen            bool
}

// accountForm is the form that an account is described with.
type accountForm struct {
	Login, Name, Person, Language, Opens string
	Roles                                []roleChoice
}

// accountRow is an account in a list.
type accountRow struct {
	Name, Link, Login, Roles, Person string
	States                           []string
}

// accountsPage is what the page of accounts shows.
type accountsPage struct {
	Rows   []accountRow
	More   string
	Writes bool
}

// accounts answers who can sign in.
func (s *Site) accounts(q *request) error {
	list, err := s.deps.Accounts.List(q.r.Context(), q.who.Tenant, q.r.URL.Query().Get("after"), pageSize+1)
	if err != nil {
		return err
	}
	body := accountsPage{Writes: q.who.Has(operators...)}
	if len(list) > pageSize {
		list = list[:pageSize]
		body.More = q.nextPage(list[pageSize-1].ID)
	}
	for _, a := range list {
		row := accountRow{Name: a.Name, Login: a.Login, Link: q.link(accountPath(a)), Roles: q.roleNames(a.Roles), States: q.accountStates(a)}
		if row.Name == "" {
			row.Name = a.Login
		}
		if p, ok := s.deps.Directory.Person(q.r.Context(), q.who.Tenant, a.Person); ok && a.Person != "" {
			row.Person = q.words.personLabel(p)
		}
		body.Rows = append(body.Rows, row)
	}
	answer := q.words.tn("accounts.answer", len(body.Rows))
	if body.More != "" || q.r.URL.Query().Has("after") {
		answer = q.words.t("accounts.answer.more", len(body.Rows))
	}
	return q.show(http.StatusOK, "accounts", &view{Title: q.words.t("menu.accounts"), Answer: answer, Body: body})
}

func accountPath(a Account) string { return "/accounts/" + url.PathEscape(a.ID) }

func (q *request) roleNames(roles []visitor.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = q.words.t("role." + string(r))
	}
	return strings.Join(names, ", ")
}

// accountStates are what keeps somebody out, or is left to do.
func (q *request) accountStates(a Account) []string {
	var list []string
	add := func(when bool, key string) {
		if when {
			list = append(list, q.words.t(key))
		}
	}
	add(a.Disabled, "account.state.disabled")
	add(a.LinkExpires != 0, "account.state.invited")
	add(a.Issuer == "" && !a.Password && a.LinkExpires == 0, "account.state.closed")
	add(a.MustChange, "account.state.change")
	add(a.Issuer != "", "account.state.issuer")
	if a.Failures > 0 {
		list = append(list, q.words.tn("account.state.failures", a.Failures))
	}
	return list
}

// formOfAccount is the form of an account.
func (q *request) formOfAccount(a Account) accountForm {
	f := accountForm{Login: a.Login, Name: a.Name, Language: a.Language, Opens: "link", Person: a.Person}
	if p, ok := q.site.deps.Directory.Person(q.r.Context(), q.who.Tenant, a.Person); ok && a.Person != "" && p.Staff != "" {
		f.Person = p.Staff
	}
	for _, role := range visitor.Roles {
		f.Roles = append(f.Roles, roleChoice{string(role), q.words.t("role." + string(role)), q.words.t("role." + string(role) + ".text"), slices.Contains(a.Roles, role)})
	}
	return f
}

// readAccount reads the form: what was sent, to be shown again, and what it means.
func (q *request) readAccount(values url.Values) (f accountForm, e AccountEdit, wrong []fieldError) {
	f = q.formOfAccount(Account{})
	f.Login, f.Name, f.Person = strings.TrimSpace(values.Get("login")), strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("person"))
	f.Language, f.Opens = values.Get("language"), values.Get("opens")
	roles := []visitor.Role{}
	for i, role := range f.Roles {
		if slices.Contains(values["role"], role.Value) {
			f.Roles[i].Chosen = true
			roles = append(roles, visitor.Role(role.Value))
		}
	}
	if len(roles) == 0 {
		wrong = append(wrong, fieldError{"role", q.words.t("account.wrong.roles")})
	}
	person := ""
	if f.Person != "" {
		p, ok := q.findPersonText(f.Person)
		if ok {
			person = p.ID
		} else {
			wrong = append(wrong, fieldError{"person", q.words.t("account.wrong.person")})
		}
	}
	return f, AccountEdit{Name: &f.Name, Person: &person, Language: &f.Language, Roles: &roles}, wrong
}

// accountProblem puts into words what an account cannot be; false for other errors.
func (q *request) accountProblem(err error) ([]fieldError, bool) {
	var refused *AccountRefused
	if !errors.As(err, &refused) {
		return nil, false
	}
	key := "account.wrong." + refused.Why
	if !q.words.has(key) {
		key = "invalid.other"
	}
	return []fieldError{{refused.Field, q.words.t(key)}}, true
}

// newAccountPage asks for a new account.
type newAccountPage struct {
	Form accountForm
	// Login is the account that was made, Link or Password what opens it, this once.
	Login, Link, Password, Path string
}

// newAccount asks who is to sign in.
func (s *Site) newAccount(q *request) error {
	f := q.formOfAccount(Account{})
	if p, ok := q.findPersonText(q.r.URL.Query().Get("person")); ok {
		f.Name, f.Person = p.Name, p.ID
		if p.Staff != "" {
			f.Person = p.Staff
		}
	}
	return s.showNewAccount(q, http.StatusOK, newAccountPage{Form: f}, nil)
}

func (s *Site) showNewAccount(q *request, status int, body newAccountPage, wrong []fieldError) error {
	v := &view{Title: q.words.t("account.new"), Answer: q.words.t("account.new.answer"), Body: body, Errors: wrong, Crumbs: q.crumbs("/accounts", q.words.t("menu.accounts"))}
	if body.Login != "" {
		v.Title, v.Answer = q.words.t("account.made", body.Login), q.words.t("account.made.answer")
	}
	return q.show(status, "accountnew", v)
}

// makeAccount makes an account and shows once what opens it.
func (s *Site) makeAccount(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readAccount(values)
	if len(wrong) == 0 {
		a, link, password, err := s.deps.Accounts.Create(q.r.Context(), q.who.Tenant, form.Login, form.Opens == "password", edit)
		if err == nil {
			return s.showNewAccount(q, http.StatusOK, newAccountPage{Login: a.Login, Link: link, Password: password, Path: accountPath(a)}, nil)
		}
		var known bool
		if wrong, known = q.accountProblem(err); !known {
			return accountError(err)
		}
	}
	return s.showNewAccount(q, http.StatusUnprocessableEntity, newAccountPage{Form: form}, wrong)
}

func accountError(err error) error {
	if errors.Is(err, ErrNoAccount) {
		return &problem{status: http.StatusNotFound, key: "nothing"}
	}
	return err
}

// accountPageBody is what the page of an account shows.
type accountPageBody struct {
	Account      Account
	Path         string
	States       []string
	Roles        string
	Person       string
	PersonLink   string
	Groups       string
	Form         accountForm
	Writes, Self bool
	Link         string // that was made just now
}

// account shows who somebody is that can sign in.
func (s *Site) account(q *request) error {
	a, err := s.deps.Accounts.Account(q.r.Context(), q.who.Tenant, q.r.PathValue("account"))
	if err != nil {
		return accountError(err)
	}
	return s.showAccount(q, http.StatusOK, a, q.formOfAccount(a), "", nil)
}

func (s *Site) showAccount(q *request, status int, a Account, form accountForm, link string, wrong []fieldError) error {
	body := accountPageBody{Account: a, Path: accountPath(a), States: q.accountStates(a), Roles: q.roleNames(a.Roles), Form: form, Writes: q.who.Has(operators...), Self: a.ID == q.who.Account, Link: link}
	if p, ok := s.deps.Directory.Person(q.r.Context(), q.who.Tenant, a.Person); ok && a.Person != "" {
		body.Person, body.PersonLink = q.words.personLabel(p), q.link(personPath(p))
	}
	names := make([]string, len(a.Groups))
	for i, id := range a.Groups {
		names[i] = q.dirGroupName(id)
	}
	body.Groups = strings.Join(names, ", ")
	title := a.Name
	if title == "" {
		title = a.Login
	}
	answer := q.words.t("account.answer.open", body.Roles)
	if len(body.States) > 0 {
		answer = q.words.t("account.answer.states", body.Roles, strings.Join(body.States, ", "))
	}
	return q.show(status, "account", &view{Title: title, Answer: answer, Body: body, Errors: wrong, Crumbs: q.crumbs("/accounts", q.words.t("menu.accounts"))})
}
