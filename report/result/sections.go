package result

// Light says how a headline figure stands to its target.
type Light string

// Lights. None: there is no target. Unknown: the figure is suppressed or missing.
const (
	Green   Light = "green"
	Amber   Light = "amber"
	Red     Light = "red"
	None    Light = "none"
	Unknown Light = "unknown"
)

// Bound is a threshold: one of the two is given.
type Bound struct {
	AtLeast *Number `json:"at_least"`
	AtMost  *Number `json:"at_most"`
}

// Headline is a figure of the first page.
type Headline struct {
	// ID is the name of the figure in the definition, as completion_rate.
	ID     string `json:"id"`
	Figure Figure `json:"figure"`
	Green  *Bound `json:"green"` // nil: there is no target
	Amber  *Bound `json:"amber"`
	Light  Light  `json:"light"`
}

// Condition is what a recommendation asks of a figure.
type Condition struct {
	ID     string  `json:"id"`
	Bound  Bound   `json:"bound"`
	Holds  bool    `json:"holds"` // false also when the figure is not known
	Known  bool    `json:"known"`
	Actual *Number `json:"actual"` // nil when it is not known
}

// Recommendation is a rule, and whether its conditions hold.
type Recommendation struct {
	Consequence string      `json:"consequence"` // continue, extend, adapt or end
	Conditions  []Condition `json:"conditions"`
	Holds       bool        `json:"holds"`
	// Recommended: the first of all whose conditions hold.
	Recommended bool   `json:"recommended"`
	Text        string `json:"text"` // Markdown
}

// Summary is section 1. It has five headlines: first those with a target, in the
// order of the definition, then those of reach, completion_rate, satisfaction, competence_gain and
// budget_spent that have none.
type Summary struct {
	Headlines       []Headline       `json:"headlines"`
	Recommendations []Recommendation `json:"recommendations"` // in the order of the definition
	// Consequence is that of the recommended one.
	Consequence string `json:"consequence"`
}

// Mandate is section 2. Empty texts were not given.
type Mandate struct {
	Body         string   `json:"body"`
	Resolution   string   `json:"resolution"`
	Item         string   `json:"item"`
	Date         string   `json:"date"` // 2006-01-02
	Office       string   `json:"office"`
	Units        []string `json:"units"`        // names; none: all
	Budget       *Number  `json:"budget"`       // euro; nil: not given
	Introduction string   `json:"introduction"` // Markdown
}

// Reach is section 3.
type Reach struct {
	Entitled    Figure `json:"entitled"`   // reach.entitled
	Registered  Figure `json:"registered"` // reach.registered: people of the directory
	Active      Figure `json:"active"`     // reach.active
	Rate        Figure `json:"rate"`       // reach.rate: active of entitled
	Repeat      Figure `json:"repeat"`     // reach.repeat: of the active, those active on two days or more
	RepeatRate  Figure `json:"repeat_rate"`
	Outside     Figure `json:"outside"`      // reach.outside: of the active, those ever active outside core hours
	OutsideTime Figure `json:"outside_time"` // reach.outside_time: share of active ten minutes outside core hours
	Departments Figure `json:"departments"`  // reach.departments: units on top with at least k active people
	Units       Table  `json:"units"`        // reach.units: tree; entitled, registered, active, rate
	Months      Table  `json:"months"`       // reach.months: 2006-01; active, new, started, completed
	Hours       Table  `json:"hours"`        // reach.hours: mon-00 to sun-23; active people
	Core        Core   `json:"core"`
}

// Core are the core hours.
type Core struct {
	Days []string `json:"days"` // mon to sun
	From string   `json:"from"` // 15:04
	To   string   `json:"to"`
}

// Offer is section 4.
type Offer struct {
	Courses Figure `json:"courses"` // offer.courses: how many there are
	Used    Figure `json:"used"`    // offer.used: with at least k learners
	Kinds   Table  `json:"kinds"`   // offer.kinds: induction, further_training, other × scorm, cmi5, h5p, tincan, attendance, other, total
	// Use is offer.use: a row for each course with kind and format; columns learners and departments.
	Use  Table    `json:"use"`
	List []Course `json:"list"` // the courses in the order of Use
	// Matrix is offer.matrix: courses × units on top, learners.
	Matrix Table  `json:"matrix"`
	Text   string `json:"text"` // Markdown
}

// Course is a course of the offer.
type Course struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // induction, further_training or other
	Format string `json:"format"` // scorm, cmi5, h5p, tincan, attendance or other
}

// Learning is section 5.
type Learning struct {
	Learners       Figure `json:"learners"` // learning.learners: people who have started a course
	Starts         Figure `json:"starts"`   // learning.starts: participations that were started
	Completions    Figure `json:"completions"`
	CompletionRate Figure `json:"completion_rate"`
	Judged         Figure `json:"judged"` // learning.judged: participations with a verdict
	Passed         Figure `json:"passed"`
	PassRate       Figure `json:"pass_rate"`
	AverageScore   Figure `json:"average_score"`
	Time           Figure `json:"time"` // learning.time: hours of all together
	// Courses is learning.courses: a row for each course; started, completed, completion_rate, passed, failed, pass_rate, score, hours,
	// days_q1, days_median, days_q3 (from the first statement to completion).
	Courses Table `json:"courses"`
	// Units is learning.units: tree; started, completed, completion_rate (participations).
	Units Table `json:"units"`
	// Scores is learning.scores: bins 0.0 to 0.9 (from, a tenth wide; 0.9 with 1.0), below for scores under 0; participations, share.
	Scores     Table  `json:"scores"`
	DaysQ1     Figure `json:"days_q1"` // learning.days_q1: time from the first statement to completion
	DaysMedian Figure `json:"days_median"`
	DaysQ3     Figure `json:"days_q3"`
	// Induction…: of induction courses, from a person's first access to the completion of a course.
	InductionLearners    Figure `json:"induction_learners"`
	InductionCompletions Figure `json:"induction_completions"`
	InductionDaysQ1      Figure `json:"induction_days_q1"`
	InductionDaysMedian  Figure `json:"induction_days_median"`
	InductionDaysQ3      Figure `json:"induction_days_q3"`
	// Checks is learning.checks: a row for each competence check; people (with both), before, after, gain.
	Checks         Table  `json:"checks"`
	CompetenceGain Figure `json:"competence_gain"` // learning.competence_gain: mean of after minus before
	// Questions is learning.questions: the hardest; answers, right (share at the first attempt), mark (mean score).
	Questions    Table      `json:"questions"`
	QuestionList []Question `json:"question_list"` // in the order of Questions
	Text         string     `json:"text"`          // Markdown
}

// Question is a question of a course.
type Question struct {
	ID         string `json:"id"`
	Text       string `json:"text"` // "" when its activity has no description
	Course     string `json:"course"`
	CourseName string `json:"course_name"`
}

// Satisfaction is section 6.
type Satisfaction struct {
	Rating Figure `json:"rating"` // satisfaction.rating: the average of all surveys on one scale
	// Surveys is satisfaction.surveys: a row for each; people, average, lowest, highest.
	Surveys Table `json:"surveys"`
	// Ratings is satisfaction.ratings: a row for each step of each survey (key survey/step); people, share.
	Ratings Table  `json:"ratings"`
	Text    string `json:"text"` // Markdown
}

// Vouchers is section 7.
type Vouchers struct {
	Quota    Figure `json:"quota"`
	Issued   Figure `json:"issued"`
	Redeemed Figure `json:"redeemed"`
	// Members is vouchers.members: a row for each; quota, issued, redeemed, redeemed_share (of issued).
	Members Table `json:"members"`
}

// Cost is section 8.
type Cost struct {
	Budget        Figure `json:"budget"`
	Spent         Figure `json:"spent"`
	BudgetSpent   Figure `json:"budget_spent"` // cost.budget_spent: share
	PerActive     Figure `json:"per_active"`
	PerCompletion Figure `json:"per_completion"`
	PerHour       Figure `json:"per_hour"`
	// Attendance is cost.attendance: what the same hours would have cost as attendance training.
	Attendance        Figure `json:"attendance"`
	AttendancePerHour Figure `json:"attendance_per_hour"`
	Items             Table  `json:"items"` // cost.items: euro, share
	Text              string `json:"text"`  // Markdown
}

// Quality is section 9.
type Quality struct {
	// Shown and Suppressed count the figures of this report that depend on people.
	Shown      Figure `json:"shown"`
	Suppressed Figure `json:"suppressed"`
	Reasons    Table  `json:"reasons"` // quality.reasons: a row for each reason; figures
	// Statements are those of the whole tenant stored up to the as-of time.
	Statements Table    `json:"statements"` // quality.statements: received, in_period, in_courses, voided, repaired, refused, duplicates, erased; count
	Repairs    Table    `json:"repairs"`    // quality.repairs: by kind; statements
	Sources    Table    `json:"sources"`    // quality.sources: by authority; statements
	Exposed    []string `json:"exposed"`    // figures that cannot be protected any more
	Remarks    []Remark `json:"remarks"`
	Text       string   `json:"text"` // Markdown
}

// Annex is section 10. Tables are those of the sections (Report.Tables), and are not repeated.
type Annex struct {
	Parameters  []Parameter  `json:"parameters"`
	Definitions []Definition `json:"definitions"`
	Queries     []Query      `json:"queries"`
	Outlook     string       `json:"outlook"` // Markdown; the project's last word
}

// Parameter is one of those by which the report was made.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Definition is the meaning of a figure. Both languages are there.
type Definition struct {
	Name string `json:"name"` // as completion_rate
	De   string `json:"de"`
	En   string `json:"en"`
}

// Query is a query on the database, and what is made of its answer.
type Query struct {
	Name string `json:"name"`
	// De and En say what is made of the answer.
	De  string `json:"de"`
	En  string `json:"en"`
	SQL string `json:"sql"`
}
