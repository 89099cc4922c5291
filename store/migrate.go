package store

import (
	"context"
	"embed"
	"io/fs"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
	"go.uber.org/zap"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date.
func migrate(ctx context.Context, opts *clickhouse.Options, logger *zap.Logger) error {
	own := *opts
	own.MaxOpenConns, own.MaxIdleConns = 0, 0
	db := clickhouse.OpenDB(&own)
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectClickHouse, db, files)
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		logger.Info("brought the tables up to date", zap.String("migration", r.Source.Path), zap.Duration("took", r.Duration))
	}
	return err
}
