package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func attendanceCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "attendance", Short: "Record who attended the sessions of courses"}
	cmd.AddCommand(attendanceSessionsCommand(), attendanceRecordCommand())
	return cmd
}

func attendanceSessionsCommand() *cobra.Command {
	var tenant, course string
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List the sessions of a course, or of all",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				list, err := s.AttendanceSessions(cmd.Context(), tenant, course)
				if err != nil {
					return err
				}
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "SESSION\tBEGINS\tCOURSE\tTITLE\tPLACE")
				for _, one := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.ID, one.Begins.Format(time.RFC3339), one.Course, printable(one.Title), printable(one.Place))
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the courses")
	cmd.Flags().StringVar(&course, "course", "", "course (default: all)")
	return cmd
}

const attendanceRecordHelp = `Record who attended a session from a table with a line of headings: identifier (a mail address, or the name of an account), name, and attended (yes,
no, or a number of minutes). docs/api.md lists what else is understood. A table with faults is refused as a whole, with the line and column of each; the
exit code is 1 then. Recording the same table again changes nothing.`

func attendanceRecordCommand() *cobra.Command {
	var ask admin.AttendanceRequest
	cmd := &cobra.Command{
		Use:   "record SESSION FILE",
		Short: "Record who attended a session from a table (CSV)",
		Long:  attendanceRecordHelp,
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			table, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			return asking(cmd, false, func(s *session) error {
				ask.Session = args[0]
				result, err := s.RecordAttendance(cmd.Context(), ask, table)
				if err != nil {
					return err
				}
				for _, f := range result.Faults {
					fmt.Fprintf(cmd.OutOrStdout(), "%s:%d:%d: %s\n", args[1], f.Line, f.Column, printable(f.Message))
				}
				if len(result.Faults) > 0 {
					fmt.Fprintln(cmd.OutOrStdout(), "nothing of it was recorded")
					return errReported
				}
				what := "recorded"
				if ask.DryRun {
					what = "would be recorded"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d attended, %d did not: %s\n", result.Attended, result.Absent, what)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant of the session")
	f.StringVar(&ask.HomePage, "home-page", "", "home page of the accounts in the table (default: public_url)")
	f.BoolVar(&ask.DryRun, "dry-run", false, "find faults and record nothing")
	return cmd
}
