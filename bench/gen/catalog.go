package gen

import (
	"fmt"
	"strings"
)

const (
	root       = "https://lernen.stadt.example/kurse/"
	typePrefix = "http://adlnet.gov/expapi/activities/"
	// category marks every statement of the platform, as profiles do.
	category = `"category":[{"id":"https://lernen.stadt.example/profile/verwaltung/v1",` +
		`"definition":{"type":"http://adlnet.gov/expapi/activities/profile"}}]`
	keyEffort = "https://lernen.stadt.example/ext/bearbeitungsminuten"
)

// unit is an Activity: the JSON that stands as object of a statement.
type unit struct {
	id     string
	object []byte
}

// question is an Activity that is answered. Each of its answers is the inner
// part of a result: response, success and score. The first one is right.
type question struct {
	unit
	answers [][]byte
}

// lesson is a part of a course with what is read and asked in it.
type lesson struct {
	unit
	pages     []unit
	questions []question
	// inside is contextActivities for what stands in the lesson: parent is the
	// lesson, grouping the course.
	inside []byte
}

// course is the root of a tree of Activities.
type course struct {
	unit
	test    unit
	lessons []lesson
	// below is contextActivities for the lessons and the test, inside that of
	// the course itself, which belongs to nothing but the category.
	below, inside []byte
}

// catalogue makes all courses.
func catalogue(seed uint64, courses int) []course {
	made := make([]course, courses)
	for c := range made {
		r := stream(seed, streamMake, uint64(c))
		made[c] = makeCourse(&r, c)
	}
	return made
}

func makeCourse(r *rng, number int) course {
	topic, level := topics[number%len(topics)], levels[number/len(topics)%len(levels)]
	slug := fmt.Sprintf("%s-%s-%03d", topic.slug, level.slug, number)
	name := word{slug, topic.de + " – " + level.de, topic.en + " – " + level.en}
	c := course{unit: makeUnit(r, root+slug, "course", name, topic)}
	c.test = makeUnit(r, c.id+"/abschlusstest", "assessment",
		word{"", "Abschlusstest: " + topic.de, "Final test: " + topic.en}, topic)
	grouping := `"grouping":[` + reference(c.id, name.de) + `],`
	c.inside = []byte(`"contextActivities":{` + category + `}`)
	c.below = []byte(`"contextActivities":{` + grouping + category + `}`)
	c.lessons = make([]lesson, 6+r.below(7))
	for i := range c.lessons {
		c.lessons[i] = makeLesson(r, c.id, i, topic, grouping)
	}
	return c
}

func makeLesson(r *rng, parent string, number int, topic word, grouping string) lesson {
	w := lessons[number%len(lessons)]
	id := fmt.Sprintf("%s/lektion-%02d-%s", parent, number+1, w.slug)
	l := lesson{unit: makeUnit(r, id, "lesson", w, topic)}
	l.inside = []byte(`"contextActivities":{"parent":[{"id":"` + id + `"}],` + grouping + category + `}`)
	l.pages = make([]unit, 4+r.below(7))
	for i := range l.pages {
		p := pages[(number+i)%len(pages)]
		pageID := fmt.Sprintf("%s/seite-%02d-%s", id, i+1, p.slug)
		l.pages[i] = makeUnit(r, pageID, "module", word{"", p.de + ": " + w.de, p.en + ": " + w.en}, topic)
	}
	l.questions = make([]question, 2+r.below(4))
	for i := range l.questions {
		l.questions[i] = makeQuestion(r, fmt.Sprintf("%s/frage-%02d", id, i+1), w)
	}
	return l
}

// describe makes a description of a sentence about a topic.
func describe(r *rng, topic word) string {
	return strings.ReplaceAll(sentences[r.below(len(sentences))], "%s", topic.de)
}

func makeUnit(r *rng, id, kind string, name, topic word) unit {
	extra := ""
	if kind == "course" || kind == "assessment" {
		extra = fmt.Sprintf(`,"extensions":{"%s":%d}`, keyEffort, 2+r.below(20))
	}
	return unit{id, fmt.Appendf(nil,
		`{"objectType":"Activity","id":"%s","definition":{"type":"%s%s","name":{"de":"%s","en":"%s"},`+
			`"description":{"de":"%s"}%s}}`,
		id, typePrefix, kind, name.de, name.en, describe(r, topic), extra)}
}

// reference is how a course stands in contextActivities: with its name, not
// with everything there is to know about it.
func reference(id, de string) string {
	return fmt.Sprintf(`{"id":"%s","definition":{"type":"%scourse","name":{"de":"%s"}}}`,
		id, typePrefix, de)
}
