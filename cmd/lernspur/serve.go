package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"lernspur/app"
	"lernspur/config"
)

// stopGrace bounds an orderly stop; each part of it has a bound of its own.
const stopGrace = time.Minute

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the server until it is told to stop (SIGTERM, Ctrl-C)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, cmd.OutOrStdout())
		},
	}
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, c *config.Config, out io.Writer) error {
	limitMemory()
	logger, err := serverLogger(c.Log)
	if err != nil {
		return err
	}
	defer func() { _ = logger.Sync() }() // a terminal cannot be synced
	for _, w := range c.Warnings {
		logger.Warn(w)
	}
	o := options(c, "serve", logger)
	if o.DataDir, err = dataDir(c); err != nil {
		return err
	}
	o.Addr, o.Socket = c.Server.Addr, true
	o.ContentAddr, o.Pages = c.Content.Addr, pagesOrigin(c.Server)
	o.TLS, o.ContentTLS = app.CertificateFiles(c.Server.TLS), app.CertificateFiles(c.Content.TLS)
	o.Tools.Addr, o.Tools.TLS = c.BI.Addr, app.CertificateFiles(c.BI.TLS)
	var firstKey, firstSecret string
	o.FirstKey = func(key, secret string) { firstKey, firstSecret = key, secret }
	a := app.New(o)
	if err := a.Start(ctx); err != nil {
		if ctx.Err() != nil {
			logger.Info("told to stop before the start was done", zap.Error(err))
			return nil
		}
		return err
	}
	endpoint := endpointOf(c, a)
	logger.Info("ready", zap.String("endpoint", endpoint), zap.String("version", version))
	printReady(out, endpoint, a.PagesURL(), firstKey, firstSecret)
	select {
	case <-ctx.Done():
	case err = <-a.Failed():
		logger.Error("the server stops", zap.Error(err))
	}
	logger.Info("stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	err = errors.Join(err, a.Stop(stopping))
	logger.Info("stopped")
	return err
}

// endpointOf is the address of the xAPI resources as clients reach it.
func endpointOf(c *config.Config, a *app.App) string {
	if c.Server.PublicURL != "" {
		return c.Server.PublicURL + "/xapi"
	}
	return fmt.Sprintf("%s%s/xapi", scheme(c.Server), a.Addr())
}

// printReady says where the server is and, once, which key it made.
func printReady(out io.Writer, endpoint, pages, key, secret string) {
	fmt.Fprintf(out, "Lernspur is ready.\n  pages     %s\n  endpoint  %s\n", pages, endpoint)
	if key != "" {
		fmt.Fprintf(out, "  key       %s\n  secret    %s\nThis key may do everything in the tenant default. The secret is shown only now.\n", key, secret)
	}
}
