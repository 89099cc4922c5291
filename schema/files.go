package schema

import (
	"encoding/json"

	"lernspur/internal/tenantfiles"
)

// maxTenantFile bounds one tenant's file.
const maxTenantFile = MaxSchemas * MaxSchemaBytes

// tenantFile is one tenant's file.
type tenantFile struct {
	Extensions    map[string]json.RawMessage `json:"extensions"`
	ActivityTypes map[string]json.RawMessage `json:"activityTypes"`
	Profiles      map[string]json.RawMessage `json:"profiles"`
}

// ReadTenants compiles the schemas of all tenants from a folder with a file
// <tenant>.json for each that has some:
//
//	{"extensions": {IRI: schema}, "activityTypes": {IRI: schema}, "profiles": {IRI: schema}}
//
// A folder that is not there holds none. Files of other names are passed over. The
// error names the file, and within it the schema.
func ReadTenants(dir string) (map[string]*Extensions, error) {
	return tenantfiles.Read(dir, maxTenantFile, func(f tenantFile) (*Extensions, error) { return CompileExtensions(TenantSchemas(f)) })
}
