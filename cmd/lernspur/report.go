package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func reportCommand() *cobra.Command {
	var ask admin.ReportRequest
	var out string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write the report on a period; make and repeat evaluation reports",
		Long: `Without a further command: write the report on the courses of a period, as one HTML page or as JSON. The evaluation report of a
definition, with all its sections, is made by lernspur report run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ask.Format != "html" && ask.Format != "json" {
				return fmt.Errorf("--format: expected html or json, got %q", ask.Format)
			}
			if ask.Language != "de" && ask.Language != "en" {
				return fmt.Errorf("--language: expected de or en, got %q", ask.Language)
			}
			return asking(cmd, false, func(s *session) error {
				return writeTo(cmd, out, func(w io.Writer) error { return s.Report(cmd.Context(), ask, w) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant to report on")
	f.StringVar(&ask.Format, "format", "html", "html or json")
	f.StringVar(&ask.Language, "language", "de", "of the words: de or en")
	f.StringVar(&ask.From, "from", "", "first day, such as 2026-01-01 (default: a year before the last)")
	f.StringVar(&ask.To, "to", "", "last day, such as 2026-12-31 (default: today)")
	f.StringVar(&ask.AsOf, "as-of", "", "only what was stored up to then counts: the as_of of a report gives the same figures again")
	f.StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	cmd.AddCommand(reportRunCommand(), reportRunsCommand(), reportRepeatCommand(), reportShowCommand(), reportCompareCommand())
	return cmd
}
