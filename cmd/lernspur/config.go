package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lernspur/config"
)

func configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show every setting in force and where it comes from; secrets are left out",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			for _, w := range c.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			w := newTable(cmd.OutOrStdout())
			fmt.Fprintln(w, "KEY\tVALUE\tFROM\tVARIABLE")
			for _, s := range c.Effective() {
				value := s.Value
				if value == "" {
					value = "-"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Key, value, s.Source, s.Environment)
			}
			return w.Flush()
		},
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "lernspur", version)
			return err
		},
	}
}
