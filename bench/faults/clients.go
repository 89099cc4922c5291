//go:build linux

package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"lernspur/bench/faults/client"
)

// ClientCommand is the first argument of a process that is to be the client.
const ClientCommand = "client"

// MaybeClient turns this process into the client if it was started as one, and
// does not return then. Whoever runs a campaign calls it first in main.
func MaybeClient() {
	if len(os.Args) == 3 && os.Args[1] == ClientCommand {
		os.Exit(clientMain(os.Args[2]))
	}
}

// clientMain posts until SIGTERM or until standard input ends, as it does when
// the campaign dies.
func clientMain(options string) int {
	var o client.Options
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the end is the message
		stop()
	}()
	stats, err := client.Run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(stats); err != nil {
		return 1
	}
	return 0
}

// poster is a running client process.
type poster struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	out    bytes.Buffer
	errOut bytes.Buffer
	exited chan error
}

// post starts a client.
func post(o client.Options) (*poster, error) {
	options, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &poster{cmd: exec.Command(self, ClientCommand, string(options)), exited: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errOut
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.exited <- p.cmd.Wait() }()
	return p, nil
}

// end asks the client to end and waits for its verdicts that are open.
func (p *poster) end(grace time.Duration) (client.Stats, error) {
	var stats client.Stats
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // gone already shows below
	select {
	case err := <-p.exited:
		if err != nil {
			return stats, fmt.Errorf("the client: %w: %s", err, p.errOut.String())
		}
	case <-time.After(grace + 30*time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return stats, errors.New("the client did not end")
	}
	return stats, json.Unmarshal(p.out.Bytes(), &stats)
}
