package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/directory"
)

func launchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "launch", Short: "Make links that open courses"}
	cmd.AddCommand(launchLinkCommand())
	return cmd
}

const launchLinkHelp = `Make a link that opens a course: for a learner, who is registered for it if need be, or without one for a preview, of which nothing is
recorded. Whoever has the link is the learner, until it ends. It is shown once and kept nowhere.`

func launchLinkCommand() *cobra.Command {
	var ask admin.LaunchRequest
	cmd := &cobra.Command{
		Use:   "link COURSE",
		Short: "Make a link that opens a course for a learner, or a preview",
		Long:  launchLinkHelp,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return asking(cmd, false, func(s *session) error {
				ask.Course = args[0]
				link, err := s.OpenLaunch(cmd.Context(), ask)
				if err != nil {
					return err
				}
				if link.Registration != "" {
					fmt.Fprintf(cmd.OutOrStdout(), "registration  %s\n", link.Registration)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "until         %s\nlink          %s\n", link.Expires.Format(time.RFC3339), link.Link)
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.Tenant, "tenant", directory.DefaultTenant, "tenant of the course")
	f.StringVar(&ask.Learner, "learner", "", `JSON of the Agent who learns, such as {"account":{"homePage":"https://town.example","name":"4711"}} (default: a preview)`)
	f.StringVar(&ask.Item, "item", "", "identifier of the item to open (default: the first that can be)")
	f.StringVar(&ask.Mode, "mode", "", "normal, browse or review (default: normal, of a preview browse)")
	f.DurationVar(&ask.Lifetime, "lifetime", 0, "how long the link can be used (default: launch.lifetime)")
	return cmd
}
