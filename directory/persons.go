package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lernspur/statements"
)

// Limits of one record, in bytes and entries.
const (
	maxName        = 200
	maxCode        = 64
	maxIdentifier  = 2048
	maxIdentifiers = 50
	maxSpans       = 200
)

// PersonEdit is what is said about a person; nil leaves a value as it is.
type PersonEdit struct {
	Name        *string
	OtherNames  *[]string
	Staff       *string
	Identifiers *[]string // canonical, see Identifier
	Memberships *[]Membership
}

func (n *PersonEdit) apply(p *Person) {
	set(&p.Name, n.Name)
	set(&p.OtherNames, n.OtherNames)
	set(&p.Staff, n.Staff)
	set(&p.Identifiers, n.Identifiers)
	set(&p.Memberships, n.Memberships)
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// Identifier is the canonical form of an Agent's identifier. The error is
// *Invalid.
func Identifier(agent json.RawMessage) (string, error) {
	identifier, err := statements.AgentIdentifier(agent, statements.V1)
	if err != nil {
		return "", invalid("identifiers", "%s is not an Agent with one of mbox, mbox_sha1sum, openid and account: %s", short(string(agent)), violation(err))
	}
	return identifier, nil
}

// Mailbox is the identifier of an e-mail address. The error is *Invalid.
func Mailbox(address string) (string, error) {
	if !strings.Contains(address, "@") {
		return "", invalid("mbox", "%q is not an e-mail address", short(address))
	}
	if !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	return identifierOf("mbox", "%q is not an e-mail address", address)
}

// AccountIdentifier is the identifier of an account. The error is *Invalid.
func AccountIdentifier(homePage, name string) (string, error) {
	return identifierOf("account", "%q is not the home page and the name of an account", struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}{homePage, name})
}

// OpenID and MailboxSum are the identifiers of an OpenID and of the SHA-1 of an
// address. The errors are *Invalid.
func OpenID(uri string) (string, error) {
	return identifierOf("openid", "%q is not an OpenID, which is a URI", uri)
}

// MailboxSum: see OpenID.
func MailboxSum(hex string) (string, error) {
	return identifierOf("mbox_sha1sum", "%q is not a SHA-1 of 40 hexadecimal digits", hex)
}

func identifierOf(kind, complaint string, value any) (string, error) {
	agent, err := json.Marshal(map[string]any{kind: value})
	if err != nil {
		return "", err
	}
	identifier, err := statements.AgentIdentifier(agent, statements.V1)
	if err != nil {
		return "", invalid(kind, complaint, short(fmt.Sprint(value)))
	}
	return identifier, nil
}

// short is a text as errors show it.
func short(text string) string {
	if len(text) <= 100 {
		return text
	}
	return strings.ToValidUTF8(text[:100], "") + "…"
}

// AddPerson adds a person. Errors: *Invalid, *Conflict when an identifier or the
// staff number is somebody else's, and those of every change.
func (d *Directory) AddPerson(ctx context.Context, tenant string, n PersonEdit) (*Person, error) {
	return d.changePerson(ctx, tenant, func(e *edit) (*Person, error) {
		p := &Person{}
		n.apply(p)
		return p, e.addPerson(p)
	})
}

// EditPerson changes a person; version is the one that the caller knows, 0 any.
// Errors beside those of AddPerson: ErrNotFound, ErrChanged.
func (d *Directory) EditPerson(ctx context.Context, tenant, id string, version int64, n PersonEdit) (*Person, error) {
	return d.editPerson(ctx, tenant, id, version, n.apply)
}

func (d *Directory) editPerson(ctx context.Context, tenant, id string, version int64, change func(*Person)) (*Person, error) {
	return d.changePerson(ctx, tenant, func(e *edit) (*Person, error) {
		old := e.people[id]
		if err := known(old != nil, func() int64 { return old.Version }, version); err != nil {
			return nil, err
		}
		next := *old
		change(&next)
		return e.putPerson(&next)
	})
}

// changePerson makes a change and answers the person that it is about.
func (d *Directory) changePerson(ctx context.Context, tenant string, make func(e *edit) (*Person, error)) (*Person, error) {
	var v *edit
	var p *Person
	err := d.change(ctx, tenant, func(e *edit) (err error) {
		v = e
		p, err = make(e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.view(p, v.today), nil
}

// DeletePerson takes a person out of the directory, with all memberships, and with
// the merges that tell who they were. Their identifiers are nobody's afterwards;
// statements stay. Errors: ErrNotFound, ErrChanged.
func (d *Directory) DeletePerson(ctx context.Context, tenant, id string, version int64) error {
	return d.change(ctx, tenant, func(e *edit) error {
		p := e.people[id]
		if err := known(p != nil, func() int64 { return p.Version }, version); err != nil {
			return err
		}
		for _, group := range slices.Clone(e.groupsOf[id]) {
			g := *e.groups[group]
			g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m GroupMember) bool { return m.Person == id })
			g.Trainers = slices.DeleteFunc(slices.Clone(g.Trainers), func(other string) bool { return other == id })
			if _, err := e.putGroup(&g); err != nil {
				return err
			}
		}
		e.dropPerson(id)
		e.touched[recordPerson+id] = true
		e.forgetMerges(id)
		return nil
	})
}

// forgetMerges drops the merges of a person who is deleted, with those of whoever
// went into them: they say who that was.
func (e *edit) forgetMerges(id string) {
	for _, m := range e.merges {
		if m.Kept != id && m.Gone != id {
			continue
		}
		delete(e.merges, m.ID)
		if e.into[m.Gone] == m.ID {
			delete(e.into, m.Gone)
		}
		e.touched[recordMerge+m.ID] = true
		if m.Kept == id && m.Split == 0 {
			e.forgetMerges(m.Gone)
		}
	}
}

// known tells whether a record is there in the version that a caller knows.
func known(there bool, version func() int64, want int64) error {
	switch {
	case !there:
		return ErrNotFound
	case want != 0 && version() != want:
		return ErrChanged
	}
	return nil
}

// addPerson adds a new person, who gets an id.
func (e *edit) addPerson(p *Person) error {
	p.ID, p.Created = newID(), e.now
	_, err := e.putPerson(p)
	return err
}

// putPerson puts a person in that is not shared yet, if anything of it is new, and
// answers what is there then.
func (e *edit) putPerson(p *Person) (*Person, error) {
	if err := e.checkPerson(p); err != nil {
		return nil, err
	}
	if old := e.people[p.ID]; old != nil && samePerson(old, p) {
		return old, nil
	}
	p.Changed = e.now
	e.setPerson(p)
	e.touched[recordPerson+p.ID] = true
	return p, nil
}

func samePerson(a, b *Person) bool {
	return a.Name == b.Name && a.Staff == b.Staff && slices.Equal(a.OtherNames, b.OtherNames) &&
		slices.Equal(a.Identifiers, b.Identifiers) && slices.Equal(a.Memberships, b.Memberships)
}

// checkPerson refuses what cannot be, and brings the rest into order.
func (e *edit) checkPerson(p *Person) error {
	if p.Name == "" && p.Staff == "" && len(p.Identifiers) == 0 {
		return invalid("", "a person needs a name, a staff number or an identifier")
	}
	if err := checkText("name", p.Name, maxName); err != nil {
		return err
	}
	if err := checkText("staff", p.Staff, maxCode); err != nil {
		return err
	}
	if len(p.OtherNames) > maxIdentifiers {
		return invalid("otherNames", "a person has %d other names at most", maxIdentifiers)
	}
	for _, name := range p.OtherNames {
		if err := checkText("otherNames", name, maxName); err != nil {
			return err
		}
	}
	if other, taken := e.staff[p.Staff]; taken && other != p.ID {
		return conflict("the staff number %s is that of %s", p.Staff, e.people[other].label())
	}
	if err := e.checkIdentifiers(p); err != nil {
		return err
	}
	return e.checkMemberships(p)
}

func (e *edit) checkIdentifiers(p *Person) error {
	var list []string
	for _, identifier := range p.Identifiers {
		if kind, value, ok := strings.Cut(identifier, "|"); !ok || value == "" || !slices.Contains([]string{"mbox", "mbox_sha1sum", "openid", "account"}, kind) {
			return invalid("identifiers", "%q is not an identifier", short(identifier))
		}
		if len(identifier) > maxIdentifier {
			return invalid("identifiers", "an identifier is longer than %d bytes", maxIdentifier)
		}
		if !slices.Contains(list, identifier) {
			list = append(list, identifier)
		}
	}
	// An mbox says it already.
	sums := make(map[string]bool)
	for _, identifier := range list {
		sums[implied(identifier)] = true
	}
	list = slices.DeleteFunc(list, func(identifier string) bool { return sums[identifier] })
	if len(list) > maxIdentifiers {
		return invalid("identifiers", "a person has %d identifiers at most", maxIdentifiers)
	}
	p.Identifiers = list
	for _, key := range keysOf(p) {
		if other, taken := e.owner[key]; taken && other != p.ID {
			return conflict("the identifier %s is that of %s; merge the two if they are one", short(key), e.people[other].label())
		}
	}
	return nil
}

func (e *edit) checkMemberships(p *Person) error {
	if len(p.Memberships) > maxSpans {
		return invalid("units", "a person has been in %d units at most", maxSpans)
	}
	p.Memberships = slices.Clone(p.Memberships)
	slices.SortFunc(p.Memberships, func(a, b Membership) int { return cmp.Compare(a.From, b.From) })
	for i, m := range p.Memberships {
		if err := checkSpan("units", m.span()); err != nil {
			return err
		}
		u := e.units[m.Unit]
		if u == nil {
			return invalid("units", "there is no unit %q", short(m.Unit))
		}
		if m.beyond(u) {
			return invalid("units", "the unit %s was closed on %s", u.label(), u.Until)
		}
		if i > 0 && p.Memberships[i-1].span().meets(m.span()) {
			return invalid("units", "a person is in one unit at a time: the days of two overlap")
		}
	}
	return nil
}

func checkSpan(field string, s span) error {
	for _, d := range []Date{s.from, s.until} {
		if _, err := ParseDate(string(d)); err != nil {
			return invalid(field, "%s", err)
		}
	}
	if s.until.endsBefore(s.from) {
		return invalid(field, "%s ends before it begins, on %s", s.until, s.from)
	}
	return nil
}

func checkText(field, text string, limit int) error {
	switch {
	case len(text) > limit:
		return invalid(field, "this is longer than %d bytes", limit)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }):
		return invalid(field, "%q has characters that are no text", short(text))
	case strings.TrimSpace(text) != text:
		return invalid(field, "%q has blanks around it", short(text))
	}
	return nil
}

// label is how errors speak of a person.
func (p *Person) label() string {
	switch {
	case p.Name != "" && p.Staff != "":
		return p.Name + " (" + p.Staff + ")"
	case p.Name != "":
		return p.Name
	case p.Staff != "":
		return "staff number " + p.Staff
	}
	return p.Identifiers[0]
}
