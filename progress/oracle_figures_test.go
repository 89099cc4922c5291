package progress

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The oracle of everything beyond the states: once more from the JSON of the
// statements and the words of docs/metrics.md, learner by learner, in plain Go.

// oracleWorld is what the figures of a tenant are made of.
type oracleWorld struct {
	statements []oracleStatement // of the tenant, those that count
	people     map[string]string // person by identifier
	cumulative map[string]bool   // courses
	asOf       time.Time
}

// newOracleWorld leaves out what counts nowhere.
func newOracleWorld(all []oracleStatement, tenant string, people map[string]string, cumulative map[string]bool, asOf time.Time) oracleWorld {
	w := oracleWorld{people: people, cumulative: cumulative, asOf: asOf}
	voided := make(map[string]bool)
	for _, s := range all {
		if s.tenant == tenant {
			voided[s.voids()] = true
		}
	}
	for _, s := range all {
		if s.tenant == tenant && s.voids() == "" && !voided[s.ID] && s.learner() != "" {
			w.statements = append(w.statements, s)
		}
	}
	slices.SortFunc(w.statements, func(a, b oracleStatement) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), cmp.Compare(a.stored, b.stored))
	})
	return w
}

// human is who did it: a person, or the identifier that nobody has.
func (w oracleWorld) human(s oracleStatement) string {
	identifier := "mbox|" + s.Actor.Mbox
	if s.Actor.Mbox == "" {
		identifier = "account|" + s.Actor.Account.HomePage + "|" + s.Actor.Account.Name
	}
	if person, ok := w.people[identifier]; ok {
		return person
	}
	return identifier
}

type courseAndHuman struct{ course, human string }

// byLearner are the statements of each human in each course, in order.
func (w oracleWorld) byLearner() map[courseAndHuman][]oracleStatement {
	of := make(map[courseAndHuman][]oracleStatement)
	for _, s := range w.statements {
		for _, course := range s.courses() {
			k := courseAndHuman{course, w.human(s)}
			of[k] = append(of[k], s)
		}
	}
	return of
}

func (s *oracleStatement) verb() string { return s.Verb.ID[strings.LastIndexByte(s.Verb.ID, '/')+1:] }

func (s *oracleStatement) on(course string) bool { return s.isActivity() && s.Object.ID == course }

// begins tells whether it begins an attempt that has no registration.
func (s *oracleStatement) begins(course string) bool {
	return s.Context.Registration == "" && s.on(course) && (s.verb() == "attempted" || s.verb() == "initialized")
}

var wholeSeconds = regexp.MustCompile(`^PT(\d+)S$`)

// session is the duration of the end of a session, in microseconds.
func (s *oracleStatement) session() (int64, bool) {
	if !slices.Contains([]string{"terminated", "suspended", "abandoned"}, s.verb()) {
		return 0, false
	}
	m := wholeSeconds.FindStringSubmatch(s.Result.Duration)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return n * 1_000_000, err == nil
}

// oracleAttempt is one attempt.
type oracleAttempt struct {
	registration string
	number       int64
	began        int64
	score        *int64
	final        bool // score is that of the end of a session
	passed       *bool
}

// attemptsOf are the attempts in a course, in the order of their beginning.
func attemptsOf(course string, sts []oracleStatement) []*oracleAttempt {
	var list []*oracleAttempt
	number, begun := int64(1), false
	for _, s := range sts {
		registration := cmp.Or(s.Context.Registration, noRegistration)
		var points *int64
		if v, ok := s.score(); ok && s.on(course) {
			points = &v
		}
		var passed *bool
		if v, ok := s.verdict(); ok && s.on(course) {
			passed = &v
		}
		if s.begins(course) {
			if begun {
				number++
			}
			begun = true
		}
		_, session := s.session()
		n := int64(1)
		if registration == noRegistration && (session || points != nil || passed != nil || s.begins(course)) {
			n = number
		}
		i := slices.IndexFunc(list, func(a *oracleAttempt) bool { return a.registration == registration && a.number == n })
		if i < 0 {
			i = len(list)
			list = append(list, &oracleAttempt{registration: registration, number: n, began: s.Timestamp.UnixMicro()})
		}
		a := list[i]
		a.began = min(a.began, s.Timestamp.UnixMicro())
		if final := s.verb() == "terminated" || s.verb() == "suspended"; points != nil && (final || !a.final) {
			a.score, a.final = points, final
		}
		if passed != nil {
			a.passed = passed
		}
	}
	slices.SortStableFunc(list, func(a, b *oracleAttempt) int {
		return cmp.Or(cmp.Compare(a.began, b.began), strings.Compare(a.registration, b.registration), cmp.Compare(a.number, b.number))
	})
	return list
}

// learners are all figures on single learners, by course and id.
func (w oracleWorld) learners() map[courseAndHuman]Learner {
	all := make(map[courseAndHuman]Learner)
	for k, sts := range w.byLearner() {
		all[k] = w.learner(k, sts)
	}
	return all
}

func (w oracleWorld) learner(k courseAndHuman, sts []oracleStatement) Learner {
	l := Learner{ID: k.human, Course: k.course, Statements: int64(len(sts))}
	for i, s := range sts {
		at := s.Timestamp.UnixMicro()
		if l.Started == nil && !s.byPlatform() {
			l.Started = &at
		}
		if l.Completed == nil && s.on(k.course) && s.completes() {
			l.Completed = &at
		}
		if passed, ok := s.verdict(); ok && s.on(k.course) {
			l.Passed = &passed
		}
		if s.isActivity() {
			l.Place = s.Object.ID
		}
		if i == len(sts)-1 {
			l.LastActivity = at
		}
	}
	if l.Completed != nil {
		took := *l.Completed - sts[0].Timestamp.UnixMicro()
		l.TimeToCompletion = &took
	}
	w.addAttempts(&l, attemptsOf(k.course, sts))
	l.Spent, l.Source = w.spent(k.course, sts)
	l.IdleDays = max(0, int64(math.Floor(w.asOf.Sub(time.UnixMicro(l.LastActivity)).Hours()/24)))
	open := l.Started != nil && l.Completed == nil
	l.AtRiskIdle, l.AtRiskFailed = open && l.IdleDays >= 7, open && l.FailedAttempts >= 2
	return l
}

func (w oracleWorld) addAttempts(l *Learner, attempts []*oracleAttempt) {
	l.Attempts = int64(len(attempts))
	var sum int64
	for _, a := range attempts {
		if a.passed != nil && !*a.passed {
			l.FailedAttempts++
		}
		if a.score == nil {
			continue
		}
		l.ScoredAttempts++
		sum += *a.score
		if l.FirstScore == nil {
			l.FirstScore = a.score
		}
		if l.BestScore == nil || *a.score > *l.BestScore {
			l.BestScore = a.score
		}
		l.LastScore = a.score
	}
	if l.ScoredAttempts > 0 {
		average := int64(math.RoundToEven(float64(sum) / float64(l.ScoredAttempts)))
		l.AverageScore = &average
	}
}

// spent is the time spent, and where it is from.
func (w oracleWorld) spent(course string, sts []oracleStatement) (int64, string) {
	var sum, gaps int64
	sessions, longest := 0, make(map[string]int64)
	for i, s := range sts {
		if d, ok := s.session(); ok {
			sessions++
			sum += d
			longest[s.Context.Registration] = max(longest[s.Context.Registration], d)
		}
		if i > 0 {
			if gap := s.Timestamp.Sub(sts[i-1].Timestamp); gap <= 10*time.Minute {
				gaps += gap.Microseconds()
			}
		}
	}
	switch {
	case sessions == 0:
		return gaps, "gaps"
	case !w.cumulative[course]:
		return sum, "session"
	}
	sum = 0
	for _, d := range longest {
		sum += d
	}
	return sum, "cumulative"
}

// questions are those of a course, without correlations.
func (w oracleWorld) questions(course string) map[string]Question {
	type first struct {
		right *bool
		mark  *int64
		text  string
	}
	byHuman := make(map[string]map[string]first)
	for k, sts := range w.byLearner() {
		if k.course != course {
			continue
		}
		byHuman[k.human] = make(map[string]first)
		for _, s := range sts {
			if _, again := byHuman[k.human][s.Object.ID]; again || s.verb() != "answered" || !s.isActivity() {
				continue
			}
			var f first
			f.right, f.text = s.Result.Success, s.Result.Response
			if v, ok := s.score(); ok {
				f.mark = &v
				if full := v >= 1e9; f.right == nil {
					f.right = &full
				}
			} else if f.right != nil {
				v := int64(0)
				if *f.right {
					v = 1e9
				}
				f.mark = &v
			}
			byHuman[k.human][s.Object.ID] = f
		}
	}
	all := make(map[string]Question)
	for _, answers := range byHuman {
		for id, f := range answers {
			q := all[id]
			q.ID = id
			q.Answers++
			if f.right != nil {
				q.Judged++
				if *f.right {
					q.Right++
				}
			}
			if f.mark != nil {
				q.Marked++
				q.Marks += *f.mark
				for other, g := range answers {
					if other != id && g.mark != nil {
						q.Compared++
						break
					}
				}
			}
			i := slices.IndexFunc(q.Responses, func(r Response) bool { return r.Text == f.text })
			if i < 0 {
				i, q.Responses = len(q.Responses), append(q.Responses, Response{Text: f.text})
			}
			q.Responses[i].Learners++
			all[id] = q
		}
	}
	for _, q := range all {
		slices.SortFunc(q.Responses, func(a, b Response) int {
			return cmp.Or(cmp.Compare(b.Learners, a.Learners), strings.Compare(a.Text, b.Text))
		})
	}
	return all
}

// trend is what happened on each day in Berlin.
func (w oracleWorld) trend() []Span {
	zone := defaultZone()
	days := make(map[string]*Span)
	day := func(micros int64) *Span {
		t := time.UnixMicro(micros).In(zone)
		key := t.Format(time.DateOnly)
		if days[key] == nil {
			days[key] = &Span{Begin: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)}
		}
		return days[key]
	}
	active := make(map[string]bool)
	for k, sts := range w.byLearner() {
		l := w.learner(k, sts)
		if l.Started != nil {
			day(*l.Started).Started++
		}
		if l.Completed != nil {
			day(*l.Completed).Completed++
		}
	}
	for _, s := range w.statements {
		if len(s.courses()) == 0 {
			continue
		}
		d := day(s.Timestamp.UnixMicro())
		d.Statements++
		if key := d.Begin.String() + w.human(s); !active[key] {
			active[key] = true
			d.Active++
		}
	}
	var list []Span
	for _, d := range days {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Span) int { return a.Begin.Compare(b.Begin) })
	return list
}

// hours are the hours of the week of a course.
func (w oracleWorld) hours(course string) []Hour {
	type cell struct{ weekday, hour int }
	counts, humans := make(map[cell]int64), make(map[cell]map[string]bool)
	for k, sts := range w.byLearner() {
		if k.course != course {
			continue
		}
		for _, s := range sts {
			t := s.Timestamp.In(defaultZone())
			c := cell{(int(t.Weekday())+6)%7 + 1, t.Hour()}
			counts[c]++
			if humans[c] == nil {
				humans[c] = make(map[string]bool)
			}
			humans[c][k.human] = true
		}
	}
	var list []Hour
	for c, n := range counts {
		list = append(list, Hour{c.weekday, c.hour, n, int64(len(humans[c]))})
	}
	slices.SortFunc(list, func(a, b Hour) int { return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.Hour, b.Hour)) })
	return list
}

// dropOff is where the learners of a course stand.
func (w oracleWorld) dropOff(course string) []Part {
	parts := make(map[string]*Part)
	for k, l := range w.learners() {
		if k.course != course || l.Place == "" {
			continue
		}
		if parts[l.Place] == nil {
			parts[l.Place] = &Part{Activity: l.Place}
		}
		parts[l.Place].Learners++
		if l.Completed == nil {
			parts[l.Place].Unfinished++
		}
	}
	var list []Part
	for _, p := range parts {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Learners, a.Learners), strings.Compare(a.Activity, b.Activity))
	})
	return list
}

// figures are those of a course.
func (w oracleWorld) figures(course string) (f Figures) {
	var spent, took []int64
	for k, l := range w.learners() {
		if k.course != course {
			continue
		}
		f.Learners++
		f.Active++
		f.Attempts += l.Attempts
		f.Spent += l.Spent
		f.Statements += l.Statements
		f.LastActivity = max(f.LastActivity, l.LastActivity)
		spent = append(spent, l.Spent)
		add := func(to *int64, when bool) {
			if when {
				*to++
			}
		}
		add(&f.Started, l.Started != nil)
		add(&f.Completed, l.Completed != nil)
		add(&f.CompletedStarted, l.Started != nil && l.Completed != nil)
		add(&f.Passed, l.Passed != nil && *l.Passed)
		add(&f.Failed, l.Passed != nil && !*l.Passed)
		add(&f.BySession, l.Source == "session")
		add(&f.ByCumulative, l.Source == "cumulative")
		add(&f.ByGaps, l.Source == "gaps")
		add(&f.AtRisk, l.AtRiskIdle || l.AtRiskFailed)
		add(&f.AtRiskIdle, l.AtRiskIdle)
		add(&f.AtRiskFailed, l.AtRiskFailed)
		if l.FirstScore != nil {
			f.Scored++
			f.FirstScores += *l.FirstScore
			f.BestScores += *l.BestScore
			f.LastScores += *l.LastScore
			f.AverageScores += *l.AverageScore
		}
		if l.TimeToCompletion != nil {
			took = append(took, *l.TimeToCompletion)
		}
	}
	f.MedianSpent = quantile(spent, 0.5)
	if len(took) > 0 {
		f.Took = [3]float64{quantile(took, 0.25), quantile(took, 0.5), quantile(took, 0.75)}
	}
	return f
}

// quantile interpolates between the two values that lie next to it.
func quantile(values []int64, level float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	at := level * float64(len(values)-1)
	low := int(at)
	if low == len(values)-1 {
		return float64(values[low])
	}
	return float64(values[low]) + (at-float64(low))*float64(values[low+1]-values[low])
}
