package player

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// opened is what the run-time page gets when it opens an item.
type opened struct {
	Session uuid.UUID `json:"session"`
	Attempt uuid.UUID `json:"attempt"`
	Data    CMI       `json:"data,omitempty"`
	// State is what H5P content keeps.
	State UserData `json:"state,omitempty"`
}

// open begins a session of an item.
func (p *Player) open(w http.ResponseWriter, r *http.Request) {
	pl, ok := p.playing(w, r)
	if !ok {
		return
	}
	if pl.item == nil {
		p.refuse(w, catalog.ErrNotFound)
		return
	}
	rec, err := p.begin(r.Context(), pl)
	if err != nil {
		p.refuse(w, err)
		return
	}
	o := opened{Session: rec.Session, Attempt: rec.Attempt}
	if pl.kind == manifest.H5P {
		o.State = rec.h5p().State
	} else {
		o.Data = launchData(pl, rec)
	}
	answer(w, http.StatusOK, o)
}

func (p *Player) begin(ctx context.Context, pl play) (*record, error) {
	if !kept(pl.launch) {
		rec, _, err := p.load(ctx, pl.launch, pl.item.ID)
		if err == nil && rec.Attempt == uuid.Nil {
			rec.reopen(pl.kind, p.opts.Now())
		}
		return rec, err
	}
	fresh := false
	rec, err := p.change(ctx, pl.launch, pl.item.ID, func(rec *record) (bool, error) {
		if rec.Commit > 0 {
			if err := p.finish(ctx, pl, rec); err != nil {
				return false, err
			}
		}
		if pl.asset() {
			fresh = p.view(pl, rec)
			return fresh, nil
		}
		if err := p.abandoned(ctx, pl, rec); err != nil {
			return false, err
		}
		if err := p.keepCalls(ctx, pl.launch, pl.item.ID, pl.kind, rec); err != nil {
			return false, err
		}
		rec.reopen(pl.kind, p.opts.Now())
		return true, nil
	})
	if err != nil || !recorded(pl.launch) {
		return rec, err
	}
	if err := p.noteOpened(ctx, pl, rec); err != nil {
		return rec, err
	}
	if err := p.describe(ctx, pl); err != nil {
		return rec, err
	}
	if fresh {
		err = p.finish(ctx, pl, rec)
	}
	return rec, err
}

// asset tells that the item is one of SCORM without a run-time API.
func (pl *play) asset() bool {
	return !pl.item.SCO && (pl.kind == manifest.SCORM12 || pl.kind == manifest.SCORM2004)
}

// view opens an asset. It never says anything, and is done with by being opened
// (SCORM 2004 SN, 4.2.1); false when it was before.
func (p *Player) view(pl play, rec *record) bool {
	if rec.Ended {
		return false
	}
	rec.reopen(pl.kind, p.opts.Now())
	rec.Data = CMI{"cmi.completion_status": completed}
	if pl.kind == manifest.SCORM12 {
		rec.Data = CMI{"cmi.core.lesson_status": completed}
	}
	rec.Commit, rec.Begun, rec.Ended = 1, true, true
	if recorded(pl.launch) {
		s := p.session(pl, rec)
		s.Commit = rec.Commit
		rec.Pending = Translate(nil, rec.Data, s)
	}
	return true
}

// abandoned says how long the session before was, if its end never arrived: that
// is known as soon as another one begins, after what it had said.
func (p *Player) abandoned(ctx context.Context, pl play, rec *record) error {
	if !rec.Live || rec.Ended || pl.kind == manifest.H5P {
		return nil
	}
	s := p.session(pl, rec)
	s.Commit, s.At, s.Said = rec.Commit, time.UnixMicro(rec.Last), rec.Said
	t := &translation{Session: s, after: rec.Data, v12: pl.kind == manifest.SCORM12}
	r := t.outcome()
	if took := rec.took(pl.kind); took > 0 {
		r.Duration = totalTime(took, true)
	}
	t.add(suspended, "abandoned", t.SCO, r, false)
	return p.record(ctx, pl.launch, t.all)
}
