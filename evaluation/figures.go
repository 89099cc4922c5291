package evaluation

import "slices"

// Figure is something that is evaluated about people: what it is called in the
// statement, where it is told, and on which switches that depends. This table is what
// package progress and the pages go by; tests hold that it has every field of every
// answer and every page.
type Figure struct {
	// Key names the figure; its words are under figureWords.
	Key string
	// Single tells that it is about single people; else it is about many together.
	Single bool
	// Fields are the names it has in the answers of /api/v1/progress, in those on
	// single people or those on many.
	Fields []string
	// Interfaces are other addresses at which programs get it.
	Interfaces []string
	// Needs are the switches that all have to be on for it to be told.
	Needs []Switch
	// Few are switches without which it is told of SmallGroup people or more only:
	// of fewer it would tell what the switch keeps from being told of one.
	Few []Switch
	// Times tells that it has points in time, of which only the day is told while
	// Hours is off.
	Times bool
	// Kept says how long: a key of keptWords.
	Kept string
	// Scopes are those of keys of programs, of which one is enough to get it.
	Scopes []string
}

// The scopes of keys that read progress, and those that read the catalogue.
var (
	progressScopes  = []string{"all", "all/read", "statements/read"}
	catalogueScopes = []string{"all", "all/read", "content"}
)

// Figures are all of them, in the order of the statement.
var Figures = []Figure{
	{Key: "who", Single: true, Fields: []string{"id", "assigned", "name", "units", "identifiers"}, Kept: "directory", Scopes: progressScopes},
	{Key: "courses", Single: true, Fields: []string{"course", "courses", "started", "completed", "passed", "failed", "time_to_completion"}, Times: true, Kept: "statements", Scopes: progressScopes},
	{Key: "scores", Single: true, Fields: []string{"first_score", "best_score", "last_score", "average_score"}, Kept: "statements", Scopes: progressScopes},
	{Key: "attempts", Single: true, Fields: []string{"attempts", "failed_attempts"}, Kept: "statements", Scopes: progressScopes},
	{Key: "time", Single: true, Fields: []string{"time_spent", "time_source"}, Kept: "statements", Scopes: progressScopes},
	{Key: "volume", Single: true, Fields: []string{"statements"}, Kept: "statements", Scopes: progressScopes},
	{Key: "place", Single: true, Fields: []string{"last_place"}, Kept: "statements", Scopes: progressScopes},
	{Key: "idle", Single: true, Fields: []string{"last_activity", "idle_days"}, Needs: []Switch{IdleDays}, Times: true, Kept: "statements", Scopes: progressScopes},
	{Key: "risk", Single: true, Fields: []string{"at_risk"}, Needs: []Switch{AtRisk}, Kept: "statements", Scopes: progressScopes},
	{Key: "timeline", Single: true, Fields: []string{"registration", "number", "began", "ended", "score"}, Needs: []Switch{Timelines}, Times: true, Kept: "statements", Scopes: progressScopes},
	{Key: "registration", Single: true, Interfaces: []string{"/api/v1/registrations", "/api/v1/registrations/{registration}"}, Kept: "records", Scopes: catalogueScopes},
	{Key: "opened", Single: true, Interfaces: []string{"/api/v1/launches"}, Needs: Moments, Kept: "records", Scopes: catalogueScopes},
	{Key: "calls", Single: true, Interfaces: []string{"/api/v1/registrations/{registration}/calls"}, Needs: []Switch{Timelines, Hours, Answers}, Kept: "calls", Scopes: catalogueScopes},
	{Key: "answers", Single: true, Needs: []Switch{Answers}, Kept: "statements"},
	{Key: "attendance", Single: true, Interfaces: []string{"/api/v1/attendance/sessions/{session}/records"}, Kept: "records", Scopes: catalogueScopes},
	{Key: "raw", Single: true, Interfaces: []string{"/xapi/statements", "/api/v1/statements/tail", "/api/v1/statements/count", "/api/v1/repairs"}, Kept: "statements",
		Scopes: []string{"all", "all/read", "statements/read"}},

	{Key: "many.people", Fields: []string{"id", "name", "code", "people", "headcount", "learners", "enrolments"}, Kept: "directory", Scopes: progressScopes},
	{Key: "many.reached", Fields: []string{"started", "completed", "starts", "completions", "passed", "failed", "passes", "failures", "completion_rate", "pass_rate",
		"time_to_completion_q1", "time_to_completion_median", "time_to_completion_q3"}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.scores", Fields: []string{"scored", "first_score", "best_score", "last_score", "average_attempt_score", "average_score"}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.time", Fields: []string{"attempts", "time_spent", "time_spent_median", "time_by_session", "time_by_cumulative", "time_by_gaps", "statements"}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.lately", Fields: []string{"active", "last_activity"}, Few: []Switch{IdleDays}, Times: true, Kept: "statements", Scopes: progressScopes},
	{Key: "many.risk", Fields: []string{"at_risk", "at_risk_failed"}, Needs: []Switch{AtRisk}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.idle-risk", Fields: []string{"at_risk_idle"}, Needs: []Switch{AtRisk, IdleDays}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.drop-off", Fields: []string{"activity", "not_completed"}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.trend", Fields: []string{"begin"}, Few: []Switch{Timelines}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.hours", Fields: []string{"weekday", "hour"}, Needs: []Switch{Hours}, Few: []Switch{Timelines}, Kept: "statements", Scopes: progressScopes},
	{Key: "many.questions", Fields: []string{"answers", "judged", "right", "difficulty", "marked", "facility", "discrimination", "compared", "responses", "other_responses", "test"},
		Few: []Switch{Answers}, Kept: "statements", Scopes: progressScopes},
	{Key: "report", Kept: "records"},
}

// envelope are fields of answers that tell nothing of people.
var envelope = []string{"watermark", "as_of", "zone", "by", "count", "people", "more", "suppressed", "switched_off"}

// Resource is one of the interface on progress as a whole.
type Resource struct {
	// Path is what stands behind /api/v1/progress/.
	Path   string
	Single bool
	// Needs are the switches that all have to be on for it to answer anything.
	Needs []Switch
}

// Resources are all of them.
var Resources = []Resource{
	{Path: "summary"}, {Path: "courses"}, {Path: "courses/{id}"}, {Path: "courses/{id}/drop-off"}, {Path: "courses/{id}/hours", Needs: []Switch{Hours}},
	{Path: "learners", Single: true}, {Path: "learners/{id}", Single: true}, {Path: "learners/{id}/attempts", Single: true, Needs: []Switch{Timelines}},
	{Path: "at-risk", Single: true, Needs: []Switch{AtRisk}},
	{Path: "groups"}, {Path: "units"}, {Path: "questions"}, {Path: "periods"},
}

// asking are what can be asked for that would tell what a field tells: what lists are
// narrowed down to.
var asking = map[string][]Switch{
	"kind=at-risk": {AtRisk},
	// Who was active on some days and who was not is when somebody was active.
	"kind=active": {IdleDays},
	"reason=idle": {AtRisk, IdleDays},
	"idle_days":   {AtRisk, IdleDays},
}

// ResourceOf finds a resource by its path; false for none.
func ResourceOf(path string) (Resource, bool) {
	i := slices.IndexFunc(Resources, func(r Resource) bool { return r.Path == path })
	if i < 0 {
		return Resource{}, false
	}
	return Resources[i], true
}

// FieldOf finds the figure that a field of an answer on single people, or on many,
// belongs to. ok is false for a field that the table does not have; that of a field
// that tells nothing of people has no Key.
func FieldOf(single bool, field string) (f Figure, ok bool) {
	for _, f := range Figures {
		if f.Single == single && slices.Contains(f.Fields, field) {
			return f, true
		}
	}
	return Figure{}, slices.Contains(envelope, field)
}

// FigureOf finds a figure by its key.
func FigureOf(key string) (Figure, bool) {
	i := slices.IndexFunc(Figures, func(f Figure) bool { return f.Key == key })
	if i < 0 {
		return Figure{}, false
	}
	return Figures[i], true
}

// Narrowing are the switches that a question needs which has this parameter: its
// name, or name=value.
func Narrowing(parameter string) []Switch { return asking[parameter] }
