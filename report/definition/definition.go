package definition

import "time"

// Definition says what a report is about. Read fills in what was left out.
type Definition struct {
	Version  int    `json:"version"`
	Title    string `json:"title"`
	Tenant   string `json:"tenant"`
	Language string `json:"language"` // de or en
	Period   Period `json:"period"`
	// AsOf: only statements stored up to here count. Nil stands for all there are.
	AsOf *time.Time `json:"as_of"`
	// K is the smallest group of people of whom anything is shown.
	K         int       `json:"k"`
	CoreHours CoreHours `json:"core_hours"`
	Mandate   Mandate   `json:"mandate"`
	// Units are the organisation units that are reported on, by their names in the directory;
	// none stands for all.
	Units           []string         `json:"units"`
	Headcounts      []Headcount      `json:"headcounts"`
	Courses         []Course         `json:"courses"` // none stands for all
	Targets         []Target         `json:"targets"`
	Recommendations []Recommendation `json:"recommendations"`
	Cost            *Cost            `json:"cost"` // nil: not given
	Surveys         []Survey         `json:"surveys"`
	Checks          []Check          `json:"competence_checks"`
	Vouchers        []Voucher        `json:"vouchers"`
	Texts           Texts            `json:"texts"`
}

// Period is the time that is reported on, in days of a time zone, first and last included.
type Period struct {
	From string `json:"from"` // 2006-01-02
	To   string `json:"to"`
	Zone string `json:"zone"` // as Europe/Berlin
}

// CoreHours are when people are at work anyway: from From until before To.
type CoreHours struct {
	Days []string `json:"days"` // mon to sun
	From string   `json:"from"` // 15:04
	To   string   `json:"to"`
}

// Mandate is what the report answers to.
type Mandate struct {
	Body       string `json:"body"`       // who resolved it
	Resolution string `json:"resolution"` // its number
	Item       string `json:"item"`       // the number of the item
	Date       string `json:"date"`       // 2006-01-02
	Office     string `json:"office"`     // who is responsible
}

// Headcount is how many people of a unit may take part.
type Headcount struct {
	Unit     string `json:"unit"`
	Entitled int64  `json:"entitled"`
}

// Course is a course that is reported on.
type Course struct {
	ID     string `json:"id"` // its Activity id
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // induction or further_training
	Format string `json:"format"` // scorm, cmi5, h5p, tincan or attendance
}

// Bound is a threshold of a figure: exactly one of the two is given.
type Bound struct {
	AtLeast *float64 `json:"at_least"`
	AtMost  *float64 `json:"at_most"`
}

// Holds tells whether a figure keeps to it.
func (b Bound) Holds(figure float64) bool {
	if b.AtLeast != nil {
		return figure >= *b.AtLeast
	}
	return b.AtMost != nil && figure <= *b.AtMost
}

// Target is what a headline figure should be.
type Target struct {
	Figure string `json:"figure"` // one of Figures
	Green  Bound  `json:"green"`  // reached
	Amber  *Bound `json:"amber"`  // nearly reached; nil: there is no such thing
}

// Light is what a target says of a figure.
type Light string

// The lights of a target.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

// Of is the light of a figure.
func (t Target) Of(figure float64) Light {
	switch {
	case t.Green.Holds(figure):
		return Green
	case t.Amber != nil && t.Amber.Holds(figure):
		return Amber
	}
	return Red
}

// Recommendation is a consequence and what must be reached for it. The first
// whose conditions all hold is recommended; the last has none.
type Recommendation struct {
	Consequence string      `json:"consequence"` // continue, extend, adapt or end
	When        []Condition `json:"when"`
	Text        Markdown    `json:"text"`
}

// Condition is a threshold of a figure.
type Condition struct {
	Figure string `json:"figure"`
	Bound
}

// Cost is what was spent, in euro.
type Cost struct {
	Budget float64 `json:"budget"`
	Items  []Item  `json:"items"`
	// AttendancePerDay is what a day of attendance training costs for a person; nil: not known.
	AttendancePerDay *float64 `json:"attendance_per_day"`
}

// Item is a part of what was spent.
type Item struct {
	Name   string  `json:"name"`
	Amount float64 `json:"amount"`
}

// Spent is the sum of all items.
func (c *Cost) Spent() (sum float64) {
	for _, i := range c.Items {
		sum += i.Amount
	}
	return sum
}

// Survey is an activity whose statements rate something, on a scale.
type Survey struct {
	Activity string  `json:"activity"`
	Name     string  `json:"name"`
	Lowest   float64 `json:"lowest"`
	Highest  float64 `json:"highest"`
}

// Check is a competence check, taken before and after.
type Check struct {
	Name   string `json:"name"`
	Before string `json:"before"` // Activity ids
	After  string `json:"after"`
}

// Voucher is the quota of a member.
type Voucher struct {
	Member string `json:"member"`
	Quota  int64  `json:"quota"`
}

// Texts are what the project writes itself.
type Texts struct {
	Introduction   Markdown `json:"introduction"`
	Offer          Markdown `json:"offer"`
	Learning       Markdown `json:"learning"`
	Satisfaction   Markdown `json:"satisfaction"`
	Cost           Markdown `json:"cost"`
	DataProtection Markdown `json:"data_protection"`
	Outlook        Markdown `json:"outlook"`
}
