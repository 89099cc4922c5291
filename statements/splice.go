package statements

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// edit replaces the bytes of the body from start to end.
type edit struct {
	start, end uint32
	text       string
}

// gap stands in Raw for an instant that Stamp will set. It has the length of
// one.
const gap = "0000-00-00T00:00:00.000000Z"

// Stamp sets the instant at which the statement is stored, in microseconds
// since the Unix epoch, and, if no timestamp was sent, the timestamp to the
// same (xAPI 1.0.3 Data 2.4.7 and 2.4.8). It writes both into Raw. Stamping
// again overwrites.
func (s *Statement) Stamp(stored int64) {
	s.Stored = stored
	appendStored(s.Raw[s.storedAt:s.storedAt], stored)
	if s.timestampAt >= 0 {
		s.Timestamp = stored
		appendStored(s.Raw[s.timestampAt:s.timestampAt], stored)
	}
}

// build makes the Statement out of what the walk found. One buffer takes Raw
// and, behind it, the texts of the columns.
func (p *parser) build() *Statement {
	f, c := &p.found, &p.columns
	st := &Statement{
		ID: f.id, IDGiven: f.hasID, ObjectKind: f.kind, Ref: f.ref, Voiding: f.voiding,
		Registration: f.registration, Result: f.result, Timestamp: f.timestamp.micros(), UTC: f.utc,
		timestampAt: none,
	}
	if !f.hasID {
		st.ID, st.IDGiven = p.newID()
	}
	st.Digest, st.Attachments = p.digest(), p.attachments()
	p.addAuthority(st)

	size := int(p.nodes[0].end-p.nodes[0].start) + len(p.authority.json) + len(c.text)
	for _, e := range p.edits {
		size += len(e.text)
	}
	const suffix = len(`,"id":"","stored":"","timestamp":"","authority":,"version":"2.0.0"`) + 36 + 2*storedWidth
	st.Raw = p.splice(make([]byte, 0, size+suffix), st)
	p.keepDefinitions(st)
	end := len(st.Raw)
	p.fillColumns(st, alias(append(st.Raw, c.text...)[end:]))
	st.Raw = st.Raw[:end:end]
	return st
}

// addAuthority adds the request's authority to the columns.
func (p *parser) addAuthority(st *Statement) {
	st.Authority = cmp.Or(p.opts.AuthorityIdentifier, p.authority.identifier)
	c := &p.columns
	for _, identifier := range p.authority.agents {
		start := len(c.text)
		c.text = append(c.text, identifier...)
		c.add(&c.agents, start, RoleRelated)
	}
}

// fillColumns cuts the columns out of their texts.
func (p *parser) fillColumns(st *Statement, text string) {
	c := &p.columns
	st.Verb = text[c.verb.start:c.verb.end]
	switch v := text[c.version.start:c.version.end]; v {
	case "":
		st.Version = p.defaultVersion()
	default:
		st.Version = v
	}
	if n := len(c.agents.list); n > 0 {
		st.Agents = make([]AgentUse, n)
		for i, u := range c.agents.list {
			st.Agents[i] = AgentUse{text[u.start:u.end], u.role & rolesKept}
		}
	}
	if n := len(c.activities.list); n > 0 {
		st.Activities = make([]ActivityUse, n)
		for i, u := range c.activities.list {
			st.Activities[i] = ActivityUse{text[u.start:u.end], u.role & rolesKept}
		}
	}
	if c.actor != none {
		st.Actor = st.Agents[c.actor].Identifier
	}
	if c.object != none {
		if st.ObjectKind == ObjectActivity {
			st.Object = st.Activities[c.object].ID
		} else {
			st.Object = st.Agents[c.object].Identifier
		}
	}
	st.Courses = p.courses(st)
}

// courses picks the activities that st counts for, see Statement.Courses.
func (p *parser) courses(st *Statement) []string {
	list := p.columns.activities.list
	for _, role := range [...]Role{roleGrouping, roleParent} {
		n := 0
		for _, u := range list {
			if u.role&role != 0 {
				n++
			}
		}
		if n == 0 {
			continue
		}
		courses := make([]string, 0, n)
		for i, u := range list {
			if u.role&role != 0 {
				courses = append(courses, st.Activities[i].ID)
			}
		}
		return courses
	}
	if st.ObjectKind == ObjectActivity && st.Object != "" {
		return []string{st.Object}
	}
	return nil
}

// defaultVersion is the version of a statement that came without one
// (xAPI 1.0.3 Data 2.4.10; 2.0, 4.2.4.3).
func (p *parser) defaultVersion() string {
	if p.ed >= V2 {
		return "2.0.0"
	}
	return "1.0.0"
}

// splice appends the statement as it is to be kept: as sent, but without
// stored and authority, which the server sets, with the edits that the walk
// asked for, and with what an LRS has to add behind the last property.
func (p *parser) splice(dst []byte, st *Statement) []byte {
	root := p.nodes[0]
	kept, tail, any := root.start+1, root.start+1, false
	for k, end := p.members(0); k < end; k = p.after(k) {
		next := p.after(k)
		_, stop := p.outer(k + 1)
		tail = uint32(stop)
		if !p.replaced(k) {
			kept, any = tail, true
		} else if next < end {
			p.edits = append(p.edits, edit{p.nodes[k].start - 1, p.nodes[next].start - 1, ""})
		}
	}
	slices.SortStableFunc(p.edits, func(a, b edit) int { return int(a.start) - int(b.start) })
	pos := root.start
	for _, e := range p.edits {
		if e.start >= kept {
			break // within the run of removed properties at the end
		}
		dst = append(append(dst, p.body[pos:e.start]...), e.text...)
		pos = e.end
	}
	dst = append(dst, p.body[pos:kept]...)
	dst = p.appendSet(dst, st, any)
	return append(dst, p.body[tail:root.end]...)
}

// replaced tells whether the server sets the property with key k itself.
func (p *parser) replaced(k int) bool {
	switch p.text(k) {
	case "stored":
		return true
	case "authority":
		return p.authority.json != nil
	}
	return false
}

// appendSet appends the properties that the server sets. Between them and what
// was sent comes a comma, if anything was.
func (p *parser) appendSet(dst []byte, st *Statement, any bool) []byte {
	if any {
		dst = append(dst, ',')
	}
	dst = append(dst, `"stored":"`...)
	st.storedAt = len(dst)
	dst = append(dst, gap...)
	if p.found.timestampAt == 0 {
		dst = append(dst, `","timestamp":"`...)
		st.timestampAt = len(dst)
		dst = append(dst, gap...)
	}
	dst = append(dst, '"')
	if p.found.idAt == 0 {
		dst = append(dst, `,"id":"`...)
		dst = append(appendUUID(dst, st.ID), '"')
	}
	if p.authority.json != nil {
		dst = append(append(dst, `,"authority":`...), p.authority.json...)
	}
	if p.found.version == 0 {
		dst = append(append(append(dst, `,"version":"`...), p.defaultVersion()...), '"')
	}
	return dst
}

// appendUUID appends the standard string form in lower case.
func appendUUID(dst []byte, id uuid.UUID) []byte {
	const hex = "0123456789abcdef"
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[b>>4], hex[b&15])
	}
	return dst
}
