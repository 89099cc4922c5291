package launch

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
)

// The doubles below produce what a real server cannot be made to on demand: an end
// between two steps, and outcomes that nobody knows.

// memory keeps records, and what was said to be stored.
type memory struct {
	mu       sync.Mutex
	records  map[documents.Sum]*documents.Document
	ids      map[string]int // of statements, and how often each was recorded
	failing  error          // of the next record
	refuse   error          // of every change
	asked    int            // for Stored
	structur *manifest.Item
}

func (m *memory) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return nil, m.refuse
	}
	next, err := change(m.records[key.Sum()])
	if err == nil {
		m.records[key.Sum()] = next
	}
	return next, err
}

func (m *memory) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[key.Sum()], nil
}

func (m *memory) Record(_ context.Context, _ string, array []byte) error {
	sts, err := m.Parse("default", array)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing; err != nil {
		m.failing = nil
		return err
	}
	for _, st := range sts {
		m.ids[st.ID.String()]++
	}
	return nil
}

func (m *memory) Parse(_ string, array []byte) ([]*statements.Statement, error) {
	return statements.Parse(array, statements.Options{Edition: statements.V1})
}

func (m *memory) Stored(_ context.Context, _ string, id uuid.UUID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	return m.ids[id.String()] > 0, nil
}

func (m *memory) Create(context.Context, Token) (string, error) { return "secret", nil }

func (m *memory) Registration(context.Context, string, uuid.UUID) (*catalog.Registration, error) {
	return nil, catalog.ErrNotFound
}

func (m *memory) Note(context.Context, string, uuid.UUID, func(*catalog.Registration) error) (*catalog.Registration, error) {
	return nil, catalog.ErrNotFound
}

func (m *memory) Version(context.Context, string, string, int) (*catalog.Course, *catalog.Version, error) {
	c := m.course()
	return c, &c.Versions[0], nil
}

func (m *memory) course() *catalog.Course {
	return &catalog.Course{ID: "fire", Activity: "https://lrs.example/courses/fire", Versions: []catalog.Version{{
		Number: 1, Manifest: &manifest.Package{Kind: manifest.Cmi5, Structure: []*manifest.Item{m.structur}},
	}}}
}

// bench is a Service over a memory, with a session that is initialized.
type bench struct {
	t *testing.T
	*memory
	*Service
	now    time.Time
	launch *catalog.Launch
}

func newBench(t *testing.T) *bench {
	t.Helper()
	au := &manifest.Item{Type: manifest.AU, ID: publisher, MoveOn: moveOnCompleted, Launch: &manifest.Launch{URL: "https://content.example/"}}
	b := &bench{t: t, now: time.UnixMicro(1_750_000_000_000_000), memory: &memory{
		records: make(map[documents.Sum]*documents.Document), ids: make(map[string]int),
		structur: &manifest.Item{Type: manifest.Course, ID: "https://publisher.example/course", Children: []*manifest.Item{au}},
	}}
	b.launch = &catalog.Launch{ID: sessionID, Tenant: "t", Course: "fire", Version: 1, Registration: registration, Created: b.now.UnixMicro(), Expires: b.now.Add(1000 * time.Hour).UnixMicro(),
		Learner: catalog.Learner{Actor: json.RawMessage(`{"account":{"homePage":"https://town.example","name":"1625378"}}`)}}
	b.restart()
	return b
}

// restart forgets everything that is in memory only.
func (b *bench) restart() {
	b.now = b.now.Add(time.Second)
	b.Service = New(Options{Records: b.memory, Statements: b.memory, Keys: b.memory, Catalog: b.memory, Now: func() time.Time { return b.now }})
}

func (b *bench) open() error {
	_, err := b.URL(b.t.Context(), b.launch, b.course(), b.structur.Children[0])
	return err
}

func (b *bench) holder() *Holder { return b.Holder(keyPrefix+sessionID.String(), "t", registration) }

// begun opens the AU and initializes it.
func (b *bench) begun() *bench {
	b.t.Helper()
	if err := b.open(); err != nil {
		b.t.Fatal(err)
	}
	if err := b.holder().Reading(b.t.Context(), documents.Key{Shelf: documents.Shelf{Kind: documents.AgentProfile}, ID: preferencesID}); err != nil {
		b.t.Fatal(err)
	}
	if err := b.say(b.statement(verbInitialized), b.store); err != nil {
		b.t.Fatal(err)
	}
	return b
}

// statement is a cmi5 defined statement as it comes out of the parser.
func (b *bench) statement(verb string) *statements.Statement {
	b.t.Helper()
	m := &maker{course: b.course(), registration: registration, actor: json.RawMessage(`{"account":{"homePage":"https://town.example","name":"1625378"}}`), at: b.now.UnixMicro()}
	st := m.made(verb, b.structur.Children[0], sessionID, verb == verbCompleted)
	if verb == verbCompleted {
		st["result"] = object{"completion": true, "duration": "PT1S"}
	}
	text, _ := json.Marshal(st)
	sts, err := b.Parse("default", text)
	if err != nil {
		b.t.Fatal(err)
	}
	return sts[0]
}

type commits = func(context.Context, []*statements.Statement) error

func (b *bench) say(st *statements.Statement, commit commits) error {
	return b.holder().Commit(b.t.Context(), []*statements.Statement{st}, commit)
}

// store is a commit that works.
func (b *bench) store(_ context.Context, sts []*statements.Statement) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, st := range sts {
		b.ids[st.ID.String()]++
	}
	return nil
}

func (b *bench) satisfied() bool {
	state, err := b.current(b.t.Context(), place{"t", registration})
	if err != nil {
		b.t.Fatal(err)
	}
	return len(state.Satisfied) == 1
}

var errCut = errors.New("cut off")

// TestRefusedCommit: what the commit path refuses was never said.
func TestRefusedCommit(t *testing.T) {
	b := newBench(t).begun()
	completed := b.statement(verbCompleted)
	if err := b.say(completed, func(context.Context, []*statements.Statement) error { return errCut }); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	if b.satisfied() {
		t.Error("the State counts on what was refused")
	}
	if err := b.say(b.statement(verbCompleted), b.store); err != nil || !b.satisfied() {
		t.Errorf("another one afterwards: %v", err)
	}
}

// TestLostOutcome: a commit of which nobody knows the outcome is looked up before
// the next statement is judged.
func TestLostOutcome(t *testing.T) {
	uncertain := func(b *bench, stored bool) commits {
		return func(ctx context.Context, sts []*statements.Statement) error {
			if stored {
				_ = b.store(ctx, sts)
			}
			return ErrUncertain
		}
	}
	t.Run("it was stored", func(t *testing.T) {
		b := newBench(t).begun()
		completed := b.statement(verbCompleted)
		if err := b.say(completed, uncertain(b, true)); !errors.Is(err, ErrUncertain) {
			t.Fatal(err)
		}
		if err := b.say(completed, b.store); err != nil {
			t.Errorf("sent again: %v", err)
		}
		var refused *Refused
		if err := b.say(b.statement(verbCompleted), b.store); !errors.As(err, &refused) || !b.satisfied() {
			t.Errorf("another one: %v", err)
		}
	})
	t.Run("it may still be under way", func(t *testing.T) {
		b := newBench(t).begun()
		if err := b.say(b.statement(verbCompleted), uncertain(b, false)); !errors.Is(err, ErrUncertain) {
			t.Fatal(err)
		}
		var busy *Busy
		if err := b.say(b.statement(verbTerminated), b.store); !errors.As(err, &busy) {
			t.Errorf("judged on no ground: %v", err)
		}
		b.now = b.now.Add(doubt)
		if err := b.say(b.statement(verbCompleted), b.store); err != nil || !b.satisfied() {
			t.Errorf("after that time: %v", err)
		}
	})
}

// TestEndBetween: the process ends after the State was kept, before or after the
// statements were.
func TestEndBetween(t *testing.T) {
	for name, stored := range map[string]bool{"before the commit": false, "after the commit": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t).begun()
			completed := b.statement(verbCompleted)
			func() {
				defer func() { _ = recover() }()
				_ = b.say(completed, func(ctx context.Context, sts []*statements.Statement) error {
					if stored {
						_ = b.store(ctx, sts)
					}
					panic("the process ends here")
				})
			}()
			b.restart()
			if got := b.satisfied(); got != stored {
				t.Errorf("satisfied is %v", got)
			}
			if err := b.say(completed, b.store); err != nil {
				t.Errorf("the client sends it again: %v", err)
			}
			if !b.satisfied() {
				t.Error("it is not satisfied in the end")
			}
		})
	}
}

// TestLaunchGoesOn: a launch whose statements could not be stored is finished
// before anything else is done, and they are stored once.
func TestLaunchGoesOn(t *testing.T) {
	b := newBench(t)
	b.failing = &Busy{Reason: "full"}
	if err := b.open(); err == nil {
		t.Fatal("it was opened without launched")
	}
	b.restart()
	b.launch.Created++
	if err := b.open(); err != nil {
		t.Fatal(err)
	}
	// launched, abandoned, launched
	if len(b.ids) != 3 {
		t.Errorf("%d statements are stored, want 3", len(b.ids))
	}
	for id, n := range b.ids {
		if n != 1 {
			t.Errorf("%s was stored %d times", id, n)
		}
	}
}

// TestManyRegistrations: what nobody uses makes room.
func TestManyRegistrations(t *testing.T) {
	b := &board{entries: make(map[place]*entry), room: 10}
	used := b.take(place{"t", uuid.New()})
	for range 100 {
		b.leave(b.take(place{"t", uuid.New()}))
	}
	if len(b.entries) > 11 {
		t.Errorf("%d entries are kept", len(b.entries))
	}
	found := false
	for _, e := range b.entries {
		found = found || e == used
	}
	if !found {
		t.Error("one in use was removed")
	}
}

func TestWithQuery(t *testing.T) {
	tests := []struct{ address, want string }{
		{"https://x.example/a", "https://x.example/a?n=a%20b%26"}, {"https://x.example/a?b=c", "https://x.example/a?b=c&n=a%20b%26"},
		{"https://x.example/a#top", "https://x.example/a?n=a%20b%26#top"}, {"https://x.example/a?b#?", "https://x.example/a?b&n=a%20b%26#?"},
	}
	for _, test := range tests {
		if got := withQuery(test.address, [2]string{"n", "a b&"}); got != test.want {
			t.Errorf("%s: %s, want %s", test.address, got, test.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for micros, want := range map[int64]string{0: "PT0S", 1_500_000: "PT1.5S", 3_723_019_999: "PT3723.01S"} {
		if got := duration(micros); got != want {
			t.Errorf("%d: %s, want %s", micros, got, want)
		}
	}
}
