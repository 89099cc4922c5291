package check

import (
	"fmt"
	"strings"

	"lernspur/bench/faults/journal"
)

// expected is what the journals say of one statement.
type expected struct {
	sent  journal.Sent
	id    string // "" while unknown: the server chose it and its answer was lost
	acked bool
	reads []string // as it was read while the campaign ran
}

// asked is one request of which all or nothing must be there.
type asked struct {
	name  string
	acked bool
	sts   []*expected
}

// model is what all journals together say.
type model struct {
	byID     map[string]*expected
	byMarker map[string]*expected
	requests []*asked
	forbid   map[string]string // markers that must not be there, and why
	problems []Problem         // what the clients saw themselves
	acked    int               // statements
}

// load reads journals, in the order in which they were written.
func load(paths []string) (*model, error) {
	m := &model{byID: map[string]*expected{}, byMarker: map[string]*expected{}, forbid: map[string]string{}}
	for _, path := range paths {
		intents := map[int64]*asked{}
		err := journal.ReadFile(path, func(r journal.Record) error { return m.take(path, r, intents) })
		if err != nil {
			return nil, err
		}
	}
	for _, e := range m.byMarker {
		if e.acked {
			m.acked++
		}
	}
	return m, nil
}

func (m *model) take(path string, r journal.Record, intents map[int64]*asked) error {
	switch r.Kind {
	case journal.Intent:
		a := &asked{name: fmt.Sprintf("%s request %d", path, r.N)}
		intents[r.N] = a
		for _, s := range r.Statements {
			if r.Purpose == journal.Conflict {
				m.forbid[s.Marker] = a.name + " was to be refused for a conflict"
				continue
			}
			a.sts = append(a.sts, m.expect(s))
		}
		if r.Purpose != journal.Conflict && r.Purpose != journal.Repeat {
			m.requests = append(m.requests, a)
		}
	case journal.Ack:
		a := intents[r.N]
		a.acked = true
		for i, e := range a.sts {
			e.acked = true
			if e.id == "" && i < len(r.IDs) {
				e.id = r.IDs[i]
				m.byID[e.id] = e
			}
		}
	case journal.Read:
		if e := m.byID[r.IDs[0]]; e != nil && r.Status == 200 {
			e.reads = append(e.reads, r.Text)
		}
	case journal.Violation:
		m.problems = append(m.problems, Problem{"client", fmt.Sprintf("%s request %d: %s", path, r.N, r.Text)})
	}
	return nil
}

// expect finds or adds a statement; one that is sent again is the same.
func (m *model) expect(s journal.Sent) *expected {
	if e := m.byMarker[s.Marker]; e != nil {
		return e
	}
	e := &expected{sent: s, id: s.ID}
	m.byMarker[s.Marker] = e
	if s.ID != "" {
		m.byID[strings.ToLower(s.ID)] = e
	}
	return e
}
