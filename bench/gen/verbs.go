package gen

// level is where in a course a verb has its object.
type level uint8

const (
	onCourse level = iota
	onTest
	onLesson
	onPage
	onQuestion
)

// outcome is what a verb says in its result.
type outcome uint8

const (
	noResult  outcome = iota
	duration          // how long it took
	progress          // how far one got, as an extension
	completed         // completion and duration
	passedIt          // score, success, completion, duration
	failedIt
	scoredIt // score alone
	response // an answer to a question, duration
)

// verb is one of the verbs in use, with its share of all statements.
type verb struct {
	id       string
	perMille int
	level    level
	outcome  outcome
	fragment []byte
}

var verbs = []verb{
	newVerb("http://adlnet.gov/expapi/verbs/experienced", "hat angesehen", "experienced", 300, onPage, duration),
	newVerb("http://adlnet.gov/expapi/verbs/answered", "hat beantwortet", "answered", 200, onQuestion, response),
	newVerb("http://adlnet.gov/expapi/verbs/progressed", "ist vorangekommen in", "progressed", 90, onCourse, progress),
	newVerb("http://adlnet.gov/expapi/verbs/initialized", "hat begonnen", "initialized", 80, onLesson, noResult),
	newVerb("http://adlnet.gov/expapi/verbs/terminated", "hat beendet", "terminated", 70, onLesson, duration),
	newVerb("http://adlnet.gov/expapi/verbs/completed", "hat abgeschlossen", "completed", 60, onLesson, completed),
	newVerb("http://adlnet.gov/expapi/verbs/interacted", "hat bearbeitet", "interacted", 50, onPage, duration),
	newVerb("http://adlnet.gov/expapi/verbs/launched", "hat gestartet", "launched", 40, onCourse, noResult),
	newVerb("http://adlnet.gov/expapi/verbs/passed", "hat bestanden", "passed", 35, onTest, passedIt),
	newVerb("http://adlnet.gov/expapi/verbs/attempted", "hat versucht", "attempted", 25, onTest, noResult),
	newVerb("http://adlnet.gov/expapi/verbs/suspended", "hat unterbrochen", "suspended", 15, onLesson, duration),
	newVerb("http://adlnet.gov/expapi/verbs/resumed", "hat fortgesetzt", "resumed", 10, onLesson, noResult),
	newVerb("https://w3id.org/xapi/dod-isd/verbs/finished", "hat den Kurs abgeschlossen", "finished", 10, onCourse, completed),
	newVerb("http://adlnet.gov/expapi/verbs/failed", "hat nicht bestanden", "failed", 8, onTest, failedIt),
	newVerb("http://adlnet.gov/expapi/verbs/scored", "hat Punkte erzielt in", "scored", 4, onTest, scoredIt),
	newVerb("http://adlnet.gov/expapi/verbs/mastered", "beherrscht", "mastered", 3, onCourse, passedIt),
}

func newVerb(id, de, en string, perMille int, l level, o outcome) verb {
	return verb{id, perMille, l, o,
		[]byte(`"verb":{"id":"` + id + `","display":{"de":"` + de + `","en":"` + en + `"}},`)}
}

// verbTable maps a number below 1000 to a verb.
func verbTable() (table [1000]uint8) {
	at := 0
	for v := range verbs {
		for range verbs[v].perMille {
			table[at] = uint8(v)
			at++
		}
	}
	if at != len(table) {
		panic("gen: the shares of the verbs do not add up to 1000")
	}
	return table
}
