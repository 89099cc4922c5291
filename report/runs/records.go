package runs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"lernspur/documents"
)

// contentType is that of the records.
const contentType = "application/json"

func shelf(tenant string) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.ReportRun}
}

func keyOf(tenant, id string) documents.Key { return documents.Key{Shelf: shelf(tenant), ID: id} }

// page is how many records are read at once.
const page = 200

// Runs lists the runs of a tenant, the latest first.
func (s *Service) Runs(ctx context.Context, tenant string) ([]*Run, error) {
	var list []*Run
	after := ""
	for {
		part, err := s.deps.Records.List(ctx, documents.Range{Shelf: shelf(tenant), AfterID: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, d := range part {
			after = d.ID
			run, err := decode(tenant, d)
			if err != nil {
				return nil, err
			}
			list = append(list, run)
		}
		if len(part) < page {
			slices.Reverse(list)
			return list, nil
		}
	}
}

// Get is a run. Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, tenant, id string) (*Run, error) {
	const longest = 64
	if id == "" || len(id) > longest {
		return nil, ErrNotFound
	}
	d, err := s.deps.Records.Document(ctx, keyOf(tenant, id))
	if err != nil {
		return nil, err
	}
	if d == nil || d.Deleted {
		return nil, ErrNotFound
	}
	return decode(tenant, d)
}

func decode(tenant string, d *documents.Document) (*Run, error) {
	run := new(Run)
	if err := json.Unmarshal(d.Content, run); err != nil {
		return nil, fmt.Errorf("the record of a report (%q) cannot be read: %w", d.ID, err)
	}
	run.Tenant = tenant
	return run, nil
}

// keep makes files durable, and then the record that names them.
func (s *Service) keep(ctx context.Context, run *Run, files ...[]byte) error {
	hashes := make([]string, len(files))
	for i, text := range files {
		hashes[i] = hashOf(text)
	}
	release, err := s.deps.Files.Hold(ctx, run.Tenant, hashes)
	if err != nil {
		return err
	}
	defer release()
	for i, text := range files {
		if _, err := s.deps.Files.Put(ctx, run.Tenant, hashes[i], bytes.NewReader(text), maxFile); err != nil {
			return fmt.Errorf("keeping a report: %w", err)
		}
	}
	content, err := json.Marshal(run)
	if err != nil {
		return err
	}
	_, err = s.deps.Records.Change(ctx, keyOf(run.Tenant, run.ID), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{ContentType: contentType, Content: content}, nil
	})
	return err
}

// file reads a file.
func (s *Service) file(ctx context.Context, tenant, hash string) ([]byte, error) {
	r, _, err := s.deps.Files.Open(ctx, tenant, hash)
	if err != nil {
		return nil, fmt.Errorf("reading what a report has kept: %w", err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fmt.Errorf("reading what a report has kept: %w", err)
	}
	return text, nil
}

// sweep removes the files that no run names. Only who has the turn puts any.
func (s *Service) sweep(ctx context.Context, tenant string) error {
	_, err := s.deps.Files.Sweep(ctx, tenant, s.deps.Now().Add(time.Minute), func(ctx context.Context, tenant string, hashes []string) (map[string]bool, error) {
		list, err := s.Runs(ctx, tenant)
		if err != nil {
			return nil, err
		}
		used := make(map[string]bool)
		for _, run := range list {
			for _, hash := range []string{run.Definition, run.Result, run.Inputs, run.Known} {
				used[hash] = used[hash] || hash != "" && slices.Contains(hashes, hash)
			}
		}
		return used, nil
	})
	return err
}
