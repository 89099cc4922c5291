package main

import (
	"os"

	"github.com/spf13/cobra"

	"lernspur/engine"
)

// engineCommand is the hidden command under which this binary serves as the
// engine's child process; package engine starts it, nobody types it.
func engineCommand() *cobra.Command {
	return &cobra.Command{
		Use:                engine.Command,
		Hidden:             true,
		DisableFlagParsing: true,
		Run:                func(_ *cobra.Command, args []string) { os.Exit(engine.Main(args)) },
	}
}
