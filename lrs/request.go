package lrs

import (
	"lernspur/statements"

	"github.com/google/uuid"
)

// format is how statements are answered (xAPI 1.0.3 Part 3, 2.1.3).
type format uint8

const (
	formatExact format = iota
	formatIDs
	formatCanonical
)

// statementsRequest is one GET on the Statement resource, read and checked.
type statementsRequest struct {
	// single tells that one statement is asked for by id; voided that it has
	// to be voided.
	single bool
	voided bool
	id     uuid.UUID

	query       statements.Query
	format      format
	attachments bool
	// languages is the Accept-Language of the first page, for formatCanonical.
	languages string
}

// maxFilters is how many bytes the texts of the filters may have, so that the
// address of the next page, which holds them, is one that is accepted.
const maxFilters = 16 << 10

// maxLanguages is the length from which Accept-Language is passed over.
const maxLanguages = 1000

var (
	filterNames = []string{
		"agent", "verb", "activity", "registration", "related_activities", "related_agents",
		"since", "until", "limit", "ascending",
	}
	statementsNames = append([]string{"statementId", "voidedStatementId", "format", "attachments", "more"}, filterNames...)
)

// readRequest reads the parameters of a GET. The token of a further page goes
// alone.
func (a *API) readRequest(raw string, x *exchange, languages string) (statementsRequest, error) {
	p, err := parseParameters(raw, statementsNames...)
	if err != nil {
		return statementsRequest{}, err
	}
	if token, ok := p["more"]; ok {
		if len(p) > 1 {
			return statementsRequest{}, badRequest("the parameter more goes alone: the address of a further page is used as it is")
		}
		return a.openToken(token, x.cred.Tenant)
	}
	req := statementsRequest{}
	if req.attachments, err = p.flag("attachments"); err != nil {
		return req, err
	}
	switch value, given := p["format"]; {
	case !given, value == "exact":
	case value == "ids":
		req.format = formatIDs
	case value == "canonical":
		req.format = formatCanonical
		req.languages = languages
	default:
		return req, badRequest("the parameter format is ids, exact or canonical")
	}
	_, byID := p["statementId"]
	_, byVoided := p["voidedStatementId"]
	if byID || byVoided {
		return req, req.readSingle(p, byVoided)
	}
	return req, req.readFilters(p, x.edition, a.opts.MaxPage)
}

// readSingle reads the id of one statement: nothing else may narrow it.
func (req *statementsRequest) readSingle(p parameters, voided bool) error {
	name := "statementId"
	if voided {
		name = "voidedStatementId"
		if _, both := p["statementId"]; both {
			return badRequest("statementId and voidedStatementId exclude each other")
		}
	}
	for _, filter := range filterNames {
		if _, given := p[filter]; given {
			return badRequest("the parameter %s does not go with %s", filter, name)
		}
	}
	id, err := parseUUID(name, p[name])
	req.single, req.voided, req.id = true, voided, id
	return err
}

// readFilters reads what a list is narrowed by.
func (req *statementsRequest) readFilters(p parameters, ed statements.Edition, maxPage int) error {
	q := &req.query
	var err error
	first := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	q.Agent, e = p.agent(ed)
	first(e)
	q.Verb, e = p.iri("verb")
	first(e)
	q.Activity, e = p.iri("activity")
	first(e)
	if value, given := p["registration"]; given {
		q.Registration, e = parseUUID("registration", value)
		first(e)
		if e == nil && q.Registration == uuid.Nil { // which stands for no filter
			first(badRequest("the parameter registration is the UUID that names nothing"))
		}
	}
	q.RelatedAgents, e = p.flag("related_agents")
	first(e)
	q.RelatedActivities, e = p.flag("related_activities")
	first(e)
	q.Ascending, e = p.flag("ascending")
	first(e)
	q.Since, e = p.instant("since", ed)
	first(e)
	q.Until, e = p.instant("until", ed)
	first(e)
	q.Limit, e = p.limit(maxPage)
	first(e)
	if len(q.Agent)+len(q.Verb)+len(q.Activity) > maxFilters {
		first(badRequest("the parameters agent, verb and activity are longer than %s together", byteCount(maxFilters)))
	}
	// 0 means no bound: what lies before 1970 is turned into bounds that say
	// the same, since nothing was stored then.
	q.Since = max(q.Since, 0)
	if _, given := p["until"]; given {
		q.Until = max(q.Until, 1)
	}
	return err
}
