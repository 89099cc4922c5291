// Command lernspur is the learning record store: the server, and the tools that
// work beside it. It only wires the packages together.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set by the Makefile.
var version = "development"

func main() {
	if err := root().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "lernspur:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "lernspur",
		Short:         "A learning record store (xAPI) for public administrations",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(engineCommand())
	return cmd
}
