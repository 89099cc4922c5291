package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"lernspur/commit"
	"lernspur/documents"
	"lernspur/lrs"
	"lernspur/player"
	"lernspur/statements"
)

// openContentDoor listens where content is served, an origin of its own.
func (a *App) openContentDoor() error {
	if a.opts.ContentAddr == "" {
		return nil
	}
	listener, err := listen(a.opts.ContentAddr)
	if err != nil {
		return err
	}
	if a.opts.Catalog.LaunchBase == "" {
		a.opts.Catalog.LaunchBase = origin(listener.Addr(), a.opts.contentTLS())
	}
	a.contentAddr = listener.Addr()
	return a.serveNetwork(listener, lrs.NewServer(&a.content, a.log.Named("content"), a.opts.Server), a.opts.contentTLS())
}

// newContent assembles the origin of content. Whoever asks for it under the
// pages' host name is sent to its own: content must not meet the pages' cookies,
// and another port would not keep it from them.
func (a *App) newContent() (http.Handler, error) {
	recorder, err := a.NewRecorder()
	if err != nil {
		return nil, err
	}
	pages := a.opts.Pages
	a.player = player.New(player.Options{
		Catalog: Content{a.catalog, a.launches}, Recorder: recorder, Documents: contentDocuments{a.committer}, Opener: opener{a.launches},
		Public: func() string { return pages }, Logger: a.log.Named("player"),
	})
	return apart(a.player.Handler(), pages, a.opts.Catalog.LaunchBase), nil
}

// calls are the calls of content at run time, for its API.
func (a *App) calls(ctx context.Context, tenant string, registration uuid.UUID, item string, attempt int) (any, error) {
	return a.player.Calls(ctx, tenant, registration, item, attempt)
}

// apart keeps a handler off the host name of the pages.
func apart(handler http.Handler, pages, base string) http.Handler {
	p, err := url.Parse(pages)
	if err != nil || p.Hostname() == "" {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := url.URL{Host: r.Host}
		if asked.Hostname() == p.Hostname() {
			elsewhere(w, r, base)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// contentDocuments is the log as the player sees it: it puts documents where
// those of the xAPI resources are.
type contentDocuments struct{ committer *commit.Committer }

// Put implements player.Documents.
func (c contentDocuments) Put(ctx context.Context, tenant string, d player.Document) error {
	key := documents.Key{
		Shelf:        documents.Shelf{Tenant: tenant, Kind: documents.ActivityProfile, Activity: d.Activity},
		Registration: d.Registration, ID: d.ID,
	}
	if d.Actor != nil {
		agent, err := statements.AgentIdentifier(d.Actor, statements.V1)
		if err != nil {
			return fmt.Errorf("the learner: %w", err)
		}
		key.Kind, key.Agent = documents.State, agent
	}
	_, err := c.committer.Change(ctx, key, func(current *documents.Document) (*documents.Document, error) {
		if current != nil && current.ContentType == d.ContentType && string(current.Content) == string(d.Content) {
			return nil, nil
		}
		return &documents.Document{ContentType: d.ContentType, Content: d.Content}, nil
	})
	return toCatalog(err)
}
