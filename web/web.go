package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/web/visitor"
)

// Catalog is what is asked of package catalog.
type Catalog interface {
	Courses(ctx context.Context, tenant, after string, n int) ([]*catalog.Course, error)
	Packages(ctx context.Context, tenant, after string, n int) ([]*catalog.Course, error)
	Course(ctx context.Context, tenant, id string) (*catalog.Course, error)
	Outline(ctx context.Context, tenant, id string) (*catalog.Course, error)
	Version(ctx context.Context, tenant, course string, number int) (*catalog.Course, *catalog.Version, error)
	Edit(ctx context.Context, tenant, id string, e catalog.Edit) (*catalog.Course, error)
	RegisterActivity(ctx context.Context, tenant string, o catalog.ActivityOptions) (*catalog.Course, error)
	Delete(ctx context.Context, tenant, id string) error
	DeleteVersion(ctx context.Context, tenant, id string, number int) error
	Register(ctx context.Context, tenant, course string, l catalog.Learner, o catalog.RegisterOptions) (*catalog.Registration, error)
	Registration(ctx context.Context, tenant string, id uuid.UUID) (*catalog.Registration, error)
	Registrations(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*catalog.Registration, error)
	RegistrationsOf(ctx context.Context, tenant, learner string) ([]*catalog.Registration, error)
	Reset(ctx context.Context, tenant string, registration uuid.UUID) (*catalog.Registration, error)
	Note(ctx context.Context, tenant string, registration uuid.UUID, edit func(*catalog.Registration) error) (*catalog.Registration, error)
	Invite(ctx context.Context, tenant string, o catalog.InviteOptions) (*catalog.Invitation, error)
	Invitations(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*catalog.Invitation, error)
	RevokeInvitation(ctx context.Context, tenant string, id uuid.UUID) (*catalog.Invitation, error)
	Invitation(ctx context.Context, token string) (*catalog.InvitationView, error)
	Accept(ctx context.Context, token string, l catalog.Learner) (*catalog.Registration, error)
	Open(ctx context.Context, tenant string, registration uuid.UUID, item string, m catalog.Mode, o catalog.OpenOptions) (*catalog.Launch, error)
	History(ctx context.Context, tenant, course string, registration uuid.UUID, after *catalog.Launch, n int) ([]*catalog.Launch, error)
}

// Transfer moves whole packages over HTTP, at a pace that long ones need.
type Transfer interface {
	// Receive takes the package that a request brings. Errors: those of
	// catalog.AddPackage, and *apiv1.Problem.
	Receive(w http.ResponseWriter, r *http.Request, tenant string, o catalog.AddOptions) (*catalog.Course, []manifest.Finding, error)
	// Send answers a version as a file.
	Send(w http.ResponseWriter, r *http.Request, c *catalog.Course, v *catalog.Version)
}

// Dependencies are what the pages need.
type Dependencies struct {
	Catalog  Catalog
	Transfer Transfer
	Keys     Keys
	// Directory knows who there is, Accounts who can sign in.
	Directory Directory
	Accounts  Accounts
	// Progress answers how learners get on, Names what people call what it knows by id.
	Progress Progress
	Names    Names
	// Forwards, Webhooks and Digests are what is sent to others.
	Forwards Forwards
	Webhooks Webhooks
	Digests  Digests
	// Evaluation is what may be told about people.
	Evaluation Evaluation
	// Reports is where evaluation reports are worked on.
	Reports Reports
	// Address names where a request comes from; nil: the address of the connection.
	Address func(r *http.Request) string
	// Statements answers statements, to those who may see them.
	Statements Statements
	// Attendance keeps who attended sessions, and HomePage is that of the accounts in
	// lists that name none; catalog.DefaultBase when it is empty.
	Attendance Attendance
	HomePage   string
	// Link is the address that opens a launch, by its token.
	Link func(token string) string
	// Content is the origin of learning content (https://host), which forms may
	// lead to; empty for none.
	Content string
	// Base answers the public address of the pages, without a slash at its end,
	// for addresses that are passed on. Its path stands before every address here.
	Base func() string
	// Identifiers are the canonical identifiers of a visitor as a learner; none
	// when the account is that of no person.
	Identifiers func(ctx context.Context, v *visitor.Visitor) ([]string, error)
	// Learner is a visitor as a learner, for what she does herself.
	Learner func(ctx context.Context, v *visitor.Visitor) (catalog.Learner, error)
	// Calls are what content called in an attempt at an item, by its number among
	// those at the item; nil: nobody knows. Errors: catalog.ErrNotFound.
	Calls func(ctx context.Context, tenant string, registration uuid.UUID, item string, number int) (*Calls, error)
	// SetLanguage notes the language that a visitor chose; nil: nobody notes it.
	SetLanguage func(ctx context.Context, v *visitor.Visitor, lang string) error
	// MadeUp tells whether the data of a tenant are made up, which every page says
	// then; nil: none are.
	MadeUp func(tenant string) bool
	// Registered is told of a registration that was made or was there, WasReset of
	// one that was reset; nil for nobody.
	Registered, WasReset func(ctx context.Context, tenant string, r *catalog.Registration)

	Logger   *zap.Logger      // may be nil
	Now      func() time.Time // nil: time.Now
	Location *time.Location   // of the times that are shown; nil: time.Local
}

func (d *Dependencies) defaults() {
	if d.Logger == nil {
		d.Logger = zap.NewNop()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Location == nil {
		d.Location = time.Local
	}
	d.HomePage = cmp.Or(d.HomePage, catalog.DefaultBase)
	if d.Base == nil {
		d.Base = func() string { return "" }
	}
	if d.Address == nil {
		d.Address = func(r *http.Request) string { return r.RemoteAddr }
	}
	if d.Identifiers == nil {
		d.Identifiers = func(context.Context, *visitor.Visitor) ([]string, error) { return nil, nil }
	}
	if d.MadeUp == nil {
		d.MadeUp = func(string) bool { return false }
	}
	nobody := func(context.Context, string, *catalog.Registration) {}
	if d.Registered == nil {
		d.Registered = nobody
	}
	if d.WasReset == nil {
		d.WasReset = nobody
	}
}

// Site is all pages. It is safe for concurrent use.
type Site struct {
	deps    Dependencies
	prefix  string // path of the public address, "" or "/lrs"
	pages   map[string]map[string]*page
	handler http.Handler
	// shown are files between their preview and their import, reading is held by
	// whoever reads one.
	shown   shownFiles
	reading readers
}

// New makes the pages, to be mounted at the root behind whatever finds out who the
// visitor is.
func New(d Dependencies) *Site {
	d.defaults()
	s := &Site{deps: d, prefix: pathOf(d.Base()), reading: make(readers, 1)}
	s.pages = s.readPages()
	s.handler = s.mount()
	return s
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
