package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// every lists for every key: its variable, its flag, a value as text, and how it
// then stands in the Config. Written by hand after the documentation; the test
// fails when a key is missing here.
var every = []struct {
	key, env, flag, text string
	get                  func(*Config) any
	want                 any
}{
	{"addr", "LERNSPUR_ADDR", "addr", "0.0.0.0:9000", func(c *Config) any { return c.Server.Addr }, "0.0.0.0:9000"},
	{"public_url", "LERNSPUR_PUBLIC_URL", "public-url", "https://lrs.example.org/sub/", func(c *Config) any { return c.Server.PublicURL }, "https://lrs.example.org/sub"},
	{"tls.certificate", "LERNSPUR_TLS_CERTIFICATE", "tls-certificate", "/etc/lernspur/chain.pem", func(c *Config) any { return c.Server.TLS.Certificate }, "/etc/lernspur/chain.pem"},
	{"tls.key", "LERNSPUR_TLS_KEY", "tls-key", "/etc/lernspur/key.pem", func(c *Config) any { return c.Server.TLS.Key }, "/etc/lernspur/key.pem"},
	{"content.addr", "LERNSPUR_CONTENT_ADDR", "content-addr", "[::1]:9001", func(c *Config) any { return c.Content.Addr }, "[::1]:9001"},
	{"content.public_url", "LERNSPUR_CONTENT_PUBLIC_URL", "content-public-url", "http://content.example.org:8081", func(c *Config) any { return c.Content.PublicURL }, "http://content.example.org:8081"},
	{"content.tls.certificate", "LERNSPUR_CONTENT_TLS_CERTIFICATE", "content-tls-certificate", "c.pem", func(c *Config) any { return c.Content.TLS.Certificate }, "c.pem"},
	{"content.tls.key", "LERNSPUR_CONTENT_TLS_KEY", "content-tls-key", "k.pem", func(c *Config) any { return c.Content.TLS.Key }, "k.pem"},
	{"data", "LERNSPUR_DATA", "data", "/srv/lernspur", func(c *Config) any { return c.Data.Dir }, "/srv/lernspur"},
	{"clickhouse.dsn", "LERNSPUR_CLICKHOUSE_DSN", "", "clickhouse://u:pass@db:9000/l?secure=true", func(c *Config) any { return c.ClickHouse.DSN }, "clickhouse://u:pass@db:9000/l?secure=true"},
	{"key", "LERNSPUR_KEY", "key", "town", func(c *Config) any { return c.Access.Key }, "town"},
	{"secret", "LERNSPUR_SECRET", "", " s3cret, with: everything ", func(c *Config) any { return c.Access.Secret }, " s3cret, with: everything "},
	{"admin_password", "LERNSPUR_ADMIN_PASSWORD", "", "pässword", func(c *Config) any { return c.Access.AdminPassword }, "pässword"},
	{"signin.idle", "LERNSPUR_SIGNIN_IDLE", "signin-idle", "30m", func(c *Config) any { return c.Signin.Idle }, 30 * time.Minute},
	{"signin.lifetime", "LERNSPUR_SIGNIN_LIFETIME", "signin-lifetime", "8h", func(c *Config) any { return c.Signin.Lifetime }, 8 * time.Hour},
	{"signin.link_lifetime", "LERNSPUR_SIGNIN_LINK_LIFETIME", "signin-link-lifetime", "24h", func(c *Config) any { return c.Signin.LinkLifetime }, 24 * time.Hour},
	{"signin.attempts", "LERNSPUR_SIGNIN_ATTEMPTS", "signin-attempts", "9", func(c *Config) any { return c.Signin.Attempts }, 9},
	{"auth.attempts", "LERNSPUR_AUTH_ATTEMPTS", "auth-attempts", "5", func(c *Config) any { return c.Auth.Attempts }, 5},
	{"auth.address_header", "LERNSPUR_AUTH_ADDRESS_HEADER", "auth-address-header", "X-Forwarded-For", func(c *Config) any { return c.Auth.AddressHeader }, "X-Forwarded-For"},
	{"auth.oidc.issuer", "LERNSPUR_AUTH_OIDC_ISSUER", "auth-oidc-issuer", "https://id.example.org/town/", func(c *Config) any { return c.Auth.OIDC.Issuer }, "https://id.example.org/town/"},
	{"auth.oidc.audience", "LERNSPUR_AUTH_OIDC_AUDIENCE", "auth-oidc-audience", "https://lrs.example.org", func(c *Config) any { return c.Auth.OIDC.Audience }, "https://lrs.example.org"},
	{"auth.oidc.tenant", "LERNSPUR_AUTH_OIDC_TENANT", "auth-oidc-tenant", "town", func(c *Config) any { return c.Auth.OIDC.Tenant }, "town"},
	{"auth.oidc.tenant_claim", "LERNSPUR_AUTH_OIDC_TENANT_CLAIM", "auth-oidc-tenant-claim", "https://example.org/town", func(c *Config) any { return c.Auth.OIDC.TenantClaim }, "https://example.org/town"},
	{"auth.oidc.scope_prefix", "LERNSPUR_AUTH_OIDC_SCOPE_PREFIX", "auth-oidc-scope-prefix", "lrs/", func(c *Config) any { return c.Auth.OIDC.ScopePrefix }, "lrs/"},
	{"auth.oidc.client_id", "LERNSPUR_AUTH_OIDC_CLIENT_ID", "auth-oidc-client-id", "lernspur", func(c *Config) any { return c.Auth.OIDC.ClientID }, "lernspur"},
	{"auth.oidc.client_secret", "LERNSPUR_AUTH_OIDC_CLIENT_SECRET", "", "cl13nt s3cret", func(c *Config) any { return c.Auth.OIDC.ClientSecret }, "cl13nt s3cret"},
	{"auth.oidc.name", "LERNSPUR_AUTH_OIDC_NAME", "auth-oidc-name", "Stadtanmeldung Köln", func(c *Config) any { return c.Auth.OIDC.Name }, "Stadtanmeldung Köln"},
	{"auth.oidc.scopes", "LERNSPUR_AUTH_OIDC_SCOPES", "auth-oidc-scopes", "profile, groups", func(c *Config) any { return c.Auth.OIDC.Scopes }, []string{"profile", "groups"}},
	{"auth.oidc.name_claim", "LERNSPUR_AUTH_OIDC_NAME_CLAIM", "auth-oidc-name-claim", "given_name", func(c *Config) any { return c.Auth.OIDC.NameClaim }, "given_name"},
	{"auth.oidc.roles_claim", "LERNSPUR_AUTH_OIDC_ROLES_CLAIM", "auth-oidc-roles-claim", "realm_access.roles", func(c *Config) any { return c.Auth.OIDC.RolesClaim }, "realm_access.roles"},
	{"auth.oidc.roles", "LERNSPUR_AUTH_OIDC_ROLES", "auth-oidc-roles", "lms-admins=administrator, cn=a=trainer", func(c *Config) any { return c.Auth.OIDC.Roles }, []string{"lms-admins=administrator", "cn=a=trainer"}},
	{"auth.oidc.groups_claim", "LERNSPUR_AUTH_OIDC_GROUPS_CLAIM", "auth-oidc-groups-claim", "groups", func(c *Config) any { return c.Auth.OIDC.GroupsClaim }, "groups"},
	{"bi.addr", "LERNSPUR_BI_ADDR", "bi-addr", "127.0.0.1:8123", func(c *Config) any { return c.BI.Addr }, "127.0.0.1:8123"},
	{"bi.tls.certificate", "LERNSPUR_BI_TLS_CERTIFICATE", "bi-tls-certificate", "c.pem", func(c *Config) any { return c.BI.TLS.Certificate }, "c.pem"},
	{"bi.tls.key", "LERNSPUR_BI_TLS_KEY", "bi-tls-key", "k.pem", func(c *Config) any { return c.BI.TLS.Key }, "k.pem"},
	{"bi.refresh", "LERNSPUR_BI_REFRESH", "bi-refresh", "168h", func(c *Config) any { return c.BI.Refresh }, 168 * time.Hour},
	{"bi.memory", "LERNSPUR_BI_MEMORY", "bi-memory", "1GiB", func(c *Config) any { return c.BI.Memory }, int64(1073741824)},
	{"bi.queries", "LERNSPUR_BI_QUERIES", "bi-queries", "8", func(c *Config) any { return c.BI.Queries }, 8},
	{"bi.query_time", "LERNSPUR_BI_QUERY_TIME", "bi-query-time", "1m", func(c *Config) any { return c.BI.QueryTime }, time.Minute},
	{"bi.result_rows", "LERNSPUR_BI_RESULT_ROWS", "bi-result-rows", "5000", func(c *Config) any { return c.BI.ResultRows }, 5000},
	{"engine.library", "LERNSPUR_ENGINE_LIBRARY", "engine-library", "/opt/libchdb.so", func(c *Config) any { return c.Engine.Library }, "/opt/libchdb.so"},
	{"engine.memory", "LERNSPUR_ENGINE_MEMORY", "engine-memory", "2GiB", func(c *Config) any { return c.Engine.Memory }, int64(2147483648)},
	{"commit.acknowledge", "LERNSPUR_COMMIT_ACKNOWLEDGE", "commit-acknowledge", "store", func(c *Config) any { return c.Commit.Acknowledge }, "store"},
	{"commit.log_bytes", "LERNSPUR_COMMIT_LOG_BYTES", "commit-log-bytes", "512MiB", func(c *Config) any { return c.Commit.LogBytes }, int64(536870912)},
	{"commit.memory_bytes", "LERNSPUR_COMMIT_MEMORY_BYTES", "commit-memory-bytes", "128 MB", func(c *Config) any { return c.Commit.MemoryBytes }, int64(128000000)},
	{"commit.flush_rows", "LERNSPUR_COMMIT_FLUSH_ROWS", "commit-flush-rows", "5000", func(c *Config) any { return c.Commit.FlushRows }, 5000},
	{"commit.flush_bytes", "LERNSPUR_COMMIT_FLUSH_BYTES", "commit-flush-bytes", "8mib", func(c *Config) any { return c.Commit.FlushBytes }, int64(8388608)},
	{"commit.flush_interval", "LERNSPUR_COMMIT_FLUSH_INTERVAL", "commit-flush-interval", "250ms", func(c *Config) any { return c.Commit.FlushInterval }, 250 * time.Millisecond},
	{"commit.insert_timeout", "LERNSPUR_COMMIT_INSERT_TIMEOUT", "commit-insert-timeout", "2s", func(c *Config) any { return c.Commit.InsertTimeout }, 2 * time.Second},
	{"limits.body_bytes", "LERNSPUR_LIMITS_BODY_BYTES", "limits-body-bytes", "33554432", func(c *Config) any { return c.Limits.BodyBytes }, int64(33554432)},
	{"limits.header_bytes", "LERNSPUR_LIMITS_HEADER_BYTES", "limits-header-bytes", "32KiB", func(c *Config) any { return c.Limits.HeaderBytes }, int64(32768)},
	{"limits.statement_bytes", "LERNSPUR_LIMITS_STATEMENT_BYTES", "limits-statement-bytes", "2MiB", func(c *Config) any { return c.Limits.StatementBytes }, int64(2097152)},
	{"limits.document_bytes", "LERNSPUR_LIMITS_DOCUMENT_BYTES", "limits-document-bytes", "2MiB", func(c *Config) any { return c.Limits.DocumentBytes }, int64(2097152)},
	{"limits.attachment_bytes", "LERNSPUR_LIMITS_ATTACHMENT_BYTES", "limits-attachment-bytes", "1GiB", func(c *Config) any { return c.Limits.AttachmentBytes }, int64(1073741824)},
	{"limits.attachments_bytes", "LERNSPUR_LIMITS_ATTACHMENTS_BYTES", "limits-attachments-bytes", "2GiB", func(c *Config) any { return c.Limits.AttachmentsBytes }, int64(2147483648)},
	{"limits.statements_per_request", "LERNSPUR_LIMITS_STATEMENTS_PER_REQUEST", "limits-statements-per-request", "100", func(c *Config) any { return c.Limits.StatementsPerRequest }, 100},
	{"limits.read_timeout", "LERNSPUR_LIMITS_READ_TIMEOUT", "limits-read-timeout", "30s", func(c *Config) any { return c.Limits.ReadTimeout }, 30 * time.Second},
	{"limits.request_timeout", "LERNSPUR_LIMITS_REQUEST_TIMEOUT", "limits-request-timeout", "1m30s", func(c *Config) any { return c.Limits.RequestTimeout }, 90 * time.Second},
	{"limits.wait_timeout", "LERNSPUR_LIMITS_WAIT_TIMEOUT", "limits-wait-timeout", "5s", func(c *Config) any { return c.Limits.WaitTimeout }, 5 * time.Second},
	{"packages.packed_bytes", "LERNSPUR_PACKAGES_PACKED_BYTES", "packages-packed-bytes", "2GiB", func(c *Config) any { return c.Packages.PackedBytes }, int64(2147483648)},
	{"packages.unpacked_bytes", "LERNSPUR_PACKAGES_UNPACKED_BYTES", "packages-unpacked-bytes", "8GiB", func(c *Config) any { return c.Packages.UnpackedBytes }, int64(8589934592)},
	{"packages.files", "LERNSPUR_PACKAGES_FILES", "packages-files", "500", func(c *Config) any { return c.Packages.Files }, 500},
	{"packages.uploads", "LERNSPUR_PACKAGES_UPLOADS", "packages-uploads", "2", func(c *Config) any { return c.Packages.Uploads }, 2},
	{"blobs.s3.endpoint", "LERNSPUR_BLOBS_S3_ENDPOINT", "blobs-s3-endpoint", "https://s3.example.org/", func(c *Config) any { return c.Blobs.S3.Endpoint }, "https://s3.example.org"},
	{"blobs.s3.region", "LERNSPUR_BLOBS_S3_REGION", "blobs-s3-region", "eu-central-1", func(c *Config) any { return c.Blobs.S3.Region }, "eu-central-1"},
	{"blobs.s3.bucket", "LERNSPUR_BLOBS_S3_BUCKET", "blobs-s3-bucket", "learning", func(c *Config) any { return c.Blobs.S3.Bucket }, "learning"},
	{"blobs.s3.prefix", "LERNSPUR_BLOBS_S3_PREFIX", "blobs-s3-prefix", "lernspur/one", func(c *Config) any { return c.Blobs.S3.Prefix }, "lernspur/one"},
	{"blobs.s3.access_key", "LERNSPUR_BLOBS_S3_ACCESS_KEY", "blobs-s3-access-key", "AKIA", func(c *Config) any { return c.Blobs.S3.AccessKey }, "AKIA"},
	{"blobs.s3.secret_key", "LERNSPUR_BLOBS_S3_SECRET_KEY", "", "s3/cret+", func(c *Config) any { return c.Blobs.S3.SecretKey }, "s3/cret+"},
	{"blobs.s3.path_style", "LERNSPUR_BLOBS_S3_PATH_STYLE", "blobs-s3-path-style", "true", func(c *Config) any { return c.Blobs.S3.PathStyle }, "true"},
	{"launch.lifetime", "LERNSPUR_LAUNCH_LIFETIME", "launch-lifetime", "24h", func(c *Config) any { return c.Launch.Lifetime }, 24 * time.Hour},
	{"launch.max_lifetime", "LERNSPUR_LAUNCH_MAX_LIFETIME", "launch-max-lifetime", "720h", func(c *Config) any { return c.Launch.MaxLifetime }, 720 * time.Hour},
	{"lrs.lenient_tenants", "LERNSPUR_LRS_LENIENT_TENANTS", "lrs-lenient-tenants", "default, town-2", func(c *Config) any { return c.LRS.LenientTenants }, []string{"default", "town-2"}},
	{"lrs.schemas", "LERNSPUR_LRS_SCHEMAS", "lrs-schemas", "/etc/lernspur/schemas", func(c *Config) any { return c.LRS.Schemas }, "/etc/lernspur/schemas"},
	{"outgoing.networks", "LERNSPUR_OUTGOING_NETWORKS", "outgoing-networks", "10.0.0.0/8, fd00::/8", func(c *Config) any { return c.Outgoing.Networks }, []string{"10.0.0.0/8", "fd00::/8"}},
	{"smtp.host", "LERNSPUR_SMTP_HOST", "smtp-host", "mail.example.org", func(c *Config) any { return c.SMTP.Host }, "mail.example.org"},
	{"smtp.port", "LERNSPUR_SMTP_PORT", "smtp-port", "465", func(c *Config) any { return c.SMTP.Port }, 465},
	{"smtp.security", "LERNSPUR_SMTP_SECURITY", "smtp-security", "tls", func(c *Config) any { return c.SMTP.Security }, "tls"},
	{"smtp.user", "LERNSPUR_SMTP_USER", "smtp-user", "lernspur", func(c *Config) any { return c.SMTP.User }, "lernspur"},
	{"smtp.password", "LERNSPUR_SMTP_PASSWORD", "", "ge heim", func(c *Config) any { return c.SMTP.Password }, "ge heim"},
	{"smtp.from", "LERNSPUR_SMTP_FROM", "smtp-from", "Lernspur <lernspur@example.org>", func(c *Config) any { return c.SMTP.From }, "Lernspur <lernspur@example.org>"},
	{"digest.tenants", "LERNSPUR_DIGEST_TENANTS", "digest-tenants", "town, village", func(c *Config) any { return c.Digest.Tenants }, []string{"town", "village"}},
	{"digest.weekday", "LERNSPUR_DIGEST_WEEKDAY", "digest-weekday", "friday", func(c *Config) any { return c.Digest.Weekday }, "friday"},
	{"digest.hour", "LERNSPUR_DIGEST_HOUR", "digest-hour", "16", func(c *Config) any { return c.Digest.Hour }, 16},
	{"demo.tenants", "LERNSPUR_DEMO_TENANTS", "demo-tenants", "demo, show", func(c *Config) any { return c.Demo.Tenants }, []string{"demo", "show"}},
	{"cors.origins", "LERNSPUR_CORS_ORIGINS", "cors-origins", "https://a.example, http://b.example:8000", func(c *Config) any { return c.CORS.Origins }, []string{"https://a.example", "http://b.example:8000"}},
	{"log.level", "LERNSPUR_LOG_LEVEL", "log-level", "DEBUG", func(c *Config) any { return c.Log.Level }, "debug"},
	{"log.format", "LERNSPUR_LOG_FORMAT", "log-format", "json", func(c *Config) any { return c.Log.Format }, "json"},
}

// clean gives the test an empty working directory and no variables of ours.
func clean(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "LERNSPUR_") {
			t.Setenv(name, "") // registers the restoring
			os.Unsetenv(name)
		}
	}
}

func write(t *testing.T, content string) {
	t.Helper()
	if err := os.WriteFile(File, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(args ...string) (*Config, error) {
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(set)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return Load(set)
}

func mustLoad(t *testing.T, args ...string) *Config {
	t.Helper()
	c, err := load(args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// yaml is one key as it stands in the file.
func yaml(key, text string) string {
	parts := strings.Split(key, ".")
	lines := ""
	for i, part := range parts[:len(parts)-1] {
		lines += strings.Repeat("  ", i) + part + ":\n"
	}
	return lines + strings.Repeat("  ", len(parts)-1) + fmt.Sprintf("%s: %q\n", parts[len(parts)-1], text)
}

func setting(t *testing.T, c *Config, key string) Setting {
	t.Helper()
	list := c.Effective()
	i := slices.IndexFunc(list, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		t.Fatalf("Effective does not list %s", key)
	}
	return list[i]
}

func TestEveryKeyIsListed(t *testing.T) {
	if len(every) != len(keys) {
		t.Errorf("%d keys, %d in the test's table", len(keys), len(every))
	}
	for i, k := range keys {
		if i < len(every) && every[i].key != k.name {
			t.Errorf("key %d is %s, in the test's table %s", i, k.name, every[i].key)
		}
		if k.help == "" {
			t.Errorf("%s has no help", k.name)
		}
	}
}

// company is what a key needs beside it to be valid.
func company(t *testing.T, key string) {
	switch key {
	case "key":
		t.Setenv("LERNSPUR_SECRET", "x")
	case "secret":
		t.Setenv("LERNSPUR_KEY", "x")
	case "tls.certificate":
		t.Setenv("LERNSPUR_TLS_KEY", "x")
	case "tls.key":
		t.Setenv("LERNSPUR_TLS_CERTIFICATE", "x")
	case "content.tls.certificate", "content.tls.key":
		other := map[string]string{"content.tls.certificate": "LERNSPUR_CONTENT_TLS_KEY", "content.tls.key": "LERNSPUR_CONTENT_TLS_CERTIFICATE"}
		for _, name := range []string{other[key], "LERNSPUR_TLS_CERTIFICATE", "LERNSPUR_TLS_KEY"} {
			t.Setenv(name, "x")
		}
	case "bi.tls.certificate":
		t.Setenv("LERNSPUR_BI_TLS_KEY", "x")
	case "bi.tls.key":
		t.Setenv("LERNSPUR_BI_TLS_CERTIFICATE", "x")
	case "auth.oidc.issuer":
		t.Setenv("LERNSPUR_AUTH_OIDC_AUDIENCE", "x")
	case "blobs.s3.endpoint":
		t.Setenv("LERNSPUR_BLOBS_S3_BUCKET", "x")
		t.Setenv("LERNSPUR_BLOBS_S3_ACCESS_KEY", "x")
		t.Setenv("LERNSPUR_BLOBS_S3_SECRET_KEY", "x")
	case "blobs.s3.access_key":
		t.Setenv("LERNSPUR_BLOBS_S3_SECRET_KEY", "x")
	case "digest.tenants":
		t.Setenv("LERNSPUR_SMTP_HOST", "mail.example.org")
		t.Setenv("LERNSPUR_SMTP_FROM", "lernspur@example.org")
	case "smtp.host":
		t.Setenv("LERNSPUR_SMTP_FROM", "lernspur@example.org")
	case "smtp.password":
		t.Setenv("LERNSPUR_SMTP_USER", "x")
	case "auth.oidc.client_id":
		t.Setenv("LERNSPUR_AUTH_OIDC_ISSUER", "https://id.example.org")
	case "auth.oidc.client_secret":
		t.Setenv("LERNSPUR_AUTH_OIDC_ISSUER", "https://id.example.org")
		t.Setenv("LERNSPUR_AUTH_OIDC_CLIENT_ID", "x")
	}
}

func TestEveryKeyFromEverySource(t *testing.T) {
	for _, k := range every {
		check := func(t *testing.T, c *Config, source Source) {
			t.Helper()
			if got := k.get(c); !reflect.DeepEqual(got, k.want) {
				t.Errorf("%#v, want %#v", got, k.want)
			}
			s := setting(t, c, k.key)
			if s.Source != source || s.Environment != k.env || s.Flag != k.flag {
				t.Errorf("source %q, variable %q, flag %q; want %q, %q, %q", s.Source, s.Environment, s.Flag, source, k.env, k.flag)
			}
		}
		t.Run(k.key+"/file", func(t *testing.T) {
			clean(t)
			company(t, k.key)
			write(t, yaml(k.key, k.text))
			check(t, mustLoad(t), FromFile)
		})
		t.Run(k.key+"/environment", func(t *testing.T) {
			clean(t)
			company(t, k.key)
			t.Setenv(k.env, k.text)
			check(t, mustLoad(t), FromEnvironment)
		})
		t.Run(k.key+"/default", func(t *testing.T) {
			clean(t)
			if s := setting(t, mustLoad(t), k.key); s.Source != FromDefault {
				t.Errorf("source %q", s.Source)
			}
		})
		t.Run(k.key+"/flag", func(t *testing.T) {
			clean(t)
			company(t, k.key)
			if k.flag == "" {
				set := pflag.NewFlagSet("test", pflag.ContinueOnError)
				Flags(set)
				if f := set.Lookup(strings.NewReplacer(".", "-", "_", "-").Replace(k.key)); f != nil {
					t.Errorf("a secret has the flag --%s", f.Name)
				}
				return
			}
			check(t, mustLoad(t, "--"+k.flag+"="+k.text), FromFlag)
		})
	}
}

func TestDefaults(t *testing.T) {
	clean(t)
	want := &Config{
		Server:  Server{Addr: "127.0.0.1:8080"},
		Content: Content{Addr: "127.0.0.1:8081"},
		Data:    Data{Dir: "./data"},
		Auth: Auth{Attempts: 20, OIDC: OIDC{Tenant: "default", ScopePrefix: "xapi:",
			Name: "OpenID Connect", Scopes: []string{"profile", "email"}, NameClaim: "name"}},
		Signin: Signin{Idle: time.Hour, Lifetime: 12 * time.Hour, LinkLifetime: 72 * time.Hour, Attempts: 5},
		BI:     BI{Refresh: 24 * time.Hour, Memory: 805306368, Queries: 4, QueryTime: 30 * time.Second, ResultRows: 100_000},
		Commit: Commit{Acknowledge: "log", LogBytes: 1073741824, MemoryBytes: 50331648,
			FlushRows: 8000, FlushBytes: 16777216, FlushInterval: time.Second, InsertTimeout: 30 * time.Second},
		Limits: Limits{BodyBytes: 16777216, HeaderBytes: 65536, StatementBytes: 1048576, DocumentBytes: 16777216, StatementsPerRequest: 10000,
			AttachmentBytes: 268435456, AttachmentsBytes: 1073741824,
			ReadTimeout: time.Minute, RequestTimeout: 2 * time.Minute, WaitTimeout: 10 * time.Second},
		Blobs:    Blobs{S3: S3{PathStyle: "false"}},
		Packages: Packages{PackedBytes: 1073741824, UnpackedBytes: 4294967296, Files: 20000, Uploads: 4},
		Launch:   Launch{Lifetime: 12 * time.Hour, MaxLifetime: 90 * 24 * time.Hour},
		SMTP:     SMTP{Port: 587, Security: "starttls"},
		Digest:   Digest{Weekday: "monday", Hour: 7},
		Log:      Log{Level: "info", Format: "console"},
	}
	for name, got := range map[string]*Config{"Default": Default(), "Load": mustLoad(t)} {
		if err := got.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got.sources = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
	}
	if c, err := Load(nil); err != nil || c.Server.Addr != "127.0.0.1:8080" {
		t.Errorf("without flags: %v", err)
	}
}

func TestTheStrongerSourceWins(t *testing.T) {
	clean(t)
	write(t, "addr: 127.0.0.1:1\nlog: {level: warn, format: json}\ndata: ./file\n")
	t.Setenv("LERNSPUR_ADDR", "127.0.0.1:2")
	t.Setenv("LERNSPUR_DATA", "./environment")
	t.Setenv("LERNSPUR_LOG_FORMAT", "") // empty is as good as absent
	c := mustLoad(t, "--addr=127.0.0.1:3")
	for _, s := range []Setting{
		{Key: "addr", Value: "127.0.0.1:3", Source: FromFlag},
		{Key: "data", Value: "./environment", Source: FromEnvironment},
		{Key: "log.level", Value: "warn", Source: FromFile},
		{Key: "log.format", Value: "json", Source: FromFile},
		{Key: "limits.wait_timeout", Value: "10s", Source: FromDefault},
		{Key: "commit.log_bytes", Value: "1GiB", Source: FromDefault},
	} {
		got := setting(t, c, s.Key)
		if got.Value != s.Value || got.Source != s.Source {
			t.Errorf("%s: %q from %q, want %q from %q", s.Key, got.Value, got.Source, s.Value, s.Source)
		}
	}
}

func TestConfigFlag(t *testing.T) {
	clean(t)
	write(t, "addr: 127.0.0.1:1\n")
	other := filepath.Join(t.TempDir(), "other.conf") // the name needs no extension
	if err := os.WriteFile(other, []byte("addr: 127.0.0.1:5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := mustLoad(t, "--config", other); c.Server.Addr != "127.0.0.1:5" {
		t.Errorf("addr %s", c.Server.Addr)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	clean(t)
	t.Setenv("LERNSPUR_KEY", "town")
	t.Setenv("LERNSPUR_SECRET", "TOPSECRET")
	t.Setenv("LERNSPUR_ADMIN_PASSWORD", "TOPSECRET")
	for _, dsn := range []string{
		"clickhouse://u:TOPSECRET@db:9000/l", "clickhouse://db:9000/l?username=u&password=TOPSECRET", "clickhouse://u:TOPSECRET@db/l?x=TOPSECRET",
	} {
		t.Setenv("LERNSPUR_CLICKHOUSE_DSN", dsn)
		c := mustLoad(t)
		if text := fmt.Sprintf("%+v", c.Effective()); strings.Contains(text, "TOPSECRET") {
			t.Errorf("printed: %s", text)
		}
		if got := setting(t, c, "clickhouse.dsn").Value; !strings.Contains(got, "db") || !strings.Contains(got, "********") {
			t.Errorf("the rest of the DSN is not shown: %s", got)
		}
		if got := setting(t, c, "secret").Value; got != "********" {
			t.Errorf("secret: %q", got)
		}
	}
	if got := setting(t, Default(), "secret").Value; got != "" {
		t.Errorf("a secret that is not set is shown as %q", got)
	}
	for name, value := range map[string]string{
		"LERNSPUR_SECRET":         "TOPSECRET\x01",
		"LERNSPUR_ADMIN_PASSWORD": "TOPSECRET\x01",
		"LERNSPUR_CLICKHOUSE_DSN": "clickhouse://u:TOPSECRET%zz@db:9000/l",
	} {
		t.Setenv(name, value)
	}
	_, err := load()
	if err == nil || strings.Contains(err.Error(), "TOPSECRET") || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("error: %v", err)
	}
}

// TestHelpNamesTheKindOfValue: pflag would take words in backticks for it.
func TestHelpNamesTheKindOfValue(t *testing.T) {
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(set)
	for _, k := range keys {
		if k.flag() == "" {
			continue
		}
		if name, help := pflag.UnquoteUsage(set.Lookup(k.flag())); name != k.kind.name() || help != k.help {
			t.Errorf("--%s shows %q as its value, not %q: %s", k.flag(), name, k.kind.name(), help)
		}
	}
}
