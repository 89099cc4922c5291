package gen

import "strconv"

// idOffset is where the id stands in every rendered statement.
const idOffset = len(`{"id":"`)

// Facts are what a checker or a reader must know of a statement without
// reading it.
type Facts struct {
	ID           [16]byte
	Learner      int
	Nth          int // which of the learner's courses
	Course       int
	Verb         string
	Object       string // Activity id
	Registration [16]byte
	Timestamp    int64 // microseconds since the Unix epoch, of whole milliseconds
}

// plan is what a statement will say; parts point into the generator's text.
type plan struct {
	facts   Facts
	verb    *verb
	object  *unit
	answer  []byte // inner part of a result, for a question
	context []byte // contextActivities
	day     int
	millis  int // of the day, UTC
	rng     rng // for what is left to chance in rendering
}

// Facts tells what statement i says.
func (g *Generator) Facts(i uint64) Facts { return g.plan(i).facts }

func (g *Generator) plan(i uint64) (p plan) {
	r := stream(g.seed, streamPlan, i)
	who := int(g.order[skewed(&r, len(g.order), 1.5)])
	nth := r.below(CoursesPerLearner)
	p.verb = &verbs[g.verbs[r.below(1000)]]
	p.facts = Facts{ID: g.ID(i), Learner: who, Nth: nth, Course: int(g.learners[who].courses[nth]),
		Verb: p.verb.id, Registration: g.Registration(who, nth)}
	p.place(&r, &g.courses[p.facts.Course])
	p.facts.Object = p.object.id
	slot := i % (perDay * uint64(len(g.days)))
	p.day = int(slot / perDay)
	// From 05:30 to 17:30 UTC, late by up to five minutes, since devices send
	// when they can.
	p.millis = 19_800_000 + int(slot%perDay)*(43_200_000/perDay) - r.below(300_000)
	p.facts.Timestamp = g.days[p.day].micro + int64(p.millis)*1000
	p.rng = r
	return p
}

// place picks the object within the course.
func (p *plan) place(r *rng, c *course) {
	switch p.verb.level {
	case onCourse:
		p.object, p.context = &c.unit, c.inside
		return
	case onTest:
		p.object, p.context = &c.test, c.below
		return
	}
	l := &c.lessons[r.below(len(c.lessons))]
	switch p.verb.level {
	case onLesson:
		p.object, p.context = &l.unit, c.below
	case onPage:
		p.object, p.context = &l.pages[r.below(len(l.pages))], l.inside
	case onQuestion:
		q := &l.questions[r.below(len(l.questions))]
		p.object, p.context = &q.unit, l.inside
		// Two of three answers are the first one, which is right.
		p.answer = q.answers[0]
		if r.chance(34) {
			p.answer = q.answers[r.below(len(q.answers))]
		}
	}
}

// Append appends the JSON of statement i to dst.
func (g *Generator) Append(dst []byte, i uint64) []byte {
	p := g.plan(i)
	r := &p.rng
	l := &g.learners[p.facts.Learner]
	dst = append(dst, `{"id":"`...)
	dst = appendUUID(dst, p.facts.ID)
	dst = append(dst, `",`...)
	dst = append(dst, l.actor...)
	dst = append(dst, p.verb.fragment...)
	dst = append(dst, `"object":`...)
	dst = append(dst, p.object.object...)
	dst = p.appendResult(dst, r)
	dst = append(dst, `,"context":{"registration":"`...)
	dst = appendUUID(dst, p.facts.Registration)
	dst = append(dst, `","platform":"Lernplattform Musterstadt","language":"de-DE",`...)
	if r.chance(25) {
		// A course has few trainers, so few people stand in its statements.
		dst = append(dst, g.instructors[(p.facts.Course*3+r.below(3))%trainers]...)
	}
	dst = append(dst, p.context...)
	dst = append(dst, ',')
	dst = append(dst, l.office...)
	dst = append(dst, `,"https://lernen.stadt.example/ext/sitzung":`...)
	dst = strconv.AppendUint(dst, r.next()>>40, 10)
	dst = append(dst, `}},"timestamp":"`...)
	dst = appendTime(dst, g.days[p.day].date, p.millis, r.chance(30))
	return append(dst, `"}`...)
}

// AppendBatch appends a JSON array of the n statements from first on.
func (g *Generator) AppendBatch(dst []byte, first uint64, n int) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = g.Append(dst, first+uint64(i))
	}
	return append(dst, ']')
}
