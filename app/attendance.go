package app

import (
	"context"

	"lernspur/attendance"
	"lernspur/attendance/api"
	"lernspur/catalog"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// startAttendance assembles what keeps attendance.
func (a *App) startAttendance() error {
	recorder, err := a.NewRecorder()
	if err != nil {
		return err
	}
	a.attendance = attendance.New(attendance.Dependencies{
		Records: catalogRecords{a.committer, a.store}, Recorder: recorder, Catalog: a.catalog,
		Base: a.opts.Catalog.Base, Logger: a.log.Named("attendance"),
	})
	return nil
}

// newAttendanceAPI assembles what answers for attendance.
func (a *App) newAttendanceAPI() *api.API {
	return api.New(api.Options{
		Door: a.door, Attendance: a.attendance, Learner: a.visitingLearner, HomePage: a.opts.Catalog.Base,
		Logger: a.log.Named("attendance"), PathPrefix: a.opts.LRS.PathPrefix,
	})
}

// visitingLearner is who has signed in, as a learner.
func (a *App) visitingLearner(ctx context.Context) (tenant string, l catalog.Learner, signedIn bool, err error) {
	v := visitor.From(ctx)
	if v == nil {
		return "", l, false, nil
	}
	l, err = a.learnerOf(ctx, v)
	return v.Tenant, l, true, err
}

// learnerOf is the learner that a visitor is: by the first identifier of the person.
// Errors: *catalog.Conflict for an account that is that of no person.
func (a *App) learnerOf(ctx context.Context, v *visitor.Visitor) (catalog.Learner, error) {
	identifiers, err := a.identifiersOf(ctx, v)
	if err != nil {
		return catalog.Learner{}, err
	}
	for _, identifier := range identifiers {
		if agent, err := statements.AgentOf(identifier, v.Name); err == nil {
			return catalog.Learner{Actor: agent, Name: v.Name}, nil
		}
	}
	return catalog.Learner{}, &catalog.Conflict{Message: "this account belongs to no person who learns; whoever keeps the directory can change that"}
}
