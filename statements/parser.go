package statements

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"sync"

	"github.com/google/uuid"
)

// Parse reads the body of a POST: one statement, or an array of any number of
// them. It checks every rule of Rules for opts.Edition in one pass over the
// body, and makes of each statement what the commit path and the store need.
// The body is not kept. The error is *Invalid; then no statement is returned.
func Parse(body []byte, opts Options) ([]*Statement, error) {
	return parse(body, &opts, true)
}

// ParseOne reads the body of a PUT, which is one statement. Otherwise it is
// like Parse.
func ParseOne(body []byte, opts Options) (*Statement, error) {
	sts, err := parse(body, &opts, false)
	if err != nil || len(sts) == 0 {
		return nil, err
	}
	return sts[0], nil
}

func parse(body []byte, opts *Options, arrays bool) ([]*Statement, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	p.begin(body, opts)
	if err := p.readAuthority(opts); err != nil {
		return nil, err
	}
	p.request(arrays)
	if len(p.violations) > 0 {
		return nil, &Invalid{Violations: p.violations}
	}
	return p.done, nil
}

// parser is the state of one call. It is reused, so nothing that outlives the
// call may point into it.
type parser struct {
	tape
	opts   *Options
	ed     Edition
	limits Limits
	trust  bool // rules are not enforced: what was stored has kept them

	index      int  // of the statement in the request
	many       bool // the body is an array
	violations []Violation
	done       []*Statement
	ids        map[uuid.UUID]int // ids sent so far, when there are several statements

	found     found     // what the walk over a statement found
	columns   columns   // texts for the columns
	authority authority // of the request
	edits     []edit
	attached  []attached
	canon     []byte   // canonical form for the digest
	order     []member // properties of the objects being sorted

	random [512]byte // unused random bytes are random[drawn:]
	drawn  int
}

var parsers = sync.Pool{New: func() any {
	return &parser{ids: make(map[uuid.UUID]int), drawn: len(parser{}.random)}
}}

// begin prepares for a body.
func (p *parser) begin(body []byte, opts *Options) {
	p.opts, p.ed, p.limits = opts, opts.Edition, opts.Limits.withDefaults()
	p.body, p.maxDepth, p.last = body, p.limits.MaxDepth, 0
	p.trust, p.many, p.index, p.violations, p.done = false, false, 0, nil, nil
	p.tape.reset()
}

// release gives the parser back. Memory that one unusual request made large is
// not kept.
func (p *parser) release() {
	const keep = 1 << 20
	p.opts, p.body, p.violations, p.done = nil, nil, nil, nil
	c := &p.columns
	size := cap(p.nodes)*16 + cap(p.arena) + cap(p.canon) + cap(c.text) + cap(p.order)*16 + cap(p.attached)*56 +
		(cap(c.agents.list)+cap(c.activities.list))*24 + cap(c.definitions)*12 + len(p.ids)*48
	clear(p.ids)
	if size > keep {
		*p = parser{ids: make(map[uuid.UUID]int), random: p.random, drawn: p.drawn}
	}
	parsers.Put(p)
}

// request reads the whole body.
func (p *parser) request(arrays bool) {
	if uint64(len(p.body)) > 1<<31 {
		p.fail(ruleLimitBytes, 0, "the request is too large")
		return
	}
	pos := p.space(0)
	if pos < len(p.body) && p.body[pos] == '[' && arrays {
		pos = p.batch(pos)
	} else {
		pos = p.statement(pos)
	}
	if pos < 0 {
		return
	}
	if pos = p.space(pos); pos < len(p.body) {
		p.broken(p.stop(ruleJSONSyntax, pos, "the text should end here"))
	}
}

// batch reads an array of statements at pos.
func (p *parser) batch(pos int) int {
	p.many = true
	pos = p.space(pos + 1)
	if pos < len(p.body) && p.body[pos] == ']' {
		p.done = []*Statement{}
		return pos + 1
	}
	for ; ; p.index++ {
		if p.index >= p.limits.MaxStatements && p.fail(ruleLimitStatements, 0,
			"a request may have at most "+strconv.Itoa(p.limits.MaxStatements)+" statements") {
			return -1
		}
		if pos = p.statement(pos); pos < 0 {
			return -1
		}
		pos = p.space(pos)
		if pos >= len(p.body) {
			return p.broken(p.stop(ruleJSONSyntax, pos, unexpectedEnd))
		}
		switch p.body[pos] {
		case ',':
			pos = p.space(pos + 1)
		case ']':
			return pos + 1
		default:
			return p.broken(p.stop(ruleJSONSyntax, pos, "a comma or ] was expected after a statement"))
		}
	}
}

// statement reads the statement at pos and returns the position after it, or
// -1 when the rest of the body cannot be read.
func (p *parser) statement(pos int) int {
	p.tape.reset()
	if !p.opts.Skip[ruleLimitBytes] {
		p.last = pos + p.limits.MaxStatementBytes
	}
	end := p.value(pos, 0)
	if end < 0 && p.hardRule == ruleLimitBytes {
		p.fail(ruleLimitBytes, 0, p.tooLarge())
		return -1
	}
	if end < 0 {
		return p.broken(end)
	}
	if p.soft != "" && p.fail(p.softRule, p.softAt, p.soft) {
		return end
	}
	if end-pos > p.limits.MaxStatementBytes && p.fail(ruleLimitBytes, 0, p.tooLarge()) {
		return end
	}
	if !p.checkStatement() || !p.checkID() || len(p.violations) > 0 {
		return end
	}
	if p.nodes[0].kind == kindObject {
		p.done = append(p.done, p.build())
	}
	return end
}

func (p *parser) tooLarge() string {
	return "a statement may have at most " + strconv.Itoa(p.limits.MaxStatementBytes) + " bytes"
}

// broken reports that the text cannot be read further, with line and column.
func (p *parser) broken(int) int {
	line, column := position(p.body, p.hardAt)
	p.fail(p.hardRule, 0, fmt.Sprintf("%s (line %d, column %d, byte %d)", p.hard, line, column, p.hardAt))
	return -1
}

// fail records that a node breaks a rule, unless the rule is not enforced; then
// it returns false, and the caller goes on as if the rule were kept.
func (p *parser) fail(rule string, n int, message string) bool {
	if p.trust || p.opts.Skip[rule] {
		return false
	}
	p.violations = append(p.violations, Violation{
		Statement: p.index, Pointer: p.pointer(n), Rule: rule, Message: message,
	})
	return true
}

// checkID compares the id with the parameter and with the ids of the
// statements before.
func (p *parser) checkID() bool {
	if !p.found.hasID {
		return true
	}
	id, want := p.found.id, p.opts.StatementID
	if want != (uuid.UUID{}) && want != id && p.fail(ruleIDParameter, p.found.idNode,
		"the id of the statement differs from the parameter statementId") {
		return false
	}
	if !p.many {
		return true
	}
	if other, twice := p.ids[id]; twice && p.fail(ruleIDDuplicate, p.found.idNode,
		"statement "+strconv.Itoa(other)+" of this request has the same id") {
		return false
	}
	p.ids[id] = p.index
	return true
}

// newID is the id of a statement that came without one: the parameter
// statementId, which the client has given, or else a new one.
func (p *parser) newID() (id uuid.UUID, given bool) {
	if p.opts.StatementID != (uuid.UUID{}) {
		return p.opts.StatementID, true
	}
	if p.opts.NewID != nil {
		return p.opts.NewID(), false
	}
	if p.drawn+16 > len(p.random) {
		rand.Read(p.random[:]) // never fails: crypto/rand ends the process instead
		p.drawn = 0
	}
	id = uuid.UUID(p.random[p.drawn : p.drawn+16])
	clear(p.random[p.drawn : p.drawn+16])
	p.drawn += 16
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 4122
	return id, false
}
