package statements

import (
	"strings"

	"golang.org/x/text/language"
)

// wanted is a language that a reader asked for.
type wanted struct {
	tag  language.Tag
	text string
}

// Canonical reduces a stored statement to format=canonical (Comm 2.1.3): each
// language map of verbs and Activity definitions (display, name, description,
// the descriptions of interaction components) keeps the one language that fits
// best. langs are the languages of Accept-Language, the most wanted first; with
// none, or when none fits, the first language of the map stays.
func Canonical(raw []byte, langs []language.Tag) []byte {
	return shape(raw, func(s *shaper) {
		for _, tag := range langs {
			s.langs = append(s.langs, wanted{tag, tag.String()})
		}
		s.statementLanguages(0)
	})
}

func (s *shaper) statementLanguages(n int) {
	s.keep(n, everything, func(key string, v int) {
		switch key {
		case "verb":
			s.keep(v, everything, func(key string, v int) {
				if key == "display" {
					s.oneLanguage(v)
				}
			})
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
		}
	})
}

func (s *shaper) activityLanguages(n int) {
	s.keep(n, everything, func(key string, v int) {
		if key == "definition" {
			s.keep(v, everything, s.definitionLanguages)
		}
	})
}

func (s *shaper) definitionLanguages(key string, v int) {
	switch key {
	case "name", "description":
		s.oneLanguage(v)
	case "choices", "scale", "source", "target", "steps":
		s.each(v, func(e int) {
			s.keep(e, everything, func(key string, v int) {
				if key == "description" {
					s.oneLanguage(v)
				}
			})
		})
	}
}

// oneLanguage leaves one language in a language map.
func (s *shaper) oneLanguage(n int) {
	var keys []string
	for k, end := s.members(n); k < end; k = s.after(k) {
		keys = append(keys, s.text(k))
	}
	if len(keys) < 2 {
		return
	}
	best := keys[s.choose(keys)]
	s.keep(n, func(key string) bool { return key == best }, nil)
}

// choose picks the key that fits the languages asked for best.
func (s *shaper) choose(keys []string) int {
	if len(s.langs) == 0 {
		return 0
	}
	for i, key := range keys {
		if strings.EqualFold(key, s.langs[0].text) {
			return i
		}
	}
	tags := make([]language.Tag, len(keys))
	for i, key := range keys {
		tags[i], _ = language.Parse(key) // what it does not know becomes und
	}
	tagsWanted := make([]language.Tag, len(s.langs))
	for i, l := range s.langs {
		tagsWanted[i] = l.tag
	}
	_, at, confidence := language.NewMatcher(tags).Match(tagsWanted...)
	if confidence == language.No {
		return 0
	}
	return at
}
