package result

import (
	"slices"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/proc"
)

// Run is one measurement from beginning to end.
type Run struct {
	Started   time.Time     `json:"started"`
	Took      string        `json:"took"`
	Commit    string        `json:"commit"`
	Quick     bool          `json:"quick,omitempty"`
	Seed      uint64        `json:"seed"`
	Hardware  proc.Hardware `json:"hardware"`
	Mean      float64       `json:"statement_bytes_mean"`
	Ceilings  []Ceiling     `json:"ceilings,omitempty"`
	Batch     []Throughput  `json:"batch,omitempty"`
	Bare      []Throughput  `json:"bare,omitempty"`
	Single    []Throughput  `json:"single,omitempty"`
	Fresh     []Fresh       `json:"fresh,omitempty"`
	Fills     []Fill        `json:"fills,omitempty"`
	Scorm     []Scorm       `json:"scorm,omitempty"`
	Memory    []Memory      `json:"memory,omitempty"`
	Anomalies []string      `json:"anomalies,omitempty"`
}

// Variant is one way to insert prepared rows.
type Variant struct {
	By          string `json:"by"`          // row or column
	Compression string `json:"compression"` // none or lz4
	Connections int    `json:"connections"`
	Rows        int    `json:"rows"` // per INSERT
}

// Ceiling is what ClickHouse takes of prepared rows in one variant.
type Ceiling struct {
	Table   string    `json:"table"` // a1 or a2
	Variant Variant   `json:"variant"`
	Screen  []float64 `json:"screen_per_second"` // of the first pass over all variants
	Rounds  []float64 `json:"rounds_per_second"` // side by side with the rest
	// Sustained is the same for as long as the posts of 50 last, into tables that
	// grow and are merged meanwhile, as theirs are; of one variant of a table only,
	// in every round.
	Sustained []float64 `json:"sustained_per_second,omitempty"`
}

// Throughput is one run of posts.
type Throughput struct {
	PerSecond float64      `json:"statements_per_second"`
	Latency   load.Summary `json:"latency"`
	Refused   int64        `json:"refused"`
	Failed    int64        `json:"failed"`
	Seconds   float64      `json:"seconds"`
	// Through is statements per second that reached the tables: those
	// acknowledged less what the queue behind the log grew by.
	Through   float64 `json:"through_per_second,omitempty"`
	Log       *Log    `json:"log,omitempty"`
	ClientCPU float64 `json:"client_cores"`
	ServerCPU float64 `json:"server_cores"`
	EngineCPU float64 `json:"engine_cores,omitempty"`
	// Others is what the rest of the machine took, other guests of its hypervisor
	// included: the closer to nothing, the more the figures mean.
	Others float64 `json:"other_cores"`
	// Lowest and Highest are statements acknowledged in single seconds.
	Lowest  int64 `json:"lowest_second"`
	Highest int64 `json:"highest_second"`
}

// Log is what the log did during a run: it must not grow.
type Log struct {
	Bytes      []float64 `json:"bytes"`            // on disk, once a second
	QueueBytes []float64 `json:"queue_bytes"`      // not yet in the tables
	Queue      []float64 `json:"queue_statements"` // not yet in the tables
	// Trend is the slope of Queue's least-squares line over the run, as a
	// share of the statements that came in: 0.01 means that 1 % stayed behind.
	Trend float64 `json:"trend"`
	Drain float64 `json:"drain_seconds"` // until the queue was empty after the end
}

// Fresh is how soon a statement can be read.
type Fresh struct {
	Load    string       `json:"load"` // idle, or the statements per second beside it
	By      string       `json:"by"`   // id or filter
	Post    load.Summary `json:"post"`
	Visible load.Summary `json:"visible"` // from the answer to the POST to the answer that has it
	Late    int          `json:"late"`    // how often the first GET did not have it
}

// Scorm is what learners cost who play SCORM at one time. Cores are those of the time
// that was measured, without the warm-up.
type Scorm struct {
	Learners     int          `json:"learners"`
	PauseSeconds float64      `json:"pause_seconds"` // between two commits of a learner
	Seconds      float64      `json:"seconds"`
	Commits      int          `json:"commits"`
	Latency      load.Summary `json:"latency"` // of commits
	Opened       int          `json:"opened"`
	Opening      load.Summary `json:"opening"`
	ServerCPU    float64      `json:"server_cores"`
	EngineCPU    float64      `json:"engine_cores"`
	ClientCPU    float64      `json:"client_cores"`
	Others       float64      `json:"other_cores"`
	Server       proc.Memory  `json:"server"`
}

// Fill is a store of some size, and what it answers and takes.
type Fill struct {
	Statements  int64    `json:"statements"`
	FillSeconds float64  `json:"fill_seconds"`
	Lookups     []Lookup `json:"lookups"`
	Pages       []Lookup `json:"pages,omitempty"` // what pages ask for
	Disk        Disk     `json:"disk"`
	PageCache   bool     `json:"page_cache_dropped"`
}

// Lookup is one kind of question.
type Lookup struct {
	Kind    string       `json:"kind"`
	Keys    int          `json:"keys"`
	Answers float64      `json:"mean_statements"` // in an answer
	Full    float64      `json:"full_pages"`      // share of answers with all 100
	Each    load.Summary `json:"cold_each"`       // caches dropped before every single one
	Cold    load.Summary `json:"cold"`            // caches dropped, then every key once
	Warm    load.Summary `json:"warm"`            // every key once more
}

// Disk is what a store takes on disk.
type Disk struct {
	Tables  []Table `json:"tables"`
	Parts   uint64  `json:"parts"`
	Sample  int     `json:"sample_statements"`
	NDJSON  float64 `json:"ndjson_bytes_per_statement"`
	Zstd19  float64 `json:"zstd19_bytes_per_statement"`
	Folder  int64   `json:"engine_folder_bytes"`
	LogSize int64   `json:"server_folder_bytes"`
}

// Table is one table on disk.
type Table struct {
	Name   string  `json:"name"`
	Rows   uint64  `json:"rows"`
	Bytes  uint64  `json:"bytes"`
	PerOne float64 `json:"bytes_per_statement"`
	// Columns are the largest columns, in bytes per statement, compressed.
	Columns []Column `json:"columns"`
}

// Column is one column on disk.
type Column struct {
	Name   string  `json:"name"`
	PerOne float64 `json:"bytes_per_statement"`
}

// Memory is what the processes take at a moment.
type Memory struct {
	When   string      `json:"when"`
	Server proc.Memory `json:"server"`
	Engine proc.Memory `json:"engine"`
}

// Median is the middle of some figures, the mean of the middle two of an even
// number, 0 of none.
func Median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(figures))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Best is the fastest variant of a table: by the rounds if there are any, else
// by the screening. ok is false when nothing was measured.
func (r *Run) Best(table string) (best Ceiling, ok bool) {
	speed := func(c Ceiling) float64 {
		if len(c.Rounds) > 0 {
			return 1e12 + Median(c.Rounds) // measured beside the rest beats measured alone
		}
		return Median(c.Screen)
	}
	for _, c := range r.Ceilings {
		if c.Table == table && (!ok || speed(c) > speed(best)) {
			best, ok = c, true
		}
	}
	return best, ok
}

// PerSecond is the median speed of a ceiling.
func (c Ceiling) PerSecond() float64 {
	if len(c.Rounds) > 0 {
		return Median(c.Rounds)
	}
	return Median(c.Screen)
}

// sustained are the figures of the variant of a table that was run for long.
func (r *Run) sustained(table string) []float64 {
	for _, c := range r.Ceilings {
		if c.Table == table && len(c.Sustained) > 0 {
			return c.Sustained
		}
	}
	return nil
}
