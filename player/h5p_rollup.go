package player

import (
	"context"
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
	t := &translation{Session: p.session(pl, rec)}
	t.Commit = rec.Commit
	due, err := p.noteStanding(ctx, pl, t, func(reg *catalog.Registration, s standing) {
		for _, y := range tries {
			v := verdict{y.Completion, y.Success}
			s.Items[pl.item.ID] = s.Items[pl.item.ID].with(v, y.Score, true)
			if a := attemptIn(reg, pl, y.Attempt, y.Started); a != nil {
				noteAttempt(a, v, y.Score)
				a.Ended = y.Ended
			}
		}
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
