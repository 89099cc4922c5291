package statements

import (
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// found is what the walk over a statement found, as far as it is not text.
type found struct {
	parts
	hasID        bool
	id           uuid.UUID
	idNode       int
	kind         ObjectKind
	ref          uuid.UUID
	voiding      bool
	registration uuid.UUID
	result       Result
	timestamp    timestamp
	utc          bool // the timestamp says that it is in UTC
	stored       timestamp
}

// parts are the nodes of the properties of a statement or SubStatement. Node 0
// is the statement itself, so 0 means that there is no such property.
type parts struct {
	actor, verb, object, result, context            int
	idAt, timestampAt, storedAt, authority, version int
	attachments                                     int
}

var (
	statementNames = []string{"id", "actor", "verb", "object", "result", "context", "timestamp",
		"stored", "authority", "version", "attachments"}
	subStatementNames = []string{"objectType", "actor", "verb", "object", "result", "context", "timestamp",
		"attachments"}
)

// checkStatement walks over the statement on the tape. It returns false when
// the statement breaks a rule.
func (p *parser) checkStatement() bool {
	p.found = found{}
	p.columns.reset()
	p.edits, p.attached = p.edits[:0], p.attached[:0]
	if !p.isObject(0) {
		return false
	}
	pt, ok := p.statementParts(0)
	p.found.parts = pt
	return ok && p.checkParts(0, pt, false) && p.checkOuter(pt)
}

// statementParts finds the properties of a statement.
func (p *parser) statementParts(n int) (pt parts, ok bool) {
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "id":
			pt.idAt = v
		case "actor":
			pt.actor = v
		case "verb":
			pt.verb = v
		case "object":
			pt.object = v
		case "result":
			pt.result = v
		case "context":
			pt.context = v
		case "timestamp":
			pt.timestampAt = v
		case "stored":
			pt.storedAt = v
		case "authority":
			pt.authority = v
		case "version":
			pt.version = v
		case "attachments":
			pt.attachments = v
		default:
			if !p.unknown(k, "a statement", statementNames) {
				return pt, false
			}
		}
	}
	return pt, true
}

// checkSubStatement checks the object n of a statement, whose objectType is
// SubStatement.
func (p *parser) checkSubStatement(n int) bool {
	var pt parts
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "objectType":
		case "actor":
			pt.actor = v
		case "verb":
			pt.verb = v
		case "object":
			pt.object = v
		case "result":
			pt.result = v
		case "context":
			pt.context = v
		case "timestamp":
			pt.timestampAt = v
		case "attachments":
			pt.attachments = v
		case "id", "stored", "authority", "version":
			if p.fail(ruleSubProperty, k, "a SubStatement must not have "+p.quote(k)) {
				return false
			}
		default:
			if !p.unknown(k, "a SubStatement", subStatementNames) {
				return false
			}
		}
	}
	return p.checkParts(n, pt, true)
}

// checkParts checks what statements and SubStatements have in common.
func (p *parser) checkParts(n int, pt parts, sub bool) bool {
	if pt.actor == 0 && p.fail(ruleActorRequired, n, `"actor" is missing: who did it?`) ||
		pt.verb == 0 && p.fail(ruleVerbRequired, n, `"verb" is missing: what was done?`) ||
		pt.object == 0 && p.fail(ruleObjectRequired, n, `"object" is missing: to what was it done?`) {
		return false
	}
	role := RoleDirect
	if sub {
		role = RoleRelated
	}
	if pt.actor != 0 {
		at, ok := p.checkActor(pt.actor, anyActor, role)
		if !ok {
			return false
		}
		if !sub {
			p.columns.actor = at
		}
	}
	voids := false
	if pt.verb != 0 {
		var ok bool
		if voids, ok = p.checkVerb(pt.verb, sub); !ok {
			return false
		}
	}
	kind := ObjectActivity
	if pt.object != 0 {
		var ok bool
		if kind, ok = p.checkObject(pt.object, role, sub); !ok {
			return false
		}
	}
	if voids && kind != ObjectStatementRef && p.fail(ruleVoiding, pt.object,
		`a statement with the verb "voided" must have a StatementRef as its object`) {
		return false
	}
	if !sub {
		p.found.kind, p.found.voiding = kind, voids && kind == ObjectStatementRef
	}
	if !p.checkResult(pt.result, sub) {
		return false
	}
	if pt.context != 0 && !p.checkContext(pt.context, kind, sub) {
		return false
	}
	return p.checkTimestamp(pt.timestampAt, sub) && p.checkAttachments(pt.attachments, sub)
}

// checkOuter checks what only a statement has, not a SubStatement.
func (p *parser) checkOuter(pt parts) bool {
	if n := pt.idAt; n != 0 {
		id, ok := parseUUID(p.text(n))
		if !p.isString(n) || !ok && p.fail(ruleIDUUID, n, notUUID) {
			return false
		}
		p.found.id, p.found.hasID, p.found.idNode = id, ok, n
	}
	if n := pt.storedAt; n != 0 {
		if !p.isString(n) {
			return false
		}
		var ok bool
		if p.found.stored, ok = p.readTime(n); !ok {
			return false
		}
	}
	if n := pt.authority; n != 0 && !p.checkAuthority(n) {
		return false
	}
	if n := pt.version; n != 0 {
		if !p.isString(n) || !isVersion(p.text(n), p.ed) && p.fail(ruleVersionFormat, n, p.versionMessage(n)) {
			return false
		}
		p.columns.version = p.columns.keep(p.text(n))
	}
	return true
}

const notUUID = `this must be a UUID such as "12345678-1234-5678-1234-567812345678"`

func (p *parser) versionMessage(n int) string {
	if p.ed == V1 {
		return "version must be 1.0 or 1.0.x under xAPI 1.0.x, not " + p.quote(n)
	}
	return "version must be 1.0, 1.0.x, 2.0 or 2.0.x, not " + p.quote(n)
}

// checkVerb tells whether the verb is the one that voids.
func (p *parser) checkVerb(n int, sub bool) (voids, ok bool) {
	if !p.isObject(n) {
		return false, false
	}
	id := 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "id":
			id = v
		case "display":
			if !p.checkLanguageMap(v) {
				return false, false
			}
		default:
			if !p.unknown(k, "a verb", []string{"id", "display"}) {
				return false, false
			}
		}
	}
	if id == 0 {
		return false, !p.fail(ruleVerbID, n, "a verb needs an id")
	}
	text := p.text(id)
	if !p.isString(id) || !isIRI(text) && p.fail(ruleVerbIRI, id, p.notIRI(id)) {
		return false, false
	}
	if !sub {
		p.columns.verb = p.columns.keep(text)
	}
	return text == verbVoided, true
}

// verbVoided is the reserved verb of statements that void others (Data 2.3.2).
const verbVoided = "http://adlnet.gov/expapi/verbs/voided"

// checkTimestamp checks the timestamp of a statement or SubStatement and notes
// how it has to be rewritten to be answered in UTC.
func (p *parser) checkTimestamp(n int, sub bool) bool {
	if n == 0 {
		return true
	}
	if !p.isString(n) {
		return false
	}
	t, ok := p.readTime(n)
	if !ok {
		return false
	}
	if !sub {
		p.found.timestamp, p.found.utc = t, inUTC(p.text(n))
	}
	if !t.plain || p.nodes[n].escaped {
		start := len(p.arena)
		p.arena = t.appendUTC(p.arena)
		p.edits = append(p.edits, edit{p.nodes[n].start, p.nodes[n].end, alias(p.arena[start:])})
	}
	return true
}

// readTime reads a timestamp.
func (p *parser) readTime(n int) (timestamp, bool) {
	t, rule := readTimestamp(p.text(n), p.ed)
	if rule == "" {
		return t, true
	}
	message := `this must be a point in time such as "2026-03-31T14:05:00.123Z", not ` + p.quote(n)
	switch rule {
	case ruleTimestampZone:
		message = "the time zone is missing: append Z for UTC, or an offset such as +01:00"
	case ruleTimestampZero:
		message = "the offset must not be a negative zero; use Z or +00:00"
	}
	return t, !p.fail(rule, n, message)
}

// members are the first key of an object and the node after the object; the
// next key is after(k). For other values there are none.
func (p *parser) members(n int) (first, end int) {
	if p.nodes[n].kind != kindObject {
		return 0, 0
	}
	return n + 1, int(p.nodes[n].next)
}

// after is the key after k.
func (p *parser) after(k int) int { return int(p.nodes[k+1].next) }

// elements are the first element of an array and the node after the array; the
// next element is nodes[e].next. For other values there are none.
func (p *parser) elements(n int) (first, end int) {
	if p.nodes[n].kind != kindArray {
		return 0, 0
	}
	return n + 1, int(p.nodes[n].next)
}

// The following check the type of a value. They return true also when it is
// wrong but the rule is not enforced.

func (p *parser) isObject(n int) bool {
	return p.nodes[n].kind == kindObject || p.wrongType(n, ruleTypeObject, "an object")
}

func (p *parser) isArray(n int) bool {
	return p.nodes[n].kind == kindArray || p.wrongType(n, ruleTypeArray, "an array")
}

func (p *parser) isString(n int) bool {
	return p.nodes[n].kind == kindString || p.wrongType(n, ruleTypeString, "a string")
}

func (p *parser) isNumber(n int) bool {
	return p.nodes[n].kind == kindNumber || p.wrongType(n, ruleTypeNumber, "a number")
}

func (p *parser) isBoolean(n int) bool {
	k := p.nodes[n].kind
	return k == kindTrue || k == kindFalse || p.wrongType(n, ruleTypeBoolean, "true or false")
}

var kindNames = [...]string{kindNull: "null", kindFalse: "false", kindTrue: "true", kindNumber: "a number",
	kindString: "a string", kindArray: "an array", kindObject: "an object"}

func (p *parser) wrongType(n int, rule, want string) bool {
	k := p.nodes[n].kind
	if k == kindNull {
		return !p.fail(ruleNullValue, n, "null is not allowed here: leave the property out, or give "+want)
	}
	return !p.fail(rule, n, "this must be "+want+", not "+kindNames[k])
}

// unknown reports a property that does not belong here.
func (p *parser) unknown(k int, owner string, names []string) bool {
	message := p.quote(k) + " is not a property of " + owner
	for _, name := range names {
		if strings.EqualFold(name, p.text(k)) {
			message += `; did you mean "` + name + `"?`
		}
	}
	return !p.fail(ruleUnknownProperty, k, message)
}

// quote is a text for a message, shortened.
func (p *parser) quote(n int) string {
	const most = 60
	text := p.text(n)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}

func (p *parser) notIRI(n int) string {
	if p.text(n) == "" {
		return "this must be an IRI, not an empty string"
	}
	return `this must be an IRI with a scheme and without spaces, such as "https://example.org/x", not ` + p.quote(n)
}
