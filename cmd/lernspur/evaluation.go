package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
	"lernspur/evaluation"
	"lernspur/evaluation/api"
)

func evaluationSettingsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "evaluation-settings", Short: "Show and change what may be evaluated about people"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant that it is about")
	cmd.AddCommand(showEvaluationCommand(&tenant), setEvaluationCommand(&tenant))
	return cmd
}

func showEvaluationCommand(tenant *string) *cobra.Command {
	var history bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show which switches are on, since when, by whom and on which ground",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				if history {
					return showHistory(cmd, s, *tenant)
				}
				v, err := s.Evaluation(cmd.Context(), *tenant)
				if err == nil {
					err = showEvaluation(cmd.OutOrStdout(), v)
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&history, "history", false, "show every change, the latest first")
	return cmd
}

func showEvaluation(out io.Writer, v api.View) error {
	w := newTable(out)
	fmt.Fprintln(w, "SWITCH\tSTATE\tSINCE\tBY\tGROUND")
	for _, one := range v.Switches {
		since := "-"
		if one.Since != 0 {
			since = time.UnixMicro(int64(one.Since)).UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.Switch, onOrOff(one.On), since, orDash(one.By), orDash(one.Ground))
	}
	fmt.Fprintf(w, "all\t\t\t\t%s\n", orDash(v.Ground))
	return w.Flush()
}

func showHistory(cmd *cobra.Command, s *session, tenant string) error {
	list, err := s.EvaluationChanges(cmd.Context(), tenant)
	if err != nil {
		return err
	}
	w := newTable(cmd.OutOrStdout())
	fmt.Fprintln(w, "NUMBER\tAT\tBY\tSWITCH\tSTATE\tGROUND")
	for _, c := range list {
		name, state := "all", "-"
		if c.On != nil {
			name, state = string(c.Switch), onOrOff(*c.On)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", c.Number, time.UnixMicro(int64(c.At)).UTC().Format(time.RFC3339), orDash(c.By), name, state, orDash(c.Ground))
	}
	return w.Flush()
}

func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return printable(s)
}

func setEvaluationCommand(tenant *string) *cobra.Command {
	var ground, by string
	var names []string
	for _, sw := range evaluation.Switches {
		names = append(names, string(sw))
	}
	cmd := &cobra.Command{
		Use:   "set SWITCH on|off",
		Short: "Switch something on or off, and note the ground",
		Long: "Switch something on or off. What is switched on needs --ground: the works agreement, the consent or the law that allows it.\n" +
			"Switches are " + strings.Join(names, ", ") + ". \"set all --ground TEXT\" notes the ground of the evaluation as a whole.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := admin.EvaluationRequest{Tenant: *tenant, By: by}
			switch {
			case args[0] == "all" && len(args) == 1:
				ask.Ground = &ground
			case len(args) == 2 && (args[1] == "on" || args[1] == "off"):
				ask.Switches = map[evaluation.Switch]api.AskedSwitch{evaluation.Switch(args[0]): {On: args[1] == "on", Ground: ground}}
			default:
				return fmt.Errorf("expected a switch and on or off, or all; got %q", strings.Join(args, " "))
			}
			return asking(cmd, false, func(s *session) error {
				v, err := s.ChangeEvaluation(cmd.Context(), ask)
				if err == nil {
					err = showEvaluation(cmd.OutOrStdout(), v)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&ground, "ground", "", "on which ground: the works agreement, the consent or the law")
	cmd.Flags().StringVar(&by, "by", "", "who decided on it, for the history")
	return cmd
}

func evaluationStatementCommand() *cobra.Command {
	var tenant, language, format, out string
	cmd := &cobra.Command{
		Use:   "evaluation-statement",
		Short: "Write what is evaluated about whom, for which role, on which ground, and how long it is kept",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if language != "de" && language != "en" {
				return fmt.Errorf("--language: expected de or en, got %q", language)
			}
			if format != "text" && format != "html" && format != "json" {
				return fmt.Errorf("--format: expected text, html or json, got %q", format)
			}
			return asking(cmd, false, func(s *session) error {
				return writeTo(cmd, out, func(w io.Writer) error { return s.EvaluationStatement(cmd.Context(), tenant, language, format, w) })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant that it is about")
	f.StringVar(&language, "language", "de", "de or en")
	f.StringVar(&format, "format", "text", "text, html or json")
	f.StringVarP(&out, "out", "o", "", "file to write (default: standard output)")
	return cmd
}
