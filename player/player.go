package player

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// Catalog is what is asked of package catalog.
type Catalog interface {
	Launched(ctx context.Context, token string) (*catalog.Launch, *catalog.Course, error)
	OpenFile(ctx context.Context, tenant, course string, version int, name string) (io.ReadCloser, catalog.File, error)
	State(ctx context.Context, l *catalog.Launch, item string) (data []byte, version int64, err error)
	KeepState(ctx context.Context, l *catalog.Launch, item string, version int64, data []byte) (int64, error)
	Registration(ctx context.Context, tenant string, id uuid.UUID) (*catalog.Registration, error)
	Note(ctx context.Context, tenant string, registration uuid.UUID, change func(*catalog.Registration) error) (*catalog.Registration, error)
}

// ErrNoAccount means that content cannot be opened for a learner who is not known
// by an account.
var ErrNoAccount = errors.New("the learner has no account")

// Opener opens content that speaks xAPI itself: it answers the address to go to.
// Errors: ErrNoAccount, those of the catalogue, and internal ones.
type Opener interface {
	URL(ctx context.Context, l *catalog.Launch, course *catalog.Course, item *manifest.Item) (string, error)
}

// Document is a document of the State resource, or, without an Actor, of the
// Activity Profile resource.
type Document struct {
	Activity     string
	Actor        []byte // JSON; nil for nobody's
	Registration uuid.UUID
	ID           string
	ContentType  string
	Content      []byte
}

// Documents keeps documents of the xAPI resources. Errors: *catalog.Busy, and
// others that are internal.
type Documents interface {
	Put(ctx context.Context, tenant string, d Document) error
}

// Options are what a Player needs.
type Options struct {
	Catalog  Catalog
	Recorder catalog.Recorder
	// Documents gets the documents of the SCORM profile; nil for nobody.
	Documents Documents
	// Opener is asked about cmi5 and Tin Can; nil: they cannot be opened.
	Opener Opener
	// Public answers the origin of the pages (https://host), which may put content
	// into a frame; empty for nobody.
	Public func() string
	Logger *zap.Logger      // may be nil
	Now    func() time.Time // nil: time.Now
}

// Player is the origin that content runs on. It is safe for concurrent use.
type Player struct {
	opts Options

	mu        sync.Mutex
	described map[string]bool // versions of items whose activity profile is written
}

// New makes a Player.
func New(o Options) *Player {
	if o.Public == nil {
		o.Public = func() string { return "" }
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Player{opts: o, described: map[string]bool{}}
}

// Handler serves the whole origin: launches, files of packages, the run time.
func (p *Player) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /launch/{token}", p.launch)
	mux.HandleFunc("GET /content/{token}/{name...}", p.file)
	mux.HandleFunc("POST /run/{token}/open", p.open)
	mux.HandleFunc("POST /run/{token}/commit", p.commit)
	mux.HandleFunc("POST /run/{token}/course", p.course)
	mux.HandleFunc("POST /run/{token}/events", p.events)
	mux.HandleFunc("GET /player/{version}/{name...}", asset)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { p.page(w, r, http.StatusNotFound, "nothing") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		// The token is in the path: it goes to no other origin.
		h.Set("Referrer-Policy", "same-origin")
		// Whoever opened this window is out of the content's reach, and windows that
		// content opens itself are not.
		h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Content-Security-Policy", p.frames())
		if r.Header.Get("Service-Worker") != "" {
			// One would see the requests of whatever is below it from then on.
			http.Error(w, "service workers are not allowed here", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// permissions are what content of any package cannot even ask the learner for: one
// who agrees does so for all packages, which share an origin. Camera and microphone
// are left to the browser's question, since language courses and H5P listen.
const permissions = "bluetooth=(), clipboard-read=(), display-capture=(), geolocation=(), hid=(), identity-credentials-get=(), " +
	"idle-detection=(), local-fonts=(), midi=(), otp-credentials=(), payment=(), publickey-credentials-create=(), publickey-credentials-get=(), " +
	"serial=(), storage-access=(), usb=(), window-management=()"

// frames is who may put what is served here into a frame.
func (p *Player) frames() string {
	return strings.TrimSpace("frame-ancestors 'self' " + p.opts.Public())
}

// recorded tells whether a launch changes what is known of its registration.
func recorded(l *catalog.Launch) bool { return !l.Preview() && l.Mode == catalog.Normal }

// kept tells whether what content stores is kept for the next time. A look back
// changes nothing; a preview has a place of its own.
func kept(l *catalog.Launch) bool { return l.Preview() || l.Mode == catalog.Normal }

// versionOf is the version, with the manifest and the files of the launched version; nil when
// there is none any more.
func versionOf(l *catalog.Launch, course *catalog.Course) *catalog.Version {
	v := course.Version(l.Version)
	if v == nil || v.Manifest == nil {
		return nil
	}
	return v
}

// itemOf is the item of an identifier that can be launched; nil for none.
func itemOf(m *manifest.Package, id string) *manifest.Item {
	for item := range m.Items() {
		if item.ID == id && item.Launch != nil {
			return item
		}
	}
	return nil
}
