package verify

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
)

// progressEvery is after how many statements progress is told.
const progressEvery = 10_000

// lookupStream are the look-up rows of a tenant in order of stored. They are
// read once for all windows: the table is not in that order, so each window's
// own query would read all of it.
type lookupStream struct {
	pull func() (store.StoredLookups, error, bool)
	have store.StoredLookups
	more bool
}

// next moves to the look-ups of the next statement.
func (l *lookupStream) next() (err error) {
	if l.have, err, l.more = l.pull(); err != nil {
		return fmt.Errorf("reading look-ups: %w", err)
	}
	return nil
}

// openLookups begins to read look-ups; the function that it returns ends that.
func (c *check) openLookups(tenant string) (stop func(), err error) {
	next, stop := iter.Pull2(c.store.LookupRows(c.ctx, tenant, beginning, c.opts.Upto))
	c.lookups = &lookupStream{pull: next}
	return stop, c.lookups.next()
}

// window compares the statements with low < stored <= high with their columns
// and with their look-up rows. Both come in order of stored and are merged.
func (c *check) window(tenant string, low, high int64) error {
	l := c.lookups
	derive := store.NewDeriver()
	last := int64(beginning)
	for row, err := range c.store.Rows(c.ctx, tenant, low, high) {
		if err != nil {
			return fmt.Errorf("reading statements: %w", err)
		}
		c.countRow()
		if err := c.orphansBefore(row.Stored); err != nil {
			return err
		}
		if row.Stored == last {
			c.note(RepeatedRow, row.Stored, row.ID, "the same instant is stored twice")
			continue
		}
		last = row.Stored
		if !l.more || l.have.Stored != row.Stored {
			if err := c.row(row, nil, derive); err != nil {
				return err
			}
			continue
		}
		if err := c.row(row, l.have.Rows, derive); err != nil {
			return err
		}
		if err := l.next(); err != nil {
			return err
		}
	}
	if high == math.MaxInt64 {
		high-- // nothing is stored then
	}
	return c.orphansBefore(high + 1)
}

// orphansBefore notes the look-ups before an instant for which no statement came.
func (c *check) orphansBefore(stored int64) error {
	for c.lookups.more && c.lookups.have.Stored < stored {
		c.orphan(c.lookups.have)
		if err := c.lookups.next(); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) countRow() {
	c.tenant.Statements++
	c.read++
	if c.read%progressEvery == 0 {
		c.progress("statements and look-ups")
	}
}

func (c *check) orphan(have store.StoredLookups) {
	c.tenant.Lookups += len(have.Rows)
	c.note(LookupOrphan, have.Stored, uuid.Nil, fmt.Sprintf("%d look-up rows, the first %s, name a statement that is not there", len(have.Rows), have.Rows[0]))
}

// row compares one statement with its columns and its look-up rows. The error is
// one of reading.
func (c *check) row(row *statements.Statement, have []store.Lookup, derive *store.Deriver) error {
	c.tenant.Lookups += len(have)
	said, err := statements.Reparse(row.Raw)
	if err != nil {
		c.note(Unreadable, row.Stored, row.ID, err.Error())
		return nil
	}
	for _, d := range columnsThatDiffer(said, row) {
		c.note(Column, row.Stored, row.ID, d)
	}
	want := derive.Lookups(said)
	for i, j := 0, 0; i < len(want) || j < len(have); {
		order := 0
		switch {
		case i == len(want):
			order = 1
		case j == len(have):
			order = -1
		default:
			order = store.CompareLookups(want[i], have[j])
		}
		if order < 0 {
			c.note(LookupMissing, row.Stored, row.ID, "no look-up row "+want[i].String())
		} else if order > 0 {
			c.note(LookupExtra, row.Stored, row.ID, "a look-up row that the statement does not ask for: "+have[j].String())
		}
		if order <= 0 {
			i++
		}
		if order >= 0 {
			j++
		}
	}
	if said.ObjectKind == statements.ObjectStatementRef {
		c.refs = append(c.refs, store.Linked{Stored: row.Stored, ID: said.ID, Ref: said.Ref})
	}
	return c.attachments(said)
}

// columnsThatDiffer compares what a raw statement says with its columns.
func columnsThatDiffer(said, row *statements.Statement) []string {
	var list []string
	differ := func(column string, want, got any) {
		if want != got {
			list = append(list, fmt.Sprintf("column %s is %v, the statement says %v", column, got, want))
		}
	}
	differ("stored", said.Stored, row.Stored)
	differ("id", said.ID, row.ID)
	differ("timestamp", said.Timestamp, row.Timestamp)
	differ("version", said.Version, row.Version)
	differ("authority", said.Authority, row.Authority)
	differ("actor", said.Actor, row.Actor)
	differ("verb", said.Verb, row.Verb)
	differ("object_kind", said.ObjectKind, row.ObjectKind)
	differ("object", said.Object, row.Object)
	differ("ref", said.Ref, row.Ref)
	differ("voiding", said.Voiding, row.Voiding)
	differ("registration", said.Registration, row.Registration)
	if !slices.Equal(said.Courses, row.Courses) {
		list = append(list, fmt.Sprintf("column courses is %q, the statement says %q", row.Courses, said.Courses))
	}
	a, b := said.Result, row.Result
	differ("success", a.Success, b.Success)
	differ("completion", a.Completion, b.Completion)
	differ("duration", a.Duration, b.Duration)
	for _, score := range []struct {
		column    string
		want, got float64
	}{{"score_scaled", a.Scaled, b.Scaled}, {"score_raw", a.Raw, b.Raw}, {"score_min", a.Min, b.Min}, {"score_max", a.Max, b.Max}} {
		if !math.IsNaN(score.want) || !math.IsNaN(score.got) {
			differ(score.column, score.want, score.got)
		}
	}
	return list
}
