package directory

import (
	"encoding/json"
	"fmt"

	"lernspur/internal/tenantfiles"
	"lernspur/statements"
)

// Person is somebody whom content knows under several identifiers.
type Person struct {
	Names []string
	// Identifiers are canonical, as statements.AgentIdentifier makes them.
	Identifiers []string
}

// People are the persons of all tenants. They never change, and may be used by
// many goroutines. The zero People knows nobody.
type People struct {
	tenants map[string]map[string]*Person // by tenant and identifier
}

// maxPeopleFile bounds one tenant's file.
const maxPeopleFile = 64 << 20

// personFile is one person of a file.
type personFile struct {
	Name   []string          `json:"name"`
	Agents []json.RawMessage `json:"agents"`
}

// ReadPeople reads the persons of all tenants from a folder with a file
// <tenant>.json for each that has some, a list of
//
//	{"name": ["Ada Example"], "agents": [{"mbox": "mailto:ada@town.example"}, {"account": {…}}]}
//
// with one Agent of xAPI for each identifier. A folder that is not there holds
// none; files of other names are passed over. The error names the file and the
// person, counted from 0; nobody may have an identifier that another one has.
func ReadPeople(dir string) (*People, error) {
	tenants, err := tenantfiles.Read(dir, maxPeopleFile, byIdentifier)
	return &People{tenants}, err
}

func byIdentifier(list []personFile) (map[string]*Person, error) {
	known := make(map[string]*Person)
	for i, entry := range list {
		p := &Person{Names: entry.Name}
		for _, agent := range entry.Agents {
			identifier, err := statements.AgentIdentifier(agent, statements.V1)
			if err != nil {
				return nil, fmt.Errorf("person %d: %s", i, violation(err))
			}
			if known[identifier] != nil {
				return nil, fmt.Errorf("person %d: %s is listed before", i, identifier)
			}
			known[identifier] = p
			p.Identifiers = append(p.Identifiers, identifier)
		}
	}
	return known, nil
}

// Person is who has an identifier; the zero Person when nobody is known to.
func (p *People) Person(tenant, identifier string) Person {
	if p.tenants[tenant][identifier] == nil {
		return Person{}
	}
	return *p.tenants[tenant][identifier]
}
