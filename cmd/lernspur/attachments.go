package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/statements"
)

// attachmentList reads NDJSON as it is exported and notes what is attached.
type attachmentList struct {
	line   []byte
	needed map[string]bool // by hash: true when there is no fileUrl
}

func newAttachmentList() *attachmentList { return &attachmentList{needed: make(map[string]bool)} }

// Write implements io.Writer.
func (l *attachmentList) Write(p []byte) (int, error) {
	n := len(p)
	for {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			l.line = append(l.line, p...)
			return n, nil
		}
		l.line = append(l.line, p[:end]...)
		if err := l.read(); err != nil {
			return 0, err
		}
		p, l.line = p[end+1:], l.line[:0]
	}
}

// read notes the attachments of one statement. Most have none, which is seen
// without taking them apart: the name stands there as it is, or with escapes.
func (l *attachmentList) read() error {
	if !bytes.Contains(l.line, []byte("attachments")) && !bytes.Contains(l.line, []byte(`\u`)) {
		return nil
	}
	list, err := statements.Attachments(l.line)
	if err != nil {
		return err
	}
	for _, at := range list {
		l.needed[at.SHA2] = l.needed[at.SHA2] || at.FileURL == ""
	}
	return nil
}

// export writes the bytes into a folder, or says that they were left out.
func (l *attachmentList) export(cmd *cobra.Command, client *admin.Client, tenant, dir string) error {
	if len(l.needed) == 0 {
		return nil
	}
	if dir == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d attachments are not in this export; --attachments names a folder for them\n", len(l.needed))
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var missing []string
	for hash, needed := range l.needed {
		found, err := saveBlob(cmd.Context(), client, tenant, hash, filepath.Join(dir, hash))
		if err != nil {
			return err
		}
		if !found && needed {
			missing = append(missing, hash)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("%d attachments are not there any more, among them %s; lernspur verify names their statements", len(missing), missing[0])
	}
	return nil
}

// saveBlob writes the bytes of an attachment into a file, unless there is one:
// its name says what is in it.
func saveBlob(ctx context.Context, client *admin.Client, tenant, hash, path string) (found bool, err error) {
	if _, err := os.Stat(path); err == nil {
		return true, nil
	}
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return false, err
	}
	found, err = client.Blob(ctx, tenant, hash, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil || !found {
		return found, errors.Join(err, os.Remove(partial))
	}
	return true, os.Rename(partial, path)
}

// uploads sends the bytes of attachments before the statements that have them.
type uploads struct {
	client *admin.Client
	tenant string
	dir    string // "" sends nothing
	sent   map[string]bool
}

func newUploads(client *admin.Client, tenant, dir string) *uploads {
	return &uploads{client, tenant, dir, make(map[string]bool)}
}

// send sends what the statements of a batch need and the folder has. What it
// does not have the server misses, and says so.
func (u *uploads) send(ctx context.Context, batch [][]byte) error {
	if u.dir == "" {
		return nil
	}
	for _, element := range batch {
		for _, hash := range hashesIn(element) {
			if u.sent[hash] {
				continue
			}
			if err := u.upload(ctx, hash); err != nil {
				return err
			}
			u.sent[hash] = true
		}
	}
	return nil
}

func (u *uploads) upload(ctx context.Context, hash string) error {
	f, err := os.Open(filepath.Join(u.dir, hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return u.client.PutBlob(ctx, u.tenant, hash, f)
}

// hashesIn lists what is attached to a statement that nobody has judged yet. A
// name that is no hash is nothing, and never a path.
func hashesIn(element []byte) []string {
	type attached struct {
		Attachments []struct {
			SHA2 string `json:"sha2"`
		} `json:"attachments"`
	}
	var st struct {
		attached
		Object attached `json:"object"`
	}
	if json.Unmarshal(element, &st) != nil {
		return nil
	}
	var list []string
	for _, at := range append(st.Attachments, st.Object.Attachments...) {
		if hash := hashName(at.SHA2); hash != "" {
			list = append(list, hash)
		}
	}
	return list
}

// hashName is a hash as the name of a file; "" when it is none.
func hashName(text string) string {
	b := bytes.ToLower([]byte(text))
	if n := len(b); n != 56 && n != 64 && n != 96 && n != 128 || len(bytes.Trim(b, "0123456789abcdef")) > 0 {
		return ""
	}
	return string(b)
}
