package result

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Markers between which the tables stand in docs/performance.md.
const (
	Begin = "<!-- bench:begin: written by `make bench`, do not edit -->"
	End   = "<!-- bench:end -->"
)

// WriteInto replaces what stands between the markers of a Markdown file.
func (r *Run) WriteInto(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), Begin)
	_, after, closed := strings.Cut(rest, End)
	if !ok || !closed {
		return fmt.Errorf("%s lacks the markers %q and %q", path, Begin, End)
	}
	return os.WriteFile(path, []byte(before+Begin+"\n\n"+r.Markdown()+"\n"+End+after), 0o644)
}

// Markdown shows a run.
func (r *Run) Markdown() string {
	var b strings.Builder
	r.machine(&b)
	for _, part := range []func(*strings.Builder){r.summary, r.ceilings, r.throughputs, r.freshness, r.scorm, r.fills, r.memory} {
		part(&b)
	}
	if len(r.Anomalies) > 0 {
		b.WriteString("### Not as it should be\n\n")
		for _, a := range r.Anomalies {
			fmt.Fprintf(&b, "* %s\n", a)
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (r *Run) machine(b *strings.Builder) {
	h := r.Hardware
	if r.Quick {
		b.WriteString("**A quick run with small sizes, to see that everything works. Its figures mean nothing.**\n\n")
	}
	fmt.Fprintf(b, "Measured %s, commit %s, in %s, seed %d.\n\n", r.Started.UTC().Format(time.DateOnly), r.Commit, r.Took, r.Seed)
	table(b, "machine", "")
	line(b, "processor", fmt.Sprintf("%s, %d cores", h.CPU, h.Cores))
	line(b, "memory", fmt.Sprintf("%.1f GiB", float64(h.Memory)/(1<<30)))
	line(b, "disk", h.Disk)
	line(b, "system", h.Kernel+", "+h.Go)
	line(b, "load before", fmt.Sprintf("%.2f", h.Load))
	line(b, "statements", fmt.Sprintf("%.0f bytes on average as sent", r.Mean))
	b.WriteString("\n")
}

// summary sets the figures beside what was promised.
func (r *Run) summary(b *strings.Builder) {
	b.WriteString("### In short\n\n")
	table(b, "what", "measured", "at least", "aim")
	through := each(r.Batch, func(t Throughput) float64 { return min(t.Through, t.PerSecond) })
	for _, name := range []string{"a1", "a2"} {
		if c, ok := r.Best(name); ok && len(through) > 0 {
			want, aim := "0.6", "0.7"
			if name == "a2" {
				want, aim = "0.18", "0.25"
			}
			line(b, "posts of 50 ÷ prepared rows "+tableName(name), ratio(through, c.Rounds), want, aim)
			if long := r.sustained(name); len(long) > 0 {
				line(b, "the same ÷ prepared rows for as long "+tableName(name), ratio(through, long), "", "")
			}
		}
	}
	if len(r.Single) > 0 && len(r.Bare) > 0 {
		line(b, "single posts ÷ bare handler", ratio(each(r.Single, perSecond), each(r.Bare, perSecond)), "0.25", "0.4")
	}
	for _, f := range r.Fresh {
		want := "≤ 400 ms"
		if f.Load == "idle" {
			want = "≤ 60 ms"
		}
		line(b, fmt.Sprintf("read right after a post, by %s, %s, p95", f.By, f.Load), ms(f.Visible.P95), want, "")
	}
	for _, s := range r.Scorm {
		line(b, fmt.Sprintf("server while %d learners play SCORM", s.Learners), fmt.Sprintf("%.2f cores", s.ServerCPU), "≤ 1 core", "")
	}
	for _, f := range r.Fills {
		f.summary(b)
	}
	var peak int64
	for _, m := range r.Memory {
		peak = max(peak, m.Server.Peak)
	}
	if peak > 0 {
		line(b, "memory of the server, peak", mib(peak), "≤ 400 MiB", "")
	}
	b.WriteString("\n")
}

func (r *Run) scorm(b *strings.Builder) {
	if len(r.Scorm) == 0 {
		return
	}
	b.WriteString("### Learners who play SCORM\n\n")
	table(b, "learners", "commits/s", "a commit p50", "p95", "p99", "longest", "opening a part p50 / p99", "server", "engine", "learners' side", "others", "memory of the server, peak")
	for _, s := range r.Scorm {
		line(b, fmt.Sprintf("%d, every %.0f s", s.Learners, s.PauseSeconds), fmt.Sprintf("%.1f", float64(s.Commits)/s.Seconds), ms(s.Latency.P50), ms(s.Latency.P95), ms(s.Latency.P99), ms(s.Latency.Max),
			ms(s.Opening.P50)+" / "+ms(s.Opening.P99), cores(s.ServerCPU), cores(s.EngineCPU), cores(s.ClientCPU), cores(s.Others), mib(s.Server.Peak))
	}
	b.WriteString("\n")
}

func cores(n float64) string { return fmt.Sprintf("%.2f cores", n) }

func (f Fill) summary(b *strings.Builder) {
	byID, page := "≤ 25 ms", "≤ 50 ms"
	if f.Statements <= 1_000_000 {
		byID, page = "≤ 20 ms", "≤ 40 ms"
	}
	size := thousands(f.Statements)
	var worst Lookup
	for _, l := range f.Lookups {
		switch {
		case l.Kind == "id":
			line(b, "by id, "+size+", p95 cold / warm", ms(l.Cold.P95)+" / "+ms(l.Warm.P95), byID, "")
		case l.Cold.P95 > worst.Cold.P95:
			worst = l
		}
	}
	if worst.Kind != "" {
		line(b, "slowest other look-up ("+worst.Kind+"), "+size+", p95 cold / warm", ms(worst.Cold.P95)+" / "+ms(worst.Warm.P95), page, "")
	}
	if len(f.Pages) > 0 {
		worst, page := Lookup{}, "≤ 100 ms"
		if f.Statements <= 1_000_000 {
			page = "≤ 80 ms"
		}
		for _, l := range f.Pages {
			if l.Warm.P95 >= worst.Warm.P95 {
				worst = l
			}
		}
		line(b, "slowest question of a page ("+worst.Kind+"), "+size+", p95 cold / warm", ms(worst.Cold.P95)+" / "+ms(worst.Warm.P95), page, "")
	}
	if len(f.Disk.Tables) == 0 {
		return
	}
	var perOne float64
	for _, t := range f.Disk.Tables {
		perOne += t.PerOne
	}
	line(b, "disk per statement, "+size, fmt.Sprintf("%.0f bytes", perOne), "≤ 300 bytes", fmt.Sprintf("zstd -19: %.0f", f.Disk.Zstd19))
}

func (r *Run) ceilings(b *strings.Builder) {
	if len(r.Ceilings) == 0 {
		return
	}
	b.WriteString("### (a) What ClickHouse takes of prepared rows, statements per second\n\n")
	table(b, "by", "compression", "connections", "rows per INSERT", "a1: the product's tables", "a1 in the rounds", "a1 for a minute", "a2: one plain table", "a2 in the rounds", "a2 for a minute")
	type pair struct{ a1, a2 Ceiling }
	var order []Variant
	byVariant := map[Variant]*pair{}
	for _, c := range r.Ceilings {
		p := byVariant[c.Variant]
		if p == nil {
			p = &pair{}
			byVariant[c.Variant] = p
			order = append(order, c.Variant)
		}
		if c.Table == "a1" {
			p.a1 = c
		} else {
			p.a2 = c
		}
	}
	for _, v := range order {
		p := byVariant[v]
		line(b, v.By, v.Compression, fmt.Sprint(v.Connections), thousands(int64(v.Rows)),
			figures(p.a1.Screen), figures(p.a1.Rounds), figures(p.a1.Sustained), figures(p.a2.Screen), figures(p.a2.Rounds), figures(p.a2.Sustained))
	}
	b.WriteString("\n")
}

func (r *Run) throughputs(b *strings.Builder) {
	for _, part := range []struct {
		title string
		runs  []Throughput
	}{
		{"(b) Posts of 50 over 16 connections", r.Batch},
		{"(c) Posts of one over 256 connections", r.Single},
		{"(c) The same against a bare handler", r.Bare},
	} {
		if len(part.runs) == 0 {
			continue
		}
		fmt.Fprintf(b, "### %s\n\n", part.title)
		table(b, "round", "statements/s", "into the tables/s", "slowest second", "p50", "p95", "p99", "max", "refused", "left behind", "log at most", "queue drained in", "cores: server, engine, client, others")
		for i, t := range part.runs {
			through, behind, logMax, drain := "", "", "", ""
			if t.Log != nil {
				through, behind = thousands(int64(t.Through)), fmt.Sprintf("%.2f %%", 100*t.Log.Trend)
				logMax, drain = mib(int64(largest(t.Log.Bytes))), fmt.Sprintf("%.2f s", t.Log.Drain)
			}
			line(b, fmt.Sprint(i+1), thousands(int64(t.PerSecond)), through, thousands(t.Lowest), ms(t.Latency.P50), ms(t.Latency.P95),
				ms(t.Latency.P99), ms(t.Latency.Max), fmt.Sprint(t.Refused), behind, logMax, drain,
				fmt.Sprintf("%.2f, %.2f, %.2f, %.2f", t.ServerCPU, t.EngineCPU, t.ClientCPU, t.Others))
		}
		b.WriteString("\n")
	}
}

func (r *Run) freshness(b *strings.Builder) {
	if len(r.Fresh) == 0 {
		return
	}
	b.WriteString("### Reading right after a post\n\n")
	table(b, "by", "beside", "reads", "post p50", "post p95", "visible p50", "visible p95", "visible p99", "not at once")
	for _, f := range r.Fresh {
		line(b, f.By, f.Load, fmt.Sprint(f.Visible.Count), ms(f.Post.P50), ms(f.Post.P95), ms(f.Visible.P50), ms(f.Visible.P95), ms(f.Visible.P99), fmt.Sprint(f.Late))
	}
	b.WriteString("\n")
}

func (r *Run) fills(b *strings.Builder) {
	for _, f := range r.Fills {
		f.pages(b)
		if len(f.Lookups) == 0 {
			continue
		}
		fmt.Fprintf(b, "### (d) Look-ups at %s statements\n\n", thousands(f.Statements))
		if !f.PageCache {
			b.WriteString("The system's page cache could not be dropped (that takes root): cold means the engine's own caches only.\n\n")
		}
		table(b, "look-up", "keys", "statements per answer", "full pages", "cold p50", "cold p95", "cold p99", "warm p50", "warm p95", "warm p99", "each after a drop: p50", "p95")
		for _, l := range f.Lookups {
			line(b, l.Kind, fmt.Sprint(l.Keys), l.size(), l.full(), ms(l.Cold.P50), ms(l.Cold.P95), ms(l.Cold.P99),
				ms(l.Warm.P50), ms(l.Warm.P95), ms(l.Warm.P99), ms(l.Each.P50), ms(l.Each.P95))
		}
		b.WriteString("\n")
		f.Disk.markdown(b, f)
	}
}

// pages are the questions of pages about progress.
func (f Fill) pages(b *strings.Builder) {
	if len(f.Pages) == 0 {
		return
	}
	fmt.Fprintf(b, "### What pages ask for, at %s statements\n\n", thousands(f.Statements))
	table(b, "question", "asked", "cold p50", "cold p95", "cold p99", "warm p50", "warm p95", "warm p99")
	for _, l := range f.Pages {
		line(b, l.Kind, fmt.Sprint(l.Keys), ms(l.Cold.P50), ms(l.Cold.P95), ms(l.Cold.P99), ms(l.Warm.P50), ms(l.Warm.P95), ms(l.Warm.P99))
	}
	b.WriteString("\n")
}

func (d Disk) markdown(b *strings.Builder, f Fill) {
	table(b, "on disk", "rows", "bytes per statement", "largest columns")
	var sum float64
	for _, t := range d.Tables {
		line(b, "`"+t.Name+"`", thousands(int64(t.Rows)), fmt.Sprintf("%.1f", t.PerOne), t.largest())
		sum += t.PerOne
	}
	line(b, "**together**", "", fmt.Sprintf("**%.1f**", sum), "")
	line(b, "as sent, NDJSON", thousands(int64(d.Sample)), fmt.Sprintf("%.0f", d.NDJSON), "")
	line(b, "the same with `zstd -19`", thousands(int64(d.Sample)), fmt.Sprintf("%.1f", d.Zstd19), "")
	if f.FillSeconds > 0 {
		fmt.Fprintf(b, "\nFilled over HTTP in %.0f s; %d parts.\n", f.FillSeconds, d.Parts)
	}
	b.WriteString("\n")
}

// size is how many statements an answer has; nothing where it is not a page.
func (l Lookup) size() string {
	if l.Answers == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", l.Answers)
}

func (l Lookup) full() string {
	if l.Answers == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*l.Full)
}

func (t Table) largest() string {
	var shown []string
	for _, c := range t.Columns {
		shown = append(shown, fmt.Sprintf("%s %.1f", c.Name, c.PerOne))
	}
	return strings.Join(shown, ", ")
}

func (r *Run) memory(b *strings.Builder) {
	if len(r.Memory) == 0 {
		return
	}
	b.WriteString("### Memory\n\n")
	table(b, "when", "server", "server, peak so far", "engine", "engine, peak so far")
	for _, m := range r.Memory {
		line(b, m.When, mib(m.Server.Resident), mib(m.Server.Peak), mib(m.Engine.Resident), mib(m.Engine.Peak))
	}
	b.WriteString("\n")
}

func perSecond(t Throughput) float64 { return t.PerSecond }

func each(runs []Throughput, figure func(Throughput) float64) (all []float64) {
	for _, t := range runs {
		all = append(all, figure(t))
	}
	return all
}

func largest(figures []float64) (most float64) {
	for _, f := range figures {
		most = max(most, f)
	}
	return most
}

// ratio shows the median of the ratios of figures that were measured side by
// side, and all of them behind it.
func ratio(over, under []float64) string {
	var all []float64
	var shown []string
	for i := range min(len(over), len(under)) {
		q := over[i] / under[i]
		all = append(all, q)
		shown = append(shown, fmt.Sprintf("%.2f", q))
	}
	if len(all) == 0 {
		return "not measured side by side"
	}
	return fmt.Sprintf("**%.2f** (%s)", Median(all), strings.Join(shown, ", "))
}

func figures(all []float64) string {
	var shown []string
	for _, f := range all {
		shown = append(shown, thousands(int64(f)))
	}
	return strings.Join(shown, "; ")
}

func tableName(name string) string {
	if name == "a1" {
		return "into the product's tables (a1)"
	}
	return "into one plain table (a2)"
}

func ms(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.1f ms", v)
	}
	return fmt.Sprintf("%.0f ms", v)
}

func mib(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

func table(b *strings.Builder, heads ...string) {
	line(b, heads...)
	b.WriteString("|" + strings.Repeat(" --- |", len(heads)) + "\n")
}

func line(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
