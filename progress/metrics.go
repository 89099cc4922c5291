package progress

import "strings"

// Verbs that mean something to a metric, from the vocabularies of ADL
// (http://adlnet.gov/expapi/verbs/) and of cmi5 (https://w3id.org/xapi/adl/verbs/).
const (
	verbPassed     = "http://adlnet.gov/expapi/verbs/passed"
	verbFailed     = "http://adlnet.gov/expapi/verbs/failed"
	verbProgressed = "http://adlnet.gov/expapi/verbs/progressed"
)

// completionVerbs complete their object, whatever the result says.
var completionVerbs = []string{
	"http://adlnet.gov/expapi/verbs/completed",
	"http://adlnet.gov/expapi/verbs/satisfied",
	"https://w3id.org/xapi/adl/verbs/satisfied",
}

// platformVerbs are those of statements that the platform makes about a learner,
// without the learner doing anything in the course. The second namespace is the
// one that cmi5 prescribes, the first one occurs as well.
var platformVerbs = []string{
	"http://activitystrea.ms/schema/1.0/assign",
	"http://adlnet.gov/expapi/verbs/abandoned",
	"http://adlnet.gov/expapi/verbs/assigned",
	"http://adlnet.gov/expapi/verbs/launched",
	"http://adlnet.gov/expapi/verbs/registered",
	"http://adlnet.gov/expapi/verbs/satisfied",
	"http://adlnet.gov/expapi/verbs/waived",
	"https://w3id.org/xapi/adl/verbs/abandoned",
	"https://w3id.org/xapi/adl/verbs/satisfied",
	"https://w3id.org/xapi/adl/verbs/waived",
	"https://w3id.org/xapi/dod-isd/verbs/assigned",
	"https://w3id.org/xapi/tla/verbs/assigned",
}

// startVerbs begin an attempt on a course whose statements have no registration.
var startVerbs = []string{
	"http://adlnet.gov/expapi/verbs/attempted",
	"http://adlnet.gov/expapi/verbs/initialized",
}

// finalVerbs end or suspend a session with its result.
var finalVerbs = []string{
	"http://adlnet.gov/expapi/verbs/suspended",
	"http://adlnet.gov/expapi/verbs/terminated",
}

// sessionVerbs are those whose duration is that of a session.
var sessionVerbs = append([]string{
	"http://adlnet.gov/expapi/verbs/abandoned",
	"https://w3id.org/xapi/adl/verbs/abandoned",
}, finalVerbs...)

// verbAnswered answers a question.
const verbAnswered = "http://adlnet.gov/expapi/verbs/answered"

// Course is what the learners of one course have reached, as docs/metrics.md
// defines it.
type Course struct {
	ID string
	// Learners have at least one statement in the course.
	Learners int64
	// Started are the learners with a statement that the content or they
	// themselves caused.
	Started int64
	// Completed are the learners who have completed the course itself.
	Completed int64
	// Passed and Failed are the learners by their latest verdict; who has none
	// is in neither.
	Passed int64
	Failed int64
	// Scored are the learners with a score, ScoreSum the sum of their latest
	// ones in billionths of the scale from -1 to 1.
	Scored   int64
	ScoreSum int64
	// LastActivity is the latest timestamp, microseconds since the Unix epoch.
	LastActivity int64
}

// AverageScore is the mean of the learners' latest scores; ok is false when
// there is none.
func (c Course) AverageScore() (average float64, ok bool) {
	if c.Scored == 0 {
		return 0, false
	}
	return float64(c.ScoreSum) / float64(c.Scored) / 1e9, true
}

// quoted is a list of constants in SQL.
func quoted(list []string) string { return "'" + strings.Join(list, "', '") + "'" }
