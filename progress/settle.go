package progress

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

const (
	// settleEvery is the least time between two looks for learners whose rows are
	// to be made anew.
	settleEvery = 5 * time.Second
	// settleBusy is how many statements between two looks say that so much is
	// coming in that rows would be outdated as soon as they are made, and
	// settlePatience for how long they are left alone because of it.
	settleBusy     = 20_000
	settlePatience = 5 * time.Minute
	// settleBehind is how far behind the projection may be when all rows are made.
	settleBehind = 5 * time.Second
	// settlePiece is up to how many statements the learners behind them are looked up one by one;
	// beyond it all rows are made anew.
	settlePiece = 100_000
	// settleAtOnce is up to how many slots of a tenant all rows are made by one INSERT.
	settleAtOnce = 200_000
	// settleWeeks is of how many slots the weeks are counted at once.
	settleWeeks = 2_000_000
)

// settleLoop makes rows anew until ctx ends, and takes a tenth of the time at most.
func (p *Projector) settleLoop(ctx context.Context) {
	pause := settleEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		began := time.Now()
		if err := p.settle(ctx, false); err != nil && ctx.Err() == nil {
			p.logger.Warn("the figures of learners are not put together, answers take longer until they are", zap.Error(err))
		}
		pause = max(settleEvery, 10*time.Since(began))
	}
}

// settle makes the rows anew for which something has come. At a time at which too
// much comes in it does nothing, unless it must. After an error, or when it was cut off, what was open stays open.
func (p *Projector) settle(ctx context.Context, must bool) error {
	// Between two cycles: what is stored or given up to here is whole.
	p.cycle.Lock()
	upto, generation, epoch := p.reached.value(), p.generation, p.settled.epoch.Load()
	p.cycle.Unlock()
	at := p.settled.at.Load()
	if at == nil {
		if !must && p.watermark()-upto > settleBehind.Microseconds() {
			return nil
		}
		return p.settleAll(ctx, upto, generation, epoch)
	}
	var n, voided uint64
	count := fmt.Sprintf("SELECT (SELECT count() FROM statements WHERE %s), (SELECT count() FROM progress_generations WHERE generation > %d AND generation <= %d)",
		span{at.upto, upto}.of("stored"), at.generation, generation)
	if err := p.conn.QueryRow(ctx, count).Scan(&n, &voided); err != nil {
		return fmt.Errorf("looking for learners whose figures have changed: %w", err)
	}
	came := int64(n) - p.settled.seen
	p.settled.seen = int64(n)
	switch {
	case n == 0 && voided == 0:
		// Nothing to be made; answers need not look that far back any more.
		p.publish(epoch, &settledAt{upto: upto, generation: generation}, at)
		return nil
	case !must && came > p.settled.busy:
		if p.settled.waitingAt.IsZero() {
			p.settled.waitingAt = time.Now()
		}
		if time.Since(p.settled.waitingAt) < settlePatience {
			return nil
		}
	}
	p.settled.waitingAt, p.settled.seen = time.Time{}, 0
	if int64(n) > p.settled.piece {
		return p.settleAll(ctx, upto, generation, epoch)
	}
	return p.settleSome(ctx, at, upto, generation, epoch)
}

// settleSome makes the rows of the learners that are open.
func (p *Projector) settleSome(ctx context.Context, at *settledAt, upto, generation, epoch int64) error {
	tenants, err := p.texts(ctx, fmt.Sprintf("SELECT DISTINCT tenant FROM statements WHERE %s UNION DISTINCT SELECT DISTINCT tenant FROM progress_generations WHERE generation > %d",
		span{at.upto, upto}.of("stored"), at.generation))
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		q, fresh := p.plain(tenant, ""), since(at.upto, at.generation, fmt.Sprintf(" AND stored <= %d", upto))
		some := q.among("(course, learner) IN (" + fresh + ")")
		if err := p.makeRows(ctx, q, epoch, some.settleSQL); err != nil {
			return err
		}
		weeks := func(version int64) string {
			return settleWeeksSQL(q, " AND learner IN (SELECT learner FROM ("+fresh+"))", version)
		}
		if err := p.makeRows(ctx, q, epoch, weeks); err != nil {
			return err
		}
	}
	return p.finish(ctx, upto, generation, epoch, at)
}

// settleAll makes all rows, tenant by tenant, and of large ones course by course.
func (p *Projector) settleAll(ctx context.Context, upto, generation, epoch int64) error {
	tenants, err := p.texts(ctx, "SELECT DISTINCT tenant FROM progress")
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		if err := p.settleTenant(ctx, tenant, epoch); err != nil {
			return err
		}
	}
	return p.finish(ctx, upto, generation, epoch, nil)
}

// settleTenant makes all rows of a tenant.
func (p *Projector) settleTenant(ctx context.Context, tenant string, epoch int64) error {
	var n uint64
	if err := p.conn.QueryRow(forTenant(ctx, tenant), "SELECT count() FROM progress_slots WHERE tenant = {tenant:String}").Scan(&n); err != nil {
		return err
	}
	courses := []string{""} // all together
	if n > settleAtOnce {
		var err error
		if courses, err = p.texts(forTenant(ctx, tenant), "SELECT DISTINCT toString(course) FROM progress WHERE tenant = {tenant:String}"); err != nil {
			return err
		}
	}
	for _, course := range courses {
		q := p.plain(tenant, course)
		if err := p.makeRows(ctx, q, epoch, q.settleSQL); err != nil {
			return err
		}
	}
	parts := int(n)/settleWeeks + 1
	for i := range parts {
		q := p.plain(tenant, "")
		weeks := func(version int64) string {
			return settleWeeksSQL(q, fmt.Sprintf(" AND cityHash64(learner) %% %d = %d", parts, i), version)
		}
		if err := p.makeRows(ctx, q, epoch, weeks); err != nil {
			return err
		}
	}
	return nil
}

// plain is a question about learners as statements name them.
func (p *Projector) plain(tenant, course string) question {
	return question{Selection: Selection{Course: course, Scope: Scope{All: true}}, tenant: tenant, plain: true, zone: p.zone}
}

// makeRows makes rows by an INSERT with the parameters of a question.
func (p *Projector) makeRows(ctx context.Context, q question, epoch int64, sql func(version int64) string) error {
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() != epoch {
		return nil // they were thrown away meanwhile, and so is what was begun
	}
	ctx, cancel := context.WithTimeout(ctx, cycleTimeout)
	defer cancel()
	p.settled.version++
	if err := p.exec(q.context(ctx, nil), sql(p.settled.version)); err != nil {
		return fmt.Errorf("putting the figures of learners together: %w", err)
	}
	return nil
}

// finish says that the rows have come further.
func (p *Projector) finish(ctx context.Context, upto, generation, epoch int64, before *settledAt) error {
	next := &settledAt{upto: upto, generation: generation}
	if before != nil {
		// Who was asked about is asked about again: not in the time of an answer.
		before.mu.Lock()
		known := make(map[string]string, len(before.shared))
		for tenant, s := range before.shared {
			known[tenant] = s.directory
		}
		before.mu.Unlock()
		for tenant, directory := range known {
			if _, err := p.sharedOf(ctx, next, tenant, directory); err != nil {
				return err
			}
		}
	}
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() != epoch {
		return nil
	}
	if err := p.noteSettled(ctx, upto, generation); err != nil {
		return err
	}
	p.settled.at.Store(next)
	return nil
}

// publish replaces what is known without anything having been made.
func (p *Projector) publish(epoch int64, next, before *settledAt) {
	before.mu.Lock()
	next.shared = before.shared
	before.shared = nil
	before.mu.Unlock()
	p.settled.mu.Lock()
	defer p.settled.mu.Unlock()
	if p.settled.epoch.Load() == epoch {
		p.settled.at.Store(next)
	}
}
