package demo

import (
	"context"
	"errors"
	"net/url"

	"lernspur/bench/town"
)

// Password is that of all accounts of the demonstration: nobody's data are behind it.
const Password = "Sieben Enten am Brunnen 26"

// Account is one of those with which the pages can be looked at.
type Account struct {
	Name, Role string
	// Is says whose it is, for people.
	Is string
	// staff is the number of the person in the directory; empty for nobody.
	staff string
}

// Accounts are one for each role, and a second trainer, who has other groups.
func Accounts(t *town.Town) []Account {
	return []Account{
		{"chefin", "administrator", "sees and does everything", ""},
		{"kurse", "content-manager", "packages, courses and registrations", ""},
		{"trainerin", "trainer", "the groups of people who begin to work here", t.Groups[0].Trainers[0]},
		{"trainer", "trainer", "two other groups", t.Groups[4].Trainers[0]},
		{"projekt", "project-lead", "figures, without small groups", ""},
		{"revision", "auditor", "figures, read only", ""},
		{"schutz", "data-protection", "data protection", ""},
		{"lernende", "learner", "her own courses", t.Groups[0].Members[0]},
	}
}

// accounts makes them.
func (l *loader) accounts(ctx context.Context) error {
	list := Accounts(l.Town)
	for i, a := range list {
		l.report("accounts", i, len(list))
		body := map[string]any{"account": a.Name, "password": Password, "roles": []string{a.Role}, "language": "de"}
		if a.staff != "" {
			p, err := l.person(ctx, a.staff)
			if err != nil {
				return err
			}
			body["person"], body["name"] = p.ID, p.Name
		}
		if err := l.put(ctx, "/api/v1/accounts", body, nil); err != nil {
			return err
		}
	}
	l.report("accounts", len(list), len(list))
	return nil
}

// person is somebody of the directory.
type person struct{ ID, Name string }

func (l *loader) person(ctx context.Context, staff string) (person, error) {
	var page struct{ Items []person }
	err := l.ask(ctx, "GET", "/api/v1/people?"+url.Values{"staff": {staff}}.Encode(), "", nil, &page)
	if err == nil && len(page.Items) != 1 {
		err = errors.New("the directory does not know " + staff)
	}
	if err != nil {
		return person{}, err
	}
	return page.Items[0], nil
}
