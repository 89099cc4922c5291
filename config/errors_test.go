package config

import (
	"slices"
	"strings"
	"testing"
)

// wrong lists for every key values that are refused, and what the error has to
// say besides the key. The first is tried from every source.
var wrong = []struct {
	key    string
	says   string
	values []string
}{
	{"addr", "expected host:port", []string{"8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1", "http://127.0.0.1:80"}},
	{"public_url", "expected an address such as https://", []string{"lrs.example.org", "ftp://lrs.example.org", "https://", "https://h/?q=1", "https://h/#f", "https://u:p@h", "https://h:0"}},
	{"content.addr", "expected host:port", []string{"localhost"}},
	{"content.public_url", "expected an address such as https://", []string{"//content"}},
	{"data", "expected the path of a folder", []string{" "}},
	{"clickhouse.dsn", "expected clickhouse://", []string{"http://db:8123", "db:9000", "clickhouse:///l", "clickhouse://:9000"}},
	{"key", "expected text without colon", []string{"a:b", "a\x7f"}},
	{"secret", "expected text without control", []string{"a\tb"}},
	{"admin_password", "expected text without control", []string{"a\tb"}},
	{"signin.idle", "expected a duration", []string{"10s", "48h", "5"}},
	{"signin.lifetime", "expected a duration", []string{"10s", "1000h"}},
	{"signin.link_lifetime", "expected a duration", []string{"10s", "1000h"}},
	{"signin.attempts", "expected a whole number from 0", []string{"-1", "many"}},
	{"auth.attempts", "expected a whole number from 0", []string{"-1", "many"}},
	{"auth.address_header", "expected the name of a header", []string{"X Forwarded", "X-Für", "A:B"}},
	{"auth.oidc.issuer", "expected an address such as https://", []string{"id.example.org", "http://id.example.org", "https://id.example.org/?a", "https://u:p@id.example.org"}},
	{"auth.oidc.audience", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.tenant", "expected up to 128 visible", []string{" ", "a b", "a:b", "ä"}},
	{"auth.oidc.tenant_claim", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.client_id", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.client_secret", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.name", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.scopes", "expected a list of words", []string{"a b", "ä"}},
	{"auth.oidc.name_claim", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.roles_claim", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.roles", "expected a list such as", []string{"administrator", "=administrator", "a="}},
	{"auth.oidc.groups_claim", "expected text without control", []string{"a\tb"}},
	{"auth.oidc.scope_prefix", "expected up to 128 visible", []string{"a b"}},
	{"engine.memory", "expected 0, or a size from 768MiB to 1TiB", []string{"512MiB", "much", "2TiB", "-1", "1.5GiB", "9999999999GiB"}},
	{"commit.acknowledge", "expected one of log, store", []string{"both"}},
	{"commit.log_bytes", "expected a size from 16MiB to 1TiB", []string{"1MiB", "GiB"}},
	{"commit.memory_bytes", "expected a size from 1MiB to 64GiB", []string{"1"}},
	{"commit.flush_rows", "expected a whole number from 1 to 1000000", []string{"0", "1000001", "many", "1.5", "1e3"}},
	{"commit.flush_bytes", "expected a size from 64KiB to 1GiB", []string{"0"}},
	{"commit.flush_interval", "expected a duration with its unit, from 10ms to 1m", []string{"1", "0s", "2m", "soon"}},
	{"commit.insert_timeout", "expected a duration with its unit, from 100ms to 1h", []string{"1", "50ms", "2h", "soon"}},
	{"limits.body_bytes", "expected a size from 1KiB to 1GiB", []string{"0", "2GiB"}},
	{"limits.header_bytes", "expected a size from 4KiB to 16MiB", []string{"1KiB"}},
	{"limits.statement_bytes", "expected a size from 1KiB to 1GiB", []string{"1"}},
	{"limits.document_bytes", "expected a size from 1KiB to 1GiB", []string{"1"}},
	{"limits.attachment_bytes", "expected a size from 1KiB to 1TiB", []string{"1"}},
	{"limits.attachments_bytes", "expected a size from 1KiB to 1TiB", []string{"2TiB"}},
	{"limits.statements_per_request", "expected a whole number from 1 to 1000000", []string{"0"}},
	{"limits.read_timeout", "expected a duration with its unit, from 1s to 1h", []string{"1ms"}},
	{"limits.request_timeout", "expected a duration with its unit, from 1s to 24h", []string{"25h"}},
	{"limits.wait_timeout", "expected a duration with its unit, from 10ms to 1h", []string{"2h"}},
	{"bi.addr", "expected host:port, such as 127.0.0.1:8123, or nothing", []string{"8123", "host:port"}},
	{"bi.refresh", "expected a duration with its unit, from 1m to 744h", []string{"1s"}},
	{"bi.memory", "expected a size from 768MiB to 1TiB", []string{"512MiB", "0"}},
	{"bi.queries", "expected a whole number from 1 to 64", []string{"0", "65"}},
	{"bi.query_time", "expected a duration with its unit, from 1s to 10m", []string{"1ms", "1h"}},
	{"bi.result_rows", "expected a whole number from 1000 to 10000000", []string{"10"}},
	{"packages.packed_bytes", "expected a size from 1MiB to 1TiB", []string{"1"}},
	{"packages.unpacked_bytes", "expected a size from 1MiB to 1TiB", []string{"2TiB"}},
	{"packages.files", "expected a whole number from 1 to 1000000", []string{"0"}},
	{"packages.uploads", "expected a whole number from 1 to 100", []string{"0", "101"}},
	{"outgoing.networks", "expected a list of networks", []string{"10.0.0.0", "10.0.0.1/8", "private", "10.0.0.0/33"}},
	{"smtp.host", "expected up to 253 visible", []string{"a b", "a:25"}},
	{"smtp.port", "expected a whole number from 1 to 65535", []string{"0", "65536", "smtp"}},
	{"smtp.security", "expected one of starttls, tls, none", []string{"ssl"}},
	{"smtp.user", "expected text without control", []string{"a\tb"}},
	{"smtp.password", "expected text without control", []string{"a\tb"}},
	{"smtp.from", "expected a mail address", []string{"lernspur", "a@b, c@d", "a@b\tc"}},
	{"digest.tenants", "expected a list of names of tenants", []string{"a b", "ä"}},
	{"digest.weekday", "expected one of monday", []string{"montag"}},
	{"digest.hour", "expected a whole number from 0 to 23", []string{"24", "7am"}},
	{"blobs.s3.endpoint", "expected an address such as https://", []string{"s3.example.org", "ftp://s3.example.org", "https://u:p@s3.example.org"}},
	{"blobs.s3.region", "expected up to 64 visible", []string{"a b"}},
	{"blobs.s3.bucket", "expected up to 63 visible", []string{"a b", "a:b"}},
	{"blobs.s3.prefix", "expected up to 256 visible", []string{"a b"}},
	{"blobs.s3.access_key", "expected up to 256 visible", []string{"a b"}},
	{"blobs.s3.secret_key", "expected text without control", []string{"a\tb"}},
	{"blobs.s3.path_style", "expected one of true, false", []string{"yes"}},
	{"launch.lifetime", "expected a duration with its unit, from 1m to 87600h", []string{"1s", "forever"}},
	{"launch.max_lifetime", "expected a duration with its unit, from 1m to 87600h", []string{"1s"}},
	{"demo.tenants", "expected a list of names", []string{"a b", "a:b"}},
	{"lrs.lenient_tenants", "expected a list of names", []string{"a b", "a:b", "Köln", strings.Repeat("x", 129)}},
	{"cors.origins", "expected a list of origins", []string{"example.org", "https://a.example/", "https://a.example/path", "*,https://a.example", "https://A.example", "ftp://a.example"}},
	{"log.level", "expected one of debug, info, warn, error", []string{"loud"}},
	{"log.format", "expected one of console, json", []string{"xml"}},
}

func wantOneError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("accepted")
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one error:\n%v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v\ndoes not say %q", err, word)
		}
	}
}

func TestEveryKeyRefused(t *testing.T) {
	for _, k := range keys {
		i := slices.IndexFunc(wrong, func(w struct {
			key    string
			says   string
			values []string
		}) bool {
			return w.key == k.name
		})
		if i < 0 {
			if !slices.Contains([]string{"engine.library", "lrs.schemas", "tls.certificate", "tls.key", "content.tls.certificate", "content.tls.key", "bi.tls.certificate", "bi.tls.key"}, k.name) { // take everything
				t.Errorf("%s: no wrong value is tried", k.name)
			}
			continue
		}
		w := wrong[i]
		for j, value := range w.values {
			t.Run(k.name+"/"+value, func(t *testing.T) {
				clean(t)
				company(t, k.name)
				write(t, yaml(k.name, value))
				_, err := load()
				wantOneError(t, err, k.name+" (lernspur.yaml)", w.says)
				if j > 0 {
					return
				}
				write(t, "")
				if k.flag() != "" {
					_, err = load("--"+k.flag(), value)
					wantOneError(t, err, k.name+" (--"+k.flag()+")", w.says)
				}
				t.Setenv(k.env(), value)
				_, err = load()
				wantOneError(t, err, k.name+" ("+k.env()+")", w.says)
			})
		}
	}
}

func TestTheFileAsAWhole(t *testing.T) {
	for _, c := range []struct {
		name, file string
		words      []string
	}{
		{"misspelt key", "adr: 127.0.0.1:1", []string{"adr (lernspur.yaml)", "known key", "did you mean addr?"}},
		{"misspelt key in a section", "commit: {flush_row: 1}", []string{"commit.flush_row ", "did you mean commit.flush_rows?"}},
		{"misspelt section", "comit: {flush_rows: 1}", []string{"comit.flush_rows ", "did you mean commit.flush_rows?"}},
		{"wrong section", "clickhouse: {library: x}", []string{"clickhouse.library ", "did you mean engine.library?"}},
		{"nothing is near", "xyzzyxyzzy: 1", []string{"xyzzyxyzzy (lernspur.yaml): expected a known key"}},
		{"a value for a section", "log: debug", []string{"log (lernspur.yaml)", "section with log.level, log.format"}},
		{"a section for a value", "addr: {host: x}", []string{"addr (lernspur.yaml)", "host:port"}},
		{"a list for a value", "addr: [a, b]", []string{"addr (lernspur.yaml)", "host:port"}},
		{"a list in a list", "cors: {origins: [[a]]}", []string{"cors.origins", "list of origins"}},
		{"a comma in a list", "cors: {origins: ['https://a.example,https://b.example']}", []string{"cors.origins", "list of origins"}},
		{"a number that YAML changes", "key: k\nsecret: 0123", []string{"secret (lernspur.yaml)", "in quotes"}},
		{"a word that YAML changes", "data: true", []string{"data (lernspur.yaml)", "in quotes"}},
		{"no YAML", "addr: [", []string{"lernspur.yaml", "expected YAML"}},
		{"twice", "addr: 127.0.0.1:1\naddr: 127.0.0.1:2", []string{"lernspur.yaml", "expected YAML", "addr"}},
		{"only text", "TOPSECRET", []string{"lernspur.yaml", "expected YAML"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clean(t)
			write(t, c.file+"\n")
			_, err := load()
			if err == nil {
				t.Fatal("accepted")
			}
			for _, word := range c.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%v\ndoes not say %q", err, word)
				}
			}
			if strings.Contains(err.Error(), "TOPSECRET") {
				t.Errorf("shows what is in the file: %v", err)
			}
		})
	}
}

func TestFilesThatAreFine(t *testing.T) {
	for name, file := range map[string]string{
		"empty":                    "",
		"comments":                 "# addr: 1\n",
		"section of comments":      "commit:\n  # flush_rows: 1\n",
		"key without a value":      "addr:\n",
		"numbers as they are":      "commit: {flush_rows: 10, log_bytes: 67108864}\nlimits: {body_bytes: 1048576}",
		"a list":                   "cors:\n  origins:\n    - https://a.example\n    - http://b.example:81\n",
		"any case":                 "Log: {Level: WARN}",
		"dots instead of sections": "log.level: warn",
		"quoted numbers":           "key: '1'\nsecret: '0123'",
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			write(t, file)
			mustLoad(t)
		})
	}
}

func TestMissingFile(t *testing.T) {
	clean(t)
	_, err := load("--config", "absent.yaml")
	wantOneError(t, err, "config:", "absent.yaml", "does not exist")
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		args  []string
		env   map[string]string
		words []string // nothing: accepted
	}{
		{"key without secret", []string{"--key=a"}, nil, []string{"secret: expected a secret"}},
		{"secret without key", nil, map[string]string{"LERNSPUR_SECRET": "s"}, []string{"key: expected a name"}},
		{"both", []string{"--key=a"}, map[string]string{"LERNSPUR_SECRET": "s"}, nil},
		{"idle for longer than a session", []string{"--signin-idle=13h"}, nil, []string{"signin.idle: expected at most signin.lifetime"}},
		{"a bucket of nobody", []string{"--blobs-s3-endpoint=https://s3.example.org"}, nil, []string{"blobs.s3.bucket: expected the name", "blobs.s3.access_key: expected an access key"}},
		{"a bucket in the address", []string{"--blobs-s3-endpoint=https://s3.example.org/bucket", "--blobs-s3-bucket=b", "--blobs-s3-access-key=a"}, nil, []string{"blobs.s3.endpoint: expected an address without", "blobs.s3.secret_key: expected a secret key"}},
		{"client without issuer", []string{"--auth-oidc-client-id=lernspur"}, nil, []string{"auth.oidc.issuer: expected the issuer"}},
		{"client secret without client", nil, map[string]string{"LERNSPUR_AUTH_OIDC_CLIENT_SECRET": "s"}, []string{"auth.oidc.client_id: expected a client"}},
		{"issuer without audience", []string{"--auth-oidc-issuer=https://id.example.org"}, nil, []string{"auth.oidc.audience: expected an audience"}},
		{"issuer on loopback", []string{"--auth-oidc-issuer=http://127.0.0.1:1/x", "--auth-oidc-audience=lrs"}, nil, nil},
		{"same address", []string{"--addr=127.0.0.1:1", "--content-addr=127.0.0.1:1"}, nil, []string{"content.addr: expected another port"}},
		{"one on all interfaces", []string{"--addr=:1", "--content-addr=127.0.0.1:1"}, nil, []string{"content.addr: expected another port"}},
		{"other interfaces", []string{"--addr=127.0.0.2:1", "--content-addr=127.0.0.1:1"}, nil, nil},
		{"free ports", []string{"--addr=127.0.0.1:0", "--content-addr=127.0.0.1:0"}, nil, nil},
		{"packages that cannot unpack", []string{"--packages-packed-bytes=8GiB"}, nil, []string{"packages.packed_bytes: expected at most packages.unpacked_bytes"}},
		{"digests without a mail server", []string{"--digest-tenants=town"}, nil, []string{"smtp.host: expected the name of a mail server"}},
		{"mail without a sender", []string{"--smtp-host=mail.example.org"}, nil, []string{"smtp.from: expected the sender"}},
		{"links beyond the longest", []string{"--launch-max-lifetime=1h"}, nil, []string{"launch.lifetime: expected at most launch.max_lifetime"}},
		{"certificate without key", []string{"--tls-certificate=c.pem"}, nil, []string{"tls.key: expected a file with the key"}},
		{"key without certificate", []string{"--tls-key=k.pem"}, nil, []string{"tls.certificate: expected a file with the certificate"}},
		{"certificate of tools without key", []string{"--bi-tls-certificate=c.pem"}, nil, []string{"bi.tls.key: expected a file with the key"}},
		{"key of tools without certificate", []string{"--bi-tls-key=k.pem"}, nil, []string{"bi.tls.certificate: expected a file with the certificate"}},
		{"tools at the port of the pages", []string{"--bi-addr=127.0.0.1:8080"}, nil, []string{"bi.addr: expected another port"}},
		{"certificate of content without key", []string{"--tls-certificate=c.pem", "--tls-key=k.pem", "--content-tls-certificate=c.pem"}, nil, []string{"content.tls.key: expected a file with the key"}},
		{"key of content without certificate", []string{"--content-tls-key=k.pem"}, nil, []string{"content.tls.certificate: expected a file with the certificate"}},
		{"TLS for content alone", []string{"--content-tls-certificate=c.pem", "--content-tls-key=k.pem"}, nil, []string{"tls.certificate: expected a certificate for the pages as well"}},
		{"TLS under a plain address", []string{"--tls-certificate=c.pem", "--tls-key=k.pem", "--public-url=http://lrs.example"}, nil, []string{"public_url: expected an address that begins with https://"}},
		{"TLS with plain content", []string{"--tls-certificate=c.pem", "--tls-key=k.pem", "--content-public-url=http://content.example"}, nil, []string{"content.public_url: expected an address that begins with https://"}},
		{"TLS", []string{"--tls-certificate=c.pem", "--tls-key=k.pem", "--public-url=https://lrs.example", "--content-public-url=https://content.example"}, nil, nil},
		{"same host", []string{"--public-url=https://a.example", "--content-public-url=https://a.example:8081"}, nil, []string{"content.public_url: expected another host name"}},
		{"the pages' default host", []string{"--content-addr=LOCALHOST:8081"}, nil, []string{"content.public_url: expected another host name"}},
		{"the host of content.addr", []string{"--public-url=http://127.0.0.1:8080"}, nil, []string{"content.public_url: expected another host name"}},
		{"content on all interfaces", []string{"--public-url=http://127.0.0.1:8080", "--content-addr=:8081"}, nil, []string{"content.public_url: expected another host name"}},
		{"hosts apart by their addresses", []string{"--public-url=http://lrs.example:8080", "--content-addr=content.example:8081"}, nil, nil},
		{"content below a path", []string{"--content-public-url=https://b.example/content"}, nil, []string{"content.public_url: expected an address without a path"}},
		{"another host", []string{"--public-url=https://a.example", "--content-public-url=https://b.example"}, nil, nil},
		{"flush above log", []string{"--commit-flush-bytes=1GiB", "--commit-log-bytes=1GiB"}, nil, []string{"commit.flush_bytes: expected at most half of commit.log_bytes"}},
		{"body above log", []string{"--limits-body-bytes=513MiB", "--commit-log-bytes=1GiB"}, nil, []string{"limits.body_bytes: expected at most half of commit.log_bytes"}},
		{"body as large as can be", []string{"--limits-body-bytes=512MiB", "--commit-log-bytes=1GiB"}, nil, nil},
		{"statement above body", []string{"--limits-body-bytes=1MiB", "--limits-statement-bytes=2MiB"}, nil, []string{"limits.statement_bytes: expected at most limits.body_bytes"}},
		{"wait as long as request", []string{"--limits-wait-timeout=2m"}, nil, []string{"limits.wait_timeout: expected less than limits.request_timeout"}},
		{"attachment above attachments", []string{"--limits-attachment-bytes=2GiB"}, nil, []string{"limits.attachment_bytes: expected at most limits.attachments_bytes"}},
		{"read above request", []string{"--limits-read-timeout=3m"}, nil, []string{"limits.read_timeout: expected at most limits.request_timeout"}},
		{"everything is said at once", []string{"--addr=x", "--log-level=x", "--limits-wait-timeout=2m"}, nil,
			[]string{"addr (--addr): expected host:port", "log.level (--log-level): expected one of", "limits.wait_timeout: expected less"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clean(t)
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			_, err := load(c.args...)
			if len(c.words) == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || strings.Count(err.Error(), "\n") != len(c.words)-1 {
				t.Fatalf("want %d errors, got %v", len(c.words), err)
			}
			for _, word := range c.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%v\ndoes not say %q", err, word)
				}
			}
		})
	}
}

func TestValidateOfAProgram(t *testing.T) {
	c := Default()
	c.Commit.FlushRows = -1
	c.Log.Level = ""
	c.Access.Key = "k"
	err := c.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Fatalf("want three errors, got %v", err)
	}
	for _, word := range []string{"commit.flush_rows", "log.level", "secret"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v\ndoes not say %q", err, word)
		}
	}
}

func TestUnknownVariablesAreWarnedOf(t *testing.T) {
	clean(t)
	t.Setenv("LERNSPUR_ADRR", "TOPSECRET")
	t.Setenv("LERNSPUR_COMMIT_FLUSHROWS", "1")
	c := mustLoad(t)
	want := []string{
		"the environment variable LERNSPUR_ADRR sets nothing, did you mean LERNSPUR_ADDR?",
		"the environment variable LERNSPUR_COMMIT_FLUSHROWS sets nothing, did you mean LERNSPUR_COMMIT_FLUSH_ROWS?",
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("%q\nwant %q", c.Warnings, want)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"adr", "addr", 1}, {"abc", "abc", 0}, {"flaw", "lawn", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1, "1B": 1, "1kB": 1000, "1KiB": 1024, "2 MiB": 2097152, "3mb": 3000000, "1GiB": 1073741824, "1GB": 1000000000, "1TiB": 1099511627776, "1TB": 1000000000000,
	} {
		var got int64
		if err := (size{}).set(&got, text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
		var back int64
		if err := (size{}).set(&back, bytesText(got)); err != nil || back != got {
			t.Errorf("%d is written as %q, which is read as %d", got, bytesText(got), back)
		}
	}
}
