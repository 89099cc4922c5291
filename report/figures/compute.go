package figures

import (
	"fmt"
	"slices"
	"time"

	"lernspur/report/definition"
	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// microseconds of a second, an hour and a day.
const (
	second = int64(1_000_000)
	hour   = 3600 * second
	day    = 24 * hour
)

// computing is a report that is being computed: sections add their figures to the
// plan, and fill themselves in when it is solved.
type computing struct {
	d    *definition.Definition
	in   *inputs.Inputs
	r    *result.Report
	zone *time.Location
	from int64 // microseconds; first instant of the period
	to   int64 // first instant behind it
	plan *suppress.Plan
	fill []func(view)
	// through shows everything; for tests only.
	through bool

	tree   tree
	people []person // by number
	shared shared
}

// shared are cells of the plan that several sections build on.
type shared struct {
	active      suppress.Cell
	activeCount int64
	learners    []suppress.Cell // active in each course
	reached     []int64
	completions suppress.Cell
	starts      suppress.Cell
	time        suppress.Cell
	spent       int64 // microseconds
}

// person is what is known of somebody.
type person struct {
	in     bool    // of those reported on
	active bool    // in the period, in a course reported on
	slots  []int32 // ten minutes of activity, each once
}

// then has something filled in when it is known what is shown.
func (c *computing) then(fill func(view)) { c.fill = append(c.fill, fill) }

// Options are what a report says of itself.
type Options struct {
	Version string // of the program
	Run     string // id of the run, "" for none
}

// Compute computes a report, and answers with it what later runs have to know of it.
func Compute(d *definition.Definition, in *inputs.Inputs, o Options) (*result.Report, suppress.Run, error) {
	c := &computing{d: d, in: in, r: new(result.Report), plan: suppress.New(d.K)}
	return c.compute(o)
}

func (c *computing) compute(o Options) (*result.Report, suppress.Run, error) {
	if err := c.period(); err != nil {
		return nil, suppress.Run{}, err
	}
	for _, run := range c.in.Earlier {
		c.plan.Earlier(run)
	}
	c.growTree()
	c.gather()
	c.head(o)
	c.mandate()
	c.reach()
	c.offer()
	c.learning()
	c.satisfaction()
	c.vouchers()
	c.cost()
	s, err := c.plan.Solve()
	if err != nil {
		return nil, suppress.Run{}, fmt.Errorf("deciding what may be shown: %w", err)
	}
	var seen view = s
	if c.through {
		seen = everything(s.Run())
	}
	for _, fill := range c.fill {
		fill(seen)
	}
	c.reachFromShown()
	c.offerFromShown()
	c.summary()
	c.quality(s)
	c.annex()
	return c.r, s.Run(), nil
}

// everything is a view in which nothing is suppressed.
type everything suppress.Run

func (e everything) Shown(suppress.Cell) bool { return true }
func (e everything) Count(of suppress.Cell) suppress.Count {
	return suppress.Shown(e.Figures[of].Value)
}
func (e everything) Why(suppress.Cell) suppress.Reason { return suppress.None }

// period works out the instants of the period.
func (c *computing) period() (err error) {
	if c.from, c.to, c.zone, err = Period(c.d); err != nil {
		return err
	}
	return nil
}

// Period is the period of a definition: its first instant and the first one
// behind it, in microseconds, and its zone.
func Period(d *definition.Definition) (from, to int64, zone *time.Location, err error) {
	if zone, err = time.LoadLocation(d.Period.Zone); err != nil {
		return 0, 0, nil, fmt.Errorf("there is no time zone %q", d.Period.Zone)
	}
	first, err := time.ParseInLocation(time.DateOnly, d.Period.From, zone)
	if err != nil {
		return 0, 0, nil, err
	}
	last, err := time.ParseInLocation(time.DateOnly, d.Period.To, zone)
	if err != nil {
		return 0, 0, nil, err
	}
	return first.UnixMicro(), last.AddDate(0, 0, 1).UnixMicro(), zone, nil
}

// nothing is why there is nothing to count at all, "" when there is something: the directory has none
// of the units of the definition, or no statement of the period is in a course.
func (c *computing) nothing() result.Reason {
	switch {
	case len(c.d.Units) > 0 && len(c.tree.roots) == 0:
		return result.UnknownUnit
	case c.in.Counts.InCourses == 0:
		return result.NoData
	}
	return ""
}

// gather puts together what is known of each person of those reported on.
func (c *computing) gather() {
	in := c.in
	c.people = make([]person, len(in.PersonUnit))
	for i := range c.people {
		unit := in.PersonUnit[i]
		c.people[i].in = !in.PersonGone[i] && (len(c.d.Units) == 0 || unit >= 0 && c.tree.in[unit])
	}
	for i, p := range in.PartPerson {
		one := &c.people[p]
		if !one.in || len(in.PartSlots[i]) == 0 {
			continue
		}
		one.active = true
		slot := int32(0)
		for _, step := range in.PartSlots[i] {
			slot += step
			one.slots = append(one.slots, slot)
		}
	}
	for i := range c.people {
		slices.Sort(c.people[i].slots)
		c.people[i].slots = slices.Compact(c.people[i].slots)
	}
}

// within tells whether an instant lies in the period.
func (c *computing) within(at int64) bool { return at >= c.from && at < c.to }

// begun tells whether a participation counts: of somebody reported on, begun in the period.
func (c *computing) begun(part int) bool {
	return c.people[c.in.PartPerson[part]].in && c.in.PartStarted[part] != inputs.None && c.within(c.in.PartStarted[part])
}

// done tells whether a participation that counts was completed by the end of the period.
func (c *computing) done(part int) bool {
	return c.begun(part) && c.in.PartCompleted[part] != inputs.None && c.in.PartCompleted[part] < c.to
}

func (c *computing) head(o Options) {
	c.r.Format = result.Format
	c.r.Head = result.Head{
		Title: c.d.Title, Tenant: c.d.Tenant, Language: c.d.Language, From: c.d.Period.From, To: c.d.Period.To, Zone: c.d.Period.Zone,
		AsOf: Instant(c.in.AsOf), K: c.d.K, Version: o.Version, Run: o.Run, Demo: c.in.Demo, Erased: c.in.Gone(),
	}
}

// Instant is an instant as reports write it.
func Instant(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.000000Z")
}

func (c *computing) mandate() {
	m := c.d.Mandate
	c.r.Mandate = result.Mandate{Body: m.Body, Resolution: m.Resolution, Item: m.Item, Date: m.Date, Office: m.Office,
		Units: append([]string{}, c.d.Units...), Introduction: string(c.d.Texts.Introduction)}
	if c.d.Cost != nil {
		budget := result.Rounded(c.d.Cost.Budget, 2)
		c.r.Mandate.Budget = &budget
	}
}
