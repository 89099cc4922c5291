package app

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/admin"
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

// adminAttendance is attendance as the commands see it.
type adminAttendance struct{ app *App }

// AttendanceSessions implements admin.Attendance.
func (c adminAttendance) AttendanceSessions(ctx context.Context, tenant, course string) ([]admin.AttendanceSession, error) {
	const page = 500
	list, after := []admin.AttendanceSession{}, uuid.Nil
	for {
		some, err := c.app.attendance.Sessions(ctx, tenant, course, after, page)
		if err != nil {
			return nil, forAdmin(err)
		}
		for _, s := range some {
			after = s.ID
			list = append(list, admin.AttendanceSession{ID: s.ID.String(), Course: s.Course, Title: s.Title, Place: s.Place,
				Begins: time.UnixMicro(s.Begins).UTC(), Ends: time.UnixMicro(s.Ends).UTC()})
		}
		if len(some) < page {
			return list, nil
		}
	}
}

// RecordAttendance implements admin.Attendance.
func (c adminAttendance) RecordAttendance(ctx context.Context, ask admin.AttendanceRequest, table []byte) (result admin.AttendanceResult, err error) {
	id, err := uuid.Parse(ask.Session)
	if err != nil {
		return result, fmt.Errorf("%w: %q is not the id of a session", admin.ErrRequest, ask.Session)
	}
	s, err := c.app.attendance.Session(ctx, ask.Tenant, id)
	if err != nil {
		return result, forAdmin(err)
	}
	entries, faults := attendance.ReadList(table, cmp.Or(ask.HomePage, c.app.opts.Catalog.Base, catalog.DefaultBase), s.Minutes)
	for _, f := range faults {
		result.Faults = append(result.Faults, admin.AttendanceFault(f))
	}
	for _, e := range entries {
		if e.Attended {
			result.Attended++
		} else {
			result.Absent++
		}
	}
	if ask.DryRun || len(faults) > 0 {
		return result, nil
	}
	_, err = c.app.attendance.Mark(ctx, ask.Tenant, id, entries, attendance.ByList, byCommand)
	return result, forAdmin(err)
}
