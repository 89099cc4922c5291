package admin

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Attendance is who attended the sessions of courses. Errors of what was asked for
// wrongly are ErrRequest, with words of their own.
type Attendance interface {
	// AttendanceSessions lists the sessions of a course, or of all ("").
	AttendanceSessions(ctx context.Context, tenant, course string) ([]AttendanceSession, error)
	// RecordAttendance records a table of who attended. One with faults is no error:
	// nothing of it is recorded then.
	RecordAttendance(ctx context.Context, ask AttendanceRequest, table []byte) (AttendanceResult, error)
}

// AttendanceSession is a session of a course.
type AttendanceSession struct {
	ID     string    `json:"id"`
	Course string    `json:"course"`
	Title  string    `json:"title"`
	Place  string    `json:"place,omitempty"`
	Begins time.Time `json:"begins"`
	Ends   time.Time `json:"ends"`
}

// AttendanceRequest says what a table is about.
type AttendanceRequest struct {
	Tenant, Session string
	// HomePage is that of the accounts in it; "": the public address.
	HomePage string
	// DryRun finds faults and records nothing.
	DryRun bool
}

// AttendanceResult is what became of a table, or would.
type AttendanceResult struct {
	Attended int               `json:"attended"`
	Absent   int               `json:"absent"`
	Faults   []AttendanceFault `json:"faults,omitempty"`
}

// AttendanceFault is what is wrong with one value of a table.
type AttendanceFault struct {
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// maxTable bounds a table, in bytes.
const maxTable = 2 << 20

func (h *handler) attendanceSessions(w http.ResponseWriter, r *http.Request) error {
	if h.services.Attendance == nil {
		return answer(w, []AttendanceSession{})
	}
	q := r.URL.Query()
	list, err := h.services.Attendance.AttendanceSessions(r.Context(), q.Get("tenant"), q.Get("course"))
	if err != nil {
		return err
	}
	return answer(w, list)
}

func (h *handler) recordAttendance(w http.ResponseWriter, r *http.Request) error {
	if h.services.Attendance == nil {
		return badRequest("no attendance is kept here")
	}
	table, err := io.ReadAll(io.LimitReader(r.Body, maxTable+1))
	if err != nil {
		return badRequest("reading the table: %w", err)
	}
	if len(table) > maxTable {
		return badRequest("the table is larger than %d bytes", maxTable)
	}
	q := r.URL.Query()
	result, err := h.services.Attendance.RecordAttendance(r.Context(), AttendanceRequest{
		Tenant: q.Get("tenant"), Session: r.PathValue("session"), HomePage: q.Get("homePage"), DryRun: q.Get("dryRun") == "true",
	}, table)
	if err != nil {
		return err
	}
	return answer(w, result)
}

// AttendanceSessions lists the sessions of a course, or of all ("").
func (c *Client) AttendanceSessions(ctx context.Context, tenant, course string) ([]AttendanceSession, error) {
	var list []AttendanceSession
	return list, c.call(ctx, http.MethodGet, "/v1/attendance", url.Values{"tenant": {tenant}, "course": {course}}, nil, &list)
}

// RecordAttendance records a table of who attended.
func (c *Client) RecordAttendance(ctx context.Context, ask AttendanceRequest, table []byte) (AttendanceResult, error) {
	var result AttendanceResult
	return result, c.ask(ctx, http.MethodPost, "/v1/attendance/"+url.PathEscape(ask.Session),
		url.Values{"tenant": {ask.Tenant}, "homePage": {ask.HomePage}, "dryRun": {strconv.FormatBool(ask.DryRun)}}, "", bytes.NewReader(table), &result)
}
