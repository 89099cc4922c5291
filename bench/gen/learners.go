package gen

import (
	"fmt"
	"math"
	"strings"
)

const (
	idpHome = "https://anmeldung.stadt.example"
	// trainers is how many people appear as context.instructor.
	trainers = 200
	// CoursesPerLearner is how many courses each learner takes.
	CoursesPerLearner = 15
)

// learner is who learns: the actor as it stands in statements, what a reader
// asks for, and the courses taken.
type learner struct {
	actor      []byte // "actor":{…},
	agent      string // JSON for the parameter agent
	identifier string // the canonical text of the identifier
	office     []byte // context.extensions, opened: the caller closes it
	courses    [CoursesPerLearner]uint16
}

var ascii = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ö", "oe", "ß", "ss", "ş", "s", "ı", "i", "ł", "l", "Y", "y")

func learnersOf(seed uint64, n, courses int) []learner {
	made := make([]learner, n)
	var buffer []byte
	for i := range made {
		r := stream(seed^1, streamMake, uint64(i))
		l := &made[i]
		first, last := firstNames[r.below(len(firstNames))], lastNames[r.below(len(lastNames))]
		var inner string
		if r.chance(60) {
			account := fmt.Sprintf("u%06d", i)
			inner = `"account":{"homePage":"` + idpHome + `","name":"` + account + `"}`
			l.identifier = "account|" + idpHome + "|" + account
		} else {
			mbox := fmt.Sprintf("mailto:%s.%s.%d@stadt.example", strings.ToLower(ascii.Replace(first)),
				strings.ToLower(ascii.Replace(last)), i)
			inner = `"mbox":"` + mbox + `"`
			l.identifier = "mbox|" + mbox
		}
		buffer = fmt.Appendf(buffer[:0], `"actor":{"objectType":"Agent","name":"%s %s",%s},`, first, last, inner)
		l.actor = append([]byte(nil), buffer...)
		l.agent = "{" + inner + "}"
		l.office = []byte(`"extensions":{"https://lernen.stadt.example/ext/amt":"` + offices[r.below(len(offices))] + `"`)
		l.courses = takeCourses(&r, courses)
	}
	return made
}

// takeCourses picks distinct courses; the first of the catalogue are taken by
// most (data protection is compulsory), the last by few.
func takeCourses(r *rng, courses int) (taken [CoursesPerLearner]uint16) {
	for i := 0; i < len(taken); {
		c := uint16(skewed(r, courses, 1.6))
	fresh:
		for j := 0; j < i; j++ {
			if taken[j] == c {
				c = uint16((int(c) + 1) % courses)
				goto fresh
			}
		}
		taken[i] = c
		i++
	}
	return taken
}

// skewed picks from [0, n) with a density that falls like a power of the rank:
// exponent 1 is even, 1.5 gives the first of 20,000 some 27 times what each
// would have if all were alike.
func skewed(r *rng, n int, exponent float64) int {
	u := r.float()
	if exponent == 1.5 {
		u *= math.Sqrt(u)
	} else {
		u = math.Pow(u, exponent)
	}
	return int(u * float64(n))
}

func instructors() [][]byte {
	made := make([][]byte, trainers)
	for i := range made {
		made[i] = fmt.Appendf(nil, `"instructor":{"objectType":"Agent","name":"%s %s","account":{"homePage":"%s","name":"t%04d"}},`,
			firstNames[(i*7)%len(firstNames)], lastNames[(i*11)%len(lastNames)], idpHome, i)
	}
	return made
}
