package player

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// record is what is kept of the current attempt of a learner at an item.
type record struct {
	Attempt uuid.UUID `json:"attempt"`
	// Number counts the attempts at the item from 1.
	Number  int   `json:"number"`
	Started int64 `json:"started"`

	// Session is the time between an opening of the item and its end. Commit is
	// the number of its last commit that was taken.
	Session uuid.UUID `json:"session"`
	Commit  int64     `json:"commit"`
	// Resumed tells how the session began, Live that content called Initialize in
	// it, Ended that it is over. Begun tells that the attempt was Live once.
	Resumed bool `json:"resumed,omitempty"`
	Begun   bool `json:"begun,omitempty"`
	Live    bool `json:"live,omitempty"`
	Ended   bool `json:"ended,omitempty"`

	// First and Last are when commits of the session arrived, in microseconds.
	First int64 `json:"first,omitempty"`
	Last  int64 `json:"last,omitempty"`

	// Total is how long the sessions before took together.
	Total time.Duration   `json:"total,omitempty"`
	Data  CMI             `json:"data,omitempty"`
	Said  map[string]bool `json:"said,omitempty"`
	Told  map[string]bool `json:"told,omitempty"`

	// Pending are the statements of the last commit: they are recorded after the
	// record was kept, and again when nobody knows whether they were.
	Pending []Statement `json:"pending,omitempty"`
	// Log are the last calls of content, each a line.
	Log []Call `json:"log,omitempty"`
	// H5P is there for H5P content only.
	H5P *h5pRecord `json:"h5p,omitempty"`
}

// Call is a call of the run-time API by content.
type Call struct {
	// At is in milliseconds since 1970, by the learner's clock; for H5P by ours.
	At   int64  `json:"at"`
	Call string `json:"call"`
	// Element is the first argument and Value the second, both cut at
	// maxLogText.
	Element string `json:"element,omitempty"`
	Value   string `json:"value,omitempty"`
	Result  string `json:"result,omitempty"`
	// Error is the code that the API had afterwards, empty for none.
	Error string `json:"error,omitempty"`
}

const (
	// maxLog is how many calls are kept of an attempt.
	maxLog = 300
	// maxLogText bounds the texts of a Call, in bytes.
	maxLogText = 160
)

func (r *record) remember(calls []Call) {
	for _, c := range calls {
		for _, text := range [...]*string{&c.Call, &c.Element, &c.Value, &c.Result, &c.Error} {
			*text = cut(*text, maxLogText)
		}
		r.Log = append(r.Log, c)
	}
	if len(r.Log) > maxLog {
		r.Log = append([]Call(nil), r.Log[len(r.Log)-maxLog:]...)
	}
}

// cut shortens a text to whole characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && text[limit]&0xC0 == 0x80 {
		limit--
	}
	return text[:limit] + "…"
}

// resumes tells whether the next session goes on with this attempt. One that
// ended without being suspended is over (SCORM 2004); SCORM 1.2 content often says
// nothing at its end, so there an attempt goes on until it has come to a result.
// One whose end never arrived goes on. That of H5P goes on until it has come to a
// result as well.
func (r *record) resumes(kind manifest.Kind) bool {
	switch {
	case r.Attempt == uuid.Nil || !r.Begun:
		return false
	case kind == manifest.H5P:
		return len(r.h5p().Outcomes) == 0
	case !r.Ended:
		return true
	case kind == manifest.SCORM12:
		return r.Data["cmi.core.exit"] == "suspend" || !decided[r.Data["cmi.core.lesson_status"]]
	default:
		return r.Data["cmi.exit"] == "suspend"
	}
}

var decided = map[string]bool{passed: true, completed: true, failed: true}

// sessionTime is the element that content says the length of its session in.
func sessionTime(kind manifest.Kind) string {
	if kind == manifest.SCORM12 {
		return "cmi.core.session_time"
	}
	return "cmi.session_time"
}

// took is how long the session was: as content said, which it does at its end as a
// rule. Of one whose end never arrived it is at least the time between its commits.
func (r *record) took(kind manifest.Kind) time.Duration {
	if said := r.Data[sessionTime(kind)]; said != "" && length(said) > 0 || r.Ended {
		return length(said)
	}
	return min(time.Duration(r.Last-r.First)*time.Microsecond, maxLength)
}

// reopen begins a session: that of a new attempt, or one that goes on.
func (r *record) reopen(kind manifest.Kind, now time.Time) {
	if r.resumes(kind) {
		r.Total = min(r.Total+r.took(kind), maxLength)
		r.Resumed = true
	} else if r.Begun || r.Attempt == uuid.Nil {
		*r = record{Attempt: uuid.New(), Number: r.Number + 1, Started: now.UnixMicro()}
	} // else it was opened and content never began: the attempt is as new as before
	for _, name := range [...]string{sessionTime(kind), "cmi.core.exit", "cmi.exit", "adl.nav.request"} {
		delete(r.Data, name)
		delete(r.Said, name)
	}
	r.Session, r.Commit, r.Live, r.Ended, r.Pending = uuid.New(), 0, false, false, nil
	r.First, r.Last = 0, 0
	if r.H5P != nil {
		r.H5P.Last, r.H5P.Tries, r.H5P.Opened = 0, nil, now.UnixMicro()
	} else if kind == manifest.H5P {
		r.H5P = &h5pRecord{Allowance: maxBurst, Counted: now.UnixMicro(), Opened: now.UnixMicro()}
	}
}

// load reads the record of an item, and its version.
func (p *Player) load(ctx context.Context, l *catalog.Launch, item string) (*record, int64, error) {
	data, version, err := p.opts.Catalog.State(ctx, l, item)
	if err != nil || len(data) == 0 {
		return &record{}, version, err
	}
	r := &record{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, 0, fmt.Errorf("what was kept of item %q: %w", item, err)
	}
	return r, version, nil
}

// keep writes it, if nobody else has.
func (p *Player) keep(ctx context.Context, l *catalog.Launch, item string, version int64, r *record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = p.opts.Catalog.KeepState(ctx, l, item, version, data)
	return err
}

// rounds is how often a change is tried that others come between.
const rounds = 5

// change does a step on the record of an item until nobody comes between. step
// answers false when there is nothing to keep.
func (p *Player) change(ctx context.Context, l *catalog.Launch, item string, step func(*record) (bool, error)) (*record, error) {
	for range rounds {
		r, version, err := p.load(ctx, l, item)
		if err != nil {
			return nil, err
		}
		keep, err := step(r)
		if err != nil || !keep {
			return r, err
		}
		switch err = p.keep(ctx, l, item, version, r); {
		case err == nil:
			return r, nil
		case !errors.Is(err, catalog.ErrChanged):
			return nil, err
		}
	}
	return nil, &catalog.Busy{RetryAfter: time.Second, Reason: "others are changing this attempt"}
}
