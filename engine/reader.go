package engine

import (
	"fmt"
	"net"
	"strconv"
	"time"
)

// readerUser is the one who may only read.
const readerUser = "reader"

// Reader is a user who may read tables of Database, over HTTP on loopback, and
// do nothing else: no writing, no settings of its own, no table functions that
// reach beyond the tables, no system tables but those that describe what there is.
//
// Like the other listener this one must not be handed to anybody: a login that is refused,
// or a connection that is reset, may end the engine. What forwards queries to it logs in
// rightly and reads answers to their end.
type Reader struct {
	// Tables are the tables of Database that can be read.
	Tables []string
	// Time bounds a query; 0: 30 s.
	Time time.Duration
	// Memory bounds a query, in bytes; 0: 128 MiB.
	Memory int64
	// Rows and Bytes bound a result; 0: 100,000 and 64 MiB.
	Rows, Bytes int64
	// Queries bounds how many run at once; 0: 8.
	Queries int
}

// describing are the system tables that tools look into before they ask anything:
// what there is, and what can be written in a query. Rows about what the user
// may not see are left out of them by ClickHouse itself.
var describing = []string{
	"aggregate_function_combinators", "collations", "columns", "data_type_families", "databases", "formats", "functions",
	"one", "settings", "table_engines", "table_functions", "tables", "time_zones",
}

// setting is a line of a profile.
type setting struct {
	Name  string
	Value int64
}

// Seconds is the most that a query may take. A query may ask for less itself, as tools do.
func (r *Reader) Seconds() int64 {
	if r.Time < time.Second {
		return 30
	}
	return int64(r.Time / time.Second)
}

// Settings are fixed, but for the time: with readonly 1 nobody changes one, in the address or in
// the text of a query.
func (r *Reader) Settings() []setting {
	or := func(v, def int64) int64 {
		if v <= 0 {
			return def
		}
		return v
	}
	memory := or(r.Memory, 128<<20)
	queries := or(int64(r.Queries), 8)
	return []setting{
		{"readonly", 1},
		{"allow_ddl", 0},
		{"allow_introspection_functions", 0},
		{"max_execution_time", r.Seconds()},
		{"timeout_before_checking_execution_speed", 0},
		{"max_memory_usage", memory},
		{"max_memory_usage_for_user", memory * queries},
		{"memory_overcommit_ratio_denominator", 0},
		{"memory_overcommit_ratio_denominator_for_user", 0},
		{"max_threads", 2},
		{"max_concurrent_queries_for_user", queries},
		{"max_result_rows", or(r.Rows, 100_000)},
		{"max_result_bytes", or(r.Bytes, 64<<20)},
		{"max_rows_to_read", 100_000_000},
		{"max_query_size", 256 << 10},
		{"max_ast_depth", 500},
		{"max_ast_elements", 20_000},
		{"max_expanded_ast_elements", 100_000},
		{"max_temporary_columns", 10_000},
		{"max_bytes_before_external_group_by", 0},
		{"max_bytes_before_external_sort", 0},
		{"max_bytes_ratio_before_external_group_by", 0},
		{"max_bytes_ratio_before_external_sort", 0},
		{"function_sleep_max_microseconds_per_block", 1_000_000},
		{"enable_http_compression", 1},
		{"http_wait_end_of_query", 1}, // so that what fails late is an error, not half an answer
		{"http_response_buffer_size", 4 << 20},
		{"log_queries", 0},
		{"use_query_cache", 0},
		{"async_insert", 0},
	}
}

// Grants are all that the user may.
func (r *Reader) Grants() []string {
	grants := make([]string, 0, len(r.Tables)+len(describing))
	for _, table := range r.Tables {
		grants = append(grants, fmt.Sprintf("GRANT SELECT ON %s.%s", Database, table))
	}
	for _, table := range describing {
		grants = append(grants, "GRANT SELECT ON system."+table)
	}
	for _, table := range []string{"columns", "schemata"} {
		grants = append(grants, "GRANT SELECT ON information_schema."+table)
	}
	return grants
}

// Reader is where the HTTP listener is, with the name and the password of its user:
// never log the password. They stay the same over restarts of the child. Without
// Options.Reader the address is empty.
func (e *Engine) Reader() (addr, name, password string) {
	if e.readerPort == 0 {
		return "", "", ""
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(e.readerPort)), readerUser, e.readerPassword
}
