package signin

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"lernspur/web/visitor"
)

// Account is somebody who can sign in. Nobody changes one that was read.
type Account struct {
	// Tenant and ID name it. The ID of a local account is its name in lower case;
	// that of one from an issuer begins with "oidc:", which no name does.
	Tenant string `json:"tenant"`
	ID     string `json:"id"`
	// Login is the name as it was given.
	Login string `json:"login"`
	// Name is the human's, to be shown.
	Name  string         `json:"name,omitempty"`
	Roles []visitor.Role `json:"roles,omitempty"`
	// Groups are the directory's ids of the groups that a trainer has, Person that
	// of the human.
	Groups   []string `json:"groups,omitempty"`
	Person   string   `json:"person,omitempty"`
	Language string   `json:"language,omitempty"`
	Disabled bool     `json:"disabled,omitempty"`

	// Issuer and Subject are whom an OpenID Connect issuer knows; empty for local
	// accounts.
	Issuer  string `json:"issuer,omitempty"`
	Subject string `json:"subject,omitempty"`

	// Password is its hash with the parameters; empty: there is none.
	Password string `json:"password,omitempty"`
	// Configured tells that the password is the one of the configuration, and was
	// not changed since.
	Configured bool `json:"configured,omitempty"`
	// MustChange tells that somebody else knows the password: until it is changed,
	// nothing else can be done.
	MustChange bool `json:"mustChange,omitempty"`
	// Link is the one-time link that sets a password; nil: there is none.
	Link *link `json:"link,omitempty"`
	// Epoch rises with whatever ends the sessions there are.
	Epoch   int64 `json:"epoch"`
	Created int64 `json:"created"` // microseconds
}

// link is what is kept of a one-time link.
type link struct {
	Sum     string `json:"sum"`     // SHA-256 of the token, hexadecimal
	Expires int64  `json:"expires"` // microseconds
}

// Local tells that the account has a password of its own here, or can have one.
func (a *Account) Local() bool { return a.Issuer == "" }

// Waiting tells that a one-time link of the account can still be used.
func (a *Account) Waiting(now time.Time) bool {
	return a.Link != nil && now.UnixMicro() < a.Link.Expires
}

// administers tells that somebody can sign in as an administrator.
func (a *Account) administers() bool {
	return a != nil && !a.Disabled && slices.Contains(a.Roles, visitor.Administrator)
}

// with is a copy that can be changed.
func (a *Account) with(change func(*Account)) *Account {
	next := *a
	next.Roles, next.Groups = slices.Clone(a.Roles), slices.Clone(a.Groups)
	change(&next)
	return &next
}

// Bounds of what an account says.
const (
	maxLogin  = 128 // bytes
	maxName   = 200 // characters
	maxPerson = 128 // bytes, and of the id of a group
	maxGroups = 1000
)

// accountID makes the id of a local account of the name that somebody gives.
func accountID(login string) (string, error) {
	id, err := precis.UsernameCaseMapped.String(strings.TrimSpace(login))
	if err != nil || len(id) > maxLogin || strings.ContainsAny(id, `:/\?#%"'<>&,;`) || strings.Trim(id, ".") == "" {
		return "", &Invalid{Field: "account", Reason: fmt.Sprintf("a name has 1 to %d letters, digits and signs such as . - _ @ +, and no blanks", maxLogin)}
	}
	return id, nil
}

// checkProfile judges what administrators can say about an account.
func (a *Account) checkProfile() error {
	if utf8.RuneCountInString(a.Name) > maxName || !utf8.ValidString(a.Name) || strings.ContainsFunc(a.Name, unicode.IsControl) {
		return &Invalid{Field: "name", Reason: fmt.Sprintf("it is text of up to %d characters", maxName)}
	}
	for _, r := range a.Roles {
		if !slices.Contains(visitor.Roles, r) {
			return &Invalid{Field: "roles", Reason: fmt.Sprintf("there is no role %q; there are %s", r, roleNames())}
		}
	}
	if len(a.Groups) > maxGroups {
		return &Invalid{Field: "groups", Reason: fmt.Sprintf("there can be up to %d", maxGroups)}
	}
	for _, g := range append([]string{a.Person}, a.Groups...) {
		if len(g) > maxPerson || strings.ContainsFunc(g, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &Invalid{Field: "groups", Reason: fmt.Sprintf("an id of the directory has up to %d visible ASCII characters", maxPerson)}
		}
	}
	if a.MustChange && !a.Local() {
		return &Invalid{Field: "must_change", Reason: "this account signs in at an OpenID Connect issuer and has no password here"}
	}
	if !slices.Contains([]string{"", "de", "en"}, a.Language) {
		return &Invalid{Field: "language", Reason: "it is de or en, or empty for what the browser asks for"}
	}
	return nil
}

func roleNames() string {
	names := make([]string, len(visitor.Roles))
	for i, r := range visitor.Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// tidy brings lists into one order, without what is there twice.
func (a *Account) tidy() {
	slices.SortFunc(a.Roles, func(x, y visitor.Role) int {
		return slices.Index(visitor.Roles, x) - slices.Index(visitor.Roles, y)
	})
	a.Roles = slices.Compact(a.Roles)
	slices.Sort(a.Groups)
	a.Groups = slices.Compact(a.Groups)
}

// shown is how the account is called for people.
func (a *Account) shown() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Login
}
