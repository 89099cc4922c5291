package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/zap"
)

// Store is a ClickHouse database with Lernspur's tables.
type Store struct {
	conn   driver.Conn
	writes driver.Conn // connections of their own: each keeps a buffer of what it sent
	logger *zap.Logger
	refs   refs
	gone   gone

	definitions definitions

	dialer *dialer
	pool   sync.Pool // *columns
}

// Open connects to the database that dsn names (clickhouse://user:password@host:port/database), brings
// its tables up to date and reads what Insert needs to know. logger may be nil.
func Open(ctx context.Context, dsn string, logger *zap.Logger) (*Store, error) {
	if logger == nil {
		logger = zap.NewNop()
	}
	opts, err := options(dsn)
	if err != nil {
		return nil, err
	}
	ctx, cancel := unhurried(ctx)
	defer cancel()
	gentle := &dialer{timeout: opts.DialTimeout, linger: lingerTime, tls: opts.TLS}
	opts.DialContext, opts.DialStrategy = gentle.dial, gentle.strategy // the migration knows the first only
	if err := migrate(ctx, opts, logger); err != nil {
		return nil, fmt.Errorf("bringing the tables up to date: %w", err)
	}
	conn, err := clickhouse.Open(opts)
	if err != nil {
		return nil, err
	}
	few := *opts
	few.MaxOpenConns, few.MaxIdleConns = writeConnections, writeConnections
	writes, err := clickhouse.Open(&few)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	s := &Store{conn: conn, writes: writes, logger: logger, dialer: gentle, definitions: newDefinitions()}
	s.pool.New = func() any { return newColumns() }
	if err := s.loadRefs(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("reading where StatementRefs point: %w", err)
	}
	if err := s.loadDeleted(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("reading who deleted statements: %w", err)
	}
	return s, nil
}

// writeConnections is how many INSERTs can run at once: of each of three batches
// one beside another.
const writeConnections = 6

// options are those of the DSN with what every connection needs. On loopback
// compression costs more than it saves.
func options(dsn string) (*clickhouse.Options, error) {
	opts, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		// ParseDSN's error may repeat the DSN, and with it the password.
		return nil, fmt.Errorf("clickhouse.dsn is not a valid clickhouse:// address")
	}
	if len(opts.Addr) != 1 {
		// KILL QUERY reaches one server only, and the tables are each server's own.
		return nil, fmt.Errorf("clickhouse.dsn names %d servers, expected one", len(opts.Addr))
	}
	if opts.Settings == nil {
		opts.Settings = clickhouse.Settings{}
	}
	opts.Settings["async_insert"] = 0
	if !strings.Contains(dsn, "compress") && !loopback(opts.Addr) {
		opts.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	}
	opts.MaxOpenConns = 24
	opts.MaxIdleConns = 24
	opts.DialTimeout = 5 * time.Second
	opts.ReadTimeout = 30 * time.Second
	opts.ConnMaxLifetime = time.Hour
	return opts, nil
}

func loopback(addrs []string) bool {
	for _, addr := range addrs {
		host, _, err := net.SplitHostPort(addr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return false
		}
	}
	return true
}

// Close ends all connections.
func (s *Store) Close() error {
	err := errors.Join(s.conn.Close(), s.writes.Close())
	s.dialer.wait()
	return err
}

// Ping returns nil when the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.conn.Ping(ctx) }

// Conn gives the packages that keep tables of their own beside the statements
// (progress) the connection.
func (s *Store) Conn() driver.Conn { return s.conn }

// parameters are server-side parameters: values that callers chose never
// become part of a query's text.
type parameters = clickhouse.Parameters

// longQuery bounds what reads much or waits for others, where nothing else does.
const longQuery = 10 * time.Minute

// unhurried gives ctx a deadline of longQuery unless it has one. Without a
// deadline the driver allows opts.ReadTimeout from the beginning of a query to
// the end of its last row, however slowly that is taken: right for what
// somebody waits for, too short for what goes through a large table.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, bounded := ctx.Deadline(); bounded {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, longQuery)
}

// query runs a SELECT and calls scan for each row.
func (s *Store) query(ctx context.Context, sql string, params parameters, scan func(driver.Rows) error) error {
	if params != nil {
		ctx = clickhouse.Context(ctx, clickhouse.WithParameters(params))
	}
	rows, err := s.conn.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// queryLong is query without the driver's limit of time.
func (s *Store) queryLong(ctx context.Context, sql string, params parameters, scan func(driver.Rows) error) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	return s.query(ctx, sql, params, scan)
}
