package statements

import (
	"strings"

	"golang.org/x/text/language"
)

// Canonicalizer reduces stored statements to format=canonical (Comm 2.1.3) for
// one reader: each language map (of verbs, Activity definitions with their
// interaction components, and attachments) keeps the one language that fits
// best, and definitions become those that the server knows, in all places of a
// statement. It is not safe for concurrent use.
type Canonicalizer struct {
	langs   []language.Tag
	first   string
	choices map[string]int    // by the languages of a map
	known   map[string][]byte // definitions by Activity
	ready   map[string]string // the same, with one language each
	keys    []byte
	put     int // bytes of definitions that were put in
}

// maxPut bounds what definitions of the server's own add to an answer: beyond it
// each Activity stays as its statement has it.
const maxPut = 32 << 20

// NewCanonicalizer makes a Canonicalizer. langs are the languages of
// Accept-Language, the most wanted first; with none, or when none fits, the first
// language of a map stays. definitions are what the server knows of Activities,
// as JSON by id; one that is missing stays as the statement has it.
func NewCanonicalizer(langs []language.Tag, definitions map[string][]byte) *Canonicalizer {
	c := &Canonicalizer{langs: langs, choices: make(map[string]int), known: definitions, ready: make(map[string]string)}
	if len(langs) > 0 {
		c.first = langs[0].String()
	}
	return c
}

// Canonical is a stored statement as this reader gets it. A text that cannot be
// read is returned as it is.
func (c *Canonicalizer) Canonical(raw []byte) []byte {
	return shape(raw, func(s *shaper) {
		s.canonical = c
		s.statementLanguages(0)
	})
}

// ActivitiesIn calls found for each place of a stored statement where an
// Activity stands, with the id. The text is valid until found returns.
func ActivitiesIn(raw []byte, found func(id string)) {
	shape(raw, func(s *shaper) {
		s.found = found
		s.statementLanguages(0)
	})
}

func (s *shaper) statementLanguages(n int) {
	s.keep(n, everything, func(key string, v int) {
		switch key {
		case "verb":
			s.languagesOf(v, "display")
		case "object":
			switch s.objectForm(v) {
			case formActivity:
				s.activityLanguages(v)
			case formSubStatement:
				s.statementLanguages(v)
			}
		case "context":
			s.keep(v, everything, func(key string, v int) {
				if key == "contextActivities" {
					s.keep(v, everything, func(_ string, v int) { s.each(v, s.activityLanguages) })
				}
			})
		case "attachments":
			s.each(v, func(e int) { s.languagesOf(e, "display", "description") })
		}
	})
}

// languagesOf leaves one language in each of the named properties of n.
func (s *shaper) languagesOf(n int, names ...string) {
	s.keep(n, everything, func(key string, v int) {
		for _, name := range names {
			if key == name {
				s.oneLanguage(v)
			}
		}
	})
}

func (s *shaper) activityLanguages(n int) {
	id := ""
	if at := s.property(n, "id"); at != 0 {
		id = s.text(at)
	}
	if s.found != nil {
		s.found(id)
		return
	}
	definition, known := s.canonical.definition(id)
	if known {
		s.canonical.put += len(definition)
		known = s.canonical.put <= maxPut
	}
	if !known {
		s.keep(n, everything, func(key string, v int) {
			if key == "definition" {
				s.keep(v, everything, s.definitionLanguages)
			}
		})
		return
	}
	if at := s.property(n, "definition"); at != 0 {
		start, end := s.outer(at)
		s.edits = append(s.edits, edit{uint32(start), uint32(end), definition})
		return
	}
	end := s.nodes[n].end - 1 // an Activity has an id, so there is something before
	s.edits = append(s.edits, edit{end, end, `,"definition":` + definition})
}

// definition is what the server knows of an Activity, in one language.
func (c *Canonicalizer) definition(id string) (text string, known bool) {
	if text, known = c.ready[id]; known {
		return text, true
	}
	raw, known := c.known[id]
	if !known {
		return "", false
	}
	text = string(shape(raw, func(s *shaper) {
		s.canonical = c
		s.keep(0, everything, s.definitionLanguages)
	}))
	c.ready[strings.Clone(id)] = text
	return text, true
}

func (s *shaper) definitionLanguages(key string, v int) {
	switch key {
	case "name", "description":
		s.oneLanguage(v)
	case "choices", "scale", "source", "target", "steps":
		s.each(v, func(e int) { s.languagesOf(e, "description") })
	}
}

// oneLanguage leaves one language in a language map.
func (s *shaper) oneLanguage(n int) {
	if s.found != nil {
		return
	}
	var keys []string
	for k, end := s.members(n); k < end; k = s.after(k) {
		keys = append(keys, s.text(k))
	}
	if len(keys) < 2 {
		return
	}
	best := keys[s.canonical.choose(keys)]
	s.keep(n, func(key string) bool { return key == best }, nil)
}

// choose picks the key that fits the languages asked for best. Most maps of a
// page have the same keys, so each set of them is looked at once.
func (c *Canonicalizer) choose(keys []string) int {
	if len(c.langs) == 0 {
		return 0
	}
	c.keys = c.keys[:0]
	for _, key := range keys {
		c.keys = append(append(c.keys, key...), 0)
	}
	at, known := c.choices[string(c.keys)]
	if !known {
		at = c.match(keys)
		c.choices[string(c.keys)] = at
	}
	return at
}

func (c *Canonicalizer) match(keys []string) int {
	for i, key := range keys {
		if strings.EqualFold(key, c.first) {
			return i
		}
	}
	tags := make([]language.Tag, len(keys))
	for i, key := range keys {
		tags[i], _ = language.Parse(key) // what it does not know becomes und
	}
	_, at, confidence := language.NewMatcher(tags).Match(c.langs...)
	if confidence == language.No {
		return 0
	}
	return at
}
