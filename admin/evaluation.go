package admin

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"lernspur/evaluation"
	"lernspur/evaluation/api"
)

// Evaluation is what may be evaluated about people. Errors of what was asked for
// wrongly are ErrRequest, with words of their own.
type Evaluation interface {
	State(ctx context.Context, tenant string) (evaluation.State, error)
	// History is every change, the latest first.
	History(ctx context.Context, tenant string) ([]evaluation.Change, error)
	// Change makes changes; by is who gave the command, "" when that is not said.
	Change(ctx context.Context, tenant, by string, edits []evaluation.Edit) (evaluation.State, error)
	// Statement is what is evaluated about whom, in words: in de or en, as text, html
	// or json.
	Statement(ctx context.Context, tenant, language, format string) ([]byte, error)
}

// EvaluationRequest changes what may be evaluated.
type EvaluationRequest struct {
	Tenant string `json:"tenant"`
	By     string `json:"by,omitempty"`
	api.Asked
}

func (h *handler) evaluation(w http.ResponseWriter, r *http.Request) error {
	s, err := h.services.Evaluation.State(r.Context(), r.URL.Query().Get("tenant"))
	if err != nil {
		return err
	}
	return answer(w, api.ViewOf(s))
}

func (h *handler) evaluationChanges(w http.ResponseWriter, r *http.Request) error {
	list, err := h.services.Evaluation.History(r.Context(), r.URL.Query().Get("tenant"))
	if err != nil {
		return err
	}
	views := make([]api.ChangeView, len(list))
	for i, c := range list {
		views[i] = api.ViewOfChange(c)
	}
	return answer(w, views)
}

func (h *handler) changeEvaluation(w http.ResponseWriter, r *http.Request) error {
	var ask EvaluationRequest
	if err := asked(w, r, &ask); err != nil {
		return err
	}
	edits, err := ask.Edits()
	if err != nil {
		return badRequest("%w", err)
	}
	s, err := h.services.Evaluation.Change(r.Context(), ask.Tenant, ask.By, edits)
	if err != nil {
		return err
	}
	return answer(w, api.ViewOf(s))
}

func (h *handler) evaluationStatement(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	text, err := h.services.Evaluation.Statement(r.Context(), q.Get("tenant"), q.Get("language"), q.Get("format"))
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// Evaluation answers what may be evaluated in a tenant.
func (c *Client) Evaluation(ctx context.Context, tenant string) (api.View, error) {
	var v api.View
	return v, c.call(ctx, http.MethodGet, "/v1/evaluation", url.Values{"tenant": {tenant}}, nil, &v)
}

// EvaluationChanges answers every change of that, the latest first.
func (c *Client) EvaluationChanges(ctx context.Context, tenant string) ([]api.ChangeView, error) {
	var list []api.ChangeView
	return list, c.call(ctx, http.MethodGet, "/v1/evaluation/changes", url.Values{"tenant": {tenant}}, nil, &list)
}

// ChangeEvaluation changes it and answers what holds then.
func (c *Client) ChangeEvaluation(ctx context.Context, ask EvaluationRequest) (api.View, error) {
	var v api.View
	return v, c.call(ctx, http.MethodPatch, "/v1/evaluation", nil, ask, &v)
}

// EvaluationStatement writes what is evaluated about whom to w.
func (c *Client) EvaluationStatement(ctx context.Context, tenant, language, format string, w io.Writer) error {
	response, err := c.do(ctx, http.MethodGet, "/v1/evaluation/statement", url.Values{"tenant": {tenant}, "language": {language}, "format": {format}}, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("the statement is incomplete: %w", err)
	}
	return nil
}
