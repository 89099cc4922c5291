package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Reports makes evaluation reports and keeps them. Errors of what was asked for wrongly are
// ErrRequest, with words of their own.
type Reports interface {
	// RunReport makes a report of a definition.
	RunReport(ctx context.Context, ask RunReportRequest, tell func(ReportStep)) (*ReportMade, error)
	// ReportRuns lists what was made of a tenant, the latest first.
	ReportRuns(ctx context.Context, tenant string) ([]ReportRun, error)
	// RepeatReport makes a report once more, of what its first run has used.
	RepeatReport(ctx context.Context, tenant, id, by string) (*ReportMade, error)
	// ArchivedReport is a report as it was made.
	ArchivedReport(ctx context.Context, tenant, id string) (*ReportMade, error)
	// CompareReports answers, as JSON, what differs between two.
	CompareReports(ctx context.Context, tenant, a, b string) (json.RawMessage, error)
}

// RunReportRequest asks for a report.
type RunReportRequest struct {
	Definition []byte // YAML
	AsOf       string // only what was stored up to then counts; "": by the definition
	By         string // who asks
}

// ReportStep is how far a report has come; Total is 0 where that is not known.
type ReportStep struct {
	Name  string
	Done  int64
	Total int64
}

// ReportRun is a run of a report.
type ReportRun struct {
	ID          string    `json:"id"`
	Of          string    `json:"of,omitempty"` // the run that was repeated
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	AsOf        time.Time `json:"as_of"`
	Title       string    `json:"title"`
	From        string    `json:"from"`
	To          string    `json:"to"`
	Version     string    `json:"version"`
	Definition  string    `json:"definition"` // SHA-256
	Checksum    string    `json:"checksum"`   // SHA-256 of the JSON
	Erased      int64     `json:"erased"`     // people who are missing
	Changed     bool      `json:"changed"`    // other bytes than the run that was repeated
	Consequence string    `json:"consequence"`
}

// ReportMade is a run with the bytes that it gave.
type ReportMade struct {
	Run  ReportRun `json:"run"`
	JSON []byte    `json:"json"`
}

// reportEvent is one line of the answer to a run.
type reportEvent struct {
	Step  *ReportStep `json:"step,omitempty"`
	Made  *ReportMade `json:"made,omitempty"`
	Error string      `json:"error,omitempty"`
}

// maxDefinition bounds a definition; one that is too large is told by who reads it.
const maxDefinition = 2 << 20

// runReport streams events: steps, and at the end what was made or an error.
func (h *handler) runReport(w http.ResponseWriter, r *http.Request) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxDefinition))
	if err != nil {
		return badRequest("reading the definition: %w", err)
	}
	reports, err := h.reports()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, control := json.NewEncoder(w), http.NewResponseController(w)
	send := func(e reportEvent) {
		// A command that is gone ends the request's context, which ends this.
		_ = lines.Encode(e)
		_ = control.Flush()
	}
	q := r.URL.Query()
	made, err := reports.RunReport(r.Context(), RunReportRequest{Definition: text, AsOf: q.Get("as_of"), By: q.Get("by")},
		func(s ReportStep) { send(reportEvent{Step: &s}) })
	if err != nil {
		send(reportEvent{Error: err.Error()})
		return nil
	}
	send(reportEvent{Made: made})
	return nil
}

func (h *handler) reports() (Reports, error) {
	if h.services.Reports == nil {
		return nil, badRequest("no reports are kept here")
	}
	return h.services.Reports, nil
}

func (h *handler) reportRuns(w http.ResponseWriter, r *http.Request) error {
	reports, err := h.reports()
	if err != nil {
		return err
	}
	list, err := reports.ReportRuns(r.Context(), r.URL.Query().Get("tenant"))
	if err != nil {
		return err
	}
	return answer(w, list)
}

// aboutRun answers for one run.
func (h *handler) aboutRun(ask func(reports Reports, ctx context.Context, tenant, id string, q url.Values) (any, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		reports, err := h.reports()
		if err != nil {
			return err
		}
		q := r.URL.Query()
		value, err := ask(reports, r.Context(), q.Get("tenant"), r.PathValue("id"), q)
		if err != nil {
			return err
		}
		return answer(w, value)
	}
}

func archivedReport(reports Reports, ctx context.Context, tenant, id string, _ url.Values) (any, error) {
	return reports.ArchivedReport(ctx, tenant, id)
}

func repeatReport(reports Reports, ctx context.Context, tenant, id string, q url.Values) (any, error) {
	return reports.RepeatReport(ctx, tenant, id, q.Get("by"))
}

func compareReports(reports Reports, ctx context.Context, tenant, id string, q url.Values) (any, error) {
	return reports.CompareReports(ctx, tenant, id, q.Get("with"))
}

// RunReport makes a report. tell may be nil.
func (c *Client) RunReport(ctx context.Context, ask RunReportRequest, tell func(ReportStep)) (*ReportMade, error) {
	response, err := c.do(ctx, http.MethodPost, "/v1/reports", url.Values{"as_of": {ask.AsOf}, "by": {ask.By}}, bytes.NewReader(ask.Definition))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	lines := json.NewDecoder(bufio.NewReader(response.Body))
	for {
		var e reportEvent
		if err := lines.Decode(&e); err != nil {
			return nil, fmt.Errorf("the report did not come to an end: %w", err)
		}
		switch {
		case e.Error != "":
			return nil, errors.New(e.Error)
		case e.Made != nil:
			return e.Made, nil
		case e.Step != nil && tell != nil:
			tell(*e.Step)
		}
	}
}

// ReportRuns lists what was made of a tenant, the latest first.
func (c *Client) ReportRuns(ctx context.Context, tenant string) ([]ReportRun, error) {
	var list []ReportRun
	return list, c.call(ctx, http.MethodGet, "/v1/reports", url.Values{"tenant": {tenant}}, nil, &list)
}

// ArchivedReport is a report as it was made.
func (c *Client) ArchivedReport(ctx context.Context, tenant, id string) (*ReportMade, error) {
	made := new(ReportMade)
	return made, c.call(ctx, http.MethodGet, "/v1/reports/"+url.PathEscape(id), url.Values{"tenant": {tenant}}, nil, made)
}

// RepeatReport makes a report once more.
func (c *Client) RepeatReport(ctx context.Context, tenant, id, by string) (*ReportMade, error) {
	made := new(ReportMade)
	return made, c.call(ctx, http.MethodPost, "/v1/reports/"+url.PathEscape(id)+"/repeat", url.Values{"tenant": {tenant}, "by": {by}}, nil, made)
}

// CompareReports answers, as JSON, what differs between two.
func (c *Client) CompareReports(ctx context.Context, tenant, a, b string) (json.RawMessage, error) {
	var text json.RawMessage
	return text, c.call(ctx, http.MethodGet, "/v1/reports/"+url.PathEscape(a)+"/compare", url.Values{"tenant": {tenant}, "with": {b}}, nil, &text)
}
