package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"lernspur/admin"
	"lernspur/bi"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/documents"
	"lernspur/engine"
	"lernspur/lrs"
	"lernspur/store"
	"lernspur/web/visitor"
)

// openToolDoor listens for programs that read published figures.
func (a *App) openToolDoor() error {
	o := a.opts.Tools
	if o.Addr == "" {
		return nil
	}
	listener, err := listen(o.Addr)
	if err != nil {
		return err
	}
	a.toolAddr = listener.Addr()
	limits := a.opts.Server
	limits.Write = o.Limits.Time + 5*time.Minute // each answer has a deadline of its own
	return a.serveNetwork(listener, lrs.NewServer(&a.toolDoor, a.log.Named("tools"), limits), o.TLS)
}

// ToolAddr is the network address of the door for tools; nil without one.
func (a *App) ToolAddr() net.Addr { return a.toolAddr }

// startTools assembles what publishes figures.
func (a *App) startTools() {
	o := a.opts.Tools
	e := engine.Options{Library: a.opts.Engine.Library, SearchDirs: a.opts.Engine.SearchDirs, Binary: a.opts.Engine.Binary, MemoryBytes: o.Memory}
	if e.MemoryBytes == 0 {
		e.MemoryBytes = engine.MinMemory
	}
	database := databaseOf(a.opts.DSN)
	a.tools = bi.New(bi.Options{
		Figures: toolFigures{a}, Conn: a.store.Conn(), Records: toolRecords{a.committer, a.store}, Check: directory.CheckTenant,
		Publish: a.opts.Addr != "" && (a.toolAddr != nil || database != ""), Serve: a.toolAddr != nil, Database: database,
		Dir: filepath.Join(a.opts.DataDir, "bi"), Engine: e, Refresh: o.Refresh, Limits: o.Limits, Logger: a.log.Named("bi"),
	})
}

// toolFigures are the figures as everybody gets them.
type toolFigures struct{ app *App }

// Ask implements bi.Figures.
func (f toolFigures) Ask(ctx context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error) {
	return f.app.progress.Ask(ctx, v, path, query)
}

// openTools lets tools in.
func (a *App) openTools(running context.Context) {
	a.task(func() { a.tools.Run(running) })
	if a.toolAddr != nil {
		a.toolDoor.open(a.tools.Handler())
	}
}

// databaseOf is the database of a ClickHouse server's address.
func databaseOf(dsn string) string {
	u, err := url.Parse(dsn)
	if dsn == "" || err != nil {
		return ""
	}
	if name := strings.Trim(u.Path, "/"); name != "" {
		return name
	}
	return "default"
}

// toolRecords are the commit path as package bi sees it.
type toolRecords struct {
	*commit.Committer
	store *store.Store
}

// Each implements bi.Records.
func (r toolRecords) Each(ctx context.Context, yield func(*documents.Document) error) error {
	return directoryRecords{r.Committer, r.store}.load(ctx, documents.BusinessIntelligence, yield)
}

// adminTools are published figures as the commands see them.
type adminTools struct{ app *App }

// Enable implements admin.Tools.
func (t adminTools) Enable(ctx context.Context, tenant string) (string, error) {
	secret, err := t.app.tools.Enable(ctx, tenant)
	return secret, toTools(err)
}

// Rotate implements admin.Tools.
func (t adminTools) Rotate(ctx context.Context, tenant string) (string, error) {
	secret, err := t.app.tools.Rotate(ctx, tenant)
	return secret, toTools(err)
}

// Disable implements admin.Tools.
func (t adminTools) Disable(ctx context.Context, tenant string) error {
	return toTools(t.app.tools.Disable(ctx, tenant))
}

// Statements implements admin.Tools.
func (t adminTools) Statements(ctx context.Context, tenant string, withdraw bool) ([]string, error) {
	list, err := t.app.tools.ServerStatements(ctx, tenant, withdraw)
	return list, toTools(err)
}

// Apply implements admin.Tools.
func (t adminTools) Apply(ctx context.Context, tenant string, withdraw bool) error {
	return toTools(t.app.tools.Apply(ctx, tenant, withdraw))
}

// Status implements admin.Tools.
func (t adminTools) Status(ctx context.Context, tenant string) (admin.ToolsInfo, error) {
	s, err := t.app.tools.Status(ctx, tenant)
	info := admin.ToolsInfo{Tenant: s.Tenant, Enabled: s.Enabled, User: s.User, Since: s.Since, Published: s.Published, Answering: s.Answering, Database: engine.Database}
	if t.app.toolAddr != nil {
		info.Address = origin(t.app.toolAddr, t.app.opts.Tools.TLS)
	}
	return info, toTools(err)
}

// toTools gives an error the type that the commands know.
func toTools(err error) error {
	if errors.Is(err, bi.ErrDisabled) || errors.Is(err, bi.ErrEmbedded) {
		return fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	return toAdmin(err)
}
