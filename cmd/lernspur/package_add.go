package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/content/archive"
	"lernspur/content/manifest"
	"lernspur/directory"
)

const packageAddHelp = `Keep a package as the authoring tool wrote it, as a zip file or as the folder that it was unpacked to, and make a course of it;
with --course it becomes the next version of one. What was found in reading it is said; a package that is refused leaves nothing behind, and the exit code is 1.`

func packageAddCommand() *cobra.Command {
	var ask admin.PackageRequest
	cmd := &cobra.Command{
		Use:   "add FILE|FOLDER",
		Short: "Keep a package and make a course of it",
		Long:  packageAddHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			content, err := openPackage(args[0])
			if err != nil {
				return err
			}
			defer content.Close()
			return asking(cmd, true, func(s *session) error {
				bar := newBar(cmd.ErrOrStderr(), -1, "adding "+filepath.Base(args[0]))
				result, err := s.AddPackage(cmd.Context(), ask, content, func(p admin.PackageProgress) { setBar(bar, p) })
				_ = bar.Clear() // only for the eye
				if err != nil {
					return err
				}
				printFindings(cmd.ErrOrStderr(), result.Findings)
				if result.Package == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s is refused; nothing of it was kept\n", args[0])
					return errReported
				}
				p := result.Package
				fmt.Fprintf(cmd.OutOrStdout(), "course   %s\ntitle    %s\nkind     %s\nversion  %d\n", p.Course, printable(p.Title), p.Kind, p.Version)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant of the course")
	f.StringVar(&ask.Course, "course", "", "course that gets it as its next version (default: a new course)")
	return cmd
}

func setBar(bar *progressbar.ProgressBar, p admin.PackageProgress) {
	bar.ChangeMax64(max(p.Total, 1))
	_ = bar.Set64(p.Done) // only for the eye
}

// printFindings says what was found.
func printFindings(w io.Writer, findings []admin.Finding) {
	var b strings.Builder
	for _, f := range findings {
		printFinding(&b, manifest.Finding{File: f.File, Element: f.Element, Line: f.Line, Severity: manifest.Severity(f.Severity), Rule: f.Rule, Message: f.Message, Advice: f.Advice})
	}
	fmt.Fprint(w, b.String())
}

// openPackage is the zip of a file or a folder, as a stream.
func openPackage(path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return os.Open(path)
	}
	folder, err := archive.Folder(path, archive.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r, w := io.Pipe()
	go func() {
		err := zipFolder(w, folder)
		w.CloseWithError(errors.Join(err, folder.Close())) // nil: the end of the stream
	}()
	return r, nil
}

// zipFolder packs a folder without compressing it: it goes through a socket.
func zipFolder(to io.Writer, folder *archive.Archive) error {
	z := zip.NewWriter(to)
	for _, e := range folder.Entries() {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Store})
		if err != nil {
			return err
		}
		r, err := folder.Open(e)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return z.Close()
}

func packageListCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the packages of a tenant",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				list, err := s.Packages(cmd.Context(), tenant)
				if err != nil {
					return err
				}
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "COURSE\tKIND\tVERSION\tBYTES\tUPLOADED\tTITLE")
				for _, p := range list {
					fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\n", p.Course, p.Kind, p.Version, p.Unpacked, p.Uploaded.Format(time.RFC3339), printable(p.Title))
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the packages")
	return cmd
}

func packageDeleteCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "delete COURSE",
		Short: "Delete a course with its package; what was recorded stays",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				if err := s.DeletePackage(cmd.Context(), tenant, args[0]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "deleted %s\n", args[0])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the course")
	return cmd
}
