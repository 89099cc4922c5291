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

// compute asks for everything that is published of a tenant.
func compute(ctx context.Context, f Figures, tenant string, now time.Time) (p publication, err error) {
	for range 5 {
		if p, err = computeOnce(ctx, f, tenant, now); !errors.Is(err, errMoved) {
			return p, err
		}
	}
	return p, err
}

func computeOnce(ctx context.Context, f Figures, tenant string, now time.Time) (publication, error) {
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
	if err := a.units(ctx, &p); err != nil {
		return p, fmt.Errorf("units: %w", err)
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

// course adds a course with its months, hours and questions.
func (a *asker) course(ctx context.Context, p *publication, id string) error {
	path := "courses/" + url.PathEscape(id)
	shown, are, err := a.askBoth(ctx, path, nil)
	if err != nil || shown == nil {
		return err
	}
	one := func(o object) object {
		row, _ := o["course"].(map[string]any)
		return row
	}
	course := both{one(shown), one(are)}
	shown, are, err = a.askBoth(ctx, "periods", url.Values{"by": {"month"}, "course": {id}})
	if err != nil {
		return err
	}
	var months []both
	complete := true
	if shown != nil {
		months, complete = pair(shown.list("periods"), are.list("periods"), func(o object) string { return o.text("begin") })
	}
	with, err := linkCourse(course, months)
	if err != nil {
		return err
	}
	if !with || !complete {
		return errMoved
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

// units adds the tree of units.
func (a *asker) units(ctx context.Context, p *publication) error {
	var all []*unit
	from := p.at.AddDate(0, 0, 1-activeDays).Format(time.DateOnly)
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
				return err
			}
			list, complete := pair(shown.list("units"), are.list("units"), func(o object) string { return o.text("id") })
			if !complete {
				return errMoved
			}
			for _, b := range list {
				if b.are.text("id") == above.id { // those who belong to none below
					continue
				}
				u := &unit{both: b, id: b.are.text("id"), parent: above.id, level: depth}
				above.below = append(above.below, u)
				next = append(next, u)
				if all = append(all, u); len(all) > maxUnits {
					return fmt.Errorf("there are more than %d", maxUnits)
				}
			}
		}
		level = next
	}
	if err := linkUnits(all); err != nil {
		return err
	}
	for _, u := range all {
		o := u.shown
		o["unit"], o["parent"], o["level"] = u.id, u.parent, uint32(u.level)
		p.add("bi_units", o, "learners")
	}
	return nil
}
