package manifest

import (
	"context"
	"fmt"
	"path"
	"strings"

	"lernspur/content/archive"
)

// kinds are the manifests by name, in the order in which they count when there
// are several.
var kinds = []struct {
	file string
	kind Kind
	root string
	read func(*reader, []byte) error
}{
	{"cmi5.xml", Cmi5, "courseStructure", (*reader).cmi5},
	{"tincan.xml", TinCan, "tincan", (*reader).tincan},
	{"imsmanifest.xml", SCORM12, "manifest", (*reader).scorm},
	{"h5p.json", H5P, "", (*reader).h5p},
}

// Read reads the manifest of an archive. What is wrong with the package is among
// the findings of the outcome, which is never nil then; an error is one of
// reading the archive or of ctx.
func Read(ctx context.Context, a *archive.Archive) (*Package, error) {
	r := &reader{archive: a, pkg: &Package{}, counts: map[string]int{}}
	for _, remark := range a.Remarks() {
		r.add(string(remark.Rule), Finding{File: remark.Entry, Message: remark.Message, Advice: adviceNone})
	}
	e, at := r.recognise()
	if e != nil {
		r.file, r.pkg.Kind = e.Name, kinds[at].kind
		data, err := r.load(e)
		if err != nil {
			return nil, err
		}
		if data != nil {
			if err := kinds[at].read(r, data); err != nil {
				return nil, err
			}
		}
	}
	r.finish()
	return r.pkg, context.Cause(ctx)
}

// ReadBare reads a course structure of cmi5 that comes without a package. Its
// name is for the findings.
func ReadBare(name string, data []byte) *Package {
	r := &reader{pkg: &Package{Kind: Cmi5, Manifest: name}, file: name, counts: map[string]int{}}
	_ = r.cmi5(data) // without an archive there is nothing else to read
	r.finish()
	return r.pkg
}

// recognise finds the manifest: at the top, else in the sole top folder.
func (r *reader) recognise() (*archive.Entry, int) {
	e, at := r.manifestIn("")
	if e == nil {
		if folder := r.soleFolder(); folder != "" {
			if e, at = r.manifestIn(folder); e != nil {
				r.pkg.Base = folder
				r.add("top-folder", Finding{File: e.Name, Message: fmt.Sprintf("The package lies in the folder %q of the archive.", folder)})
			}
		}
	}
	if e == nil {
		r.unknown()
		return nil, 0
	}
	r.pkg.Manifest = strings.TrimPrefix(e.Name, r.pkg.Base)
	if want := kinds[at].file; r.pkg.Manifest != want {
		r.add("manifest-name", Finding{File: e.Name, Message: fmt.Sprintf("The manifest should be called %s.", want)})
	}
	return e, at
}

func (r *reader) manifestIn(folder string) (found *archive.Entry, at int) {
	for i, k := range kinds {
		e := r.archive.Find(folder + k.file)
		switch {
		case e == nil:
		case found == nil:
			found, at = e, i
		default:
			r.add("several-kinds", Finding{File: e.Name, Message: fmt.Sprintf("The package has a %s too; it is read by its %s.", k.file, kinds[at].file)})
		}
	}
	return found, at
}

// soleFolder is the folder in which everything lies, with its slash.
func (r *reader) soleFolder() string {
	folder := ""
	for i, e := range r.archive.Entries() {
		first, _, inside := strings.Cut(e.Name, "/")
		if !inside || i > 0 && first+"/" != folder {
			return ""
		}
		folder = first + "/"
	}
	return folder
}

// unknown says what is there instead of a manifest.
func (r *reader) unknown() {
	f := Finding{Message: "No manifest is there: no imsmanifest.xml (SCORM), cmi5.xml, tincan.xml or h5p.json."}
	for _, e := range r.archive.Entries() {
		name := strings.ToLower(path.Base(e.Name))
		switch extension := path.Ext(name); {
		case isManifest(name):
			f.File, f.Message = e.Name, "The manifest lies deep within the archive, beside other things."
			f.Advice = "Pack the content of its folder, so that the manifest is at the top of the archive."
		case extension == ".crs" || extension == ".au":
			f.File, f.Message = e.Name, "This is a course of AICC, which is not supported."
			f.Advice = "Export it as SCORM or cmi5."
		case extension == ".zip" || extension == ".h5p":
			f.File, f.Message = e.Name, "The archive contains another archive."
			f.Advice = "Unpack this one, and upload the archive within."
		default:
			continue
		}
		break
	}
	r.add("unknown-kind", f)
}

func isManifest(name string) bool {
	for _, k := range kinds {
		if name == k.file {
			return true
		}
	}
	return false
}

// noLaunch refuses a package in which nothing can be launched.
func (r *reader) noLaunch() {
	for item := range r.pkg.Items() {
		if item.Launch != nil {
			return
		}
	}
	r.note("no-launch", nil, "Nothing in this package can be launched: no item has an address of a file that is there.")
}
