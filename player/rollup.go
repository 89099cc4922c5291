package player

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// standing is what is known of a registration's items: Registration.Data.
type standing struct {
	Items map[string]itemStanding `json:"items,omitempty"`
	// Told are the statements about the course that there are, by the last part of
	// the verb.
	Told map[string]told `json:"told,omitempty"`
}

type itemStanding struct {
	Completed *bool  `json:"completed,omitempty"`
	Success   *bool  `json:"success,omitempty"`
	Scaled    string `json:"scaled,omitempty"`
}

// told is the commit that a statement about the course came from, and when.
type told struct {
	Session uuid.UUID `json:"session"`
	Commit  int64     `json:"commit"`
	At      int64     `json:"at"`
}

func readStanding(reg *catalog.Registration) standing {
	var s standing
	if len(reg.Data) > 0 {
		_ = json.Unmarshal(reg.Data, &s) // what another kind of package left
	}
	if s.Items == nil {
		s.Items = map[string]itemStanding{}
	}
	if s.Told == nil {
		s.Told = map[string]told{}
	}
	return s
}

// noteOpened writes a new attempt into the registration.
func (p *Player) noteOpened(ctx context.Context, pl play, rec *record) error {
	_, err := p.opts.Catalog.Note(ctx, pl.launch.Tenant, pl.launch.Registration, func(reg *catalog.Registration) error {
		attemptIn(reg, pl, rec.Attempt, rec.Started)
		if reg.State == catalog.NotStarted || reg.State == "" {
			reg.State = catalog.Started
		}
		return nil
	})
	return err
}

// attemptIn is an attempt in the registration, which gets it where it is missing;
// nil when it is of before a Reset, or one too many: then it is not listed, and all
// that is said in it counts as ever.
func attemptIn(reg *catalog.Registration, pl play, id uuid.UUID, started int64) *catalog.Attempt {
	if reg.Resets != pl.launch.Resets {
		return nil
	}
	for i := range reg.Attempts {
		if reg.Attempts[i].ID == id {
			return &reg.Attempts[i]
		}
	}
	if len(reg.Attempts) >= catalog.MaxAttempts {
		return nil
	}
	reg.Attempts = append(reg.Attempts, catalog.Attempt{ID: id, Item: pl.item.ID, Started: started})
	return &reg.Attempts[len(reg.Attempts)-1]
}

// noteCommitted writes what a commit changed into the registration, and answers
// what it means for the course. Doing it again answers the same.
func (p *Player) noteCommitted(ctx context.Context, pl play, rec *record) ([]Statement, error) {
	if !recorded(pl.launch) || len(rec.Pending) == 0 {
		return nil, nil // nothing has come to light
	}
	t := &translation{Session: p.session(pl, rec), after: rec.Data, v12: pl.kind == manifest.SCORM12}
	t.Said, t.Commit = rec.Said, rec.Commit
	now := t.verdict(rec.Data)
	score := t.scores(rec.Data)
	due, err := p.noteStanding(ctx, pl, t, func(reg *catalog.Registration, s standing) {
		s.Items[pl.item.ID] = s.Items[pl.item.ID].with(now, score, t.v12)
		if a := attemptIn(reg, pl, rec.Attempt, rec.Started); a != nil {
			noteAttempt(a, now, score)
			a.Ended = 0
			if rec.Ended {
				a.Ended = t.At.UnixMicro()
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		t.At = time.UnixMicro(d.at)
		t.add(d.word, "course", t.Course, d.result, false)
	}
	return t.all, nil
}

// noteStanding writes what edit says about the attempts and items of a registration
// into it, and answers which statements about the course that brings about. What is
// of before a Reset changes nothing.
func (p *Player) noteStanding(ctx context.Context, pl play, t *translation, edit func(*catalog.Registration, standing)) (due []courseVerdict, err error) {
	m := versionOf(pl.launch, pl.course).Manifest
	_, err = p.opts.Catalog.Note(ctx, pl.launch.Tenant, pl.launch.Registration, func(reg *catalog.Registration) error {
		due = nil
		if reg.Resets != pl.launch.Resets {
			return nil
		}
		s := readStanding(reg)
		edit(reg, s)
		due = s.courseVerdicts(m, t)
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		reg.Data = data
		reg.State = s.state(m, reg.State)
		return nil
	})
	return due, err
}

func (i itemStanding) with(v verdict, score *Score, passing bool) itemStanding {
	if v.completion != nil {
		i.Completed = v.completion
	}
	if v.success != nil {
		i.Success = v.success
		if passing && *v.success {
			// SCORM 1.2 has one status for both, H5P one event: who has passed is done.
			i.Completed = ptr(true)
		}
	}
	if score != nil {
		i.Scaled = string(score.Scaled)
	}
	return i
}

func noteAttempt(a *catalog.Attempt, v verdict, score *Score) {
	switch {
	case is(v.success, true):
		a.Outcome = catalog.Passed
	case is(v.success, false):
		a.Outcome = catalog.Failed
	case is(v.completion, true):
		a.Outcome = catalog.Completed
	}
	if score != nil {
		if _, value, ok := number(string(score.Scaled)); ok {
			a.Score = &value
		}
	}
}

// courseVerdict is a statement about the course that is due.
type courseVerdict struct {
	word   string
	result *Result
	at     int64
}

// units are the items that a course consists of: those that can be opened and
// report something. Where there are none, assets count.
func units(m *manifest.Package) (all []string) {
	var assets []string
	for item := range m.Items() {
		switch {
		case item.Launch == nil:
		case item.SCO || item.Type == manifest.Content:
			all = append(all, item.ID)
		default:
			assets = append(assets, item.ID)
		}
	}
	if len(all) == 0 {
		return assets
	}
	return all
}

// rollup is what the units say about the course together: it is completed when
// all are, failed when one is, passed when all that said something have passed and
// the course is completed.
func (s standing) rollup(m *manifest.Package) (v verdict, scaled string) {
	all := units(m)
	done := len(all) > 0
	var success *bool
	for _, id := range all {
		i := s.Items[id]
		done = done && is(i.Completed, true)
		if i.Success != nil {
			success = ptr(*i.Success && (success == nil || *success))
		}
	}
	if done {
		v.completion = ptr(true)
	}
	if is(success, false) || is(success, true) && done {
		v.success = success
	}
	if len(all) == 1 {
		scaled = s.Items[all[0]].Scaled
	}
	return v, scaled
}

// courseVerdicts are the statements about the course that this commit brings
// about, also when it is looked at again.
func (s standing) courseVerdicts(m *manifest.Package, t *translation) (due []courseVerdict) {
	v, scaled := s.rollup(m)
	say := func(word string, r *Result, unless string) {
		before, there := s.Told[word]
		if there && before.Session == t.ID && before.Commit == t.Commit {
			due = append(due, courseVerdict{word, r, before.At})
			return
		}
		if there {
			return
		}
		delete(s.Told, unless)
		s.Told[word] = told{t.ID, t.Commit, t.At.UnixMicro()}
		due = append(due, courseVerdict{word, r, t.At.UnixMicro()})
	}
	if is(v.completion, true) {
		say(completed, &Result{Completion: v.completion}, "")
	}
	if v.success != nil {
		r := &Result{Success: v.success}
		if scaled != "" {
			r.Score = &Score{Scaled: json.Number(scaled)}
		}
		if *v.success {
			say(passed, r, failed)
		} else {
			say(failed, r, passed)
		}
	}
	return due
}

// state is the state of a registration: a verdict goes before mere completion.
func (s standing) state(m *manifest.Package, before string) string {
	v, _ := s.rollup(m)
	switch {
	case is(v.success, true):
		return catalog.Passed
	case is(v.success, false):
		return catalog.Failed
	case is(v.completion, true):
		return catalog.Completed
	case before == catalog.NotStarted || before == "":
		return catalog.Started
	}
	return before
}
