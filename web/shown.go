package web

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"lernspur/directory"
)

// shownFile is a file that somebody was shown the preview of, and what that said. It is
// never changed: looking at it in another way is another one.
type shownFile struct {
	id              string
	tenant, account string
	name            string // of the file
	data            []byte
	options         directory.ImportOptions
	result          *directory.ImportResult // without rows
	sample          [][]string              // of the first rows
	lines           []int
	fault           error // why nothing of it can be read
	until           time.Time
}

// size is about how many bytes of memory a file takes, with what it would change.
func (s *shownFile) size() int {
	n := len(s.data)
	if s.result != nil {
		n += 500 * len(s.result.Changes)
	}
	return n
}

// Bounds of what is kept of files between their preview and their import.
const (
	shownFor   = 30 * time.Minute
	shownBytes = 128 << 20 // of all files and their changes
)

// shownFiles are the files that are between their preview and their import, in memory:
// one of each account, for a while. They have names in them, so they go to no disk.
type shownFiles struct {
	mu   sync.Mutex
	list []*shownFile // in the order of their coming
}

// keep puts a file in the place of the one that the account was shown before, under a
// new id. The oldest files go when there are too many bytes.
func (f *shownFiles) keep(s *shownFile, now time.Time) {
	s.id, s.until = rand.Text(), now.Add(shownFor)
	f.mu.Lock()
	defer f.mu.Unlock()
	bytes := s.size()
	f.list = slices.DeleteFunc(f.list, func(o *shownFile) bool {
		return o.until.Before(now) || o.tenant == s.tenant && o.account == s.account
	})
	for _, o := range f.list {
		bytes += o.size()
	}
	for len(f.list) > 0 && bytes > shownBytes {
		bytes -= f.list[0].size()
		f.list = f.list[1:]
	}
	f.list = append(f.list, s)
}

// find is the file of an id, that this account was shown; nil when it is not there any
// longer.
func (f *shownFiles) find(tenant, account, id string, now time.Time) *shownFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.list {
		if s.id == id && s.tenant == tenant && s.account == account && now.Before(s.until) {
			return s
		}
	}
	return nil
}

// drop forgets a file.
func (f *shownFiles) drop(gone *shownFile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = slices.DeleteFunc(f.list, func(s *shownFile) bool { return s == gone })
}
