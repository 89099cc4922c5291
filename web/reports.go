package web

import (
	"context"
	"errors"
	"net/http"

	"lernspur/report/definition"
	"lernspur/report/desk"
)

// Reports is where evaluation reports are worked on. Errors: those of package desk.
type Reports interface {
	Definitions(ctx context.Context, tenant string) ([]*desk.Definition, error)
	Definition(ctx context.Context, tenant, id string) (*desk.Definition, error)
	Check(text string) (definition.Problems, error)
	Save(ctx context.Context, tenant, id, text, by string) (*desk.Definition, definition.Problems, error)
	RemoveDefinition(ctx context.Context, tenant, id string) error
	SetSchedule(ctx context.Context, tenant, id, by string, day, hour int) error
	Preview(ctx context.Context, tenant, text string) (*desk.File, definition.Problems, error)
	Start(ctx context.Context, tenant, id, by string) (desk.Job, error)
	Job(tenant string) (desk.Job, bool)
	Runs(ctx context.Context, tenant string) ([]desk.Run, error)
	Run(ctx context.Context, tenant, id string) (*desk.Run, error)
	File(ctx context.Context, tenant, run, form string) (*desk.File, error)
	Compare(ctx context.Context, tenant, before, after, language string) ([]desk.Compared, error)
	Approve(ctx context.Context, tenant, run, by string) error
	Remove(ctx context.Context, tenant, run, by string) (gone bool, err error)
	Share(ctx context.Context, tenant, run, by string, days int) (token string, err error)
	Revoke(ctx context.Context, tenant, run, sum string) error
	Shared(ctx context.Context, token, form, from string) (*desk.File, error)
}

// reportProblem gives an error of reports the words that pages have.
func reportProblem(err error) error {
	var wait *desk.Wait
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrForm):
		return &problem{status: http.StatusNotFound, key: "nothing"}
	case errors.Is(err, desk.ErrRunning):
		return &problem{status: http.StatusConflict, key: "reporting"}
	case errors.Is(err, desk.ErrApproved):
		return &problem{status: http.StatusConflict, key: "unapproved"}
	case errors.Is(err, desk.ErrTooMany):
		return &problem{status: http.StatusConflict, key: "toomany"}
	case errors.Is(err, desk.ErrNotYet):
		return &problem{status: http.StatusServiceUnavailable, key: "busy"}
	case errors.Is(err, desk.ErrNoBrowser):
		return &problem{status: http.StatusServiceUnavailable, key: "unprintable"}
	case errors.As(err, &wait):
		return &problem{status: http.StatusTooManyRequests, key: "often", after: wait.After}
	}
	return err
}

// me is what a visitor is noted as: the account, which is one human's.
func (q *request) me() string { return q.who.Account }

// reporting tells whether the visitor may make reports; others only read them.
func (q *request) reporting() bool { return q.who.Has(reporters...) }

// reportsPage is what the page of reports shows.
type reportsPage struct {
	Definitions []*desk.Definition
	Runs        []desk.Run
	Job         *desk.Job // under way
	May         bool
}

// reports lists definitions and runs.
func (s *Site) reports(q *request) error {
	body := reportsPage{May: q.reporting()}
	var err error
	if body.Runs, err = s.deps.Reports.Runs(q.r.Context(), q.who.Tenant); err == nil {
		body.Definitions, err = s.deps.Reports.Definitions(q.r.Context(), q.who.Tenant)
	}
	if err != nil {
		return reportProblem(err)
	}
	if j, ok := s.deps.Reports.Job(q.who.Tenant); ok && !j.Done {
		body.Job = &j
	}
	approved := 0
	for _, r := range body.Runs {
		if r.Approved != 0 {
			approved++
		}
	}
	return q.show(http.StatusOK, "reports", &view{Title: q.words.t("menu.reports"), Answer: q.words.tn("reports.answer", len(body.Runs), approved), Body: body})
}

// reportJob shows how far a run is, and looks again by itself until it is done.
func (s *Site) reportJob(q *request) error {
	j, ok := s.deps.Reports.Job(q.who.Tenant)
	switch {
	case !ok:
		q.to("/reports")
		return nil
	case j.Done && j.Failed == "":
		q.to("/reports/runs/" + j.Run + "?done=ran")
		return nil
	case !j.Done:
		q.w.Header().Set("Refresh", "2")
	}
	answer := q.words.t("reports.job.answer", j.Title)
	if j.Done {
		answer = q.words.t("reports.job.failed", j.Title)
	}
	return q.show(http.StatusOK, "reportjob", &view{Title: q.words.t("reports.job.title"), Answer: answer, Body: j,
		Crumbs: q.crumbs("/reports", q.words.t("menu.reports"))})
}

// runPage is what the page of a run shows.
type runPage struct {
	*desk.Run
	Forms  []string
	Others []desk.Run // to compare with
	May    bool
	Mine   bool // the visitor has asked for its removal already
	Link   string
	Links  []linkRow
	Days   int
}

// linkRow is a public link as it is listed.
type linkRow struct {
	desk.Link
	Open bool
}

// reportForms are the forms of a report, as they are listed.
var reportForms = []string{"html", "pdf", "xlsx", "csv", "json"}

// reportRun shows a run.
func (s *Site) reportRun(q *request) error { return s.showRun(q, http.StatusOK, "", nil) }

func (s *Site) showRun(q *request, status int, token string, wrong []fieldError) error {
	runs, err := s.deps.Reports.Runs(q.r.Context(), q.who.Tenant)
	if err != nil {
		return reportProblem(err)
	}
	body := runPage{Forms: reportForms, May: q.reporting(), Days: desk.LinkDays}
	for i := range runs {
		if runs[i].ID == q.r.PathValue("run") {
			body.Run = &runs[i]
		} else {
			body.Others = append(body.Others, runs[i])
		}
	}
	if body.Run == nil {
		return reportProblem(desk.ErrNotFound)
	}
	body.Mine = body.Removal != 0 && body.RemovalBy == q.me()
	if token != "" {
		body.Link = s.deps.Base() + "/public/reports/" + token
	}
	now := s.deps.Now().UnixMicro()
	for _, l := range body.Run.Links {
		body.Links = append(body.Links, linkRow{l, l.Revoked == 0 && now < l.Expires})
	}
	answer := q.words.t("reports.run.answer")
	if body.Approved != 0 {
		answer = q.words.t("reports.run.approved", body.ApprovedBy)
	}
	return q.show(status, "reportrun", &view{Title: body.Title, Answer: answer, Body: body, Errors: wrong, Crumbs: q.crumbs("/reports", q.words.t("menu.reports"))})
}

// reportFile answers a form of a run: the page to be read, all others to be kept.
func (s *Site) reportFile(q *request) error {
	f, err := s.deps.Reports.File(q.r.Context(), q.who.Tenant, q.r.PathValue("run"), q.r.PathValue("form"))
	if err != nil {
		return reportProblem(err)
	}
	q.document(f, q.r.PathValue("form") != "html")
	return nil
}

// documentPolicy is for reports: they bring their style along, and nothing else.
const documentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// document answers a file of a report.
func (q *request) document(f *desk.File, download bool) {
	h := q.w.Header()
	h.Set("Content-Security-Policy", documentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", f.Type)
	if download {
		h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	}
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(f.Data) // the client is gone
	}
}

// approveRun notes that the visitor stands for a run.
func (s *Site) approveRun(q *request) error {
	run := q.r.PathValue("run")
	if err := s.deps.Reports.Approve(q.r.Context(), q.who.Tenant, run, q.me()); err != nil {
		return reportProblem(err)
	}
	q.to("/reports/runs/" + run + "?done=approved")
	return nil
}

// removeRun removes a run, or asks for it.
func (s *Site) removeRun(q *request) error {
	run := q.r.PathValue("run")
	gone, err := s.deps.Reports.Remove(q.r.Context(), q.who.Tenant, run, q.me())
	switch {
	case err != nil:
		return reportProblem(err)
	case gone:
		q.to("/reports?done=runremoved")
	default:
		q.to("/reports/runs/" + run + "?done=removalasked")
	}
	return nil
}

// shareRun makes a public link, which is shown this once.
func (s *Site) shareRun(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	days, ok := within(values.Get("days"), 1, desk.MaxLinkDays)
	if !ok {
		return s.showRun(q, http.StatusUnprocessableEntity, "", []fieldError{{"days", q.words.t("reports.days.wrong", desk.MaxLinkDays)}})
	}
	token, err := s.deps.Reports.Share(q.r.Context(), q.who.Tenant, q.r.PathValue("run"), q.me(), days)
	if err != nil {
		return reportProblem(err)
	}
	return s.showRun(q, http.StatusOK, token, nil)
}

// unshareRun ends a public link.
func (s *Site) unshareRun(q *request) error {
	run := q.r.PathValue("run")
	if err := s.deps.Reports.Revoke(q.r.Context(), q.who.Tenant, run, q.r.PathValue("link")); err != nil {
		return reportProblem(err)
	}
	q.to("/reports/runs/" + run + "?done=unshared")
	return nil
}

// comparePage is what the comparison of two runs shows.
type comparePage struct {
	Before, After *desk.Run
	Rows          []desk.Compared
}

// compareRuns sets two runs beside each other.
func (s *Site) compareRuns(q *request) error {
	var body comparePage
	var err error
	values := q.r.URL.Query()
	if body.Before, err = s.deps.Reports.Run(q.r.Context(), q.who.Tenant, values.Get("before")); err == nil {
		body.After, err = s.deps.Reports.Run(q.r.Context(), q.who.Tenant, values.Get("after"))
	}
	if err == nil {
		body.Rows, err = s.deps.Reports.Compare(q.r.Context(), q.who.Tenant, body.Before.ID, body.After.ID, q.words.lang)
	}
	if err != nil {
		return reportProblem(err)
	}
	changed := 0
	for _, r := range body.Rows {
		if r.Changed {
			changed++
		}
	}
	return q.show(http.StatusOK, "reportcompare", &view{Title: q.words.t("reports.compare.title"), Answer: q.words.tn("reports.compare.answer", changed, len(body.Rows)), Body: body,
		Crumbs: q.crumbs("/reports", q.words.t("menu.reports"), "/reports/runs/"+body.After.ID, body.After.Title)})
}

// publicReport answers an approved report to whoever has its link.
func (s *Site) publicReport(q *request) error { return s.sharedFile(q, "html") }

// publicPDF is the same as PDF.
func (s *Site) publicPDF(q *request) error { return s.sharedFile(q, "pdf") }

func (s *Site) sharedFile(q *request, form string) error {
	f, err := s.deps.Reports.Shared(q.r.Context(), q.r.PathValue("token"), form, s.deps.Address(q.r))
	if err != nil {
		return reportProblem(err)
	}
	q.w.Header().Set("Referrer-Policy", "no-referrer")
	q.document(f, form == "pdf")
	return nil
}
