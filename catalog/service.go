package catalog

import (
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"lernspur/content/archive"
	"lernspur/statements"
)

// DefaultBase stands for an empty Dependencies.Base.
const DefaultBase = "http://lernspur.local"

// Dependencies are what a Service needs. Zero values of the limits stand for the
// defaults named there.
type Dependencies struct {
	Records Records
	Files   Files
	Logger  *zap.Logger // may be nil
	// Limits bound packages.
	Limits archive.Limits
	// Spool is the folder in which uploads lie until they are read. It is there,
	// and nobody else's.
	Spool string
	// Uploads is how many of them there may be at one time; 4.
	Uploads int
	// Base is how the IRIs of the Activities begin that we name, without a slash
	// at its end; http://lernspur.local when it is empty.
	Base string
	// Lifetime is how long a launch's link can be used unless whoever makes it
	// says otherwise, 12 h; MaxLifetime is the longest that may be said, 90 days.
	Lifetime, MaxLifetime time.Duration
	// Known is how many launches are answered from memory; 10,000.
	Known int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (d *Dependencies) defaults() {
	if d.Logger == nil {
		d.Logger = zap.NewNop()
	}
	if d.Base == "" {
		d.Base = DefaultBase
	}
	if d.Lifetime <= 0 {
		d.Lifetime = 12 * time.Hour
	}
	if d.MaxLifetime <= 0 {
		d.MaxLifetime = 90 * 24 * time.Hour
	}
	d.Lifetime = min(d.Lifetime, d.MaxLifetime)
	if d.Uploads <= 0 {
		d.Uploads = 4
	}
	if d.Known <= 0 {
		d.Known = 10_000
	}
	if d.Now == nil {
		d.Now = time.Now
	}
}

// Service is the catalogue. It is safe for concurrent use. One process has a
// tenant's catalogue, so what it remembers is true.
type Service struct {
	deps Dependencies

	launches *lru[*Launch] // by the hash of the token
	versions *lru[*Course] // by tenant, course and number: that version is loaded
	indexes  *lru[*index]  // by tenant and hash
	freeable chan string   // tenants of which something was deleted
	preview  Learner

	uploads     chan struct{} // held by uploads
	registering chan struct{} // held by whoever registers an Activity
	accepting   stripes       // by invitation and learner
}

// What is remembered beside launches: this many versions, and bytes of indexes.
const (
	knownVersions = 200
	knownIndexes  = 64 << 20
)

// New makes a Service.
func New(d Dependencies) *Service {
	d.defaults()
	return &Service{deps: d, launches: newLRU[*Launch](d.Known), versions: newLRU[*Course](knownVersions), indexes: newLRU[*index](knownIndexes),
		freeable: make(chan string, 16), preview: previewer(d.Base), uploads: make(chan struct{}, d.Uploads), registering: make(chan struct{}, 1)}
}

func (s *Service) now() int64 { return s.deps.Now().UnixMicro() }

// previewer is the learner of previews.
func previewer(base string) Learner {
	type account struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	actor, err := json.Marshal(struct {
		ObjectType string  `json:"objectType"`
		Name       string  `json:"name"`
		Account    account `json:"account"`
	}{"Agent", "Preview", account{base, "preview"}})
	if err != nil {
		panic(err) // it is made of texts
	}
	identifier, err := statements.AgentIdentifier(actor, statements.V1)
	if err != nil {
		panic("catalog: the base " + base + " is no IRI")
	}
	return Learner{Actor: actor, Identifier: identifier, Name: "Preview"}
}
