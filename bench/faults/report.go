//go:build linux

package faults

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"lernspur/bench/faults/check"
	"lernspur/internal/failpoint"
)

// Report is what a campaign has shown.
type Report struct {
	Seed    uint64
	Rounds  []RoundResult
	Skipped map[string]string // faults that this machine does not allow, and why
	Series  []string          // problems that showed at the end of a series
	Took    time.Duration
}

func (r *Report) add(result RoundResult) { r.Rounds = append(r.Rounds, result) }

// Failed says whether any promise was broken.
func (r *Report) Failed() bool {
	return len(r.Series) > 0 || slices.ContainsFunc(r.Rounds, func(x RoundResult) bool { return len(x.Problems) > 0 })
}

// Kills adds up what landed, by place.
func (r *Report) Kills() map[string]int {
	sum := map[string]int{}
	for _, round := range r.Rounds {
		for place, n := range round.Kills {
			sum[place] += n
		}
	}
	return sum
}

// MissingKills names the gaps in which fewer than least kills have landed.
func (r *Report) MissingKills(least int) []string {
	var list []string
	kills := r.Kills()
	for _, place := range failpoint.Places {
		if kills[place] < least {
			list = append(list, fmt.Sprintf("%s: %d of %d", gapNames[place], kills[place], least))
		}
	}
	return list
}

// gapNames are the gaps in words.
var gapNames = map[string]string{
	failpoint.Synced:   "log fsync to answer",
	failpoint.Answered: "answer to look-up INSERTs",
	failpoint.LookedUp: "look-ups to base INSERT",
	failpoint.Inserted: "base to the done mark",
}

// line is the round in one line, and its problems below.
func (r *RoundResult) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "round %3d  %-22s %5d acknowledged, %6d stored, %d unconfirmed, %d voided, %d reads", r.N, r.Fault,
		r.Client.Statements, r.Check.Stored, r.Check.Unconfirmed, r.Check.Voided, r.Client.Reads)
	if r.AwayAsked > 0 {
		fmt.Fprintf(&b, ", %d/%d taken while the engine was away", r.AwayAcked, r.AwayAsked)
	}
	for _, counts := range []map[string]int{r.Kills, r.Counts} {
		for _, what := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, ", %s: %d", what, counts[what])
		}
	}
	fmt.Fprintf(&b, ", %.1f s (check %.1f s)", r.Took.Seconds(), r.Check.Took.Seconds())
	for i, p := range r.Problems {
		if i == 10 {
			fmt.Fprintf(&b, "\n           PROBLEM: … and %d more", len(r.Problems)-i)
			break
		}
		fmt.Fprintf(&b, "\n           PROBLEM: %s", p)
	}
	return b.String()
}

// Print writes the tables.
func (r *Report) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "\n%d rounds in %s, seed %d\n\n", len(r.Rounds), r.Took.Round(time.Second), r.Seed)
	fmt.Fprintln(w, "fault\trounds\tkills landed\tacknowledged\tunconfirmed\tvoided\tproblems\t")
	type sum struct{ rounds, kills, acked, unconfirmed, voided, problems int }
	sums, total := map[string]*sum{}, &sum{}
	for _, x := range r.Rounds {
		if sums[x.Fault] == nil {
			sums[x.Fault] = &sum{}
		}
		for _, s := range []*sum{sums[x.Fault], total} {
			s.rounds++
			for _, n := range x.Kills {
				s.kills += n
			}
			s.acked += x.Client.Statements
			s.unconfirmed += x.Check.Unconfirmed
			s.voided += x.Check.Voided
			s.problems += len(x.Problems)
		}
	}
	row := func(name string, s *sum) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, s.rounds, s.kills, s.acked, s.unconfirmed, s.voided, s.problems)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		row(name, sums[name])
	}
	row("all", total)
	if err := w.Flush(); err != nil {
		return err
	}
	r.printCounts(out)
	return nil
}

func (r *Report) printCounts(out io.Writer) {
	fmt.Fprintln(out, "\nkills by gap")
	kills := r.Kills()
	for _, place := range failpoint.Places {
		fmt.Fprintf(out, "  %-28s %d\n", gapNames[place], kills[place])
		delete(kills, place)
	}
	fmt.Fprintln(out, "other kills")
	for _, place := range slices.Sorted(maps.Keys(kills)) {
		fmt.Fprintf(out, "  %-28s %d\n", place, kills[place])
	}
	counts, broken := map[string]int{}, map[string]int{}
	asked, acked := 0, 0
	for _, x := range r.Rounds {
		for what, n := range x.Counts {
			counts[what] += n
		}
		for _, p := range x.Check.Problems {
			broken[p.Kind]++
		}
		counts["statements read by id"] += x.Check.ByID
		counts["filters walked"] += x.Check.Filters
		counts["courses computed again"] += x.Check.Courses
		asked, acked = asked+x.AwayAsked, acked+x.AwayAcked
	}
	fmt.Fprintln(out, "what else happened")
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(out, "  %-28s %d\n", what, counts[what])
	}
	fmt.Fprintf(out, "  %-28s %d of %d\n", "taken while engine was away", acked, asked)
	fmt.Fprintf(out, "promises broken: lost %d, doubled %d, altered %d, half %d, voided and seen %d, others %d\n", broken[check.Lost], broken[check.Doubled],
		broken[check.Altered], broken[check.Half], broken[check.Voided], broken[check.Unasked]+broken[check.Order]+broken[check.Filter]+broken[check.Figures]+broken["client"])
	for name, why := range r.Skipped {
		fmt.Fprintf(out, "LEFT OUT %s: %s\n", name, why)
	}
}
