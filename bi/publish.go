package bi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"lernspur/statements"
)

// errMoved: answers that belong together are about different statements.
var errMoved = errors.New("figures changed while they were read")

// tries is how often figures are asked for that changed while they were read.
const tries = 5

// compute asks for everything that is published of a tenant.
func compute(ctx context.Context, f Figures, tenant string, now time.Time) (publication, error) {
	a := newAsker(f, tenant)
	p := publication{at: now, rows: make(map[string][]row)}
	ids, err := a.courses(ctx)
	if err != nil {
		return p, err
	}
	for _, id := range ids {
		if err := a.course(ctx, &p, id); err != nil {
			return p, fmt.Errorf("course %s: %w", id, err)
		}
	}
	units, err := a.units(ctx, now)
	for again := 1; errors.Is(err, errMoved) && again < tries; again++ {
		units, err = a.units(ctx, now)
	}
	if err != nil {
		return p, fmt.Errorf("units: %w", err)
	}
	for _, u := range units {
		o := u.shown
		o["unit"], o["parent"], o["level"] = u.id, u.parent, uint32(u.level)
		p.add("bi_units", o, "learners")
	}
	counted, ok := statements.ParseTimestamp(a.watermark, statements.V2)
	if !ok {
		counted = 0
	}
	p.add("bi_about", object{"published_at": now, "counted_to": time.UnixMicro(counted).UTC(), "smallest_group": uint32(smallest), "zone": a.zone}, "")
	return p, nil
}

// add adds a row, unless need is a figure (or several) none of which is shown.
func (p *publication) add(name string, o object, need ...string) {
	some := false
	for _, n := range need {
		some = some || n == "" || o[n] != nil
	}
	if !some {
		return
	}
	for _, v := range views {
		if v.name != name {
			continue
		}
		r := make(row, len(v.columns))
		for i, c := range v.columns {
			r[i] = o.value(c)
		}
		p.rows[name] = append(p.rows[name], r)
	}
}

// value is what a row has in a column.
func (o object) value(c column) any {
	switch c.kind {
	case text:
		return o.text(c.name)
	case whole:
		if n, ok := o[c.name].(uint32); ok {
			return n
		}
		return uint32(o.exact(c.name))
	case count:
		return o.count(c.name)
	case number:
		return o.number(c.name)
	case day:
		if d := o.day(c.name); d != nil {
			return *d
		}
		return time.Unix(0, 0).UTC()
	case mayDay:
		return o.day(c.name)
	case moment:
		t, _ := o[c.name].(time.Time)
		return t
	}
	list := []string{}
	names, _ := o[c.name].([]any)
	for _, n := range names {
		// What is not in the view is nothing to tell of.
		if s, ok := n.(string); ok {
			list = append(list, s)
		}
	}
	return list
}

// course adds a course with its months, hours and questions. It has no months when it
// changes all the time.
func (a *asker) course(ctx context.Context, p *publication, id string) error {
	var course both
	var months []both
	err := errMoved
	for try := 0; errors.Is(err, errMoved); try++ {
		if course, months, err = a.withMonths(ctx, id, try < tries); err == nil && course.shown != nil {
			err = linkCourse(course, months)
		}
	}
	if err != nil || course.shown == nil {
		return err
	}
	row := course.shown
	row["course"] = id
	p.add("bi_courses", row, "learners")
	for _, m := range months {
		m.shown["course"], m.shown["month"] = id, m.shown["begin"]
		p.add("bi_months", m.shown, "started", "completed", "active")
	}
	return a.within(ctx, p, id)
}

// withMonths asks for the figures of a course, and of its months; none of a course that is
// gone.
func (a *asker) withMonths(ctx context.Context, id string, with bool) (course both, months []both, err error) {
	shown, are, err := a.askBoth(ctx, "courses/"+url.PathEscape(id), nil)
	if err != nil || shown == nil {
		return course, nil, err
	}
	one := func(o object) object {
		row, _ := o["course"].(map[string]any)
		return row
	}
	course = both{one(shown), one(are)}
	if !with {
		return course, nil, nil
	}
	shown, are, err = a.askBoth(ctx, "periods", url.Values{"by": {"month"}, "course": {id}})
	if err != nil || shown == nil {
		return course, nil, err
	}
	months, complete := pair(shown.list("periods"), are.list("periods"), func(o object) string { return o.text("begin") })
	if !complete {
		return course, nil, errMoved
	}
	return course, months, nil
}

// within adds the hours and the questions of a course.
func (a *asker) within(ctx context.Context, p *publication, id string) error {
	hours, err := a.ask(ctx, a.many, "courses/"+url.PathEscape(id)+"/hours", nil)
	if err != nil {
		return err
	}
	for _, h := range hours.list("hours") {
		h["course"] = id
		p.add("bi_hours", h, "learners")
	}
	questions, err := a.ask(ctx, a.many, "questions", url.Values{"course": {id}})
	if err != nil {
		return err
	}
	for _, q := range questions.list("questions") {
		q["course"], q["question"], q["right_answers"] = id, q["id"], q["right"]
		p.add("bi_questions", q, "answers")
	}
	return nil
}

// units answers the tree of units as it may be shown.
func (a *asker) units(ctx context.Context, now time.Time) (all []*unit, err error) {
	from := now.AddDate(0, 0, 1-activeDays).Format(time.DateOnly)
	level := []*unit{{}} // what is above the topmost
	for depth := 1; depth <= maxLevels && len(level) > 0; depth++ {
		var next []*unit
		for _, above := range level {
			query := url.Values{"from": {from}}
			if above.id != "" {
				query.Set("unit", above.id)
			}
			shown, are, err := a.askBoth(ctx, "units", query)
			if err != nil {
				return nil, err
			}
			list, complete := pair(shown.list("units"), are.list("units"), func(o object) string { return o.text("id") })
			if !complete {
				return nil, errMoved
			}
			for _, b := range list {
				if b.are.text("id") == above.id { // those who belong to none below
					continue
				}
				u := &unit{both: b, id: b.are.text("id"), parent: above.id, level: depth}
				above.below = append(above.below, u)
				next = append(next, u)
				if all = append(all, u); len(all) > maxUnits {
					return nil, fmt.Errorf("there are more than %d", maxUnits)
				}
			}
		}
		level = next
	}
	return all, linkUnits(all)
}
