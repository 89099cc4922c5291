package town

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
)

// Tenant is the tenant that the town is meant for.
const Tenant = "demo"

// Config says which town.
type Config struct {
	Seed uint64
	// Cut makes units so many times smaller, for tests; 0 and 1 leave them.
	Cut int
}

// Town is what there is and what happened. It does not change.
type Town struct {
	Units  []Unit
	People []Person
	Groups []Group

	seed      uint64
	strangers []Person
	events    []event
}

// New makes a town. It takes less than a second.
func New(c Config) *Town {
	t := &Town{Units: cut(max(c.Cut, 1)), seed: c.Seed}
	t.People = people(c.Seed, t.Units)
	t.Groups = groups(t.People)
	finish := map[string]int{}
	for _, u := range t.Units {
		finish[u.Code] = u.finish
	}
	cal := newCalendar()
	for i := range t.People {
		if p := &t.People[i]; p.learns {
			l := &learner{rng: stream(c.Seed, streamLearn, uint64(i)), cal: cal, who: int32(i), p: p, finish: finish[p.Unit]}
			l.year()
			t.events = append(t.events, l.list...)
		}
	}
	t.others(cal)
	slices.SortFunc(t.events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.who, b.who), cmp.Compare(a.n, b.n))
	})
	return t
}

// others are learners whom the directory does not know, and who made the courses and
// tried them, whose statements were voided the same evening.
func (t *Town) others(cal *calendar) {
	for i, name := range []string{"Redaktion", "Ada", "Bruno", "Chiara", "Dilan", "Emil", "Farah", "Goran"} {
		p := Person{First: name, Last: "Gast", Mail: plain(name) + "@partner.example", Joined: -1, Left: -1, knows: 500, learns: true}
		if i == 0 {
			p.Last, p.Mail = "Lernplattform", "redaktion@stadt.example"
		}
		t.strangers = append(t.strangers, p)
		who := len(t.People) + i
		l := &learner{rng: stream(t.seed, streamLearn, 1<<32|uint64(i)), cal: cal, who: int32(who), p: &t.strangers[i], finish: 1000}
		if i == 0 {
			for c := range courses {
				if courses[c].Format != Attendance && c%4 == 0 {
					l.course(c, 1+c/4)
				}
			}
			for _, e := range l.list {
				l.void(e, 7_200_000)
			}
		} else {
			l.course(8+i%3, 20+17*i)
		}
		t.events = append(t.events, l.list...)
	}
}

// Len is how many statements there are, with those that arrive twice.
func (t *Town) Len() int { return len(t.events) }

// Statements are all of them, as they arrive.
func (t *Town) Statements() iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		for i := range t.events {
			if !yield(t.statement(&t.events[i])) {
				return
			}
		}
	}
}

// Name tells towns apart: the same seed and cut have the same one, as long as this
// package makes the same of them.
func (t *Town) Name() string {
	sum := sha256.New()
	for _, part := range []string{t.UnitsCSV(), t.PeopleCSV(), t.GroupsCSV(), t.HeadcountsCSV(), strconv.Itoa(t.Len())} {
		sum.Write([]byte(part))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Sum is the SHA-256 of everything that is made.
func (t *Town) Sum() string {
	sum := sha256.New()
	for _, part := range []string{t.UnitsCSV(), t.PeopleCSV(), t.GroupsCSV(), t.HeadcountsCSV()} {
		sum.Write([]byte(part))
	}
	for s := range t.Statements() {
		sum.Write(append(s.Raw, '\n'))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
