package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Make, list and revoke API keys"}
	cmd.AddCommand(keysCreateCommand(), keysListCommand(), keysRevokeCommand())
	return cmd
}

func keysCreateCommand() *cobra.Command {
	var ask admin.NewKeyRequest
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make an API key and show its secret, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := open(cmd, true)
			if err != nil {
				return err
			}
			defer s.end(cmd.Context(), &err)
			k, err := s.CreateKey(cmd.Context(), ask)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "tenant  %s\nscopes  %s\nkey     %s\nsecret  %s\n", k.Tenant, strings.Join(k.Scopes, " "), k.ID, k.Secret)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant whose statements the key reaches")
	f.StringVar(&ask.Label, "label", "", "what the key is for, for people")
	f.StringSliceVar(&ask.Scopes, "scope", []string{directory.ScopeAll}, "what the key may do: "+strings.Join(directory.Scopes(), ", "))
	f.StringVar(&ask.Authority, "authority", "", "JSON of the Agent that its statements get as authority (default: an account named like the key)")
	return cmd
}

func keysListCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the API keys, revoked ones too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := open(cmd, false)
			if err != nil {
				return err
			}
			defer s.end(cmd.Context(), &err)
			list, err := s.Keys(cmd.Context(), tenant)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "KEY\tTENANT\tSCOPES\tCREATED\tREVOKED\tLABEL")
			for _, k := range list {
				revoked := "-"
				if !k.Revoked.IsZero() {
					revoked = k.Revoked.Format(time.RFC3339)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Tenant, strings.Join(k.Scopes, " "), k.Created.Format(time.RFC3339), revoked, k.Label)
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "", "only the keys of this tenant")
	return cmd
}

func keysRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke KEY",
		Short: "End an API key for good",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := open(cmd, false)
			if err != nil {
				return err
			}
			defer s.end(cmd.Context(), &err)
			if err := s.RevokeKey(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "revoked %s\n", args[0])
			return nil
		},
	}
}
