package archive

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Folder opens a folder. It follows no link, also none that is put there while
// it reads. What is wrong with the content is a *Refusal.
func Folder(dir string, limits Limits) (*Archive, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{limits: limits.orDefaults(), close: root.Close}
	entries, folders, err := a.walkFolder(root)
	if err == nil {
		if refusal := a.take(entries, folders); refusal != nil {
			err = refusal
		}
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return a, nil
}

func (a *Archive) walkFolder(root *os.Root) (entries []*Entry, folders []string, err error) {
	seen := 0
	err = fs.WalkDir(root.FS(), ".", func(raw string, d fs.DirEntry, err error) error {
		if err != nil || raw == "." {
			return err
		}
		if seen++; seen > a.limits.Entries {
			return refuse("", TooManyFiles, adviceSmaller, "the folder has more than %d entries", a.limits.Entries)
		}
		name, refusal := cleanFolderName(raw)
		if refusal == nil {
			refusal = checkMode(raw, d.Type())
		}
		if refusal != nil {
			return refusal
		}
		switch {
		case ignored(name) && d.IsDir():
			return fs.SkipDir
		case ignored(name):
		case d.IsDir():
			folders = append(folders, name)
		default:
			info, err := d.Info()
			if err != nil {
				return err
			}
			entries = append(entries, &Entry{Name: name, Size: info.Size(), open: func() (io.ReadCloser, error) { return root.Open(raw) }})
		}
		return nil
	})
	return entries, folders, err
}

// cleanFolderName is cleanName for a name of the file system, where a backslash
// is a character like others and cannot be kept.
func cleanFolderName(raw string) (string, *Refusal) {
	name, _ := decodeName(raw)
	return cleanName(name)
}
