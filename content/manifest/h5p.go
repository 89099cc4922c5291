package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
)

// h5pJSON is h5p.json, as far as it matters here. Versions are numbers or texts
// in the field.
type h5pJSON struct {
	Title           string          `json:"title"`
	Language        string          `json:"language"`
	DefaultLanguage string          `json:"defaultLanguage"`
	MainLibrary     string          `json:"mainLibrary"`
	Licence         string          `json:"license"`
	LicenceVersion  string          `json:"licenseVersion"`
	MetaDescription string          `json:"metaDescription"`
	EmbedTypes      []string        `json:"embedTypes"`
	Authors         []h5pAuthor     `json:"authors"`
	Preloaded       []h5pDependency `json:"preloadedDependencies"`
}

type h5pAuthor struct {
	Name string `json:"name"`
}

type h5pDependency struct {
	Name  string      `json:"machineName"`
	Major json.Number `json:"majorVersion"`
	Minor json.Number `json:"minorVersion"`
}

func (d h5pDependency) version() string { return d.Major.String() + "." + d.Minor.String() }

func (r *reader) h5p(data []byte) error {
	var j h5pJSON
	if mark := []byte("\xEF\xBB\xBF"); bytes.HasPrefix(data, mark) {
		data = data[len(mark):]
		r.add("byte-order-mark", Finding{File: r.file, Message: "The file begins with a byte-order mark; it was left out."})
	}
	if err := json.Unmarshal(data, &j); err != nil {
		r.badH5P(data, err)
		return nil
	}
	if j.MainLibrary == "" {
		r.add("h5p-json", Finding{File: r.file, Element: "mainLibrary", Message: "h5p.json names no main library (mainLibrary)."})
		return nil
	}
	info := &H5PInfo{MainLibrary: j.MainLibrary, EmbedTypes: j.EmbedTypes}
	for _, a := range j.Authors {
		info.Authors = append(info.Authors, a.Name)
	}
	for _, d := range j.Preloaded {
		info.Libraries = append(info.Libraries, d.Name+" "+d.version())
		if d.Name == j.MainLibrary {
			info.Version = d.version()
		}
	}
	r.describeH5P(&j, info)
	r.launchH5P(info)
	return nil
}

func (r *reader) describeH5P(j *h5pJSON, info *H5PInfo) {
	p := r.pkg
	p.H5P = info
	language := j.DefaultLanguage
	if language == "" || language == "und" {
		language = j.Language
	}
	if language == "und" { // "undetermined", H5P's default
		language = ""
	}
	if language != "" {
		p.Languages = []string{language}
	}
	if j.Title == "" {
		r.add("title", Finding{File: r.file, Element: "title", Message: "The content has no title."})
		j.Title = j.MainLibrary
	}
	p.Title = Text{{language, j.Title}}
	if j.MetaDescription != "" {
		p.Description = Text{{language, j.MetaDescription}}
	}
	if j.Licence != "" && j.Licence != "U" { // "U": undisclosed
		p.Licence = strings.TrimSpace(j.Licence + " " + j.LicenceVersion)
	}
}

// launchH5P sees to it that the player will find what it needs.
func (r *reader) launchH5P(info *H5PInfo) {
	content := &Item{Type: Content, ID: info.MainLibrary, Title: r.pkg.Title, Description: r.pkg.Description}
	r.pkg.Structure = []*Item{content}
	launch := r.archive.Find(r.pkg.Base + "content/content.json")
	if launch == nil {
		r.note("h5p-content", nil, "The package has no content/content.json.")
	}
	library := r.h5pLibrary(info)
	if library == "" {
		r.note("h5p-library", nil, "The main library %s %s is not in the package.", info.MainLibrary, info.Version)
	}
	if launch != nil && library != "" {
		content.Launch = &Launch{URL: "content/content.json", File: strings.TrimPrefix(launch.Name, r.pkg.Base)}
	}
}

// h5pLibrary is the folder of the main library, by its version or, when the
// package has another one, by its name.
func (r *reader) h5pLibrary(info *H5PInfo) string {
	for _, folder := range [...]string{info.MainLibrary + "-" + info.Version, info.MainLibrary} {
		if r.archive.Find(r.pkg.Base+folder+"/library.json") != nil {
			return folder
		}
	}
	for _, e := range r.archive.Entries() {
		name := strings.TrimPrefix(e.Name, r.pkg.Base)
		if strings.HasPrefix(name, info.MainLibrary+"-") && strings.Count(name, "/") == 1 && path.Base(name) == "library.json" {
			return path.Dir(name)
		}
	}
	return ""
}

func (r *reader) badH5P(data []byte, err error) {
	f := Finding{File: r.file, Message: fmt.Sprintf("h5p.json cannot be read: %v.", err)}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset, f.Element = kind.Offset, kind.Field
		f.Message = fmt.Sprintf("h5p.json has a %s where another kind of value belongs.", kind.Value)
	}
	if offset >= 0 && offset <= int64(len(data)) {
		f.Line = 1 + bytes.Count(data[:offset], []byte("\n"))
	}
	r.add("h5p-json", f)
}
