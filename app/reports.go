package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/admin"
	"lernspur/blobs"
	"lernspur/content/manifest"
	"lernspur/progress"
	"lernspur/report/definition"
	"lernspur/report/inputs"
	"lernspur/report/reading"
	"lernspur/report/runs"
	"lernspur/statements"
	"lernspur/store"
)

// startReports opens what evaluation reports are kept in.
func (a *App) startReports(ctx context.Context) error {
	files, err := a.openBlobs(ctx, "reports")
	if err != nil {
		return fmt.Errorf("the reports: %w", err)
	}
	reader := &reading.Reader{
		Conn: a.store.Conn(), Facts: a.projector, Directory: a.people.Wait,
		Catalogue: a.catalogued, Texts: a.activityTexts,
		Demo: a.madeUp,
		Hours: func(ctx context.Context, tenant string) (bool, error) {
			s, err := a.evaluation.Of(ctx, tenant)
			return s.Hours, err
		},
	}
	a.reports = runs.New(runs.Dependencies{
		Records: catalogRecords{a.committer, a.store}, Files: packageFiles{blobs.NewKeeper(files)},
		Reader: waiting{reader, a.committer}, Version: a.opts.Version,
	})
	return nil
}

// waiting reads when everything acknowledged before is visible.
type waiting struct {
	*reading.Reader
	committer interface {
		Wait(ctx context.Context) (int64, error)
	}
}

// Read implements runs.Reader.
func (w waiting) Read(ctx context.Context, d *definition.Definition, asOf int64, tell func(reading.Step)) (*inputs.Inputs, error) {
	if _, err := w.committer.Wait(ctx); err != nil {
		return nil, fmt.Errorf("waiting for the statements to be visible: %w", err)
	}
	return w.Reader.Read(ctx, d, asOf, tell)
}

// catalogued are the courses of the catalogue as a report names them.
func (a *App) catalogued(ctx context.Context, tenant, language string) (map[string]inputs.Course, error) {
	courses := make(map[string]inputs.Course)
	after := ""
	const page = 200
	for {
		list, err := a.catalog.Courses(ctx, tenant, after, page)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			after = c.ID
			one := inputs.Course{ID: c.Activity, Name: c.Title.In(language, "de", "en")}
			switch c.Kind {
			case "induction":
				one.Kind = "induction"
			case "further-training":
				one.Kind = "further_training"
			}
			if v := c.Version(c.Current); v != nil {
				one.Format = formatOf(v.Kind)
			}
			courses[c.Activity] = one
		}
		if len(list) < page {
			return courses, nil
		}
	}
}

// formatOf is the name that a report has for a standard of packages; "" for none.
func formatOf(kind manifest.Kind) string {
	switch kind {
	case manifest.SCORM12, manifest.SCORM2004:
		return "scorm"
	case manifest.Cmi5:
		return "cmi5"
	case manifest.H5P:
		return "h5p"
	case manifest.TinCan:
		return "tincan"
	}
	return ""
}

// bestText is the text of a language map that a reader of a language understands best.
func bestText(text map[string]string, language string) string {
	best, rank := "", 0
	for tag, t := range text {
		n := 1
		switch {
		case tag == language:
			n = 4
		case len(tag) > len(language) && tag[:len(language)+1] == language+"-":
			n = 3
		case tag == "en" || len(tag) > 2 && tag[:3] == "en-":
			n = 2
		}
		// Of equals the first one, so that it is always the same.
		if n > rank || n == rank && t < best {
			best, rank = t, n
		}
	}
	return best
}

// activityTexts are what statements say of Activities.
func (a *App) activityTexts(ctx context.Context, tenant, language string, activities []string) (map[string]string, error) {
	definitions, err := a.store.Definitions(ctx, tenant, activities)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(definitions))
	for id, text := range definitions {
		var d struct {
			Name, Description map[string]string
		}
		if json.Unmarshal(text, &d) != nil {
			continue // what it says cannot be shown
		}
		const longest = 300
		t := bestText(d.Description, language)
		if name := bestText(d.Name, language); name != "" {
			t = name
		}
		if r := []rune(t); len(r) > longest {
			t = string(r[:longest-1]) + "…"
		}
		texts[id] = t
	}
	return texts, nil
}

// forgetInReports takes the learners of a deletion out of what reports have used.
func forgetInReports(ctx context.Context, s *store.Store, reports *runs.Service, tenant string, deletion uuid.UUID) error {
	if reports == nil {
		return nil
	}
	learners, err := s.DeletionLearners(ctx, tenant, deletion)
	if err != nil {
		return fmt.Errorf("reading whose statements are deleted: %w", err)
	}
	return reports.Forget(ctx, tenant, learners)
}

// adminReports are the reports as the commands see them.
type adminReports struct{ *App }

// RunReport implements admin.Reports.
func (r adminReports) RunReport(ctx context.Context, ask admin.RunReportRequest, tell func(admin.ReportStep)) (*admin.ReportMade, error) {
	request := runs.Request{Definition: ask.Definition, By: ask.By}
	if ask.AsOf != "" {
		var ok bool
		if request.AsOf, ok = statements.ParseTimestamp(ask.AsOf, statements.V2); !ok || request.AsOf <= 0 {
			return nil, fmt.Errorf("%w: as-of: expected a time such as 2026-12-31T08:00:00Z, got %q", admin.ErrRequest, ask.AsOf)
		}
	}
	made, err := r.reports.Run(ctx, request, func(s reading.Step) { tell(admin.ReportStep(s)) })
	return adminMade(made, err)
}

// ReportRuns implements admin.Reports.
func (r adminReports) ReportRuns(ctx context.Context, tenant string) ([]admin.ReportRun, error) {
	list, err := r.reports.Runs(ctx, tenant)
	if err != nil {
		return nil, toReports(err)
	}
	answer := make([]admin.ReportRun, len(list))
	for i, run := range list {
		answer[i] = adminRun(run)
	}
	return answer, nil
}

// RepeatReport implements admin.Reports.
func (r adminReports) RepeatReport(ctx context.Context, tenant, id, by string) (*admin.ReportMade, error) {
	return adminMade(r.reports.Repeat(ctx, tenant, id, by))
}

// ArchivedReport implements admin.Reports.
func (r adminReports) ArchivedReport(ctx context.Context, tenant, id string) (*admin.ReportMade, error) {
	return adminMade(r.reports.Archived(ctx, tenant, id))
}

// CompareReports implements admin.Reports.
func (r adminReports) CompareReports(ctx context.Context, tenant, a, b string) (json.RawMessage, error) {
	c, err := r.reports.Compare(ctx, tenant, a, b)
	if err != nil {
		return nil, toReports(err)
	}
	return json.Marshal(c)
}

func adminMade(made *runs.Made, err error) (*admin.ReportMade, error) {
	if err != nil {
		return nil, toReports(err)
	}
	return &admin.ReportMade{Run: adminRun(made.Run), JSON: made.JSON}, nil
}

func adminRun(run *runs.Run) admin.ReportRun {
	return admin.ReportRun{
		ID: run.ID, Of: run.Of, By: run.By, At: time.UnixMicro(run.At).UTC(), AsOf: time.UnixMicro(run.AsOf).UTC(),
		Title: run.Title, From: run.From, To: run.To, Version: run.Version, Definition: run.Definition, Checksum: run.Result,
		Erased: run.Erased, Changed: run.Changed, Consequence: run.Consequence,
	}
}

// toReports gives an error that is the fault of who asked the type that the commands know.
func toReports(err error) error {
	var problems definition.Problems
	switch {
	case errors.As(err, &problems), errors.Is(err, runs.ErrNotFound), errors.Is(err, runs.ErrTenant), errors.Is(err, runs.ErrTooMany), errors.Is(err, progress.ErrNotYet):
		return fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	return toAdmin(err)
}
