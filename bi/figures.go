package bi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lernspur/apiv1"
	"lernspur/suppress"
	"lernspur/web/visitor"
)

// Figures answers what GET /api/v1/progress/… answers somebody who has signed in.
// *progress.API has it.
type Figures interface {
	Ask(ctx context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error)
}

const (
	// smallest is the smallest group of whom anything is shown.
	smallest = suppress.DefaultK
	// maxCourses and maxUnits bound a publication.
	maxCourses = 5000
	maxUnits   = 5000
	maxLevels  = 5
	// activeDays is the time in which people of a unit count as active.
	activeDays = 30
	pageOf     = 1000
)

// object is a row of an answer of progress.
type object map[string]any

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// count is a number of an answer; nil: it is suppressed, or there is none.
func (o object) count(name string) *uint64 {
	n, ok := o[name].(json.Number)
	if !ok {
		return nil
	}
	v, err := strconv.ParseUint(n.String(), 10, 64)
	if err != nil {
		return nil
	}
	return &v
}

// exact is a number of an answer that suppresses nothing.
func (o object) exact(name string) int64 {
	if v := o.count(name); v != nil {
		return int64(*v)
	}
	return 0
}

func (o object) number(name string) *float64 {
	n, ok := o[name].(json.Number)
	if !ok {
		return nil
	}
	v, err := n.Float64()
	if err != nil {
		return nil
	}
	return &v
}

// day is a day of an answer, or that of an instant.
func (o object) day(name string) *time.Time {
	s := o.text(name)
	if len(s) < len(time.DateOnly) {
		return nil
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return nil
	}
	return &t
}

// asker asks for the figures of one tenant: as somebody who may see what is about
// many, for what is shown; and as somebody who may see everything, for what it must not be
// possible to reckon from it. Nothing of the second is ever shown.
type asker struct {
	figures     Figures
	many, every *visitor.Visitor
	watermark   string // the least of all answers
	zone        string
}

func newAsker(f Figures, tenant string) *asker {
	return &asker{figures: f,
		many:  &visitor.Visitor{Tenant: tenant, Roles: []visitor.Role{visitor.Auditor}},
		every: &visitor.Visitor{Tenant: tenant, Roles: []visitor.Role{visitor.Administrator}},
	}
}

// ask answers a resource; nil when there is nothing that may be asked for: a course that
// nobody has, or figures that a tenant does not have evaluated.
func (a *asker) ask(ctx context.Context, v *visitor.Visitor, path string, query url.Values) (object, error) {
	text, err := a.figures.Ask(ctx, v, path, query)
	var problem *apiv1.Problem
	if errors.As(err, &problem) && (problem.Status == http.StatusForbidden || problem.Status == http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", path, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var answer object
	if err := decoder.Decode(&answer); err != nil {
		return nil, fmt.Errorf("the answer to %s: %w", path, err)
	}
	if w := answer.text("watermark"); v == a.many && (a.watermark == "" || w < a.watermark) {
		a.watermark = w
	}
	if z := answer.text("zone"); z != "" {
		a.zone = z
	}
	return answer, nil
}

// list is the rows of an answer.
func (o object) list(name string) []object {
	rows, _ := o[name].([]any)
	list := make([]object, 0, len(rows))
	for _, r := range rows {
		if m, ok := r.(map[string]any); ok {
			list = append(list, m)
		}
	}
	return list
}

// courses answers the ids of the courses of which anything may be shown.
func (a *asker) courses(ctx context.Context) (ids []string, err error) {
	for after := ""; len(ids) < maxCourses; {
		query := url.Values{"limit": {strconv.Itoa(pageOf)}}
		if after != "" {
			query.Set("after", after)
		}
		answer, err := a.ask(ctx, a.many, "courses", query)
		if err != nil {
			return nil, err
		}
		list := answer.list("courses")
		for _, c := range list {
			if c.count("learners") != nil && len(ids) < maxCourses {
				ids = append(ids, c.text("id"))
			}
		}
		if answer.text("more") == "" || len(list) == 0 {
			break
		}
		after = list[len(list)-1].text("id")
	}
	return ids, nil
}

// both are the same rows twice: as they may be shown, and as they are.
type both struct{ shown, are object }

// pair joins the rows of two answers by the columns of their key. Rows that only one
// has came between the two; they are left out, and complete is false.
func pair(shown, are []object, key func(object) string) (list []both, complete bool) {
	by := make(map[string]object, len(are))
	for _, r := range are {
		by[key(r)] = r
	}
	complete = len(shown) == len(are)
	for _, s := range shown {
		r, ok := by[key(s)]
		if !ok {
			complete = false
			continue
		}
		list = append(list, both{s, r})
	}
	return list, complete
}

// askBoth asks as both, until both are about the same statements.
func (a *asker) askBoth(ctx context.Context, path string, query url.Values) (shown, are object, err error) {
	for range 5 {
		if shown, err = a.ask(ctx, a.many, path, query); err != nil || shown == nil {
			return nil, nil, err
		}
		if are, err = a.ask(ctx, a.every, path, query); err != nil || are == nil {
			return nil, nil, err
		}
		if shown.text("watermark") == are.text("watermark") {
			break
		}
	}
	return shown, are, nil
}
