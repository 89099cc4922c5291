package catalog

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// Dependencies are what a Service needs. Zero values of the limits stand for the
// defaults named there.
type Dependencies struct {
	Records Records
	Files   Files
	Logger  *zap.Logger // may be nil
	// Base is how the IRIs of the Activities begin that we name, without a slash
	// at its end; http://localhost:8080 when it is empty.
	Base string
	// Lifetime is how long a launch's link can be used unless whoever makes it
	// says otherwise, 12 h; MaxLifetime is the longest that may be said, 90 days.
	Lifetime, MaxLifetime time.Duration
	// Known is how many launches are answered from memory; 10,000.
	Known int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Service is the catalogue. It is safe for concurrent use. One process has a
// tenant's catalogue.
type Service struct {
	deps Dependencies
}

// New makes a Service.
func New(d Dependencies) *Service { return &Service{deps: d} }

var errLater = errors.New("catalog: not there yet")

// AddOptions say what to do with a package.
type AddOptions struct {
	// Course gets the package as its next version; empty makes a course.
	Course string
	By     string
	// Progress is called now and then with how many bytes of how many (unpacked)
	// are done, from one goroutine at a time; nil for nobody.
	Progress func(done, total int64)
}

// AddPackage keeps a package: it becomes the current version of a course, which
// is made if need be. All or nothing: after an error there is no course, no
// version, and no file that something refers to. It answers the warnings.
// Errors: *Refused (with all findings), ErrNotFound, *Busy, *Conflict.
func (s *Service) AddPackage(ctx context.Context, tenant string, a *archive.Archive, o AddOptions) (*Course, []manifest.Finding, error) {
	return nil, nil, errLater
}

// RegisterOptions say how a learner is registered.
type RegisterOptions struct {
	// Opens and Closes bound when the course can be launched; 0 bounds nothing.
	Opens, Closes int64
	// Again makes a new registration where there is one already.
	Again bool
}

// OpenOptions say how content is opened.
type OpenOptions struct {
	// Course is the course of a preview, whose registration is uuid.Nil, and
	// Version its version: 0 for the current one. Otherwise both are the
	// registration's.
	Course  string
	Version int
	// Lifetime is how long the launch can be used; 0 for the default.
	Lifetime  time.Duration
	ReturnURL string
	By        string
}

// Course is a course with the manifest and the files of its current version.
// Errors: ErrNotFound, also for one that was deleted.
func (s *Service) Course(ctx context.Context, tenant, id string) (*Course, error) {
	return nil, errLater
}

// Version is one version with its manifest and files; number 0 is the current
// one. Errors: ErrNotFound.
func (s *Service) Version(ctx context.Context, tenant, course string, number int) (*Course, *Version, error) {
	return nil, nil, errLater
}

// Courses are up to n courses that are not deleted, without manifests and files,
// in the order of their ids, from the one behind after on.
func (s *Service) Courses(ctx context.Context, tenant, after string, n int) ([]*Course, error) {
	return nil, errLater
}

// Edit is what people say about a course; nil leaves a field as it is.
type Edit struct {
	Title, Description       *manifest.Text
	Kind, Duration, Provider *string
	Competences              *[]string
	Certified                *bool
}

// Edit changes what people say about a course. Errors: ErrNotFound, *Invalid,
// *Busy.
func (s *Service) Edit(ctx context.Context, tenant, id string, e Edit) (*Course, error) {
	return nil, errLater
}

// ActivityOptions name a course that has no package.
type ActivityOptions struct {
	// Activity is the id of its Activity, or with Prefix how the ids of all its
	// Activities begin.
	Activity string
	Prefix   bool
	Edit
}

// RegisterActivity makes a course of an Activity that never had a package. Errors:
// *Invalid, *Conflict (another course has the Activity), *Busy.
func (s *Service) RegisterActivity(ctx context.Context, tenant string, o ActivityOptions) (*Course, error) {
	return nil, errLater
}

// Delete deletes a course: its launches end, and the files that nobody else uses
// go. Its registrations and what was recorded stay. Errors: ErrNotFound, *Busy.
func (s *Service) Delete(ctx context.Context, tenant, id string) error {
	return errLater
}

// DeleteVersion deletes a version that is not the current one; registrations for
// it go on with the current one. Errors: ErrNotFound, *Conflict, *Busy.
func (s *Service) DeleteVersion(ctx context.Context, tenant, id string, number int) error {
	return errLater
}

// Register registers a learner for a course, and answers the registration that
// there is already, unless another is asked for. Errors: ErrNotFound, *Invalid,
// *Busy.
func (s *Service) Register(ctx context.Context, tenant, course string, l Learner, o RegisterOptions) (*Registration, error) {
	return nil, errLater
}

// Registration is one registration. It is a copy. Errors: ErrNotFound.
func (s *Service) Registration(ctx context.Context, tenant string, id uuid.UUID) (*Registration, error) {
	return nil, errLater
}

// Registrations are up to n registrations of a course, in the order of their ids,
// from the one behind after (uuid.Nil: the first) on. The order is the
// database's.
func (s *Service) Registrations(ctx context.Context, tenant, course string, after uuid.UUID, n int) ([]*Registration, error) {
	return nil, errLater
}

// RegistrationsOf are the registrations of a learner, by canonical identifier.
func (s *Service) RegistrationsOf(ctx context.Context, tenant, learner string) ([]*Registration, error) {
	return nil, errLater
}

// Note changes a registration as one durable step: no other change comes
// between. change may change Attempts, State, Opens, Closes and Data; it is called
// once at most and waits for nothing; its error is Note's. What is durable is
// answered. Errors: ErrNotFound, *Busy.
func (s *Service) Note(ctx context.Context, tenant string, registration uuid.UUID, change func(*Registration) error) (*Registration, error) {
	return nil, errLater
}

// Reset lets a learner begin anew: attempts stay and count no more, what content
// keeps is gone, launches are void, and the version is the course's current one.
func (s *Service) Reset(ctx context.Context, tenant string, registration uuid.UUID) (*Registration, error) {
	return nil, errLater
}

// Open makes a launch of an item (empty: the first that can be launched) and
// writes it to the history. Its answer is the only place where the token is ever
// seen. Mode is Normal, Browse or Review. Errors: ErrNotFound, ErrClosed,
// *Invalid, *Conflict (nothing to launch), *Busy.
func (s *Service) Open(ctx context.Context, tenant string, registration uuid.UUID, item string, m Mode, o OpenOptions) (*Launch, error) {
	return nil, errLater
}

// Launched is the launch of a token, and its course with the manifest and files
// of the launched version. It is answered from memory as a rule, and both are
// shared: nobody changes them. Errors: ErrNoLaunch, of which ErrExpired is one.
func (s *Service) Launched(ctx context.Context, token string) (*Launch, *Course, error) {
	return nil, nil, errLater
}

// OpenFile opens a file of a version; names are those of Version.Files. What it
// answers is an io.Seeker when the file is kept as it is, as films and pictures
// are; the caller closes it. Errors: ErrNotFound.
func (s *Service) OpenFile(ctx context.Context, tenant, course string, version int, name string) (io.ReadCloser, File, error) {
	return nil, File{}, errLater
}

// State is what content keeps of an item at run time, and its version; nil and 0
// when there is nothing, or nothing any more after a Reset. That of a preview is
// the launch's own.
func (s *Service) State(ctx context.Context, l *Launch, item string) (data []byte, version int64, err error) {
	return nil, 0, errLater
}

// KeepState replaces it durably, if it still has this version, and answers the
// new version. data is bytes of any kind, MaxState at most. Errors: ErrChanged,
// ErrNoLaunch after a Reset, *Invalid, *Busy.
func (s *Service) KeepState(ctx context.Context, l *Launch, item string, version int64, data []byte) (int64, error) {
	return 0, errLater
}

// MaxState is how much content can keep of an item, in bytes.
const MaxState = 4 << 20
