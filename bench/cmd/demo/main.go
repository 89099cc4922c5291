// Command demo writes a made-up pilot year as NDJSON: the statements of a town
// that does not exist (every address ends in .example), spread evenly over the
// working days of 2025. The same call always writes the same statements.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"

	"lernspur/bench/gen"
)

// year is how many statements the generator makes before its year repeats.
const year = 10_000_000

func main() {
	n := flag.Uint64("n", 60_000, "statements")
	learners := flag.Int("learners", 1200, "people who learn")
	courses := flag.Int("courses", 24, "courses")
	flag.Parse()
	if *n == 0 || *n > year || *learners < 1 || *courses < gen.CoursesPerLearner {
		fmt.Fprintf(os.Stderr, "demo: 1 to %d statements, at least one learner and %d courses\n", year, gen.CoursesPerLearner)
		os.Exit(2)
	}
	if err := write(os.Stdout, gen.New(gen.Config{Seed: 1, Learners: *learners, Courses: *courses}), *n); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// write writes n statements, a line each, that lie evenly over the year.
func write(to io.Writer, g *gen.Generator, n uint64) error {
	out := bufio.NewWriterSize(to, 1<<20)
	var line []byte
	for i := range n {
		line = append(g.Append(line[:0], i*(year/n)), '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}
