package main

import (
	"fmt"
	"strconv"
	"strings"
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
	var expires string
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make an API key and show its secret, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if ask.Expires, err = expiry(expires, time.Now()); err != nil {
				return err
			}
			return asking(cmd, true, func(s *session) error {
				k, err := s.CreateKey(cmd.Context(), ask)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "tenant  %s\nscopes  %s\n", k.Tenant, strings.Join(k.Scopes, " "))
				for _, b := range bindings(k.Binding) {
					fmt.Fprintf(cmd.OutOrStdout(), "bound   %s\n", b)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "key     %s\nsecret  %s\n", k.ID, k.Secret)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant whose statements the key reaches")
	f.StringVar(&ask.Label, "label", "", "what the key is for, for people")
	f.StringSliceVar(&ask.Scopes, "scope", []string{directory.ScopeAll}, "what the key may do: "+strings.Join(directory.Scopes(), ", "))
	f.StringVar(&ask.Authority, "authority", "", "JSON of the Agent that its statements get as authority (default: an account named like the key)")
	f.StringVar(&ask.Actor, "actor", "", "JSON of the Agent that the key is bound to: actor of its statements, agent of its documents")
	f.StringVar(&ask.Registration, "registration", "", "registration (UUID) that the key is bound to")
	f.StringVar(&ask.ActivityPrefix, "activity-prefix", "", "how the ids of the activities begin that the key is bound to")
	f.StringVar(&expires, "expires", "", "when the key ends: a time such as 2026-12-31T18:00:00Z, or how long from now, such as 12h or 30d")
	f.StringVar(&ask.Origin, "origin", "", "origin (scheme://host[:port]) of the only pages that browsers use the key from")
	return cmd
}

// expiry reads when a key ends: an instant, or a time from now on, of which the
// unit d is 24 hours. Zero means never.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		var d time.Duration
		if days, ok := strings.CutSuffix(text, "d"); ok {
			var n int
			if n, err = strconv.Atoi(days); err == nil && n <= 36500 {
				d = time.Duration(n) * 24 * time.Hour
			}
		} else {
			d, err = time.ParseDuration(text)
		}
		if err != nil || d <= 0 {
			return time.Time{}, fmt.Errorf("--expires %q: expected a time such as 2026-12-31T18:00:00Z, or how long from now, such as 12h or 30d", text)
		}
		at = now.Add(d)
	}
	if !at.After(now) {
		return time.Time{}, fmt.Errorf("--expires %q: this is over already", text)
	}
	return at, nil
}

// bindings are what a key is bound to, in words.
func bindings(b admin.Binding) (list []string) {
	for _, part := range []struct{ name, value string }{
		{"actor", b.Actor}, {"registration", b.Registration}, {"activities", b.ActivityPrefix}, {"origin", b.Origin},
	} {
		if part.value != "" {
			list = append(list, part.name+" "+part.value)
		}
	}
	if !b.Expires.IsZero() {
		list = append(list, "until "+b.Expires.Format(time.RFC3339))
	}
	return list
}

func keysListCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the API keys, revoked ones too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				list, err := s.Keys(cmd.Context(), tenant)
				if err != nil {
					return err
				}
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "KEY\tTENANT\tSCOPES\tCREATED\tREVOKED\tLABEL\tBOUND TO")
				for _, k := range list {
					revoked := "-"
					if !k.Revoked.IsZero() {
						revoked = k.Revoked.Format(time.RFC3339)
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Tenant, strings.Join(k.Scopes, " "), k.Created.Format(time.RFC3339), revoked,
						printable(k.Label), strings.Join(bindings(k.Binding), ", "))
				}
				return w.Flush()
			})
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
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				if err := s.RevokeKey(cmd.Context(), args[0]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "revoked %s\n", args[0])
				return nil
			})
		},
	}
}
