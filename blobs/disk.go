package blobs

import (
	"errors"
	"io"
	"os"
	"time"
)

// disk is what Files asks of the file system to change it: a test lets each of
// these fail, or ends the process there.
type disk interface {
	Create(path string) (file, error)
	Mkdir(path string) error
	Rename(from, to string) error
	Remove(path string) error
	SyncDir(path string) error
	Chtimes(path string, t time.Time) error
}

// file is a file that is being written.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// osDisk is the real one.
type osDisk struct{}

func (osDisk) Create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (osDisk) Mkdir(path string) error                { return os.Mkdir(path, 0o700) }
func (osDisk) Rename(from, to string) error           { return os.Rename(from, to) }
func (osDisk) Remove(path string) error               { return os.Remove(path) }
func (osDisk) Chtimes(path string, t time.Time) error { return os.Chtimes(path, t, t) }

// errNotAsked means that a folder could not even be opened, so that the disk was not
// asked: the same may succeed later.
var errNotAsked = errors.New("the folder cannot be opened")

func (osDisk) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return errors.Join(errNotAsked, err)
	}
	defer d.Close()
	return d.Sync()
}
