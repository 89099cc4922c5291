package player

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"lernspur/catalog"
)

// noteTries writes what a message of H5P content says about attempts into the
// registration, and answers what it means for the course. Doing it again answers
// the same.
func (p *Player) noteTries(ctx context.Context, pl play, rec *record) ([]Statement, error) {
	tries := rec.h5p().Tries
	if !recorded(pl.launch) || len(tries) == 0 {
		return nil, nil
	}
	m := versionOf(pl.launch, pl.course).Manifest
	t := &translation{Session: p.session(pl, rec)}
	t.Commit = rec.Commit
	var due []courseVerdict
	_, err := p.opts.Catalog.Note(ctx, pl.launch.Tenant, pl.launch.Registration, func(reg *catalog.Registration) error {
		if reg.Resets != pl.launch.Resets {
			return nil // it is of before
		}
		s := readStanding(reg)
		for _, y := range tries {
			a := attemptIn(reg, pl, y.Attempt, y.Started)
			v := verdict{y.Completion, y.Success}
			s.Items[pl.item.ID] = s.Items[pl.item.ID].with(v, y.Score, true)
			noteAttempt(a, v, y.Score)
			a.Ended = y.Ended
		}
		due = s.courseVerdicts(m, t)
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		reg.Data = data
		reg.State = s.state(m, reg.State)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		// The content is the course: what it has said itself is not said again.
		said := slices.ContainsFunc(rec.Pending, func(s Statement) bool { return s.Object.ID == t.Course.ID && s.Verb.ID == verbs+d.word })
		if !said {
			t.At = time.UnixMicro(d.at)
			t.add(d.word, "course", t.Course, d.result, false)
		}
	}
	return t.all, nil
}
