package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/attendance"
	"lernspur/catalog"
	"lernspur/web/visitor"
)

// Attendance is what is asked of package attendance.
type Attendance interface {
	Create(ctx context.Context, tenant, course, by string, e attendance.Edit) (*attendance.Session, error)
	Session(ctx context.Context, tenant string, id uuid.UUID) (*attendance.Session, error)
	Sessions(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*attendance.Session, error)
	Delete(ctx context.Context, tenant string, id uuid.UUID) error
	MakeCode(ctx context.Context, tenant string, session uuid.UUID, opens, closes int64) (*attendance.Session, error)
	EndCode(ctx context.Context, tenant string, session uuid.UUID) (*attendance.Session, error)
	Mark(ctx context.Context, tenant string, session uuid.UUID, entries []attendance.Entry, via, by string) ([]*attendance.Record, error)
	TakeBack(ctx context.Context, tenant string, session uuid.UUID, record, by string) error
	Records(ctx context.Context, tenant string, session uuid.UUID, after string, n int) ([]*attendance.Record, error)
	Enter(ctx context.Context, tenant, code string, learner catalog.Learner) (*attendance.Session, *attendance.Record, error)
}

// sessionRow is a session in a list.
type sessionRow struct {
	*attendance.Session
	Name, Link string // of the course, of the session
}

// sessionForm is the form that a session is made with.
type sessionForm struct {
	Course, Title, Place, Trainer string
	Begins, Ends, Least           string
	Completes                     bool
}

// sessionsPage is what the page of sessions shows.
type sessionsPage struct {
	Coming, Past []sessionRow
	Courses      []courseRow
	Form         sessionForm
}

// Bounds of the page of sessions: of more the latest that were made.
const (
	listedSessions = 1000
	offeredCourses = 500
)

// momentFormat is that of instants in forms.
const momentFormat = "2006-01-02T15:04"

// mayAttend tells whether a visitor sees a session: a trainer those that she made.
func mayAttend(v *visitor.Visitor, se *attendance.Session) bool {
	return v.Has(managers...) || se.By == v.Account
}

// sessions lists sessions, and takes new ones.
func (s *Site) sessions(q *request) error {
	return s.showSessions(q, http.StatusOK, sessionForm{Course: q.r.URL.Query().Get("course"), Trainer: nameOf(q.who), Completes: true}, nil)
}

func (s *Site) showSessions(q *request, status int, form sessionForm, wrong []fieldError) error {
	list, err := latest(listedSessions, func(after uuid.UUID, n int) ([]*attendance.Session, error) {
		return s.deps.Attendance.Sessions(q.r.Context(), q.who.Tenant, "", after, n)
	}, func(se *attendance.Session) (uuid.UUID, bool) { return se.ID, mayAttend(q.who, se) })
	if err != nil {
		return err
	}
	courses, err := s.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, "", offeredCourses)
	if err != nil {
		return err
	}
	body := sessionsPage{Form: form}
	names := map[string]string{}
	for _, c := range courses {
		row := q.courseRow(c)
		body.Courses, names[c.ID] = append(body.Courses, row), row.Title
	}
	slices.SortFunc(body.Courses, func(a, b courseRow) int { return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)) })
	slices.SortStableFunc(list, func(a, b *attendance.Session) int { return int(min(max(a.Begins-b.Begins, -1), 1)) })
	now := s.deps.Now().UnixMicro()
	for _, se := range list {
		row := sessionRow{se, names[se.Course], q.link("/attendance/" + se.ID.String())}
		if se.Ends > now {
			body.Coming = append(body.Coming, row)
		} else {
			body.Past = append([]sessionRow{row}, body.Past...)
		}
	}
	return q.show(status, "sessions", &view{Title: q.words.t("menu.attendance"), Answer: q.words.tn("sessions.answer", len(body.Coming)), Body: body, Errors: wrong})
}

// readSession reads the form of a session: as it was sent, and what it means.
func (q *request) readSession(values url.Values) (sessionForm, attendance.Edit, []fieldError) {
	form := sessionForm{Course: values.Get("course"), Title: strings.TrimSpace(values.Get("title")), Place: strings.TrimSpace(values.Get("place")),
		Trainer: strings.TrimSpace(values.Get("trainer")), Begins: values.Get("begins"), Ends: values.Get("ends"), Least: strings.TrimSpace(values.Get("least")), Completes: values.Get("completes") != ""}
	var wrong []fieldError
	instant := func(field, text string) *int64 {
		t, err := time.ParseInLocation(momentFormat, text, q.site.deps.Location)
		if err != nil || t.Year() < 1971 {
			wrong = append(wrong, fieldError{field, q.words.t("invalid." + field)})
		}
		micros := t.UnixMicro()
		return &micros
	}
	least, err := strconv.Atoi("0" + form.Least)
	if err != nil {
		wrong = append(wrong, fieldError{"least", q.words.t("invalid.least")})
	}
	e := attendance.Edit{Title: &form.Title, Place: &form.Place, Trainer: &form.Trainer, Completes: &form.Completes, Least: &least,
		Begins: instant("begins", form.Begins), Ends: instant("ends", form.Ends)}
	return form, e, wrong
}

// makeSession makes a session.
func (s *Site) makeSession(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readSession(values)
	if len(wrong) > 0 {
		return s.showSessions(q, http.StatusUnprocessableEntity, form, wrong)
	}
	se, err := s.deps.Attendance.Create(q.r.Context(), q.who.Tenant, form.Course, q.who.Account, edit)
	if err == nil {
		q.to("/attendance/" + se.ID.String() + "?done=session")
		return nil
	}
	wrong, known := q.invalid(err)
	switch {
	case known && wrong[0].Field == "title":
		wrong[0].Text = q.words.t("invalid.session")
	case errors.Is(err, catalog.ErrNotFound):
		wrong = []fieldError{{"course", q.words.t("invalid.course")}}
	case !known:
		return err
	}
	return s.showSessions(q, http.StatusUnprocessableEntity, form, wrong)
}

// recordRow is somebody who attended, or did not.
type recordRow struct {
	*attendance.Record
	Learner, Detail string
	Attended        bool
}

// recordForm is the form that attendance is recorded with.
type recordForm struct{ Name, Mail, Minutes, List string }

// sessionPage is what the page of a session shows.
type sessionPage struct {
	Session  *attendance.Session
	Course   string
	Path     string
	Rows     []recordRow
	Attended int
	CodeOpen bool
	Form     recordForm
	Faults   []attendance.Fault
}

// shownRecords is how many records the page of a session lists: what one table brings.
const shownRecords = attendance.MaxEntries

// findSession is the session of an address, if the visitor sees it.
func (s *Site) findSession(q *request) (*attendance.Session, error) {
	id, err := uuid.Parse(q.r.PathValue("session"))
	if err != nil {
		return nil, catalog.ErrNotFound
	}
	se, err := s.deps.Attendance.Session(q.r.Context(), q.who.Tenant, id)
	if err == nil && !mayAttend(q.who, se) {
		err = catalog.ErrNotFound
	}
	return se, err
}

// session shows one session.
func (s *Site) session(q *request) error {
	se, err := s.findSession(q)
	if err != nil {
		return err
	}
	return s.showSession(q, http.StatusOK, se, recordForm{}, nil, nil)
}

func (s *Site) showSession(q *request, status int, se *attendance.Session, form recordForm, wrong []fieldError, faults []attendance.Fault) error {
	c, err := s.deps.Catalog.Outline(q.r.Context(), q.who.Tenant, se.Course)
	if err != nil {
		return err
	}
	list, err := s.deps.Attendance.Records(q.r.Context(), q.who.Tenant, se.ID, "", shownRecords)
	if err != nil {
		return err
	}
	now := s.deps.Now().UnixMicro()
	body := sessionPage{Session: se, Course: q.words.titleOf(c), Path: "/attendance/" + se.ID.String(), Form: form, Faults: faults,
		CodeOpen: se.Code != nil && se.Code.Opens <= now && now < se.Code.Closes}
	for _, r := range list {
		row := recordRow{Record: r, Attended: r.State == attendance.Attended}
		row.Learner, row.Detail = learnerName(r.Learner)
		if row.Attended {
			body.Attended++
		}
		body.Rows = append(body.Rows, row)
	}
	slices.SortFunc(body.Rows, func(a, b recordRow) int {
		return strings.Compare(strings.ToLower(a.Learner), strings.ToLower(b.Learner))
	})
	return q.show(status, "session", &view{Title: se.Title, Answer: q.words.tn("session.answer", body.Attended, body.Course), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/attendance", q.words.t("menu.attendance"))})
}

// record records who attended: one person, or a list.
func (s *Site) record(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	se, err := s.findSession(q)
	if err != nil {
		return err
	}
	form := recordForm{strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("mail")), strings.TrimSpace(values.Get("minutes")), values.Get("list")}
	entries, via, wrong, faults := s.entries(q, se, form)
	if len(wrong)+len(faults) == 0 {
		if _, err := s.deps.Attendance.Mark(q.r.Context(), q.who.Tenant, se.ID, entries, via, q.who.Account); err == nil {
			q.to("/attendance/" + se.ID.String() + "?done=recorded")
			return nil
		} else if wrong, _ = q.invalid(err); wrong == nil {
			return err
		}
		wrong[0].Field = "mail"
	}
	return s.showSession(q, http.StatusUnprocessableEntity, se, form, wrong, faults)
}

// entries are what a form means.
func (s *Site) entries(q *request, se *attendance.Session, form recordForm) (entries []attendance.Entry, via string, wrong []fieldError, faults []attendance.Fault) {
	if strings.TrimSpace(form.List) != "" {
		entries, faults = attendance.ReadList([]byte(form.List), s.deps.HomePage, se.Minutes)
		if len(faults) > 0 {
			wrong = []fieldError{{"list", q.words.t("invalid.list")}}
		}
		return entries, attendance.ByList, wrong, faults
	}
	learner, err := catalog.InvitedLearner(form.Name, form.Mail)
	if err != nil {
		wrong = append(wrong, fieldError{"mail", q.words.t("invalid.mail")})
	}
	minutes, err := strconv.Atoi("0" + form.Minutes)
	if err != nil || minutes > se.Minutes {
		wrong = append(wrong, fieldError{"minutes", q.words.t("invalid.attended", se.Minutes)})
	}
	return []attendance.Entry{{Learner: learner, Attended: true, Minutes: minutes}}, attendance.ByTrainer, wrong, nil
}

// takeBack takes back that somebody attended.
func (s *Site) takeBack(q *request) error {
	return s.onSession(q, "taken-back", func(se *attendance.Session) error {
		return s.deps.Attendance.TakeBack(q.r.Context(), q.who.Tenant, se.ID, q.r.PathValue("record"), q.who.Account)
	})
}

// makeCode gives a session a code, from now on and until a quarter of an hour
// behind its end.
func (s *Site) makeCode(q *request) error {
	return s.onSession(q, "code", func(se *attendance.Session) error {
		now := s.deps.Now()
		closes := max(se.Ends, now.UnixMicro()) + (15 * time.Minute).Microseconds()
		_, err := s.deps.Attendance.MakeCode(q.r.Context(), q.who.Tenant, se.ID, min(now.UnixMicro(), se.Begins), min(closes, now.AddDate(0, 0, 30).UnixMicro()))
		return err
	})
}

// endCode takes the code of a session away.
func (s *Site) endCode(q *request) error {
	return s.onSession(q, "code-ended", func(se *attendance.Session) error {
		_, err := s.deps.Attendance.EndCode(q.r.Context(), q.who.Tenant, se.ID)
		return err
	})
}

// onSession does something to a session that the visitor sees.
func (s *Site) onSession(q *request, done string, do func(*attendance.Session) error) error {
	se, err := s.findSession(q)
	if err == nil {
		err = do(se)
	}
	if err != nil {
		return err
	}
	q.to("/attendance/" + se.ID.String() + "?" + doneParameter + "=" + done)
	return nil
}

// deleteSession deletes a session that nobody attended.
func (s *Site) deleteSession(q *request) error {
	se, err := s.findSession(q)
	if err == nil {
		err = s.deps.Attendance.Delete(q.r.Context(), q.who.Tenant, se.ID)
	}
	if err != nil {
		return err
	}
	q.to("/attendance?done=session-deleted")
	return nil
}

// enterCode records that the learner who asks attends.
func (s *Site) enterCode(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	learner, err := s.deps.Learner(q.r.Context(), q.who)
	if err != nil {
		return err
	}
	_, _, err = s.deps.Attendance.Enter(q.r.Context(), q.who.Tenant, values.Get("code"), learner)
	var many *attendance.TooMany
	var conflict *catalog.Conflict
	status, key := http.StatusUnprocessableEntity, ""
	switch {
	case err == nil:
		q.to("/my?done=attended")
		return nil
	case errors.Is(err, attendance.ErrWrongCode):
		key = "invalid.code"
	case errors.Is(err, attendance.ErrCodeClosed):
		key = "invalid.code.closed"
	case errors.As(err, &many):
		status, key = http.StatusTooManyRequests, "invalid.code.many"
	case errors.As(err, &conflict):
		status, key = http.StatusConflict, "invalid.code.absent"
	default:
		return err
	}
	return s.showMy(q, status, []fieldError{{"code", q.words.t(key)}})
}
