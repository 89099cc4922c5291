package evaluation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"lernspur/documents"
)

// Records keeps the records of the settings durably. Errors: *Busy, and others that
// are internal.
type Records interface {
	// Load calls yield with the newest version of every record of every tenant,
	// with everything that was acknowledged before.
	Load(ctx context.Context, yield func(*documents.Document) error) error
	// Replace makes new versions of records of one tenant durable, all or none. It
	// takes as long as it takes: what became of them is known when it returns.
	Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error
}

// Dependencies are what a Service needs.
type Dependencies struct {
	Records Records
	Now     func() time.Time // nil: time.Now
}

// Service knows the settings of all tenants. It has them in memory; a change is
// durable before anybody sees it, and holds from then on for everything that is
// asked. Only one process may have the records. It is safe for concurrent use.
type Service struct {
	deps Dependencies

	turn    chan struct{} // held by who changes something
	reading sync.Mutex    // held by who reads everything

	mu      sync.RWMutex
	tenants map[string]*tenant
	// stale: it is not known what became of a change, so all is read anew before
	// anything else is said.
	stale bool
}

// tenant is what is known of a tenant. Nobody changes it: a change makes another.
type tenant struct {
	state   State
	changes []Change // the first first
}

// State is what holds in a tenant, and since when.
type State struct {
	Settings
	// Ground is that of the evaluation as a whole: law, works agreement.
	Ground string
	// Switches are in the order of Switches.
	Switches []Standing
}

// Standing is a switch, and who brought it about. Since is 0 for what nobody has
// changed yet.
type Standing struct {
	Switch Switch
	On     bool
	Ground string
	Since  int64 // microseconds since 1970
	By     string
}

// Change is one that was made. Switch is empty for the ground of the whole.
type Change struct {
	Number int64  `json:"number"` // from 1 on
	At     int64  `json:"at"`     // microseconds since 1970
	By     string `json:"by"`
	Switch Switch `json:"switch,omitempty"`
	On     bool   `json:"on"`
	Ground string `json:"ground,omitempty"`
}

// Edit is what is to be of a switch; with an empty Switch, the ground of the
// evaluation as a whole.
type Edit struct {
	Switch Switch
	On     bool
	Ground string
}

// maxGround bounds the text of a ground, in bytes.
const maxGround = 16_000

// Open reads everything there is.
func Open(ctx context.Context, deps Dependencies) (*Service, error) {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	s := &Service{deps: deps, turn: make(chan struct{}, 1), stale: true}
	return s, s.read(ctx)
}

// changeRecord begins the ids of the records of changes; their numbers follow.
const changeRecord = "c/"

func shelf(name string) documents.Shelf {
	return documents.Shelf{Tenant: name, Kind: documents.Evaluation}
}

// read reads all tenants. What holds follows from the changes alone, so there is
// nothing beside them that could say otherwise.
func (s *Service) read(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.mu.RLock()
	stale := s.stale
	s.mu.RUnlock()
	if !stale { // somebody else has read it meanwhile
		return nil
	}
	all := map[string]map[int64]Change{}
	err := s.deps.Records.Load(ctx, func(d *documents.Document) error {
		if d.Deleted || !strings.HasPrefix(d.ID, changeRecord) {
			return nil
		}
		var c Change
		if err := json.Unmarshal(d.Content, &c); err != nil {
			return fmt.Errorf("a change of what is evaluated (%q) cannot be read: %w", d.ID, err)
		}
		if all[d.Tenant] == nil {
			all[d.Tenant] = map[int64]Change{}
		}
		all[d.Tenant][c.Number] = c
		return nil
	})
	if err != nil {
		return err
	}
	tenants := make(map[string]*tenant, len(all))
	for name, changes := range all {
		t := &tenant{}
		for n := int64(1); n <= int64(len(changes)); n++ {
			c, ok := changes[n]
			if !ok {
				return fmt.Errorf("of the changes of what is evaluated in %q number %d is missing", name, n)
			}
			t = t.with(c)
		}
		tenants[name] = t
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants, s.stale = tenants, false
	return nil
}

// with is t after a change.
func (t *tenant) with(c Change) *tenant {
	next := &tenant{state: t.state.copied(), changes: append(t.changes[:len(t.changes):len(t.changes)], c)}
	next.state.Version = c.Number
	if c.Switch == "" {
		next.state.Ground = c.Ground
		return next
	}
	next.state.Settings = next.state.With(c.Switch, c.On)
	for i := range next.state.Switches {
		if next.state.Switches[i].Switch == c.Switch {
			next.state.Switches[i] = Standing{c.Switch, c.On, c.Ground, c.At, c.By}
		}
	}
	return next
}

// copied is a State that shares nothing with s, with all switches.
func (s State) copied() State {
	list := make([]Standing, len(Switches))
	for i, sw := range Switches {
		list[i].Switch = sw
		if i < len(s.Switches) {
			list[i] = s.Switches[i]
		}
	}
	s.Switches = list
	return s
}

// tenant is what is known of one.
func (s *Service) tenant(ctx context.Context, name string) (*tenant, error) {
	s.mu.RLock()
	t, stale := s.tenants[name], s.stale
	s.mu.RUnlock()
	if stale {
		if err := s.read(ctx); err != nil {
			return nil, err
		}
		s.mu.RLock()
		t = s.tenants[name]
		s.mu.RUnlock()
	}
	if t == nil {
		t = &tenant{}
	}
	return t, nil
}

// Of answers the settings of a tenant. What cannot be known is an error, never a
// switch that is on.
func (s *Service) Of(ctx context.Context, name string) (Settings, error) {
	t, err := s.tenant(ctx, name)
	if err != nil {
		return Settings{}, err
	}
	return t.state.Settings, nil
}

// State answers what holds in a tenant, with who brought it about and why.
func (s *Service) State(ctx context.Context, name string) (State, error) {
	t, err := s.tenant(ctx, name)
	if err != nil {
		return State{}, err
	}
	return t.state.copied(), nil
}

// History answers the changes in a tenant, the latest first: those before the number
// before, n at most. 0 is from the end.
func (s *Service) History(ctx context.Context, name string, before int64, n int) ([]Change, error) {
	t, err := s.tenant(ctx, name)
	if err != nil {
		return nil, err
	}
	list := []Change{}
	for i := len(t.changes) - 1; i >= 0 && len(list) < n; i-- {
		if before == 0 || t.changes[i].Number < before {
			list = append(list, t.changes[i])
		}
	}
	return list, nil
}

// Change makes changes, all or none, and answers what holds then. Edits that change
// nothing leave no trace. version is that of the settings which they were decided
// on; -1: of any. by is who makes them. Errors: *Invalid, ErrChanged, *Busy.
func (s *Service) Change(ctx context.Context, name, by string, version int64, edits []Edit) (State, error) {
	for i := range edits {
		if err := edits[i].check(); err != nil {
			return State{}, err
		}
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return State{}, ctx.Err()
	}
	defer func() { <-s.turn }()
	t, err := s.tenant(ctx, name)
	if err != nil {
		return State{}, err
	}
	if version >= 0 && version != t.state.Version {
		return State{}, ErrChanged
	}
	now := s.deps.Now().UnixMicro()
	var docs []*documents.Document
	next := t
	for _, e := range edits {
		if next.state.has(e) {
			continue
		}
		c := Change{Number: next.state.Version + 1, At: now, By: by, Switch: e.Switch, On: e.On, Ground: e.Ground}
		content, err := json.Marshal(c)
		if err != nil {
			return State{}, err
		}
		doc := &documents.Document{ContentType: "application/json", Content: content}
		doc.ID = fmt.Sprintf("%s%012d", changeRecord, c.Number)
		docs, next = append(docs, doc), next.with(c)
	}
	return next.state.copied(), s.keep(ctx, name, next, docs)
}

// recordTime is how long a change may take.
const recordTime = time.Minute

// keep makes a change durable, then lets it hold. It goes on without who asked for
// it, as what becomes of it has to be known here.
func (s *Service) keep(ctx context.Context, name string, next *tenant, docs []*documents.Document) error {
	if len(docs) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	err := s.deps.Records.Replace(ctx, shelf(name), docs)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.stale = true
		return err
	}
	s.tenants[name] = next
	return nil
}

// has tells whether an edit changes nothing.
func (s State) has(e Edit) bool {
	if e.Switch == "" {
		return s.Ground == e.Ground
	}
	for _, one := range s.Switches {
		if one.Switch == e.Switch {
			return one.On == e.On && one.Ground == e.Ground
		}
	}
	return !e.On && e.Ground == ""
}

// check tidies an edit up, and refuses what cannot be.
func (e *Edit) check() error {
	field := "ground"
	if e.Switch != "" {
		if field = string(e.Switch); !Known(e.Switch) {
			return invalid("switch", "there is no switch %q; there are %s", shortened(string(e.Switch)), list(Switches))
		}
	}
	e.Ground = strings.TrimSpace(strings.ReplaceAll(e.Ground, "\r\n", "\n"))
	switch {
	case len(e.Ground) > maxGround:
		return invalid(field, "the ground is longer than %d bytes", maxGround)
	case !utf8.ValidString(e.Ground) || strings.ContainsFunc(e.Ground, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return invalid(field, "the ground has characters that are no text")
	case e.Switch != "" && e.On && e.Ground == "":
		return invalid(field, "what is switched on needs a ground: the works agreement, the consent or the law that allows it")
	}
	return nil
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func list(switches []Switch) string {
	names := make([]string, len(switches))
	for i, sw := range switches {
		names[i] = string(sw)
	}
	return strings.Join(names, ", ")
}
