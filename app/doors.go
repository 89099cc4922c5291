package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"lernspur/admin"
	"lernspur/lrs"
)

// door is a listener and the server behind it.
type door struct {
	listener net.Listener
	server   *http.Server
	cancel   context.CancelFunc // ends what its long requests do
}

// openDoors listens where the options say.
func (a *App) openDoors() error {
	if a.opts.Addr != "" {
		listener, err := listen(a.opts.Addr)
		if err != nil {
			return err
		}
		if err := a.serveNetwork(listener, lrs.NewServer(&a.public, a.log.Named("http"), a.opts.Server), a.opts.TLS); err != nil {
			return err
		}
		if err := a.openContentDoor(); err != nil {
			return err
		}
		if err := a.openToolDoor(); err != nil {
			return err
		}
	}
	if a.opts.Socket {
		listener, err := admin.Listen(a.opts.DataDir)
		if err != nil {
			return err
		}
		a.serve(listener, &http.Server{Handler: &a.socket, ReadHeaderTimeout: 10 * time.Second})
	}
	return nil
}

func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the address %s: %w", addr, err)
	}
	return listener, nil
}

func (a *App) serve(listener net.Listener, server *http.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	a.doors = append(a.doors, &door{listener, server, cancel})
	go func() {
		run := server.Serve
		if server.TLSConfig != nil {
			run = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
		}
		if err := run(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("%s: %w", listener.Addr(), err)
		}
	}()
}

// Addr is the network address that is listened on; nil without one.
func (a *App) Addr() net.Addr {
	for _, d := range a.doors {
		if d.listener.Addr().Network() == "tcp" {
			return d.listener.Addr()
		}
	}
	return nil
}

// ContentAddr is the network address that content is served at; nil without one.
func (a *App) ContentAddr() net.Addr { return a.contentAddr }

// closeDoors lets requests under way end within RequestGrace, then cuts them.
func (a *App) closeDoors(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.opts.RequestGrace)
	defer cancel()
	var wait sync.WaitGroup
	for _, d := range a.doors {
		wait.Go(func() {
			if d.listener.Addr().Network() == "unix" {
				d.cancel() // exports and verifications would take too long
			}
			if err := d.server.Shutdown(ctx); err != nil {
				a.log.Warn("requests under way were cut", zap.Error(err))
				d.server.Close()
			}
			d.cancel()
		})
	}
	wait.Wait()
	return nil
}
