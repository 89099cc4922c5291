package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lernspur/admin"
	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/directory"
	"lernspur/documents"
	"lernspur/evaluation"
	evaluationapi "lernspur/evaluation/api"
)

// startEvaluation reads what may be evaluated about people. Nothing is told of them
// before.
func (a *App) startEvaluation(ctx context.Context) (err error) {
	a.evaluation, err = evaluation.Open(ctx, evaluation.Dependencies{Records: evaluationRecords{directoryRecords{a.committer, a.store}}})
	return err
}

// newEvaluationAPI assembles what answers for the settings and the statement.
func (a *App) newEvaluationAPI(door apiv1.Door) *evaluationapi.API {
	zone, err := time.LoadLocation(reportZone)
	if err != nil {
		zone = time.UTC // the zones are in the program
	}
	return evaluationapi.New(evaluationapi.Options{Door: door, Service: a.evaluation, Zone: zone, Logger: a.log.Named("evaluation"), PathPrefix: a.opts.LRS.PathPrefix})
}

// evaluationRecords are the commit path and the store as the settings see them.
type evaluationRecords struct{ directoryRecords }

// Load implements evaluation.Records.
func (r evaluationRecords) Load(ctx context.Context, yield func(*documents.Document) error) error {
	return toEvaluation(r.load(ctx, documents.Evaluation, yield))
}

// Replace implements evaluation.Records.
func (r evaluationRecords) Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	return toEvaluation(r.committer.Replace(ctx, shelf, docs))
}

// toEvaluation gives an error the type that the settings know.
func toEvaluation(err error) error {
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &evaluation.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}

// evaluatedFor is what a tenant has switched on, for who tells something about people;
// what is a matter of time is a problem with that status.
func (a *App) evaluatedFor(ctx context.Context, tenant string) (evaluation.Settings, error) {
	s, err := a.evaluation.Of(ctx, tenant)
	var busy *evaluation.Busy
	if errors.As(err, &busy) {
		err = apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return s, err
}

// pageEvaluation are the settings as the pages see them.
type pageEvaluation struct{ *evaluation.Service }

// Of implements web.Evaluation.
func (e pageEvaluation) Of(ctx context.Context, tenant string) (evaluation.Settings, error) {
	s, err := e.Service.Of(ctx, tenant)
	return s, evaluationForPages(err)
}

// State implements web.Evaluation.
func (e pageEvaluation) State(ctx context.Context, tenant string) (evaluation.State, error) {
	s, err := e.Service.State(ctx, tenant)
	return s, evaluationForPages(err)
}

// Change implements web.Evaluation.
func (e pageEvaluation) Change(ctx context.Context, tenant, by string, version int64, edits []evaluation.Edit) (evaluation.State, error) {
	s, err := e.Service.Change(ctx, tenant, by, version, edits)
	return s, evaluationForPages(err)
}

// evaluationForPages gives an error of the settings the type that the pages know.
func evaluationForPages(err error) error {
	var busy *evaluation.Busy
	if errors.As(err, &busy) {
		return &catalog.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	}
	return err
}

// adminEvaluation are the settings as the commands see them.
type adminEvaluation struct{ app *App }

// State implements admin.Evaluation.
func (c adminEvaluation) State(ctx context.Context, tenant string) (evaluation.State, error) {
	s, err := c.app.evaluation.State(ctx, tenant)
	return s, evaluationForAdmin(err)
}

// History implements admin.Evaluation.
func (c adminEvaluation) History(ctx context.Context, tenant string) ([]evaluation.Change, error) {
	list, err := c.app.evaluation.History(ctx, tenant, 0, 1<<31-1)
	return list, evaluationForAdmin(err)
}

// Change implements admin.Evaluation.
func (c adminEvaluation) Change(ctx context.Context, tenant, by string, edits []evaluation.Edit) (evaluation.State, error) {
	if by == "" {
		by = byCommand
	} else {
		by += " (" + byCommand + ")"
	}
	if err := directory.CheckTenant(tenant); err != nil {
		return evaluation.State{}, err
	}
	s, err := c.app.evaluation.Change(ctx, tenant, by, -1, edits)
	return s, evaluationForAdmin(err)
}

// Statement implements admin.Evaluation.
func (c adminEvaluation) Statement(ctx context.Context, tenant, language, format string) ([]byte, error) {
	text, _, err := c.app.newEvaluationAPI(c.app.door).Statement(ctx, tenant, language, format)
	return text, evaluationForAdmin(err)
}

// evaluationForAdmin gives an error of the settings the type that the commands know.
func evaluationForAdmin(err error) error {
	var invalid *evaluation.Invalid
	var busy *evaluation.Busy
	switch {
	case errors.As(err, &busy):
		return &admin.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	case errors.As(err, &invalid):
		return fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	return err
}
