package attendance

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"lernspur/catalog"
	"lernspur/documents"
	"lernspur/statements"
)

// The states of a record.
const (
	Attended = "attended"
	Absent   = "absent"
)

// How attendance was recorded.
const (
	ByTrainer = "trainer"
	ByList    = "list"
	ByCode    = "code"
)

// Record is what is known of one learner at one session.
type Record struct {
	// ID is that of the record within its session; it tells nothing of the learner.
	ID      string          `json:"-"`
	Session uuid.UUID       `json:"session"`
	Learner catalog.Learner `json:"learner"`
	State   string          `json:"state"`
	// Minutes count; Completed tells that the course is completed by them.
	Minutes   int  `json:"minutes,omitempty"`
	Completed bool `json:"completed,omitempty"`
	// Registration is that of the learner for the course.
	Registration uuid.UUID `json:"registration,omitzero"`
	// Via is one of the ways above, By the id of a key or another word for whoever
	// recorded it, At when.
	Via string `json:"via"`
	By  string `json:"by,omitempty"`
	At  int64  `json:"at"`
	// Turn counts how often attendance was recorded.
	Turn int `json:"turn"`
	// Pending are statements that are not known to be stored.
	Pending json.RawMessage `json:"pending,omitempty"`
	// Problem says why statements were not stored, if they were refused.
	Problem string `json:"problem,omitempty"`
}

// RecordID is the id of a learner's (canonical identifier) record of any session.
func RecordID(learner string) string {
	sum := sha256.Sum256([]byte(learner))
	return hex.EncodeToString(sum[:16])
}

// Entry is what is to be recorded of a learner.
type Entry struct {
	Learner  catalog.Learner
	Attended bool
	// Minutes is for how long; 0: all that the session counts.
	Minutes int
}

// MaxEntries is how many can be recorded at once.
const MaxEntries = 5000

// parallel is how many are recorded at the same time: they share their writes to
// the log.
const parallel = 16

// Mark records who attended a session and who did not, by a trainer or by a list.
// Recording the same again changes nothing. Somebody who is said to be absent, or
// to have attended for another time, has earlier statements voided. What is
// answered is durable, in the order of the entries. Errors: catalog.ErrNotFound,
// *catalog.Invalid (nothing was recorded then; Field is entries[i]…),
// *catalog.Conflict, *catalog.Busy: some may be recorded, and all can be sent
// again.
func (s *Service) Mark(ctx context.Context, tenant string, session uuid.UUID, entries []Entry, via, by string) ([]*Record, error) {
	leave, err := s.gates.take(ctx, tenant+session.String(), one)
	if err != nil {
		return nil, err
	}
	defer leave()
	se, err := s.Session(ctx, tenant, session)
	if err != nil {
		return nil, err
	}
	c, err := s.deps.Catalog.Outline(ctx, tenant, se.Course)
	if err != nil {
		return nil, err
	}
	if c.Deleted && slices.ContainsFunc(entries, func(e Entry) bool { return e.Attended }) {
		return nil, catalog.ErrNotFound // only taking back is left
	}
	if err := Check(se, entries); err != nil {
		return nil, err
	}
	if err := s.noteOpen(ctx, se); err != nil {
		return nil, err
	}
	records := make([]*Record, len(entries))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, e := range entries {
		group.Go(func() (err error) {
			records[i], err = s.mark(groupCtx, se, c, e, via, by)
			return err
		})
	}
	return records, group.Wait()
}

// Check refuses what Mark refuses of entries, and completes their learners. Errors:
// *catalog.Invalid.
func Check(se *Session, entries []Entry) error {
	if len(entries) > MaxEntries {
		return &catalog.Invalid{Field: "entries", Message: fmt.Sprintf("these are more than %d", MaxEntries)}
	}
	seen := make(map[string]int, len(entries))
	for i := range entries {
		e := &entries[i]
		var invalid *catalog.Invalid
		l, err := e.Learner.Checked()
		switch {
		case errors.As(err, &invalid):
			return &catalog.Invalid{Field: fmt.Sprintf("entries[%d].%s", i, invalid.Field), Message: invalid.Message}
		case err != nil:
			return err
		case e.Minutes < 0 || e.Minutes > se.Minutes:
			return &catalog.Invalid{Field: fmt.Sprintf("entries[%d].minutes", i), Message: fmt.Sprintf("this is not a number of minutes up to %d, which the session has", se.Minutes)}
		}
		if before, there := seen[l.Identifier]; there {
			return &catalog.Invalid{Field: fmt.Sprintf("entries[%d].learner", i), Message: fmt.Sprintf("the same learner as entries[%d]", before)}
		}
		e.Learner, seen[l.Identifier] = l, i
	}
	return nil
}

// TakeBack takes the attendance of a record back. Taking it back twice is no error.
// Errors: catalog.ErrNotFound, *catalog.Busy.
func (s *Service) TakeBack(ctx context.Context, tenant string, session uuid.UUID, record, by string) error {
	r, err := read[Record](ctx, s.deps.Records, recordKey(tenant, session, record))
	if err != nil {
		return err
	}
	if r == nil {
		return catalog.ErrNotFound
	}
	_, err = s.Mark(ctx, tenant, session, []Entry{{Learner: r.Learner}}, ByTrainer, by)
	return err
}

// mark records one learner. The session's gate is held, and what is under way in it
// noted.
func (s *Service) mark(ctx context.Context, se *Session, c *catalog.Course, e Entry, via, by string) (*Record, error) {
	id := RecordID(e.Learner.Identifier)
	leave, err := s.locks.take(ctx, se.Tenant+se.ID.String()+id, everybody)
	if err != nil {
		return nil, err
	}
	defer leave()
	var registration uuid.UUID
	if e.Attended {
		r, err := s.deps.Catalog.Register(ctx, se.Tenant, se.Course, e.Learner, catalog.RegisterOptions{})
		if err != nil {
			return nil, err
		}
		registration = r.ID
	}
	r, err := change(ctx, s.deps.Records, recordKey(se.Tenant, se.ID, id), func(r *Record) (*Record, error) {
		return s.next(se, c, r, e, registration, via, by)
	})
	if err != nil {
		return nil, err
	}
	r.ID = id
	return s.settle(ctx, se.Tenant, r)
}

// next is the record with an entry in it; nil when it says so already.
func (s *Service) next(se *Session, c *catalog.Course, r *Record, e Entry, registration uuid.UUID, via, by string) (*Record, error) {
	if r == nil {
		r = &Record{Session: se.ID, Learner: e.Learner}
	} else if via == ByCode { // what is known already counts for more than a code
		if r.State == Absent {
			return nil, &catalog.Conflict{Message: "it is recorded that you were absent; the trainer can change that"}
		}
		return nil, nil
	}
	to := Record{State: Absent}
	if e.Attended {
		if to.State, to.Minutes = Attended, e.Minutes; to.Minutes == 0 {
			to.Minutes = se.Minutes
		}
		to.Completed = se.Completes && to.Minutes >= se.Least
	}
	if r.State == to.State && r.Minutes == to.Minutes && r.Completed == to.Completed {
		return nil, nil
	}
	now := s.now()
	var more []object
	if r.State == Attended {
		more = s.takenBack(se.Tenant, r, now)
	}
	r.State, r.Minutes, r.Completed, r.Via, r.By, r.At, r.Problem = to.State, to.Minutes, to.Completed, via, by, now, ""
	if r.State == Attended {
		r.Registration = registration
		r.Turn++
		more = append(more, s.said(se, c, r)...)
	}
	if len(more) == 0 {
		return r, nil
	}
	var err error
	r.Pending, err = with(r.Pending, more)
	return r, err
}

// settle stores what is pending of a record, brings the registration up to date,
// and notes that. Doing it again changes nothing. The record's lock is held.
func (s *Service) settle(ctx context.Context, tenant string, r *Record) (*Record, error) {
	if r.Pending == nil {
		return r, nil
	}
	problem, err := s.store(ctx, tenant, r.Pending)
	if err != nil {
		return nil, err
	}
	// What was said before is voided also when nothing could be said in its place.
	if r.Registration != uuid.Nil && (problem == "" || r.Turn > 1) {
		counts := *r
		if problem != "" {
			counts.State, counts.Minutes, counts.Completed = Absent, 0, false
		}
		if err := s.noteRegistration(ctx, tenant, &counts); err != nil {
			return nil, err
		}
	}
	id := r.ID
	r, err = change(ctx, s.deps.Records, recordKey(tenant, r.Session, id), func(now *Record) (*Record, error) {
		if now == nil || !bytes.Equal(now.Pending, r.Pending) {
			return nil, nil
		}
		if now.Pending, now.Problem = nil, problem; problem != "" {
			now.State, now.Minutes, now.Completed = Absent, 0, false
		}
		return now, nil
	})
	if err != nil {
		return nil, err
	}
	r.ID = id
	return r, nil
}

// store stores statements; problem says that they are refused for good. Those that
// void what was said before are stored even so: else it would go on to count beside
// what is said next.
func (s *Service) store(ctx context.Context, tenant string, array json.RawMessage) (problem string, err error) {
	err = s.deps.Recorder.Record(ctx, tenant, array)
	problem, known := s.refused(tenant, err)
	if !known {
		return "", err
	}
	var all []json.RawMessage
	if err := json.Unmarshal(array, &all); err != nil {
		return "", err
	}
	for _, one := range all {
		if problem != "" && !voids(one) {
			continue
		}
		err := s.deps.Recorder.Record(ctx, tenant, slices.Concat([]byte("["), one, []byte("]")))
		why, known := s.refused(tenant, err)
		if !known && err != nil {
			return "", err
		}
		problem = cmp.Or(problem, why)
	}
	return problem, nil
}

// refused tells whether an error stays however often it is tried. Where a statement
// was stored and has been deleted since, it stays so, and that is no problem.
func (s *Service) refused(tenant string, err error) (problem string, known bool) {
	var invalid *statements.Invalid
	var conflict *catalog.Conflict
	switch {
	case errors.As(err, &invalid):
		s.deps.Logger.Error("attendance is refused by a rule for statements", zap.String("tenant", tenant), zap.Error(err))
		return err.Error(), true
	case errors.As(err, &conflict):
		return "", true
	}
	return "", false
}

// noteRegistration makes the attempt of a registration that stands for the session
// what the record says.
func (s *Service) noteRegistration(ctx context.Context, tenant string, r *Record) error {
	item := catalog.AttendanceItem(r.Session.String())
	_, err := s.deps.Catalog.Note(ctx, tenant, r.Registration, func(reg *catalog.Registration) error {
		kept, completed := reg.Attempts[:0], false
		for _, a := range reg.Attempts {
			completed = completed || a.Attended() && a.Outcome == catalog.Completed && !a.Reset
			if a.Item != item || a.Reset {
				kept = append(kept, a)
			}
		}
		reg.Attempts = kept
		if r.State == Attended {
			a := catalog.Attempt{ID: statementID(tenant, r, r.Turn, "attended"), Item: item, Started: r.At, Ended: r.At, Outcome: Attended}
			if r.Completed {
				a.Outcome = catalog.Completed
			}
			reg.Attempts = append(reg.Attempts, a)
		}
		reg.State = stateOf(reg, completed)
		return nil
	})
	if errors.Is(err, catalog.ErrNotFound) {
		return nil
	}
	return err
}

// stateOf is the state of a registration whose attendance has changed: what content
// has said stays. completed tells that attendance had completed the course before.
func stateOf(reg *catalog.Registration, completed bool) string {
	switch {
	case reg.State == catalog.Passed || reg.State == catalog.Failed || reg.State == catalog.Satisfied,
		reg.State == catalog.Completed && !completed:
		return reg.State
	}
	state := catalog.NotStarted
	for _, a := range reg.Attempts {
		if a.Reset {
			continue
		}
		if a.Attended() && a.Outcome == catalog.Completed {
			return catalog.Completed
		}
		state = catalog.Started
	}
	return state
}

// Records are up to n records of a session, in an order that stays and means
// nothing, from the one behind after (empty: the first) on.
func (s *Service) Records(ctx context.Context, tenant string, session uuid.UUID, after string, n int) ([]*Record, error) {
	docs, err := s.deps.Records.List(ctx, documents.Range{Shelf: recordKey(tenant, session, "").Shelf, AfterID: after, Limit: n})
	if err != nil {
		return nil, err
	}
	list := make([]*Record, len(docs))
	for i, d := range docs {
		if list[i], err = decode[Record](d); err != nil {
			return nil, err
		}
		list[i].ID = d.ID
	}
	return list, nil
}

// Record is what is known of a learner (canonical identifier) at a session; nil for
// nothing.
func (s *Service) Record(ctx context.Context, tenant string, session uuid.UUID, learner string) (*Record, error) {
	id := RecordID(learner)
	r, err := read[Record](ctx, s.deps.Records, recordKey(tenant, session, id))
	if r != nil {
		r.ID = id
	}
	return r, err
}

func (s *Service) eachRecord(ctx context.Context, tenant string, session uuid.UUID, visit func(*Record) error) error {
	for after := ""; ; {
		list, err := s.Records(ctx, tenant, session, after, pageSize)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := visit(r); err != nil {
				return err
			}
			after = r.ID
		}
		if len(list) < pageSize {
			return nil
		}
	}
}
