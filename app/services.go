package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"

	"lernspur/admin"
	"lernspur/commit"
	"lernspur/lrs"
	"lernspur/schema"
	"lernspur/statements"
	"lernspur/verify"
)

// Admin answers the command line. It is there once Start has returned.
func (a *App) Admin() http.Handler {
	return admin.Handler(admin.Services{
		Version:         a.opts.Version,
		Keys:            a.keys,
		Writer:          adminWriter{a.committer},
		Reader:          a.store,
		Blobs:           adminBlobs{Blobs{a.blobs}},
		Catalog:         adminCatalog{a},
		Attendance:      adminAttendance{a},
		Directory:       a.directoryForCommands(),
		Accounts:        a.signin,
		Evaluation:      adminEvaluation{a},
		Tools:           adminTools{a},
		Verify:          a.verify,
		RebuildProgress: a.rebuildProgress,
		Report:          a.report,
		Reports:         adminReports{a},
		OwnRules:        func(tenant string, raw []byte) []statements.Violation { return a.schemas[tenant].Check(0, raw) },
		Limits:          a.opts.LRS.Statements,
	}, a.log.Named("admin"))
}

// verify re-reads everything, progress as well.
func (a *App) verify(ctx context.Context, opts verify.Options) (*verify.Report, error) {
	opts.Aggregates, opts.Blobs = a.aggregates, verifyBlobs{a.blobs, a.packages, a.catalog}
	return verify.Run(ctx, a.store, opts)
}

// rebuildProgress has progress computed anew from the statements.
func (a *App) rebuildProgress(ctx context.Context) error {
	upto := a.committer.Watermark()
	if err := a.projector.Rebuild(ctx); err != nil {
		return err
	}
	return a.projector.Wait(ctx, upto)
}

// aggregates implements verify.Aggregates: it compares what is kept of progress
// with a recomputation.
func (a *App) aggregates(ctx context.Context, tenant string, upto int64, differ func(text string)) (int, error) {
	if err := a.projector.Wait(ctx, min(upto, a.committer.Watermark())); err != nil {
		return 0, err
	}
	checked, err := a.projector.Check(ctx, tenant)
	for _, d := range checked.Differences {
		differ(fmt.Sprintf("progress in course %s of learner %s is (%s), a recomputation says (%s)", d.Course, d.Learner, d.Projected, d.Recomputed))
	}
	return int(checked.States), err
}

// adminWriter is the commit path as the commands see it.
type adminWriter struct{ *commit.Committer }

// Commit implements admin.Writer.
func (w adminWriter) Commit(ctx context.Context, tenant string, sts []*statements.Statement) error {
	return toAdmin(w.Committer.Commit(ctx, tenant, sts))
}

// Wait implements admin.Writer.
func (w adminWriter) Wait(ctx context.Context) (int64, error) {
	watermark, err := w.Committer.Wait(ctx)
	return watermark, toAdmin(err)
}

// toAdmin gives an error of the commit path the type that the commands know.
func toAdmin(err error) error {
	var conflict *commit.ErrConflict
	var busy *commit.ErrBusy
	switch {
	case errors.As(err, &conflict):
		return &admin.Conflict{Index: conflict.Index, ID: conflict.ID}
	case errors.As(err, &busy):
		return &admin.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	}
	return err
}

// readSchemas compiles what tenants ask of statements beyond the specification.
func (a *App) readSchemas() (err error) {
	dir := a.opts.Schemas
	if dir == "" {
		dir = filepath.Join(a.opts.DataDir, "schemas")
	}
	if a.schemas, err = schema.ReadTenants(dir); err != nil {
		return fmt.Errorf("the schemas of tenants: %w", err)
	}
	return nil
}

// ownRules are a tenant's own rules as the endpoint sees them.
func (a *App) ownRules(tenant string) lrs.OwnRules {
	if rules := a.schemas[tenant]; !rules.Empty() {
		return rules
	}
	return nil
}
