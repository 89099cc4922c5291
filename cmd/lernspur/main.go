// Command lernspur is the learning record store: the server, and the tools that
// work beside it. It only wires the packages together.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lernspur/config"
	"lernspur/engine"
)

// version is set by the Makefile.
var version = "development"

// Exit codes.
const (
	exitFailed      = 1
	exitInterrupted = 130
)

// errReported ends a command whose output has said what is wrong.
var errReported = errors.New("reported")

func main() {
	engine.MaybeMain() // the engine's child has its own way with signals
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go interrupt(stop)
	err := root().ExecuteContext(ctx)
	if err == nil {
		return
	}
	if !errors.Is(err, errReported) {
		fmt.Fprintln(os.Stderr, "lernspur:", err)
	}
	os.Exit(exitFailed)
}

// sameSignal is how long after a signal another one counts as the same: some
// programs signal their child and its whole group.
const sameSignal = 500 * time.Millisecond

// interrupt ends the context at the first signal and the process at the
// second. The engine notices that its parent is gone and stops by itself.
func interrupt(stop context.CancelFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	<-signals
	stop()
	for first := time.Now(); time.Since(first) < sameSignal; {
		<-signals
	}
	fmt.Fprintln(os.Stderr, "lernspur: stopped at once; what was acknowledged is in the log")
	os.Exit(exitInterrupted)
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "lernspur",
		Short:         "A learning record store (xAPI) for public administrations",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	config.Flags(cmd.PersistentFlags())
	cmd.AddCommand(serveCommand(), keysCommand(), accountsCommand(), importCommand(), exportCommand(), verifyCommand(),
		reportCommand(), packageCommand(), launchCommand(), attendanceCommand(), toolsCommand(), peopleCommand(), unitsCommand(), evaluationSettingsCommand(), evaluationStatementCommand(), forwardCommand(), webhookCommand(), digestCommand(), configCommand(), versionCommand(), engineCommand())
	return cmd
}
