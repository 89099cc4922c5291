package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lernspur/directory"
	"lernspur/forward"
)

func forwardCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "forward", Short: "Forward statements to other learning record stores"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant whose statements are forwarded")
	cmd.AddCommand(forwardListCommand(&tenant), forwardAddCommand(&tenant), forwardRefusedCommand(&tenant),
		forwardActCommand(&tenant, "pause TARGET", "Send nothing more to a target until it is resumed", "POST", "/pause"),
		forwardActCommand(&tenant, "resume TARGET", "Let a target go on that is paused, or has halted since too much was refused", "POST", "/resume"),
		forwardActCommand(&tenant, "retry TARGET", "Send again what a target has refused", "POST", "/retry"),
		forwardActCommand(&tenant, "remove TARGET", "End a target and forget how far it is", "DELETE", ""))
	return cmd
}

func forwardListCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the targets with how far they are",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "TARGET\tSTATE\tLAG\tWAITING\tDELIVERED\tREFUSED\tNAME\tURL\tPROBLEM")
				err := everyItem(cmd, s, *tenant, "forwards", nil, func(v forward.View) {
					waiting := "?"
					if v.Waiting != nil {
						waiting = fmt.Sprint(*v.Waiting)
					}
					lag := time.Duration(v.LagSeconds * float64(time.Second)).Round(time.Second)
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", v.ID, v.State, lag, waiting, v.Delivered, v.Refused, printable(v.Name), printable(v.URL), printable(v.Problem))
				})
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}
}

const forwardAddHelp = `Have statements of a tenant sent to another learning record store: to the address at which its xAPI begins, in order of stored, each at least once.
The secret of the key there is the first line of standard input. --verb, --activity and --agent choose statements by how the id of the verb, the id of the
object, or the identifier of the actor begins (mbox|mailto:…, account|https://…|…); each can be repeated. docs/operations.md says more.`

func forwardAddCommand(tenant *string) *cobra.Command {
	ask := map[string]any{}
	var name, key string
	var verbs, activities, agents []string
	var beginning bool
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Forward statements to a store",
		Long:  forwardAddHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			secret, err := readPassword(cmd.InOrStdin())
			if err != nil {
				return fmt.Errorf("the secret is read from standard input: %w", err)
			}
			ask["url"], ask["name"], ask["key"], ask["secret"], ask["from"] = args[0], name, key, secret, "now"
			ask["verbs"], ask["activities"], ask["agents"] = verbs, activities, agents
			if beginning {
				ask["from"] = "beginning"
			}
			return asking(cmd, false, func(s *session) error {
				var made forward.View
				if err := s.Directory(cmd.Context(), *tenant, "POST", "forwards", nil, ask, &made); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "target  %s\nurl     %s\n", made.ID, made.URL)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "name of the target (default: its address)")
	f.StringVar(&key, "user", "", "name of the key at the other store")
	f.StringArrayVar(&verbs, "verb", nil, "how the id of the verb begins")
	f.StringArrayVar(&activities, "activity", nil, "how the id of the Activity begins that is the object")
	f.StringArrayVar(&agents, "agent", nil, "how the identifier of the actor begins")
	f.BoolVar(&beginning, "from-beginning", false, "send all statements that are stored, not only those from now on")
	_ = cmd.MarkFlagRequired("user") // it is there
	return cmd
}

func forwardRefusedCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "refused TARGET",
		Short: "List the statements that a target has refused for good",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "STATEMENT\tSTORED\tTRIES\tREASON")
				type refusal struct {
					Statement, Stored, Reason string
					Tries                     int
				}
				err := everyItem(cmd, s, *tenant, "forwards/"+url.PathEscape(args[0])+"/refused", nil, func(r refusal) {
					fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", r.Statement, r.Stored, r.Tries, printable(r.Reason))
				})
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}
}

// forwardActCommand is a command that does something with one target.
func forwardActCommand(tenant *string, use, short, method, path string) *cobra.Command {
	return actCommand(tenant, use, short, method, "forwards/", path)
}

// actCommand is a command that does something with one thing by its id, and says how
// it is then.
func actCommand(tenant *string, use, short, method, base, path string) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				var v struct {
					ID, State string
					Paused    bool
				}
				var answer any = &v
				if method == "DELETE" {
					answer = nil
				}
				if err := s.Directory(cmd.Context(), *tenant, method, base+url.PathEscape(args[0])+path, nil, nil, answer); err != nil {
					return err
				}
				word, _, _ := strings.Cut(use, " ")
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", cmp.Or(v.State, map[string]string{"remove": "removed"}[word], "done"), args[0])
				return nil
			})
		},
	}
}

// secretLine shows a secret that is shown once.
func secretLine(w io.Writer, secret string) {
	if secret != "" {
		fmt.Fprintf(w, "secret  %s\nThe secret is shown only now.\n", secret)
	}
}
