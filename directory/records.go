package directory

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"lernspur/documents"
)

// The records of a tenant lie on one shelf. What an id begins with says what a
// record is; the rest is the id of what it is about.
const (
	recordPerson    = "p/"
	recordUnit      = "u/"
	recordGroup     = "g/"
	recordHeadcount = "h/"
	recordMerge     = "m/"
	recordImport    = "i/"
)

// contentType is that of all records.
const contentType = "application/json"

func shelf(tenant string) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.Directory}
}

func (k headcountKey) record() string { return recordHeadcount + k.unit + "/" + strconv.Itoa(k.year) }

// apply takes over a record as it is stored.
func (s *state) apply(d *documents.Document) error {
	s.version = max(s.version, d.Version)
	if d.Deleted {
		return nil // the newest version only is read, so there is nothing to take out
	}
	var err error
	switch {
	case strings.HasPrefix(d.ID, recordPerson):
		var p *Person
		if p, err = decode[Person](d); err == nil {
			p.Version = d.Version
			s.setPerson(p)
		}
	case strings.HasPrefix(d.ID, recordUnit):
		var u *Unit
		if u, err = decode[Unit](d); err == nil {
			u.Version = d.Version
			s.setUnit(u)
		}
	case strings.HasPrefix(d.ID, recordGroup):
		var g *Group
		if g, err = decode[Group](d); err == nil {
			g.Version = d.Version
			s.setGroup(g)
		}
	case strings.HasPrefix(d.ID, recordHeadcount):
		var h *Headcount
		if h, err = decode[Headcount](d); err == nil {
			h.Version = d.Version
			s.headcounts[headcountKey{h.Unit, h.Year}] = h
		}
	case strings.HasPrefix(d.ID, recordMerge):
		var m *Merge
		if m, err = decode[Merge](d); err == nil {
			m.Version = d.Version
			s.setMerge(m)
		}
	case strings.HasPrefix(d.ID, recordImport):
		var i *Import
		if i, err = decode[Import](d); err == nil {
			s.imports[i.ID] = i
		}
	}
	return err
}

func decode[T any](d *documents.Document) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record of the directory (%q) cannot be read: %w", d.ID, err)
	}
	return v, nil
}

// stored is what the state has for a record now, and where its version goes; nil
// when it is not there.
func (s *state) stored(record string) (value any, version *int64) {
	id := record[2:]
	switch record[:2] {
	case recordPerson:
		if p := s.people[id]; p != nil {
			return p, &p.Version
		}
	case recordUnit:
		if u := s.units[id]; u != nil {
			return u, &u.Version
		}
	case recordGroup:
		if g := s.groups[id]; g != nil {
			return g, &g.Version
		}
	case recordHeadcount:
		unit, year, _ := strings.Cut(id, "/")
		n, _ := strconv.Atoi(year)
		if h := s.headcounts[headcountKey{unit, n}]; h != nil {
			return h, &h.Version
		}
	case recordMerge:
		if m := s.merges[id]; m != nil {
			return m, &m.Version
		}
	case recordImport:
		if i := s.imports[id]; i != nil {
			return i, &i.Version
		}
	}
	return nil, nil
}
