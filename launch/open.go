package launch

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// The launch modes (10.2.2).
const (
	modeNormal = "Normal"
	modeBrowse = "Browse"
	modeReview = "Review"
)

// URL opens an item of a launch: whoever follows the address that it answers has
// opened the content. course has the manifest of the launched version. For cmi5
// each call is a session of its own, and abandons the one before; what has to be
// stored before is stored when it returns. Errors: ErrNoAccount, ErrNotFound for
// what is neither an AU nor an Activity with an address, *Busy, and others that
// are internal.
func (s *Service) URL(ctx context.Context, l *catalog.Launch, course *catalog.Course, item *manifest.Item) (string, error) {
	if item == nil || item.Launch == nil {
		return "", ErrNotFound
	}
	switch item.Type {
	case manifest.AU:
		return s.openAU(ctx, l, course, item)
	case manifest.Activity:
		return s.openActivity(ctx, l, course, item)
	}
	return "", ErrNotFound
}

// placeOf is where the State of a launch is.
func placeOf(l *catalog.Launch) place {
	if l.Preview() {
		return place{l.Tenant, l.ID}
	}
	return place{l.Tenant, l.Registration}
}

// address is where an item's content is, without what the launch adds.
func (s *Service) address(ctx context.Context, l *catalog.Launch, item *manifest.Item) (string, error) {
	if item.Launch.File == "" {
		return item.Launch.URL, nil
	}
	if s.opts.FileURL == nil {
		return "", errors.New("launch: nothing serves the files of packages")
	}
	token, err := s.filesToken(ctx, l)
	if err != nil {
		return "", err
	}
	return s.opts.FileURL(token, item.Launch.URL), nil
}

// withQuery adds parameters to an address, behind those that it has.
func withQuery(address string, parameters ...[2]string) string {
	rest, fragment, fragmented := strings.Cut(address, "#")
	var b strings.Builder
	b.WriteString(rest)
	separator := byte('?')
	if strings.Contains(rest, "?") {
		separator = '&'
	}
	for _, p := range parameters {
		b.WriteByte(separator)
		b.WriteString(p[0])
		b.WriteByte('=')
		b.WriteString(strings.ReplaceAll(url.QueryEscape(p[1]), "+", "%20"))
		separator = '&'
	}
	if fragmented {
		b.WriteString("#" + fragment)
	}
	return b.String()
}

// learner is the Agent of a launch as cmi5 asks for it (9.2): its account, and
// nothing that says more of the person (8.1.3).
func (s *Service) learner(l *catalog.Launch) (actor json.RawMessage, identifier string, err error) {
	var who struct {
		Account struct {
			HomePage string `json:"homePage"`
			Name     string `json:"name"`
		} `json:"account"`
	}
	if len(l.Learner.Actor) == 0 && l.Preview() {
		who.Account.HomePage, who.Account.Name = s.opts.Base(), "preview"
	} else if err := json.Unmarshal(l.Learner.Actor, &who); err != nil || who.Account.Name == "" {
		return nil, "", ErrNoAccount
	}
	actor, err = json.Marshal(object{"objectType": "Agent", "account": who.Account})
	if err != nil {
		return nil, "", err
	}
	identifier, err = statements.AgentIdentifier(actor, statements.V1)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrNoAccount, err)
	}
	return actor, identifier, nil
}

// openAU launches an AU (8.1).
func (s *Service) openAU(ctx context.Context, l *catalog.Launch, course *catalog.Course, item *manifest.Item) (string, error) {
	version := course.Version(l.Version)
	if version == nil || version.Manifest == nil || len(version.Manifest.Structure) == 0 {
		return "", ErrNotFound
	}
	actor, identifier, err := s.learner(l)
	if err != nil {
		return "", err
	}
	address, err := s.address(ctx, l, item)
	if err != nil {
		return "", err
	}
	o := &opening{launch: l, course: course, structure: version.Manifest.Structure[0], item: item, actor: actor, identifier: identifier, address: address}
	// A learner who goes on clicking must not leave half a launch.
	working, cancel := detached(ctx)
	defer cancel()
	err = s.locked(working, placeOf(l), func(e *entry, state *State) error { return s.begin(working, o, e, state) })
	if err != nil {
		return "", err
	}
	if !l.Preview() {
		s.noteLaunch(ctx, l, o.session)
	}
	return withQuery(address,
		[2]string{"endpoint", s.opts.Base() + "/xapi"},
		[2]string{"fetch", s.opts.Base() + FetchBase + o.fetch},
		[2]string{"actor", string(actor)},
		[2]string{"registration", placeOf(l).registration.String()},
		[2]string{"activityId", o.session.Activity},
	), nil
}

// opening is one launch of an AU under way.
type opening struct {
	launch     *catalog.Launch
	course     *catalog.Course
	structure  *manifest.Item
	item       *manifest.Item
	actor      json.RawMessage
	identifier string
	address    string

	session *Session
	fetch   string // the last part of the fetch URL
}

// begin makes the session: what there was is abandoned, what is satisfied without
// a launch is said, launch data are written, and launched is stored.
func (s *Service) begin(ctx context.Context, o *opening, e *entry, state *State) error {
	l, p := o.launch, placeOf(o.launch)
	if state == nil || state.Course != l.Course || state.Resets < l.Resets {
		last := int64(0)
		open := (*Session)(nil)
		if state != nil {
			last, open = state.LastLaunch, state.Session
		}
		state = &State{Course: l.Course, LastLaunch: last, Session: open}
	}
	next := state.clone()
	next.Version, next.Resets = l.Version, l.Resets
	next.Actor, next.Identifier = o.actor, o.identifier
	m := &maker{course: o.course, registration: p.registration, actor: o.actor, at: s.now()}
	var said []object
	if open := next.Session; open != nil && open.Ended == "" {
		said = append(said, s.abandonedBy(m, e, o.structure, open))
	}
	if fresh := next.satisfy(o.structure); len(fresh) > 0 {
		said = append(said, m.satisfied(fresh, uuid.New())...)
	}
	if err := s.newSession(o, next, m.at); err != nil {
		return err
	}
	said = append(said, m.launched(o.item, o.session, o.address))
	data, err := launchData(o.item, o.session, l.ReturnURL)
	if err != nil {
		return err
	}
	_, err = s.opts.Records.Change(ctx, launchDataKey(p, o.session.Activity, o.identifier), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{ContentType: "application/json", Content: data}, nil
	})
	if err != nil {
		return err
	}
	e.last.Store(0)
	if l.Preview() {
		said = nil
	}
	return s.say(ctx, p, e, next, said)
}

func launchDataKey(p place, activity, identifier string) documents.Key {
	return documents.Key{
		Shelf:        documents.Shelf{Tenant: p.tenant, Kind: documents.State, Activity: activity, Agent: identifier},
		Registration: p.registration, ID: launchDataID,
	}
}

// until is when a token ends that content gets now: with its own lifetime, or with
// the launch.
func (s *Service) until(l *catalog.Launch, now int64) int64 {
	return min(now+s.opts.Lifetime.Microseconds(), l.Expires)
}

// newSession is the session of a launch. Its id is the launch's, unless that was
// used before.
func (s *Service) newSession(o *opening, next *State, now int64) error {
	l := o.launch
	id := l.ID
	if l.Created <= next.LastLaunch {
		id = uuid.New()
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	sum := sha256.Sum256([]byte(hex.EncodeToString(secret)))
	mode := modeNormal
	switch l.Mode {
	case catalog.Browse:
		mode = modeBrowse
	case catalog.Review:
		mode = modeReview
	}
	o.session = &Session{
		ID: id, Item: o.item.ID, Activity: o.course.ItemActivity(o.item), Mode: mode, Mastery: o.item.PassingScore,
		Grouping: grouping(o.course, o.item), Preview: l.Preview(),
		Launched: now, Expires: s.until(l, now), Fetch: hex.EncodeToString(sum[:]),
	}
	next.Session, next.LastLaunch = o.session, max(now, l.Created)
	p := placeOf(l)
	o.fetch = base64.RawURLEncoding.EncodeToString([]byte(p.tenant)) + "." + p.registration.String() + "." + hex.EncodeToString(secret)
	return nil
}

// abandonedBy ends an open session, and is the statement that says so.
func (s *Service) abandonedBy(m *maker, e *entry, structure *manifest.Item, open *Session) object {
	item := find(structure, open.Item)
	if item == nil { // of another version
		item = &manifest.Item{Type: manifest.AU, ID: open.Item}
	}
	open.Ended = abandoned
	st := m.abandoned(item, open, max(open.Last, e.last.Load()))
	st["object"].(object)["id"] = open.Activity
	return st
}

// find is the item of an id; nil when there is none.
func find(structure *manifest.Item, id string) *manifest.Item {
	for item := range (&manifest.Package{Structure: []*manifest.Item{structure}}).Items() {
		if item.ID == id {
			return item
		}
	}
	return nil
}

// say keeps a State, then stores the statements that it counts on. The lock is
// held.
func (s *Service) say(ctx context.Context, p place, e *entry, next *State, said []object) error {
	if len(said) == 0 {
		_, err := s.keep(ctx, p, e, next)
		return err
	}
	ours, err := json.Marshal(said)
	if err != nil {
		return err
	}
	next.Pending = &Pending{Ours: ours, Since: s.now()}
	if next, err = s.keep(ctx, p, e, next); err != nil {
		return err
	}
	_, err = s.settle(ctx, p, e, next)
	return err
}

// noteLaunch tells the catalogue of a session that began.
func (s *Service) noteLaunch(ctx context.Context, l *catalog.Launch, session *Session) {
	s.note(ctx, l.Tenant, l.Registration, func(r *catalog.Registration) {
		r.Attempts = append(r.Attempts, catalog.Attempt{ID: session.ID, Item: session.Item, Started: session.Launched})
		if r.State == catalog.NotStarted || r.State == "" {
			r.State = catalog.Started
		}
	})
}

// note changes a registration in the catalogue. What it says can be had from the
// statements, too, so an error loses nothing that was acknowledged.
func (s *Service) note(ctx context.Context, tenant string, registration uuid.UUID, change func(r *catalog.Registration)) {
	ctx, cancel := detached(ctx)
	defer cancel()
	_, err := s.opts.Catalog.Note(ctx, tenant, registration, func(r *catalog.Registration) error {
		change(r)
		return nil
	})
	if err != nil {
		s.opts.Logger.Warn("a registration was not brought up to date", zap.String("tenant", tenant), zap.Stringer("registration", registration), zap.Error(err))
	}
}
