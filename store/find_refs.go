package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
)

// maxLinks bounds the memory of a query for the inner links of chains of
// StatementRefs.
const maxLinks = 250_000

// ErrEntangled means that chains of more than 250,000 StatementRefs hang on the
// statements that match a query.
var ErrEntangled = errors.New("too many StatementRefs that point to other StatementRefs lead to what matches; narrow the query by agent, activity or registration")

// findLinks follows StatementRefs backwards from the statements that match, as
// far as they are chained: it finds the references that others point to. So what
// leads to a match is what points to a match or to a link, and that can be read
// page by page. Without chains, the usual case, it asks nothing. One that was
// seen already ends its branch, so cycles end too.
func (f *finder) findLinks() error {
	if !f.store.refs.chains(f.tenant) {
		return nil
	}
	seen := make(map[int64]bool)
	level, err := f.stored(f.plan.firstLinksSQL())
	for err == nil && len(level) > 0 {
		fresh := level[:0]
		for _, r := range level {
			if !seen[r] {
				seen[r] = true
				fresh = append(fresh, r)
			}
		}
		if len(seen) > maxLinks {
			return fmt.Errorf("following StatementRefs: %w", ErrEntangled)
		}
		if len(fresh) == 0 {
			break
		}
		f.links = append(f.links, fresh...)
		level, err = f.with(fresh, f.plan.nextLinksSQL())
	}
	slices.Sort(f.links)
	return err
}

// referrers reads stored of the statements of a range that lead to one that
// matches: the first n, in order.
func (f *finder) referrers(within plan, n int) ([]int64, error) {
	sql := fmt.Sprintf("%s ORDER BY referrer%s LIMIT %d", within.referrersSQL(len(f.links) > 0), within.direction(), n)
	return f.with(f.links, sql)
}

// with is stored with a table links at hand.
func (f *finder) with(links []int64, sql string) ([]int64, error) {
	if len(links) == 0 {
		return f.stored(sql)
	}
	ctx, err := withLinks(f.ctx, links)
	if err != nil {
		return nil, err
	}
	bound := *f
	bound.ctx = ctx
	return bound.stored(sql)
}

// withLinks sends a table links along with a query.
func withLinks(ctx context.Context, links []int64) (context.Context, error) {
	table, err := ext.NewTable("links", ext.Column("stored", "Int64"))
	if err != nil {
		return nil, err
	}
	for _, stored := range links {
		if err := table.Append(stored); err != nil {
			return nil, err
		}
	}
	return clickhouse.Context(ctx, clickhouse.WithExternalTable(table)), nil
}
