// Command demo shows the product with a made-up pilot year: it starts a server on a
// data folder of its own, fills the tenant demo with the town of package town, writes
// a report, says what to open, and serves until it is told to stop. What was loaded
// once is not loaded again.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"

	"lernspur/admin"
	"lernspur/bench/demo"
	"lernspur/bench/proc"
	"lernspur/bench/town"
)

// config is the configuration that the server gets, beside its environment.
const config = `# Written by make demo, and read by what it starts.
addr: %s
content:
  addr: %s
data: %s
demo:
  tenants: [%s]
log:
  level: warn
`

type options struct {
	server, dir, addr, content, definition string
	cut                                    int
	stop                                   bool
}

func main() {
	var o options
	flag.StringVar(&o.server, "server", "bin/lernspur", "the server's binary")
	flag.StringVar(&o.dir, "dir", "data/demo", "folder for everything")
	flag.StringVar(&o.addr, "addr", "127.0.0.1:8080", "host:port of the pages")
	flag.StringVar(&o.content, "content", "127.0.0.1:8081", "host:port of learning content")
	flag.StringVar(&o.definition, "definition", "docs/examples/wiesbaden-pilot.yaml", "what the report is about")
	flag.IntVar(&o.cut, "cut", 1, "make the town so many times smaller")
	flag.BoolVar(&o.stop, "stop", false, "stop when everything is there")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, o, os.Stdout); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// state is what is remembered from one start to the next.
type state struct {
	Key, Secret string
	Loaded      string // the name of the town that was loaded as a whole
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	file := filepath.Join(o.dir, "lernspur.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, config, o.addr, o.content, filepath.Join(o.dir, "server"), town.Tenant), 0o600); err != nil {
		return err
	}
	made := town.New(town.Config{Seed: 1, Cut: o.cut})
	server, err := proc.Start(ctx, o.addr, "/readyz", nil, o.server, "serve", "--config", file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop(time.Minute)) }()
	if err := fill(ctx, o, made, out); err != nil {
		return err
	}
	report(ctx, o, file, out)
	say(out, o, made)
	if o.stop {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-server.Done():
		return fmt.Errorf("the server ended:\n%s", server.Words())
	}
}

// fill loads the town unless it is there.
func fill(ctx context.Context, o options, made *town.Town, out io.Writer) error {
	path := filepath.Join(o.dir, "demo.json")
	var s state
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &s); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	switch {
	case s.Loaded == made.Name():
		fmt.Fprintln(out, "The pilot year is there already.")
		return nil
	case s.Loaded != "":
		return fmt.Errorf("%s has another made-up year, from an earlier version: remove the folder and start again", o.dir)
	case s.Key == "":
		c, err := admin.Connect(ctx, filepath.Join(o.dir, "server"))
		if err != nil {
			return err
		}
		defer c.Close()
		k, err := c.CreateKey(ctx, admin.NewKeyRequest{Tenant: town.Tenant, Scopes: []string{"all"}, Label: "make demo"})
		if err != nil {
			return err
		}
		s.Key, s.Secret = k.ID, k.Secret
		if err := save(path, s); err != nil {
			return err
		}
	}
	begun := time.Now()
	bars := bars{out: out}
	err := demo.Load(ctx, demo.Options{Base: "http://" + o.addr, Key: s.Key, Secret: s.Secret, Town: made, Report: bars.report})
	bars.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded in %v\n", time.Since(begun).Round(time.Second))
	s.Loaded = made.Name()
	return save(path, s)
}

func save(path string, s state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// bars show how far each step is.
type bars struct {
	out  io.Writer
	what string
	bar  *progressbar.ProgressBar
}

func (b *bars) report(what string, done, total int) {
	if what != b.what {
		b.end()
		b.what = what
		b.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(fmt.Sprintf("%-10s", what)),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(40))
	}
	_ = b.bar.Set(done) // a bar that cannot be drawn does not matter
}

func (b *bars) end() {
	if b.bar != nil {
		fmt.Fprintln(b.out)
	}
}

// report makes the report on the year, once. A demonstration without one is one all
// the same.
func report(ctx context.Context, o options, config string, out io.Writer) {
	folder := filepath.Join(o.dir, reports)
	if _, err := os.Stat(folder); err == nil {
		return
	}
	cmd := exec.CommandContext(ctx, o.server, "report", "run", o.definition, "--config", config, "--out", folder)
	if text, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(out, "the report cannot be made: %v\n%s", err, text)
	}
}

// reports is the folder of the report, in that of the demonstration.
const reports = "report"

// say tells what can be looked at.
func say(out io.Writer, o options, made *town.Town) {
	port := o.addr[strings.LastIndexByte(o.addr, ':'):]
	fmt.Fprintf(out, `
Everything here is made up: the town of Musterstadt, its %d staff and what they learned.

  open      http://localhost%s/signin?tenant=%s
  password  %s   (of all accounts)

`, len(made.People), port, town.Tenant, demo.Password)
	for _, a := range demo.Accounts(made) {
		fmt.Fprintf(out, "  %-10s %-16s %s\n", a.Name, a.Role, a.Is)
	}
	fmt.Fprintf(out, "\n  report    %s\n\nCtrl-C stops it; make demo goes on with what is there.\n", filepath.Join(o.dir, reports))
}
