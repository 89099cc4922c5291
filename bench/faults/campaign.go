//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lernspur/engine"
	"lernspur/internal/failpoint"
)

// Options of a campaign.
type Options struct {
	// Rounds are the names of the faults, in order. See Names, Full and Short.
	Rounds []string
	// Dir takes the folders; those of rounds with problems stay. Empty: the
	// system's folder for temporary files.
	Dir string
	// Binary is a server built with the tag faults; empty builds one.
	Binary string
	Seed   uint64
	// Keep leaves all folders where they are, not only those of rounds with problems.
	Keep bool
	// Quick kills once in a round and reads a sample by id at the end of a series.
	Quick bool
	Out   io.Writer
}

// seriesLength is how many rounds share a data folder.
const seriesLength = 6

// catalogue has every fault.
func catalogue() []fault {
	var list []fault
	for _, place := range failpoint.Places {
		for _, victim := range []string{victimServer, victimEngine, victimBoth} {
			list = append(list, inGap(place, victim))
		}
	}
	return append(list, atRandom(victimServer), atRandom(victimEngine), atRandom(victimBoth), paused(), badLogins(),
		pausedLarge(), inRename(victimEngine), inRename(victimBoth), fullDisk(seriesDiskLog), fullDisk(seriesDiskAll), smallBound(), cutLog(), flipBit())
}

// Names are the faults that there are.
func Names() []string {
	var names []string
	for _, f := range catalogue() {
		names = append(names, f.name)
	}
	return names
}

// share is how many of a hundred rounds have a fault whose name begins so.
var share = []struct {
	prefix string
	rounds int
}{
	{"gap/", 4}, {"kill/", 4}, {"pause/insert", 7}, {"pause/large", 2}, {"logins", 3}, {"rename/", 5}, {"disk/", 4}, {"bound", 2}, {"log/", 4},
}

// Full are the rounds of the whole campaign in some order: n of them, or a
// multiple of the hundred.
func Full(n int, seed uint64) []string {
	var hundred []string
	for _, name := range Names() {
		for _, s := range share {
			if strings.HasPrefix(name, s.prefix) {
				hundred = append(hundred, slices.Repeat([]string{name}, s.rounds)...)
			}
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	var list []string
	for len(list) < n {
		rng.Shuffle(len(hundred), func(i, j int) { hundred[i], hundred[j] = hundred[j], hundred[i] })
		list = append(list, hundred...)
	}
	return list[:n]
}

// Short are the rounds of the short form.
func Short() []string {
	return []string{"gap/synced/server", "gap/answered/both", "gap/looked-up/engine", "gap/inserted/server", "pause/insert", "rename/engine",
		"logins", "log/cut", "log/flip", "disk/log", "bound"}
}

// Run runs a campaign. The report says what happened; the error, that the
// campaign could not be run to its end.
func Run(ctx context.Context, o Options) (*Report, error) {
	begun := time.Now()
	dir, err := os.MkdirTemp(o.Dir, "lernspur-faults-")
	if err != nil {
		return nil, err
	}
	c := &campaign{opts: o, dir: dir, rng: rand.New(rand.NewPCG(o.Seed, 2)), report: &Report{Seed: o.Seed, Skipped: map[string]string{}}, shared: map[string]*series{}}
	defer func() { c.report.Took = time.Since(begun) }()
	if err := c.prepare(); err != nil {
		return nil, err
	}
	for i, name := range o.Rounds {
		if ctx.Err() != nil {
			break
		}
		if err := c.round(ctx, i+1, name); err != nil {
			for _, s := range c.shared {
				err = errors.Join(err, s.end(true))
			}
			return c.report, err
		}
	}
	if err := c.closeAll(ctx); err != nil {
		return c.report, err
	}
	if c.report.Failed() || o.Keep {
		fmt.Fprintf(o.Out, "the folders that were kept are in %s\n", dir)
		return c.report, ctx.Err()
	}
	return c.report, removeAll(dir)
}

// closeAll ends the series that are under way.
func (c *campaign) closeAll(ctx context.Context) error {
	var errs []error
	for _, kind := range slices.Sorted(maps.Keys(c.shared)) {
		errs = append(errs, c.close(ctx, kind))
	}
	return errors.Join(errs...)
}

type campaign struct {
	opts   Options
	dir    string
	binary string
	rng    *rand.Rand
	report *Report
	shared map[string]*series // by kind, one at a time
	opened int
}

// prepare builds the server and finds the library.
func (c *campaign) prepare() error {
	if c.binary = c.opts.Binary; c.binary == "" {
		c.binary = filepath.Join(c.dir, "lernspur")
		cmd := exec.Command("go", "build", "-tags", "faults", "-o", c.binary, "lernspur/cmd/lernspur")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is built for use
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the server: %w\n%s", err, out)
		}
	}
	library, err := engine.FindLibrary(os.Getenv("LERNSPUR_ENGINE_LIBRARY"), engine.DefaultSearchDirs())
	if err != nil {
		return err
	}
	return os.Setenv("LERNSPUR_ENGINE_LIBRARY", library)
}

// round runs one round in the series that it belongs to.
func (c *campaign) round(ctx context.Context, n int, name string) error {
	list := catalogue()
	i := slices.IndexFunc(list, func(f fault) bool { return f.name == name })
	if i < 0 {
		return fmt.Errorf("there is no fault %q; there are %s", name, strings.Join(Names(), ", "))
	}
	f := list[i]
	if _, skipped := c.report.Skipped[name]; skipped {
		return nil
	}
	if f.missing != nil {
		if why := f.missing(); why != "" {
			c.report.Skipped[name] = why
			fmt.Fprintf(c.opts.Out, "round %3d  %-22s LEFT OUT: %s\n", n, name, why)
			return nil
		}
	}
	s, err := c.open(f.series)
	if err != nil {
		return err
	}
	result := &RoundResult{N: n, Fault: name, Kills: map[string]int{}, Counts: map[string]int{}}
	r := &round{n: n, fault: f, series: s, server: s.server, result: result, journal: s.journalPath(n),
		rng: rand.New(rand.NewPCG(c.opts.Seed, uint64(n)+100)), kills: killsPerRound}
	if c.opts.Quick {
		r.kills = 1
	}
	s.rounds++
	err = r.do(ctx)
	if ctx.Err() != nil {
		delete(c.shared, f.series)
		return errors.Join(ctx.Err(), s.end(true))
	}
	if err != nil {
		r.problem("the round broke off: %v", err)
	}
	c.report.add(*result)
	fmt.Fprintln(c.opts.Out, result.line())
	if len(result.Problems) > 0 {
		return c.keep(s, n)
	}
	if s.rounds >= seriesLength {
		return c.close(ctx, f.series)
	}
	return nil
}

// open returns the series of a kind that is under way, or begins one. Only one
// server runs at a time.
func (c *campaign) open(kind string) (*series, error) {
	for other, s := range c.shared {
		if other != kind && s.server.running() {
			if err := s.server.stop(); err != nil {
				c.report.Series = append(c.report.Series, fmt.Sprintf("series %s: %v", s.dir, err))
			}
		}
	}
	if s := c.shared[kind]; s != nil {
		return s, nil
	}
	c.opened++
	s, err := newSeries(c.dir, kind, c.binary, c.opened, c.rng)
	if err != nil {
		return nil, err
	}
	c.shared[kind] = s
	return s, nil
}

// close ends a series with a last look at all of it.
func (c *campaign) close(ctx context.Context, kind string) error {
	s := c.shared[kind]
	sample := 3000
	if c.opts.Quick {
		sample = 200
	}
	problems, err := s.finish(ctx, sample)
	if err != nil {
		return err
	}
	for _, p := range problems {
		p = fmt.Sprintf("series %s, at its end: %s", s.dir, p)
		c.report.Series = append(c.report.Series, p)
		fmt.Fprintln(c.opts.Out, p)
	}
	delete(c.shared, kind)
	return s.end(len(problems) > 0 || c.opts.Keep)
}

// keep ends a series with its folder as it is.
func (c *campaign) keep(s *series, n int) error {
	delete(c.shared, s.kind)
	c.report.Rounds[len(c.report.Rounds)-1].Folder = s.dir
	fmt.Fprintf(c.opts.Out, "round %3d  the folder %s is kept\n", n, s.dir)
	return s.end(true)
}
