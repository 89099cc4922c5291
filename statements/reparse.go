package statements

import (
	"errors"
	"fmt"
	"slices"
)

// Reparse takes a statement apart that was stored: Raw of a stamped Statement.
// It makes the same columns and the same digest as when it was parsed first
// (IDGiven, which says how the id came about, is always set, and UTC is not),
// but does not judge the rules again, so that no later rule makes what is stored unreadable.
// The error tells why raw cannot be such a text. Raw is copied.
func Reparse(raw []byte) (*Statement, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: V2, Limits: Limits{MaxDepth: 1 << 20}}
	if err := p.readStored(raw, &opts); err != nil {
		return nil, err
	}
	f := &p.found
	if !f.hasID || f.storedAt == 0 || f.timestampAt == 0 {
		return nil, errors.New("statements: stored text lacks id, stored or timestamp")
	}
	return p.rebuild()
}

// readStored walks over a stored text without judging it.
func (p *parser) readStored(raw []byte, opts *Options) error {
	p.begin(raw, opts)
	p.trust = true
	end := p.value(p.space(0), 0)
	if end < 0 {
		line, column := position(p.body, p.hardAt)
		return fmt.Errorf("statements: stored text cannot be read: %s (line %d, column %d)", p.hard, line, column)
	}
	if p.space(end) != len(raw) || p.nodes[0].kind != kindObject || !p.checkStatement() {
		return errors.New("statements: stored text is not one statement")
	}
	return nil
}

// rebuild makes the Statement of a stored text.
func (p *parser) rebuild() (*Statement, error) {
	f, c := &p.found, &p.columns
	st := &Statement{
		ID: f.id, IDGiven: true, ObjectKind: f.kind, Ref: f.ref, Voiding: f.voiding,
		Registration: f.registration, Result: f.result,
		Stored: f.stored.micros(), Timestamp: f.timestamp.micros(),
		storedAt: int(p.nodes[f.storedAt].start), timestampAt: none,
	}
	if p.nodes[f.storedAt].end-p.nodes[f.storedAt].start != uint32(storedWidth) {
		return nil, errors.New("statements: stored is not as FormatStored writes it")
	}
	st.Digest, st.Attachments = p.digest(), p.attachments()
	authorityAt := none
	if f.authority != 0 {
		authorityAt, _ = p.checkActor(f.authority, authorityPlace, RoleRelated)
	}
	end := len(p.body)
	buf := append(append(make([]byte, 0, end+len(c.text)), p.body...), c.text...)
	p.fillColumns(st, alias(buf[end:]))
	if authorityAt != none {
		st.Authority = st.Agents[authorityAt].Identifier
	}
	st.Raw = buf[:end:end]
	st.definitions = slices.Clone(c.definitions)
	return st, nil
}
