package directory

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/store"
)

// Tables follow the directory, for joins with statements. They can be made anew
// from it at any time.
type Tables interface {
	// DirectoryRows reads all rows of a tenant, and the highest version of any.
	DirectoryRows(ctx context.Context, tenant string) (*store.DirectoryRows, int64, error)
	// PutDirectoryRows writes rows and takes out others.
	PutDirectoryRows(ctx context.Context, tenant string, version int64, put, gone *store.DirectoryRows) error
	// SetDirectoryCursor notes what the tables show.
	SetDirectoryCursor(ctx context.Context, tenant string, version int64, day string, written int64) error
	// Unassigned lists actors of statements that the tables do not have, the one
	// last seen first, n at most, behind after unless it is nil.
	Unassigned(ctx context.Context, tenant string, after *store.Unassigned, n int) ([]store.Unassigned, error)
	// KnownBySum lists mboxes among the actors that the tables have as an
	// mbox_sha1sum only.
	KnownBySum(ctx context.Context, tenant string, n int) ([]string, error)
}

// shown is what a tenant's tables show.
type shown struct {
	mu      sync.Mutex
	state   *state // nil: not known, the tables have to be read
	day     Date
	version int64         // of the rows last written
	news    chan struct{} // closed when state changes
}

// wake tells Run that something has changed.
func (d *Directory) wake() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// Run keeps the tables up to date until ctx ends.
func (d *Directory) Run(ctx context.Context) {
	if d.deps.Tables == nil {
		return
	}
	const pace = time.Minute // a new day is no change
	var learned time.Time
	for {
		pause := pace
		if err := d.CatchUp(ctx); err != nil && ctx.Err() == nil {
			d.deps.Logger.Warn("the tables of people are not brought up to date, trying again", zap.Error(err))
			pause = time.Second
		}
		if time.Since(learned) > learnEvery {
			d.learn(ctx)
			learned = time.Now()
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-d.changed:
			timer.Stop()
		}
	}
}

// CatchUp brings the tables of all tenants up to date. What they have is read
// first where it is not known: after a start, and after an error.
func (d *Directory) CatchUp(ctx context.Context) error {
	d.mu.Lock()
	tenants := slices.Collect(maps.Values(d.tenants))
	d.mu.Unlock()
	for _, t := range tenants {
		if err := d.project(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// Wait returns when the tables show what the directory has now.
func (d *Directory) Wait(ctx context.Context, tenant string) error {
	t := d.tenant(tenant)
	want := t.state.Load().version
	for {
		t.shown.mu.Lock()
		there := want == 0 || d.deps.Tables == nil || t.shown.state != nil && t.shown.state.version >= want
		if t.shown.news == nil {
			t.shown.news = make(chan struct{})
		}
		news := t.shown.news
		t.shown.mu.Unlock()
		if there {
			return nil
		}
		d.wake()
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Shown is the version of a tenant's directory that the tables show; 0 when that is
// not known.
func (d *Directory) Shown(tenant string) uint64 {
	t := d.tenant(tenant)
	t.shown.mu.Lock()
	defer t.shown.mu.Unlock()
	if t.shown.state == nil {
		return 0
	}
	return uint64(t.shown.state.version)
}

// project brings the tables of one tenant up to date. Only one goroutine does.
func (d *Directory) project(ctx context.Context, t *tenant) error {
	now, today := t.state.Load(), d.Today()
	t.shown.mu.Lock()
	before, day, version := t.shown.state, t.shown.day, t.shown.version
	t.shown.mu.Unlock()
	if before == now && day == today {
		return nil
	}
	var have, want *store.DirectoryRows
	if before == nil || day != today {
		var err error
		if have, version, err = d.deps.Tables.DirectoryRows(ctx, t.name); err != nil {
			return err
		}
		want = now.rows(today, nil)
	} else {
		have, want = before.rows(day, now.against(before)), now.rows(today, before.against(now))
	}
	version = max(version+1, d.deps.Now().UnixMicro())
	put, gone := difference(have, want)
	err := d.deps.Tables.PutDirectoryRows(ctx, t.name, version, put, gone)
	if err == nil {
		err = d.deps.Tables.SetDirectoryCursor(ctx, t.name, now.version, string(today), version)
	}
	t.shown.mu.Lock()
	defer t.shown.mu.Unlock()
	if err != nil {
		t.shown.state = nil // some rows may be there
		return err
	}
	t.shown.state, t.shown.day, t.shown.version = now, today, version
	if t.shown.news != nil {
		close(t.shown.news)
		t.shown.news = nil
	}
	return nil
}

// comparison is another state, and the units that lie elsewhere there at some time.
type comparison struct {
	*state
	moved map[string]bool
}

// against compares with another state, for the rows of that.
func (s *state) against(other *state) *comparison {
	c := &comparison{s, make(map[string]bool)}
	if maps.Equal(s.units, other.units) {
		return c
	}
	here, there := s.layout(), other.layout()
	for id, list := range here {
		if !slices.EqualFunc(list, there[id], func(a, b located) bool { return a.span == b.span && slices.Equal(a.path, b.path) }) {
			c.moved[id] = true
		}
	}
	return c
}

// layout is where all units lie over all time.
func (s *state) layout() map[string][]located {
	moves := s.moves()
	where := make(map[string][]located, len(s.units))
	for id := range s.units {
		where[id] = s.whereabouts(id, moves)
	}
	return where
}

// rows are the rows of a state as of a day; those that another state has from the
// same records may be left out. Nil is no other state.
func (s *state) rows(today Date, other *comparison) *store.DirectoryRows {
	rows := store.NewDirectoryRows()
	where := s.layout()
	for id, u := range s.units {
		for _, l := range where[id] {
			rows.Tree[store.UnitSpan{Unit: id, Since: string(l.from)}] = store.UnitRow{Until: string(l.until), Code: u.Code, Name: u.Name, Kind: u.Kind, Path: strings.Join(l.path, "/")}
		}
	}
	for id, p := range s.people {
		if other == nil || other.people[id] != p || slices.ContainsFunc(p.Memberships, func(m Membership) bool { return other.moved[m.Unit] }) {
			personRows(rows, p, where, today)
		}
	}
	for id, g := range s.groups {
		if other == nil || other.groups[id] != g {
			groupRows(rows, g)
		}
	}
	for key, h := range s.headcounts {
		if other == nil || other.headcounts[key] != h {
			rows.Headcounts[store.UnitYear{Unit: h.Unit, Year: h.Year}] = h.Count
		}
	}
	return rows
}

func personRows(rows *store.DirectoryRows, p *Person, where map[string][]located, today Date) {
	row := store.PersonRow{Person: p.ID, Name: p.Name, Unit: unitOn(p, today)}
	for _, l := range where[row.Unit] {
		if l.holds(today) {
			row.Path = strings.Join(l.path, "/")
		}
	}
	for _, key := range keysOf(p) {
		rows.Persons[key] = row
	}
	for _, m := range p.Memberships {
		for _, l := range where[m.Unit] {
			both := m.span().common(l.span)
			if !m.span().meets(l.span) {
				continue
			}
			rows.Units[store.PersonSpan{Person: p.ID, Since: string(both.from)}] = store.PersonUnit{Until: string(both.until), Unit: m.Unit, Path: strings.Join(l.path, "/")}
		}
	}
}

func groupRows(rows *store.DirectoryRows, g *Group) {
	whole := span{g.From, g.Until}
	for _, m := range g.Members {
		if !m.span().meets(whole) {
			continue
		}
		both := m.span().common(whole)
		rows.Groups[store.PersonGroup{Group: g.ID, Person: m.Person, Role: "member"}] = store.Days{Since: string(both.from), Until: string(both.until)}
	}
	for _, id := range g.Trainers {
		rows.Groups[store.PersonGroup{Group: g.ID, Person: id, Role: "trainer"}] = store.Days{Since: string(whole.from), Until: string(whole.until)}
	}
}

// difference is what has to be written, and what has to be taken out, so that the
// rows are those wanted.
func difference(have, want *store.DirectoryRows) (put, gone *store.DirectoryRows) {
	put, gone = &store.DirectoryRows{}, &store.DirectoryRows{}
	put.Persons, gone.Persons = differ(have.Persons, want.Persons)
	put.Units, gone.Units = differ(have.Units, want.Units)
	put.Groups, gone.Groups = differ(have.Groups, want.Groups)
	put.Tree, gone.Tree = differ(have.Tree, want.Tree)
	put.Headcounts, gone.Headcounts = differ(have.Headcounts, want.Headcounts)
	return put, gone
}

func differ[K, V comparable](have, want map[K]V) (put, gone map[K]V) {
	put, gone = make(map[K]V), make(map[K]V)
	for k, v := range want {
		if old, there := have[k]; !there || old != v {
			put[k] = v
		}
	}
	for k, v := range have {
		if _, still := want[k]; !still {
			gone[k] = v
		}
	}
	return put, gone
}
