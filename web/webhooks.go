package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"lernspur/delivery"
	"lernspur/webhook"
)

// Webhooks tells other programs what happened. Errors: those of package delivery.
type Webhooks interface {
	List(tenant string) []webhook.Status
	Status(tenant, id string) (webhook.Status, error)
	DeadOnes(ctx context.Context, tenant, id, after string, n int) (list []webhook.Dead, next string, err error)
	Add(ctx context.Context, tenant string, e webhook.Edit) (h *webhook.Hook, secret string, err error)
	Edit(ctx context.Context, tenant, id string, e webhook.Edit) (*webhook.Hook, error)
	Rotate(ctx context.Context, tenant, id string) (h *webhook.Hook, secret string, err error)
	EndRotation(ctx context.Context, tenant, id string) (*webhook.Hook, error)
	TestEvent(ctx context.Context, tenant, id string) error
	Retry(tenant, id string) error
	Remove(ctx context.Context, tenant, id string) error
}

// webhookRow is a webhook as it is shown.
type webhookRow struct {
	webhook.Status
	ID, Name, URL       string
	Events              []string
	Paused              bool
	Until, Next, Failed int64 // microseconds; 0 is none
}

func newWebhookRow(st webhook.Status) webhookRow {
	r := webhookRow{Status: st, ID: st.Hook.ID, Name: st.Hook.Name, URL: st.Hook.URL, Events: st.Hook.Events, Paused: st.Hook.Paused}
	if st.Rotating {
		r.Until = st.Hook.PreviousUntil
	}
	if !st.NextTry.IsZero() {
		r.Next = st.NextTry.UnixMicro()
	}
	if st.Problem != "" {
		r.Failed = st.ProblemAt.UnixMicro()
	}
	return r
}

// webhooksPage is what the page of webhooks shows.
type webhooksPage struct {
	Hooks     []webhookRow
	URL, Name string
	Events    []string
	Chosen    map[string]bool
	// Secret is that of Made, which was just made.
	Made, Secret string
}

// webhooks shows which programs are told.
func (s *Site) webhooks(q *request) error {
	return s.showWebhooks(q, http.StatusOK, webhooksPage{Chosen: map[string]bool{webhook.CourseCompleted: true, webhook.CoursePassed: true}}, nil)
}

func (s *Site) showWebhooks(q *request, status int, body webhooksPage, wrong []fieldError) error {
	body.Events = webhook.Events
	for _, st := range s.deps.Webhooks.List(q.who.Tenant) {
		body.Hooks = append(body.Hooks, newWebhookRow(st))
	}
	return q.show(status, "webhooks", &view{Title: q.words.t("menu.webhooks"), Answer: q.words.tn("webhooks.answer", len(body.Hooks)), Body: body, Errors: wrong})
}

// addWebhook makes a webhook and shows its secret, this once.
func (s *Site) addWebhook(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	body := webhooksPage{URL: values.Get("url"), Name: values.Get("name"), Chosen: map[string]bool{}}
	events := values["events"]
	for _, event := range events {
		body.Chosen[event] = true
	}
	h, secret, err := s.deps.Webhooks.Add(q.r.Context(), q.who.Tenant, webhook.Edit{URL: &body.URL, Name: &body.Name, Events: &events})
	var invalid *delivery.Invalid
	if errors.As(err, &invalid) {
		return s.showWebhooks(q, http.StatusBadRequest, body, []fieldError{{invalid.Field, q.words.t("outgoing.invalid." + invalid.Field)}})
	}
	if err != nil {
		return err
	}
	return s.showWebhooks(q, http.StatusOK, webhooksPage{Chosen: map[string]bool{}, Made: h.Name, Secret: secret}, nil)
}

// webhookPage is what the page of a webhook shows.
type webhookPage struct {
	webhookRow
	DeadList []webhook.Dead
	More     string
	Secret   string
	// Tested tells that a test was sent, and TestProblem what came of it.
	Tested      bool
	TestProblem string
}

// webhook shows one webhook, and what it could not be told.
func (s *Site) webhook(q *request) error { return s.showWebhook(q, webhookPage{}) }

func (s *Site) showWebhook(q *request, body webhookPage) error {
	id := q.r.PathValue("hook")
	st, err := s.deps.Webhooks.Status(q.who.Tenant, id)
	if err != nil {
		return err
	}
	list, next, err := s.deps.Webhooks.DeadOnes(q.r.Context(), q.who.Tenant, id, q.r.URL.Query().Get("after"), shownRefused)
	if err != nil {
		return err
	}
	body.webhookRow, body.DeadList = newWebhookRow(st), list
	if next != "" {
		body.More = q.page("/settings/webhooks/"+id, "after", next)
	}
	return q.show(http.StatusOK, "webhook", &view{Title: st.Hook.Name, Answer: q.words.tn("webhooks.pending", st.Pending),
		Crumbs: q.crumbs("/settings/webhooks", q.words.t("menu.webhooks")), Body: body})
}

// actOnWebhook tests, changes the secret, pauses, resumes, tells again or ends.
func (s *Site) actOnWebhook(q *request) error {
	ctx, tenant, id, hooks := q.r.Context(), q.who.Tenant, q.r.PathValue("hook"), s.deps.Webhooks
	yes, no := true, false
	var err error
	done := ""
	switch q.r.PathValue("act") {
	case "test":
		page := webhookPage{Tested: true}
		if err := hooks.TestEvent(ctx, tenant, id); err != nil {
			page.TestProblem = err.Error()
		}
		return s.showWebhook(q, page)
	case "rotate":
		_, secret, err := hooks.Rotate(ctx, tenant, id)
		if err != nil {
			return err
		}
		return s.showWebhook(q, webhookPage{Secret: secret})
	case "end":
		_, err = hooks.EndRotation(ctx, tenant, id)
		done = id + "?done=webhook-ended"
	case "pause":
		_, err = hooks.Edit(ctx, tenant, id, webhook.Edit{Paused: &yes})
		done = id + "?done=webhook-paused"
	case "resume":
		_, err = hooks.Edit(ctx, tenant, id, webhook.Edit{Paused: &no})
		done = id + "?done=webhook-resumed"
	case "retry":
		err = hooks.Retry(tenant, id)
		done = id + "?done=webhook-retried"
	case "remove":
		err = hooks.Remove(ctx, tenant, id)
		done = "?done=webhook-removed"
	default:
		err = &problem{status: http.StatusNotFound, key: "nothing"}
	}
	if err == nil {
		q.to(strings.Replace("/settings/webhooks/"+done, "/?", "?", 1))
	}
	return err
}
