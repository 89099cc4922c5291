package verify

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
)

// Aggregates compares the figures that are kept for one tenant with a
// recomputation from its raw statements, up to upto at least. It answers how
// many figures it compared and calls differ with each that is not confirmed.
type Aggregates func(ctx context.Context, tenant string, upto int64, differ func(text string)) (compared int, err error)

// Blobs are the bytes of attachments.
type Blobs interface {
	// Has tells whether there are bytes under a hash.
	Has(ctx context.Context, tenant, sha2 string) (bool, error)
	// Check reads all bytes of a tenant and holds them against their hashes. It
	// answers how many blobs it read and calls differ with each that is damaged.
	Check(ctx context.Context, tenant string, differ func(text string)) (checked int, err error)
}

// Options of one verification.
type Options struct {
	// Upto is the watermark up to which statements are read.
	Upto int64
	// Tenants are looked at; empty means all.
	Tenants []string
	// MaxDifferences is how many are reported in words; 100. All are counted.
	MaxDifferences int
	// Aggregates is left out when nil.
	Aggregates Aggregates
	// Blobs is left out when nil.
	Blobs Blobs
	// Progress is called now and then; it may be nil.
	Progress func(Progress)
	// Window is how many statements are compared at a time; 100,000.
	Window int
}

// beginning is before every stored instant, yet no literal that a database
// could trip over.
const beginning = math.MinInt64 + 1

// check is one verification under way.
type check struct {
	ctx    context.Context
	store  *store.Store
	opts   Options
	report Report
	tenant *TenantReport
	read   int
	total  int
	refs   []store.Linked // StatementRefs of the window

	lookups *lookupStream // of the tenant
}

// Run verifies what the store has. The error is one of reading; differences
// are in the report.
func Run(ctx context.Context, s *store.Store, opts Options) (*Report, error) {
	if opts.MaxDifferences <= 0 {
		opts.MaxDifferences = 100
	}
	if opts.Window <= 0 {
		opts.Window = 100_000
	}
	if opts.Progress == nil {
		opts.Progress = func(Progress) {}
	}
	begun := time.Now()
	c := &check{ctx: ctx, store: s, opts: opts}
	c.report.Watermark = statements.FormatStored(opts.Upto)
	c.report.First = []Difference{}
	tenants := opts.Tenants
	if len(tenants) == 0 {
		var err error
		if tenants, err = s.Tenants(ctx); err != nil {
			return nil, fmt.Errorf("reading the tenants: %w", err)
		}
	}
	for _, tenant := range tenants {
		n, err := s.Count(ctx, tenant, opts.Upto)
		if err != nil {
			return nil, fmt.Errorf("counting the statements of tenant %q: %w", tenant, err)
		}
		c.total += n
	}
	c.report.Tenants = make([]TenantReport, len(tenants))
	for i, tenant := range tenants {
		c.tenant = &c.report.Tenants[i]
		c.tenant.Tenant = tenant
		if err := c.verifyTenant(tenant); err != nil {
			return nil, fmt.Errorf("tenant %q: %w", tenant, err)
		}
	}
	c.report.Took = time.Since(begun)
	return &c.report, nil
}

func (c *check) verifyTenant(tenant string) error {
	stop, err := c.openLookups(tenant)
	defer stop()
	if err != nil {
		return err
	}
	for low := int64(beginning); low < c.opts.Upto; {
		c.progress("statements and look-ups")
		high, _, err := c.store.Window(c.ctx, tenant, low, c.opts.Upto, c.opts.Window)
		if err != nil {
			return fmt.Errorf("dividing the statements: %w", err)
		}
		if err := c.window(tenant, low, high); err != nil {
			return err
		}
		if err := c.referencesFrom(tenant); err != nil {
			return fmt.Errorf("reading references: %w", err)
		}
		low = high
	}
	stop()
	c.progress("references")
	if err := c.references(tenant); err != nil {
		return fmt.Errorf("reading references: %w", err)
	}
	c.progress("repairs")
	if err := c.repairs(tenant); err != nil {
		return fmt.Errorf("reading repairs: %w", err)
	}
	c.progress("ids")
	if err := c.ids(tenant); err != nil {
		return fmt.Errorf("looking for repeated ids: %w", err)
	}
	c.progress("documents")
	if err := c.documents(tenant); err != nil {
		return fmt.Errorf("reading documents: %w", err)
	}
	if c.opts.Blobs != nil {
		c.progress("attachments")
		if err := c.blobs(tenant); err != nil {
			return fmt.Errorf("reading attachments: %w", err)
		}
	}
	if c.opts.Aggregates == nil {
		return nil
	}
	c.progress("aggregates")
	return c.aggregates(tenant)
}

func (c *check) progress(step string) {
	c.opts.Progress(Progress{Tenant: c.tenant.Tenant, Step: step, Statements: c.read, Total: c.total})
}

func (c *check) ids(tenant string) error {
	room := max(c.opts.MaxDifferences-len(c.report.First), 1)
	ids, total, err := c.store.RepeatedIDs(c.ctx, tenant, c.opts.Upto, room)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c.note(RepeatedID, 0, id, "more than one statement has this id")
	}
	c.report.Differences += total - len(ids)
	c.tenant.Differences += total - len(ids)
	return nil
}

// documents compares each document's ETag with its content.
func (c *check) documents(tenant string) (err error) {
	c.tenant.Documents, err = c.store.CheckDocuments(c.ctx, tenant, c.opts.Upto, func(d store.DamagedDocument) {
		c.note(DocumentDamaged, d.Version, uuid.Nil, fmt.Sprintf("the ETag of the %s document %q does not fit its content", d.Kind, d.ID))
	})
	return err
}

func (c *check) aggregates(tenant string) error {
	compared, err := c.opts.Aggregates(c.ctx, tenant, c.opts.Upto, func(text string) {
		c.report.Differences++
		c.tenant.Differences++
		if len(c.report.First) < c.opts.MaxDifferences {
			c.report.First = append(c.report.First, Difference{Kind: Aggregate, Tenant: tenant, Text: text})
		}
	})
	c.tenant.Aggregates = compared
	if err != nil {
		return fmt.Errorf("recomputing the aggregates: %w", err)
	}
	return nil
}
