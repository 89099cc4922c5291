package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func peopleCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "people", Short: "Import, list and merge the people of the directory"}
	cmd.AddCommand(peopleImportCommand(), peopleListCommand(), peopleUnassignedCommand(), peopleMatchCommand(), peopleMergeCommand(), peopleSplitCommand())
	return cmd
}

func unitsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "units", Short: "List the organisation units of the directory"}
	cmd.AddCommand(unitsListCommand())
	return cmd
}

// directoryTenant adds the flag of the tenant.
func directoryTenant(cmd *cobra.Command) *string {
	return cmd.Flags().String("tenant", directory.DefaultTenant, "tenant of the directory")
}

// everyItem asks for a list, page by page.
func everyItem[T any](cmd *cobra.Command, s *session, tenant, path string, query url.Values, yield func(T)) error {
	for {
		var page struct {
			Items []T    `json:"items"`
			More  string `json:"more"`
		}
		if err := s.Directory(cmd.Context(), tenant, "GET", path, query, nil, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			yield(item)
		}
		if page.More == "" {
			return nil
		}
		next, err := url.Parse(page.More)
		if err != nil {
			return err
		}
		query = next.Query()
	}
}

// importOutcome is what became of a file, or what would.
type importOutcome struct {
	Rows, New, Changed, Unchanged, LeftOut, Merged int
	Columns                                        []struct{ Heading, Field string }
	Changes                                        []struct {
		Line   int
		Change string
		Name   string
		Fields []string
	}
	MoreChanges int
	Errors      []admin.RowFinding
	MoreErrors  int
}

const peopleImportHelp = `Take a list over from a CSV file (UTF-8 or Windows-1252; semicolons, commas or tabs) or an XLSX workbook: all of it, or nothing.
--kind says what it is a list of: people, units, groups or headcounts. Columns are recognised by their headings, in German and English; --map gives others their meaning.
What the file does not say stays as it is: rows, columns and cells that are missing change nothing, unless --complete says that nobody else is there.
With --dry-run nothing is changed, and what would change is said. docs/operations.md has the columns. The exit code is 1 when something is wrong with the file.`

func peopleImportCommand() *cobra.Command {
	var mapping []string
	query := url.Values{}
	var kind, sheet, homePage, from string
	var complete, dryRun bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take people, units, groups or headcounts over from a CSV or XLSX file",
		Long:  peopleImportHelp,
		Args:  cobra.ExactArgs(1),
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", directory.KindPeople, "what the file lists: "+strings.Join(directory.Kinds(), ", "))
	f.BoolVar(&dryRun, "dry-run", false, "change nothing, and say what would change")
	f.BoolVar(&complete, "complete", false, "nobody else is there: people leave their units, groups lose members, headcounts go")
	f.StringArrayVar(&mapping, "map", nil, "what a column means, such as 'Nr.=staff'; with nothing behind = it is passed over; repeatable")
	f.StringVar(&sheet, "sheet", "", "sheet of a workbook (default: the first that has something)")
	f.StringVar(&homePage, "home-page", "", "home page of accounts whose home page no column has")
	f.StringVar(&from, "from", "", "day from which changes hold, such as 2026-01-31 (default: today)")
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		data, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		meant, err := meanings(mapping)
		if err != nil {
			return err
		}
		for name, value := range map[string]string{"kind": kind, "file": filepath.Base(args[0]), "sheet": sheet, "homePage": homePage, "from": from, "mapping": meant} {
			if value != "" {
				query.Set(name, value)
			}
		}
		query.Set("dryRun", strconv.FormatBool(dryRun))
		query.Set("complete", strconv.FormatBool(complete))
		return asking(cmd, false, func(s *session) error {
			var outcome importOutcome
			err := s.Directory(cmd.Context(), *tenant, "POST", "imports", query, bytes.NewReader(data), &outcome)
			var refused *admin.Refused
			if errors.As(err, &refused) {
				outcome.Errors = refused.Findings
			} else if err != nil {
				return err
			}
			if printErrors(cmd.ErrOrStderr(), args[0], outcome); len(outcome.Errors) > 0 {
				return errReported
			}
			printImport(cmd.OutOrStdout(), outcome, dryRun)
			return nil
		})
	}
	return cmd
}

// meanings are --map as the server reads it.
func meanings(list []string) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	meant := make(map[string]string)
	for _, one := range list {
		at := strings.LastIndex(one, "=")
		if at < 0 {
			return "", fmt.Errorf("--map %q: write heading=field", one)
		}
		meant[one[:at]] = one[at+1:]
	}
	text, err := json.Marshal(meant)
	return string(text), err
}

func printErrors(w io.Writer, file string, o importOutcome) {
	for _, e := range o.Errors {
		fmt.Fprintf(w, "%s", file)
		if e.Line > 0 {
			fmt.Fprintf(w, ":%d", e.Line)
		}
		if e.Column > 0 {
			fmt.Fprintf(w, ":%d", e.Column)
		}
		fmt.Fprintf(w, ": %s", printable(e.Message))
		if e.Heading != "" {
			fmt.Fprintf(w, " (column %s)", printable(e.Heading))
		}
		fmt.Fprintln(w)
	}
	if o.MoreErrors > 0 {
		fmt.Fprintf(w, "and %d more\n", o.MoreErrors)
	}
	if len(o.Errors) > 0 {
		fmt.Fprintln(w, "nothing was taken over")
	}
}

func printImport(w io.Writer, o importOutcome, dryRun bool) {
	for _, c := range o.Columns {
		field := c.Field
		if field == "" {
			field = "(passed over)"
		}
		fmt.Fprintf(w, "column %s: %s\n", printable(c.Heading), field)
	}
	for _, c := range o.Changes {
		place := ""
		if c.Line > 0 {
			place = fmt.Sprintf("line %d: ", c.Line)
		}
		fields := ""
		if len(c.Fields) > 0 {
			fields = " (" + strings.Join(c.Fields, ", ") + ")"
		}
		fmt.Fprintf(w, "%s%s: %s%s\n", place, c.Change, printable(c.Name), fields)
	}
	if o.MoreChanges > 0 {
		fmt.Fprintf(w, "and %d more\n", o.MoreChanges)
	}
	if dryRun {
		fmt.Fprint(w, "dry run, nothing was changed: ")
	}
	fmt.Fprintf(w, "%d rows: %d new, %d changed, %d unchanged, %d left out, %d merged\n", o.Rows, o.New, o.Changed, o.Unchanged, o.LeftOut, o.Merged)
}

// listedPerson is a person as the commands show it.
type listedPerson struct {
	ID, Name, Staff, Unit string
	Identifiers           []string
}

func peopleListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List people, by name",
		Long:  "List people by name: id, staff number, name, unit of today, identifiers.",
		Args:  cobra.NoArgs,
	}
	query := cmd.Flags().String("query", "", "part of a name, staff number or identifier")
	unit := cmd.Flags().String("unit", "", "id of a unit: those in it or below it")
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return asking(cmd, false, func(s *session) error {
			ask := url.Values{"limit": {"1000"}}
			if *query != "" {
				ask.Set("q", *query)
			}
			if *unit != "" {
				ask.Set("unit", *unit)
				ask.Set("below", "true")
			}
			t := newTable(cmd.OutOrStdout())
			err := everyItem(cmd, s, *tenant, "people", ask, func(p listedPerson) {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID, printable(p.Staff), printable(p.Name), p.Unit, printable(strings.Join(p.Identifiers, " ")))
			})
			return errors.Join(err, t.Flush())
		})
	}
	return cmd
}

func peopleUnassignedCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "unassigned",
		Short: "List learners of statements whom the directory does not know",
		Long:  "List identifiers of learners in statements that no person has, the one last seen first: when that was, how many statements, the identifier, the name that it had.",
		Args:  cobra.NoArgs,
	}
	limit := cmd.Flags().Int("limit", 100, "how many at most, up to 1000")
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return asking(cmd, false, func(s *session) error {
			var page struct {
				Items []struct {
					Identifier, Name, Last string
					Statements             int
				}
				More string
			}
			if err := s.Directory(cmd.Context(), *tenant, "GET", "people/unassigned", url.Values{"limit": {strconv.Itoa(*limit)}}, nil, &page); err != nil {
				return err
			}
			t := newTable(cmd.OutOrStdout())
			for _, u := range page.Items {
				fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", u.Last, u.Statements, printable(u.Identifier), printable(u.Name))
			}
			if page.More != "" {
				fmt.Fprintln(t, "and more")
			}
			return t.Flush()
		})
	}
	return cmd
}

func peopleMatchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "match PERSON IDENTIFIER",
		Short: "Give a person one more identifier",
		Long:  "Give a person one more identifier: as people unassigned lists it, or the JSON of an Agent.",
		Args:  cobra.ExactArgs(2),
	}
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return asking(cmd, false, func(s *session) error {
			return s.Directory(cmd.Context(), *tenant, "POST", "people/"+url.PathEscape(args[0])+"/identifiers", nil, map[string]string{"identifier": args[1]}, nil)
		})
	}
	return cmd
}

func peopleMergeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge KEPT GONE",
		Short: "Make one person of two",
		Long:  "Make one person of two: KEPT remains and gets the identifiers and groups of GONE. The id that is printed undoes it with people split.",
		Args:  cobra.ExactArgs(2),
	}
	reason := cmd.Flags().String("reason", "", "why they are one")
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return asking(cmd, false, func(s *session) error {
			var merge struct{ ID string }
			err := s.Directory(cmd.Context(), *tenant, "POST", "people/"+url.PathEscape(args[0])+"/merge", nil, map[string]string{"gone": args[1], "reason": *reason}, &merge)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "merge  %s\n", merge.ID)
			}
			return err
		})
	}
	return cmd
}

func peopleSplitCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "split MERGE",
		Short: "Undo a merge of two people",
		Args:  cobra.ExactArgs(1),
	}
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return asking(cmd, false, func(s *session) error {
			return s.Directory(cmd.Context(), *tenant, "POST", "people/merges/"+url.PathEscape(args[0])+"/split", nil, nil, nil)
		})
	}
	return cmd
}

func unitsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List units with what they lie below",
		Long:  "List units as they lie on a day: id, code, name, and the ids of the units above.",
		Args:  cobra.NoArgs,
	}
	on := cmd.Flags().String("on", "", "day, such as 2025-12-31 (default: today)")
	tenant := directoryTenant(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return asking(cmd, false, func(s *session) error {
			ask := url.Values{"limit": {"1000"}}
			if *on != "" {
				ask.Set("on", *on)
			}
			t := newTable(cmd.OutOrStdout())
			err := everyItem(cmd, s, *tenant, "units", ask, func(u struct {
				ID, Code, Name string
				Path           []string
			}) {
				above := u.Path[:max(len(u.Path)-1, 0)]
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.ID, printable(u.Code), printable(u.Name), strings.Join(above, " / "))
			})
			return errors.Join(err, t.Flush())
		})
	}
	return cmd
}
