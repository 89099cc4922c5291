package figures

import (
	"cmp"
	"math"
	"slices"

	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// outcome is what some participations have come to.
type outcome struct {
	started, completed, passed, failed int64
	scored                             int64
	score                              int64     // sum of scored, millionths
	spent                              int64     // microseconds
	most                               int64     // highest Spent of one
	took                               []float64 // days
}

// add adds a participation that counts.
func (o *outcome) add(c *computing, part int) {
	in := c.in
	o.started++
	if c.done(part) {
		o.completed++
		o.took = append(o.took, float64(in.PartCompleted[part]-in.PartFirst[part])/float64(day))
	}
	switch in.PartPassed[part] {
	case 1:
		o.passed++
	case 0:
		o.failed++
	}
	if in.PartScored[part] {
		o.scored++
		o.score += millionths(in.PartScore[part])
	}
	o.spent += in.PartSpent[part]
	o.most = max(o.most, in.PartSpent[part])
}

// millionths are billionths, rounded half away from zero.
func millionths(billionths int64) int64 { return int64(math.Round(float64(billionths) / 1000)) }

// Scores go from -1 to 1 and are summed up in millionths.
const scoreUnit = 1_000_000

// quantile is the value below which a part q of a sorted list lies, between two values by
// interpolation.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// quartiles are three figures of the plan about a list.
func (c *computing) quartiles(key string, list []float64, of suppress.Cell, none result.Reason) [3]cell {
	slices.Sort(list)
	var cells [3]cell
	for i, name := range []string{"q1", "median", "q3"} {
		q := float64(i+1) / 4
		at := c.plan.Quantile(key+" "+name, q, of)
		cells[i] = missing(none)
		if len(list) > 0 {
			cells[i] = valued(at, result.Rounded(quantile(list, q), 1))
		} else {
			// That there is none is told only where the count is.
			cells[i] = func(s view) result.Cell {
				if !s.Shown(of) {
					return hidden(result.Together)
				}
				return missing(none)(s)
			}
		}
	}
	return cells
}

// learned are the cells of an outcome.
type learned struct {
	started, completed, passed, failed, scored, score, time suppress.Cell
	o                                                       outcome
}

// learning is section 5.
func (c *computing) learning() {
	c.r.Learning.Text = string(c.d.Texts.Learning)
	courses := make([]outcome, len(c.in.Courses))
	var all outcome
	people := make(map[int32]bool)
	for i, course := range c.in.PartCourse {
		if c.begun(i) {
			courses[course].add(c, i)
			all.add(c, i)
			people[c.in.PartPerson[i]] = true
		}
	}
	learners := c.plan.Count("learning.learners", int64(len(people)), suppress.With(c.shared.active))
	// A number of participations can be large and of a single person all the same.
	suppress.With(learners)(c.plan, c.shared.starts)
	total := c.planAll(all, learners)
	c.learningCourses(courses, total, learners)
	c.learningTotals(total, learners, int64(len(people)))
	c.learningUnits(total)
	c.scores(total)
	c.induction()
	c.checks()
	c.questions()
}

// planAll adds what all participations have come to. Starts and completions are there already.
func (c *computing) planAll(all outcome, learners suppress.Cell) learned {
	l := learned{started: c.shared.starts, completed: c.shared.completions, o: all}
	with := suppress.With(learners)
	l.passed = c.plan.Count("learning.passed", all.passed, suppress.Of(l.started), with)
	l.failed = c.plan.Count("learning.failed", all.failed, suppress.Of(l.started), with)
	c.plan.Sum(l.started, l.passed, l.failed, c.plan.Hidden("learning without verdict", all.started-all.passed-all.failed))
	l.scored = c.plan.Count("learning.scored", all.scored, with)
	c.plan.Sum(l.started, l.scored, c.plan.Hidden("learning without score", all.started-all.scored))
	l.score = c.plan.Average("learning.score", all.score, l.scored, -scoreUnit, scoreUnit, with)
	l.time = c.plan.Average("learning.time", all.spent/second, l.started, 0, all.most/second+1, with)
	c.shared.time, c.shared.spent = l.time, all.spent
	return l
}

// learningTotals are the figures of all courses together.
func (c *computing) learningTotals(total learned, learners suppress.Cell, people int64) {
	l := &c.r.Learning
	none := result.NoStarts
	if why := c.nothing(); why != "" {
		none = why
	}
	started := number(total.started)
	fill := func(to *result.Figure, name string, unit result.Unit, value, population cell, of result.Unit, notes ...result.Remark) {
		if people == 0 {
			value = missing(none)
		}
		c.figure(to, "learning."+name, unit, queryReached, value, population, of, notes...)
	}
	state := result.Remark{Code: result.StateAsOf}
	judged := func(s view) result.Cell {
		p, ok := s.Count(total.passed).Value()
		f, also := s.Count(total.failed).Value()
		if !ok || !also {
			return hidden(result.Together)
		}
		return shown(result.Whole(p + f))
	}
	score := missing(result.NoScores)
	if total.o.scored > 0 {
		score = together(func() cell {
			return valued(total.score, result.Rounded(float64(total.o.score)/float64(total.o.scored)/scoreUnit, 3))
		}, total.score)
	}
	fill(&l.Learners, "learners", result.People, number(learners), number(c.shared.active), result.People)
	fill(&l.Starts, "starts", result.Participations, started, nil, "")
	fill(&l.Completions, "completions", result.Participations, number(total.completed), started, result.Participations)
	fill(&l.CompletionRate, "completion_rate", result.Share, rate(total.completed, total.started, 3, none), started, result.Participations)
	fill(&l.Judged, "judged", result.Participations, judged, started, result.Participations, state)
	fill(&l.Passed, "passed", result.Participations, number(total.passed), judged, result.Participations, state)
	fill(&l.PassRate, "pass_rate", result.Share, passRate(total), judged, result.Participations, state)
	fill(&l.AverageScore, "average_score", result.Score, score, number(total.scored), result.Participations, state)
	var gaps int64
	for i, from := range c.in.PartGaps {
		if from && c.begun(i) {
			gaps++
		}
	}
	var notes []result.Remark
	if gaps >= int64(c.d.K) && (total.o.started == gaps || total.o.started-gaps >= int64(c.d.K)) {
		notes = append(notes, result.Remark{Code: result.TimeFromGaps})
	}
	fill(&l.Time, "time", result.Hours, valued(total.time, hours(total.o.spent)), started, result.Participations, notes...)
	took := c.quartiles("learning.days", total.o.took, total.completed, result.NoCompletions)
	completions := number(total.completed)
	fill(&l.DaysQ1, "days_q1", result.Days, took[0], completions, result.Participations)
	fill(&l.DaysMedian, "days_median", result.Days, took[1], completions, result.Participations)
	fill(&l.DaysQ3, "days_q3", result.Days, took[2], completions, result.Participations)
}

// hours are microseconds in hours, to a tenth.
func hours(micros int64) result.Number { return result.Rounded(float64(micros)/float64(hour), 1) }

// passRate is passed of those with a verdict.
func passRate(l learned) cell {
	return func(s view) result.Cell {
		p, ok := s.Count(l.passed).Value()
		f, also := s.Count(l.failed).Value()
		switch {
		case !ok || !also:
			return hidden(result.Together)
		case p+f == 0:
			return result.Cell{State: result.Missing, Reason: result.NoVerdicts}
		}
		return shown(result.Ratio(p, p+f, 3))
	}
}

// learningCourses is the table by course.
func (c *computing) learningCourses(list []outcome, total learned, learners suppress.Cell) {
	t := &c.r.Learning.Courses
	column := func(name string, unit result.Unit, population string) result.Column {
		return result.Column{Name: name, Unit: unit, Population: population, Query: queryReached}
	}
	table(t, "learning.courses", column("started", result.People, ""), column("completed", result.People, "started"),
		column("completion_rate", result.Share, "started"), column("passed", result.People, "started"), column("failed", result.People, "started"),
		column("pass_rate", result.Share, ""), column("score", result.Score, ""), column("hours", result.Hours, "started"),
		column("days_q1", result.Days, "completed"), column("days_median", result.Days, "completed"), column("days_q3", result.Days, "completed"))
	if len(list) == 0 {
		t.Missing = result.NoData
		return
	}
	plans := make([]learned, len(list))
	cells := make([][]suppress.Cell, 7)
	for i, o := range list {
		plans[i] = c.planCourse("course "+c.in.Courses[i].ID+" ", o, c.shared.learners[i])
		for j, one := range []suppress.Cell{plans[i].started, plans[i].completed, plans[i].passed, plans[i].failed, plans[i].scored, plans[i].score, plans[i].time} {
			cells[j] = append(cells[j], one)
		}
		c.courseRow(t, i, plans[i])
	}
	for j, one := range []suppress.Cell{total.started, total.completed, total.passed, total.failed, total.scored, total.score} {
		c.plan.Sum(one, cells[j]...)
	}
	// Seconds are rounded down one by one.
	c.plan.Overlap(total.time, cells[6]...)
	c.plan.Overlap(learners, cells[0]...)
}

// planCourse adds what the participations in one course have come to; each is of another person.
func (c *computing) planCourse(key string, o outcome, learners suppress.Cell) learned {
	l := learned{o: o}
	l.started = c.plan.Count(key+"started", o.started, suppress.AllMayShow(learners))
	l.completed = c.plan.Count(key+"completed", o.completed, suppress.Of(l.started))
	l.passed = c.plan.Count(key+"passed", o.passed, suppress.Of(l.started))
	l.failed = c.plan.Count(key+"failed", o.failed, suppress.Of(l.started))
	c.plan.Sum(l.started, l.passed, l.failed, c.plan.Hidden(key+"without verdict", o.started-o.passed-o.failed))
	l.scored = c.plan.Hidden(key+"scored", o.scored)
	l.score = c.plan.Average(key+"score", o.score, l.scored, -scoreUnit, scoreUnit, suppress.With(l.started))
	l.time = c.plan.Average(key+"time", o.spent/second, l.started, 0, o.most/second+1)
	return l
}

// courseRow is the row of a course.
func (c *computing) courseRow(t *result.Table, i int, l learned) {
	var score cell
	if l.o.scored > 0 {
		score = valued(l.score, result.Rounded(float64(l.o.score)/float64(l.o.scored)/scoreUnit, 3))
	} else {
		score = func(s view) result.Cell {
			if !s.Shown(l.started) {
				return hidden(result.Together)
			}
			return missing(result.NoScores)(s)
		}
	}
	took := c.quartiles("course "+c.in.Courses[i].ID+" days", l.o.took, l.completed, result.NoCompletions)
	course := c.r.Offer.List[i]
	c.row(t, result.Row{Key: course.ID, Label: course.Name}, number(l.started), number(l.completed), rate(l.completed, l.started, 3, result.NoStarts),
		number(l.passed), number(l.failed), passRate(l), score, valued(l.time, hours(l.o.spent)), took[0], took[1], took[2])
}

// learningUnits is the table by unit.
func (c *computing) learningUnits(total learned) {
	t := &c.r.Learning.Units
	table(t, "learning.units",
		result.Column{Name: "started", Unit: result.Participations, Query: queryReached},
		result.Column{Name: "completed", Unit: result.Participations, Population: "started", Query: queryReached},
		result.Column{Name: "completion_rate", Unit: result.Share, Population: "started", Query: queryReached})
	switch {
	case len(c.in.Units) == 0:
		t.Missing = result.NoDepartments
	case c.nothing() == result.UnknownUnit:
		t.Missing = result.UnknownUnit
	}
	if t.Missing != "" {
		return
	}
	each := func(counts func(part int) bool) counts {
		return c.count(func(add func(int32)) {
			for i, p := range c.in.PartPerson {
				if counts(i) {
					add(p)
				}
			}
		})
	}
	people := make(map[int32]bool)
	heads := c.count(func(add func(int32)) {
		for i, p := range c.in.PartPerson {
			if c.begun(i) && !people[p] {
				people[p] = true
				add(p)
			}
		}
	})
	learners := c.planTree("learning.people", c.plan.Hidden("learning.people", int64(len(people))), heads, nil)
	with := func(row int) suppress.Cell {
		if row == inputs.None {
			return learners.unassigned
		}
		return learners.rows[row]
	}
	started := c.planTree("learning.starts", total.started, each(c.begun), func(row int) []suppress.Option { return []suppress.Option{suppress.With(with(row))} })
	completed := c.planTree("learning.completions", total.completed, each(c.done), func(row int) []suppress.Option {
		if row == inputs.None {
			return []suppress.Option{suppress.Of(started.unassigned)}
		}
		return []suppress.Option{suppress.Of(started.rows[row])}
	})
	put := func(started, completed suppress.Cell) []cell {
		return []cell{number(started), number(completed), rate(completed, started, 3, result.NoStarts)}
	}
	c.unitRows(t, put(total.started, total.completed), func(row int) []cell { return put(started.rows[row], completed.rows[row]) },
		put(started.unassigned, completed.unassigned))
}

// scores is the table of how scores are spread.
func (c *computing) scores(total learned) {
	t := &c.r.Learning.Scores
	table(t, "learning.scores",
		result.Column{Name: "participations", Unit: result.Participations, Query: queryReached},
		result.Column{Name: "share", Unit: result.Share, Population: "participations", Query: queryReached})
	t.Remarks = remarks(result.Remark{Code: result.SharesAddUp}, result.Remark{Code: result.StateAsOf})
	if total.o.scored == 0 {
		t.Missing = result.NoScores
		return
	}
	keys := []string{"below", "0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"}
	n := make([]int64, len(keys))
	for i := range c.in.PartPerson {
		if !c.begun(i) || !c.in.PartScored[i] {
			continue
		}
		score := c.in.PartScore[i]
		if score < 0 {
			n[0]++
		} else {
			n[1+min(9, score/100_000_000)]++
		}
	}
	c.distribution(t, "learning.scores", keys, nil, n, total.scored, total.o.scored)
}

// distribution adds rows of counts of a group and of their shares. labels may be nil.
func (c *computing) distribution(t *result.Table, key string, keys, labels []string, n []int64, group suppress.Cell, of int64) {
	cells := make([]suppress.Cell, len(n))
	for i := range n {
		cells[i] = c.part(key+"/"+keys[i], n[i], group, of)
	}
	c.plan.Sum(group, cells...)
	c.then(func(s view) {
		counts := make([]suppress.Count, len(cells))
		for i := range cells {
			counts[i] = s.Count(cells[i])
		}
		shares := suppress.Shares(counts, s.Count(group), 1)
		for i := range cells {
			share := hidden(result.Together)
			if v, ok := shares[i].Value(); ok {
				share = shown(result.Number{Units: v, Places: 3})
			}
			row := result.Row{Key: keys[i], Cells: []result.Cell{number(cells[i])(s), share}}
			if labels != nil {
				row.Label = labels[i]
			}
			t.Rows = append(t.Rows, row)
		}
	})
}

// induction is about induction courses: how long it took people from their first access to
// the completion of the first one.
func (c *computing) induction() {
	l := &c.r.Learning
	first, started, done := make(map[int32]int64), make(map[int32]bool), make(map[int32]int64)
	some := false
	for _, course := range c.in.Courses {
		some = some || course.Kind == "induction"
	}
	for i, p := range c.in.PartPerson {
		if !c.people[p].in {
			continue
		}
		if at, ok := first[p]; !ok || c.in.PartFirst[i] < at {
			first[p] = c.in.PartFirst[i]
		}
		if c.in.Courses[c.in.PartCourse[i]].Kind != "induction" || !c.begun(i) {
			continue
		}
		started[p] = true
		if at, ok := done[p]; c.done(i) && (!ok || c.in.PartCompleted[i] < at) {
			done[p] = c.in.PartCompleted[i]
		}
	}
	took := make([]float64, 0, len(done))
	for p, at := range done {
		took = append(took, float64(max(0, at-first[p]))/float64(day))
	}
	learners := c.plan.Count("learning.induction", int64(len(started)), suppress.With(c.shared.active))
	completed := c.plan.Count("learning.induction completed", int64(len(done)), suppress.Of(learners))
	cells := c.quartiles("learning.induction days", took, completed, result.NoCompletions)
	values := []cell{number(learners), number(completed), cells[0], cells[1], cells[2]}
	if !some || len(started) == 0 {
		why := result.NoStarts
		if !some {
			why = result.NoInduction
		}
		for i := range values {
			values[i] = missing(why)
		}
	}
	c.figure(&l.InductionLearners, "learning.induction_learners", result.People, queryReached, values[0], nil, "")
	c.figure(&l.InductionCompletions, "learning.induction_completions", result.People, queryReached, values[1], values[0], result.People)
	c.figure(&l.InductionDaysQ1, "learning.induction_days_q1", result.Days, queryReached, values[2], values[1], result.People)
	c.figure(&l.InductionDaysMedian, "learning.induction_days_median", result.Days, queryReached, values[3], values[1], result.People)
	c.figure(&l.InductionDaysQ3, "learning.induction_days_q3", result.Days, queryReached, values[4], values[1], result.People)
}

// checks is about competence checks, before and after.
func (c *computing) checks() {
	l := &c.r.Learning
	t := &l.Checks
	table(t, "learning.checks",
		result.Column{Name: "people", Unit: result.People, Query: queryChecks},
		result.Column{Name: "before", Unit: result.Score, Population: "people", Query: queryChecks},
		result.Column{Name: "after", Unit: result.Score, Population: "people", Query: queryChecks},
		result.Column{Name: "gain", Unit: result.Points, Population: "people", Query: queryChecks})
	type pairs struct{ n, before, after int64 }
	list := make([]pairs, len(c.d.Checks))
	var all pairs
	for i, check := range c.in.CheckCheck {
		if !c.people[c.in.CheckPerson[i]].in || int(check) >= len(list) {
			continue
		}
		before, after := millionths(c.in.CheckBefore[i]), millionths(c.in.CheckAfter[i])
		for _, p := range []*pairs{&list[check], &all} {
			p.n, p.before, p.after = p.n+1, p.before+before, p.after+after
		}
	}
	if len(list) == 0 {
		t.Missing = result.NoCheck
		c.figure(&l.CompetenceGain, "learning.competence_gain", result.Points, queryChecks, missing(result.NoCheck), nil, "")
		return
	}
	plan := func(key string, p pairs) (n, before, after suppress.Cell, cells []cell) {
		n = c.plan.Count(key+" people", p.n, suppress.ZeroTells)
		before = c.plan.Average(key+" before", p.before, n, -scoreUnit, scoreUnit)
		after = c.plan.Average(key+" after", p.after, n, -scoreUnit, scoreUnit)
		none := func(s view) result.Cell { return hidden(result.Together) }
		cells = []cell{number(n), none, none, none}
		if p.n > 0 {
			mean := func(sum int64) result.Number { return result.Rounded(float64(sum)/float64(p.n)/scoreUnit, 3) }
			gain := func() cell { return fixed(mean(p.after - p.before)) }
			cells = []cell{number(n), valued(before, mean(p.before)), valued(after, mean(p.after)), together(gain, before, after)}
		}
		return n, before, after, cells
	}
	var ns, befores, afters []suppress.Cell
	for i, p := range list {
		n, before, after, cells := plan("check "+c.d.Checks[i].Before+" "+c.d.Checks[i].After, p)
		ns, befores, afters = append(ns, n), append(befores, before), append(afters, after)
		if all.n == 0 {
			why := missing(result.NoPairs)
			cells = []cell{why, why, why, why}
		}
		c.row(t, result.Row{Key: c.d.Checks[i].Before, Label: c.d.Checks[i].Name}, cells...)
	}
	n, before, after, cells := plan("checks", all)
	c.plan.Sum(n, ns...)
	c.plan.Sum(before, befores...)
	c.plan.Sum(after, afters...)
	if all.n == 0 {
		cells[0], cells[3] = missing(result.NoPairs), missing(result.NoPairs)
	}
	c.figure(&l.CompetenceGain, "learning.competence_gain", result.Points, queryChecks, cells[3], cells[0], result.People)
}

// maxQuestions is how many of the hardest questions are listed.
const maxQuestions = 10

// questions is the table of the hardest ones.
func (c *computing) questions() {
	l := &c.r.Learning
	t := &l.Questions
	l.QuestionList = []result.Question{}
	table(t, "learning.questions",
		result.Column{Name: "answers", Unit: result.People, Query: queryAnswers},
		result.Column{Name: "right", Unit: result.Share, Population: "answers", Query: queryAnswers},
		result.Column{Name: "mark", Unit: result.Score, Population: "answers", Query: queryAnswers})
	type tally struct{ at, answers, judged, right, marked, marks int64 }
	list := make([]tally, len(c.in.Questions))
	for i := range list {
		list[i].at = int64(i)
	}
	for i, q := range c.in.AnswerQuestion {
		if !c.people[c.in.AnswerPerson[i]].in {
			continue
		}
		one := &list[q]
		one.answers++
		if right := c.in.AnswerRight[i]; right != inputs.None {
			one.judged++
			one.right += int64(right)
		}
		if c.in.AnswerMarked[i] {
			one.marked++
			one.marks += millionths(c.in.AnswerMark[i])
		}
	}
	// What is listed follows from what may be known: questions that enough have answered, by a share in which neither
	// all nor nobody was right.
	k := int64(c.d.K)
	list = slices.DeleteFunc(list, func(q tally) bool {
		return q.answers < k || q.judged < k || q.right < k || q.judged-q.right < k || q.answers-q.judged > 0 && q.answers-q.judged < k
	})
	if len(list) == 0 {
		t.Missing = result.NoQuestions
		return
	}
	slices.SortStableFunc(list, func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.right*b.judged, b.right*a.judged), cmp.Compare(b.judged, a.judged),
			cmp.Compare(c.in.Questions[a.at].ID, c.in.Questions[b.at].ID), cmp.Compare(a.at, b.at))
	})
	if len(list) > maxQuestions {
		list = list[:maxQuestions]
		t.Remarks = remarks(result.Remark{Code: result.OnlyFirst, Count: maxQuestions})
	}
	t.Remarks = append(t.Remarks, result.Remark{Code: result.AtLeastK, Count: k})
	for _, q := range list {
		question := c.in.Questions[q.at]
		course := c.r.Offer.List[question.Course]
		key := "question " + course.ID + " " + question.ID
		l.QuestionList = append(l.QuestionList, result.Question{ID: question.ID, Text: question.Text, Course: course.ID, CourseName: course.Name})
		answers := c.plan.Count(key+" answers", q.answers)
		judged := c.plan.Hidden(key+" judged", q.judged)
		right := c.plan.Count(key+" right", q.right, suppress.With(answers))
		c.plan.Sum(answers, judged, c.plan.Hidden(key+" not judged", q.answers-q.judged))
		c.plan.Sum(judged, right, c.plan.Hidden(key+" wrong", q.judged-q.right, suppress.ZeroTells))
		mark := missing(result.NoScores)
		if q.marked > 0 {
			marked := c.plan.Hidden(key+" marked", q.marked)
			mark = valued(c.plan.Average(key+" mark", q.marks, marked, -scoreUnit, scoreUnit, suppress.With(answers)),
				result.Rounded(float64(q.marks)/float64(q.marked)/scoreUnit, 3))
		}
		label := question.Text
		if label == "" {
			label = question.ID
		}
		c.row(t, result.Row{Key: course.ID + " " + question.ID, Label: label}, number(answers), valued(right, result.Ratio(q.right, q.judged, 3)), mark)
	}
}
