package inputs

import "lernspur/suppress"

// Format is the version of the form in which inputs are kept.
const Format = 1

// None stands for no index, and no value of a byte.
const None = -1

// Inputs are what a run has used. Columns with a common prefix have one element
// for each row. Instants are microseconds since the Unix epoch; 0 is none.
type Inputs struct {
	Format int
	// Salt makes that keys of one run tell nothing about those of another.
	Salt [16]byte
	// AsOf: statements stored up to here were read.
	AsOf int64

	// The tree of units, each behind the one that it lies below, on the last day of the period.
	Units []Unit
	// Courses are those reported on, in the order of the report.
	Courses []Course

	// People, by their numbers.
	PersonUnit  []int32 // index of Units, None for none
	PersonKnown []bool  // of the directory
	PersonGone  []bool  // erased since the first run
	// Keys tell which number somebody has: one for each identifier.
	Keys     []Key
	KeyOwner []int32

	// Participations: what somebody has reached in a course.
	PartPerson, PartCourse     []int32
	PartFirst                  []int64
	PartStarted, PartCompleted []int64 // None: not
	PartPassed                 []int8  // 1, 0, None for no verdict
	PartScored                 []bool
	PartScore                  []int64 // billionths
	PartSpent                  []int64 // microseconds
	PartGaps                   []bool  // PartSpent is the time between statements
	// PartSlots are the ten minutes of the period in which somebody was active in the course, counted from
	// 1970 in UTC: the first one, and from each to the next.
	PartSlots [][]int32

	// First answers to questions.
	Questions                    []Question
	AnswerQuestion, AnswerPerson []int32
	AnswerRight                  []int8 // 1, 0, None for not said
	AnswerMarked                 []bool
	AnswerMark                   []int64 // billionths

	// Ratings by survey of the definition, the latest of each person, in millionths of the scale.
	RatingSurvey, RatingPerson []int32
	RatingValue                []int64
	RatingsOutside             int64 // ratings outside of the scale

	// Competence checks of the definition that somebody took both before and after, in billionths.
	CheckCheck, CheckPerson []int32
	CheckBefore, CheckAfter []int64

	// Vouchers; HasVouchers: they are kept here.
	HasVouchers bool
	Vouchers    []Voucher

	Counts Counts
	// Hours: the tenant's settings let hours be evaluated.
	Hours bool
	// Demo: the tenant is a synthetic one.
	Demo    bool
	Queries []Query
	// Earlier runs that were published, as far as the suppression has to know.
	Earlier []suppress.Run
}

// Unit is a unit of the directory.
type Unit struct {
	ID, Code, Name string
	Parent         int32 // index, None at the top
	Headcount      int64 // of the unit and what lies below, None where it is not known
}

// Course is a course that is reported on.
type Course struct {
	ID, Name     string
	Kind, Format string // as in a definition, "" where it is not known
}

// Question is a question of a course.
type Question struct {
	ID, Text string
	Course   int32
}

// Voucher is what became of the vouchers of a member.
type Voucher struct {
	Member           string
	Issued, Redeemed int64
}

// Counts are about statements. None: not counted.
type Counts struct {
	Received, InPeriod, InCourses, Voided, Repaired, Refused, Duplicates, Erased int64
	// First is the earliest timestamp of a statement in a course that is reported on.
	First   int64
	Repairs []Named
	Sources []Named
}

// Named is a count with a name.
type Named struct {
	Name  string
	Count int64
}

// Query is a query and its text.
type Query struct{ Name, SQL string }

// Key stands for an identifier.
type Key [16]byte
