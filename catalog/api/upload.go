package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/pace"
)

// ndjson is the type of an answer that tells how far it is, line by line.
const ndjson = "application/x-ndjson"

// maxBare bounds a course structure that comes without a package, in bytes.
const maxBare = 16 << 20

// upload takes a package.
func (a *API) upload(w http.ResponseWriter, r *http.Request, who *apiv1.Identity, course string) error {
	report := &reporter{w: w, wanted: strings.Contains(r.Header.Get("Accept"), ndjson)}
	c, findings, err := a.Receive(w, r, who.Tenant, catalog.AddOptions{Course: course, By: who.KeyID, Progress: report.progress})
	if err != nil {
		return report.fail(a, r, err)
	}
	if findings == nil {
		findings = []manifest.Finding{}
	}
	body := added{viewWholePackage(c, c.Version(c.Current)), findings}
	if report.begun {
		return report.line(body)
	}
	w.Header().Set("Location", a.opts.PathPrefix+Packages+"/"+c.ID)
	return apiv1.Respond(w, r, http.StatusCreated, body)
}

// Receive takes the package that a request brings, as its body or as the one file
// of a form, for whoever has found out that the sender may. An upload may take long
// as long as bytes come; once it is there, the work on it has a time of its own.
// Errors: those of catalog.AddPackage, and *apiv1.Problem.
func (a *API) Receive(w http.ResponseWriter, r *http.Request, tenant string, o catalog.AddOptions) (c *catalog.Course, findings []manifest.Finding, err error) {
	p := a.pace(w)
	content, bare, err := packageOf(r)
	if err != nil {
		return nil, nil, err
	}
	paced := &uploadReader{pace.Reader{From: content, Pace: p}, func() { p.Until(time.Now().Add(a.opts.Work)) }}
	if bare {
		var data []byte
		if data, err = io.ReadAll(http.MaxBytesReader(w, io.NopCloser(paced), maxBare)); err == nil {
			c, findings, err = a.opts.Catalog.AddBare(r.Context(), tenant, "cmi5.xml", data, o)
		}
	} else {
		c, findings, err = a.opts.Catalog.AddZip(r.Context(), tenant, paced, o)
	}
	return c, findings, cut(err)
}

// cut is the error for an upload that ended early.
func cut(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return apiv1.BadRequest("the upload ended early")
	case errors.Is(err, errSlow):
		return apiv1.Problemf(http.StatusRequestTimeout, "the upload was too slow")
	}
	return err
}

// packageOf is the stream of a package: the body, or the one file of a form.
func packageOf(r *http.Request) (content io.Reader, bare bool, err error) {
	header := r.Header.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(header)
	if err != nil && header != "" {
		return nil, false, apiv1.BadRequest("the Content-Type is malformed")
	}
	switch mediaType {
	case "", "application/zip", "application/x-zip-compressed", "application/octet-stream":
		return r.Body, false, nil
	case "application/xml", "text/xml":
		return r.Body, true, nil
	case "multipart/form-data":
		content, err = fileOf(r)
		return content, false, err
	}
	return nil, false, apiv1.Problemf(http.StatusUnsupportedMediaType,
		"a package is application/zip, a form (multipart/form-data) with one file, or a course structure of cmi5 as text/xml")
}

// maxFields is how many fields of a form may come before the file.
const maxFields = 20

func fileOf(r *http.Request) (io.Reader, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, apiv1.BadRequest("the form is malformed")
	}
	for range maxFields {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, apiv1.BadRequest("the form is malformed, or ended early")
		}
		if part.FileName() != "" {
			return &onlyFile{part, form}, nil
		}
	}
	return nil, apiv1.BadRequest("the form has no file")
}

// onlyFile is a file of a form behind which no other file comes.
type onlyFile struct {
	*multipart.Part
	form *multipart.Reader
}

// Read implements io.Reader.
func (f *onlyFile) Read(p []byte) (int, error) {
	n, err := f.Part.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	for range maxFields {
		part, next := f.form.NextPart()
		switch {
		case errors.Is(next, io.EOF):
			return n, io.EOF
		case next != nil:
			return n, io.ErrUnexpectedEOF
		case part.FileName() != "":
			return n, apiv1.BadRequest("the form has more than one file; upload them one by one")
		}
	}
	return n, apiv1.BadRequest("the form has too many fields")
}

// reporter tells how far the work is, where that is wanted.
type reporter struct {
	w      http.ResponseWriter
	wanted bool
	begun  bool
	last   time.Time
}

// progressLine is one line of an answer that tells how far it is.
type progressLine struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// tellEvery is the time between two lines.
const tellEvery = 500 * time.Millisecond

func (p *reporter) progress(done, total int64) {
	if !p.wanted || time.Since(p.last) < tellEvery {
		return
	}
	p.last = time.Now()
	_ = p.line(map[string]progressLine{"progress": {done, total}}) // a client that left is found out by its context
}

// line sends a line, the first one with the head of the answer.
func (p *reporter) line(v any) error {
	if !p.begun {
		p.begun = true
		p.w.Header().Set("Content-Type", ndjson)
		p.w.Header().Set("X-Accel-Buffering", "no")
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, _ = p.w.Write(append(b, '\n'))
	return http.NewResponseController(p.w).Flush()
}

// fail answers with a problem: by its status, or in the last line when the answer
// has begun.
func (p *reporter) fail(a *API, r *http.Request, err error) error {
	if !p.begun {
		return err
	}
	known := toProblem(err)
	if known.Status == http.StatusInternalServerError {
		a.opts.Logger.Error("a package could not be taken: " + err.Error())
	}
	_ = p.line(map[string]*apiv1.Problem{"problem": known}) // as above
	return nil
}
