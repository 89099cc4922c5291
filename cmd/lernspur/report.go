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
		Short: "Write the report on a period",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if ask.Format != "html" && ask.Format != "json" {
				return fmt.Errorf("--format: expected html or json, got %q", ask.Format)
			}
			s, err := open(cmd, false)
			if err != nil {
				return err
			}
			defer s.end(cmd.Context(), &err)
			return writeTo(cmd, out, func(w io.Writer) error { return s.Report(cmd.Context(), ask, w) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant to report on")
	f.StringVar(&ask.Format, "format", "html", "html or json")
	f.StringVar(&ask.From, "from", "", "first day, such as 2026-01-01 (default: from the beginning)")
	f.StringVar(&ask.To, "to", "", "last day, such as 2026-12-31 (default: up to now)")
	f.StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	return cmd
}
