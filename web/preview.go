package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/directory"
)

// columnRow is a column of a file, with what it can mean.
type columnRow struct {
	Number  int
	Heading string
	Fields  []choice
	Sample  []string
}

// faultRow is what is wrong in a file, and where.
type faultRow struct {
	Line, Column int
	Heading      string
	Text         string
}

// changeRow is what a file changes.
type changeRow struct {
	Line       int
	Kind, Name string
	Values     []valueRow
}

// valueRow is a field that a file changes: what goes and what comes.
type valueRow struct{ Field, Gone, Coming string }

// previewPage is what the preview of a file shows.
type previewPage struct {
	Path, File, Kind, SHA256, Format string
	Version                          uint64
	Rows                             int
	Counts                           []hiddenField // what, and how many
	Columns                          []columnRow
	Lines                            []int
	Faults                           []faultRow
	MoreFaults                       int
	Changes                          []changeRow
	From, Total                      int // of the changes on this page
	More                             string
	Applies                          int // changes that would be applied
	Form                             importForm
	Options                          directory.ImportOptions
	FromDay                          string
	Again                            bool // the directory was changed since it was shown
}

// preview of a file: what it would change, and what is wrong with it.
func (s *Site) showPreview(q *request) error {
	shown, err := q.findShown()
	if err != nil {
		return err
	}
	return s.previewOf(q, http.StatusOK, shown, false, nil)
}

func (s *Site) previewOf(q *request, status int, shown *shownFile, again bool, wrong []fieldError) error {
	r := shown.result
	body := previewPage{Path: "/directory/import/" + shown.id, File: shown.name, Kind: q.words.t("import.kind." + shown.options.Kind), SHA256: r.SHA256, Version: r.Before, Rows: r.Rows, Lines: shown.lines, Options: shown.options, Again: again}
	if shown.options.From != "" {
		body.FromDay = q.words.day(shown.options.From)
	}
	if t := r.Table; t != nil {
		parts := []string{strings.ToUpper(t.Format)}
		for _, part := range []string{t.Encoding, t.Delimiter, t.Sheet} {
			if part != "" {
				parts = append(parts, map[string]string{"\t": "Tab"}[part]+strings.Trim(part, "\t"))
			}
		}
		body.Format = strings.Join(parts, ", ")
	}
	body.Columns = q.columnsOf(shown)
	if r.Errors != nil {
		body.MoreFaults = r.Errors.More
		for i, e := range r.Errors.List {
			if i == maxFaults {
				body.MoreFaults += len(r.Errors.List) - i
				break
			}
			body.Faults = append(body.Faults, faultRow{e.Line, e.Column, e.Heading, q.words.sentence(e.Said)})
		}
	} else {
		q.changesOf(&body, shown)
	}
	v := &view{Title: q.words.t("import.preview", shown.name), Answer: q.previewAnswer(body), Body: body, Errors: wrong, Crumbs: q.directoryCrumbs("/directory/import", q.words.t("import.title"))}
	if again {
		v.Wrongs = q.words.t("import.again")
	}
	return q.show(status, "preview", v)
}

// maxFaults is how many faults of a file one page shows.
const maxFaults = 500

// columnsOf are the columns of a file, each with what it can mean.
func (q *request) columnsOf(shown *shownFile) []columnRow {
	var rows []columnRow
	for i, c := range shown.result.Columns {
		row := columnRow{Number: i, Heading: c.Heading, Fields: []choice{{"", q.words.t("import.field.none"), c.Field == ""}}}
		for _, field := range directory.Fields(shown.options.Kind) {
			row.Fields = append(row.Fields, choice{field, q.words.t("import.field." + field), field == c.Field})
		}
		for _, cells := range shown.sample {
			text := ""
			if i < len(cells) {
				text = cells[i]
			}
			row.Sample = append(row.Sample, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// changesOf puts the changes of a page of them into what is shown.
func (q *request) changesOf(body *previewPage, shown *shownFile) {
	r := shown.result
	body.Applies = len(r.Changes) + r.More
	for _, count := range []struct {
		key string
		n   int
	}{{"new", r.New}, {"changed", r.Changed}, {"merged", r.Merged}, {"unchanged", r.Unchanged}, {"leftOut", r.LeftOut}} {
		body.Counts = append(body.Counts, hiddenField{q.words.t("import.count." + count.key), q.words.integer(int64(count.n))})
	}
	from, err := strconv.Atoi(q.r.URL.Query().Get("from"))
	if err != nil || from < 0 || from > len(r.Changes) {
		from = 0
	}
	to := min(len(r.Changes), from+changesShown)
	body.From, body.Total = from, len(r.Changes)+r.More
	for _, c := range r.Changes[from:to] {
		row := changeRow{Line: c.Line, Kind: q.words.t("import.change." + c.Change), Name: c.Name}
		for _, v := range c.Values {
			row.Values = append(row.Values, valueRow{q.words.t("import.different." + v.Field), q.parts(v.Field, v.Gone), q.parts(v.Field, v.Coming)})
		}
		body.Changes = append(body.Changes, row)
	}
	if to < len(r.Changes) {
		body.More = q.page(body.Path, "from", strconv.Itoa(to)) + "#changes"
	}
}

// parts are what goes, or comes, in words.
func (q *request) parts(field string, list []directory.ImportPart) string {
	texts := make([]string, len(list))
	for i, p := range list {
		if field == "identifiers" {
			p.Text = identifierLine(p.Text)
		}
		texts[i] = strings.TrimSpace(p.Text + " " + q.words.span(p.From, p.Until))
	}
	return strings.Join(texts, ", ")
}

// changesShown is how many changes one page shows.
const changesShown = 200

// previewAnswer says what a file would do.
func (q *request) previewAnswer(body previewPage) string {
	switch faults := len(body.Faults) + body.MoreFaults; {
	case faults > 0:
		return q.words.tn("import.answer.faults", faults)
	case body.Applies == 0:
		return q.words.tn("import.answer.nothing", body.Rows)
	}
	return q.words.tn("import.answer.changes", body.Applies, q.words.tn("import.rows", body.Rows))
}

// mapColumns looks at the file again, with other meanings of its columns or other
// options.
func (s *Site) mapColumns(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	shown, err := q.findShown()
	if err != nil {
		return err
	}
	release, ok := s.reading.take()
	if !ok {
		return &problem{status: http.StatusServiceUnavailable, key: "busy", after: 2 * time.Second}
	}
	defer release()
	o := shown.options
	if o.Mapping = map[string]string{}; shown.result.Columns == nil {
		o.Mapping = nil
	}
	for i, c := range shown.result.Columns {
		if name := "column." + strconv.Itoa(i); values.Has(name) {
			o.Mapping[c.Heading] = values.Get(name)
		}
	}
	next, err := s.lookAt(q, shown.data, o)
	if wrong, known := q.unfit(err, map[string]string{"*": "columns", "mapping": "columns"}); known {
		return s.previewOf(q, http.StatusUnprocessableEntity, shown, false, wrong)
	}
	if err != nil {
		return err
	}
	q.to("/directory/import/" + next.id)
	return nil
}

// applyFile takes over a file, if it and the directory are what was shown.
func (s *Site) applyFile(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	shown, err := q.findShown()
	if err != nil {
		return err
	}
	version, err := strconv.ParseUint(values.Get("version"), 10, 64)
	if err != nil || values.Get("sha256") == "" {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	if shown.result.Errors != nil || shown.fault != nil {
		return s.previewOf(q, http.StatusUnprocessableEntity, shown, false, nil)
	}
	release, ok := s.reading.take()
	if !ok {
		return &problem{status: http.StatusServiceUnavailable, key: "busy", after: 2 * time.Second}
	}
	defer release()
	o := shown.options
	o.DryRun, o.SHA256, o.Version = false, values.Get("sha256"), &version
	_, err = s.deps.Directory.Import(q.r.Context(), q.who.Tenant, shown.data, o)
	var faults *directory.ImportErrors
	switch {
	case errors.Is(err, directory.ErrChanged), errors.As(err, &faults):
		return s.showAgain(q, shown)
	case err != nil:
		return err
	}
	s.shown.drop(shown)
	q.to("/directory/import?done=imported")
	return nil
}

// showAgain shows what a file would change now, since that is not what was shown.
func (s *Site) showAgain(q *request, shown *shownFile) error {
	next, err := s.lookAt(q, shown.data, shown.options)
	if err != nil {
		return err
	}
	return s.previewOf(q, http.StatusConflict, next, true, nil)
}

// dropFile forgets a file that was shown.
func (s *Site) dropFile(q *request) error {
	shown, err := q.findShown()
	if err != nil {
		return err
	}
	s.shown.drop(shown)
	q.to("/directory/import?done=import-dropped")
	return nil
}

// readers are those who read files: each takes memory, so one reads at a time.
type readers chan struct{}

func (r readers) take() (release func(), ok bool) {
	select {
	case r <- struct{}{}:
		return func() { <-r }, true
	default:
		return nil, false
	}
}
