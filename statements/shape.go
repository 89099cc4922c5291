package statements

import "slices"

// shaper cuts pieces out of a stored statement for the formats ids and
// canonical of GET statements. What stays, stays to the byte.
type shaper struct {
	*parser
	canonical *Canonicalizer
	found     func(id string) // of each Activity, when they are only looked for
}

// shape reads raw, lets walk note the cuts, and returns what is left. A text
// that cannot be read is returned as it is.
func shape(raw []byte, walk func(*shaper)) []byte {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: V2, Limits: Limits{MaxDepth: 1 << 20}}
	p.begin(raw, &opts)
	p.edits = p.edits[:0]
	if end := p.value(p.space(0), 0); end < 0 || p.nodes[0].kind != kindObject {
		return slices.Clone(raw)
	}
	s := &shaper{parser: p}
	walk(s)
	if s.found != nil {
		return nil // nothing is wanted of the text itself
	}
	// Cuts are noted in the order of the text, as the walk goes.
	out := make([]byte, 0, len(raw))
	pos := uint32(0)
	for _, e := range p.edits {
		out = append(append(out, raw[pos:e.start]...), e.text...)
		pos = e.end
	}
	return append(out, raw[pos:]...)
}

// keep removes the properties of an object that want refuses, and calls into
// for the values of those that stay.
func (s *shaper) keep(n int, want func(key string) bool, into func(key string, value int)) {
	kept, tail := s.nodes[n].start+1, s.nodes[n].start+1
	base, mark := len(s.edits), len(s.edits)
	for k, end := s.members(n); k < end; k = s.after(k) {
		_, stop := s.outer(k + 1)
		tail = uint32(stop)
		next := s.after(k)
		key := s.text(k)
		switch {
		case want(key):
			kept = tail
			if into != nil {
				into(key, k+1)
			}
			mark = len(s.edits)
		case next < end:
			s.edits = append(s.edits, edit{s.nodes[k].start - 1, s.nodes[next].start - 1, ""})
		}
	}
	if tail > kept { // the last ones go, with the comma before them
		s.edits = s.edits[:max(base, mark)]
		s.edits = append(s.edits, edit{kept, tail, ""})
	}
}

// each calls do for the elements of an array, or for the value itself if it is
// none.
func (s *shaper) each(n int, do func(int)) {
	if s.nodes[n].kind != kindArray {
		do(n)
		return
	}
	for e, end := s.elements(n); e < end; e = int(s.nodes[e].next) {
		do(e)
	}
}

func everything(string) bool { return true }

// IDsOnly reduces a stored statement to format=ids (Comm 2.1.3): Agents,
// Groups, Activities and verbs keep only what identifies them, with their
// objectType; anonymous Groups keep their members, reduced likewise.
func IDsOnly(raw []byte) []byte {
	return shape(raw, func(s *shaper) { s.statementIDs(0) })
}

func (s *shaper) statementIDs(n int) {
	s.keep(n, everything, func(key string, v int) {
		switch key {
		case "actor", "authority":
			s.actorIDs(v)
		case "verb":
			s.keep(v, func(key string) bool { return key == "id" }, nil)
		case "object":
			s.objectIDs(v)
		case "context":
			s.contextIDs(v)
		}
	})
}

func (s *shaper) objectIDs(n int) {
	switch s.objectForm(n) {
	case formActor:
		s.actorIDs(n)
	case formActivity:
		s.activityIDs(n)
	case formSubStatement:
		s.statementIDs(n)
	}
}

func (s *shaper) activityIDs(n int) {
	s.keep(n, func(key string) bool { return key == "id" }, nil)
}

func (s *shaper) actorIDs(n int) {
	identified := false
	for k, end := s.members(n); k < end; k = s.after(k) {
		switch s.text(k) {
		case "mbox", "mbox_sha1sum", "openid", "account":
			identified = true
		}
	}
	s.keep(n, func(key string) bool { return key != "name" && (key != "member" || !identified) },
		func(key string, v int) {
			if key == "member" {
				s.each(v, s.actorIDs)
			}
		})
}

func (s *shaper) contextIDs(n int) {
	s.keep(n, everything, func(key string, v int) {
		switch key {
		case "instructor", "team":
			s.actorIDs(v)
		case "contextActivities":
			s.keep(v, everything, func(_ string, v int) { s.each(v, s.activityIDs) })
		case "contextAgents", "contextGroups":
			s.each(v, func(e int) {
				s.keep(e, everything, func(key string, v int) {
					if key == "agent" || key == "group" {
						s.actorIDs(v)
					}
				})
			})
		}
	})
}
