package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"lernspur/content"
	"lernspur/content/archive"
	"lernspur/content/manifest"
)

func packageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "package",
		Short: "Check, add, list and delete content packages (SCORM, cmi5, Tin Can, H5P)",
	}
	cmd.AddCommand(packageCheckCommand(), packageAddCommand(), packageListCommand(), packageDeleteCommand())
	return cmd
}

const packageCheckHelp = `Read a content package (SCORM 1.2 or 2004, cmi5, Tin Can, H5P), a zip file or a folder, or a course structure of cmi5, and say
what it is, what it consists of, and what is wrong with it. Nothing is kept, and no server is needed. The exit code is 1 when the package would be
refused; docs/packages.md lists the rules.`

func packageCheckCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE|FOLDER",
		Short: "Say what a content package is and what is wrong with it",
		Long:  packageCheckHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := content.Check(cmd.Context(), args[0], archive.DefaultLimits())
			if err != nil {
				return err
			}
			if err := printPackage(cmd.OutOrStdout(), report, asJSON); err != nil {
				return err
			}
			if report.Refused() {
				return errReported
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "everything that was read, as JSON")
	return cmd
}

func printPackage(w io.Writer, r *content.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(r)
	}
	var b strings.Builder
	if r.Kind != "" {
		name := r.Kind.Name()
		if r.Edition != "" {
			name += " " + r.Edition + " Edition"
		}
		fmt.Fprintf(&b, "%s: %s\n%d files, %d bytes\n", name, printable(r.Title.In()), r.Files, r.Bytes)
		printItems(&b, r.Structure, "  ")
	}
	for _, f := range r.Findings {
		printFinding(&b, f)
	}
	if n, m := len(r.Errors()), len(r.Warnings()); n+m > 0 {
		fmt.Fprintf(&b, "%d errors, %d warnings\n", n, m)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printItems(b *strings.Builder, items []*manifest.Item, indent string) {
	for _, item := range items {
		fmt.Fprintf(b, "%s%s", indent, printable(item.Title.In()))
		if item.Launch != nil {
			fmt.Fprintf(b, "  [%s]", printable(item.Launch.URL))
		}
		b.WriteByte('\n')
		printItems(b, item.Children, indent+"  ")
	}
}

func printFinding(b *strings.Builder, f manifest.Finding) {
	fmt.Fprintf(b, "%s: ", f.Severity)
	if f.File != "" {
		b.WriteString(printable(f.File))
		if f.Line > 0 {
			fmt.Fprintf(b, ":%d", f.Line)
		}
		b.WriteString(": ")
	}
	fmt.Fprintf(b, "%s (%s)\n", printable(f.Message), f.Rule)
	if f.Advice != "" {
		fmt.Fprintf(b, "    %s\n", printable(f.Advice))
	}
}

// printable is a text from a package without what a terminal would act upon.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '?'
		}
		return r
	}, text)
}
