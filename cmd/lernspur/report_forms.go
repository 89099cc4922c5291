package main

import (
	"context"
	"os"
	"path/filepath"
)

// allForms are the forms that a report can be written in.
func allForms() []string { return []string{"json"} }

// writeForms writes a report in some forms, and answers the names of the files.
func writeForms(_ context.Context, text []byte, dir string, forms []string) (files []string, err error) {
	for range forms {
		if err := os.WriteFile(filepath.Join(dir, "report.json"), text, 0o644); err != nil {
			return nil, err
		}
		files = append(files, "report.json")
	}
	return files, nil
}
