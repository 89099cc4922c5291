package statements

import "strings"

// Agent is an Agent or identified Group as a parameter names it.
type Agent struct {
	// Identifier is the canonical text of the inverse functional identifier,
	// the same that AgentUse.Identifier has:
	//
	//	mbox|mailto:anna@example.org
	//	mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9
	//	openid|https://anna.example.org/
	//	account|https://lms.example.org|anna
	//
	// A homePage cannot contain |, so the last form is unambiguous. The scheme and
	// domain of mbox and the digits of mbox_sha1sum are in lower case, everything
	// else is as it was given.
	Identifier string
	Name       string // "" when it was not given
	Group      bool
}

// AgentIdentifier reads an Agent or identified Group as the parameter agent
// has it (Comm 2.1.3, 2.3 and others) and returns its canonical identifier, see
// Agent. Otherwise it is like ParseAgent.
func AgentIdentifier(agentJSON []byte, ed Edition) (identifier string, err error) {
	agent, err := ParseAgent(agentJSON, ed)
	return agent.Identifier, err
}

// ParseAgent reads an Agent or identified Group as the parameter agent has it.
// The same rules hold as in statements; the error is *Invalid, also for a Group
// without identifier. agentJSON is not kept.
func ParseAgent(agentJSON []byte, ed Edition) (Agent, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: ed}
	p.begin(agentJSON, &opts)
	p.columns.reset()
	at := p.lone()
	if len(p.violations) == 0 && at == none {
		p.fail(ruleIFIOne, 0, "an identifier is needed here: one of mbox, mbox_sha1sum, openid and account")
	}
	if len(p.violations) > 0 {
		return Agent{}, &Invalid{Violations: p.violations}
	}
	u := p.columns.agents.list[at]
	agent := Agent{Identifier: string(p.columns.text[u.start:u.end])}
	if n := p.property(0, "name"); n != 0 {
		agent.Name = strings.Clone(p.text(n)) // which aliases the body
	}
	if n := p.property(0, "objectType"); n != 0 {
		agent.Group = p.text(n) == "Group"
	}
	return agent, nil
}

// lone reads a body that is one actor and returns its place among the agents.
func (p *parser) lone() int {
	end := p.value(p.space(0), 0)
	if end < 0 {
		p.broken(end)
		return none
	}
	if end = p.space(end); end != len(p.body) {
		p.broken(p.stop(ruleJSONSyntax, end, "the text should end here"))
		return none
	}
	if p.soft != "" {
		p.fail(p.softRule, p.softAt, p.soft)
		return none
	}
	at, ok := p.checkActor(0, anyActor, RoleDirect)
	if !ok {
		return none
	}
	return at
}

// NameIn is the name that a stored statement calls an Agent or Group by, as
// actor or object or as a member of either; "" when it has none.
func NameIn(raw []byte, identifier string) string {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: V2, Limits: Limits{MaxDepth: 1 << 20}}
	p.begin(raw, &opts)
	p.trust = true
	if end := p.value(p.space(0), 0); end < 0 {
		return ""
	}
	for _, property := range [...]string{"actor", "object"} {
		n := p.property(0, property)
		if n == 0 {
			continue
		}
		if name := p.nameOf(n, identifier); name != "" {
			return name
		}
		if members := p.property(n, "member"); members != 0 {
			for e, end := p.elements(members); e < end; e = int(p.nodes[e].next) {
				if name := p.nameOf(e, identifier); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// nameOf is the name of the actor n, if it has the identifier.
func (p *parser) nameOf(n int, identifier string) string {
	name := p.property(n, "name")
	if name == 0 {
		return ""
	}
	p.columns.reset()
	parts, _ := p.actorParts(n)
	if _, ok := p.checkIdentifier(parts, RoleDirect); !ok {
		return ""
	}
	for _, u := range p.columns.agents.list {
		if string(p.columns.text[u.start:u.end]) == identifier {
			return strings.Clone(p.text(name))
		}
	}
	return ""
}
