package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/report/definition"
	"lernspur/report/result"
)

// runTime is how long a run may take.
const runTime = 15 * time.Minute

// Job is a run under way, or the last one that was.
type Job struct {
	ID, Title, By string
	Started       int64
	Step          string // what it is at
	Done          bool
	Run           string // once it is done
	Failed        string // why it did not succeed, in English
}

// job is one with what changes in it.
type job struct{ Job }

// Start begins a run of a definition. One is made at a time. Errors: ErrNotFound, ErrRunning.
func (k *Desk) Start(ctx context.Context, tenant, id, by string) (Job, error) {
	d, err := k.Definition(ctx, tenant, id)
	if err != nil {
		return Job{}, err
	}
	return k.start(tenant, d, by)
}

func (k *Desk) start(tenant string, d *Definition, by string) (Job, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if last := k.jobs[tenant]; last != nil && !last.Done {
		return last.Job, ErrRunning
	}
	if k.life.Err() != nil {
		return Job{}, k.life.Err()
	}
	j := &job{Job{ID: uuid.NewString(), Title: d.Title, By: by, Started: k.now()}}
	k.jobs[tenant] = j
	k.work.Go(func() { k.run(tenant, d, by, j) })
	return j.Job, nil
}

// run makes the report.
func (k *Desk) run(tenant string, d *Definition, by string, j *job) {
	ctx, cancel := context.WithTimeout(k.life, runTime)
	defer cancel()
	run, err := k.deps.Engine.Run(ctx, tenant, by, []byte(d.Text), func(step string) {
		k.mu.Lock()
		defer k.mu.Unlock()
		j.Step = step
	})
	if err != nil {
		k.deps.Logger.Error("a report could not be made", zap.String("tenant", tenant), zap.String("definition", d.ID), zap.Error(err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	j.Done, j.Run = true, run
	if err != nil {
		j.Failed = err.Error()
	}
}

// Job is the run under way, or the last one since the start of the program; ok is false where there is none.
func (k *Desk) Job(tenant string) (Job, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	j := k.jobs[tenant]
	if j == nil {
		return Job{}, false
	}
	return j.Job, true
}

// Preview is a report of a definition that is not kept, as a page. Mistakes are answered.
func (k *Desk) Preview(ctx context.Context, tenant, text string) (*File, definition.Problems, error) {
	if _, problems, err := check([]byte(text)); err != nil || problems != nil {
		return nil, problems, err
	}
	r, err := k.deps.Engine.Preview(ctx, tenant, []byte(text))
	if err != nil {
		return nil, nil, err
	}
	f, err := k.make(ctx, r, "html")
	return f, nil, err
}

// make makes a form; few are made at a time.
func (k *Desk) make(ctx context.Context, r *result.Report, form string) (*File, error) {
	select {
	case k.making <- struct{}{}:
		defer func() { <-k.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return k.deps.Press.Make(ctx, r, form)
}

// Runs are all runs of a tenant, the latest first.
func (k *Desk) Runs(ctx context.Context, tenant string) ([]Run, error) {
	runs, err := k.deps.Engine.Runs(ctx, tenant)
	if err != nil {
		return nil, err
	}
	marks := map[string]*Mark{}
	if err := list(ctx, k.deps.Records, markKey(tenant, "").Shelf, func(id string, m *Mark) { marks[id] = m }); err != nil {
		return nil, err
	}
	shown := runs[:0]
	for _, r := range runs {
		if m := marks[r.ID]; m != nil {
			r.Mark = *m
		}
		if r.Removed == 0 {
			shown = append(shown, r)
		}
	}
	return shown, nil
}

// Run is one run. Errors: ErrNotFound.
func (k *Desk) Run(ctx context.Context, tenant, id string) (*Run, error) {
	runs, err := k.Runs(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if runs[i].ID == id {
			return &runs[i], nil
		}
	}
	return nil, ErrNotFound
}

// text is what a run has found, as it was written down.
func (k *Desk) text(ctx context.Context, tenant, run string) ([]byte, error) {
	m, err := read[Mark](ctx, k.deps.Records, markKey(tenant, run))
	if err != nil {
		return nil, err
	}
	if m != nil && m.Removed != 0 {
		return nil, ErrNotFound
	}
	return k.deps.Engine.Report(ctx, tenant, run)
}

// report reads what a run has found.
func (k *Desk) report(ctx context.Context, tenant, run string) (*result.Report, error) {
	text, err := k.text(ctx, tenant, run)
	if err != nil {
		return nil, err
	}
	r, err := result.Read(text)
	if err != nil {
		return nil, fmt.Errorf("the report of run %s: %w", run, err)
	}
	return r, nil
}

// File is a form of a run. JSON is what was kept, to the byte. Errors: ErrNotFound, ErrForm.
func (k *Desk) File(ctx context.Context, tenant, run, form string) (*File, error) {
	if form == "json" {
		text, err := k.text(ctx, tenant, run)
		return &File{Name: "report.json", Type: "application/json", Data: text}, err
	}
	r, err := k.report(ctx, tenant, run)
	if err != nil {
		return nil, err
	}
	return k.make(ctx, r, form)
}

// Compare sets the figures of two runs beside each other. Errors: ErrNotFound.
func (k *Desk) Compare(ctx context.Context, tenant, before, after, language string) ([]Compared, error) {
	a, err := k.report(ctx, tenant, before)
	if err != nil {
		return nil, err
	}
	b, err := k.report(ctx, tenant, after)
	if err != nil {
		return nil, err
	}
	return k.deps.Press.Compare(a, b, language), nil
}

// Approve notes that somebody stands for a run. Approving twice changes nothing. Errors: ErrNotFound.
func (k *Desk) Approve(ctx context.Context, tenant, run, by string) error {
	return k.mark(ctx, tenant, run, func(m *Mark) error {
		if m.Approved == 0 {
			m.Approved, m.ApprovedBy = k.now(), by
		}
		m.Removal, m.RemovalBy = 0, ""
		return nil
	})
}

// Remove removes a run. One that is approved goes only when two have asked for it: the first is noted, and
// gone is false. Errors: ErrNotFound.
func (k *Desk) Remove(ctx context.Context, tenant, run, by string) (gone bool, err error) {
	err = k.mark(ctx, tenant, run, func(m *Mark) error {
		if gone = m.Approved == 0 || m.Removal != 0 && m.RemovalBy != by; gone {
			m.Removed, m.RemovedBy, m.Links = k.now(), by, nil
		} else if m.Removal == 0 {
			m.Removal, m.RemovalBy = k.now(), by
		}
		return nil
	})
	return gone && err == nil, err
}

// mark changes what is decided about a run that there is.
func (k *Desk) mark(ctx context.Context, tenant, run string, edit func(*Mark) error) error {
	if _, err := k.Run(ctx, tenant, run); err != nil {
		return err
	}
	_, err := change(ctx, k.deps.Records, markKey(tenant, run), func(m *Mark) (*Mark, error) {
		if m == nil {
			m = &Mark{}
		}
		if m.Removed != 0 {
			return nil, ErrNotFound
		}
		return m, edit(m)
	})
	return err
}
