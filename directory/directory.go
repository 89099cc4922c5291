package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"lernspur/documents"
)

// Records keeps the records of the directory durably. Errors: *Busy, and others
// that are internal.
type Records interface {
	// Load calls yield with the newest version of every record of every tenant,
	// deleted ones too, with everything that was acknowledged before.
	Load(ctx context.Context, yield func(*documents.Document) error) error
	// Replace makes new versions of records of one tenant durable, all or none, and
	// fills in their Version. It takes as long as it takes: what became of them is
	// known when it returns.
	Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error
}

// Dependencies are what a Directory needs.
type Dependencies struct {
	Records Records
	Tables  Tables // nil: nothing is written for joins
	// Now and Zone say which day it is; nil is the clock, and UTC.
	Now    func() time.Time
	Zone   *time.Location
	Limits Limits
	// Patience is how long a question waits for the tables, 10 s unless it is set.
	Patience time.Duration
	Logger   *zap.Logger // may be nil
}

// Limits bound what a tenant's directory holds. Zero values stand for what is
// named there.
type Limits struct {
	People int // 200,000
	Units  int // 10,000
	Groups int // 20,000
	// Members is how many one group has, 10,000.
	Members int
}

func (l *Limits) defaults() {
	for _, limit := range []struct {
		value  *int
		normal int
	}{{&l.People, 200_000}, {&l.Units, 10_000}, {&l.Groups, 20_000}, {&l.Members, 10_000}} {
		if *limit.value <= 0 {
			*limit.value = limit.normal
		}
	}
}

// Directory knows the people of all tenants, their units and groups. It has all
// of them in memory; a change is durable before anybody sees it. Only one
// process may have the records. It is safe for concurrent use.
type Directory struct {
	deps    Dependencies
	mu      sync.Mutex // of tenants
	tenants map[string]*tenant
	changed chan struct{} // for Run: a tenant's tables are behind
}

// tenant is the directory of one tenant.
type tenant struct {
	name  string
	turn  chan struct{} // held by who changes something
	state atomic.Pointer[state]
	shown shown
}

// OpenDirectory reads everything there is.
func OpenDirectory(ctx context.Context, deps Dependencies) (*Directory, error) {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Zone == nil {
		deps.Zone = time.UTC
	}
	if deps.Logger == nil {
		deps.Logger = zap.NewNop()
	}
	if deps.Patience <= 0 {
		deps.Patience = 10 * time.Second
	}
	deps.Limits.defaults()
	d := &Directory{deps: deps, tenants: make(map[string]*tenant), changed: make(chan struct{}, 1)}
	err := deps.Records.Load(ctx, func(doc *documents.Document) error {
		return d.tenant(doc.Tenant).state.Load().apply(doc)
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Directory) tenant(name string) *tenant {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tenants[name]
	if t == nil {
		t = &tenant{name: name, turn: make(chan struct{}, 1)}
		t.state.Store(newState())
		d.tenants[name] = t
	}
	return t
}

// read is what a tenant has now. It is not to be changed.
func (d *Directory) read(name string) *state {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tenants[name]; t != nil {
		return t.state.Load()
	}
	return newState()
}

// Today is the day in the zone of the directory.
func (d *Directory) Today() Date { return DateOf(d.deps.Now().In(d.deps.Zone)) }

// Version is the version of a tenant's directory. It rises with every change and
// is the same after a restart; 0 is a directory that nobody has written to.
func (d *Directory) Version(tenant string) uint64 { return uint64(d.read(tenant).version) }

// Person is who has an id, or had it before two persons were found to be one.
func (d *Directory) Person(_ context.Context, tenant, id string) (*Person, bool) {
	s := d.read(tenant)
	p := s.person(id)
	if p == nil {
		return nil, false
	}
	return s.view(p, d.Today()), true
}

// PersonOf is who has an identifier, as statements.Agent has it.
func (d *Directory) PersonOf(_ context.Context, tenant, identifier string) (*Person, bool) {
	s := d.read(tenant)
	p := s.find(identifier)
	if p == nil {
		return nil, false
	}
	return s.view(p, d.Today()), true
}

// Unit is a unit by its id.
func (d *Directory) Unit(_ context.Context, tenant, id string) (*Unit, bool) {
	u := d.read(tenant).units[id]
	return u, u != nil
}

// UnitPath are the ids of the units above a unit on a day, the topmost first, and
// its own; nil when there is no such unit. No day is today.
func (d *Directory) UnitPath(_ context.Context, tenant, id string, day Date) []string {
	if day == "" {
		day = d.Today()
	}
	return d.read(tenant).pathOn(id, day)
}

// Group is a group by its id.
func (d *Directory) Group(_ context.Context, tenant, id string) (*Group, bool) {
	g := d.read(tenant).groups[id]
	return g, g != nil
}

// GroupsOfTrainer are the ids of the groups that a person trains, in order.
func (d *Directory) GroupsOfTrainer(_ context.Context, tenant, person string) []string {
	s := d.read(tenant)
	p := s.person(person)
	if p == nil {
		return nil
	}
	var ids []string
	for _, id := range s.groupsOf[p.ID] {
		if slices.Contains(s.groups[id].Trainers, p.ID) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Headcount is how many people a unit has in a year with all that lies below it:
// what is kept for it, else the sum of what is known of the units directly below
// on the last day of the year. False when nothing is known.
func (d *Directory) Headcount(_ context.Context, tenant, unit string, year int) (int, bool) {
	return d.read(tenant).headcount(unit, year, maxDepth)
}

func (s *state) headcount(unit string, year, depth int) (count int, known bool) {
	if h := s.headcounts[headcountKey{unit, year}]; h != nil {
		return h.Count, true
	}
	if depth == 0 {
		return 0, false
	}
	day := Date(fmt.Sprintf("%04d-12-31", year))
	for id, u := range s.units {
		if u.parentOn(day) == unit && unit != "" && !u.closed(day) {
			if n, ok := s.headcount(id, year, depth-1); ok {
				count, known = count+n, true
			}
		}
	}
	return count, known
}

// edit is a change under way: a copy of the state and which of its records are
// new.
type edit struct {
	*state
	limits  Limits
	now     int64
	today   Date
	touched map[string]bool
}

func (d *Directory) edit(s *state) *edit {
	return &edit{s.clone(), d.deps.Limits, d.deps.Now().UnixMicro(), d.Today(), make(map[string]bool)}
}

// change changes a tenant's directory by make, as one durable step. It is all
// there afterwards, or nothing of it. Errors: make's, those of Records, and
// ctx's, after which the change may have been made.
func (d *Directory) change(ctx context.Context, name string, make func(e *edit) error) error {
	if err := CheckTenant(name); err != nil {
		return err
	}
	t := d.tenant(name)
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	outcome := d.goOn(context.WithoutCancel(ctx), t, make)
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// goOn makes a change whose turn it is, however long its caller waits.
func (d *Directory) goOn(ctx context.Context, t *tenant, make func(e *edit) error) <-chan error {
	outcome := newOutcome()
	e := d.edit(t.state.Load())
	if err := e.run(make); err != nil || len(e.touched) == 0 {
		<-t.turn
		outcome <- err
		return outcome
	}
	go func() {
		defer func() { <-t.turn }()
		outcome <- d.keep(ctx, t, e)
	}()
	return outcome
}

func newOutcome() chan error { return make(chan error, 1) }

// run makes a change and checks what is about the whole.
func (e *edit) run(make func(e *edit) error) error {
	if err := make(e); err != nil {
		return err
	}
	switch {
	case len(e.people) > e.limits.People:
		return conflict("there cannot be more than %d people", e.limits.People)
	case len(e.units) > e.limits.Units:
		return conflict("there cannot be more than %d units", e.limits.Units)
	case len(e.groups) > e.limits.Groups:
		return conflict("there cannot be more than %d groups", e.limits.Groups)
	}
	for record := range e.touched {
		if record[:2] == recordUnit {
			return e.checkTree()
		}
	}
	return nil
}

// keep makes a change durable, then visible.
func (d *Directory) keep(ctx context.Context, t *tenant, e *edit) error {
	docs := make([]*documents.Document, 0, len(e.touched))
	versions := make([]*int64, 0, len(e.touched))
	for _, record := range slices.Sorted(maps.Keys(e.touched)) {
		doc := &documents.Document{Key: documents.Key{Shelf: shelf(t.name), ID: record}, Deleted: true}
		value, version := e.stored(record)
		if version != nil {
			content, err := json.Marshal(value)
			if err != nil {
				return err
			}
			if len(content) > maxRecord {
				return conflict("this would make a record larger than %d bytes", maxRecord)
			}
			doc.ContentType, doc.Content, doc.Deleted = contentType, content, false
		}
		docs, versions = append(docs, doc), append(versions, version)
	}
	if err := d.deps.Records.Replace(ctx, shelf(t.name), docs); err != nil {
		return err
	}
	for i, doc := range docs {
		if versions[i] != nil {
			*versions[i] = doc.Version
		}
		e.version = max(e.version, doc.Version)
	}
	t.state.Store(e.state)
	d.wake()
	return nil
}

// maxRecord bounds one record, in bytes.
const maxRecord = 4 << 20
