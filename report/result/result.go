package result

// Format is the version of this form; it changes when a reader of the JSON would
// have to change.
const Format = 1

// Report is an evaluation report. All that depends on people has gone through the
// suppression.
type Report struct {
	Format       int          `json:"format"`
	Head         Head         `json:"head"`
	Summary      Summary      `json:"summary"`
	Mandate      Mandate      `json:"mandate"`
	Reach        Reach        `json:"reach"`
	Offer        Offer        `json:"offer"`
	Learning     Learning     `json:"learning"`
	Satisfaction Satisfaction `json:"satisfaction"`
	Vouchers     Vouchers     `json:"vouchers"`
	Cost         Cost         `json:"cost"`
	Quality      Quality      `json:"quality"`
	Annex        Annex        `json:"annex"`
}

// Head says what the report is and up to when it has read.
type Head struct {
	Title    string `json:"title"`
	Tenant   string `json:"tenant"`
	Language string `json:"language"` // de or en
	From     string `json:"from"`     // 2006-01-02, first day
	To       string `json:"to"`       // last day, included
	Zone     string `json:"zone"`     // time zone of days and hours, as Europe/Berlin
	// AsOf: statements stored up to here count; RFC 3339 with microseconds, UTC.
	AsOf string `json:"as_of"`
	K    int    `json:"k"` // the smallest group of people of whom anything is shown
	// Version is that of the program that computed the report.
	Version string `json:"version"`
	// Run is the run that this report is of, "" when it is only a preview.
	Run string `json:"run"`
	// Demo: the figures are of a synthetic town, and every form says so.
	Demo bool `json:"demo"`
	// Erased is how many people who were counted at the first run of this are
	// missing, since they have been erased; 0 in a first run.
	Erased int64 `json:"erased"`
}

// State says whether there is a number.
type State string

// States of a figure and of a cell.
const (
	Shown      State = "shown"
	Suppressed State = "suppressed" // it would tell about single people
	Missing    State = "missing"    // it cannot be computed: something was not given, or there is nothing
)

// Reason says why a figure is suppressed or missing.
type Reason string

// Reasons of suppressed figures; they are those of package suppress.
const (
	Small    Reason = "small"    // about too few people, or it tells something about all of them
	Rest     Reason = "rest"     // what it leaves of its group is too small, or nobody
	Change   Reason = "change"   // it differs by too few people from what an earlier run showed
	Reckoned Reason = "reckoned" // another figure could be reckoned from it
	Together Reason = "together" // it is shown only with another one, which is not
)

// Reasons of missing figures.
const (
	NoHeadcount    Reason = "no_headcount"    // neither the definition nor the directory says how many are entitled
	NoCost         Reason = "no_cost"         // the definition has no cost
	NoBudget       Reason = "no_budget"       // the budget is zero
	NoAttendance   Reason = "no_attendance"   // what attendance training costs was not given
	NoSurvey       Reason = "no_survey"       // the definition names no survey
	NoRatings      Reason = "no_ratings"      // nobody has rated
	ScalesDiffer   Reason = "scales_differ"   // surveys on different scales have no common average
	NoCheck        Reason = "no_check"        // the definition names no competence check
	NoPairs        Reason = "no_pairs"        // nobody has taken both the check before and the one after
	NoVouchers     Reason = "no_vouchers"     // the definition has no quotas, or vouchers are not kept here
	NoData         Reason = "no_data"         // no statement counts
	NoLearners     Reason = "no_learners"     // nobody was active
	NoStarts       Reason = "no_starts"       // nobody has started a course
	NoCompletions  Reason = "no_completions"  // nobody has completed a course
	NoVerdicts     Reason = "no_verdicts"     // nobody has passed or failed
	NoScores       Reason = "no_scores"       // nobody has a score
	NoTime         Reason = "no_time"         // no time was spent
	NoInduction    Reason = "no_induction"    // the definition names no induction course
	NoQuestions    Reason = "no_questions"    // no question was answered
	NoDepartments  Reason = "no_departments"  // the directory has no units
	UnknownUnit    Reason = "unknown_unit"    // the directory has no unit of this name
	UnitAmbiguous  Reason = "unit_ambiguous"  // the directory has several units of this name
	HoursNotShown  Reason = "hours_not_shown" // the tenant's settings do not allow hours to be evaluated
	NotCounted     Reason = "not_counted"     // the system does not count it
	TooLarge       Reason = "too_large"       // the table would have more rows than a report can have
	NotDefined     Reason = "not_defined"     // the definition does not say what would be needed
	DirectoryEmpty Reason = "directory_empty" // the directory has no people
)

// Unit of a number.
type Unit string

// Units.
const (
	People         Unit = "people"         // counts people; each counts once
	Participations Unit = "participations" // counts pairs of a person and a course
	Counts         Unit = "count"          // counts things: statements, courses, departments, answers
	Share          Unit = "share"          // a part of one: 0.4 is 40 %
	Score          Unit = "score"          // on the scale from -1 to 1, mostly 0 to 1
	Points         Unit = "points"         // difference of two scores
	Rating         Unit = "rating"         // on the scale of the survey
	Euro           Unit = "euro"
	Hours          Unit = "hours"
	Days           Unit = "days"
)

// Remark is something that a reader should know of a figure. The code is put
// into words by the forms; Count and Text are what it names.
type Remark struct {
	Code  RemarkCode `json:"code"`
	Count int64      `json:"count"`
	Text  string     `json:"text"`
}

// RemarkCode says what a remark is about.
type RemarkCode string

// Codes of remarks.
const (
	// HeadcountFromDirectory: the definition gives none, so those of the directory count.
	HeadcountFromDirectory RemarkCode = "headcount_from_directory"
	// HeadcountPartly: Count of the units have none.
	HeadcountPartly RemarkCode = "headcount_partly"
	// MoreThanEntitled: more people were active than are entitled.
	MoreThanEntitled RemarkCode = "more_than_entitled"
	// Unassigned: Count learners belong to no unit; shown only where Count may be.
	Unassigned RemarkCode = "unassigned"
	// TimeFromGaps: for Count participations time was reckoned from the time
	// between statements, since the content does not send durations.
	TimeFromGaps RemarkCode = "time_from_gaps"
	// BeforeFirst: the period begins before the first statement, which is of the day Text.
	BeforeFirst RemarkCode = "before_first"
	// AfterAsOf: the period ends behind the as-of time, after which nothing was read.
	AfterAsOf RemarkCode = "after_as_of"
	// ErasedMissing: Count people who were counted at first have been erased.
	ErasedMissing RemarkCode = "erased_missing"
	// OnlyFirst: only the first Count rows are listed.
	OnlyFirst RemarkCode = "only_first"
	// FromPublished: computed from the figures shown, as they are rounded here.
	FromPublished RemarkCode = "from_published"
	// AttendanceDay: a day of attendance training is reckoned as Count hours.
	AttendanceDay RemarkCode = "attendance_day"
	// AtLeastK: counts only groups of at least Count people.
	AtLeastK RemarkCode = "at_least_k"
	// StateAsOf: verdicts and scores are those at the as-of time.
	StateAsOf RemarkCode = "state_as_of"
	// Exposed: Text cannot be protected any more, since earlier runs showed too much.
	Exposed RemarkCode = "exposed"
	// SharesAddUp: shares are rounded so that they add up to 100 %.
	SharesAddUp RemarkCode = "shares_add_up"
	// UnitUnknown: the directory has no unit Text, or several.
	UnitUnknown RemarkCode = "unit_unknown"
	// NotRated: Count answers are outside of the scale and do not count.
	NotRated RemarkCode = "not_rated"
)

// Figure is one number of the report.
type Figure struct {
	Name  string `json:"name"` // unique in the report, as reach.active
	State State  `json:"state"`
	// Value is nil unless State is Shown.
	Value  *Number `json:"value"`
	Reason Reason  `json:"reason"` // "" when shown
	Unit   Unit    `json:"unit"`
	// Population is of how many people (or, with PopulationUnit, of what) the figure
	// is; nil where that is not shown or there is no such thing.
	Population     *int64 `json:"population"`
	PopulationUnit Unit   `json:"population_unit"` // "" without a population
	// Query is the name of the query in the annex by which it is found.
	Query   string   `json:"query"`
	Remarks []Remark `json:"remarks"`
}

// Cell is one number of a table.
type Cell struct {
	State  State   `json:"state"`
	Value  *Number `json:"value"`
	Reason Reason  `json:"reason"`
}

// Column of a table.
type Column struct {
	Name string `json:"name"` // as active
	Unit Unit   `json:"unit"`
	// Population is the name of the column of how many the figures of this one are, "" for none.
	Population string `json:"population"`
	Query      string `json:"query"`
}

// Row of a table.
type Row struct {
	// Key is unique in its table. Where Label is empty it is a code that the forms put into words: a month
	// (2006-01), an hour of the week (mon-08), a kind, a format, total, unassigned.
	Key   string `json:"key"`
	Label string `json:"label"`
	// Level is the depth in a tree: 0 for the topmost and in tables that are no tree.
	Level int `json:"level"`
	// Total: the row is about all rows below it in the tree, or about the whole table.
	Total bool   `json:"total"`
	Cells []Cell `json:"cells"` // one for each column
}

// Table is a table of the report.
type Table struct {
	Name    string   `json:"name"` // unique in the report, as reach.units
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	// Missing is the reason why there is no row, "" when there are some.
	Missing Reason   `json:"missing"`
	Remarks []Remark `json:"remarks"`
}
