package api

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lernspur/apiv1"
	"lernspur/directory"
	"lernspur/directory/sheet"
)

// fileTypes are the types of bodies that are files.
var fileTypes = map[string]bool{
	"text/csv": true, "text/plain": true, "application/octet-stream": true, "application/vnd.ms-excel": true, // as some browsers call CSV
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": true,
}

// file reads a file, one of few at a time; release ends that.
func (a *API) file(w http.ResponseWriter, r *http.Request) (data []byte, release func(), err error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !fileTypes[mediaType] {
		return nil, nil, apiv1.Problemf(http.StatusUnsupportedMediaType, "the body has to be a file: text/csv, or a workbook of the type of XLSX")
	}
	select {
	case a.importing <- struct{}{}:
	default:
		return nil, nil, apiv1.Busy(2*time.Second, "other files are being read now; try again")
	}
	release = func() { <-a.importing }
	// A name that says it is large need not be sent.
	if r.ContentLength > a.opts.Limits.Bytes {
		release()
		return nil, nil, &http.MaxBytesError{Limit: a.opts.Limits.Bytes}
	}
	if data, err = io.ReadAll(http.MaxBytesReader(w, r.Body, a.opts.Limits.Bytes)); err != nil {
		release()
		return nil, nil, err
	}
	return data, release, nil
}

// options reads what files are and what becomes of them.
func (a *API) options(values url.Values, who *apiv1.Identity) (o directory.ImportOptions, err error) {
	o = directory.ImportOptions{
		Kind: values.Get("kind"), File: values.Get("file"), Sheet: values.Get("sheet"), HomePage: values.Get("homePage"), By: who.KeyID, Limits: a.opts.Limits,
		SHA256: values.Get("sha256"),
	}
	if text := values.Get("version"); text != "" {
		version, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return o, apiv1.BadRequest("version is the number that a dry run answered")
		}
		o.Version = &version
	}
	if text := values.Get("mapping"); text != "" {
		if json.Unmarshal([]byte(text), &o.Mapping) != nil {
			return o, apiv1.BadRequest(`mapping is an object of JSON, such as {"Nr.": "staff", "Bemerkung": ""}`)
		}
	}
	if o.From, err = day(values.Get("from"), "from"); err != nil {
		return o, err
	}
	if o.Complete, err = apiv1.Flag(values, "complete"); err != nil {
		return o, err
	}
	o.DryRun, err = apiv1.Flag(values, "dryRun")
	return o, err
}

// upload reads the parameters that are allowed, and the file; release ends that.
func (a *API) upload(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, allowed ...string) (data []byte, o directory.ImportOptions, release func(), err error) {
	values, err := apiv1.Parameters(r, allowed...)
	if err != nil {
		return nil, o, nil, err
	}
	if o, err = a.options(values, who); err != nil {
		return nil, o, nil, err
	}
	data, release, err = a.file(w, r)
	return data, o, release, err
}

// previewView is what a file is taken for.
type previewView struct {
	*sheet.Table
	Columns []directory.Column `json:"columns"`
	Fields  []string           `json:"fields"` // that a column can mean
	Rows    int                `json:"rows"`
	Sample  []sampleRow        `json:"sample"`
}

// sampleRow is a row as it is.
type sampleRow struct {
	Line  int      `json:"line"`
	Cells []string `json:"cells"`
}

// maxSample is how many rows a preview shows.
const maxSample = 10

func (a *API) preview(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	data, o, release, err := a.upload(w, r, who, "kind", "sheet", "mapping")
	if err != nil {
		return err
	}
	defer release()
	t, columns, err := a.opts.Directory.Preview(data, o)
	if err != nil {
		return err
	}
	v := previewView{Table: t, Columns: columns, Fields: directory.Fields(o.Kind), Rows: len(t.Rows), Sample: []sampleRow{}}
	for _, row := range t.Rows[:min(len(t.Rows), maxSample)] {
		v.Sample = append(v.Sample, sampleRow{row.Line, row.Cells})
	}
	return apiv1.Respond(w, r, http.StatusOK, v)
}

// importView is what a file brought, or would.
type importView struct {
	ID          string                   `json:"id,omitempty"`
	Kind        string                   `json:"kind"`
	File        string                   `json:"file,omitempty"`
	SHA256      string                   `json:"sha256"`
	By          string                   `json:"by,omitempty"`
	At          apiv1.Instant            `json:"at,omitzero"`
	Complete    bool                     `json:"complete,omitempty"`
	DryRun      bool                     `json:"dryRun,omitempty"`
	Version     *uint64                  `json:"version,omitempty"` // of the directory that a dry run looked at
	Rows        int                      `json:"rows"`
	New         int                      `json:"new"`
	Changed     int                      `json:"changed"`
	Unchanged   int                      `json:"unchanged"`
	LeftOut     int                      `json:"leftOut"`
	Merged      int                      `json:"merged"`
	Columns     []directory.Column       `json:"columns,omitempty"`
	Changes     []directory.ImportChange `json:"changes,omitempty"`
	MoreChanges int                      `json:"moreChanges,omitempty"`
	Errors      []directory.ImportError  `json:"errors,omitempty"`
	MoreErrors  int                      `json:"moreErrors,omitempty"`
}

func viewImport(i *directory.Import) importView {
	return importView{ID: i.ID, Kind: i.Kind, File: i.File, SHA256: i.SHA256, By: i.By, At: apiv1.Instant(i.At), Complete: i.Complete,
		Rows: i.Rows, New: i.New, Changed: i.Changed, Unchanged: i.Unchanged, LeftOut: i.LeftOut, Merged: i.Merged}
}

func (a *API) takeOver(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	data, o, release, err := a.upload(w, r, who, "kind", "file", "sheet", "mapping", "homePage", "from", "complete", "dryRun", "sha256", "version")
	if err != nil {
		return err
	}
	defer release()
	result, err := a.opts.Directory.Import(r.Context(), who.Tenant, data, o)
	if err != nil {
		return err
	}
	v := viewImport(&result.Import)
	v.Columns, v.Changes, v.MoreChanges, v.DryRun = result.Columns, result.Changes, result.More, result.DryRun
	if v.DryRun {
		v.ID, v.At, v.Version = "", 0, &result.Before
	}
	if result.Errors != nil {
		v.Errors, v.MoreErrors = result.Errors.List, result.Errors.More
	}
	return apiv1.Respond(w, r, http.StatusOK, v)
}

func (a *API) listImports(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	return listed(a, w, r, a.opts.Directory.Imports(r.Context(), who.Tenant), func(i *directory.Import) string { return i.ID }, viewImport)
}
