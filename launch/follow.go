package launch

import (
	"context"
	"slices"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/statements"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// Follower reads what content of Tin Can reports about its own activity, so that
// the registration shows how its attempt goes. No rules come with it: such content
// may store whatever its key allows.
type Follower struct {
	service *Service
	place   place
	attempt uuid.UUID
}

// Follower is that of the launch that a key was made for; nil for a key of another
// kind.
func (s *Service) Follower(keyID, tenant string, registration uuid.UUID) *Follower {
	text, ok := strings.CutPrefix(keyID, tinCanPrefix)
	if !ok || registration == uuid.Nil {
		return nil
	}
	attempt, err := uuid.Parse(text)
	if err != nil {
		return nil
	}
	return &Follower{s, place{tenant, registration}, attempt}
}

// The verbs with which content of Tin Can begins to leave.
var leaving = []string{verbADL + "terminated", verbADL + "exited", verbADL + "suspended"}

// The verbs of answers to questions: what they say of success is the question's.
var answering = []string{verbADL + "answered", verbADL + "responded", verbADL + "interacted"}

// Stored takes notice of statements that are stored now. Those that are sent again
// change nothing. What it notes can be had from the statements as well.
func (f *Follower) Stored(ctx context.Context, sts []*statements.Statement) {
	var views []*view
	for _, st := range sts {
		v, err := look(st)
		if err == nil && f.concerns(v) {
			views = append(views, v)
		}
	}
	if len(views) == 0 {
		return
	}
	s := f.service
	ctx, cancel := detached(ctx)
	defer cancel()
	course, m, err := f.course(ctx)
	if err != nil {
		s.opts.Logger.Warn("an attempt at Tin Can content is not followed", zap.String("tenant", f.place.tenant), zap.Stringer("registration", f.place.registration), zap.Error(err))
		return
	}
	s.note(ctx, f.place.tenant, f.place.registration, func(r *catalog.Registration) { f.note(r, course, m, views) })
}

// concerns tells whether a statement may say something about an attempt.
func (f *Follower) concerns(v *view) bool {
	if v.voiding || v.activity == "" || slices.Contains(answering, v.verb) {
		return false
	}
	return v.success || v.completion || v.score != nil || verdictOf(v) != "" || slices.Contains(leaving, v.verb)
}

// course is the course of the registration, with the manifest that its learner plays.
func (f *Follower) course(ctx context.Context) (*catalog.Course, *manifest.Package, error) {
	r, err := f.service.opts.Catalog.Registration(ctx, f.place.tenant, f.place.registration)
	if err != nil {
		return nil, nil, err
	}
	course, version, err := f.service.opts.Catalog.Version(ctx, f.place.tenant, r.Course, r.Version)
	if err != nil {
		return nil, nil, err
	}
	return course, version.Manifest, nil
}

// note writes what statements say about the activity of the attempt into it. Passed
// and failed go before completed, and the later of them counts.
func (f *Follower) note(r *catalog.Registration, course *catalog.Course, m *manifest.Package, views []*view) {
	i := slices.IndexFunc(r.Attempts, func(a catalog.Attempt) bool { return a.ID == f.attempt })
	if i < 0 || r.Attempts[i].Reset || m == nil {
		return
	}
	a := &r.Attempts[i]
	activity := ""
	for item := range m.Items() {
		if item.ID == a.Item {
			activity = course.ItemActivity(item)
		}
	}
	for _, v := range views {
		if v.activity != activity {
			continue
		}
		if outcome := verdictOf(v); outcome != "" && (outcome != catalog.Completed || a.Outcome == "") {
			a.Outcome = outcome
		}
		if scaled := v.score.share(); scaled != nil {
			a.Score = scaled
		}
		if slices.Contains(leaving, v.verb) {
			a.Ended = f.service.now()
		}
	}
	if r.State != catalog.Satisfied {
		r.State = r.Outcome(catalog.GradeBest, m)
	}
}

// verdictOf is what a statement says about its activity as a whole: a state of
// package catalog, or nothing.
func verdictOf(v *view) string {
	switch {
	case v.success && v.succeeded, v.verb == verbPassed, v.verb == verbADL+"mastered":
		return catalog.Passed
	case v.success, v.verb == verbFailed:
		return catalog.Failed
	case v.completion && v.isComplete, v.verb == verbCompleted && !v.completion:
		return catalog.Completed
	}
	return ""
}

// share is the scaled score; where content states none, the share of raw between
// the least and the most. Nil: nothing is known.
func (s *score) share() *float64 {
	switch {
	case s == nil:
		return nil
	case s.Scaled != nil:
		return s.Scaled
	case s.Raw == nil || s.Max == nil:
		return nil
	}
	least := 0.0
	if s.Min != nil {
		least = *s.Min
	}
	if *s.Max <= least || *s.Raw < least || *s.Raw > *s.Max {
		return nil
	}
	share := (*s.Raw - least) / (*s.Max - least)
	return &share
}
