// Command bench measures Lernspur on the machine it runs on and writes the
// figures to docs/performance.md and bench/results. It starts everything that
// it measures itself, on loopback addresses and in a folder that it removes
// afterwards.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lernspur/bench/proc"
	"lernspur/bench/result"
	"lernspur/bench/scenario"
	"lernspur/engine"
)

func main() {
	engine.MaybeMain()
	if len(os.Args) == 3 && os.Args[1] == scenario.BareCommand {
		fail(scenario.Bare(os.Args[2]))
	}
	// Prepared rows are many small things; the measuring program should not
	// spend the processor on collecting around them.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fail(run(ctx))
}

func fail(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	server, library, data, only, sizes, out, docs string
	quick, keep                                   bool
	rounds                                        int
	batch                                         time.Duration
	seed                                          uint64
}

func parse() (s settings) {
	flag.StringVar(&s.server, "server", "bin/lernspur", "the server's binary")
	flag.StringVar(&s.library, "library", "", "the ClickHouse library; empty looks where the server looks")
	flag.StringVar(&s.data, "data", "", "folder for the data of the measurement; empty makes one and removes it")
	flag.StringVar(&s.only, "only", "", "scenarios to run, from a,b,c,fresh,d,pages,scorm; empty runs all")
	flag.StringVar(&s.sizes, "n", "", "statements in (d), as in 1000000,10000000; ascending")
	flag.StringVar(&s.out, "out", "bench/results", "folder for the JSON")
	flag.StringVar(&s.docs, "docs", "docs/performance.md", "page for the tables; empty prints them")
	flag.BoolVar(&s.quick, "quick", false, "small sizes, to see that everything works; prints instead of writing")
	flag.BoolVar(&s.keep, "keep", false, "keep the data folder; (d) goes on with what it holds")
	flag.IntVar(&s.rounds, "rounds", 0, "how often (a), (b) and (c) take turns")
	flag.DurationVar(&s.batch, "batch", 0, "how long (b) lasts in each round")
	flag.Uint64Var(&s.seed, "seed", 1, "of the generator")
	flag.Parse()
	return s
}

func run(ctx context.Context) error {
	s := parse()
	plan, err := s.plan()
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.server); err != nil {
		return fmt.Errorf("the server's binary is missing, `make build` makes it: %w", err)
	}
	dir := s.data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "lernspur-bench-"); err != nil {
			return err
		}
	}
	if !s.keep && s.data == "" {
		defer os.RemoveAll(dir)
	}
	began := time.Now()
	r := &result.Run{Started: began, Commit: commit(), Quick: s.quick, Seed: s.seed, Hardware: proc.Describe(dir)}
	runErr := scenario.Do(ctx, scenario.Options{Server: s.server, Library: s.library, Dir: dir, Seed: s.seed, Quick: s.quick,
		Log: func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, "%6.0f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
		}}, plan, r)
	r.Judge()
	r.Took = time.Since(began).Round(time.Second).String()
	if runErr != nil {
		r.Anomalies = append(r.Anomalies, "broken off: "+strings.SplitN(runErr.Error(), "\n", 2)[0])
	}
	return errors.Join(runErr, s.publish(r, runErr == nil))
}

// plan puts the flags over the sizes of a full or a quick run.
func (s settings) plan() (scenario.Plan, error) {
	plan := scenario.Full()
	if s.quick {
		plan = scenario.Quick()
	}
	if s.only != "" {
		plan.Only = map[string]bool{}
		for name := range strings.SplitSeq(s.only, ",") {
			switch name {
			case "a", "b", "c", "fresh", "d", "pages", "scorm":
				plan.Only[name] = true
			default:
				return plan, fmt.Errorf("-only: there is no scenario %q", name)
			}
		}
	}
	if s.sizes != "" {
		plan.Sizes = nil
		for text := range strings.SplitSeq(s.sizes, ",") {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 1000 || n%1000 != 0 {
				return plan, fmt.Errorf("-n: %q is not a number of whole thousands", text)
			}
			plan.Sizes = append(plan.Sizes, n)
		}
	}
	if s.rounds > 0 {
		plan.Rounds = s.rounds
	}
	if s.batch > 0 {
		plan.Batch = s.batch
	}
	return plan, nil
}

// publish keeps the JSON, and writes the tables into the page when the run was
// whole and full, else on standard output.
func (s settings) publish(r *result.Run, whole bool) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	if !s.quick {
		path := filepath.Join(s.out, r.Started.UTC().Format("2006-01-02T150405Z")+".json")
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "kept as", path)
	}
	if whole && !s.quick && s.only == "" && s.sizes == "" && s.docs != "" {
		return r.WriteInto(s.docs)
	}
	fmt.Println(r.Markdown())
	return nil
}

// commit names what was measured.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
