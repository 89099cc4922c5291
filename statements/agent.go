package statements

// AgentIdentifier reads an Agent or identified Group as the parameter agent
// has it (Comm 2.1.3, 2.3 and others) and returns its canonical identifier, the
// text that AgentUse.Identifier has:
//
//	mbox|mailto:anna@example.org
//	mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9
//	openid|https://anna.example.org/
//	account|https://lms.example.org|anna
//
// A homePage cannot contain |, so the last form is unambiguous. The scheme and
// domain of mbox and the digits of mbox_sha1sum are in lower case, everything
// else is as it was given. The same rules hold as in statements; the error is
// *Invalid, also for a Group without identifier.
func AgentIdentifier(agentJSON []byte, ed Edition) (identifier string, err error) {
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
		return "", &Invalid{Violations: p.violations}
	}
	u := p.columns.agents.list[at]
	return string(p.columns.text[u.start:u.end]), nil
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
