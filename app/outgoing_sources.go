package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"lernspur/blobs"
	"lernspur/commit"
	"lernspur/digest"
	"lernspur/forward"
	"lernspur/progress"
	"lernspur/statements"
	"lernspur/store"
	"lernspur/web/visitor"
	"lernspur/webhook"
)

// forwardFeed is the store as package forward sees it: behind the watermark, so
// nothing that comes in waits for it.
type forwardFeed struct {
	store     *store.Store
	committer *commit.Committer
}

// Watermark implements forward.Feed.
func (f forwardFeed) Watermark() int64 { return f.committer.Watermark() }

// Next implements forward.Feed.
func (f forwardFeed) Next(ctx context.Context, tenant string, filter forward.Filter, low, upto int64, n int) ([]forward.Statement, int64, error) {
	list, reached, err := f.store.Feed(ctx, tenant, store.FeedFilter(filter), low, upto, n)
	found := make([]forward.Statement, len(list))
	for i, one := range list {
		found[i] = forward.Statement(one)
	}
	return found, reached, toDelivery(err)
}

// Count implements forward.Feed.
func (f forwardFeed) Count(ctx context.Context, tenant string, filter forward.Filter, low, upto int64) (int64, error) {
	return f.store.CountFed(ctx, tenant, store.FeedFilter(filter), low, upto)
}

// forwardAttachments are the blobs as package forward sees them.
type forwardAttachments struct{ app *App }

func noAttachment(err error) error {
	if errors.Is(err, blobs.ErrNotFound) {
		return forward.ErrNoAttachment
	}
	return err
}

// Size implements forward.Attachments.
func (f forwardAttachments) Size(ctx context.Context, tenant, hash string) (int64, error) {
	info, err := f.app.blobs.Stat(ctx, tenant, blobs.Hash(hash))
	return info.Size, noAttachment(err)
}

// Open implements forward.Attachments.
func (f forwardAttachments) Open(ctx context.Context, tenant, hash string) (io.ReadCloser, int64, error) {
	r, size, err := f.app.blobs.Open(ctx, tenant, blobs.Hash(hash))
	return r, size, noAttachment(err)
}

// hookSource tells package webhook what happened.
type hookSource struct{ app *App }

// Watermark implements webhook.Source.
func (s hookSource) Watermark() int64 { return s.app.committer.Watermark() }

// Achieved implements webhook.Source.
func (s hookSource) Achieved(ctx context.Context, tenant string, from, upto int64, n int) ([]webhook.Achieved, int64, error) {
	list, reached, err := s.app.projector.Achieved(ctx, tenant, from, upto, n)
	return achievedOf(list), reached, err
}

// Before implements webhook.Source.
func (s hookSource) Before(ctx context.Context, tenant string, learners []string, before, upto int64) ([]webhook.Achieved, error) {
	list, err := s.app.projector.AchievedBefore(ctx, tenant, learners, before, upto)
	return achievedOf(list), err
}

func achievedOf(list []progress.Achieved) []webhook.Achieved {
	found := make([]webhook.Achieved, len(list))
	for i, a := range list {
		found[i] = webhook.Achieved(a)
	}
	return found
}

// Evaluated implements webhook.Source.
func (s hookSource) Evaluated(ctx context.Context, tenant string) (bool, error) {
	return s.app.atRisk(ctx, tenant)
}

// IdleDays implements webhook.Source.
func (s hookSource) IdleDays() int { return progress.DefaultIdleDays }

// risksAtOnce is how many who are at risk are read at a time.
const risksAtOnce = 20_000

// AtRisk implements webhook.Source.
func (s hookSource) AtRisk(ctx context.Context, tenant string, yield func(webhook.Risk) error) error {
	everybody := progress.Selection{Scope: progress.Scope{All: true}}
	order := progress.Order{By: "course", Limit: risksAtOnce} // a human is in a course once
	for {
		list, next, err := s.app.projector.Learners(ctx, tenant, everybody, "at-risk", order)
		if err != nil {
			return err
		}
		for _, l := range list {
			risk := webhook.Risk{Course: l.Course, Learner: l.ID, Last: l.LastActivity, Idle: l.AtRiskIdle, Failed: l.AtRiskFailed, IdleDays: l.IdleDays}
			if err := yield(risk); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		order.After = next
	}
}

// Person implements webhook.Source.
func (s hookSource) Person(ctx context.Context, tenant, learner string) (id string, identifiers []string) {
	p, ok := s.app.people.PersonOf(ctx, tenant, learner)
	if !ok {
		if p, ok = s.app.people.Person(ctx, tenant, learner); !ok {
			return "", []string{learner}
		}
		if len(p.Identifiers) == 0 {
			return p.ID, []string{learner}
		}
		return p.ID, p.Identifiers
	}
	if slices.Contains(p.Identifiers, learner) {
		return p.ID, p.Identifiers
	}
	return p.ID, append([]string{learner}, p.Identifiers...)
}

// digestSource tells package digest who gets what.
type digestSource struct{ app *App }

// Tenants implements digest.Source.
func (s digestSource) Tenants(context.Context) []string { return s.app.opts.Outgoing.DigestTenants }

// Recipients implements digest.Source.
func (s digestSource) Recipients(ctx context.Context, tenant string) ([]digest.Recipient, error) {
	const page = 500
	var list []digest.Recipient
	for after := ""; ; {
		accounts, err := s.app.signin.Accounts(ctx, tenant, after, page)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			after = a.ID
			if a.Disabled || !slices.Contains(a.Roles, visitor.Trainer) {
				continue
			}
			to := digest.Recipient{Account: a.ID, Name: a.Name, Language: a.Language, Address: addressIn(a.Login)}
			groups := a.Groups
			if p, ok := s.app.people.Person(ctx, tenant, a.Person); ok && a.Person != "" {
				groups = append(slices.Clone(groups), s.app.people.GroupsOfTrainer(ctx, tenant, p.ID)...)
				to.Address = addressOf(p.Identifiers, to.Address)
			}
			slices.Sort(groups)
			for _, id := range slices.Compact(groups) {
				if g, ok := s.app.people.Group(ctx, tenant, id); ok {
					to.Groups = append(to.Groups, digest.Group{ID: id, Name: g.Name})
				}
			}
			if len(to.Groups) > 0 {
				list = append(list, to)
			}
		}
		if len(accounts) < page {
			return list, nil
		}
	}
}

// addressOf is the first mail address among identifiers, else another one.
func addressOf(identifiers []string, other string) string {
	for _, identifier := range identifiers {
		if address, ok := strings.CutPrefix(identifier, "mbox|mailto:"); ok {
			return address
		}
	}
	return other
}

// addressIn is a name that is a mail address; "" when it is not.
func addressIn(login string) string {
	if a, err := mail.ParseAddress(login); err == nil && a.Address == login {
		return login
	}
	return ""
}

// digestRows is how many learners of a group are looked at for one list.
const digestRows = 5000

// Figures implements digest.Source.
func (s digestSource) Figures(ctx context.Context, tenant, group, language string, from, to time.Time, n int) (f digest.Figures, err error) {
	sel := progress.Selection{Group: group, Scope: progress.Scope{All: true}}
	within := func(at *int64) bool { return at != nil && *at >= from.UnixMicro() && *at < to.UnixMicro() }
	ask := func(kind, by string, of func(progress.Learner) *int64) ([]digest.Line, error) {
		list, _, err := s.app.projector.Learners(ctx, tenant, sel, kind, progress.Order{By: by, Descending: true, Limit: digestRows})
		var lines []digest.Line
		for _, l := range list {
			if at := of(l); kind == "at-risk" || within(at) {
				lines = append(lines, lineOf(l, at))
			}
		}
		return lines, err
	}
	if f.Completed, err = ask("completed", "completed", func(l progress.Learner) *int64 { return l.Completed }); err != nil {
		return f, err
	}
	if f.Started, err = ask("started", "started", func(l progress.Learner) *int64 { return l.Started }); err != nil {
		return f, err
	}
	if f.Evaluated, err = s.app.atRisk(ctx, tenant); err != nil {
		return f, err
	}
	if f.Evaluated {
		if f.Support, err = ask("at-risk", "last_activity", func(l progress.Learner) *int64 { return &l.LastActivity }); err != nil {
			return f, err
		}
	}
	f.CompletedCount, f.StartedCount, f.SupportCount = len(f.Completed), len(f.Started), len(f.Support)
	f.Completed, f.Started, f.Support = first(f.Completed, n), first(f.Started, n), first(f.Support, n)
	return f, s.name(ctx, tenant, language, f.Completed, f.Started, f.Support)
}

func first(list []digest.Line, n int) []digest.Line { return list[:min(n, len(list))] }

func lineOf(l progress.Learner, at *int64) digest.Line {
	line := digest.Line{Learner: l.Name, Course: l.Course, Idle: l.AtRiskIdle, Failed: l.AtRiskFailed}
	if line.Learner == "" {
		line.Learner = statements.IdentifierText(l.ID)
	}
	if at != nil {
		line.At = *at
	}
	return line
}

// name puts what courses are called in place of their ids.
func (s digestSource) name(ctx context.Context, tenant, language string, lists ...[]digest.Line) error {
	var ids []string
	for _, list := range lists {
		for _, line := range list {
			ids = append(ids, line.Course)
		}
	}
	slices.Sort(ids)
	definitions, err := s.app.store.Definitions(ctx, tenant, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			var d struct{ Name map[string]string }
			if json.Unmarshal(definitions[list[i].Course], &d) == nil {
				if name := nameIn(d.Name, language); name != "" {
					list[i].Course = name
				}
			}
		}
	}
	return nil
}

// nameIn is a name in a language, else in whichever comes first.
func nameIn(names map[string]string, language string) string {
	best, tag := "", ""
	for t, name := range names {
		base, _, _ := strings.Cut(strings.ToLower(t), "-")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if base == language {
			return name
		}
		if best == "" || t < tag {
			best, tag = name, t
		}
	}
	return best
}
