package browse

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/web/visitor"
)

const (
	// MaxPage is how many statements are answered at most.
	MaxPage = 200
	// watching is how many questions about what has come are answered at the same
	// time, of all tenants: so however many look, the others hardly notice.
	watching = 4
	// choices is how many people a text can stand for.
	choices = 20
	// verbsKept is for how long the verbs of a tenant are remembered.
	verbsKept = 5 * time.Minute
)

// Service answers statements. It is safe for concurrent use.
type Service struct {
	opts     Options
	watchers chan struct{}

	mu    sync.Mutex
	verbs map[string]knownVerbs
}

type knownVerbs struct {
	list  []string
	until time.Time
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Evaluated == nil {
		o.Evaluated = func(context.Context, string) (Evaluated, error) { return Evaluated{}, nil }
	}
	return &Service{opts: o, watchers: make(chan struct{}, watching), verbs: make(map[string]knownVerbs)}
}

// Filter says which statements are wanted, as the parameters of xAPI do
// (1.0.3 Part 3, 2.1.3). Empty fields want everything.
type Filter struct {
	// Person is the id of a person, whose identifiers all count, or an identifier.
	Person string
	// RelatedAgents and RelatedActivities look at all places of a statement.
	RelatedAgents     bool
	Verb, Activity    string
	RelatedActivities bool
	Registration      uuid.UUID
	// Since and Until bound when statements were stored, microseconds; since is not
	// included.
	Since, Until int64
}

// single tells that a filter follows one person.
func (f Filter) single() bool { return f.Person != "" || f.Registration != uuid.Nil }

// Page is a page of statements, the newest first.
type Page struct {
	Statements []Statement
	// Next is where the page behind this one begins, 0 for none.
	Next int64
	// Upto is the watermark of the page.
	Upto int64
}

// Find answers the statements that somebody may see and that match, n at most, before
// an instant that was Next of the page before; 0 for the newest. Errors: ErrForbidden,
// ErrOff, ErrTooMany and those of the Reader.
func (s *Service) Find(ctx context.Context, v *visitor.Visitor, f Filter, before int64, n int) (Page, error) {
	sight, err := s.sightOf(ctx, v)
	if err != nil {
		return Page{}, err
	}
	q, some, err := s.query(ctx, v.Tenant, sight, f)
	if err != nil {
		return Page{}, err
	}
	if q.Upto, err = s.opts.Marks.Wait(ctx); err != nil {
		return Page{}, err
	}
	page := Page{Upto: q.Upto}
	if !some {
		return page, nil
	}
	q.Cursor, q.Limit = max(0, before), min(max(1, n), MaxPage)
	found, err := s.opts.Reader.Find(ctx, v.Tenant, q)
	if err != nil {
		return page, err
	}
	if found.More && len(found.Statements) > 0 {
		page.Next = found.Statements[len(found.Statements)-1].Stored
	}
	page.Statements, err = s.read(ctx, v.Tenant, sight, q.Upto, found.Statements, nil)
	return page, err
}

// News is what has come.
type News struct {
	Statements []Statement // the newest first
	// Upto is the instant up to which they are, for the next question.
	Upto int64
	// More: more has come than is answered; the older ones are left out.
	More bool
}

// New answers what has come behind an instant, n at most, the newest. It neither waits
// for what is on its way nor hurries it. Errors beside those of Find: ErrCrowded.
func (s *Service) New(ctx context.Context, v *visitor.Visitor, f Filter, since int64, n int) (News, error) {
	select {
	case s.watchers <- struct{}{}:
		defer func() { <-s.watchers }()
	default:
		return News{}, ErrCrowded
	}
	sight, err := s.sightOf(ctx, v)
	if err != nil {
		return News{}, err
	}
	q, some, err := s.query(ctx, v.Tenant, sight, f)
	if err != nil {
		return News{}, err
	}
	q.Upto = s.opts.Marks.Watermark()
	q.Since = max(q.Since, since)
	news := News{Upto: max(q.Upto, since)}
	if !some || q.Upto <= q.Since {
		return news, nil
	}
	q.Limit = min(max(1, n), MaxPage)
	found, err := s.opts.Reader.Find(ctx, v.Tenant, q)
	if err != nil {
		return News{}, err
	}
	news.More = found.More
	news.Statements, err = s.read(ctx, v.Tenant, sight, q.Upto, found.Statements, nil)
	return news, err
}

// Get answers one statement, voided or not. Errors: ErrForbidden, ErrOff, ErrNotFound
// and those of the Reader.
func (s *Service) Get(ctx context.Context, v *visitor.Visitor, id uuid.UUID) (Statement, error) {
	sight, err := s.sightOf(ctx, v)
	if err != nil {
		return Statement{}, err
	}
	upto, err := s.opts.Marks.Wait(ctx)
	if err != nil {
		return Statement{}, err
	}
	found, voided, err := s.opts.Reader.Several(ctx, v.Tenant, []uuid.UUID{id}, upto)
	if err != nil {
		return Statement{}, err
	}
	seen := sight.these(found)
	if len(seen) == 0 {
		return Statement{}, ErrNotFound
	}
	list, err := s.read(ctx, v.Tenant, sight, upto, seen, voided)
	if err != nil {
		return Statement{}, err
	}
	return list[0], nil
}

// Verbs are the verbs that statements have lately, the most frequent first.
func (s *Service) Verbs(ctx context.Context, v *visitor.Visitor) ([]string, error) {
	if _, err := s.sightOf(ctx, v); err != nil {
		return nil, err
	}
	now := s.opts.Now()
	s.mu.Lock()
	known := s.verbs[v.Tenant]
	s.mu.Unlock()
	if now.Before(known.until) {
		return known.list, nil
	}
	list, err := s.opts.Reader.RecentVerbs(ctx, v.Tenant, s.opts.Marks.Watermark())
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbs[v.Tenant] = knownVerbs{list, now.Add(verbsKept)}
	return list, nil
}

// People are those that a text stands for and whose statements somebody may see: an
// id, an identifier, a mail address, or part of a name; 20 at most. Whom nobody
// knows and who is not for whoever asks is left out alike. Errors: ErrForbidden,
// ErrOff, ErrTooMany.
func (s *Service) People(ctx context.Context, v *visitor.Visitor, text string) ([]Person, error) {
	sight, err := s.sightOf(ctx, v)
	if err != nil {
		return nil, err
	}
	if sight.nobodyAlone {
		return nil, ErrOff
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	if p, ok := s.person(ctx, v.Tenant, text); ok && sight.meets(p) {
		return []Person{p}, nil
	}
	if strings.Contains(text, "@") && !strings.ContainsAny(text, "| ") {
		if p, _ := s.person(ctx, v.Tenant, "mbox|mailto:"+strings.TrimPrefix(text, "mailto:")); sight.meets(p) {
			return []Person{p}, nil
		}
	}
	if sight.all {
		return s.opts.People.Search(ctx, v.Tenant, text, choices), nil
	}
	var found []Person
	for _, p := range sight.members {
		if len(found) < choices && p.has(strings.ToLower(text)) {
			found = append(found, p)
		}
	}
	return found, nil
}

// has tells whether a text in lower case is part of what a person is called.
func (p Person) has(text string) bool {
	if strings.Contains(strings.ToLower(p.Name), text) {
		return true
	}
	for _, identifier := range p.Identifiers {
		if strings.Contains(strings.ToLower(identifier), text) {
			return true
		}
	}
	return false
}

// person is who has an id or an identifier. An identifier that is nobody's is a person
// of its own; false for what is neither.
func (s *Service) person(ctx context.Context, tenant, text string) (Person, bool) {
	if p, ok := s.opts.People.Person(ctx, tenant, text); ok {
		return p, true
	}
	if p, ok := s.opts.People.Owner(ctx, tenant, text); ok {
		return p, true
	}
	return Person{ID: text, Identifiers: []string{text}}, strings.Contains(text, "|")
}

// query makes a query of a filter; some is false when nothing can match.
func (s *Service) query(ctx context.Context, tenant string, sight *sight, f Filter) (q statements.Query, some bool, err error) {
	if sight.nobodyAlone && f.single() {
		return q, false, ErrOff
	}
	q = statements.Query{Verb: f.Verb, Activity: f.Activity, RelatedActivities: f.RelatedActivities, Registration: f.Registration,
		RelatedAgents: f.RelatedAgents, Since: f.Since, Until: f.Until}
	if !sight.all {
		if q.Actors = sight.actors; len(q.Actors) == 0 {
			return q, false, nil
		}
	}
	if f.Person != "" {
		p, _ := s.person(ctx, tenant, f.Person)
		if !sight.meets(p) {
			return q, false, nil
		}
		q.AnyAgent = p.Identifiers
	}
	return q, true, nil
}

// sightOf is what somebody may see.
func (s *Service) sightOf(ctx context.Context, v *visitor.Visitor) (*sight, error) {
	if v == nil {
		return nil, ErrForbidden
	}
	on, err := s.opts.Evaluated(ctx, v.Tenant)
	if err != nil {
		return nil, fmt.Errorf("what is evaluated: %w", err)
	}
	switch {
	case v.Has(visitor.DataProtection):
		// Answers people who ask what is stored about them, whatever is evaluated.
		return &sight{all: true, answers: true}, nil
	case v.Has(visitor.Administrator):
		return &sight{all: true, answers: on.Answers, nobodyAlone: !on.Timelines}, nil
	case !v.Has(visitor.Trainer):
		return nil, ErrForbidden
	case !on.Timelines:
		return nil, ErrOff
	}
	var self Person
	if v.Person != "" {
		self, _ = s.opts.People.Person(ctx, v.Tenant, v.Person)
	}
	return newSight(s.opts.People.Members(ctx, v.Tenant, v.Groups), self, on.Answers)
}
