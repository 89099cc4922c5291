package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/documents"
	"lernspur/report/definition"
	"lernspur/report/result"
)

// Records keeps small records as documents.
type Records interface {
	// Change replaces a record by what change makes of it, as one durable step; change is called once at
	// most and waits for nothing. See commit.Change.
	Change(ctx context.Context, key documents.Key, change func(current *documents.Document) (*documents.Document, error)) (*documents.Document, error)
	// Document is the newest version of a record; nil when there is none.
	Document(ctx context.Context, key documents.Key) (*documents.Document, error)
	// List answers records of a shelf, with everything that was acknowledged before.
	List(ctx context.Context, r documents.Range) ([]*documents.Document, error)
}

// Engine computes reports and keeps their runs.
type Engine interface {
	// Preview computes a report that is not kept.
	Preview(ctx context.Context, tenant string, text []byte) (*result.Report, error)
	// Run computes a report and keeps it; step is told what it is at, in a word. It answers the id of the run.
	Run(ctx context.Context, tenant, by string, text []byte, step func(string)) (string, error)
	// Runs are all runs of a tenant, the latest first.
	Runs(ctx context.Context, tenant string) ([]Run, error)
	// Definition is the text of the definition of a run. Errors: ErrNotFound.
	Definition(ctx context.Context, tenant, run string) ([]byte, error)
	// Report is what a run has found, as it was written down. Errors: ErrNotFound.
	Report(ctx context.Context, tenant, run string) ([]byte, error)
}

// Run is a run of a definition as it is listed.
type Run struct {
	ID, Title, By string
	Made          int64  // microseconds since 1970
	From, To      string // 2006-01-02
	AsOf          string // RFC 3339
	Checksum      string // SHA-256 of the report as JSON
	Version       string // of the program
	Consequence   string // what it recommends
	Erased        int64  // how many people are missing in it, or were taken out of what it has used
	Repeats       string // the run that it repeats, "" for none
	Mark
}

// Mark is what people have decided about a run. What is removed is hidden for good; what it has published stays
// known to the suppression of later runs.
type Mark struct {
	Approved   int64  `json:"approved,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"`
	// Removal: somebody wants an approved run to be removed; somebody else has to agree.
	Removal   int64  `json:"removal,omitempty"`
	RemovalBy string `json:"removal_by,omitempty"`
	// Removed: it is not shown to anybody any more.
	Removed   int64  `json:"removed,omitempty"`
	RemovedBy string `json:"removed_by,omitempty"`
	Links     []Link `json:"links,omitempty"`
}

// Press makes forms of reports, and compares two.
type Press interface {
	// Make makes a form: html, pdf, xlsx, csv (as a ZIP archive) or json.
	Make(ctx context.Context, r *result.Report, form string) (*File, error)
	Compare(before, after *result.Report, language string) []Compared
}

// File is a form of a report.
type File struct {
	Name, Type string
	Data       []byte
}

// Compared is a figure of two runs, in words.
type Compared struct {
	Name, Before, After, Difference string
	Changed                         bool
}

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("there is no such definition, run or link")
	ErrForm     = errors.New("there is no such form")
	ErrApproved = errors.New("this run is approved")
	ErrRunning  = errors.New("a report is being made already")
	ErrTooMany  = errors.New("there are too many of these")
	// ErrNotYet: what was asked for is not counted yet.
	ErrNotYet = errors.New("the data are not there yet")
	// ErrNoBrowser: PDF needs chromium, which is not installed.
	ErrNoBrowser = errors.New("there is nothing to print with")
)

// Dependencies are what a Desk needs.
type Dependencies struct {
	Records Records
	Engine  Engine
	Press   Press
	Logger  *zap.Logger      // may be nil
	Now     func() time.Time // nil: time.Now
}

// Desk keeps what people do with reports. It is safe for concurrent use.
type Desk struct {
	deps Dependencies
	life context.Context // of runs
	end  context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	jobs   map[string]*job // by tenant: the last one
	making chan struct{}   // a place for each form that is made at one time
	public guard
}

// New makes a Desk; Close ends what it has under way.
func New(d Dependencies) *Desk {
	if d.Logger == nil {
		d.Logger = zap.NewNop()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	k := &Desk{deps: d, jobs: map[string]*job{}, making: make(chan struct{}, 2)}
	k.life, k.end = context.WithCancel(context.Background())
	return k
}

// Close ends runs that are under way, and waits for them.
func (k *Desk) Close() {
	k.end()
	k.work.Wait()
}

func (k *Desk) now() int64 { return k.deps.Now().UnixMicro() }

// Where the records are.

func definitionKey(tenant, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.ReportDefinition}, ID: id}
}

func markKey(tenant, run string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.ReportMark}, ID: run}
}

func linkKey(tenant, sum string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.ReportLink}, ID: sum}
}

// change changes a record as a T, as one durable step; change gets nil when there is none, and answers nil
// to remove it.
func change[T any](ctx context.Context, r Records, key documents.Key, change func(*T) (*T, error)) (*T, error) {
	var outcome *T
	_, err := r.Change(ctx, key, func(d *documents.Document) (*documents.Document, error) {
		current, err := decode[T](d)
		if err != nil {
			return nil, err
		}
		if outcome, err = change(current); err != nil {
			return nil, err
		}
		if outcome == nil {
			if current == nil {
				return nil, nil
			}
			return &documents.Document{Deleted: true}, nil
		}
		content, err := json.Marshal(outcome)
		if err != nil {
			return nil, err
		}
		return &documents.Document{ContentType: "application/json", Content: content}, nil
	})
	return outcome, err
}

func read[T any](ctx context.Context, r Records, key documents.Key) (*T, error) {
	d, err := r.Document(ctx, key)
	if err != nil {
		return nil, err
	}
	return decode[T](d)
}

func decode[T any](d *documents.Document) (*T, error) {
	if d == nil || d.Deleted {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record of reports (%s, %q) cannot be read: %w", d.Kind, d.ID, err)
	}
	return v, nil
}

// pageSize is how many records are read at a time.
const pageSize = 500

// list reads a whole shelf; take is told each record's id.
func list[T any](ctx context.Context, r Records, shelf documents.Shelf, take func(id string, v *T)) error {
	after := ""
	for {
		page, err := r.List(ctx, documents.Range{Shelf: shelf, AfterID: after, Limit: pageSize})
		if err != nil {
			return err
		}
		for _, d := range page {
			v, err := decode[T](d)
			if err != nil {
				return err
			}
			if after = d.ID; v != nil {
				take(d.ID, v)
			}
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// check reads a definition; problems are the mistakes in it.
func check(text []byte) (*definition.Definition, definition.Problems, error) {
	d, err := definition.Read(text)
	var problems definition.Problems
	if errors.As(err, &problems) {
		return nil, problems, nil
	}
	return d, nil, err
}
