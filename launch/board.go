package launch

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"lernspur/documents"

	"github.com/google/uuid"
)

// place names a registration; for a preview, which has none, its id is that of
// the launch.
type place struct {
	tenant       string
	registration uuid.UUID
}

func (p place) key() documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: p.tenant, Kind: documents.Cmi5}, Registration: p.registration, ID: "state"}
}

// entry is what is in memory of a registration.
type entry struct {
	// lock is held by whoever changes the State, until what it says is durable.
	lock chan struct{}
	// state is nil while it was not read; none stands for there being none.
	state atomic.Pointer[State]
	users int // under board.mu
	used  int64
	// last is when the AU said something last, beyond what the State has.
	last atomic.Int64
}

// none is the State of a registration of which nothing is known.
var none = &State{}

// board has the entries of registrations that are in use, and of others as long
// as there is room.
type board struct {
	mu      sync.Mutex
	entries map[place]*entry
	room    int // how many entries there are at most, of those that nobody uses
	clock   int64
}

// take finds or makes an entry, which stays until it is left.
func (b *board) take(p place) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[p]
	if e == nil {
		if len(b.entries) >= b.room {
			b.thin()
		}
		e = &entry{lock: make(chan struct{}, 1)}
		b.entries[p] = e
	}
	b.clock++
	e.users, e.used = e.users+1, b.clock
	return e
}

// known is the State of an entry that is there; nil when it is not, or was not
// read. It makes no entry.
func (b *board) known(p place) *State {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entries[p]; e != nil {
		return e.state.Load()
	}
	return nil
}

func (b *board) leave(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.users--
}

// thin removes the older half of the entries that nobody uses.
func (b *board) thin() {
	line := b.clock - int64(b.room/2)
	for p, e := range b.entries {
		if e.users == 0 && e.used <= line {
			delete(b.entries, p)
		}
	}
}

const (
	// lockTime is how long a request waits for others on its registration.
	lockTime = 30 * time.Second
	// workTime bounds what goes on although its client has left.
	workTime = time.Minute
)

// detached is for what has to come to its end although its client has left.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), workTime)
}

// locked runs something while nothing else changes the registration.
func (s *Service) locked(ctx context.Context, p place, run func(e *entry, state *State) error) error {
	e := s.board.take(p)
	defer s.board.leave(e)
	waiting, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	select {
	case e.lock <- struct{}{}:
	case <-waiting.Done():
		return &Busy{Reason: "others are using this registration"}
	}
	defer func() { <-e.lock }()
	state, err := s.settled(ctx, p, e)
	if err != nil {
		return err
	}
	return run(e, state)
}

// current is the State as it is now; nil when there is none.
func (s *Service) current(ctx context.Context, p place) (state *State, err error) {
	e := s.board.take(p)
	defer s.board.leave(e)
	if state = e.state.Load(); state != nil && state.Pending == nil {
		return state.orNil(), nil
	}
	err = s.locked(ctx, p, func(_ *entry, now *State) error { state = now; return nil })
	return state, err
}

func (s *State) orNil() *State {
	if s == none {
		return nil
	}
	return s
}

// read reads the State; none when there is none.
func (s *Service) read(ctx context.Context, p place) (*State, error) {
	d, err := s.opts.Records.Document(ctx, p.key())
	if err != nil || d == nil {
		return none, err
	}
	state := new(State)
	if err := json.Unmarshal(d.Content, state); err != nil {
		return nil, fmt.Errorf("launch: the record of registration %s: %w", p.registration, err)
	}
	return state, nil
}

// peek is the State as it was a moment ago, pending or not, without an entry for
// it; never nil without an error.
func (s *Service) peek(ctx context.Context, p place) (*State, error) {
	if state := s.board.known(p); state != nil {
		return state, nil
	}
	return s.read(ctx, p)
}

// settled reads the State, if need be, and finds out what became of what was
// pending. The lock is held.
func (s *Service) settled(ctx context.Context, p place, e *entry) (*State, error) {
	state := e.state.Load()
	if state == nil {
		var err error
		if state, err = s.read(ctx, p); err != nil {
			return nil, err
		}
		e.state.Store(state)
	}
	if state.Pending == nil {
		return state.orNil(), nil
	}
	return s.settle(ctx, p, e, state)
}

// doubt is how long a commit of which nobody knows the outcome can still be under
// way.
const doubt = 2 * time.Minute

// settle goes on from a State whose statements may be stored or not.
func (s *Service) settle(ctx context.Context, p place, e *entry, state *State) (*State, error) {
	pending := state.Pending
	if pending.Theirs == uuid.Nil {
		if err := s.opts.Statements.Record(ctx, p.tenant, pending.Ours); err != nil {
			return nil, err
		}
		return s.keep(ctx, p, e, state.clone())
	}
	// All of them were committed together, so one tells.
	stored, err := s.opts.Statements.Stored(ctx, p.tenant, pending.Theirs)
	switch {
	case err != nil:
		return nil, err
	case stored:
		return s.keep(ctx, p, e, state.clone())
	case pending.Since >= s.started && s.now()-pending.Since < doubt.Microseconds():
		return nil, &Busy{RetryAfter: 5 * time.Second, Reason: "it is not known yet what became of the statements before"}
	}
	before := none
	if pending.Before != nil {
		before = pending.Before
	}
	return s.keep(ctx, p, e, before.clone())
}

// keep makes a State durable. The lock is held.
func (s *Service) keep(ctx context.Context, p place, e *entry, next *State) (*State, error) {
	content, err := json.Marshal(next)
	if err != nil {
		return nil, err
	}
	_, err = s.opts.Records.Change(ctx, p.key(), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{ContentType: "application/json", Content: content}, nil
	})
	if err != nil {
		e.state.Store(nil) // the next one reads what there is
		return nil, err
	}
	e.state.Store(next)
	return next, nil
}
