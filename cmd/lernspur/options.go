package main

import (
	"cmp"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"lernspur/access"
	"lernspur/app"
	"lernspur/bi"
	"lernspur/blobs"
	"lernspur/commit"
	"lernspur/config"
	"lernspur/content/archive"
	"lernspur/digest"
	"lernspur/directory"
	"lernspur/engine"
	"lernspur/lrs"
	"lernspur/schema"
	"lernspur/signin"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// memoryTarget is what the garbage collector keeps this process under where it
// can, so that with what is not its heap the process is meant to stay under
// 400 MiB.
const memoryTarget = 300 << 20

// limitMemory sets the target, unless the operator has set another one.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryTarget)
	}
}

// options are what the configuration asks for, without doors.
func options(c *config.Config, purpose string, logger *zap.Logger) app.Options {
	return app.Options{
		DataDir: c.Data.Dir,
		Purpose: purpose,
		DSN:     c.ClickHouse.DSN,
		Engine:  engine.Options{Library: c.Engine.Library, MemoryBytes: c.Engine.Memory},
		Commit: commit.Options{
			Acknowledge: commit.Acknowledge(c.Commit.Acknowledge),
			LogBytes:    c.Commit.LogBytes, MemoryBytes: c.Commit.MemoryBytes,
			FlushRows: c.Commit.FlushRows, FlushBytes: int(c.Commit.FlushBytes), FlushInterval: c.Commit.FlushInterval,
			InsertTimeout: c.Commit.InsertTimeout,
			WaitTimeout:   c.Limits.WaitTimeout,
		},
		LRS: lrs.Options{
			Explain:     schema.ExplainRequest,
			PathPrefix:  pathOf(c.Server.PublicURL),
			CORSOrigins: c.CORS.Origins,

			LenientTenants: c.LRS.LenientTenants,

			MaxBody:     c.Limits.BodyBytes,
			MaxDocument: c.Limits.DocumentBytes,
			Statements:  statements.Limits{MaxStatements: c.Limits.StatementsPerRequest, MaxStatementBytes: int(c.Limits.StatementBytes)},
			ReadWait:    c.Limits.WaitTimeout,
			Patience:    c.Limits.ReadTimeout, MaxAttachment: c.Limits.AttachmentBytes, MaxAttachments: c.Limits.AttachmentsBytes,
		},
		Schemas: c.LRS.Schemas,
		Bucket:  bucket(c.Blobs.S3),
		Catalog: app.CatalogOptions{
			Limits:  archive.Limits{Packed: c.Packages.PackedBytes, Unpacked: c.Packages.UnpackedBytes, Entries: c.Packages.Files},
			Uploads: c.Packages.Uploads, Lifetime: c.Launch.Lifetime, MaxLifetime: c.Launch.MaxLifetime,
			Base: c.Server.PublicURL, LaunchBase: contentBase(c), Patience: c.Limits.ReadTimeout,
		},
		Server: lrs.Timeouts{Read: c.Limits.ReadTimeout, Write: c.Limits.RequestTimeout, MaxHeader: int(c.Limits.HeaderBytes)},
		Keys:   directory.Options{HomePage: c.Server.PublicURL},
		Access: accessOptions(c.Auth),
		Key:    c.Access.Key, Secret: c.Access.Secret,
		Outgoing: outgoingOptions(c),
		Signin:   signinOptions(c), AdminPassword: c.Access.AdminPassword,
		MadeUp: c.Demo.Tenants,
		Tools: app.ToolOptions{Refresh: c.BI.Refresh, Memory: c.BI.Memory,
			Limits: bi.Limits{Time: c.BI.QueryTime, Rows: int64(c.BI.ResultRows), Queries: c.BI.Queries}},
		Version: version,
		Logger:  logger,
	}
}

// bucket says where blobs are kept; nil: in the data folder.
func bucket(c config.S3) *blobs.Bucket {
	if c.Endpoint == "" {
		return nil
	}
	return &blobs.Bucket{Endpoint: c.Endpoint, Region: c.Region, Name: c.Bucket, Prefix: c.Prefix, AccessKey: c.AccessKey, SecretKey: c.SecretKey, PathStyle: c.PathStyle == "true"}
}

// accessOptions say which credentials count.
func accessOptions(c config.Auth) access.Options {
	o := access.Options{AddressHeader: c.AddressHeader, Slow: access.Slow{PerKey: c.Attempts}}
	if c.Attempts == 0 {
		o.Slow.PerKey = -1
	}
	if c.OIDC.Issuer != "" && c.OIDC.Audience != "" {
		o.Tokens = access.NewTokens(access.TokenOptions{
			Issuer: c.OIDC.Issuer, Audience: c.OIDC.Audience, Tenant: c.OIDC.Tenant, TenantClaim: c.OIDC.TenantClaim, ScopePrefix: c.OIDC.ScopePrefix,
		})
	}
	return o
}

// signinOptions say how people sign in.
func signinOptions(c *config.Config) signin.Options {
	o := signin.Options{
		Base: cmp.Or(c.Server.PublicURL, pagesOrigin(c.Server)), Idle: c.Signin.Idle, Lifetime: c.Signin.Lifetime, LinkLifetime: c.Signin.LinkLifetime,
		Slow: access.Slow{PerKey: c.Signin.Attempts}, AddressHeader: c.Auth.AddressHeader,
	}
	if c.Signin.Attempts == 0 {
		o.Slow.PerKey = -1
	}
	if oidc := c.Auth.OIDC; oidc.ClientID != "" {
		o.OIDC = &signin.OIDCOptions{
			Issuer: oidc.Issuer, ClientID: oidc.ClientID, ClientSecret: oidc.ClientSecret, Name: oidc.Name, Scopes: oidc.Scopes,
			Tenant: oidc.Tenant, TenantClaim: oidc.TenantClaim, NameClaim: oidc.NameClaim, RolesClaim: oidc.RolesClaim, GroupsClaim: oidc.GroupsClaim,
			Roles: make(map[string]visitor.Role),
		}
		for _, item := range oidc.Roles {
			i := strings.LastIndexByte(item, '=') // config has judged it
			o.OIDC.Roles[item[:i]] = visitor.Role(item[i+1:])
		}
	}
	return o
}

// outgoingOptions say what is sent to others.
func outgoingOptions(c *config.Config) app.OutgoingOptions {
	o := app.OutgoingOptions{DigestTenants: c.Digest.Tenants, Hour: c.Digest.Hour}
	for _, text := range c.Outgoing.Networks {
		o.Networks = append(o.Networks, netip.MustParsePrefix(text)) // config has judged it
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), c.Digest.Weekday) {
			o.Weekday = day
		}
	}
	if m := c.SMTP; m.Host != "" {
		from, err := mail.ParseAddress(m.From)
		if err != nil {
			return o // config has judged it
		}
		o.From = *from
		o.Mailer = &digest.SMTP{Host: m.Host, Port: strconv.Itoa(m.Port), Security: m.Security, User: m.User, Password: m.Password, From: from.Address}
	}
	return o
}

// pagesOrigin is the origin of the pages as browsers see it. On one machine they
// are at localhost and content at 127.0.0.1: two host names, so that neither sees
// the other's cookies.
func pagesOrigin(s config.Server) string {
	if u, err := url.Parse(s.PublicURL); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return "" // config has judged it
	}
	return scheme(s) + "localhost:" + port
}

// scheme is how addresses begin that are served without a proxy.
func scheme(s config.Server) string {
	if s.TLS.Certificate != "" {
		return "https://"
	}
	return "http://"
}

// contentBase is the address of learning content as learners see it; empty when the
// port is not known yet.
func contentBase(c *config.Config) string {
	if c.Content.PublicURL != "" {
		return c.Content.PublicURL
	}
	host, port, err := net.SplitHostPort(c.Content.Addr)
	if err != nil || port == "0" {
		return ""
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return scheme(c.Server) + net.JoinHostPort(host, port)
}

// pathOf is the path of a base address without a slash at its end.
func pathOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "" // config has judged it
	}
	return strings.TrimSuffix(u.Path, "/")
}

// serverLogger logs as configured, to standard error.
func serverLogger(c config.Log) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(c.Level)
	if err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	return newLogger(level, c.Format), nil
}

// commandLogger is for commands that start the server's parts in their own
// process: people read their output, so only what goes wrong is logged.
func commandLogger() *zap.Logger { return newLogger(zap.WarnLevel, "console") }

func newLogger(level zapcore.Level, format string) *zap.Logger {
	c := zap.NewProductionConfig()
	c.Level = zap.NewAtomicLevelAt(level)
	c.Encoding = format
	c.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	c.EncoderConfig.EncodeDuration = zapcore.StringDurationEncoder
	c.DisableStacktrace = true
	c.DisableCaller = true
	c.Sampling = &zap.SamplingConfig{Initial: 100, Thereafter: 100}
	logger, err := c.Build()
	if err != nil {
		panic(err) // both encodings are there, and standard error opens
	}
	return logger
}

// dataDir is the data folder's absolute path.
func dataDir(c *config.Config) (string, error) { return filepath.Abs(c.Data.Dir) }
