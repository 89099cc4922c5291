package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Tools are programs that read a tenant's published figures. Errors of what was asked for
// wrongly are ErrRequest, with words of their own.
type Tools interface {
	// Enable lets them read; secret is "" where there was one.
	Enable(ctx context.Context, tenant string) (secret string, err error)
	Rotate(ctx context.Context, tenant string) (secret string, err error)
	Disable(ctx context.Context, tenant string) error
	Status(ctx context.Context, tenant string) (ToolsInfo, error)
	// Statements are for the administrator of a ClickHouse server; Apply runs them.
	Statements(ctx context.Context, tenant string, withdraw bool) ([]string, error)
	Apply(ctx context.Context, tenant string, withdraw bool) error
}

// ToolsInfo is how tools reach the figures of a tenant.
type ToolsInfo struct {
	Tenant  string `json:"tenant"`
	Enabled bool   `json:"enabled"`
	User    string `json:"user"`
	// Secret is there when it was just made, and never again.
	Secret string `json:"secret,omitempty"`
	// Address is where tools connect; "" when there is no door for them.
	Address   string    `json:"address,omitempty"`
	Database  string    `json:"database"`
	Since     time.Time `json:"since"`
	Published time.Time `json:"published"`
	Answering bool      `json:"answering"`
	// Statements are there when they were asked for.
	Statements []string `json:"statements,omitempty"`
}

// ToolsRequest says what is to become of it.
type ToolsRequest struct {
	Tenant string `json:"tenant"`
	// Withdraw asks for the statements that remove the user again.
	Withdraw bool `json:"withdraw,omitempty"`
}

var errNoTools = badRequest("no figures are published here")

func (h *handler) showTools(w http.ResponseWriter, r *http.Request) error {
	if h.services.Tools == nil {
		return errNoTools
	}
	info, err := h.services.Tools.Status(r.Context(), r.URL.Query().Get("tenant"))
	if err != nil {
		return err
	}
	return answer(w, info)
}

func (h *handler) changeTools(w http.ResponseWriter, r *http.Request) error {
	if h.services.Tools == nil {
		return errNoTools
	}
	var ask ToolsRequest
	if err := asked(w, r, &ask); err != nil {
		return err
	}
	tools, ctx := h.services.Tools, r.Context()
	var secret string
	var statements []string
	var err error
	switch r.PathValue("what") {
	case "enable":
		secret, err = tools.Enable(ctx, ask.Tenant)
	case "rotate":
		secret, err = tools.Rotate(ctx, ask.Tenant)
	case "disable":
		err = tools.Disable(ctx, ask.Tenant)
	case "statements":
		statements, err = tools.Statements(ctx, ask.Tenant, ask.Withdraw)
	case "apply":
		err = tools.Apply(ctx, ask.Tenant, ask.Withdraw)
	default:
		return &failure{http.StatusNotFound, errors.New("there is no such action")}
	}
	if err != nil {
		return err
	}
	info, err := tools.Status(ctx, ask.Tenant)
	if err != nil {
		return err
	}
	info.Secret, info.Statements = secret, statements
	return answer(w, info)
}

// Tools tells how tools reach the figures of a tenant.
func (c *Client) Tools(ctx context.Context, tenant string) (ToolsInfo, error) {
	var info ToolsInfo
	return info, c.call(ctx, http.MethodGet, "/v1/bi", url.Values{"tenant": {tenant}}, nil, &info)
}

// ChangeTools does what is asked for: enable, rotate, disable, statements or apply.
func (c *Client) ChangeTools(ctx context.Context, what string, ask ToolsRequest) (ToolsInfo, error) {
	var info ToolsInfo
	return info, c.call(ctx, http.MethodPost, "/v1/bi/"+url.PathEscape(what), nil, ask, &info)
}
