package runs

import (
	"context"
	"fmt"

	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
)

// Repeat makes a report once more, of what its first run has used.
func (s *Service) Repeat(ctx context.Context, tenant, id, by string) (*Made, error) {
	release, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if _, err := s.room(ctx, tenant); err != nil {
		return nil, err
	}
	run, err := s.Get(ctx, tenant, id)
	if err == nil && run.Of != "" {
		run, err = s.Get(ctx, tenant, run.Of)
	}
	if err != nil {
		return nil, err
	}
	return s.repeat(ctx, run, by)
}

func (s *Service) repeat(ctx context.Context, first *Run, by string) (*Made, error) {
	text, err := s.file(ctx, first.Tenant, first.Definition)
	if err != nil {
		return nil, err
	}
	d, err := definition.Read(text)
	if err != nil {
		return nil, fmt.Errorf("this program does not take the definition of the run %s any more: %w", first.ID, err)
	}
	kept, err := s.file(ctx, first.Tenant, first.Inputs)
	if err != nil {
		return nil, err
	}
	in, err := inputs.Decode(kept)
	if err != nil {
		return nil, err
	}
	if in.Gone() > 0 { // what is missing now must not be told by the difference
		known, err := s.known(ctx, first)
		if err != nil {
			return nil, err
		}
		in.Earlier = append(in.Earlier, known)
	}
	report, _, err := figures.Compute(d, in, figures.Options{Version: s.deps.Version, Run: first.ID})
	if err != nil {
		return nil, err
	}
	written, err := report.JSON()
	if err != nil {
		return nil, err
	}
	run := s.begin(d, by)
	run.Of, run.AsOf, run.Scope, run.Definition, run.Result = first.ID, first.AsOf, first.Scope, first.Definition, hashOf(written)
	run.Erased, run.Changed, run.Consequence = in.Gone(), run.Result != first.Result, report.Summary.Consequence
	if err := s.keep(ctx, run, written); err != nil {
		return nil, err
	}
	return &Made{run, report, written}, nil
}

// Forget takes people out of what runs of a tenant have used, by their identifiers.
// What was published stays. It may be called again.
func (s *Service) Forget(ctx context.Context, tenant string, identifiers []string) error {
	if len(identifiers) == 0 {
		return nil
	}
	release, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	list, err := s.Runs(ctx, tenant)
	if err != nil {
		return err
	}
	for _, run := range list {
		if run.Inputs == "" {
			continue
		}
		text, err := s.file(ctx, tenant, run.Inputs)
		if err != nil {
			return err
		}
		in, err := inputs.Decode(text)
		if err != nil {
			return err
		}
		if in.Forget(identifiers) == 0 {
			continue
		}
		if text, err = in.Encode(); err != nil {
			return err
		}
		run.Inputs, run.Erased = hashOf(text), in.Gone()
		if err := s.keep(ctx, run, text); err != nil {
			return err
		}
	}
	// Also what a call before has left that was cut off.
	return s.sweep(ctx, tenant)
}
