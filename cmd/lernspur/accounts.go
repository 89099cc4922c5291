package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
	"lernspur/web/visitor"
)

func accountsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "accounts", Short: "Make, list and change the accounts of people who sign in"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the accounts")
	cmd.AddCommand(accountsCreateCommand(&tenant), accountsListCommand(&tenant), accountsRolesCommand(&tenant),
		accountCommand(&tenant, "reset", "Take a password away, end all sessions, and show a one-time link that sets another one",
			func(cmd *cobra.Command, s *session, ask admin.AccountRequest) error {
				a, err := s.ResetAccount(cmd.Context(), ask)
				if err == nil {
					showLink(cmd.OutOrStdout(), a)
				}
				return err
			}),
		accountCommand(&tenant, "disable", "Let nobody sign in with an account any more, and end its sessions", ableAccount("disabled", true)),
		accountCommand(&tenant, "enable", "Let its holder sign in with an account again", ableAccount("enabled", false)),
		accountCommand(&tenant, "remove", "Remove an account for good", func(cmd *cobra.Command, s *session, ask admin.AccountRequest) error {
			err := s.RemoveAccount(cmd.Context(), ask)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "removed %s\n", ask.Account)
			}
			return err
		}))
	return cmd
}

// accountCommand is a command about one account.
func accountCommand(tenant *string, name, short string, do func(*cobra.Command, *session, admin.AccountRequest) error) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ACCOUNT",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				return do(cmd, s, admin.AccountRequest{Tenant: *tenant, Account: args[0]})
			})
		},
	}
}

func ableAccount(word string, disabled bool) func(*cobra.Command, *session, admin.AccountRequest) error {
	return func(cmd *cobra.Command, s *session, ask admin.AccountRequest) error {
		ask.Disabled = &disabled
		a, err := s.EditAccount(cmd.Context(), ask)
		if err == nil {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", word, a.Account)
		}
		return err
	}
}

func accountsCreateCommand(tenant *string) *cobra.Command {
	var ask admin.AccountRequest
	var name, person, language string
	var roles, groups []string
	var stdin bool
	cmd := &cobra.Command{
		Use:   "create ACCOUNT",
		Short: "Make an account and show a one-time link that sets its password",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			list := rolesOf(roles)
			ask.Tenant, ask.Account = *tenant, args[0]
			ask.Name, ask.Person, ask.Language, ask.Roles, ask.Groups = &name, &person, &language, &list, &groups
			if stdin {
				if ask.Password, err = readPassword(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			return asking(cmd, true, func(s *session) error {
				a, err := s.CreateAccount(cmd.Context(), ask)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "tenant   %s\naccount  %s\nroles    %s\n", a.Tenant, a.Account, wordsOf(a.Roles))
				showLink(cmd.OutOrStdout(), a)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "name of its holder, to be shown")
	f.StringSliceVar(&roles, "role", nil, "what its holder may do: "+wordsOf(visitor.Roles))
	f.StringSliceVar(&groups, "group", nil, "id of a group that a trainer has, beside those of the directory")
	f.StringVar(&person, "person", "", "id of its holder in the directory")
	f.StringVar(&language, "language", "", "de or en; empty: what the browser asks for")
	f.BoolVar(&stdin, "password-stdin", false, "read the password from the first line of standard input instead of making a link")
	return cmd
}

// readPassword reads the first line.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("--password-stdin: standard input has no password")
	}
	return line, nil
}

func rolesOf(names []string) []visitor.Role {
	roles := make([]visitor.Role, len(names))
	for i, name := range names {
		roles[i] = visitor.Role(name)
	}
	return roles
}

func wordsOf(roles []visitor.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// showLink shows a one-time link, if there is one.
func showLink(w io.Writer, a admin.AccountInfo) {
	if a.Link != "" {
		fmt.Fprintf(w, "link     %s\nIt sets the password once, until %s, and is shown only now.\n", a.Link, a.LinkExpires.Format(time.RFC3339))
	}
}

func accountsListCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the accounts of a tenant",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				list, err := s.Accounts(cmd.Context(), *tenant)
				if err != nil {
					return err
				}
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "ACCOUNT\tNAME\tROLES\tGROUPS\tPERSON\tSTATE")
				for _, a := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", printable(a.Account), printable(a.Name), wordsOf(a.Roles), printable(strings.Join(a.Groups, " ")), printable(a.Person), accountState(a))
				}
				return w.Flush()
			})
		},
	}
}

// accountState is how somebody can sign in, in a word.
func accountState(a admin.AccountInfo) string {
	switch {
	case a.Disabled:
		return "disabled"
	case a.Issuer != "":
		return "at " + a.Issuer
	case a.Password:
		return "password"
	case !a.LinkExpires.IsZero():
		return "link until " + a.LinkExpires.Format(time.RFC3339)
	}
	return "no password"
}

func accountsRolesCommand(tenant *string) *cobra.Command {
	var groups []string
	cmd := &cobra.Command{
		Use:   "roles ACCOUNT [ROLE...]",
		Short: "Give an account these roles in place of those it has",
		Long:  "Give an account these roles in place of those it has; without any it has none.\nRoles are " + wordsOf(visitor.Roles) + ".",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				list := rolesOf(args[1:])
				ask := admin.AccountRequest{Tenant: *tenant, Account: args[0], Roles: &list}
				if cmd.Flags().Changed("group") {
					ask.Groups = &groups
				}
				a, err := s.EditAccount(cmd.Context(), ask)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "account  %s\nroles    %s\ngroups   %s\n", a.Account, wordsOf(a.Roles), strings.Join(a.Groups, " "))
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&groups, "group", nil, "ids of the groups that a trainer has, in place of those it has; '' for none")
	return cmd
}
