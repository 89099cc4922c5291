package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lernspur/access"
	"lernspur/progress"
	"lernspur/report/definition"
	reportdesk "lernspur/report/desk"
	"lernspur/report/forms"
	"lernspur/report/pdf"
	"lernspur/report/reading"
	"lernspur/report/result"
	"lernspur/report/runs"
)

// startDesk assembles where people work on reports, and runs what is due by itself.
func (a *App) startDesk(running context.Context) {
	a.desk = reportdesk.New(reportdesk.Dependencies{
		Records: catalogRecords{a.committer, a.store}, Engine: deskEngine{a.reports}, Press: reportPress{}, Logger: a.log.Named("reports"),
	})
	a.task(func() { a.desk.Keep(running, a.tenants) })
	a.task(func() {
		<-running.Done()
		a.desk.Close()
	})
}

// deskEngine is what makes and keeps reports, as the desk sees it.
type deskEngine struct{ runs *runs.Service }

// Preview implements reportdesk.Engine.
func (e deskEngine) Preview(ctx context.Context, tenant string, text []byte) (*result.Report, error) {
	r, err := e.runs.Preview(ctx, runs.Request{Definition: text, Tenant: tenant}, nil)
	return r, toDesk(err)
}

// Run implements reportdesk.Engine.
func (e deskEngine) Run(ctx context.Context, tenant, by string, text []byte, step func(string)) (string, error) {
	made, err := e.runs.Run(ctx, runs.Request{Definition: text, Tenant: tenant, By: by}, func(s reading.Step) { step(s.Name) })
	if err != nil {
		return "", toDesk(err)
	}
	return made.Run.ID, nil
}

// Runs implements reportdesk.Engine.
func (e deskEngine) Runs(ctx context.Context, tenant string) ([]reportdesk.Run, error) {
	all, err := e.runs.Runs(ctx, tenant)
	if err != nil {
		return nil, toDesk(err)
	}
	list := make([]reportdesk.Run, len(all))
	for i, r := range all {
		list[i] = reportdesk.Run{ID: r.ID, Title: r.Title, By: r.By, Made: r.At, From: r.From, To: r.To, AsOf: time.UnixMicro(r.AsOf).UTC().Format(time.RFC3339),
			Checksum: r.Result, Version: r.Version, Consequence: r.Consequence, Erased: r.Erased, Repeats: r.Of}
	}
	return list, nil
}

// Definition implements reportdesk.Engine.
func (e deskEngine) Definition(ctx context.Context, tenant, run string) ([]byte, error) {
	text, err := e.runs.Definition(ctx, tenant, run)
	return text, toDesk(err)
}

// Report implements reportdesk.Engine.
func (e deskEngine) Report(ctx context.Context, tenant, run string) ([]byte, error) {
	made, err := e.runs.Archived(ctx, tenant, run)
	if err != nil {
		return nil, toDesk(err)
	}
	return made.JSON, nil
}

// toDesk gives an error the type that the desk and the pages know.
func toDesk(err error) error {
	switch {
	case errors.Is(err, runs.ErrNotFound):
		return fmt.Errorf("%w: %w", reportdesk.ErrNotFound, err)
	case errors.Is(err, runs.ErrTooMany):
		return fmt.Errorf("%w: %w", reportdesk.ErrTooMany, err)
	case errors.Is(err, progress.ErrNotYet):
		return fmt.Errorf("%w: %w", reportdesk.ErrNotYet, err)
	case errors.Is(err, runs.ErrTenant):
		return fmt.Errorf("%w: %w", definition.Problems{{Path: "tenant", Message: err.Error()}}, err)
	}
	return toCatalog(err) // whose errors pages know
}

// reportPress makes forms of reports.
type reportPress struct{}

// Make implements reportdesk.Press.
func (reportPress) Make(ctx context.Context, r *result.Report, form string) (*reportdesk.File, error) {
	files, err := forms.Make(ctx, r, forms.Form(form), forms.Options{})
	switch {
	case errors.Is(err, forms.ErrForm):
		return nil, fmt.Errorf("%w: %q", reportdesk.ErrForm, form)
	case errors.Is(err, pdf.ErrNoBrowser):
		return nil, reportdesk.ErrNoBrowser
	case err != nil:
		return nil, err
	}
	if form == string(forms.CSV) {
		return tablesZIP(files)
	}
	types := map[forms.Form]string{
		forms.HTML: "text/html; charset=utf-8", forms.PDF: "application/pdf", forms.JSON: "application/json",
		forms.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	}
	return &reportdesk.File{Name: files[0].Name, Type: types[files[0].Form], Data: files[0].Data}, nil
}

// tablesZIP is a ZIP archive of files; the same files are the same bytes.
func tablesZIP(files []forms.File) (*reportdesk.File, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &reportdesk.File{Name: "report-tables.zip", Type: "application/zip", Data: b.Bytes()}, nil
}

// Compare implements reportdesk.Press.
func (reportPress) Compare(before, after *result.Report, language string) []reportdesk.Compared {
	var list []reportdesk.Compared
	for _, c := range forms.Compare(before, after, language) {
		list = append(list, reportdesk.Compared{Name: c.Name, Before: c.Before, After: c.After, Difference: c.Difference, Changed: c.Changed})
	}
	return list
}

// addressOf names where a request comes from, as signing in sees it.
func (a *App) addressOf(r *http.Request) string {
	return access.Address(r, a.opts.Signin.AddressHeader)
}
