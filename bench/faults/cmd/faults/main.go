//go:build linux

// Command faults runs the fault campaign: `go run ./bench/faults/cmd/faults`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"lernspur/bench/faults"
)

// leastKills is how many kills a whole campaign has to land in each gap.
const leastKills = 10

func main() {
	faults.MaybeClient()
	os.Exit(run())
}

func run() int {
	rounds := flag.Int("rounds", 100, "how many rounds of the whole campaign")
	only := flag.String("only", "", "run these faults instead, with commas; a name may be followed by *N")
	dir := flag.String("dir", "", "where the data folders go (default: the system's folder for temporary files)")
	binary := flag.String("server", "", "a server built with -tags faults (default: one is built)")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "what everything random follows from")
	keep := flag.Bool("keep", false, "keep all folders")
	short := flag.Bool("short", false, "run the short form")
	attempts := flag.Int("attempts", 40, "how often the server is killed while learners play, in the whole campaign")
	list := flag.Bool("list", false, "list the faults")
	flag.Parse()
	if *list {
		fmt.Println(strings.Join(faults.Names(), "\n"))
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := faults.Options{Rounds: faults.Full(*rounds, *seed), Dir: *dir, Binary: *binary, Seed: *seed, Keep: *keep, Out: os.Stdout}
	if *short {
		o.Rounds, o.Quick = faults.Short(), true
	}
	if *only != "" {
		o.Rounds = parse(*only)
	}
	report, err := faults.Run(ctx, o)
	if report != nil {
		if err := report.Print(os.Stdout); err != nil {
			return 1
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		return 1
	}
	code := 0
	if *only == "" && !*short && *attempts > 0 {
		code = kill(ctx, o, *attempts)
	}
	if report.Failed() {
		fmt.Println("FAILED: promises were broken")
		code = 1
	}
	if *only == "" && !*short && *rounds >= 100 {
		for _, gap := range report.MissingKills(leastKills) {
			fmt.Println("FAILED: too few kills landed,", gap)
			code = 1
		}
	}
	return code
}

// kill runs the campaign's part about learners who play.
func kill(ctx context.Context, o faults.Options, n int) int {
	dir, err := os.MkdirTemp(o.Dir, "lernspur-attempts-")
	if err == nil && o.Binary == "" {
		o.Binary, err = faults.BuildServer(dir)
	}
	var problems []string
	if err == nil {
		kills := make([]string, n)
		for i := range kills {
			kills[i] = faults.AttemptKills()[i%len(faults.AttemptKills())]
		}
		problems, err = faults.Attempts(ctx, dir, o.Binary, 16, kills, o.Seed, os.Stdout)
	}
	for _, p := range problems {
		fmt.Println("FAILED:", p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults: learners who play:", err)
	}
	if err != nil || len(problems) > 0 {
		fmt.Println("the folder that was kept is", dir)
		return 1
	}
	_ = os.RemoveAll(dir) // it is a temporary one
	return 0
}

// parse reads "pause*3,bound".
func parse(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		n := 1
		if base, times, ok := strings.Cut(name, "*"); ok {
			if _, err := fmt.Sscan(times, &n); err != nil {
				fmt.Fprintln(os.Stderr, "faults: not a number:", times)
				os.Exit(2)
			}
			name = base
		}
		for range n {
			names = append(names, name)
		}
	}
	return names
}
