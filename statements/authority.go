package statements

import (
	"bytes"
	"errors"
	"fmt"
)

// authority is the request's authority, taken apart. It stays in the parser
// from call to call, since one key's requests follow each other.
type authority struct {
	json       []byte
	identifier string
	agents     []string // identifiers of the Agent, or of a Group and its members
}

var errAuthority = errors.New("statements: Options.Authority is not a valid Agent or Group")

// readAuthority takes opts.Authority apart.
func (p *parser) readAuthority(opts *Options) error {
	if opts.Authority == nil {
		p.authority = authority{}
		return nil
	}
	if p.authority.json == nil || !bytes.Equal(p.authority.json, opts.Authority) {
		a, err := p.parseAuthority(opts.Authority)
		if err != nil {
			return err
		}
		p.authority = a
	}
	return nil
}

// parseAuthority takes an authority apart, of which everything returned is a
// copy.
func (p *parser) parseAuthority(text []byte) (authority, error) {
	body := p.body
	defer func() { p.body = body; p.violations = nil }()
	p.body = text
	p.tape.reset()
	p.columns.reset()
	if end := p.value(p.space(0), 0); end < 0 || p.soft != "" || p.space(end) != len(text) {
		return authority{}, errAuthority
	}
	at, ok := p.checkActor(0, authorityPlace, RoleRelated)
	if !ok {
		return authority{}, fmt.Errorf("%w: %w", errAuthority, &Invalid{Violations: p.violations})
	}
	start, end := p.outer(0)
	a := authority{json: bytes.Clone(text[start:end])}
	for _, u := range p.columns.agents.list {
		a.agents = append(a.agents, string(p.columns.text[u.start:u.end]))
	}
	if at != none {
		a.identifier = a.agents[at]
	}
	return a, nil
}
