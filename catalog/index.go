package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"lernspur/content/manifest"
)

// index is what a version consists of. It is a file like those that it lists,
// under its hash: it never changes, is there before the course knows of it, and
// the record of the course stays small.
type index struct {
	Manifest *manifest.Package `json:"manifest"`
	Files    map[string]File   `json:"files"`

	size int // in bytes of JSON
}

// maxIndex bounds an index, in bytes: a manifest of 16 MiB and the names of
// 20,000 files fit several times.
const maxIndex = 256 << 20

// index reads an index, from memory where it was read lately.
func (s *Service) index(ctx context.Context, tenant, hash string) (*index, error) {
	if x, ok := s.indexes.get(tenant + "/" + hash); ok {
		return x, nil
	}
	x, err := s.readIndex(ctx, tenant, hash)
	if err != nil {
		return nil, err
	}
	s.indexes.put(tenant+"/"+hash, x, x.size)
	return x, nil
}

func (s *Service) readIndex(ctx context.Context, tenant, hash string) (*index, error) {
	r, size, err := s.deps.Files.Open(ctx, tenant, hash)
	if err != nil {
		return nil, fmt.Errorf("the list of files of a version: %w", err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, min(size, maxIndex)))
	if err != nil {
		return nil, fmt.Errorf("the list of files of a version: %w", err)
	}
	x := &index{size: len(data)}
	if err := json.Unmarshal(data, x); err != nil {
		return nil, fmt.Errorf("the list of files of a version cannot be read: %w", err)
	}
	return x, nil
}

// load fills in the manifest and the files of a version.
func (s *Service) load(ctx context.Context, tenant string, v *Version) error {
	x, err := s.index(ctx, tenant, v.Index)
	if err != nil {
		return err
	}
	v.Manifest, v.Files = x.Manifest, x.Files
	return nil
}
