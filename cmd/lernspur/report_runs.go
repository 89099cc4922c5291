package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
	"lernspur/report/definition"
	"lernspur/report/result"
	"lernspur/report/runs"
)

const reportRunHelp = `Make the evaluation report that a definition describes (docs/report-definition.md), and write it into a folder.

What the run has used is kept: the same definition with the same as-of time gives the same figures to the byte, also after later
statements, voidings, merges of people and moved departments. After an erasure the kept JSON stays, and a repeated run says how many
people are missing.`

// outputs are where a report is written and in which forms.
type outputs struct {
	dir   string
	forms []string
}

func (o *outputs) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.dir, "out", "o", ".", "folder to write to; it is made when it is not there")
	cmd.Flags().StringSliceVar(&o.forms, "forms", allForms(), "forms to write")
}

// check refuses forms that there are not, before anything is computed.
func (o *outputs) check() error {
	all := allForms()
	for _, form := range o.forms {
		if !slices.Contains(all, form) {
			return fmt.Errorf("--forms: there is no form %q, only %s", form, strings.Join(all, ", "))
		}
	}
	return nil
}

// write writes what was made, and says where.
func (o *outputs) write(cmd *cobra.Command, made *admin.ReportMade) error {
	if got := result.Sum(made.JSON); got != made.Run.Checksum {
		return fmt.Errorf("the report was damaged on its way: its checksum is %s and should be %s", got, made.Run.Checksum)
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	files, err := writeForms(cmd.Context(), made.JSON, o.dir, o.forms)
	out := cmd.OutOrStdout()
	for _, file := range files {
		fmt.Fprintln(out, filepath.Join(o.dir, file))
	}
	printRun(out, made.Run)
	return err
}

func printRun(out io.Writer, run admin.ReportRun) {
	fmt.Fprintf(out, "run %s", run.ID)
	if run.Of != "" {
		fmt.Fprintf(out, " (repeats %s)", run.Of)
	}
	fmt.Fprintf(out, ", data as of %s, checksum %s\n", run.AsOf.Format(time.RFC3339Nano), run.Checksum)
	switch {
	case run.Erased > 0:
		fmt.Fprintf(out, "%d people who were counted at first have been erased and are missing\n", run.Erased)
	case run.Changed:
		fmt.Fprintln(out, "the bytes are not those of the first run, which was made by another version of this program")
	case run.Of != "":
		fmt.Fprintln(out, "the bytes are those of the first run")
	}
}

// who is the one who typed a command, for the records.
func who() string {
	if u, err := user.Current(); err == nil {
		return "command line (" + u.Username + ")"
	}
	return "command line"
}

// readDefinition reads a file, and says what is wrong with it before a server is asked.
func readDefinition(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, definition.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if _, err := definition.Read(text); err != nil {
		var problems definition.Problems
		if errors.As(err, &problems) {
			return nil, fmt.Errorf("%s:\n%w", name, err)
		}
		return nil, err
	}
	return text, nil
}

func reportRunCommand() *cobra.Command {
	var o outputs
	var asOf string
	cmd := &cobra.Command{
		Use:   "run DEFINITION",
		Short: "Make the evaluation report of a definition",
		Long:  reportRunHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			text, err := readDefinition(args[0])
			if err != nil {
				return err
			}
			return asking(cmd, false, func(s *session) error {
				bar := newBar(cmd.ErrOrStderr(), -1, "reading")
				progressbar.OptionShowBytes(false)(bar)
				made, err := s.RunReport(cmd.Context(), admin.RunReportRequest{Definition: text, AsOf: asOf, By: who()}, func(step admin.ReportStep) {
					bar.Describe("reading: " + step.Name)
					if step.Total > 0 {
						bar.ChangeMax64(step.Total)
						_ = bar.Set64(step.Done) // only for the eye
					} else {
						_ = bar.Add(1)
					}
				})
				_ = bar.Clear()
				if err != nil {
					return err
				}
				return o.write(cmd, made)
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&asOf, "as-of", "", "only what was stored up to then counts, as 2026-10-15T12:00:00+02:00 (default: that of the definition, or now)")
	return cmd
}

func reportRepeatCommand() *cobra.Command {
	return ofRun("repeat RUN", "Make a report once more, of what its first run has used", func(ctx context.Context, s *session, tenant, run string) (*admin.ReportMade, error) {
		return s.RepeatReport(ctx, tenant, run, who())
	})
}

func reportShowCommand() *cobra.Command {
	return ofRun("show RUN", "Write a report that was made before, as it was kept", func(ctx context.Context, s *session, tenant, run string) (*admin.ReportMade, error) {
		return s.ArchivedReport(ctx, tenant, run)
	})
}

// ofRun is a command that writes what a server answers for a run.
func ofRun(use, short string, get func(ctx context.Context, s *session, tenant, run string) (*admin.ReportMade, error)) *cobra.Command {
	var o outputs
	var tenant string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return asking(cmd, false, func(s *session) error {
				made, err := get(cmd.Context(), s, tenant, args[0])
				if err != nil {
					return err
				}
				return o.write(cmd, made)
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the report")
	return cmd
}

func reportRunsCommand() *cobra.Command {
	var tenant string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the evaluation reports that were made",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				list, err := s.ReportRuns(cmd.Context(), tenant)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), list)
				}
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "RUN\tOF\tBY\tAT\tAS OF\tPERIOD\tRECOMMENDS\tERASED\tCHECKSUM\tTITLE")
				for _, run := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s to %s\t%s\t%d\t%s\t%s\n", run.ID, run.Of, run.By, run.At.Format(time.RFC3339), run.AsOf.Format(time.RFC3339),
						run.From, run.To, run.Consequence, run.Erased, run.Checksum[:min(12, len(run.Checksum))], run.Title)
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the reports")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the list as JSON")
	return cmd
}

func reportCompareCommand() *cobra.Command {
	var tenant string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare RUN RUN",
		Short: "Say which figures differ between two reports",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				text, err := s.CompareReports(cmd.Context(), tenant, args[0], args[1])
				if err != nil {
					return err
				}
				var c runs.Comparison
				if err := json.Unmarshal(text, &c); err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), &c)
				}
				return printComparison(cmd.OutOrStdout(), &c)
			})
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the reports")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the comparison as JSON")
	return cmd
}

func writeJSON(out io.Writer, value any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

func printComparison(out io.Writer, c *runs.Comparison) error {
	switch {
	case c.Same:
		_, err := fmt.Fprintln(out, "both are the same, to the byte")
		return err
	case len(c.Differences) == 0:
		_, err := fmt.Fprintln(out, "all figures are the same; what differs is beside them, such as the as-of time")
		return err
	}
	w := newTable(out)
	fmt.Fprintf(w, "FIGURE\tROW\tCOLUMN\t%s\t%s\n", c.A.ID, c.B.ID)
	for _, d := range c.Differences {
		row := d.Label
		if row == "" {
			row = d.Row
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.Figure, row, d.Column, spokenCell(d.A), spokenCell(d.B))
	}
	return w.Flush()
}

// spokenCell is a number of a report, or why there is none.
func spokenCell(c *result.Cell) string {
	switch {
	case c == nil:
		return "-"
	case c.Value != nil:
		return c.Value.String()
	}
	return fmt.Sprintf("%s (%s)", c.State, c.Reason)
}
