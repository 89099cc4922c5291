package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"lernspur/digest"
	"lernspur/directory"
	"lernspur/webhook"
)

func webhookCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "webhook", Short: "Tell other programs what happened"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant that is told of")
	cmd.AddCommand(webhookListCommand(&tenant), webhookAddCommand(&tenant), webhookTestCommand(&tenant), webhookRotateCommand(&tenant), webhookDeadCommand(&tenant),
		webhookPauseCommand(&tenant, "pause", "Tell a webhook nothing until it is resumed", true),
		webhookPauseCommand(&tenant, "resume", "Tell a webhook on that is paused", false),
		actCommand(&tenant, "retry WEBHOOK", "Tell a webhook again what was given up", "POST", "webhooks/", "/retry"),
		actCommand(&tenant, "remove WEBHOOK", "End a webhook and forget what it was to be told", "DELETE", "webhooks/", ""))
	return cmd
}

func webhookListCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the webhooks with how they are",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "WEBHOOK\tPENDING\tDELIVERED\tDEAD\tEVENTS\tNAME\tURL\tPROBLEM")
				err := everyItem(cmd, s, *tenant, "webhooks", nil, func(v webhook.View) {
					problem := v.Problem
					if v.Paused {
						problem = "paused"
					}
					fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", v.ID, v.Pending, v.Delivered, v.Dead, strings.Join(v.Events, " "), printable(v.Name), printable(v.URL), printable(problem))
				})
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}
}

func webhookAddCommand(tenant *string) *cobra.Command {
	var name string
	var events []string
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Tell a program of events, and show the secret that signs them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				var made webhook.View
				ask := map[string]any{"url": args[0], "name": name, "events": events}
				if err := s.Directory(cmd.Context(), *tenant, "POST", "webhooks", nil, ask, &made); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "webhook %s\nurl     %s\n", made.ID, made.URL)
				secretLine(cmd.OutOrStdout(), made.Secret)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the webhook (default: its address)")
	cmd.Flags().StringSliceVar(&events, "event", []string{webhook.CourseCompleted, webhook.CoursePassed}, "what it is told: "+strings.Join(webhook.Events, ", "))
	return cmd
}

func webhookTestCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "test WEBHOOK",
		Short: "Send a webhook an event of the type test, now",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				var outcome struct {
					Delivered bool
					Problem   string
				}
				if err := s.Directory(cmd.Context(), *tenant, "POST", "webhooks/"+url.PathEscape(args[0])+"/test", nil, nil, &outcome); err != nil {
					return err
				}
				if !outcome.Delivered {
					fmt.Fprintln(cmd.OutOrStdout(), "not delivered:", printable(outcome.Problem))
					return errReported
				}
				fmt.Fprintln(cmd.OutOrStdout(), "delivered")
				return nil
			})
		},
	}
}

func webhookRotateCommand(tenant *string) *cobra.Command {
	var end bool
	cmd := &cobra.Command{
		Use:   "rotate WEBHOOK",
		Short: "Give a webhook another secret; the one before signs as well for a while",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				path := "webhooks/" + url.PathEscape(args[0]) + "/secret"
				if end {
					return s.Directory(cmd.Context(), *tenant, "DELETE", path+"/previous", nil, nil, nil)
				}
				var v webhook.View
				if err := s.Directory(cmd.Context(), *tenant, "POST", path, nil, nil, &v); err != nil {
					return err
				}
				secretLine(cmd.OutOrStdout(), v.Secret)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&end, "end", false, "make no new secret: only the newest one signs from now on")
	return cmd
}

func webhookDeadCommand(tenant *string) *cobra.Command {
	return &cobra.Command{
		Use:   "dead WEBHOOK",
		Short: "List the events that were given up",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "EVENT\tTYPE\tCREATED\tTRIES\tREASON")
				type dead struct {
					ID, Type, Created, Reason string
					Tries                     int
				}
				err := everyItem(cmd, s, *tenant, "webhooks/"+url.PathEscape(args[0])+"/dead", nil, func(d dead) {
					fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", d.ID, d.Type, d.Created, d.Tries, printable(d.Reason))
				})
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}
}

func webhookPauseCommand(tenant *string, name, short string, paused bool) *cobra.Command {
	return &cobra.Command{
		Use:   name + " WEBHOOK",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				err := s.Directory(cmd.Context(), *tenant, "PATCH", "webhooks/"+url.PathEscape(args[0]), nil, map[string]any{"paused": paused}, nil)
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%sd %s\n", name, args[0])
				}
				return err
			})
		},
	}
}

func digestCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "digest", Short: "Look at the weekly mails to trainers, and send one now"}
	var tenant string
	cmd.PersistentFlags().StringVar(&tenant, "tenant", directory.DefaultTenant, "tenant of the trainers")
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "List the digests with what became of them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return asking(cmd, false, func(s *session) error {
				w := newTable(cmd.OutOrStdout())
				fmt.Fprintln(w, "WEEK\tACCOUNT\tSTATE\tTRIES\tREASON")
				err := everyItem(cmd, s, tenant, "digests", nil, func(v digest.View) {
					fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", v.Week, printable(v.Account), v.State, v.Tries, printable(v.Reason))
				})
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}, &cobra.Command{
		Use:   "send ACCOUNT",
		Short: "Send a trainer the digest of the week that was due last, also if she got it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				var v digest.View
				if err := s.Directory(cmd.Context(), tenant, "POST", "digests/"+url.PathEscape(args[0])+"/send", nil, nil, &v); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), v.State)
				return nil
			})
		},
	})
	return cmd
}
