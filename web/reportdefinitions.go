package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"lernspur/report/definition"
	"lernspur/report/desk"
)

// definitionPage is what the editor of a definition shows.
type definitionPage struct {
	*desk.Definition        // nil for a new one
	Text             string // as it was sent
	Action           string
	Problems         definition.Problems
	Checked          bool // and nothing was wrong
	Days, Hours      []int
}

// newReport asks for a definition.
func (s *Site) newReport(q *request) error {
	return s.showDefinition(q, http.StatusOK, definitionPage{Text: q.words.t("reports.starter", strconv.Quote(q.who.Tenant))}, nil)
}

// reportDefinition shows a definition, to be changed and run.
func (s *Site) reportDefinition(q *request) error {
	d, err := s.deps.Reports.Definition(q.r.Context(), q.who.Tenant, q.r.PathValue("definition"))
	if err != nil {
		return reportProblem(err)
	}
	return s.showDefinition(q, http.StatusOK, definitionPage{Definition: d, Text: d.Text}, nil)
}

func (s *Site) showDefinition(q *request, status int, body definitionPage, wrong []fieldError) error {
	body.Action = q.link("/reports/new")
	title := q.words.t("reports.new.title")
	if body.Definition != nil {
		body.Action = q.link("/reports/definitions/" + body.Definition.ID)
		title = body.Definition.Title
	}
	for day := 1; day <= 28; day++ {
		body.Days = append(body.Days, day)
	}
	for hour := range 24 {
		body.Hours = append(body.Hours, hour)
	}
	if len(body.Problems) > 0 {
		wrong = append(wrong, fieldError{"text", q.words.tn("reports.problems", len(body.Problems))})
	}
	return q.show(status, "reportdefinition", &view{Title: title, Answer: q.words.t("reports.definition.answer"), Body: body, Errors: wrong,
		Crumbs: q.crumbs("/reports", q.words.t("menu.reports"))})
}

// makeReport keeps a new definition, or shows what it would be.
func (s *Site) makeReport(q *request) error { return s.takeDefinition(q, nil) }

// changeReport keeps a definition that was changed, or shows what it would be.
func (s *Site) changeReport(q *request) error {
	d, err := s.deps.Reports.Definition(q.r.Context(), q.who.Tenant, q.r.PathValue("definition"))
	if err != nil {
		return reportProblem(err)
	}
	return s.takeDefinition(q, d)
}

// takeDefinition does with a text what the button says: save, check, or preview.
func (s *Site) takeDefinition(q *request, before *desk.Definition) error {
	text, act, err := q.definitionForm()
	if err != nil {
		return err
	}
	body := definitionPage{Definition: before, Text: text}
	id := ""
	if before != nil {
		id = before.ID
	}
	var saved *desk.Definition
	var preview *desk.File
	switch act {
	case "preview":
		preview, body.Problems, err = s.deps.Reports.Preview(q.r.Context(), q.who.Tenant, text)
	case "check":
		body.Problems, err = s.deps.Reports.Check(text)
		body.Checked = len(body.Problems) == 0
	default:
		saved, body.Problems, err = s.deps.Reports.Save(q.r.Context(), q.who.Tenant, id, text, q.me())
	}
	switch {
	case err != nil:
		return reportProblem(err)
	case len(body.Problems) > 0:
		return s.showDefinition(q, http.StatusUnprocessableEntity, body, nil)
	case preview != nil:
		q.document(preview, false)
		return nil
	case saved != nil:
		q.to("/reports/definitions/" + saved.ID + "?done=saved")
		return nil
	}
	return s.showDefinition(q, http.StatusOK, body, nil)
}

// definitionForm reads the editor: the text, or the file that was chosen instead, and the button.
func (q *request) definitionForm() (text, act string, err error) {
	const room = 64 << 10 // for what is not the text
	// A text can be sent twice: as it stands in the editor, and as a file.
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, 2*definition.MaxBytes+room)
	if err := q.r.ParseMultipartForm(2*definition.MaxBytes + room); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", "", &problem{status: http.StatusBadRequest, key: "form"}
	}
	text, act = strings.ReplaceAll(q.r.PostFormValue("text"), "\r\n", "\n"), q.r.PostFormValue("act")
	file, _, err := q.r.FormFile("file")
	if err != nil {
		return text, act, nil // none was chosen
	}
	defer file.Close()
	sent, err := io.ReadAll(io.LimitReader(file, definition.MaxBytes+1))
	if err != nil {
		return "", "", &problem{status: http.StatusBadRequest, key: "form"}
	}
	if len(sent) > 0 {
		text = strings.ReplaceAll(string(sent), "\r\n", "\n")
	}
	return text, act, nil
}

// removeReport removes a definition.
func (s *Site) removeReport(q *request) error {
	if err := s.deps.Reports.RemoveDefinition(q.r.Context(), q.who.Tenant, q.r.PathValue("definition")); err != nil {
		return reportProblem(err)
	}
	q.to("/reports?done=definitionremoved")
	return nil
}

// scheduleReport sets when a definition is run by itself.
func (s *Site) scheduleReport(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	id := q.r.PathValue("definition")
	day, dayOK := within(values.Get("day"), 0, 28)
	hour, hourOK := within(values.Get("hour"), 0, 23)
	if !dayOK || !hourOK {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	if err := s.deps.Reports.SetSchedule(q.r.Context(), q.who.Tenant, id, q.me(), day, hour); err != nil {
		return reportProblem(err)
	}
	q.to("/reports/definitions/" + id + "?done=scheduled")
	return nil
}

// within reads a whole number between two.
func within(text string, least, most int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n, err == nil && n >= least && n <= most
}

// runReport begins a run.
func (s *Site) runReport(q *request) error {
	if _, err := s.deps.Reports.Start(q.r.Context(), q.who.Tenant, q.r.PathValue("definition"), q.me()); err != nil {
		return reportProblem(err)
	}
	q.to("/reports/progress")
	return nil
}
