package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

const exportHelp = `Write statements as NDJSON, one per line, the oldest first: those that are not voided, as a GET of the Statement
resource finds them. --voided writes everything that is stored, voided statements and those that void them, as is needed
to move to another record store.

--attachments names a folder that the bytes of attachments are written to, each file under its SHA-2 hash; import reads
it. Without it they are not in the export, and a line on standard error says how many.

--agent takes the JSON of an Agent, or an address such as mailto:ada@example.org.`

func exportCommand() *cobra.Command {
	var ask admin.ExportRequest
	var out, attachments string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write statements as NDJSON to standard output or a file",
		Long:  exportHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if ask.Agent, err = agentJSON(ask.Agent); err != nil {
				return err
			}
			return asking(cmd, false, func(s *session) error {
				seen := newAttachmentList()
				err := writeTo(cmd, out, func(w io.Writer) error { return s.Export(cmd.Context(), ask, io.MultiWriter(w, seen)) })
				if err != nil {
					return err
				}
				return seen.export(cmd, s.Client, ask.Tenant, attachments)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant whose statements are written")
	f.StringVar(&ask.Agent, "agent", "", "with this actor or object")
	f.BoolVar(&ask.RelatedAgents, "related-agents", false, "--agent may stand anywhere in a statement")
	f.StringVar(&ask.Verb, "verb", "", "with this verb (IRI)")
	f.StringVar(&ask.Activity, "activity", "", "with this Activity as object (IRI)")
	f.BoolVar(&ask.RelatedActivities, "related-activities", false, "--activity may stand anywhere in a statement")
	f.StringVar(&ask.Registration, "registration", "", "of this registration (UUID)")
	f.StringVar(&ask.Since, "since", "", "stored after this time (2026-01-31T08:00:00Z)")
	f.StringVar(&ask.Until, "until", "", "stored at or before this time")
	f.BoolVar(&ask.Voided, "voided", false, "everything that is stored, voided statements too")
	f.StringVar(&attachments, "attachments", "", "folder to write the bytes of attachments to")
	f.StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	return cmd
}

// agentJSON completes an address to an Agent.
func agentJSON(text string) (string, error) {
	if !strings.HasPrefix(text, "mailto:") {
		return text, nil
	}
	b, err := json.Marshal(map[string]string{"mbox": text})
	return string(b), err
}

// writeTo lets write fill a file or standard output. A file that is not
// complete is removed again.
func writeTo(cmd *cobra.Command, path string, write func(w io.Writer) error) error {
	if path == "" || path == "-" {
		return write(cmd.OutOrStdout())
	}
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(partial)
		return fmt.Errorf("%s was not written: %w", path, err)
	}
	return os.Rename(partial, path)
}
