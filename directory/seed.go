package directory

import (
	"context"
	"encoding/json"
	"fmt"

	"go.uber.org/zap"

	"lernspur/internal/tenantfiles"
	"lernspur/statements"
)

// maxPeopleFile bounds one tenant's file.
const maxPeopleFile = 64 << 20

// seedPerson is one person of a file.
type seedPerson struct {
	Name   []string          `json:"name"`
	Agents []json.RawMessage `json:"agents"`
}

// Seed fills the directories of tenants that nobody has written to yet from a
// folder with a file <tenant>.json for each that has one, a list of
//
//	{"name": ["Ada Example"], "agents": [{"mbox": "mailto:ada@town.example"}, {"account": {…}}]}
//
// with one Agent of xAPI for each identifier. A folder that is not there holds
// none; files of other names are passed over. The error names the file and the
// person, counted from 0; nobody may have an identifier that another one has. A
// file that was taken over once is not looked at again.
func (d *Directory) Seed(ctx context.Context, dir string) error {
	tenants, err := tenantfiles.Read(dir, maxPeopleFile, seedPeople)
	if err != nil {
		return err
	}
	for name, people := range tenants {
		if d.Version(name) != 0 || len(people) == 0 {
			continue
		}
		err := d.change(ctx, name, func(e *edit) error {
			for i, p := range people {
				p := *p
				if err := e.addPerson(&p); err != nil {
					return fmt.Errorf("person %d: %w", i, err)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("the people of %s: %w", name, err)
		}
		d.deps.Logger.Info("the people of a file were taken over; from now on they are changed here, not there",
			zap.String("tenant", name), zap.Int("people", len(people)))
	}
	return nil
}

func seedPeople(list []seedPerson) ([]*Person, error) {
	known := make(map[string]bool)
	people := make([]*Person, 0, len(list))
	for i, entry := range list {
		p := &Person{}
		if len(entry.Name) > 0 {
			p.Name, p.OtherNames = entry.Name[0], entry.Name[1:]
		}
		for _, agent := range entry.Agents {
			identifier, err := statements.AgentIdentifier(agent, statements.V1)
			if err != nil {
				return nil, fmt.Errorf("person %d: %s", i, violation(err))
			}
			if known[identifier] {
				return nil, fmt.Errorf("person %d: %s is listed before", i, identifier)
			}
			known[identifier] = true
			p.Identifiers = append(p.Identifiers, identifier)
		}
		people = append(people, p)
	}
	return people, nil
}
