package statements

// columns collects the texts that a statement's columns consist of. They lie
// one after the other in text until the statement is built, since only then
// there is a buffer that they can live in.
type columns struct {
	text       []byte
	verb       span
	version    span
	agents     uses
	activities uses
	actor      int // index in agents, -1 if the actor has no identifier
	object     int // index in agents or activities, -1 if it is neither

	definitions []defined // of activities; places in the body
}

// span is a piece of columns.text.
type span struct{ start, end int }

// none is the index of something that is not there.
const none = -1

func (c *columns) reset() {
	c.text = c.text[:0]
	c.verb, c.version = span{}, span{}
	c.agents.reset()
	c.activities.reset()
	c.actor, c.object = none, none
	c.definitions = c.definitions[:0]
}

// keep appends a text that stands for itself.
func (c *columns) keep(text string) span {
	start := len(c.text)
	c.text = append(c.text, text...)
	return span{start, len(c.text)}
}

// use is an identifier and the roles that it was met in.
type use struct {
	span
	role Role
}

// Roles that are told apart only until the columns are built.
const (
	roleGrouping Role = 1 << 6
	roleParent   Role = 1 << 7
	rolesKept         = RoleDirect | RoleRelated
)

// uses is a set of identifiers in the order of their first appearance.
type uses struct {
	list  []use
	index map[string]int // built when there are too many to compare with each
}

func (u *uses) reset() {
	u.list = u.list[:0]
	u.index = nil
}

// add puts the text from start to the end of c.text into u with a role. If the
// set has it already, the text is dropped and the roles are joined. It returns
// the place in the set. Without a role nothing is added and there is no place.
func (c *columns) add(u *uses, start int, role Role) int {
	const few = 16
	if role == 0 {
		c.text = c.text[:start]
		return none
	}
	text := alias(c.text[start:])
	if at, ok := c.find(u, text); ok {
		u.list[at].role |= role
		c.text = c.text[:start]
		return at
	}
	at := len(u.list)
	u.list = append(u.list, use{span{start, len(c.text)}, role})
	switch {
	case u.index != nil:
		u.index[string(text)] = at
	case at >= few:
		u.index = make(map[string]int, 4*few)
		for i, other := range u.list {
			u.index[string(c.text[other.start:other.end])] = i
		}
	}
	return at
}

// find looks an identifier up.
func (c *columns) find(u *uses, text string) (int, bool) {
	if u.index != nil {
		at, ok := u.index[text]
		return at, ok
	}
	for i := range u.list {
		if o := &u.list[i]; o.end-o.start == len(text) && string(c.text[o.start:o.end]) == text {
			return i, true
		}
	}
	return 0, false
}
