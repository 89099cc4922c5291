package app

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

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

// visitingLearner is who has signed in, as a learner: the person whose account it
// is, by her first identifier that is an address or an account; else the account
// that was signed in with.
func (a *App) visitingLearner(ctx context.Context) (tenant string, l catalog.Learner, signedIn bool, err error) {
	v := visitor.From(ctx)
	if v == nil || v.Account == "" {
		return "", l, false, nil
	}
	l.Name = v.Name
	if p, ok := a.people.Person(ctx, v.Tenant, v.Person); ok {
		for _, identifier := range p.Identifiers {
			if l.Actor = actorOf(identifier); l.Actor != nil {
				return v.Tenant, l, true, nil
			}
		}
	}
	l.Actor, err = directory.Account(cmp.Or(a.opts.Catalog.Base, "http://lernspur.local"), v.Account)
	return v.Tenant, l, err == nil, err
}

// actorOf is the JSON of the Agent that has an identifier; nil for kinds of
// identifiers that learners are not registered under.
func actorOf(identifier string) []byte {
	kind, rest, _ := strings.Cut(identifier, "|")
	agent := map[string]any{"objectType": "Agent"}
	switch kind {
	case "mbox":
		agent["mbox"] = rest
	case "account":
		home, name, _ := strings.Cut(rest, "|")
		agent["account"] = map[string]string{"homePage": home, "name": name}
	default:
		return nil
	}
	text, err := json.Marshal(agent)
	if err != nil {
		panic(err) // it is made of texts
	}
	return text
}
