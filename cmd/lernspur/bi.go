package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func toolsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bi", Short: "Let tools such as Grafana, Metabase and Superset read published figures"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant whose figures are meant")
	cmd.AddCommand(
		toolsChange(&tenant, "enable", "Publish the figures of a tenant, and show the secret with which tools read them"),
		toolsChange(&tenant, "rotate", "Make another secret; the one before is worth nothing at once"),
		toolsChange(&tenant, "disable", "Take what is published away, and the secret"),
		&cobra.Command{Use: "show", Short: "Show how tools connect, without the secret", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return asking(cmd, false, func(s *session) error {
					info, err := s.Tools(cmd.Context(), tenant)
					if err == nil {
						showTools(cmd.OutOrStdout(), info)
					}
					return err
				})
			}},
		toolsStatements(&tenant))
	return cmd
}

func toolsChange(tenant *string, what, short string) *cobra.Command {
	return &cobra.Command{Use: what, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, what == "enable", func(s *session) error {
				info, err := s.ChangeTools(cmd.Context(), what, admin.ToolsRequest{Tenant: *tenant})
				if err == nil {
					showTools(cmd.OutOrStdout(), info)
				}
				return err
			})
		}}
}

func toolsStatements(tenant *string) *cobra.Command {
	var run, withdraw bool
	cmd := &cobra.Command{
		Use:   "statements",
		Short: "Print what the administrator of a ClickHouse server runs so that tools can connect to the server itself",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				ask := admin.ToolsRequest{Tenant: *tenant, Withdraw: withdraw}
				if run {
					_, err := s.ChangeTools(cmd.Context(), "apply", ask)
					if err == nil {
						fmt.Fprintln(cmd.OutOrStdout(), "done")
					}
					return err
				}
				info, err := s.ChangeTools(cmd.Context(), "statements", ask)
				if err == nil {
					fmt.Fprint(cmd.OutOrStdout(), strings.Join(info.Statements, ";\n")+";\n")
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&run, "run", false, "run them, as far as the server lets our own user")
	cmd.Flags().BoolVar(&withdraw, "withdraw", false, "those that remove the user again")
	return cmd
}

// showTools says how tools connect.
func showTools(out io.Writer, info admin.ToolsInfo) {
	if !info.Enabled {
		fmt.Fprintf(out, "tenant     %s\ndisabled: tools may not read its figures (lernspur bi enable)\n", info.Tenant)
		return
	}
	address := info.Address
	if address == "" {
		address = "none: bi.addr (LERNSPUR_BI_ADDR) is not set, or no server runs"
	}
	published := "not yet"
	if !info.Published.IsZero() {
		published = info.Published.Format(time.RFC3339)
	}
	fmt.Fprintf(out, "tenant     %s\naddress    %s\ndatabase   %s\nuser       %s\n", info.Tenant, address, info.Database, info.User)
	if info.Secret != "" {
		fmt.Fprintf(out, "secret     %s\n", info.Secret)
	}
	fmt.Fprintf(out, "since      %s\npublished  %s\n", info.Since.Format(time.RFC3339), published)
	if info.Secret != "" {
		fmt.Fprintln(out, "The secret is shown only now. Who has it can read what docs/bi.md lists, and nothing else.")
	}
}
