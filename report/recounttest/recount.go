package recounttest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Town is what a report is about.
type Town struct {
	From, To time.Time // To is not in the period
	Zone     *time.Location
	// CoreDays are mon to sun, CoreFrom and CoreTo as 08:00.
	CoreDays         []string
	CoreFrom, CoreTo string
	Courses          []Course
	Units            []Unit            // those on top first
	Person           map[string]string // by identifier
	UnitOf           map[string]string // by person; who has none is not in it
	Surveys          []Survey
	Checks           [][2]string // before and after
	Budget, Spent    float64
	PerDay           float64 // of attendance training
}

// Course of the report.
type Course struct{ ID, Kind string }

// Unit of the directory.
type Unit struct {
	ID, Parent string
	Headcount  float64
}

// Survey has a scale.
type Survey struct {
	Activity        string
	Lowest, Highest float64
}

// Figures are numbers by the names of figures, and by table/row/column.
type Figures map[string]float64

// part is what somebody has reached in a course.
type part struct {
	person, course            string
	first, started, completed time.Time // zero: not
	judged, passed, scored    bool
	score                     float64
	spent                     time.Duration
	active                    bool
}

type recount struct {
	town    *Town
	figures Figures
	people  map[string]bool        // all whom statements or the directory know
	slots   map[string][]time.Time // by person, each once, in order
	parts   []part
	by      map[string][]Statement // by course and person, in the order of time
}

// Count computes the figures that follow from statements.
func Count(town *Town, statements []Statement) Figures {
	r := &recount{town: town, figures: make(Figures), people: make(map[string]bool), slots: make(map[string][]time.Time), by: make(map[string][]Statement)}
	for _, person := range town.Person {
		r.people[person] = true
	}
	r.sort(statements)
	r.reach()
	r.offer()
	r.learning()
	r.induction()
	r.questions(statements)
	r.surveys(statements)
	r.checks(statements)
	r.cost()
	return r.figures
}

func (r *recount) human(identifier string) string {
	if person, ok := r.town.Person[identifier]; ok {
		return person
	}
	return identifier
}

func (r *recount) inside(t time.Time) bool { return !t.Before(r.town.From) && t.Before(r.town.To) }

// sort puts statements into courses of people, and works out what each has reached.
func (r *recount) sort(statements []Statement) {
	reported := make(map[string]bool)
	for _, c := range r.town.Courses {
		reported[c.ID] = true
	}
	for _, s := range statements {
		person := r.human(s.Identifier())
		for _, course := range s.courses() {
			if reported[course] {
				r.by[course+"\n"+person] = append(r.by[course+"\n"+person], s)
			}
		}
	}
	for key, list := range r.by {
		course, person, _ := strings.Cut(key, "\n")
		slices.SortFunc(list, before)
		p := part{person: person, course: course, first: list[0].Timestamp}
		sessions, gaps := false, time.Duration(0)
		for i, s := range list {
			if r.inside(slot(s.Timestamp)) {
				p.active = true
				r.slots[person] = append(r.slots[person], slot(s.Timestamp))
			}
			if !s.byPlatform() && p.started.IsZero() {
				p.started = s.Timestamp
			}
			if d, ok := s.session(); ok {
				sessions = true
				p.spent += d
			}
			if i > 0 {
				if gap := s.Timestamp.Sub(list[i-1].Timestamp); gap <= 10*time.Minute {
					gaps += gap
				}
			}
			if s.Object.ID != course {
				continue
			}
			if s.completes() && p.completed.IsZero() {
				p.completed = s.Timestamp
			}
			if passed, ok := s.verdict(); ok {
				p.judged, p.passed = true, passed
			}
			if score, ok := s.score(); ok {
				p.scored, p.score = true, score
			}
		}
		if !sessions {
			p.spent = gaps
		}
		if p.first.Before(r.town.To) {
			r.parts = append(r.parts, p)
		}
	}
	for person, list := range r.slots {
		slices.SortFunc(list, time.Time.Compare)
		r.slots[person] = slices.CompactFunc(list, time.Time.Equal)
	}
}

// slot is the beginning of the ten minutes of an instant.
func slot(t time.Time) time.Time { return time.Unix(t.Unix()-t.Unix()%600, 0) }

// units are the units that somebody belongs to, the lowest first; none: unassigned.
func (r *recount) units(person string) (list []string) {
	for unit := r.town.UnitOf[person]; unit != ""; unit = r.unit(unit).Parent {
		list = append(list, unit)
	}
	if list == nil {
		return []string{"unassigned"}
	}
	return list
}

func (r *recount) unit(id string) Unit {
	for _, u := range r.town.Units {
		if u.ID == id {
			return u
		}
	}
	return Unit{}
}

func (r *recount) put(v float64, path ...string) { r.figures[strings.Join(path, "/")] = v }
func (r *recount) add(v float64, path ...string) { r.figures[strings.Join(path, "/")] += v }

// share puts a part of a whole, where there is one.
func (r *recount) share(part, whole float64, path ...string) {
	if whole > 0 {
		r.put(part/whole, path...)
	}
}

var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (r *recount) reach() {
	t := r.town
	rows := []string{"total", "unassigned"}
	for _, u := range t.Units {
		rows = append(rows, u.ID)
		if u.Parent == "" {
			r.add(u.Headcount, "reach.entitled")
		}
		r.put(u.Headcount, "reach.units", u.ID, "entitled")
	}
	r.put(r.figures["reach.entitled"], "reach.units", "total", "entitled")
	for _, row := range rows {
		r.put(0, "reach.units", row, "registered")
		r.put(0, "reach.units", row, "active")
	}
	for person := range r.people {
		r.add(1, "reach.registered")
		for _, unit := range append(r.units(person), "total") {
			r.add(1, "reach.units", unit, "registered")
		}
	}
	var outside, slots float64
	for person, list := range r.slots {
		r.add(1, "reach.active")
		for _, unit := range append(r.units(person), "total") {
			r.add(1, "reach.units", unit, "active")
		}
		dates, months, hours := map[string]bool{}, map[string]bool{}, map[string]bool{}
		out := 0.0
		for _, at := range list {
			local := at.In(t.Zone)
			day, clock := days[local.Weekday()], local.Format("15:04")
			dates[local.Format("2006-01-02")] = true
			if month := local.Format("2006-01"); !months[month] {
				r.add(1, "reach.months", month, "active")
				if len(months) == 0 {
					r.add(1, "reach.months", month, "new")
				}
				months[month] = true
			}
			if hour := fmt.Sprintf("%s-%02d", day, local.Hour()); !hours[hour] {
				r.add(1, "reach.hours", hour, "active")
				hours[hour] = true
			}
			if !slices.Contains(t.CoreDays, day) || clock < t.CoreFrom || clock >= t.CoreTo {
				out++
			}
		}
		if len(dates) > 1 {
			r.add(1, "reach.repeat")
		}
		if out > 0 {
			r.add(1, "reach.outside")
		}
		outside, slots = outside+out, slots+float64(len(list))
	}
	active := r.figures["reach.active"]
	r.share(active, r.figures["reach.entitled"], "reach.rate")
	r.share(r.figures["reach.repeat"], active, "reach.repeat_rate")
	r.share(outside, slots, "reach.outside_time")
	for _, row := range rows {
		r.share(r.figures["reach.units/"+row+"/active"], r.figures["reach.units/"+row+"/entitled"], "reach.units", row, "rate")
	}
}

func (r *recount) offer() {
	r.put(float64(len(r.town.Courses)), "offer.courses")
	for _, p := range r.parts {
		if !p.active {
			continue
		}
		r.add(1, "offer.use", p.course, "learners")
		units := r.units(p.person)
		r.add(1, "offer.matrix", p.course, units[len(units)-1])
	}
}

// tally is what some participations have come to.
type tally struct {
	started, completed, passed, failed, scored, score float64
	spent                                             time.Duration
	took                                              []float64
}

func (r *recount) counts(p part) bool { return !p.started.IsZero() && r.inside(p.started) }
func (r *recount) done(p part) bool {
	return r.counts(p) && !p.completed.IsZero() && p.completed.Before(r.town.To)
}

func (t *tally) add(r *recount, p part) {
	t.started++
	if r.done(p) {
		t.completed++
		t.took = append(t.took, p.completed.Sub(p.first).Hours()/24)
	}
	switch {
	case p.judged && p.passed:
		t.passed++
	case p.judged:
		t.failed++
	}
	if p.scored {
		t.scored++
		t.score += p.score
	}
	t.spent += p.spent
}

// quartile is by linear interpolation between the two values around it.
func quartile(list []float64, q float64) float64 {
	slices.Sort(list)
	at := q * float64(len(list)-1)
	low := math.Floor(at)
	v := list[int(low)]
	if int(low)+1 < len(list) {
		v += (at - low) * (list[int(low)+1] - v)
	}
	return v
}

func (r *recount) quartiles(list []float64, name func(string) string) {
	if len(list) == 0 {
		return
	}
	for i, q := range []string{"q1", "median", "q3"} {
		r.put(quartile(list, float64(i+1)/4), name("days_"+q))
	}
}

func (r *recount) learning() {
	var all tally
	courses := make(map[string]*tally)
	for _, c := range r.town.Courses {
		courses[c.ID] = new(tally)
	}
	learners := make(map[string]bool)
	bins := make(map[string]float64)
	for _, p := range r.parts {
		if !r.counts(p) {
			continue
		}
		all.add(r, p)
		courses[p.course].add(r, p)
		learners[p.person] = true
		r.add(1, "reach.months", p.started.In(r.town.Zone).Format("2006-01"), "started")
		done := r.done(p)
		if done {
			at := p.completed
			if at.Before(p.started) {
				at = p.started
			}
			r.add(1, "reach.months", at.In(r.town.Zone).Format("2006-01"), "completed")
		}
		for _, unit := range append(r.units(p.person), "total") {
			r.add(1, "learning.units", unit, "started")
			if done {
				r.add(1, "learning.units", unit, "completed")
			}
		}
		if p.scored {
			bin := "below"
			if p.score >= 0 {
				bin = strconv.FormatFloat(min(math.Floor(p.score*10+1e-9), 9)/10, 'f', 1, 64)
			}
			bins[bin]++
		}
	}
	r.put(float64(len(learners)), "learning.learners")
	r.put(all.started, "learning.starts")
	r.put(all.completed, "learning.completions")
	r.share(all.completed, all.started, "learning.completion_rate")
	r.put(all.passed+all.failed, "learning.judged")
	r.put(all.passed, "learning.passed")
	r.share(all.passed, all.passed+all.failed, "learning.pass_rate")
	r.share(all.score, all.scored, "learning.average_score")
	r.put(all.spent.Hours(), "learning.time")
	r.quartiles(all.took, func(q string) string { return "learning." + q })
	for id, t := range courses {
		at := "learning.courses/" + id
		r.put(t.started, at, "started")
		r.put(t.completed, at, "completed")
		r.put(t.passed, at, "passed")
		r.put(t.failed, at, "failed")
		r.share(t.completed, t.started, at, "completion_rate")
		r.share(t.passed, t.passed+t.failed, at, "pass_rate")
		r.share(t.score, t.scored, at, "score")
		r.put(t.spent.Hours(), at, "hours")
		r.quartiles(t.took, func(q string) string { return at + "/" + q })
	}
	for _, row := range append([]string{"total", "unassigned"}, r.ids()...) {
		at := "learning.units/" + row
		r.share(r.figures[at+"/completed"], r.figures[at+"/started"], at, "completion_rate")
	}
	for bin, n := range bins {
		r.put(n, "learning.scores", bin, "participations")
		r.share(n, all.scored, "learning.scores", bin, "share")
	}
}

func (r *recount) ids() (list []string) {
	for _, u := range r.town.Units {
		list = append(list, u.ID)
	}
	return list
}

func (r *recount) induction() {
	kind := make(map[string]string)
	for _, c := range r.town.Courses {
		kind[c.ID] = c.Kind
	}
	first, done := make(map[string]time.Time), make(map[string]time.Time)
	learners := make(map[string]bool)
	for _, p := range r.parts {
		if at := first[p.person]; at.IsZero() || p.first.Before(at) {
			first[p.person] = p.first
		}
		if kind[p.course] != "induction" || !r.counts(p) {
			continue
		}
		learners[p.person] = true
		if at := done[p.person]; r.done(p) && (at.IsZero() || p.completed.Before(at)) {
			done[p.person] = p.completed
		}
	}
	r.put(float64(len(learners)), "learning.induction_learners")
	r.put(float64(len(done)), "learning.induction_completions")
	var took []float64
	for person, at := range done {
		took = append(took, at.Sub(first[person]).Hours()/24)
	}
	r.quartiles(took, func(q string) string { return "learning.induction_" + q })
}

func (r *recount) questions(statements []Statement) {
	first := make(map[[3]string]Statement)
	for _, s := range statements {
		if s.verb() != "answered" {
			continue
		}
		for _, course := range s.courses() {
			key := [3]string{course, s.Object.ID, r.human(s.Identifier())}
			if old, ok := first[key]; !ok || before(s, old) < 0 {
				first[key] = s
			}
		}
	}
	answers, judged, right, marked, marks := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}
	for key, s := range first {
		if !r.inside(s.Timestamp) {
			continue
		}
		row := key[0] + " " + key[1]
		answers[row]++
		score, scored := s.score()
		switch {
		case s.Result.Success != nil:
			judged[row]++
			if *s.Result.Success {
				right[row]++
			}
		case scored:
			judged[row]++
			if score >= 1 {
				right[row]++
			}
		}
		if !scored && s.Result.Success != nil {
			scored, score = true, 0
			if *s.Result.Success {
				score = 1
			}
		}
		if scored {
			marked[row]++
			marks[row] += score
		}
	}
	for row := range answers {
		r.put(answers[row], "learning.questions", row, "answers")
		r.share(right[row], judged[row], "learning.questions", row, "right")
		r.share(marks[row], marked[row], "learning.questions", row, "mark")
	}
}

// latest are the last values of each person for an Activity.
func (r *recount) latest(statements []Statement, activity string, inside func(time.Time) bool, value func(Statement) (float64, bool)) map[string]float64 {
	last, values := make(map[string]Statement), make(map[string]float64)
	for _, s := range statements {
		v, ok := value(s)
		person := r.human(s.Identifier())
		if s.Object.ID != activity || !ok || !inside(s.Timestamp) {
			continue
		}
		if old, there := last[person]; !there || before(old, s) < 0 {
			last[person], values[person] = s, v
		}
	}
	return values
}

func (r *recount) surveys(statements []Statement) {
	var n, sum float64
	for _, survey := range r.town.Surveys {
		values := r.latest(statements, survey.Activity, r.inside, func(s Statement) (float64, bool) {
			v, err := strconv.ParseFloat(s.Result.Response, 64)
			ok := err == nil
			switch sc := s.Result.Score; {
			case sc.Raw != nil:
				v, ok = *sc.Raw, true
			case sc.Scaled != nil:
				v, ok = survey.Lowest+*sc.Scaled*(survey.Highest-survey.Lowest), true
			}
			return v, ok && v >= survey.Lowest && v <= survey.Highest
		})
		var total float64
		for _, v := range values {
			total += v
			r.add(1, "satisfaction.ratings", survey.Activity, strconv.Itoa(int(math.Floor(v+0.5))), "people")
		}
		at := "satisfaction.surveys/" + survey.Activity
		r.put(float64(len(values)), at, "people")
		r.share(total, float64(len(values)), at, "average")
		n, sum = n+float64(len(values)), sum+total
	}
	r.share(sum, n, "satisfaction.rating")
}

func (r *recount) checks(statements []Statement) {
	var n, gain float64
	until := func(t time.Time) bool { return t.Before(r.town.To) }
	for _, check := range r.town.Checks {
		score := func(s Statement) (float64, bool) { return s.score() }
		before, after := r.latest(statements, check[0], until, score), r.latest(statements, check[1], until, score)
		var people, b, a float64
		for person, v := range before {
			if w, ok := after[person]; ok {
				people, b, a = people+1, b+v, a+w
			}
		}
		at := "learning.checks/" + check[0]
		r.put(people, at, "people")
		r.share(b, people, at, "before")
		r.share(a, people, at, "after")
		r.share(a-b, people, at, "gain")
		n, gain = n+people, gain+a-b
	}
	r.share(gain, n, "learning.competence_gain")
}

func (r *recount) cost() {
	t := r.town
	r.put(t.Budget, "cost.budget")
	r.put(t.Spent, "cost.spent")
	r.share(t.Spent, t.Budget, "cost.budget_spent")
	hours := math.Round(r.figures["learning.time"]*10) / 10
	r.share(t.Spent, r.figures["reach.active"], "cost.per_active")
	r.share(t.Spent, r.figures["learning.completions"], "cost.per_completion")
	r.share(t.Spent, hours, "cost.per_hour")
	r.put(hours*t.PerDay/8, "cost.attendance")
	r.put(t.PerDay/8, "cost.attendance_per_hour")
}
