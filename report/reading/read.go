package reading

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/progress"
	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
)

// Vouchers is who knows the education vouchers of a tenant.
type Vouchers interface {
	// Of answers how many vouchers of each member were issued and redeemed in
	// from <= t < to, as far as it was known at asOf (all in microseconds since the Unix epoch).
	Of(ctx context.Context, tenant string, from, to, asOf int64) ([]inputs.Voucher, error)
}

// Reader reads inputs.
type Reader struct {
	// Conn is the database with the tables of package store.
	Conn driver.Conn
	// Facts are those of progress.
	Facts *progress.Projector
	// Directory returns when the tables show what the directory of a tenant has. It may be nil.
	Directory func(ctx context.Context, tenant string) error
	// Catalogue answers the courses that the catalogue knows, by the ids of their Activities. It may be nil.
	Catalogue func(ctx context.Context, tenant, language string) (map[string]inputs.Course, error)
	// Texts answers what statements say of Activities: name or description. It may be nil.
	Texts func(ctx context.Context, tenant, language string, activities []string) (map[string]string, error)
	// Hours tells whether a tenant lets hours be evaluated for groups; nil: every one does.
	Hours func(ctx context.Context, tenant string) (bool, error)
	// Vouchers may be nil: then they are not kept here.
	Vouchers Vouchers
	// Demo tells whether a tenant is a synthetic one. It may be nil.
	Demo func(tenant string) bool
}

// Step is how far reading has come; Total is 0 where that is not known.
type Step struct {
	Name        string
	Done, Total int64
}

// Limits of what a report is about.
const (
	// MaxCourses is how many courses a report has at most; of more, those with the most active people count.
	MaxCourses = 1000
	// maxParticipations bounds what a run keeps.
	maxParticipations = 5_000_000
	// maxNamed is how many repairs and sources are told apart.
	maxNamed = 1000
)

// reading is inputs on their way.
type reading struct {
	*Reader
	ctx      context.Context
	d        *definition.Definition
	in       *inputs.Inputs
	tell     func(Step)
	from, to int64
	zone     *time.Location
	window   progress.Window

	numbers map[string]int32  // of people: by the id of a person, or the identifier of who is none
	persons map[string]string // id of the person by identifier
	courses map[string]int32
}

// Read reads everything for a definition as of an instant, 0 for all that was acknowledged
// before. Errors: progress.ErrNotYet, and others that are internal. tell may be nil.
func (r *Reader) Read(ctx context.Context, d *definition.Definition, asOf int64, tell func(Step)) (*inputs.Inputs, error) {
	if tell == nil {
		tell = func(Step) {}
	}
	now := &reading{Reader: r, ctx: ctx, d: d, tell: tell, in: &inputs.Inputs{Format: inputs.Format, Hours: true},
		numbers: make(map[string]int32), persons: make(map[string]string), courses: make(map[string]int32)}
	var err error
	if now.from, now.to, now.zone, err = figures.Period(d); err != nil {
		return nil, err
	}
	if _, err := rand.Read(now.in.Salt[:]); err != nil {
		return nil, err
	}
	now.window = progress.Window{From: time.UnixMicro(now.from), To: time.UnixMicro(now.to)}
	for _, course := range d.Courses {
		now.window.Courses = append(now.window.Courses, course.ID)
	}
	if r.Directory != nil {
		tell(Step{Name: "directory"})
		if err := r.Directory(ctx, d.Tenant); err != nil {
			return nil, err
		}
	}
	return now.in, now.all(asOf)
}

// all reads what there is. The facts come first: what else is read is as of the same instant.
func (r *reading) all(asOf int64) error {
	earlier := func(done, total int64) { r.tell(Step{"statements", done, total}) }
	err := r.Facts.AsOf(r.ctx, r.d.Tenant, asOf, earlier, func(ctx context.Context, f *progress.Facts) error {
		r.in.AsOf = f.AsOf
		return r.facts(ctx, f)
	})
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		read func() error
	}{
		{"surveys", r.ratings}, {"checks", r.checks}, {"counts", r.counts}, {"texts", r.texts}, {"vouchers", r.vouchers},
	} {
		r.tell(Step{Name: step.name})
		if err := step.read(); err != nil {
			return err
		}
	}
	if r.Reader.Hours != nil {
		if r.in.Hours, err = r.Reader.Hours(r.ctx, r.d.Tenant); err != nil {
			return err
		}
	}
	if r.Demo != nil {
		r.in.Demo = r.Demo(r.d.Tenant)
	}
	return nil
}

// facts reads the directory, and then what progress has, while it stands still.
func (r *reading) facts(ctx context.Context, f *progress.Facts) error {
	r.tell(Step{Name: "people"})
	if err := r.directory(ctx); err != nil {
		return err
	}
	r.tell(Step{Name: "participations"})
	if err := r.participations(ctx, f); err != nil {
		return err
	}
	r.tell(Step{Name: "answers"})
	if err := r.answers(ctx, f); err != nil {
		return err
	}
	text := f.Projection()
	r.query("participations", text.ParticipationsSQL(r.window))
	r.query("answers", text.AnswersSQL(r.window))
	return nil
}

// steps are slots as the distances between them.
func steps(slots []int32) []int32 {
	list := make([]int32, len(slots))
	before := int32(0)
	for i, slot := range slots {
		list[i], before = slot-before, slot
	}
	return list
}

// query notes the text of a query.
func (r *reading) query(name, sql string) {
	r.in.Queries = append(r.in.Queries, inputs.Query{Name: name, SQL: sql})
}

// person is the number of somebody, by the id of a person, or an identifier that is nobody's.
func (r *reading) person(id string) int32 {
	if n, ok := r.numbers[id]; ok {
		return n
	}
	n := r.add(id)
	return n
}

// add gives somebody a number.
func (r *reading) add(id string) int32 {
	n := int32(len(r.in.PersonUnit))
	r.numbers[id] = n
	r.in.PersonUnit = append(r.in.PersonUnit, inputs.None)
	r.in.PersonKnown = append(r.in.PersonKnown, false)
	r.in.PersonGone = append(r.in.PersonGone, false)
	r.key(id, n)
	return n
}

func (r *reading) key(identifier string, person int32) {
	r.in.Keys = append(r.in.Keys, r.in.KeyOf(identifier))
	r.in.KeyOwner = append(r.in.KeyOwner, person)
}

// chooseCourses are the courses of the definition, or all with activity.
func (r *reading) chooseCourses(names map[string]int) error {
	known := map[string]inputs.Course{}
	if r.Catalogue != nil {
		var err error
		if known, err = r.Catalogue(r.ctx, r.d.Tenant, r.d.Language); err != nil {
			return err
		}
	}
	if len(r.d.Courses) > 0 {
		for _, course := range r.d.Courses {
			one := inputs.Course{ID: course.ID, Name: course.Name, Kind: course.Kind, Format: course.Format}
			if one.Kind == "" {
				one.Kind = known[course.ID].Kind
			}
			if one.Format == "" {
				one.Format = known[course.ID].Format
			}
			r.in.Courses = append(r.in.Courses, one)
		}
	} else {
		for _, id := range most(names, r.left()) {
			one := known[id]
			one.ID = id
			r.in.Courses = append(r.in.Courses, one)
		}
	}
	for i, course := range r.in.Courses {
		r.courses[course.ID] = int32(i)
	}
	return nil
}

// left are activities that are no courses: surveys and checks.
func (r *reading) left() map[string]bool {
	left := make(map[string]bool)
	for _, s := range r.d.Surveys {
		left[s.Activity] = true
	}
	for _, c := range r.d.Checks {
		left[c.Before], left[c.After] = true, true
	}
	return left
}

// most are the ids with the highest counts, MaxCourses at most, in the order of the ids.
func most(names map[string]int, without map[string]bool) []string {
	var ids []string
	for id := range names {
		if !without[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) > MaxCourses {
		slices.SortStableFunc(ids, func(a, b string) int { return names[b] - names[a] })
		ids = ids[:MaxCourses]
		slices.Sort(ids)
	}
	return ids
}

// participations reads what everybody has reached, and which courses there are.
func (r *reading) participations(ctx context.Context, f *progress.Facts) error {
	in := r.in
	active := make(map[string]int) // by course, where the definition names none
	at := make(map[string]int32)   // courses as they come
	var order []string
	err := f.Participations(ctx, r.window, func(p progress.Participation) error {
		if p.First >= r.to {
			return nil
		}
		if len(in.PartPerson) == maxParticipations {
			return fmt.Errorf("a report is about %d participations at most", maxParticipations)
		}
		if len(p.Slots) > 0 {
			active[p.Course]++
		}
		course, ok := at[p.Course]
		if !ok {
			course = int32(len(order))
			at[p.Course] = course
			order = append(order, p.Course)
		}
		in.PartPerson, in.PartCourse = append(in.PartPerson, r.person(p.Learner)), append(in.PartCourse, course)
		in.PartFirst = append(in.PartFirst, p.First)
		in.PartStarted, in.PartCompleted = append(in.PartStarted, or(p.Started)), append(in.PartCompleted, or(p.Completed))
		in.PartPassed = append(in.PartPassed, bit(p.Passed))
		in.PartScored, in.PartScore = append(in.PartScored, p.Score != nil), append(in.PartScore, zero(p.Score))
		in.PartSpent, in.PartGaps = append(in.PartSpent, p.Spent), append(in.PartGaps, p.FromGaps)
		in.PartSlots = append(in.PartSlots, steps(p.Slots))
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.chooseCourses(active); err != nil {
		return err
	}
	// The numbers of the courses as the report has them; what is in none of them goes.
	for i, course := range in.PartCourse {
		if n, ok := r.courses[order[course]]; ok {
			in.PartCourse[i] = n
		} else {
			in.PartCourse[i] = inputs.None
		}
	}
	in.DropCourses()
	return nil
}

// answers reads first answers.
func (r *reading) answers(ctx context.Context, f *progress.Facts) error {
	in := r.in
	names, err := f.Questions(ctx, r.window)
	if err != nil {
		return err
	}
	type key struct {
		course int32
		hash   uint64
	}
	questions := make(map[key]int32)
	return f.Answers(ctx, r.window, func(a progress.Answers) error {
		course, ok := r.courses[a.Course]
		if !ok {
			return nil
		}
		person := r.person(a.Learner)
		for i, hash := range a.Questions {
			at, ok := questions[key{course, hash}]
			if !ok {
				at = int32(len(in.Questions))
				questions[key{course, hash}] = at
				in.Questions = append(in.Questions, inputs.Question{ID: names[hash], Course: course})
			}
			marked, mark := a.Marks[i] != progress.NoMark, a.Marks[i]
			if !marked {
				mark = 0
			}
			in.AnswerQuestion, in.AnswerPerson = append(in.AnswerQuestion, at), append(in.AnswerPerson, person)
			in.AnswerRight = append(in.AnswerRight, a.Right[i])
			in.AnswerMarked, in.AnswerMark = append(in.AnswerMarked, marked), append(in.AnswerMark, mark)
		}
		return nil
	})
}

func or(v *int64) int64 {
	if v == nil {
		return inputs.None
	}
	return *v
}

func zero(v *int64) int64 {
	if v == nil {
		return 0
	}
	return *v
}

func bit(v *bool) int8 {
	switch {
	case v == nil:
		return inputs.None
	case *v:
		return 1
	}
	return 0
}

// texts fills in names of courses and texts of questions where others know them.
func (r *reading) texts() error {
	var wanted []string
	for _, course := range r.in.Courses {
		if course.Name == "" {
			wanted = append(wanted, course.ID)
		}
	}
	const maxQuestions = 5000
	for _, q := range r.in.Questions[:min(len(r.in.Questions), maxQuestions)] {
		wanted = append(wanted, q.ID)
	}
	var texts map[string]string
	if r.Texts != nil && len(wanted) > 0 {
		var err error
		if texts, err = r.Texts(r.ctx, r.d.Tenant, r.d.Language, wanted); err != nil {
			return err
		}
	}
	for i := range r.in.Courses {
		if course := &r.in.Courses[i]; course.Name == "" {
			if course.Name = texts[course.ID]; course.Name == "" {
				course.Name = course.ID
			}
		}
	}
	for i := range r.in.Questions {
		r.in.Questions[i].Text = texts[r.in.Questions[i].ID]
	}
	return nil
}

// vouchers asks who keeps them.
func (r *reading) vouchers() (err error) {
	if r.Vouchers == nil {
		return nil
	}
	r.in.HasVouchers = true
	r.in.Vouchers, err = r.Vouchers.Of(r.ctx, r.d.Tenant, r.from, r.to, r.in.AsOf)
	return err
}

// ask runs a query of ours with parameters.
func (r *reading) ask(ctx context.Context, name, sql string, more clickhouse.Parameters, scan func(driver.Rows) error) error {
	params := clickhouse.Parameters{"tenant": r.d.Tenant}
	for key, value := range more {
		params[key] = value
	}
	r.query(name, sql)
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(params), clickhouse.WithSettings(clickhouse.Settings{"max_threads": 2}))
	rows, err := r.Conn.Query(ctx, sql)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}
