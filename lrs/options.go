package lrs

import (
	"context"
	"runtime"
	"time"

	"lernspur/statements"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Options are what the endpoint needs and how it behaves. Zero values of the
// limits stand for the defaults named there.
type Options struct {
	Writer Writer
	Reader Reader
	Keys   Keys
	Blobs  Blobs // nil: nothing can be attached
	// Challenges are the values of WWW-Authenticate in answers that ask for
	// credentials; empty means HTTP Basic.
	Challenges []string
	// Documents are the State and profile resources; nil leaves them out.
	Documents Documents
	// Activities is what the server knows of activities; nil: nothing.
	Activities Activities
	People     People // nil: nobody has more than one identifier
	Guard      Guard  // nil: no credential belongs to a session
	// Foreign tells whether an Activity is part of a course of this server other than
	// the one that a credential was made for; nil: none is. It is asked about
	// credentials that are bound to a registration.
	Foreign func(ctx context.Context, c *Credential, activity string) (bool, error)
	Explain Explainer // nil: rejections carry what the strict pass found
	// OwnRules gives a tenant's own rules for statements, nil where it has none.
	// Nil: no tenant has.
	OwnRules func(tenant string) OwnRules

	Logger     *zap.Logger
	Registerer prometheus.Registerer // nil: metrics are counted and shown nowhere
	// AccessLog writes a line for every request at level info; without it
	// requests that succeed are logged at level debug.
	AccessLog bool

	// PathPrefix is the path of the public URL, put before the addresses in
	// answers (more): empty or "/lrs", without a slash at its end.
	PathPrefix string
	// CORSOrigins are the origins that browsers may call from: exact origins
	// such as "https://lms.example", or "*" alone for any. Empty: none.
	CORSOrigins []string
	// ContentOrigin is the origin of the content that this server serves itself.
	// Its pages may call as those of CORSOrigins may, with credentials that they
	// name; it is trusted with nothing beyond that. Empty: none.
	ContentOrigin string

	// LenientTenants are the tenants whose keys may use the lenient endpoint.
	LenientTenants []string

	// MaxBody is the size of a body in bytes, after decompression; 16 MiB.
	MaxBody int64
	// MaxDocument is the size of a document in bytes; 16 MiB, and never more than
	// MaxBody.
	MaxDocument int64
	// MaxRatio is how much larger a body may become by decompression; 200.
	// The first MiB is free.
	MaxRatio int64
	// MaxInFlight bounds the bodies over 64 KiB that are held at one time, in
	// bytes over all requests; 64 MiB, and never less than MaxBody.
	MaxInFlight int64
	// MaxAttachment is the size of one attachment in bytes; 256 MiB.
	MaxAttachment int64
	// MaxAttachments is the size of all attachments of a request, and of those
	// of a page, unless its first statement has more; 1 GiB, and never less than
	// MaxAttachment.
	MaxAttachments int64
	// LeastRate is how many bytes a second a body with attachments, or an answer
	// with them, has to move on average once Patience is over; 32 KiB.
	LeastRate int64
	// Patience is the time that it may take whatever its size; 1 minute.
	Patience time.Duration
	// Statements bounds what a request may hold.
	Statements statements.Limits
	// MaxPage is the number of statements of a page, also of one that asks for
	// no limit or for more; 500.
	MaxPage int
	// ReadWait is how long a read waits for what was acknowledged before it to
	// become visible; 10 s.
	ReadWait time.Duration
	// CommitWait is how long a post waits for its verdict; 30 s.
	CommitWait time.Duration
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if len(o.Challenges) == 0 {
		o.Challenges = []string{`Basic realm="Lernspur", charset="UTF-8"`}
	}
	setDefault(&o.MaxBody, 16<<20)
	setDefault(&o.MaxDocument, 16<<20)
	o.MaxDocument = min(o.MaxDocument, o.MaxBody)
	setDefault(&o.MaxRatio, 200)
	setDefault(&o.MaxInFlight, 64<<20)
	o.MaxInFlight = max(o.MaxInFlight, o.MaxBody)
	setDefault(&o.MaxAttachment, 256<<20)
	setDefault(&o.MaxAttachments, 1<<30)
	o.MaxAttachments = max(o.MaxAttachments, o.MaxAttachment)
	setDefault(&o.LeastRate, 32<<10)
	setDefault(&o.Patience, time.Minute)
	setDefault(&o.MaxPage, 500)
	setDefault(&o.ReadWait, 10*time.Second)
	setDefault(&o.CommitWait, 30*time.Second)
	return o
}

func setDefault[T int | int64 | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// explainers is how many rejections are explained at one time: an explanation
// costs some ten times the strict pass, so it must not crowd out the posts
// that are right.
func explainers() int { return max(1, runtime.GOMAXPROCS(0)/2) }
