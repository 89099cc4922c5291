package statements

// defined is where the definition of an Activity stands in a text.
type defined struct {
	activity   int32 // index in the activities of the statement
	start, end uint32
}

// define notes that the Activity at a place in the columns has a definition,
// which is the node n. An empty one says nothing.
func (p *parser) define(at, n int) {
	if at != none && int(p.nodes[n].next) > n+1 {
		p.columns.definitions = append(p.columns.definitions, defined{int32(at), p.nodes[n].start, p.nodes[n].end})
	}
}

// keepDefinitions hands the places of the definitions over to st. Those in Raw
// differ from those in the body by what the edits before them have added and
// taken away; there are at most a dozen edits.
func (p *parser) keepDefinitions(st *Statement) {
	found := p.columns.definitions
	if len(found) == 0 {
		return
	}
	st.definitions = make([]defined, len(found))
	for i, d := range found {
		shift := -int(p.nodes[0].start)
		for _, e := range p.edits {
			if e.start > d.start {
				break // they are in the order of the text
			}
			shift += len(e.text) - int(e.end-e.start)
		}
		st.definitions[i] = defined{d.activity, uint32(int(d.start) + shift), uint32(int(d.end) + shift)}
	}
}

// Definitions yields the definitions of Activities that the statement has, as
// object, in contextActivities and in a SubStatement: the id of the Activity and
// the JSON object as it was sent. An Activity comes once for each place where
// the statement defines it. Both texts alias Raw's buffer.
func (s *Statement) Definitions(yield func(activity, definition string) bool) {
	for _, d := range s.definitions {
		if !yield(s.Activities[d.activity].ID, alias(s.Raw[d.start:d.end])) {
			return
		}
	}
}
