package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

const (
	// Database is where every table of ours lives; the library's own `default`
	// is an overlay in which not everything works.
	Database = "lernspur"
	// user is the listener's user of the server itself.
	user = "lernspur"
	// untracked is what the process takes beyond what its memory tracker sees.
	untracked = 400 << 20
)

// settings are what the two files of one server process are made from.
type settings struct {
	UsersFile   string
	UserFiles   string
	MemoryBytes int64
	User        string
	Digest      string // SHA-256 of the password, hex
	Database    string
	// Reader may be nil; the two after it are of no meaning then.
	Reader       *Reader
	ReaderUser   string
	ReaderDigest string
}

// The file has no <log>: with one, the level would be ignored and every query
// traced into a file that nothing rotates.
const serverXML = `<clickhouse>
  <logger><level>warning</level></logger>
  <users_config>{{x .UsersFile}}</users_config>
  <user_files_path>{{x .UserFiles}}</user_files_path>
  <max_server_memory_usage>{{.ServerMemory}}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>67108864</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>67108864</index_uncompressed_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <query_condition_cache_size>16777216</query_condition_cache_size>
  <query_cache><max_size_in_bytes>16777216</max_size_in_bytes></query_cache>
  <compiled_expression_cache_size>33554432</compiled_expression_cache_size>
  {{with .StandBack}}<os_threads_nice_value_merge_mutate>{{.}}</os_threads_nice_value_merge_mutate>{{end}}
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <max_concurrent_queries>256</max_concurrent_queries>
  <max_connections>512</max_connections>
  <send_crash_reports><enabled>false</enabled></send_crash_reports>
  {{with .Reader}}
  <display_name>lernspur</display_name>
  <keep_alive_timeout>60</keep_alive_timeout>
  <access_control_improvements>
    <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
    <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
    <settings_constraints_replace_previous>true</settings_constraints_replace_previous>
  </access_control_improvements>
  {{end}}
</clickhouse>
`

// The user default must exist, and without a password, or the library does not
// start; whoever reaches the port could be default, so it may do nothing but
// what the child's own queries need. It has no password on purpose: a refused
// login would abort the engine, a granted one finds nothing.
const usersXML = `<clickhouse>
  <profiles>
    <default><async_insert>0</async_insert><max_memory_usage>{{.QueryMemory}}</max_memory_usage></default>
    <nobody>
      <max_memory_usage>67108864</max_memory_usage>
      <max_threads>1</max_threads>
      <constraints><max_memory_usage><readonly/></max_memory_usage><max_threads><readonly/></max_threads></constraints>
    </nobody>
    {{with .Reader}}
    <reader>
      {{range .Settings}}<{{.Name}}>{{.Value}}</{{.Name}}>
      {{end}}
      <constraints>
        <max_execution_time><min>1</min><max>{{.Seconds}}</max><changeable_in_readonly/></max_execution_time>
      </constraints>
    </reader>
    {{end}}
  </profiles>
  <quotas><default></default></quotas>
  <users>
    <default>
      <no_password/>
      <networks><ip>::/0</ip></networks>
      <profile>nobody</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT CREATE TEMPORARY TABLE ON *.*</query>
      </grants>
    </default>
    <{{.User}}>
      <password_sha256_hex>{{.Digest}}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>0</access_management>
    </{{.User}}>
    {{with .Reader}}
    <{{$.ReaderUser}}>
      <password_sha256_hex>{{$.ReaderDigest}}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <access_management>0</access_management>
      <default_database>{{$.Database}}</default_database>
      <grants>
        {{range .Grants}}<query>{{x .}}</query>
        {{end}}
      </grants>
    </{{$.ReaderUser}}>
    {{end}}
  </users>
</clickhouse>
`

// StandBack is how far merging stands back behind what is posted and read, 0
// where it cannot.
func (s settings) StandBack() int {
	if mayStandBack() {
		return standBack
	}
	return 0
}

// ServerMemory is the limit that the tracker gets, in bytes.
func (s settings) ServerMemory() int64 { return s.MemoryBytes - untracked }

// QueryMemory is the limit of one query, in bytes: one wide read must fail alone
// and leave room for the INSERTs.
func (s settings) QueryMemory() int64 { return s.ServerMemory() / 4 * 3 }

func digest(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

// write puts both files (mode 0600) into dir (mode 0700) and returns the path of
// the server's configuration.
func (s settings) write(dir string) (string, error) {
	if err := privateDir(dir); err != nil {
		return "", err
	}
	config := filepath.Join(dir, "config.xml")
	s.UsersFile = filepath.Join(dir, "users.xml")
	for path, text := range map[string]string{config: serverXML, s.UsersFile: usersXML} {
		var out bytes.Buffer
		t := template.Must(template.New("").Funcs(template.FuncMap{"x": escape}).Parse(text))
		if err := t.Execute(&out, s); err != nil {
			return "", fmt.Errorf("engine: %s: %w", path, err)
		}
		if err := writePrivate(path, out.Bytes()); err != nil {
			return "", err
		}
	}
	return config, nil
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// privateDir makes a folder that only its owner can enter, also if it was there.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("engine: data folder: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("engine: data folder: %w", err)
	}
	return nil
}

// writePrivate replaces a file as a whole; it is never there half written or
// with a wider mode.
func writePrivate(path string, content []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return fmt.Errorf("engine: %s: %w", path, err)
	}
	return nil
}
