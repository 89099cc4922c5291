package config

import "time"

// Config is everything that can be set. Sizes are bytes.
type Config struct {
	Server     Server
	Content    Content
	Access     Access
	Auth       Auth
	Signin     Signin
	Data       Data
	ClickHouse ClickHouse
	BI         BI
	Engine     Engine
	Commit     Commit
	Limits     Limits
	Packages   Packages
	Blobs      Blobs
	Launch     Launch
	LRS        LRS
	Outgoing   Outgoing
	SMTP       SMTP
	Digest     Digest
	Demo       Demo
	CORS       CORS
	Log        Log

	// Warnings are for the log: what was found and not understood, and is not
	// wrong enough to refuse the start.
	Warnings []string

	sources map[string]Source
}

// Server is where the xAPI resources, our own API and the pages are served.
type Server struct {
	// Addr is the host:port to listen on.
	Addr string
	// PublicURL is the base address that clients see, without a slash at its
	// end. Its path is put before the addresses in answers.
	PublicURL string
	// TLS is the certificate; that of content as well, unless it has its own.
	TLS TLS
}

// Content is where learning content is served, always under another host name
// than the pages.
type Content struct {
	Addr      string
	PublicURL string
	TLS       TLS
}

// TLS are the files of a certificate, PEM; both or neither.
type TLS struct{ Certificate, Key string }

// Access is what is created at the first start.
type Access struct {
	// Key and Secret are an API key with every scope in the tenant default; both
	// or neither.
	Key, Secret string
	// AdminPassword is the password of the first administrator, user admin.
	AdminPassword string
}

// Auth is about credentials.
type Auth struct {
	// Attempts is how many wrong secrets for one key may come from one address in
	// quick succession; 0: any number.
	Attempts int
	// AddressHeader is the header in which a trusted proxy names its client;
	// empty: the address of the connection counts.
	AddressHeader string
	OIDC          OIDC
}

// OIDC is about the issuer of Bearer tokens, at which people can sign in as well.
type OIDC struct {
	// Issuer is its address as it stands in the claim iss; empty: there is none.
	Issuer string
	// Audience has to be among the audiences of a token.
	Audience string
	// Tenant is the tenant of all tokens, unless TenantClaim names the claim that
	// has it.
	Tenant      string
	TenantClaim string
	// ScopePrefix stands before our scopes in the claim scope.
	ScopePrefix string
	// ClientID and ClientSecret are what the issuer knows the pages as; without
	// them people do not sign in there. Name is how the issuer is called for them.
	ClientID, ClientSecret, Name string
	// Scopes are asked for beside openid.
	Scopes []string
	// NameClaim, RolesClaim and GroupsClaim are where an id token has the human's
	// name, the roles and the groups.
	NameClaim, RolesClaim, GroupsClaim string
	// Roles are value=role each: what stands in RolesClaim, and what it is here;
	// empty: the values are the names of our roles.
	Roles []string
}

// Signin is about people who sign in to the pages.
type Signin struct {
	// Idle is after how long without a request a session ends, Lifetime when it
	// ends in any case.
	Idle, Lifetime time.Duration
	// LinkLifetime is how long a one-time link that sets a password can be used.
	LinkLifetime time.Duration
	// Attempts is how many wrong passwords for one account may come from one
	// address in quick succession; 0: any number.
	Attempts int
}

// Data is the one folder that everything is kept in.
type Data struct{ Dir string }

// ClickHouse says which server to use.
type ClickHouse struct {
	// DSN is clickhouse://user:password@host:port/database; empty: embedded.
	DSN string
}

// BI is about tools that read published figures.
type BI struct {
	// Addr is the host:port to listen on; empty: none.
	Addr string
	TLS  TLS
	// Refresh is how old published figures get.
	Refresh time.Duration
	// Memory is the budget of the engine's process that answers one tenant.
	Memory int64
	// Queries is how many the tools of one tenant may have at once, QueryTime the time for each, ResultRows
	// what it may answer at most.
	Queries    int
	QueryTime  time.Duration
	ResultRows int
}

// Engine is about the embedded ClickHouse.
type Engine struct {
	// Library is the path of libchdb; empty: where `make engine` puts it.
	Library string
	// Memory is the budget of the engine's process; 0: half of the machine, at
	// most 4 GiB.
	Memory int64
}

// The two moments at which a statement can be acknowledged.
const (
	AcknowledgeLog   = "log"
	AcknowledgeStore = "store"
)

// Commit is about the way from an accepted statement into ClickHouse.
type Commit struct {
	// Acknowledge is AcknowledgeLog (durable in the local log) or
	// AcknowledgeStore (ClickHouse has the rows).
	Acknowledge string
	// LogBytes bounds the log on disk; beyond it posts get 503.
	LogBytes int64
	// MemoryBytes bounds what is queued in memory.
	MemoryBytes int64
	// FlushRows, FlushBytes and FlushInterval: whichever comes first sends what
	// has gathered to ClickHouse.
	FlushRows     int
	FlushBytes    int64
	FlushInterval time.Duration
	// InsertTimeout is after how long an INSERT without an answer is given up, to
	// find out what became of it.
	InsertTimeout time.Duration
}

// Limits bound what one request may take.
type Limits struct {
	BodyBytes            int64
	HeaderBytes          int64
	StatementBytes       int64
	StatementsPerRequest int
	// AttachmentBytes bounds one attachment, AttachmentsBytes all of a request.
	AttachmentBytes  int64
	AttachmentsBytes int64
	// DocumentBytes bounds a document; BodyBytes does so, too.
	DocumentBytes int64
	// ReadTimeout bounds the reading of a request, RequestTimeout all of it,
	// WaitTimeout how long a reader waits for what was acknowledged before.
	ReadTimeout    time.Duration
	RequestTimeout time.Duration
	WaitTimeout    time.Duration
}

// Packages bounds content packages.
type Packages struct {
	// PackedBytes is the size of an upload, UnpackedBytes of everything in it.
	PackedBytes   int64
	UnpackedBytes int64
	// Files is how many files and folders there may be.
	Files int
	// Uploads is how many packages may be on their way at one time.
	Uploads int
}

// Blobs says where attachments and the files of packages are kept.
type Blobs struct{ S3 S3 }

// S3 is a bucket of an S3-compatible store. An empty Endpoint means the data folder.
type S3 struct {
	Endpoint string
	Region   string
	Bucket   string
	Prefix   string
	// AccessKey and SecretKey are the credentials.
	AccessKey string
	SecretKey string
	// PathStyle is "true" when the bucket is named in the path.
	PathStyle string
}

// Launch is about the links that open content.
type Launch struct {
	// Lifetime is how long a link can be used unless it is said otherwise;
	// MaxLifetime is the longest that can be said.
	Lifetime    time.Duration
	MaxLifetime time.Duration
}

// LRS is about the endpoints for content.
type LRS struct {
	// LenientTenants are the tenants that the lenient endpoint serves; empty:
	// none.
	LenientTenants []string
	// Schemas is a folder with JSON Schemas of tenants, <tenant>.json each;
	// empty: the folder schemas in the data folder.
	Schemas string
}

// Outgoing is about servers that tenants have this one ask: targets of forwarding,
// webhooks.
type Outgoing struct {
	// Networks are private networks that may be asked, as CIDR; empty: none.
	Networks []string
}

// SMTP is the mail server. An empty Host means that no mail is sent.
type SMTP struct {
	Host string
	Port int
	// Security is starttls, tls or none.
	Security       string
	User, Password string
	// From is the sender of all mail: an address, or "Name <address>".
	From string
}

// Digest is about the weekly mail to trainers.
type Digest struct {
	// Tenants are those whose trainers get it; empty: none.
	Tenants []string
	// Weekday and Hour are when, in the tenant's time zone.
	Weekday string
	Hour    int
}

// Demo is about data that are there to be looked at.
type Demo struct {
	// Tenants are those whose data are made up, which all their pages and reports
	// say; empty: none.
	Tenants []string
}

// CORS is about content on foreign hosts that posts from a browser.
type CORS struct {
	// Origins are scheme://host[:port] each, or one "*"; empty: none.
	Origins []string
}

// Log is about the server's own log.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // json, console
}

// Source says where a value came from.
type Source string

// The sources, the weakest first.
const (
	FromDefault     Source = "default"
	FromFile        Source = "file"
	FromEnvironment Source = "environment"
	FromFlag        Source = "flag"
)

// Setting is one line of what is in force.
type Setting struct {
	Key         string
	Value       string // never a secret
	Source      Source
	Environment string // the variable that sets it
	Flag        string // the flag that sets it, "" for secrets
	Help        string
}

// Default is what is in force when nothing is set.
func Default() *Config {
	c := &Config{sources: map[string]Source{}}
	for _, k := range keys {
		if err := k.kind.set(k.field(c), k.def); err != nil {
			panic("config: default of " + k.name + ": " + err.Error()) // a test sets them all
		}
	}
	return c
}

// Effective lists what is in force, in the order of the documentation, with
// secrets left out.
func (c *Config) Effective() []Setting {
	var list []Setting
	for _, k := range keys {
		s := Setting{
			Key: k.name, Value: k.kind.text(k.field(c)), Source: FromDefault,
			Environment: k.env(), Flag: k.flag(), Help: k.help,
		}
		if source, ok := c.sources[k.name]; ok {
			s.Source = source
		}
		if k.secret && s.Value != "" {
			s.Value = k.kind.redacted(k.field(c))
		}
		list = append(list, s)
	}
	return list
}
