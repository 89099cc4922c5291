package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// Report is what was found in checking a package.
type Report struct {
	*manifest.Package
	// Files and Bytes are what it unpacks to.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Refused tells whether the package cannot be taken.
func (r *Report) Refused() bool { return len(r.Errors()) > 0 }

// Check reads a package: a zip file, a folder, or a course structure of cmi5
// alone. An error is one of reading it, such as a file that is not there.
func Check(ctx context.Context, path string, limits archive.Limits) (*Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		a, err := archive.Folder(path, limits)
		return checkArchive(ctx, a, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is neither a file nor a folder", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	bare, err := isBare(f)
	if err != nil {
		return nil, err
	}
	if bare {
		return checkBare(f, filepath.Base(path), limits)
	}
	a, err := archive.Zip(f, info.Size(), limits)
	return checkArchive(ctx, a, err)
}

// isBare tells whether a file is XML and no archive: whether it begins with an
// angle bracket, in any encoding.
func isBare(f io.ReaderAt) (bool, error) {
	start := make([]byte, 64)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	for _, b := range start[:n] {
		switch b {
		case 0xEF, 0xBB, 0xBF, 0xFF, 0xFE, 0, ' ', '\t', '\r', '\n': // marks, UTF-16, space
		default:
			return b == '<', nil
		}
	}
	return false, nil
}

func checkBare(f io.Reader, name string, limits archive.Limits) (*Report, error) {
	limit := limits.Manifest
	if limit <= 0 {
		limit = archive.DefaultLimits().Manifest
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return refused(&archive.Refusal{Entry: name, Rule: archive.FileTooLarge, Reason: "the course structure is larger than a manifest may be",
			Advice: "Split the course."}), nil
	}
	return &Report{Package: manifest.ReadBare(name, data), Files: 1, Bytes: int64(len(data))}, nil
}

// checkArchive reads the manifest and then everything; err is that of opening.
func checkArchive(ctx context.Context, a *archive.Archive, err error) (*Report, error) {
	if err != nil {
		return orRefused(nil, err)
	}
	defer a.Close()
	p, err := manifest.Read(ctx, a)
	if err != nil {
		return nil, err
	}
	r := &Report{Package: p}
	err = a.Walk(ctx, func(_ *archive.Entry, content io.Reader) error {
		n, err := io.Copy(io.Discard, content)
		r.Files++
		r.Bytes += n
		return err
	})
	if err != nil {
		return orRefused(r, err)
	}
	return r, nil
}

// orRefused adds the finding to a report when an archive was refused; any other
// error stays one.
func orRefused(r *Report, err error) (*Report, error) {
	var refusal *archive.Refusal
	if !errors.As(err, &refusal) {
		return nil, err
	}
	if r == nil {
		return refused(refusal), nil
	}
	finding := manifest.FromRefusal(refusal)
	for _, f := range r.Findings {
		if f == finding {
			return r, nil
		}
	}
	r.Findings = append(r.Findings, finding)
	return r, nil
}

func refused(refusal *archive.Refusal) *Report {
	return &Report{Package: &manifest.Package{Findings: []manifest.Finding{manifest.FromRefusal(refusal)}}}
}
