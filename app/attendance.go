package app

import (
	"cmp"
	"context"

	"lernspur/attendance"
	"lernspur/attendance/api"
	"lernspur/catalog"
	"lernspur/directory"
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

// visitingLearner is who has signed in, as a learner: the account that was signed
// in with.
func (a *App) visitingLearner(ctx context.Context) (tenant string, l catalog.Learner, signedIn bool, err error) {
	v := visitor.From(ctx)
	if v == nil || v.Account == "" {
		return "", l, false, nil
	}
	l.Actor, err = directory.Account(cmp.Or(a.opts.Catalog.Base, "http://lernspur.local"), v.Account)
	l.Name = v.Name
	return v.Tenant, l, err == nil, err
}
