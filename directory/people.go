package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"lernspur/statements"
)

// Person is somebody whom content knows under several identifiers.
type Person struct {
	Names []string
	// Identifiers are canonical, as statements.AgentIdentifier makes them.
	Identifiers []string
}

// People are the persons of all tenants. They never change, and may be used by
// many goroutines. A nil *People knows nobody.
type People struct {
	tenants map[string]map[string]*Person // by tenant and identifier
}

// maxPeopleFile bounds one tenant's file.
const maxPeopleFile = 64 << 20

// ReadPeople reads the persons of all tenants from a folder with a file
// <tenant>.json for each that has some, a list of
//
//	{"name": ["Ada Example"], "agents": [{"mbox": "mailto:ada@town.example"}, {"account": {…}}]}
//
// with one Agent of xAPI for each identifier. A folder that is not there holds
// none; files of other names are passed over. The error names the file and the
// person, counted from 0; nobody may have an identifier that another one has.
func ReadPeople(dir string) (*People, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	people := &People{tenants: make(map[string]map[string]*Person)}
	for _, f := range files {
		tenant, ok := strings.CutSuffix(f.Name(), ".json")
		if !ok || tenant == "" || f.IsDir() {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if people.tenants[tenant], err = readPeople(path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return people, nil
}

func readPeople(path string) (map[string]*Person, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPeopleFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxPeopleFile {
		return nil, fmt.Errorf("more than %d bytes", maxPeopleFile)
	}
	var list []struct {
		Name   []string          `json:"name"`
		Agents []json.RawMessage `json:"agents"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, err
	}
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
	if p == nil || p.tenants[tenant][identifier] == nil {
		return Person{}
	}
	return *p.tenants[tenant][identifier]
}
