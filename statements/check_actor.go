package statements

// actorPlace tells which kinds of actors may stand at a place.
type actorPlace uint8

const (
	anyActor actorPlace = iota
	memberPlace
	teamPlace
	authorityPlace
	contextAgentPlace
	contextGroupPlace
)

// actorParts are the nodes of an Agent's or Group's properties, 0 if absent.
type actorParts struct {
	objectType, mbox, sha1, openID, account, member int
}

var (
	agentNames = []string{"objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"}
	groupNames = append(agentNames[:6:6], "member")
)

// checkActor checks an Agent or Group and adds it and its members to the
// columns with a role: Groups match the filter agent through their members too
// (Comm 2.1.3). It returns its place among the agents, none if it has no
// identifier.
func (p *parser) checkActor(n int, place actorPlace, role Role) (at int, ok bool) {
	if !p.isObject(n) {
		return none, false
	}
	a, ok := p.actorParts(n)
	if !ok {
		return none, false
	}
	group, ok := p.checkActorType(n, a.objectType, place)
	if !ok {
		return none, false
	}
	if a.member != 0 && !group && !p.unknown(a.member-1, "an Agent", agentNames) {
		return none, false
	}
	count := 0
	for _, n := range [...]int{a.mbox, a.sha1, a.openID, a.account} {
		if n != 0 {
			count++
		}
	}
	if (count > 1 || count == 0 && !group) && p.fail(ruleIFIOne, n, ifiMessage(count, group)) {
		return none, false
	}
	if at, ok = p.checkIdentifier(a, role); !ok {
		return none, false
	}
	if !group {
		return at, true
	}
	return at, p.checkMembers(n, a.member, count > 0, place, role)
}

func ifiMessage(count int, group bool) string {
	switch {
	case group:
		return "a Group must not have more than one of mbox, mbox_sha1sum, openid and account"
	case count == 0:
		return "an Agent needs one of mbox, mbox_sha1sum, openid and account"
	}
	return "an Agent must have only one of mbox, mbox_sha1sum, openid and account"
}

// actorParts finds the properties.
func (p *parser) actorParts(n int) (a actorParts, ok bool) {
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "objectType":
			a.objectType = v
		case "name":
			if !p.isString(v) {
				return a, false
			}
		case "mbox":
			a.mbox = v
		case "mbox_sha1sum":
			a.sha1 = v
		case "openid":
			a.openID = v
		case "account":
			a.account = v
		case "member":
			a.member = v
		default:
			if !p.unknown(k, "an Agent or Group", groupNames) {
				return a, false
			}
		}
	}
	return a, true
}

// checkActorType tells whether an actor is a Group, and whether one or the
// other may stand here. n is the actor, typeAt its objectType.
func (p *parser) checkActorType(n, typeAt int, place actorPlace) (group, ok bool) {
	if typeAt != 0 {
		if !p.isString(typeAt) {
			return false, false
		}
		switch p.text(typeAt) {
		case "Agent":
		case "Group":
			group = true
		default:
			if p.fail(ruleActorType, typeAt, `objectType must be "Agent" or "Group" here, not `+p.quote(typeAt)) {
				return false, false
			}
		}
	}
	switch {
	case place == memberPlace && group:
		ok = !p.fail(ruleMemberAgent, n, "the members of a Group must be Agents, not Groups")
	case place == teamPlace && !group:
		ok = !p.fail(ruleTeamGroup, n, `team must be a Group: objectType must be "Group"`)
	case place == contextAgentPlace && group:
		ok = !p.fail(ruleCtxAgentAgent, n, "agent must be an Agent, not a Group; Groups go into contextGroups")
	case place == contextGroupPlace && !group:
		ok = !p.fail(ruleCtxGroupGroup, n, `group must be a Group: objectType must be "Group"`)
	default:
		ok = true
	}
	return group, ok
}

// checkIdentifier checks the inverse functional identifier. Its canonical text
// is case-sensitive as sent except where the specification says that letter
// case does not matter: the scheme and the domain of mbox (Data 2.3.1) and
// hexadecimal digits are in lower case.
func (p *parser) checkIdentifier(a actorParts, role Role) (at int, ok bool) {
	at = none
	c := &p.columns
	start := len(c.text)
	if a.mbox != 0 {
		text := p.text(a.mbox)
		if !p.isString(a.mbox) || !isMbox(text) && p.fail(ruleMbox, a.mbox,
			`mbox must be "mailto:" and an e-mail address, such as "mailto:anna@example.org"`) {
			return none, false
		}
		c.text = appendMbox(append(c.text, "mbox|"...), text)
		at, start = c.add(&c.agents, start, role), len(c.text)
	}
	if a.sha1 != 0 {
		text := p.text(a.sha1)
		if !p.isString(a.sha1) || (len(text) != 40 || !isHex(text)) && p.fail(ruleMboxSHA1, a.sha1,
			"mbox_sha1sum must be the SHA-1 of a mailto IRI, 40 hexadecimal digits") {
			return none, false
		}
		c.text = appendLower(append(c.text, "mbox_sha1sum|"...), text)
		at, start = c.add(&c.agents, start, role), len(c.text)
	}
	if a.openID != 0 {
		text := p.text(a.openID)
		if !p.isString(a.openID) || !isIRI(text) && p.fail(ruleOpenID, a.openID, p.notIRI(a.openID)) {
			return none, false
		}
		c.text = append(append(c.text, "openid|"...), text...)
		at, start = c.add(&c.agents, start, role), len(c.text)
	}
	if a.account != 0 {
		if !p.checkAccount(a.account) {
			return none, false
		}
		at = c.add(&c.agents, start, role)
	}
	return at, true
}

// checkAccount checks an account and appends its identifier to the texts.
func (p *parser) checkAccount(n int) bool {
	if !p.isObject(n) {
		return false
	}
	homePage, name := 0, 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "homePage":
			homePage = v
		case "name":
			name = v
		default:
			if !p.unknown(k, "an account", []string{"homePage", "name"}) {
				return false
			}
		}
	}
	if homePage == 0 && p.fail(ruleHomePage, n, "an account needs a homePage") ||
		name == 0 && p.fail(ruleAccountName, n, "an account needs a name") {
		return false
	}
	c := &p.columns
	c.text = append(c.text, "account|"...)
	if homePage != 0 {
		text := p.text(homePage)
		if !p.isString(homePage) || !isIRI(text) && p.fail(ruleHomePageIRI, homePage, p.notIRI(homePage)) {
			return false
		}
		c.text = append(c.text, text...)
	}
	c.text = append(c.text, '|')
	if name != 0 {
		if !p.isString(name) {
			return false
		}
		c.text = append(c.text, p.text(name)...)
	}
	return true
}

// checkMembers checks the members of Group n; member may be 0.
func (p *parser) checkMembers(n, member int, identified bool, place actorPlace, role Role) bool {
	count := 0
	if member != 0 {
		if !p.isArray(member) {
			return false
		}
		for e, end := p.elements(member); e < end; e = int(p.nodes[e].next) {
			if _, ok := p.checkActor(e, memberPlace, role); !ok {
				return false
			}
			count++
		}
	}
	if !identified && count == 0 && p.fail(ruleGroupMember, n,
		"a Group without mbox, mbox_sha1sum, openid or account needs at least one member") {
		return false
	}
	if place == authorityPlace && (identified || count != 2) && p.fail(ruleAuthority, n,
		"an authority must be an Agent, or a Group without identifier and with exactly two members") {
		return false
	}
	return true
}

// checkAuthority checks an authority that was sent. It does not enter the
// columns: the server sets its own.
func (p *parser) checkAuthority(n int) bool {
	_, ok := p.checkActor(n, authorityPlace, 0)
	return ok
}

// appendMbox appends a mailto IRI with its scheme and domain in lower case.
func appendMbox(dst []byte, s string) []byte {
	local := len(s)
	for local > 0 && s[local-1] != '@' {
		local--
	}
	head := min(len(mailto), local)
	dst = appendLower(dst, s[:head])
	dst = append(dst, s[head:local]...)
	return appendLower(dst, s[local:])
}

// appendLower appends s with the ASCII letters in lower case.
func appendLower(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
