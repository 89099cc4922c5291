package runs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"lernspur/documents"
	"lernspur/report/definition"
	"lernspur/report/figures"
	"lernspur/report/inputs"
	"lernspur/report/reading"
	"lernspur/report/result"
	"lernspur/suppress"
)

// Records keeps small records durably, one change at a time for each. See commit.Change.
type Records interface {
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// List answers records of a shelf, with everything that was acknowledged before.
	List(ctx context.Context, r documents.Range) ([]*documents.Document, error)
}

// Files keeps what runs are made of, by hash (SHA-256, hexadecimal).
type Files interface {
	// Hold keeps files, be they there or not, from being removed until release.
	Hold(ctx context.Context, tenant string, hashes []string) (release func(), err error)
	Put(ctx context.Context, tenant, hash string, r io.Reader, limit int64) (int64, error)
	Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error)
	// Sweep removes the files that nothing uses, of those last put before an instant.
	Sweep(ctx context.Context, tenant string, before time.Time, used func(ctx context.Context, tenant string, hashes []string) (map[string]bool, error)) (int, error)
}

// Reader reads what a report is made of.
type Reader interface {
	Read(ctx context.Context, d *definition.Definition, asOf int64, tell func(reading.Step)) (*inputs.Inputs, error)
}

// Dependencies are what a Service needs.
type Dependencies struct {
	Records Records
	Files   Files
	Reader  Reader
	Version string           // of the program
	Now     func() time.Time // nil: the clock
}

// Service makes reports and keeps them. It is safe for concurrent use; one report is
// made at a time.
type Service struct {
	deps Dependencies
	turn chan struct{}
}

// New makes a Service.
func New(d Dependencies) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{d, make(chan struct{}, 1)}
}

// Run is a run of a report. All instants are microseconds since the Unix epoch.
type Run struct {
	Tenant string `json:"-"`
	// ID sorts by time.
	ID string `json:"id"`
	// Of is the run that this one repeats, "" for a first one.
	Of   string `json:"of,omitempty"`
	By   string `json:"by"`
	At   int64  `json:"at"`
	AsOf int64  `json:"as_of"`
	// Title, From, To, K and Language are those of the definition.
	Title    string `json:"title"`
	From     string `json:"from"`
	To       string `json:"to"`
	K        int    `json:"k"`
	Language string `json:"language"`
	Version  string `json:"version"` // of the program
	// Definition, Result, Inputs and Known are the hashes of files: the definition as it was given, the report as
	// JSON, and, of a first run, what it was computed from and what later runs have to know of it. Result is the checksum of the JSON, too.
	Definition string `json:"definition"`
	Result     string `json:"result"`
	Inputs     string `json:"inputs,omitempty"`
	Known      string `json:"known,omitempty"`
	// Scope is the same for runs whose figures can be compared.
	Scope string `json:"scope"`
	// Erased is how many people of a first run have been taken out of its inputs since, or, of a repeated
	// one, how many were missing.
	Erased int64 `json:"erased,omitempty"`
	// Changed: a repeated run gave other bytes than the first one.
	Changed bool `json:"changed,omitempty"`
	// Consequence is what the report recommends.
	Consequence string `json:"consequence"`
}

// Made is a run with what it gave.
type Made struct {
	Run    *Run
	Report *result.Report
	JSON   []byte
}

// Request asks for a report.
type Request struct {
	// Definition is the text of the definition (package definition).
	Definition []byte
	// Tenant has to be that of the definition; "" is any.
	Tenant string
	// AsOf is in microseconds since the Unix epoch; 0: that of the definition, or now.
	AsOf int64
	// By is who asks.
	By string
}

// Errors that callers tell apart, beside definition.Problems and progress.ErrNotYet.
var (
	ErrNotFound = errors.New("there is no such run")
	ErrTenant   = errors.New("the definition is of another tenant")
	// ErrTooMany: also repeated runs count.
	ErrTooMany = fmt.Errorf("a tenant keeps %d runs at most", maxRuns)
)

// Limits.
const (
	maxFile    = 2 << 30
	maxRuns    = 10_000 // of a tenant
	maxEarlier = 12     // runs that the suppression takes into account, the latest ones
)

// take waits for the turn.
func (s *Service) take(ctx context.Context) (release func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Run makes a report and keeps it. One of the same definition and as-of time as an earlier one is made of
// what that one has used, and gives the same bytes. tell may be nil.
func (s *Service) Run(ctx context.Context, ask Request, tell func(reading.Step)) (*Made, error) {
	d, asOf, err := read(ask)
	if err != nil {
		return nil, err
	}
	release, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	list, err := s.room(ctx, d.Tenant)
	if err != nil {
		return nil, err
	}
	sum := hashOf(ask.Definition)
	for _, run := range list {
		if asOf != 0 && run.Of == "" && run.Definition == sum && run.AsOf == asOf {
			return s.repeat(ctx, run, ask.By)
		}
	}
	return s.first(ctx, ask, d, asOf, list, tell)
}

// room are the runs of a tenant, when one more may be kept.
func (s *Service) room(ctx context.Context, tenant string) ([]*Run, error) {
	list, err := s.Runs(ctx, tenant)
	if err == nil && len(list) >= maxRuns {
		err = ErrTooMany
	}
	return list, err
}

// Preview computes a report without keeping anything of it.
func (s *Service) Preview(ctx context.Context, ask Request, tell func(reading.Step)) (*result.Report, error) {
	d, asOf, err := read(ask)
	if err != nil {
		return nil, err
	}
	release, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	list, err := s.Runs(ctx, d.Tenant)
	if err != nil {
		return nil, err
	}
	scope, err := scopeOf(d)
	if err != nil {
		return nil, err
	}
	in, err := s.inputs(ctx, d, scope, asOf, list, tell)
	if err != nil {
		return nil, err
	}
	report, _, err := figures.Compute(d, in, figures.Options{Version: s.deps.Version})
	return report, err
}

func read(ask Request) (*definition.Definition, int64, error) {
	d, err := definition.Read(ask.Definition)
	if err != nil {
		return nil, 0, err
	}
	if ask.Tenant != "" && ask.Tenant != d.Tenant {
		return nil, 0, ErrTenant
	}
	asOf := ask.AsOf
	if asOf == 0 && d.AsOf != nil {
		asOf = d.AsOf.UnixMicro()
	}
	return d, asOf, nil
}

// inputs reads what a report is made of, and what the runs before have published.
func (s *Service) inputs(ctx context.Context, d *definition.Definition, scope string, asOf int64, list []*Run, tell func(reading.Step)) (*inputs.Inputs, error) {
	in, err := s.deps.Reader.Read(ctx, d, asOf, tell)
	if err != nil {
		return nil, err
	}
	for _, run := range list {
		if len(in.Earlier) == maxEarlier {
			break
		}
		if run.Of != "" || run.Scope != scope {
			continue
		}
		known, err := s.known(ctx, run)
		if err != nil {
			return nil, err
		}
		in.Earlier = append(in.Earlier, known)
	}
	if tell != nil {
		tell(reading.Step{Name: "figures"})
	}
	return in, nil
}

func (s *Service) known(ctx context.Context, run *Run) (known suppress.Run, err error) {
	text, err := s.file(ctx, run.Tenant, run.Known)
	if err != nil {
		return known, err
	}
	if err := json.Unmarshal(text, &known); err != nil {
		return known, fmt.Errorf("what the run %s has published cannot be read: %w", run.ID, err)
	}
	return known, nil
}

// first makes a report that nobody has made before.
func (s *Service) first(ctx context.Context, ask Request, d *definition.Definition, asOf int64, list []*Run, tell func(reading.Step)) (*Made, error) {
	scope, err := scopeOf(d)
	if err != nil {
		return nil, err
	}
	in, err := s.inputs(ctx, d, scope, asOf, list, tell)
	if err != nil {
		return nil, err
	}
	run := s.begin(d, ask.By)
	run.AsOf, run.Scope = in.AsOf, scope
	report, known, err := figures.Compute(d, in, figures.Options{Version: s.deps.Version, Run: run.ID})
	if err != nil {
		return nil, err
	}
	text, err := report.JSON()
	if err != nil {
		return nil, err
	}
	kept, err := in.Encode()
	if err != nil {
		return nil, err
	}
	knownText, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	run.Consequence = report.Summary.Consequence
	run.Definition, run.Result, run.Inputs, run.Known = hashOf(ask.Definition), hashOf(text), hashOf(kept), hashOf(knownText)
	if err := s.keep(ctx, run, ask.Definition, text, kept, knownText); err != nil {
		return nil, err
	}
	return &Made{run, report, text}, nil
}

// begin is a run of now.
func (s *Service) begin(d *definition.Definition, by string) *Run {
	now := s.deps.Now()
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return &Run{Tenant: d.Tenant, ID: fmt.Sprintf("%s-%06d-", now.UTC().Format("20060102-150405"), now.UnixMicro()%1_000_000) + hex.EncodeToString(random[:]), By: by, At: now.UnixMicro(),
		Title: d.Title, From: d.Period.From, To: d.Period.To, K: d.K, Language: d.Language, Version: s.deps.Version}
}

// Archived is the JSON of a run as it was made.
func (s *Service) Archived(ctx context.Context, tenant, id string) (*Made, error) {
	run, err := s.Get(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	text, err := s.file(ctx, tenant, run.Result)
	if err != nil {
		return nil, err
	}
	if hashOf(text) != run.Result {
		return nil, fmt.Errorf("the report of the run %s is damaged", id)
	}
	report, err := result.Read(text)
	return &Made{run, report, text}, err
}

// Definition is the definition of a run as it was given.
func (s *Service) Definition(ctx context.Context, tenant, id string) ([]byte, error) {
	run, err := s.Get(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return s.file(ctx, tenant, run.Definition)
}

// scopeOf is the same for definitions whose figures mean the same, whatever they call things and in which order they name units.
func scopeOf(d *definition.Definition) (string, error) {
	units, courses, surveys, checks := slices.Sorted(slices.Values(d.Units)), slices.Clone(d.Courses), slices.Clone(d.Surveys), slices.Clone(d.Checks)
	for i := range courses {
		courses[i].Name = ""
	}
	for i := range surveys {
		surveys[i].Name = ""
	}
	for i := range checks {
		checks[i].Name = ""
	}
	text, err := json.Marshal([]any{d.Tenant, d.Period, d.CoreHours, units, d.Headcounts, courses, surveys, checks, d.Vouchers})
	if err != nil {
		return "", fmt.Errorf("telling which runs a report can be compared with: %w", err)
	}
	return hashOf(text), nil
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
