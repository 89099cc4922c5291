// Package lrstest starts the whole endpoint for a test: the real engine, a
// fresh database, the log, the keys and HTTP, tied together by the adapters of
// package app. It is for tests only.
//
// A test package that uses it calls Main from its TestMain.
package lrstest

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"lernspur/access"
	"lernspur/apiv1"
	"lernspur/app"
	"lernspur/blobs"
	"lernspur/commit"
	"lernspur/directory"
	"lernspur/launch"
	"lernspur/lrs"
	"lernspur/schema"
	"lernspur/store"
	"lernspur/store/storetest"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
)

// Main runs the tests of a package and stops the engine afterwards.
func Main(m *testing.M) { storetest.Main(m) }

// Server is an endpoint that runs until its test ends.
type Server struct {
	// Root is the address of the server, Endpoint that of the xAPI resources
	// ("…/xapi").
	Root     string
	Endpoint string
	// Key and Secret have every scope in the tenant default.
	Key    string
	Secret string

	API      *lrs.API
	Keys     *directory.Keys
	Store    *store.Store
	Commit   *commit.Committer
	Blobs    *blobs.Keeper
	BlobDir  string // where their files lie
	Registry *prometheus.Registry
	Launch   *launch.Service // nil without a Catalog
}

// Options change how a server is made.
type Options struct {
	LRS    func(o *lrs.Options)
	Commit func(o *commit.Options)
	Access func(o *access.Options)
	// Catalog has launches opened and judged; nil leaves them out. FileURL is where
	// their files are, on http://content.test unless it is given.
	Catalog launch.Catalog
	FileURL func(token, path string) string
}

// Start starts an endpoint on a fresh database. A missing engine fails the
// test.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s := &Server{Store: storetest.Open(t), Registry: prometheus.NewRegistry()}
	s.startCommit(t, opts)
	s.openKeys(t)
	s.openBlobs(t)
	// Tests are wrong as often as they like.
	credentials := access.Options{Keys: s.Keys, Registerer: s.Registry, Slow: access.Slow{PerKey: -1}}
	if opts.Access != nil {
		opts.Access(&credentials)
	}
	gate := access.NewGate(credentials)
	door, err := app.NewDoor(gate, "")
	if err != nil {
		t.Fatal(err)
	}
	o := lrs.Options{
		Blobs:  app.Blobs{Keeper: s.Blobs},
		Writer: app.Writer{Committer: s.Commit}, Reader: app.Reader{Store: s.Store}, Keys: app.Keys{Gate: gate},
		Challenges: gate.Challenges(), Explain: schema.ExplainRequest, Registerer: s.Registry,
		Documents:  app.Documents{Committer: s.Commit, Store: s.Store},
		Activities: app.Reader{Store: s.Store},
	}
	if opts.Catalog != nil {
		s.startLaunch(door, opts)
		o.Guard = app.Guard{Service: s.Launch}
	}
	if opts.LRS != nil {
		opts.LRS(&o)
	}
	router := mux.NewRouter()
	s.API = lrs.New(o)
	s.API.Register(router)
	lrs.RegisterOps(router, s.Registry, s.Store.Ping)
	if s.Launch != nil {
		s.Launch.Register(router)
	}
	app.NewRepairs(s.Store, s.Commit, door, nil).Register(router)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := lrs.NewServer(router, nil, lrs.Timeouts{})
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }() // ends with ErrServerClosed
	t.Cleanup(func() { _ = server.Close(); <-done })
	s.Root = "http://" + listener.Addr().String()
	s.Endpoint = s.Root + lrs.Base
	return s
}

// startLaunch assembles what opens content.
func (s *Server) startLaunch(door apiv1.Door, opts Options) {
	files := opts.FileURL
	if files == nil {
		files = func(_, path string) string { return "http://content.test/" + path }
	}
	s.Launch = app.NewLaunch(app.LaunchParts{
		Committer: s.Commit, Store: s.Store, Keys: s.Keys, Door: door, Catalog: opts.Catalog,
		Base: func() string { return s.Root }, FileURL: files,
	})
}

func (s *Server) startCommit(t testing.TB, opts Options) {
	t.Helper()
	o := commit.Options{Dir: t.TempDir(), Sink: app.Sink{Store: s.Store}}
	if opts.Commit != nil {
		opts.Commit(&o)
	}
	c, err := commit.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Error("closing the log:", err)
		}
	})
	s.Commit = c
}

func (s *Server) openBlobs(t testing.TB) {
	t.Helper()
	s.BlobDir = filepath.Join(t.TempDir(), "blobs")
	files, err := blobs.OpenFiles(s.BlobDir)
	if err != nil {
		t.Fatal(err)
	}
	s.Blobs = blobs.NewKeeper(files)
}

func (s *Server) openKeys(t testing.TB) {
	t.Helper()
	keys, err := directory.Open(context.Background(), directory.StoreKeys(s.Store), directory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Keys = keys
	s.Key, s.Secret = s.NewKey(t, directory.DefaultTenant, directory.ScopeAll)
}

// NewKey makes another key.
func (s *Server) NewKey(t testing.TB, tenant string, scopes ...string) (key, secret string) {
	t.Helper()
	return s.Bind(t, directory.NewKey{Tenant: tenant, Label: "test", Scopes: scopes})
}

// Bind makes another key, which may be bound.
func (s *Server) Bind(t testing.TB, n directory.NewKey) (key, secret string) {
	t.Helper()
	record, secret, err := s.Keys.Create(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	return record.ID, secret
}
