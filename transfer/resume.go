package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Memory is what is remembered of an import that did not come to its end.
type Memory struct {
	File     string `json:"file"` // for people
	State    State  `json:"state"`
	Accepted int    `json:"accepted"`
	Failed   int    `json:"failed"`
}

// Bookmark is where the memory of one file's import is kept: a small file that
// is named after the content of the one imported and what else matters.
type Bookmark struct{ path string }

// NewBookmark names the bookmark of a file's content in dir. parts are what
// must be the same for an import to go on, such as the tenant.
func NewBookmark(dir string, content io.Reader, parts ...string) (*Bookmark, error) {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%q,", p)
	}
	if _, err := io.Copy(h, content); err != nil {
		return nil, err
	}
	return &Bookmark{filepath.Join(dir, hex.EncodeToString(h.Sum(nil)[:16])+".json")}, nil
}

// Load answers what is remembered, the zero Memory when there is nothing.
func (b *Bookmark) Load() (Memory, error) {
	var m Memory
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return Memory{}, fmt.Errorf("reading where the import stopped (remove %s to begin anew; nothing is stored twice): %w", b.path, err)
	}
	return m, nil
}

// Save remembers m. Only what is acknowledged may be remembered; to remember
// less costs time and nothing else.
func (b *Bookmark) Save(m Memory) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return err
	}
	temporary := b.path + ".new"
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, b.path)
}

// Clear forgets.
func (b *Bookmark) Clear() error {
	if err := os.Remove(b.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
