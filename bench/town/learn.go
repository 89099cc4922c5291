package town

import "slices"

// kind is what an event is about.
type kind uint8

// The kinds of events.
const (
	assigned kind = iota
	launched
	initialized
	resumed
	seen // a part
	answered
	suspended
	terminated
	completed
	passed
	failed
	satisfied
	attended
	rated
	checkedBefore
	checkedAfter
	voided // another event of the same person
)

// event is a statement before it is written.
type event struct {
	at    int64 // when it happened, in milliseconds
	order int64 // when it arrives
	who   int32 // in Town.People; beyond them strangers
	n     int32 // number among the events of this person
	kind  kind
	// attempt counts those of a course, session those of an attempt.
	attempt, session uint8
	course           int16
	part             int16 // or question, or for voided unused
	choice           int8  // of an answer; 0 is right
	// value is a score in thousandths, a rating, or for voided the number of the event
	// that is voided.
	value  int32
	length int32 // seconds; 0: not said
}

// learner is one person on the way through the year.
type learner struct {
	*rng
	cal    *calendar
	who    int32
	p      *Person
	finish int // of a thousand, by the unit
	list   []event
	digits int // completed courses about digital work
	before bool
	ended  bool // the after check was taken
}

// last is the last day on which somebody is here.
func (l *learner) last() int {
	if l.p.Left >= 0 {
		return l.p.Left
	}
	return days - 1
}

func (l *learner) add(e event) *event {
	e.who, e.n = l.who, int32(len(l.list))
	if e.order == 0 {
		e.order = e.at
	}
	l.list = append(l.list, e)
	return &l.list[len(l.list)-1]
}

// year is all that somebody does.
func (l *learner) year() {
	chosen := l.choose()
	for _, c := range chosen {
		start := l.start(c)
		if start > l.last() {
			continue
		}
		if courses[c].Format == Attendance {
			l.attend(c, start)
			continue
		}
		l.course(c, start)
	}
	l.withdraw()
	l.duplicates()
}

// choose picks the courses of somebody, induction first.
func (l *learner) choose() []int {
	var induction, further []int
	weights := make([]int, len(courses))
	for i, c := range courses {
		if len(c.only) > 0 && !slices.Contains(c.only, l.p.Unit) {
			continue
		}
		if c.Slug == "fuehren-auf-distanz" && !l.p.leads {
			continue
		}
		if c.Kind == Induction {
			if l.p.Joined >= 0 && l.chance(min(3*c.pull, 950)) {
				induction = append(induction, i)
			}
			continue
		}
		weights[i] = c.pull
	}
	for range []int{1, 2, 4, 5, 6, 7, 9, 11, 14}[l.weighed([]int{17, 20, 18, 14, 11, 8, 6, 4, 2})] {
		i := l.weighed(weights)
		if i < 0 {
			break
		}
		weights[i] = 0
		further = append(further, i)
	}
	return append(induction, further...)
}

// start is the day on which somebody begins a course.
func (l *learner) start(c int) int {
	course, day := &courses[c], max(l.p.Joined, 0)
	switch {
	case course.Kind == Induction:
		return l.cal.pick(l.rng, day, day+45)
	case course.wave > 0 && course.wave >= day && l.chance(600):
		return l.cal.pick(l.rng, course.wave, course.wave+40)
	}
	return l.cal.pick(l.rng, day, l.last())
}

// attend is a day on which people come together: every seven weeks, at half past
// eight.
func (l *learner) attend(c, start int) {
	day := start/49*49 + 20 + c%5
	for day < days && (date(day).Weekday()+6)%7 > 3 {
		day++
	}
	if day > l.last() {
		return
	}
	begin := date(day).UnixMilli() + (8*60+30)*60_000
	if l.finish == 0 || l.chance(180) { // was expected, and did not come
		l.add(event{kind: assigned, at: begin - 14*24*3_600_000, course: int16(c)})
		return
	}
	end := begin + int64(courses[c].Minutes)*60_000
	l.add(event{kind: attended, at: end, course: int16(c), part: int16(day), length: int32(60 * courses[c].Minutes)})
	l.add(event{kind: completed, at: end, course: int16(c)})
	l.rate(c, end)
}

// visit is a session of an attempt.
type visit struct {
	c         int
	attempt   uint8
	session   uint8
	began, at int64
}

// open begins a session.
func (l *learner) open(v *visit, at int64) {
	v.session++
	v.began, v.at = at, at
	e := event{at: at, course: int16(v.c), attempt: v.attempt, session: v.session}
	if courses[v.c].Format == CMI5 {
		e.kind = launched
		l.add(e)
		e.at += 2_000
	}
	e.kind = initialized
	if v.session > 1 && courses[v.c].Format != CMI5 {
		e.kind = resumed
	}
	l.add(e)
	v.at = e.at
}

// say adds what happens so many seconds later.
func (l *learner) say(v *visit, seconds int, e event) {
	v.at += int64(seconds)*1000 + int64(l.below(1000))
	e.at, e.course, e.attempt, e.session = v.at, int16(v.c), v.attempt, v.session
	l.add(e)
}

// leave ends a session. Some content is closed before it can say so.
func (l *learner) leave(v *visit, how kind) {
	if how == suspended && l.chance(120) {
		return
	}
	v.at += 1000
	l.add(event{kind: how, at: v.at, course: int16(v.c), attempt: v.attempt, session: v.session, length: int32((v.at - v.began) / 1000)})
}

// course is somebody's way through a course, from a day on.
func (l *learner) course(c, day int) {
	course := &courses[c]
	v := &visit{c: c, attempt: 1}
	at := l.cal.moment(l.rng, day)
	if course.wave > 0 && l.chance(150) { // somebody was told to
		l.add(event{kind: assigned, at: date(day).UnixMilli() - 5*24*3_600_000, course: int16(c)})
		if l.chance(250) {
			return
		}
	}
	if course.digital && !l.before && l.chance(550) {
		l.before = true
		l.add(event{kind: checkedBefore, at: at - 600_000, value: l.competence(0), length: 420})
	}
	stop := -1
	if !l.chance(l.chances(course)) {
		if stop = course.stop; l.chance(450) {
			stop = l.below(len(course.parts))
		}
	}
	l.open(v, at)
	for i := range course.parts {
		if i == stop && l.chance(700) {
			l.leave(v, suspended)
			return
		}
		each := course.Minutes * 60 / (len(course.parts) + 1)
		l.say(v, each/2+l.below(each), event{kind: seen, part: int16(i)})
		if i == stop {
			l.leave(v, suspended)
			return
		}
		if i+1 < len(course.parts) && l.chance(220) && !l.again(v) {
			return
		}
	}
	l.test(v)
}

// chances are those of finishing a course, in thousandths.
func (l *learner) chances(c *Course) int {
	return min((c.finish+(l.p.knows-500)/4)*l.finish/1000, 980)
}

// again interrupts a session and goes on some days later; false when the year, or
// somebody's time here, is over by then.
func (l *learner) again(v *visit) bool {
	l.leave(v, suspended)
	day := l.cal.goOn(l.rng, dayAt(v.at)+l.between(1, 11))
	if day > l.last() {
		return false
	}
	l.open(v, l.cal.moment(l.rng, day))
	return true
}

// test is the end of a course, and a second or third one for who fails.
func (l *learner) test(v *visit) {
	course := &courses[v.c]
	for {
		right := 0
		for i := range course.questions {
			choice := l.answer(&course.questions[i], int(v.attempt))
			if choice == 0 {
				right++
			}
			l.say(v, l.between(15, 80), event{kind: answered, part: int16(i), choice: int8(choice)})
		}
		score := int32(1000)
		if n := len(course.questions); n > 0 {
			score = int32(right * 1000 / n)
		}
		ok := int(score) >= course.passing
		if v.attempt == 1 {
			l.say(v, 2, event{kind: completed, value: score})
		}
		if len(course.questions) > 0 {
			verdict := failed
			if ok {
				verdict = passed
			}
			l.say(v, 1, event{kind: verdict, value: score})
		}
		if course.Format == CMI5 && v.attempt == 1 {
			l.say(v, 0, event{kind: satisfied})
		}
		l.leave(v, terminated)
		if ok || v.attempt == 3 || !l.chance(680) {
			break
		}
		day := l.cal.goOn(l.rng, dayAt(v.at)+l.between(1, 6))
		if day > l.last() {
			break
		}
		v.attempt, v.session = v.attempt+1, 0
		l.open(v, l.cal.moment(l.rng, day))
	}
	l.rate(v.c, v.at)
	if course.digital {
		l.digits++
		l.checkAgain(v.at)
	}
}

// answer is what somebody chooses; 0 is right.
func (l *learner) answer(q *question, attempt int) int {
	chance := q.right + (l.p.knows-500)*q.spread/250 + 140*(attempt-1)
	if l.chance(max(40, min(chance, 970))) {
		return 0
	}
	others := max(len(q.options), 3) - 1
	if others == 1 || l.chance(650) {
		return 1 // what most think
	}
	return 1 + l.below(others)
}

// rate is what somebody thinks of a course.
func (l *learner) rate(c int, at int64) {
	if !l.chance(470) {
		return
	}
	points := courses[c].liked + l.below(330) - 140
	l.add(event{kind: rated, at: at + 60_000 + int64(l.below(240_000)), course: int16(c), value: int32(max(1, min(5, (points+50)/100)))})
}

// competence is the outcome of a check, in thousandths.
func (l *learner) competence(gain int) int32 {
	return int32(max(50, min(1000, 230+l.p.knows*11/20+l.between(-70, 70)+gain)) / 10 * 10)
}

// checkAgain is the check after a course or two.
func (l *learner) checkAgain(at int64) {
	if !l.before || l.ended || !l.chance(600) {
		return
	}
	day := l.cal.goOn(l.rng, dayAt(at)+l.between(1, 14))
	if day > l.last() {
		return
	}
	l.ended = true
	l.add(event{kind: checkedAfter, at: l.cal.moment(l.rng, day), value: l.competence(70 + 40*l.digits), length: 390})
}

// withdraw takes some ratings back.
func (l *learner) withdraw() {
	for i := range l.list {
		if e := l.list[i]; e.kind == rated && l.chance(15) {
			l.void(e, 86_400_000)
		}
	}
}

// void voids an event, so many milliseconds later.
func (l *learner) void(e event, later int64) {
	l.add(event{kind: voided, at: e.at + later, value: e.n})
}

// duplicates are statements that content sends a second time, an hour later, since
// it did not see the first answer.
func (l *learner) duplicates() {
	for i := range l.list {
		if l.chance(4) {
			e := l.list[i]
			e.order += 3_600_000
			l.list = append(l.list, e)
		}
	}
}
