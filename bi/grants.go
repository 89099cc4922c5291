package bi

import (
	"fmt"
	"strings"
)

// Statements are what an administrator of a ClickHouse server runs so that the tools of
// a tenant can connect to the server itself: a profile with limits, a user for the tenant,
// row filters, and the right to read the views. They can be run again. A server that is
// embedded has no users; there tools come through our own door.
//
// digest is the SHA-256 of the secret, hex.
func Statements(database, tenant, digest string, l Limits) []string {
	db, name := backticks(database), backticks(UserPrefix+tenant)
	settings := []string{
		"readonly = 2 READONLY", // tools set formats and time zones, and nothing that is below
		"allow_ddl = 0 READONLY", "allow_introspection_functions = 0 READONLY",
		fmt.Sprintf("max_execution_time = %d READONLY", int64(l.Time.Seconds())), "timeout_before_checking_execution_speed = 0 READONLY",
		"max_memory_usage = 134217728 READONLY", fmt.Sprintf("max_memory_usage_for_user = %d READONLY", 134217728*int64(l.Queries)),
		fmt.Sprintf("max_concurrent_queries_for_user = %d READONLY", l.Queries), "max_threads = 2 READONLY",
		fmt.Sprintf("max_result_rows = %d READONLY", l.Rows), "max_result_bytes = 67108864 READONLY", "result_overflow_mode = 'throw' READONLY",
		"max_rows_to_read = 100000000 READONLY", "read_overflow_mode = 'throw' READONLY", "timeout_overflow_mode = 'throw' READONLY",
		"additional_table_filters = {} READONLY", "log_comment = 'lernspur bi' READONLY",
	}
	list := []string{
		"CREATE SETTINGS PROFILE OR REPLACE `lernspur_bi` SETTINGS " + strings.Join(settings, ", "),
		fmt.Sprintf("CREATE USER OR REPLACE %s IDENTIFIED WITH sha256_hash BY '%s' DEFAULT DATABASE %s SETTINGS PROFILE `lernspur_bi`", name, quote(digest), db),
	}
	for _, v := range views {
		list = append(list,
			fmt.Sprintf("CREATE ROW POLICY OR REPLACE %s ON %s.%s USING tenant = '%s' TO %s", name, db, v.rows, quote(tenant), name),
			fmt.Sprintf("GRANT SELECT ON %s.%s TO %s", db, v.rows, name),
			fmt.Sprintf("GRANT SELECT ON %s.%s TO %s", db, v.name, name))
	}
	return list
}

// Withdrawals are what takes the user of a tenant away again.
func Withdrawals(database, tenant string) []string {
	name := backticks(UserPrefix + tenant)
	list := []string{"DROP USER IF EXISTS " + name}
	for _, v := range views {
		list = append(list, fmt.Sprintf("DROP ROW POLICY IF EXISTS %s ON %s.%s", name, backticks(database), v.rows))
	}
	return list
}

// backticks is a name in SQL.
func backticks(name string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
}
