// Package tenantfiles reads what an operator says about tenants in a folder with a
// file <tenant>.json for each.
package tenantfiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Read reads the files of a folder, each a JSON value of the type File of limit
// bytes at most, and turns each into what is kept of it. A folder that is not
// there holds none; files of other names are passed over. The error names the
// file.
func Read[File, Value any](dir string, limit int64, keep func(File) (Value, error)) (map[string]Value, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	tenants := make(map[string]Value)
	for _, f := range files {
		tenant, ok := strings.CutSuffix(f.Name(), ".json")
		if !ok || tenant == "" || f.IsDir() {
			continue
		}
		path := filepath.Join(dir, f.Name())
		var file File
		err := read(path, limit, &file)
		if err == nil {
			tenants[tenant], err = keep(file)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return tenants, nil
}

// read decodes one file; unknown members are refused, and anything behind the
// value.
func read(path string, limit int64, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > limit {
		return fmt.Errorf("more than %d bytes", limit)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the value")
	}
	return nil
}
