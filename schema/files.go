package schema

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

// maxTenantFile bounds one tenant's file.
const maxTenantFile = MaxSchemas * MaxSchemaBytes

// ReadTenants compiles the schemas of all tenants from a folder with a file
// <tenant>.json for each that has some:
//
//	{"extensions": {IRI: schema}, "activityTypes": {IRI: schema}, "profiles": {IRI: schema}}
//
// A folder that is not there holds none. Files of other names are passed over. The
// error names the file, and within it the schema.
func ReadTenants(dir string) (map[string]*Extensions, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	tenants := make(map[string]*Extensions)
	for _, f := range files {
		tenant, ok := strings.CutSuffix(f.Name(), ".json")
		if !ok || tenant == "" || f.IsDir() {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if tenants[tenant], err = readTenant(path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return tenants, nil
}

func readTenant(path string) (*Extensions, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTenantFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxTenantFile {
		return nil, fmt.Errorf("more than %d bytes", maxTenantFile)
	}
	var set struct {
		Extensions    map[string]json.RawMessage `json:"extensions"`
		ActivityTypes map[string]json.RawMessage `json:"activityTypes"`
		Profiles      map[string]json.RawMessage `json:"profiles"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("there is something behind the object")
	}
	return CompileExtensions(TenantSchemas(set))
}
