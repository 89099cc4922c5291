package progress

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// This is the one place where what a tenant has not switched on is kept back, by the
// table of package evaluation. Whoever asks, a page, a program with a key or somebody
// for a file, gets the same.

// neverIdle is more days than anybody can be idle: nobody is at risk for that.
const neverIdle = 1 << 30

// evaluatedFor is what may be told to somebody of a resource: of herself everything,
// of others what is switched on. v is nil for a key.
func (a *API) evaluatedFor(ctx context.Context, tenant string, v *visitor.Visitor, res *resource, id string) (evaluation.Settings, error) {
	switch {
	case res.single && v != nil && v.Person != "" && v.Person == id:
		return evaluation.Everything, nil
	case a.Evaluated == nil:
		return evaluation.Settings{}, nil
	}
	return a.Evaluated(ctx, tenant)
}

// switchedOff is a 403 that says what is off, and who can switch it on.
func switchedOff(sw evaluation.Switch) error {
	p := apiv1.Problemf(http.StatusForbidden, "%s", &evaluation.Off{Switch: sw})
	p.SwitchedOff = string(sw)
	return p
}

// permit refuses what tells what is not switched on: whole resources, and lists that
// are sorted by it or narrowed down to it.
func (ask asked) permit(res *resource) error {
	known, ok := evaluation.ResourceOf(res.path)
	if !ok || known.Single != res.single {
		return fmt.Errorf("nothing says who may be told %s", res.path)
	}
	needs := slices.Clone(known.Needs)
	if ask.kind != "" {
		needs = append(needs, evaluation.Narrowing("kind="+ask.kind)...)
	}
	if ask.reason != "" {
		needs = append(needs, evaluation.Narrowing("reason="+ask.reason)...)
	}
	if ask.IdleDays != 0 {
		needs = append(needs, evaluation.Narrowing("idle_days")...)
	}
	if by, ok := evaluation.FieldOf(res.single, ask.order.By); ok {
		needs = append(needs, by.Needs...)
	}
	if off := ask.evaluated.Missing(needs...); off != "" {
		return switchedOff(off)
	}
	return nil
}

// answered answers a question, without what is not switched on.
func (a *API) answered(ctx context.Context, res *resource, tenant, id string, ask asked) (answer, error) {
	on := ask.evaluated
	if !on.IdleDays {
		ask.IdleDays = neverIdle
	}
	ask.order.Days = !on.Hours
	if res.path == "periods" || res.path == "courses/{id}/hours" {
		if err := a.hideFew(ctx, tenant, id, &ask); err != nil {
			return answer{}, err
		}
	}
	found, err := res.answer(a, ctx, tenant, id, ask)
	if err == nil {
		err = found.keepBack(on, res.single, a.Projector.zone)
	}
	return found, err
}

// hideFew lays the rules for small groups over what happened when, where it is about
// so few people that it would be the timeline of one.
func (a *API) hideFew(ctx context.Context, tenant, id string, ask *asked) error {
	s := ask.Selection
	if ask.evaluated.Timelines || s.Scope.Aggregates || s.Scope.All && s.Unit == "" && s.Group == "" {
		return nil
	}
	if id != "" {
		s.Course = id
	}
	var n uint64
	q := a.Projector.ask(tenant, s)
	err := a.Projector.query(q.context(ctx, nil), "SELECT uniqExact(human) FROM ("+q.byPerson("progress", "last_at")+")", func(rows driver.Rows) error { return rows.Scan(&n) })
	if err != nil {
		return fmt.Errorf("counting those whom it is about: %w", err)
	}
	ask.Scope.Aggregates = n < evaluation.SmallGroup
	return nil
}

// populations are the columns that say how many people a row is about, for figures
// that are told of several only.
var populations = map[string]string{"many.lately": "learners", "many.questions": "answers"}

// keepBack takes out of an answer what is not switched on, and notes which switches
// are the reason.
func (f *answer) keepBack(on evaluation.Settings, single bool, zone *time.Location) error {
	var gone []int
	for i, name := range f.table.columns {
		figure, ok := evaluation.FieldOf(single, name)
		switch {
		case !ok:
			return fmt.Errorf("nothing says who may be told %s of %s", name, f.name)
		case f.offFor(on, figure.Needs):
			gone = append(gone, i)
			continue
		case figure.Times && !on.Hours:
			f.onlyDays(i, zone)
		}
		if population := populations[figure.Key]; population != "" && on.Missing(figure.Few...) != "" {
			f.onlyOfSeveral(i, population, on, figure)
		}
	}
	for i := range f.table.rows {
		f.table.rows[i] = without(f.table.rows[i], gone)
	}
	f.table.columns = without(f.table.columns, gone)
	for _, top := range f.fields {
		if _, ok := evaluation.FieldOf(single, top.name); !ok {
			return fmt.Errorf("nothing says who may be told %s of %s", top.name, f.name)
		}
	}
	f.fields = slices.DeleteFunc(f.fields, func(top field) bool {
		figure, _ := evaluation.FieldOf(single, top.name)
		return f.offFor(on, figure.Needs)
	})
	f.nameHidden()
	return nil
}

// offFor notes the switches that are off of those that a figure needs, and tells
// whether there are any.
func (f *answer) offFor(on evaluation.Settings, needs []evaluation.Switch) bool {
	off := false
	for _, sw := range needs {
		if !on.On(sw) {
			f.note(sw)
			off = true
		}
	}
	return off
}

// switchedOff are the switches because of which something is missing, for a header.
func (f answer) switchedOff() string {
	names := make([]string, len(f.off))
	for i, sw := range f.off {
		names[i] = string(sw)
	}
	return strings.Join(names, ", ")
}

func (f *answer) note(sw evaluation.Switch) {
	if !slices.Contains(f.off, sw) {
		f.off = append(f.off, sw)
	}
}

// onlyDays leaves of the points in time in a column the day.
func (f *answer) onlyDays(column int, zone *time.Location) {
	for _, row := range f.table.rows {
		text, _ := row[column].(string)
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			row[column] = at.In(zone).Format(time.DateOnly)
			f.note(evaluation.Hours)
		}
	}
}

// onlyOfSeveral hides a column in the rows on too few people.
func (f *answer) onlyOfSeveral(column int, population string, on evaluation.Settings, figure evaluation.Figure) {
	whole := slices.Index(f.table.columns, population)
	if whole < 0 || whole == column {
		return // nobody in particular, or how many they are
	}
	for _, row := range f.table.rows {
		n, plain := row[whole].(int64)
		if !plain || n >= evaluation.SmallGroup {
			continue
		}
		if _, list := row[column].([]answered); list {
			row[column] = []answered{}
		} else {
			row[column] = hidden{}
		}
		f.offFor(on, figure.Few)
	}
}

// nameHidden adds the column that names what is hidden, unless it is there.
func (f *answer) nameHidden() {
	if slices.Contains(f.table.columns, "suppressed") || !slices.ContainsFunc(f.table.rows, func(row []any) bool { return slices.ContainsFunc(row, isHidden) }) {
		return
	}
	for i, row := range f.table.rows {
		names := []string{}
		for j, cell := range row {
			if isHidden(cell) {
				names = append(names, f.table.columns[j])
			}
		}
		f.table.rows[i] = append(row, names)
	}
	f.table.columns = append(f.table.columns, "suppressed")
}

func isHidden(cell any) bool {
	_, is := cell.(hidden)
	return is
}

// without is a list without what stands at some places, which rise.
func without[T any](list []T, places []int) []T {
	if len(places) == 0 {
		return list
	}
	kept := make([]T, 0, len(list)-len(places))
	for i, one := range list {
		if _, gone := slices.BinarySearch(places, i); !gone {
			kept = append(kept, one)
		}
	}
	return kept
}
