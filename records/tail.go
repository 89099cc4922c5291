package records

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"lernspur/apiv1"
	"lernspur/statements"

	"go.uber.org/zap"
)

// tailNames are the parameters of a tail, which has no end.
var tailNames = filterNames[:len(filterNames)-1]

// tailPage is how many statements a tail reads at a time.
const tailPage = 100

// tails counts those under way.
type tails struct {
	mu       sync.Mutex
	all      int
	byTenant map[string]int
}

// begin takes a place; false when there is none.
func (t *tails) begin(tenant string, limit, all int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all >= all || t.byTenant[tenant] >= limit {
		return false
	}
	if t.byTenant == nil {
		t.byTenant = make(map[string]int)
	}
	t.all++
	t.byTenant[tenant]++
	return true
}

func (t *tails) end(tenant string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.byTenant[tenant]--; t.byTenant[tenant] == 0 {
		delete(t.byTenant, tenant)
	}
}

// tail answers GET /api/v1/statements/tail: the statements that match as they
// come, as server-sent events (WHATWG HTML, 9.2), in order of stored. A
// statement is sent when the watermark has passed it: nothing can come before
// it any more, so nothing is skipped and nothing comes twice. The id of an event is the
// stored instant of the statement, in microseconds, with which the client can
// go on.
func (a *API) tail(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	q, err := readQuery(who, r.URL.RawQuery, tailNames)
	if err != nil {
		return err
	}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		if q.Since, err = strconv.ParseInt(last, 10, 64); err != nil || q.Since < 0 {
			return apiv1.BadRequest("Last-Event-ID is not the id of an event of this resource")
		}
	} else if !r.URL.Query().Has("since") {
		if q.Since, err = a.wait(r.Context()); err != nil {
			return err
		}
	}
	if !a.tails.begin(who.Tenant, a.opts.Tails, a.opts.AllTails) {
		return apiv1.Problemf(http.StatusTooManyRequests, "there are as many tails already as this server allows (%d of one tenant)", a.opts.Tails)
	}
	defer a.tails.end(who.Tenant)
	t := &tail{api: a, r: r, who: who, q: q, out: newStream(w, a.opts.Stall)}
	reason := t.run()
	a.opts.Logger.Debug("a tail ended", zap.String("tenant", who.Tenant), zap.String("key", who.KeyID), zap.String("why", reason))
	return nil
}

// tail is one tail under way.
type tail struct {
	api *API
	r   *http.Request
	who *apiv1.Identity
	q   statements.Query // Since is where it is
	out *stream
}

// Why a tail ends, for the log and, where it can still be told, for the client.
const (
	leftTheTail     = "the client went away, or took nothing for too long"
	stoppingTheTail = "the server is stopping"
	slowTail        = "the client is too slow; what it has not received is still there"
	refusedTail     = "the credentials are not good for this any more"
	brokenTail      = "the statements could not be read now"
)

// run sends what comes until it ends, and says why it did.
func (t *tail) run() (reason string) {
	t.out.begin()
	if t.out.event("watermark", t.q.Since, t.watermark()); t.out.flush() != nil {
		return leftTheTail
	}
	// Also a tail that has always something to say looks at the credentials again.
	for last := time.Now(); ; {
		if reason := t.catchUp(); reason != "" {
			return reason
		}
		if time.Since(last) >= t.api.opts.Heartbeat {
			if reason := t.heartbeat(); reason != "" {
				return reason
			}
			last = time.Now()
		}
		select {
		case <-t.r.Context().Done():
			return leftTheTail
		case <-t.api.stopping:
			return t.cut(stoppingTheTail)
		case <-time.After(t.api.opts.Poll):
		}
	}
}

// catchUp sends what the watermark has passed.
func (t *tail) catchUp() (reason string) {
	for upto := t.api.opts.Writer.Watermark(); t.q.Since < upto; {
		t.q.Upto, t.q.Ascending, t.q.Limit = upto, true, tailPage
		page, err := t.api.opts.Reader.Find(t.r.Context(), t.who.Tenant, t.q)
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return leftTheTail
			}
			t.api.opts.Logger.Warn("a tail could not read on", zap.Error(err))
			return t.cut(brokenTail)
		}
		begun := time.Now()
		for _, f := range page.Statements {
			t.out.event("statement", f.Stored, f.Raw)
			t.q.Since = f.Stored
		}
		if len(page.Statements) > 0 && t.out.flush() != nil {
			return leftTheTail
		}
		if !page.More {
			t.q.Since = upto
		}
		if time.Since(begun) > t.api.opts.Slow {
			return t.cut(slowTail)
		}
		select {
		case <-t.api.stopping:
			return t.cut(stoppingTheTail)
		default:
		}
	}
	return ""
}

// heartbeat keeps the connection alive, tells how far the tail is, and looks at
// the credentials again.
func (t *tail) heartbeat() (reason string) {
	who, err := t.api.opts.Door.Identify(t.r)
	if err == nil && (who == nil || who.Tenant != t.who.Tenant || !who.Holds(readScopes) || who.Holds(readEvery) != t.who.Holds(readEvery)) {
		return t.cut(refusedTail)
	}
	if t.out.event("watermark", t.q.Since, t.watermark()); t.out.flush() != nil {
		return leftTheTail
	}
	return ""
}

func (t *tail) watermark() []byte {
	return []byte(`{"watermark":"` + statements.FormatStored(t.q.Since) + `"}`)
}

// cut tells the client why the tail ends.
func (t *tail) cut(reason string) string {
	t.out.event("cut", t.q.Since, []byte(`{"reason":"`+reason+`"}`))
	_ = t.out.flush() // if it does not hear it, it finds out
	return reason
}
