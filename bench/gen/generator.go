package gen

import (
	"time"
)

// Config says how large the town is. The zero value of a field stands for the
// size in its comment.
type Config struct {
	Seed     uint64
	Learners int // 20,000
	Courses  int // 300; at least CoursesPerLearner
}

// Generator makes statements. It holds some tens of megabytes of prepared
// text, never changes after New, and may be used by any number of goroutines.
type Generator struct {
	seed        uint64
	learners    []learner
	order       []uint32 // learners by how much they do
	courses     []course
	instructors [][]byte
	verbs       [1000]uint8
	days        []workday
	lessonTotal int
}

// New makes the generator of one town. It takes a tenth of a second.
func New(c Config) *Generator {
	if c.Learners <= 0 {
		c.Learners = 20_000
	}
	if c.Courses <= 0 {
		c.Courses = 300
	}
	if c.Courses < CoursesPerLearner {
		panic("gen: fewer courses than each learner takes")
	}
	g := &Generator{
		seed:        c.Seed,
		learners:    learnersOf(c.Seed, c.Learners, c.Courses),
		order:       make([]uint32, c.Learners),
		courses:     catalogue(c.Seed, c.Courses),
		instructors: instructors(),
		verbs:       verbTable(),
		days:        workdays(250),
	}
	for i := range g.order {
		g.order[i] = uint32(i)
	}
	r := stream(c.Seed, streamMake, 1<<40)
	for i := len(g.order) - 1; i > 0; i-- {
		j := r.below(i + 1)
		g.order[i], g.order[j] = g.order[j], g.order[i]
	}
	for i := range g.courses {
		g.lessonTotal += len(g.courses[i].lessons)
	}
	return g
}

// Learners is how many learners there are.
func (g *Generator) Learners() int { return len(g.learners) }

// Courses is how many courses there are.
func (g *Generator) Courses() int { return len(g.courses) }

// Agent is learner i as the value of the parameter agent.
func (g *Generator) Agent(i int) string { return g.learners[i].agent }

// Identifier is the canonical text of the identifier of learner i.
func (g *Generator) Identifier(i int) string { return g.learners[i].identifier }

// Verb is verb i of those in use, the most frequent first; i is taken modulo
// their number.
func (g *Generator) Verb(i int) string { return verbs[i%len(verbs)].id }

// CourseID is the Activity id of course i.
func (g *Generator) CourseID(i int) string { return g.courses[i].id }

// Containers are the ids of all courses and lessons: what a reader asks for
// with related_activities.
func (g *Generator) Containers() []string {
	ids := make([]string, 0, len(g.courses)+g.lessonTotal)
	for c := range g.courses {
		ids = append(ids, g.courses[c].id)
		for l := range g.courses[c].lessons {
			ids = append(ids, g.courses[c].lessons[l].id)
		}
	}
	return ids
}

// Registration is the registration of the nth course of a learner.
func (g *Generator) Registration(learner, nth int) [16]byte {
	return randomUUID(g.seed, streamReg, uint64(learner)*CoursesPerLearner+uint64(nth))
}

// ID is the id of statement i.
func (g *Generator) ID(i uint64) [16]byte { return randomUUID(g.seed, streamID, i) }

// perDay is how many statements the town makes on a working day; 250 days of
// them are ten million, after which the year repeats.
const perDay = 40_000

// workday is a day on which people learn.
type workday struct {
	date  string // 2006-01-02
	micro int64  // its first instant in UTC, microseconds since the Unix epoch
}

func workdays(n int) []workday {
	days := make([]workday, 0, n)
	for t := time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC); len(days) < n; t = t.AddDate(0, 0, 1) {
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			days = append(days, workday{t.Format(time.DateOnly), t.UnixMicro()})
		}
	}
	return days
}
