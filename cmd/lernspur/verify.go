package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/verify"
)

const verifyHelp = `Read everything that is stored again and say where it does not fit together: raw statements against the columns
made from them, look-up rows against raw statements in both directions, references, repeated ids, the bytes
of attachments against their hashes, progress against a recomputation. It changes nothing, works beside a running server, and ends with exit code 1 when anything differs.

With --rebuild-progress the figures of progress of all tenants are first thrown away and computed anew from the statements:
for when they differ. Until that is done, answers about progress say by their watermark how far they are.`

func verifyCommand() *cobra.Command {
	var ask admin.VerifyRequest
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Re-read everything that is stored and check that it fits together",
		Long:  verifyHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				bar := newBar(cmd.ErrOrStderr(), -1, "verifying")
				progressbar.OptionShowBytes(false)(bar)
				report, err := s.Verify(cmd.Context(), ask, func(p verify.Progress) {
					bar.ChangeMax(max(p.Total, 1))
					bar.Describe(strings.TrimPrefix("verifying "+p.Tenant+": "+p.Step, "verifying : "))
					_ = bar.Set(p.Statements) // only for the eye
				})
				_ = bar.Clear()
				if err != nil {
					return err
				}
				if err := printVerification(cmd.OutOrStdout(), report, asJSON); err != nil {
					return err
				}
				if !report.Clean() {
					return errReported
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&ask.Tenants, "tenant", nil, "only these tenants (default: all)")
	f.IntVar(&ask.MaxDifferences, "max", 100, "how many differences are shown; all are counted")
	f.BoolVar(&ask.RebuildProgress, "rebuild-progress", false, "first compute progress anew, of all tenants")
	f.BoolVar(&asJSON, "json", false, "write the report as JSON")
	return cmd
}

func printVerification(out io.Writer, r *verify.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	w := newTable(out)
	fmt.Fprintln(w, "TENANT\tSTATEMENTS\tLOOK-UPS\tREFERENCES\tREPAIRS\tATTACHMENTS\tDOCUMENTS\tAGGREGATES\tDIFFERENCES")
	for _, t := range r.Tenants {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", t.Tenant, t.Statements, t.Lookups, t.References, t.Repairs, t.Blobs, t.Documents, t.Aggregates, t.Differences)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range r.First {
		fmt.Fprintf(out, "%s: tenant %s", d.Kind, d.Tenant)
		if d.ID != "" {
			fmt.Fprintf(out, ", statement %s", d.ID)
		}
		if d.Stored != "" {
			fmt.Fprintf(out, ", stored %s", d.Stored)
		}
		fmt.Fprintf(out, ": %s\n", d.Text)
	}
	verdict := "everything fits together"
	if !r.Clean() {
		verdict = fmt.Sprintf("%d differences", r.Differences)
	}
	_, err := fmt.Fprintf(out, "%s, up to %s (%s)\n", verdict, r.Watermark, r.Took.Round(time.Millisecond))
	return err
}
