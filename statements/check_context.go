package statements

var (
	contextNames = []string{"registration", "instructor", "team", "contextActivities", "revision", "platform",
		"language", "statement", "extensions"}
	contextNames20       = append(contextNames[:9:9], "contextAgents", "contextGroups")
	contextActivityNames = []string{"parent", "grouping", "category", "other"}
)

// checkContext checks the context of a statement or SubStatement whose object
// is of a kind.
func (p *parser) checkContext(n int, kind ObjectKind, sub bool) bool {
	if !p.isObject(n) {
		return false
	}
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "registration":
			ok = p.checkRegistration(v, sub)
		case "instructor":
			_, ok = p.checkActor(v, anyActor, RoleRelated)
		case "team":
			_, ok = p.checkActor(v, teamPlace, RoleRelated)
		case "contextActivities":
			ok = p.checkContextActivities(v, sub)
		case "revision":
			ok = p.isString(v) && (kind == ObjectActivity || !p.fail(ruleRevision, v,
				"revision is only allowed when the object is an Activity"))
		case "platform":
			ok = p.isString(v) && (kind == ObjectActivity || !p.fail(rulePlatform, v,
				"platform is only allowed when the object is an Activity"))
		case "language":
			ok = p.isString(v) && (isLanguageTag(p.text(v)) || !p.fail(ruleContextLanguage, v,
				`language must be a language tag such as "de" or "en-US", not `+p.quote(v)))
		case "statement":
			ok = p.checkContextStatement(v)
		case "extensions":
			ok = p.checkExtensions(v)
		case "contextAgents":
			ok = p.checkContextActors(k, &contextAgents)
		case "contextGroups":
			ok = p.checkContextActors(k, &contextGroups)
		default:
			ok = p.unknownInContext(k)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (p *parser) unknownInContext(k int) bool {
	if p.ed >= V2 {
		return p.unknown(k, "a context", contextNames20)
	}
	return p.unknown(k, "a context under xAPI 1.0.x", contextNames)
}

func (p *parser) checkRegistration(n int, sub bool) bool {
	id, ok := parseUUID(p.text(n))
	if !p.isString(n) || !ok && p.fail(ruleRegistration, n, notUUID) {
		return false
	}
	if !sub {
		p.found.registration = id
	}
	return true
}

// checkContextStatement checks context.statement, a StatementRef.
func (p *parser) checkContextStatement(n int) bool {
	if !p.isObject(n) {
		return false
	}
	at := p.property(n, "objectType")
	if at != 0 && !p.isString(at) {
		return false
	}
	if (at == 0 || p.text(at) != "StatementRef") && p.fail(ruleRefType, max(at, n),
		`context.statement must be a StatementRef: objectType must be "StatementRef"`) {
		return false
	}
	return p.checkRef(n, false)
}

// checkContextActivities checks contextActivities. A lone Activity is made an
// array of one, as an LRS has to return it (Data 2.4.6.2).
func (p *parser) checkContextActivities(n int, sub bool) bool {
	if !p.isObject(n) {
		return false
	}
	for k, end := p.members(n); k < end; k = p.after(k) {
		role := RoleRelated
		switch p.text(k) {
		case "parent":
			role |= roleParent
		case "grouping":
			role |= roleGrouping
		case "category", "other":
		default:
			if !p.unknown(k, "contextActivities", contextActivityNames) {
				return false
			}
		}
		if sub {
			role = RoleRelated
		}
		v := k + 1
		if p.nodes[v].kind == kindArray {
			for e, end := p.elements(v); e < end; e = int(p.nodes[e].next) {
				if !p.checkContextActivity(e, role) {
					return false
				}
			}
			continue
		}
		if !p.checkContextActivity(v, role) {
			return false
		}
		start, stop := p.outer(v)
		p.edits = append(p.edits, edit{uint32(start), uint32(start), "["}, edit{uint32(stop), uint32(stop), "]"})
	}
	return true
}

func (p *parser) checkContextActivity(n int, role Role) bool {
	if !p.isObject(n) {
		return false
	}
	if at := p.property(n, "objectType"); at != 0 {
		if !p.isString(at) || p.text(at) != "Activity" && p.fail(ruleActivityType, at,
			`objectType must be "Activity" in contextActivities, not `+p.quote(at)) {
			return false
		}
	}
	_, ok := p.checkActivity(n, role)
	return ok
}

// contextActors is how contextAgents and contextGroups differ.
type contextActors struct {
	objectType, property, owner string
	typeRule, actorRule         string
	place                       actorPlace
	names                       []string
}

var (
	contextAgents = contextActors{"contextAgent", "agent", "an element of contextAgents",
		ruleCtxAgentType, ruleCtxAgentAgent, contextAgentPlace, []string{"objectType", "agent", "relevantTypes"}}
	contextGroups = contextActors{"contextGroup", "group", "an element of contextGroups",
		ruleCtxGroupType, ruleCtxGroupGroup, contextGroupPlace, []string{"objectType", "group", "relevantTypes"}}
)

// checkContextActors checks contextAgents or contextGroups, whose key is k.
func (p *parser) checkContextActors(k int, which *contextActors) bool {
	if p.ed < V2 && !p.unknownInContext(k) {
		return false
	}
	if !p.isArray(k + 1) {
		return false
	}
	for e, end := p.elements(k + 1); e < end; e = int(p.nodes[e].next) {
		if !p.checkContextActor(e, which) {
			return false
		}
	}
	return true
}

func (p *parser) checkContextActor(n int, which *contextActors) bool {
	if !p.isObject(n) {
		return false
	}
	typeAt, actor := 0, 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "objectType":
			typeAt = v
			ok = p.isString(v)
		case which.property:
			actor = v
		case "relevantTypes":
			ok = p.checkRelevantTypes(v)
		default:
			ok = p.unknown(k, which.owner, which.names)
		}
		if !ok {
			return false
		}
	}
	if (typeAt == 0 || p.text(typeAt) != which.objectType) && p.fail(which.typeRule, max(typeAt, n),
		`objectType must be "`+which.objectType+`"`) {
		return false
	}
	if actor == 0 {
		return !p.fail(which.actorRule, n, which.owner+" needs "+which.property)
	}
	_, ok := p.checkActor(actor, which.place, RoleRelated)
	return ok
}

func (p *parser) checkRelevantTypes(n int) bool {
	if !p.isArray(n) {
		return false
	}
	first, end := p.elements(n)
	if first >= end && p.nodes[n].kind == kindArray &&
		p.fail(ruleRelevantEmpty, n, "relevantTypes must not be empty; leave it out instead") {
		return false
	}
	for e := first; e < end; e = int(p.nodes[e].next) {
		if !p.isString(e) || !isIRI(p.text(e)) && p.fail(ruleRelevantIRI, e, p.notIRI(e)) {
			return false
		}
	}
	return true
}
