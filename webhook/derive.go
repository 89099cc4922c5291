package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"lernspur/delivery"
	"lernspur/documents"
)

// payload is what is sent.
type payload struct {
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	Tenant  string    `json:"tenant"`
	Created time.Time `json:"created"`
	Data    any       `json:"data"`
}

// learner is whom an event is about: the id of the directory, if there is one, and
// the identifier that the statement has.
type learner struct {
	Person     string `json:"person,omitempty"`
	Identifier string `json:"identifier,omitempty"`
}

// achievement is the data of course.completed and course.passed.
type achievement struct {
	Course    string    `json:"course"`
	Learner   learner   `json:"learner"`
	Statement string    `json:"statement"`
	Timestamp time.Time `json:"timestamp"`
}

// risky is the data of learner.at_risk.
type risky struct {
	Course       string    `json:"course"`
	Learner      learner   `json:"learner"`
	Reasons      []string  `json:"reasons"` // idle, failed
	LastActivity time.Time `json:"lastActivity"`
	IdleDays     int64     `json:"idleDays"`
}

// space is that of the ids of events (RFC 9562, version 5).
var space = uuid.MustParse("0e3f0cf1-6f6a-5b1e-9c0f-6c65726e7370")

// eventID is the same for the same event, whenever it is derived and for whichever
// hook of a tenant.
func eventID(parts ...string) string {
	text, _ := json.Marshal(parts) // texts always can be
	return uuid.NewSHA1(space, text).String()
}

// sum names a mark without saying whom it is about.
func sum(parts ...string) string {
	text, _ := json.Marshal(parts)
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// step gathers what a step of deriving makes durable.
type step struct {
	r       *runner
	docs    []*documents.Document
	pending map[string]int64
	marks   map[string]bool // made in this step
}

// add makes an event.
func (st *step) add(id, kind string, data any) error {
	now := st.r.s.opts.Now()
	body, err := json.Marshal(payload{id, kind, st.r.tenant, now.UTC().Truncate(time.Millisecond), data})
	if err != nil {
		return err
	}
	d, err := delivery.Record(st.r.current().shelf(), eventPrefix+id, event{Type: kind, Body: body, Created: now.UnixMicro(), Next: now.UnixMicro()})
	st.docs = append(st.docs, d)
	st.pending[id] = now.UnixMicro()
	return err
}

func (st *step) mark(id string, m mark) error {
	m.At = st.r.s.opts.Now().UnixMicro()
	d, err := delivery.Record(st.r.current().shelf(), id, m)
	st.docs = append(st.docs, d)
	st.marks[id] = true
	return err
}

// idleSpan is how much stored time may pass without an event before that is noted.
const idleSpan = 10 * 60 * 1_000_000

// derive looks for what happened, up to the bound of events that wait. more: there
// may be more to look at right away.
func (r *runner) derive(ctx context.Context) (more bool, err error) {
	r.mu.Lock()
	h, read, c, full := r.hook, r.read, r.counts, len(r.pending) >= r.s.opts.Pending
	r.mu.Unlock()
	if full || h.Paused && len(r.pending) > 0 {
		return false, nil
	}
	if err := r.deriveRisks(ctx, h, c); err != nil {
		return false, err
	}
	upto := r.s.opts.Source.Watermark()
	if upto <= read {
		return false, nil
	}
	if !h.wants(CourseCompleted) && !h.wants(CoursePassed) {
		r.looked(upto)
		return false, nil
	}
	list, reached, err := r.s.opts.Source.Achieved(ctx, r.tenant, read, upto, r.s.opts.Step)
	if err != nil {
		return false, err
	}
	st, err := r.achievements(ctx, h, list, upto)
	if err != nil {
		return false, err
	}
	if len(st.docs) > 0 || reached-c.Cursor > idleSpan {
		r.mu.Lock()
		c = r.counts // deriveRisks may have noted something
		r.mu.Unlock()
		c.Cursor = reached
		if err := r.keep(ctx, c, st.docs...); err != nil {
			return false, err
		}
	}
	r.wait(st.pending)
	r.looked(reached)
	return reached < upto, nil
}

func (r *runner) looked(upto int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read = upto
}

// wait lets events wait that are durable.
func (r *runner) wait(events map[string]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, at := range events {
		r.pending[id] = at
	}
}

func (r *runner) newStep() *step {
	return &step{r: r, pending: make(map[string]int64), marks: make(map[string]bool)}
}

// candidate is something achieved that this hook was not told yet.
type candidate struct {
	Achieved
	kind        string
	person      string
	identifiers []string
}

// achievements makes events of what was achieved for the first time.
func (r *runner) achievements(ctx context.Context, h *Hook, list []Achieved, upto int64) (*step, error) {
	st := r.newStep()
	found := map[string][]candidate{}
	for _, a := range list {
		person, identifiers := r.s.opts.Source.Person(ctx, r.tenant, a.Learner)
		for _, kind := range kindsOf(h, a) {
			c := candidate{a, kind, person, identifiers}
			known, err := r.marked(ctx, st, h, c)
			if err != nil {
				return nil, err
			}
			if known {
				continue
			}
			if err := st.mark(markPrefix+sum(kind, a.Course, a.Learner), mark{}); err != nil {
				return nil, err
			}
			found[kind] = append(found[kind], c)
		}
	}
	for _, kind := range Events {
		if err := r.firsts(ctx, st, h, kind, found[kind], upto); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// firsts makes events of the candidates of one kind, without those that were so
// before the hook wanted to know.
func (r *runner) firsts(ctx context.Context, st *step, h *Hook, kind string, list []candidate, upto int64) error {
	if len(list) == 0 {
		return nil
	}
	var learners []string
	for _, c := range list {
		learners = append(learners, c.identifiers...)
	}
	known, err := r.s.opts.Source.Before(ctx, r.tenant, learners, h.Since[kind], upto)
	if err != nil {
		return err
	}
	before := make(map[[2]string]bool, len(known))
	for _, a := range known {
		if kind == CourseCompleted && a.Completed || kind == CoursePassed && a.Passed {
			before[[2]string{a.Course, a.Learner}] = true
		}
	}
	for _, c := range list {
		if slices.ContainsFunc(c.identifiers, func(i string) bool { return before[[2]string{c.Course, i}] }) {
			continue
		}
		data := achievement{c.Course, learner{c.person, c.Learner}, c.Statement.String(), time.UnixMicro(c.Timestamp).UTC()}
		if err := st.add(eventID(r.tenant, kind, c.Course, c.Learner), kind, data); err != nil {
			return err
		}
	}
	return nil
}

// kindsOf are the events that something achieved is, of those a hook wants.
func kindsOf(h *Hook, a Achieved) (kinds []string) {
	if a.Completed && h.wants(CourseCompleted) {
		kinds = append(kinds, CourseCompleted)
	}
	if a.Passed && h.wants(CoursePassed) {
		kinds = append(kinds, CoursePassed)
	}
	return kinds
}

// marked tells whether the hook was told of the same human before.
func (r *runner) marked(ctx context.Context, st *step, h *Hook, c candidate) (bool, error) {
	for _, identifier := range c.identifiers {
		id := markPrefix + sum(c.kind, c.Course, identifier)
		if st.marks[id] {
			return true, nil
		}
		m, err := delivery.Read[mark](ctx, r.s.opts.Records, documents.Key{Shelf: h.shelf(), ID: id})
		if err != nil || m != nil {
			return m != nil, err
		}
	}
	return false, nil
}

// deriveRisks looks at who is at risk, now and then, where the tenant lets that be
// evaluated.
func (r *runner) deriveRisks(ctx context.Context, h *Hook, c counts) error {
	now := r.s.opts.Now()
	if !h.wants(LearnerAtRisk) || now.Before(r.risksNext) {
		return nil
	}
	evaluated, err := r.s.opts.Source.Evaluated(ctx, r.tenant)
	if err != nil {
		return err
	}
	if evaluated {
		if err := r.readRisks(ctx, h); err != nil {
			return err
		}
		if err := r.atRisk(ctx, h, c); err != nil {
			return err
		}
	}
	r.risksNext = now.Add(r.s.opts.RiskEvery)
	return nil
}

// readRisks reads the marks, once.
func (r *runner) readRisks(ctx context.Context, h *Hook) error {
	if r.risks != nil {
		return nil
	}
	risks := make(map[string]mark)
	err := delivery.Below(ctx, r.s.opts.Records, h.shelf(), riskPrefix, "", 0, func(id string, m *mark) error {
		risks[id] = *m
		return nil
	})
	if err == nil {
		r.risks = risks
	}
	return err
}

// risksAtOnce is how many events become durable in one step.
const risksAtOnce = 200

// atRisk makes events of who is at risk and was not when the hook was told last: a
// human who was idle is told again only after another activity, one who failed
// only once. So voiding tells nothing again.
func (r *runner) atRisk(ctx context.Context, h *Hook, c counts) error {
	st := r.newStep()
	fresh := map[string]mark{}
	flush := func() error {
		if len(st.docs) == 0 {
			return nil
		}
		if err := r.keep(ctx, c, st.docs...); err != nil {
			return err
		}
		for id, m := range fresh {
			r.risks[id] = m
		}
		r.wait(st.pending)
		st, fresh = r.newStep(), map[string]mark{}
		return nil
	}
	err := r.s.opts.Source.AtRisk(ctx, r.tenant, func(risk Risk) error {
		person, identifiers := r.s.opts.Source.Person(ctx, r.tenant, risk.Learner)
		id, m := r.riskMark(risk.Course, identifiers)
		if f, ok := fresh[id]; ok {
			m = f
		}
		begins := risk.Last + int64(r.s.opts.Source.IdleDays())*24*3_600_000_000
		idle := risk.Idle && risk.Last > m.Idle && begins >= h.Since[LearnerAtRisk]
		failed := risk.Failed && !m.Failed && risk.Last >= h.Since[LearnerAtRisk]
		if !idle && !failed {
			return nil
		}
		if idle {
			m.Idle = risk.Last
		}
		m.Failed = m.Failed || failed
		if err := st.mark(riskPrefix+id, m); err != nil {
			return err
		}
		fresh[id] = m
		if err := st.add(eventID(r.tenant, LearnerAtRisk, id, fmt.Sprint(idle, failed, risk.Last)), LearnerAtRisk, riskyOf(risk, person, identifiers[0], idle, failed)); err != nil {
			return err
		}
		if len(st.docs) >= 2*risksAtOnce {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func riskyOf(risk Risk, person, identifier string, idle, failed bool) risky {
	data := risky{risk.Course, learner{person, identifier}, nil, time.UnixMicro(risk.Last).UTC(), risk.IdleDays}
	if idle {
		data.Reasons = append(data.Reasons, "idle")
	}
	if failed {
		data.Reasons = append(data.Reasons, "failed")
	}
	return data
}

// riskMark is the mark of a human in a course, under whichever identifier it is; of
// several the latest.
func (r *runner) riskMark(course string, identifiers []string) (id string, m mark) {
	id = sum(course, identifiers[0])
	for _, identifier := range identifiers {
		if other, ok := r.risks[sum(course, identifier)]; ok {
			m.Idle, m.Failed = max(m.Idle, other.Idle), m.Failed || other.Failed
		}
	}
	return id, m
}

// TestEvent tells a hook at once that it can be told, and what came of it.
func (s *Service) TestEvent(ctx context.Context, tenant, id string) error {
	r, err := s.runner(tenant, id)
	if err != nil {
		return err
	}
	event := uuid.NewString()
	body, err := json.Marshal(payload{event, Test, tenant, s.opts.Now().UTC().Truncate(time.Millisecond), map[string]string{"hook": id}})
	if err != nil {
		return err
	}
	return r.send(ctx, r.current(), event, Test, body, 1)
}
