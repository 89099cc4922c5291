package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"lernspur/delivery"
	"lernspur/forward"
)

// Forwards has statements sent to other stores. Errors: those of package delivery.
type Forwards interface {
	List(ctx context.Context, tenant string) []forward.Status
	Status(ctx context.Context, tenant, id string) (forward.Status, error)
	Asides(ctx context.Context, tenant, id, after string, n int) (list []forward.Aside, next string, err error)
	Add(ctx context.Context, tenant string, e forward.Edit, beginning bool) (*forward.Target, error)
	Edit(ctx context.Context, tenant, id string, e forward.Edit) (*forward.Target, error)
	Resume(ctx context.Context, tenant, id string) (*forward.Target, error)
	Retry(tenant, id string) error
	Remove(ctx context.Context, tenant, id string) error
}

// forwardRow is a target as it is shown.
type forwardRow struct {
	ID, Name, URL, State, Problem string
	// Oldest is since when the oldest statement waits, Last when one was delivered, in
	// microseconds; 0 is none.
	Oldest, Last, NextTry int64
	Waiting               int64 // -1: not known now
	Delivered, Refused    int64
	CanResume             bool
}

func (s *Site) forwardRow(st forward.Status) forwardRow {
	r := forwardRow{ID: st.Target.ID, Name: st.Target.Name, URL: st.Target.URL, State: st.State, Problem: st.Problem, Last: st.Last, Waiting: st.Waiting,
		Delivered: st.Delivered, Refused: st.Aside, CanResume: st.State == forward.StatePaused || st.State == forward.StateHalted}
	if st.Lag > 0 {
		r.Oldest = s.deps.Now().Add(-st.Lag).UnixMicro()
	}
	if !st.NextTry.IsZero() {
		r.NextTry = st.NextTry.UnixMicro()
	}
	return r
}

// forwardForm is what was entered for a new target.
type forwardForm struct {
	URL, Name, Key, Verbs, Activities, Agents string
	Beginning                                 bool
}

// forwardingPage is what the page of forwarding shows.
type forwardingPage struct {
	Targets []forwardRow
	Form    forwardForm
}

// forwarding shows whom statements are forwarded to, and how far that is.
func (s *Site) forwarding(q *request) error {
	return s.showForwarding(q, http.StatusOK, forwardForm{}, nil)
}

func (s *Site) showForwarding(q *request, status int, form forwardForm, wrong []fieldError) error {
	body := forwardingPage{Form: form}
	behind := 0
	for _, st := range s.deps.Forwards.List(q.r.Context(), q.who.Tenant) {
		body.Targets = append(body.Targets, s.forwardRow(st))
		if st.State != forward.StateCurrent {
			behind++
		}
	}
	answer := q.words.t("forwarding.answer.none")
	switch {
	case len(body.Targets) > 0 && behind == 0:
		answer = q.words.t("forwarding.answer.current")
	case behind > 0:
		answer = q.words.tn("forwarding.answer.behind", behind)
	}
	return q.show(status, "forwarding", &view{Title: q.words.t("menu.forwarding"), Answer: answer, Body: body, Errors: wrong})
}

// prefixesIn reads one prefix from each line.
func prefixesIn(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// addForward makes a target.
func (s *Site) addForward(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form := forwardForm{values.Get("url"), values.Get("name"), values.Get("key"), values.Get("verbs"), values.Get("activities"), values.Get("agents"), values.Get("from") == "beginning"}
	secret := values.Get("secret")
	filter := forward.Filter{Verbs: prefixesIn(form.Verbs), Activities: prefixesIn(form.Activities), Agents: prefixesIn(form.Agents)}
	edit := forward.Edit{URL: &form.URL, Name: &form.Name, Key: &form.Key, Secret: &secret, Filter: &filter}
	_, err = s.deps.Forwards.Add(q.r.Context(), q.who.Tenant, edit, form.Beginning)
	var invalid *delivery.Invalid
	if errors.As(err, &invalid) {
		return s.showForwarding(q, http.StatusBadRequest, form, []fieldError{{invalid.Field, q.words.t("outgoing.invalid." + invalid.Field)}})
	}
	if err != nil {
		return err
	}
	q.to("/settings/forwarding?done=forward-added")
	return nil
}

// shownRefused is how many refused statements a page has.
const shownRefused = 100

// forwardPage is what the page of a target shows.
type forwardPage struct {
	forwardRow
	Filter  forward.Filter
	Key     string
	From    int64
	Refusal []forward.Aside
	More    string
}

// forwardTarget shows one target, and what it refused.
func (s *Site) forwardTarget(q *request) error {
	id := q.r.PathValue("target")
	st, err := s.deps.Forwards.Status(q.r.Context(), q.who.Tenant, id)
	if err != nil {
		return err
	}
	list, next, err := s.deps.Forwards.Asides(q.r.Context(), q.who.Tenant, id, q.r.URL.Query().Get("after"), shownRefused)
	if err != nil {
		return err
	}
	body := forwardPage{forwardRow: s.forwardRow(st), Filter: st.Target.Filter, Key: st.Target.Key, From: st.Target.From, Refusal: list}
	if next != "" {
		body.More = q.page("/settings/forwarding/"+id, "after", next)
	}
	return q.show(http.StatusOK, "forward", &view{Title: st.Target.Name, Answer: q.words.t("forwarding.state." + st.State),
		Crumbs: q.crumbs("/settings/forwarding", q.words.t("menu.forwarding")), Body: body})
}

// actOnForward pauses, resumes, sends again or ends.
func (s *Site) actOnForward(q *request) error {
	ctx, tenant, id, yes := q.r.Context(), q.who.Tenant, q.r.PathValue("target"), true
	var err error
	done := ""
	switch q.r.PathValue("act") {
	case "pause":
		_, err = s.deps.Forwards.Edit(ctx, tenant, id, forward.Edit{Paused: &yes})
		done = id + "?done=forward-paused"
	case "resume":
		_, err = s.deps.Forwards.Resume(ctx, tenant, id)
		done = id + "?done=forward-resumed"
	case "retry":
		err = s.deps.Forwards.Retry(tenant, id)
		done = id + "?done=forward-retried"
	case "remove":
		err = s.deps.Forwards.Remove(ctx, tenant, id)
		done = "?done=forward-removed"
	default:
		err = &problem{status: http.StatusNotFound, key: "nothing"}
	}
	if err == nil {
		q.to(strings.Replace("/settings/forwarding/"+done, "/?", "?", 1))
	}
	return err
}
