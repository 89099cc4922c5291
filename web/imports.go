package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lernspur/directory"
)

// importRow is a file that was taken over.
type importRow struct {
	*directory.Import
	Kind string
}

// importForm is the form that a file is looked at with.
type importForm struct {
	Kind, Kinds []choice
	HomePage    string
	From, Sheet string
	Complete    bool
}

// importsPage is what the page of imports shows.
type importsPage struct {
	Form    importForm
	Most    string
	History []importRow
	More    string
}

// maxFile bounds a file that is imported, in bytes: see directory/sheet.
const maxFile = 16 << 20

// imports takes a file, and says what was imported before.
func (s *Site) imports(q *request) error {
	return s.showImports(q, http.StatusOK, directory.ImportOptions{Kind: q.r.URL.Query().Get("kind")}, nil)
}

func (s *Site) showImports(q *request, status int, o directory.ImportOptions, wrong []fieldError) error {
	body := importsPage{Form: importForm{HomePage: o.HomePage, From: string(o.From), Sheet: o.Sheet, Complete: o.Complete}, Most: q.words.size(maxFile)}
	for _, kind := range directory.Kinds() {
		body.Form.Kinds = append(body.Form.Kinds, choice{kind, q.words.t("import.kind." + kind), kind == o.Kind})
	}
	history := s.deps.Directory.Imports(q.r.Context(), q.who.Tenant)
	if after := q.r.URL.Query().Get("after"); after != "" {
		at := slices.IndexFunc(history, func(i *directory.Import) bool { return i.ID == after })
		history = history[at+1:]
	}
	if len(history) > pageSize {
		history = history[:pageSize]
		body.More = q.nextPage(history[pageSize-1].ID)
	}
	for _, i := range history {
		body.History = append(body.History, importRow{i, q.words.t("import.kind." + i.Kind)})
	}
	return q.show(status, "imports", &view{Title: q.words.t("import.title"), Answer: q.words.t("import.answer"), Tabs: q.directoryTabs(), Body: body, Errors: wrong, Script: true, Crumbs: q.directoryCrumbs()})
}

// takeFile reads the form with a file.
func (q *request) takeFile() (name string, data []byte, values url.Values, err error) {
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, maxFile+maxForm)
	parts, err := q.r.MultipartReader()
	if err != nil {
		return "", nil, nil, &problem{status: http.StatusBadRequest, key: "form"}
	}
	values = url.Values{}
	for range 20 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return name, data, values, nil
		}
		if err != nil {
			return "", nil, values, err
		}
		if part.FormName() == "file" {
			name = part.FileName()
			if data, err = io.ReadAll(part); err != nil {
				return name, nil, values, err
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, 4000))
		if err != nil {
			return name, nil, values, err
		}
		values.Add(part.FormName(), string(text))
	}
	return "", nil, nil, &problem{status: http.StatusBadRequest, key: "form"}
}

// tooLarge tells whether reading stopped at a limit.
func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

// previewFile looks at a file, and leads to what it would change.
func (s *Site) previewFile(q *request) error {
	release, ok := s.reading.take()
	if !ok {
		return &problem{status: http.StatusServiceUnavailable, key: "busy", after: 2 * time.Second}
	}
	defer release()
	name, data, values, err := q.takeFile()
	if err != nil && !tooLarge(err) {
		var known *problem
		if errors.As(err, &known) {
			return known
		}
		return &problem{status: http.StatusBadRequest, key: "upload"}
	}
	o, wrong := q.importOptions(values)
	switch {
	case err != nil || len(data) > maxFile:
		wrong = append(wrong, fieldError{"file", q.words.t("import.large", q.words.size(maxFile))})
	case name == "" && len(data) == 0:
		wrong = append(wrong, fieldError{"file", q.words.t("import.file.none")})
	}
	if len(wrong) > 0 {
		return s.showImports(q, http.StatusUnprocessableEntity, o, wrong)
	}
	o.File = tidyName(name)
	shown, err := s.lookAt(q, data, o)
	if wrong, known := q.unfit(err, importFields); known {
		return s.showImports(q, http.StatusUnprocessableEntity, o, wrong)
	}
	if err != nil {
		return err
	}
	q.to("/directory/import/" + shown.id)
	return nil
}

// importFields are the fields of the form by those of the directory.
var importFields = map[string]string{"homePage": "home", "mapping": "file", "*": "file"}

// tidyName is the name of a file as it is kept.
func tidyName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "")))
	for len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "")
	}
	return name
}

// importOptions reads what a form says of a file.
func (q *request) importOptions(values url.Values) (o directory.ImportOptions, wrong []fieldError) {
	o = directory.ImportOptions{Kind: values.Get("kind"), Sheet: strings.TrimSpace(values.Get("sheet")), HomePage: strings.TrimSpace(values.Get("home")), Complete: values.Get("complete") != "", By: q.who.Account, Listed: maxShown}
	if !slices.Contains(directory.Kinds(), o.Kind) {
		wrong = append(wrong, fieldError{"kind", q.words.t("import.kind.none")})
	}
	from, ok := readDay(values.Get("from"))
	if !ok {
		wrong = append(wrong, fieldError{"from", q.words.t("invalid.day")})
	}
	o.From = from
	return o, wrong
}

// maxShown bounds the changes of a file: all of them are shown, since nothing is applied that
// was not. It is what a file has rows for, and everybody whom it leaves out.
const maxShown = 300_000

// lookAt says what a file would change, and keeps it for whoever wants that.
func (s *Site) lookAt(q *request, data []byte, o directory.ImportOptions) (*shownFile, error) {
	o.DryRun, o.SHA256, o.Version = true, "", nil
	shown := &shownFile{tenant: q.who.Tenant, account: q.who.Account, name: o.File, data: data, options: o}
	result, err := s.deps.Directory.Import(q.r.Context(), q.who.Tenant, data, o)
	var unread *directory.ImportErrors
	switch {
	case errors.As(err, &unread):
		// The columns cannot be told, or the file cannot be read: that is shown, too.
		result = &directory.ImportResult{Import: directory.Import{Kind: o.Kind, File: o.File}, Errors: unread}
		shown.fault = err
		if table, columns, err := s.deps.Directory.Preview(data, o); table != nil {
			result.Table, result.Columns = table, columns
			if err == nil {
				result.Rows = len(table.Rows)
			}
		}
	case err != nil:
		return nil, err
	}
	if result.Table != nil {
		for _, row := range result.Table.Rows[:min(len(result.Table.Rows), sampleRows)] {
			shown.sample, shown.lines = append(shown.sample, row.Cells), append(shown.lines, row.Line)
		}
		table := *result.Table
		table.Rows = nil // the bytes are kept, not what was read of them
		result.Table = &table
	}
	shown.result = result
	s.shown.keep(shown, s.deps.Now())
	return shown, nil
}

// sampleRows is how many rows of a file a preview shows.
const sampleRows = 5

// findShown is the file of an address, as the visitor was shown it.
func (q *request) findShown() (*shownFile, error) {
	shown := q.site.shown.find(q.who.Tenant, q.who.Account, q.r.PathValue("preview"), q.site.deps.Now())
	if shown == nil {
		return nil, &problem{status: http.StatusGone, key: "unshown"}
	}
	return shown, nil
}
