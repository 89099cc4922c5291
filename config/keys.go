package config

import (
	"strings"
	"time"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
	tib = 1 << 40
)

// key is one thing that can be set.
type key struct {
	name   string // as in the file, sections with a dot
	def    string
	kind   kind
	secret bool // never printed, and no flag: the command line is public
	help   string
	field  func(*Config) any // a pointer to where it goes
}

// env is the name of the environment variable.
func (k key) env() string { return envPrefix + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_")) }

// flag is the name of the flag, "" if there is none.
func (k key) flag() string {
	if k.secret {
		return ""
	}
	return strings.NewReplacer(".", "-", "_", "-").Replace(k.name)
}

const envPrefix = "LERNSPUR_"

// keys is the one list of all keys, in the order of the documentation.
var keys = []key{
	{name: "addr", def: "127.0.0.1:8080", kind: address{},
		help:  "host:port of xAPI, API and pages",
		field: func(c *Config) any { return &c.Server.Addr }},
	{name: "public_url", kind: baseURL{},
		help:  "base address of the above as clients see it; empty: addresses in answers begin at /",
		field: func(c *Config) any { return &c.Server.PublicURL }},
	{name: "content.addr", def: "127.0.0.1:8081", kind: address{},
		help:  "host:port of learning content",
		field: func(c *Config) any { return &c.Content.Addr }},
	{name: "content.public_url", kind: baseURL{},
		help:  "base address of learning content as learners see it; another host than public_url",
		field: func(c *Config) any { return &c.Content.PublicURL }},
	{name: "data", def: "./data", kind: path{required: true},
		help:  "folder that everything is kept in",
		field: func(c *Config) any { return &c.Data.Dir }},
	{name: "clickhouse.dsn", kind: dsn{}, secret: true,
		help:  "clickhouse://user:password@host:port/database; empty: the embedded engine",
		field: func(c *Config) any { return &c.ClickHouse.DSN }},
	{name: "key", kind: userName{},
		help:  "name of an API key that is created at the start, with every scope in the tenant default",
		field: func(c *Config) any { return &c.Access.Key }},
	{name: "secret", kind: printable{}, secret: true,
		help:  "secret of that API key",
		field: func(c *Config) any { return &c.Access.Secret }},
	{name: "admin_password", kind: printable{}, secret: true,
		help:  "password of the first administrator, user admin",
		field: func(c *Config) any { return &c.Access.AdminPassword }},
	{name: "signin.idle", def: "1h", kind: duration{min: time.Minute, max: 24 * time.Hour},
		help:  "time without a request after which somebody has to sign in again",
		field: func(c *Config) any { return &c.Signin.Idle }},
	{name: "signin.lifetime", def: "12h", kind: duration{min: time.Minute, max: 30 * 24 * time.Hour},
		help:  "time after which somebody has to sign in again in any case",
		field: func(c *Config) any { return &c.Signin.Lifetime }},
	{name: "signin.link_lifetime", def: "72h", kind: duration{min: time.Minute, max: 30 * 24 * time.Hour},
		help:  "how long a one-time link that sets a password can be used",
		field: func(c *Config) any { return &c.Signin.LinkLifetime }},
	{name: "signin.attempts", def: "5", kind: integer{min: 0, max: 1_000_000},
		help:  "wrong passwords for one account that may come from one address in quick succession; 0: any number",
		field: func(c *Config) any { return &c.Signin.Attempts }},
	{name: "auth.attempts", def: "20", kind: integer{min: 0, max: 1_000_000},
		help:  "wrong secrets for one key that may come from one address in quick succession; 0: any number",
		field: func(c *Config) any { return &c.Auth.Attempts }},
	{name: "auth.address_header", kind: headerName{},
		help:  "header in which a trusted proxy names its client, such as X-Forwarded-For; empty: the address of the connection",
		field: func(c *Config) any { return &c.Auth.AddressHeader }},
	{name: "auth.oidc.issuer", kind: issuer{},
		help:  "address of the OpenID Connect issuer whose tokens are accepted, as in their claim iss; empty: none",
		field: func(c *Config) any { return &c.Auth.OIDC.Issuer }},
	{name: "auth.oidc.audience", kind: printable{},
		help:  "what has to be among the audiences (aud) of a token",
		field: func(c *Config) any { return &c.Auth.OIDC.Audience }},
	{name: "auth.oidc.tenant", def: "default", kind: visible{max: 128},
		help:  "tenant of the tokens",
		field: func(c *Config) any { return &c.Auth.OIDC.Tenant }},
	{name: "auth.oidc.tenant_claim", kind: printable{},
		help:  "claim of a token that names its tenant; empty: auth.oidc.tenant",
		field: func(c *Config) any { return &c.Auth.OIDC.TenantClaim }},
	{name: "auth.oidc.scope_prefix", def: "xapi:", kind: visible{max: 128, empty: true, colon: true},
		help:  "what stands before our scopes in the claim scope of a token",
		field: func(c *Config) any { return &c.Auth.OIDC.ScopePrefix }},
	{name: "engine.library", kind: path{},
		help:  "path of libchdb; empty: where \"make engine\" puts it", // pflag takes backticks for the name of the value
		field: func(c *Config) any { return &c.Engine.Library }},
	// The least is what package engine works with; it says the same.
	{name: "engine.memory", def: "0", kind: size{min: 768 * mib, max: tib, zero: true},
		help:  "memory of the embedded engine; 0: half of the machine, at most 4GiB",
		field: func(c *Config) any { return &c.Engine.Memory }},
	{name: "commit.acknowledge", def: AcknowledgeLog, kind: choice{AcknowledgeLog, AcknowledgeStore},
		help:  "when a statement is acknowledged: durable in the log, or stored by ClickHouse",
		field: func(c *Config) any { return &c.Commit.Acknowledge }},
	{name: "commit.log_bytes", def: "1GiB", kind: size{min: 16 * mib, max: tib},
		help:  "most that the log may take on disk while ClickHouse is away",
		field: func(c *Config) any { return &c.Commit.LogBytes }},
	{name: "commit.memory_bytes", def: "48MiB", kind: size{min: mib, max: 64 * gib},
		help:  "most that may queue in memory",
		field: func(c *Config) any { return &c.Commit.MemoryBytes }},
	{name: "commit.flush_rows", def: "8000", kind: integer{min: 1, max: 1_000_000},
		help:  "statements that make an INSERT",
		field: func(c *Config) any { return &c.Commit.FlushRows }},
	{name: "commit.flush_bytes", def: "16MiB", kind: size{min: 64 * kib, max: gib},
		help:  "bytes that make an INSERT",
		field: func(c *Config) any { return &c.Commit.FlushBytes }},
	{name: "commit.flush_interval", def: "1s", kind: duration{min: 10 * time.Millisecond, max: time.Minute},
		help:  "time after which an INSERT is made in any case",
		field: func(c *Config) any { return &c.Commit.FlushInterval }},
	{name: "commit.insert_timeout", def: "30s", kind: duration{min: 100 * time.Millisecond, max: time.Hour},
		help:  "time after which an INSERT without an answer is given up, found out about and repeated",
		field: func(c *Config) any { return &c.Commit.InsertTimeout }},
	{name: "limits.body_bytes", def: "16MiB", kind: size{min: kib, max: gib},
		help:  "largest body of a request, unpacked",
		field: func(c *Config) any { return &c.Limits.BodyBytes }},
	{name: "limits.header_bytes", def: "64KiB", kind: size{min: 4 * kib, max: 16 * mib},
		help:  "largest header of a request",
		field: func(c *Config) any { return &c.Limits.HeaderBytes }},
	{name: "limits.statement_bytes", def: "1MiB", kind: size{min: kib, max: gib},
		help:  "largest statement",
		field: func(c *Config) any { return &c.Limits.StatementBytes }},
	{name: "limits.document_bytes", def: "16MiB", kind: size{min: kib, max: gib},
		help:  "largest document of the State and profile resources, at most limits.body_bytes",
		field: func(c *Config) any { return &c.Limits.DocumentBytes }},
	{name: "limits.attachment_bytes", def: "256MiB", kind: size{min: kib, max: tib},
		help:  "largest attachment of a statement",
		field: func(c *Config) any { return &c.Limits.AttachmentBytes }},
	{name: "limits.attachments_bytes", def: "1GiB", kind: size{min: kib, max: tib},
		help:  "most that the attachments of one request may have together",
		field: func(c *Config) any { return &c.Limits.AttachmentsBytes }},
	{name: "limits.statements_per_request", def: "10000", kind: integer{min: 1, max: 1_000_000},
		help:  "most statements of a request",
		field: func(c *Config) any { return &c.Limits.StatementsPerRequest }},
	{name: "limits.read_timeout", def: "1m", kind: duration{min: time.Second, max: time.Hour},
		help:  "time to read a request",
		field: func(c *Config) any { return &c.Limits.ReadTimeout }},
	{name: "limits.request_timeout", def: "2m", kind: duration{min: time.Second, max: 24 * time.Hour},
		help:  "time for a whole request",
		field: func(c *Config) any { return &c.Limits.RequestTimeout }},
	{name: "limits.wait_timeout", def: "10s", kind: duration{min: 10 * time.Millisecond, max: time.Hour},
		help:  "time that a reader waits for what was acknowledged before it",
		field: func(c *Config) any { return &c.Limits.WaitTimeout }},
	{name: "packages.packed_bytes", def: "1GiB", kind: size{min: mib, max: tib},
		help:  "largest package as it is uploaded",
		field: func(c *Config) any { return &c.Packages.PackedBytes }},
	{name: "packages.unpacked_bytes", def: "4GiB", kind: size{min: mib, max: tib},
		help:  "most that a package may unpack to",
		field: func(c *Config) any { return &c.Packages.UnpackedBytes }},
	{name: "packages.files", def: "20000", kind: integer{min: 1, max: 1_000_000},
		help:  "most files and folders of a package",
		field: func(c *Config) any { return &c.Packages.Files }},
	{name: "packages.uploads", def: "4", kind: integer{min: 1, max: 100},
		help:  "packages that may be uploaded at one time",
		field: func(c *Config) any { return &c.Packages.Uploads }},
	{name: "launch.lifetime", def: "12h", kind: duration{min: time.Minute, max: 10 * 365 * 24 * time.Hour},
		help:  "how long a launch link can be used unless it is said otherwise",
		field: func(c *Config) any { return &c.Launch.Lifetime }},
	{name: "launch.max_lifetime", def: "2160h", kind: duration{min: time.Minute, max: 10 * 365 * 24 * time.Hour},
		help:  "longest that can be said",
		field: func(c *Config) any { return &c.Launch.MaxLifetime }},
	{name: "lrs.lenient_tenants", kind: names{},
		help:  "tenants that may use the endpoint that repairs statements, /xapi-lenient",
		field: func(c *Config) any { return &c.LRS.LenientTenants }},
	{name: "lrs.schemas", kind: path{},
		help:  "folder of the schemas that tenants have of their own, <tenant>.json each; empty: schemas in the data folder",
		field: func(c *Config) any { return &c.LRS.Schemas }},
	{name: "cors.origins", kind: origins{},
		help:  "origins whose pages may post, scheme://host[:port] each, or *",
		field: func(c *Config) any { return &c.CORS.Origins }},
	{name: "log.level", def: "info", kind: choice{"debug", "info", "warn", "error"},
		help:  "least level that is logged",
		field: func(c *Config) any { return &c.Log.Level }},
	{name: "log.format", def: "console", kind: choice{"console", "json"},
		help:  "form of the log",
		field: func(c *Config) any { return &c.Log.Format }},
}
