package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lernspur/admin"
	"lernspur/app"
	"lernspur/config"
)

// session is a command's way to the data: through the socket of a running
// server, or through the server's parts started in this process.
type session struct {
	*admin.Client
	dataDir string
	local   *app.App // nil beside a server
}

// open finds a server or starts its parts. mayCreate lets a command begin a
// new data folder.
func open(cmd *cobra.Command, mayCreate bool) (*session, error) {
	c, err := config.Load(cmd.Flags())
	if err != nil {
		return nil, err
	}
	dir, err := dataDir(c)
	if err != nil {
		return nil, err
	}
	ctx := cmd.Context()
	client, err := admin.Connect(ctx, dir)
	if err == nil {
		return &session{Client: client, dataDir: dir}, nil
	}
	if !errors.Is(err, admin.ErrNoServer) {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "log")); err != nil && !mayCreate {
		return nil, fmt.Errorf("there is no data in %s: start the server once (lernspur serve), or name the data folder (--data, LERNSPUR_DATA)", dir)
	}
	limitMemory()
	o := options(c, cmd.Name(), commandLogger())
	o.DataDir = dir
	a := app.New(o)
	if err := a.Start(ctx); err != nil {
		return nil, err
	}
	return &session{Client: admin.Local(a.Admin()), dataDir: dir, local: a}, nil
}

// asking has a command do something with a session of its own.
func asking(cmd *cobra.Command, mayCreate bool, do func(s *session) error) (err error) {
	s, err := open(cmd, mayCreate)
	if err != nil {
		return err
	}
	defer s.end(cmd.Context(), &err)
	return do(s)
}

// newTable is for rows of cells that end with a tab each, the last one without.
func newTable(out io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) }

// end closes the session and adds to err what goes wrong with that.
func (s *session) end(ctx context.Context, err *error) {
	closeErr := s.Client.Close()
	if s.local != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		closeErr = errors.Join(closeErr, s.local.Stop(stopping))
	}
	*err = errors.Join(*err, closeErr)
}
