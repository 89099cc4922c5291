package forms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lernspur/report/pdf"
	"lernspur/report/result"
)

// Form is a form of a report.
type Form string

// The forms.
const (
	HTML Form = "html" // one file that needs nothing else
	PDF  Form = "pdf"  // the same, printed; tagged, as PDF/UA-1 asks
	XLSX Form = "xlsx" // all tables, a sheet for each
	CSV  Form = "csv"  // all tables, a file for each
	JSON Form = "json" // all figures, for programs
)

// All are all forms, in the order in which they are listed.
var All = []Form{HTML, PDF, XLSX, CSV, JSON}

// ErrForm: there is no such form.
var ErrForm = errors.New("there is no such form of a report")

// File is a file of a report.
type File struct {
	Form   Form
	Name   string // within the folder, with slashes
	Size   int64
	SHA256 string // in hexadecimal digits
	Data   []byte
}

// Options say what a form needs beside the report.
type Options struct {
	// Browser is the path of chromium, for PDF; "" looks for it.
	Browser string
}

// Make makes the files of one form. CSV has one for each table; all others have one.
func Make(ctx context.Context, r *result.Report, form Form, o Options) ([]File, error) {
	switch form {
	case HTML:
		data, err := Page(r)
		return one(form, "report.html", data, err)
	case PDF:
		data, err := Document(ctx, r, o)
		return one(form, "report.pdf", data, err)
	case XLSX:
		data, err := Workbook(r)
		return one(form, "report.xlsx", data, err)
	case JSON:
		data, err := r.JSON()
		return one(form, "report.json", data, err)
	case CSV:
		return Tables(r)
	}
	return nil, fmt.Errorf("%w: %q", ErrForm, form)
}

func one(form Form, name string, data []byte, err error) ([]File, error) {
	if err != nil {
		return nil, err
	}
	return []File{newFile(form, name, data)}, nil
}

func newFile(form Form, name string, data []byte) File {
	sum := sha256.Sum256(data)
	return File{Form: form, Name: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Data: data}
}

// Write writes the forms that are asked for into a folder, which is made when it is not there: all of
// them when none is named. Files of the same names are replaced, each whole. Errors: pdf.ErrNoBrowser
// where PDF is asked for and cannot be made; then the other forms are written all the same.
func Write(ctx context.Context, r *result.Report, dir string, o Options, which ...Form) ([]File, error) {
	if len(which) == 0 {
		which = All
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var written []File
	var unable error
	for _, form := range which {
		files, err := Make(ctx, r, form, o)
		if errors.Is(err, pdf.ErrNoBrowser) {
			unable = err
			continue
		}
		if err != nil {
			return written, fmt.Errorf("the report as %s: %w", form, err)
		}
		for _, f := range files {
			if err := replace(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data); err != nil {
				return written, err
			}
			f.Data = nil
			written = append(written, f)
		}
	}
	return written, unable
}

// replace writes a file whole or not at all.
func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Page is the report as one HTML page: no script, nothing from elsewhere.
func Page(r *result.Report) ([]byte, error) {
	d, err := lay(r)
	if err != nil {
		return nil, err
	}
	return d.html()
}

// Document is the report as PDF.
func Document(ctx context.Context, r *result.Report, o Options) ([]byte, error) {
	d, err := lay(r)
	if err != nil {
		return nil, err
	}
	page, err := d.html()
	if err != nil {
		return nil, err
	}
	return pdf.Print(ctx, page, pdf.Options{Browser: o.Browser, Title: d.FullTitle(), Language: d.Lang, Made: d.made})
}

// Workbook is all tables of the report as XLSX.
func Workbook(r *result.Report) ([]byte, error) {
	d, err := lay(r)
	if err != nil {
		return nil, err
	}
	return d.xlsx()
}

// Tables are all tables of the report as CSV.
func Tables(r *result.Report) ([]File, error) {
	d, err := lay(r)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, t := range d.Tables {
		data, err := d.csv(t)
		if err != nil {
			return nil, err
		}
		files = append(files, newFile(CSV, "tables/"+t.ID+".csv", bytes.Clone(data)))
	}
	return files, nil
}
