package app

import (
	"time"

	"go.uber.org/zap"

	"lernspur/access"
	"lernspur/bi"
	"lernspur/blobs"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/engine"
	"lernspur/lrs"
	"lernspur/signin"
)

// Options say what to assemble. Zero values of the nested options take the
// defaults of their packages; what connects the packages (folders, sinks,
// readers, loggers) is filled in here.
type Options struct {
	// DataDir is the data folder; it is created with mode 0700.
	DataDir string
	// Purpose is the command that runs, for the message to whoever finds the
	// data folder in use.
	Purpose string
	// DSN is a ClickHouse server; empty starts the embedded engine.
	DSN    string
	Engine engine.Options
	Commit commit.Options
	LRS    lrs.Options
	// Schemas is the folder of the schemas that tenants have of their own; empty:
	// schemas in the data folder.
	Schemas string
	// Bucket is where attachments and the files of packages are kept, with its Spool
	// left empty; nil: in the data folder.
	Bucket *blobs.Bucket
	// Catalog is about packages, courses and launches.
	Catalog CatalogOptions
	// Server bounds the connections of network clients.
	Server lrs.Timeouts
	// MadeUp are the tenants whose data are made up: their pages and reports say so.
	MadeUp []string
	// Keys are the options of the directory's keys.
	Keys directory.Options
	// Access says which credentials count beside keys, and how guessing is slowed
	// down.
	Access access.Options

	// Signin is about people who sign in. AdminPassword makes the first
	// administrator; empty makes none.
	Signin        signin.Options
	AdminPassword string

	// Outgoing is about what is sent to others.
	Outgoing OutgoingOptions

	// Addr is the network address of the endpoint; empty opens none.
	Addr string
	// ContentAddr is the network address of learning content, which is served when
	// Addr is; empty serves none. Pages is the origin of the pages (https://host) as
	// browsers see it: they may put content into a frame, and their host name is
	// never that of content.
	ContentAddr, Pages string
	// Tools is about programs that read published figures.
	Tools ToolOptions
	// TLS has the files of the certificate that Addr is served with, ContentTLS that
	// of ContentAddr; an empty ContentTLS is the same as TLS.
	TLS, ContentTLS CertificateFiles
	// Socket opens the door for the command line in the data folder.
	Socket bool
	// Key and Secret are made sure of at the start; both empty leave it.
	Key, Secret string
	// FirstKey makes a key with every scope when there is none at all, and hands
	// it over once. Nil makes none.
	FirstKey func(key, secret string)

	// Now is the clock for what is reckoned to the present, such as idle days; nil:
	// time.Now.
	Now func() time.Time
	// Version is the program's, for whoever asks at the socket.
	Version string
	Logger  *zap.Logger
	// RequestGrace is how long Stop waits for requests under way; 20 s.
	RequestGrace time.Duration
	// CommitGrace is how long Stop waits until the database has what was
	// acknowledged; 20 s. What it does not have then is carried there after the
	// next start.
	CommitGrace time.Duration
}

// ToolOptions say how programs read published figures.
type ToolOptions struct {
	// Addr is the network address of the door for them, which is opened when
	// Options.Addr is; empty opens none.
	Addr string
	// TLS has the files of its certificate; empty: no TLS.
	TLS CertificateFiles
	// Refresh is how old published figures get; 0: a day.
	Refresh time.Duration
	// Memory is that of the engine that answers one tenant, bytes; 0: the least.
	Memory int64
	Limits bi.Limits
}

// contentTLS are the files that content is served with.
func (o *Options) contentTLS() CertificateFiles {
	if o.ContentTLS != (CertificateFiles{}) {
		return o.ContentTLS
	}
	return o.TLS
}

func (o *Options) defaults() {
	if o.Purpose == "" {
		o.Purpose = "serve"
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.RequestGrace <= 0 {
		o.RequestGrace = 20 * time.Second
	}
	if o.CommitGrace <= 0 {
		o.CommitGrace = 20 * time.Second
	}
}
