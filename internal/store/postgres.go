package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Connections of one process, unless the address says pool_max_conns. River has
// some of its own: it must be able to keep its leases whatever else goes on.
const (
	deskConnections = 12
	jobConnections  = 6
)

// How long PostgreSQL may take, whoever waits.
const (
	connectLimit = 5 * time.Second
	lockLimit    = "5000"  // milliseconds that a lock is waited for
	textLimit    = "10000" // milliseconds for one statement
	idleLimit    = "15000" // milliseconds between two statements of a transaction
)

// postgresServer is a PostgreSQL database that replicas may share.
type postgresServer struct {
	pool *pgxpool.Pool // the desk's
	work *pgxpool.Pool // River's
}

// openPostgres opens the database at a URL. It must be there; its tables are
// made when they are not.
func openPostgres(ctx context.Context, address string) (_ engine, err error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err) // the error leaves out the password
	}
	s := &postgresServer{}
	if err := s.open(ctx, config); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *postgresServer) open(ctx context.Context, config *pgxpool.Config) (err error) {
	if s.pool, err = openServer(ctx, config, deskConnections); err != nil {
		return err
	}
	if err := assertSettings(ctx, s.pool); err != nil {
		return err
	}
	if err := migrateServer(ctx, s.pool); err != nil {
		return err
	}
	s.work, err = openServer(ctx, config, jobConnections)
	return err
}

// openServer opens a pool of at most size connections. None of them waits for
// ever: a person is waiting at the other end.
func openServer(ctx context.Context, config *pgxpool.Config, size int32) (*pgxpool.Pool, error) {
	config = config.Copy()
	if !strings.Contains(config.ConnString(), "pool_max_conns=") {
		config.MaxConns = size
	}
	config.ConnConfig.ConnectTimeout = connectLimit
	for name, value := range map[string]string{
		"application_name": "passdesk", "lock_timeout": lockLimit,
		"statement_timeout": textLimit, "idle_in_transaction_session_timeout": idleLimit,
	} {
		if _, own := config.ConnConfig.RuntimeParams[name]; !own {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return pool, nil
}

// assertSettings refuses a database that would forget what it was told, or could
// not hold what people write.
func assertSettings(ctx context.Context, pool *pgxpool.Pool) error {
	var commit, encoding string
	err := pool.QueryRow(ctx, `SELECT current_setting('synchronous_commit'), current_setting('server_encoding')`).Scan(&commit, &encoding)
	switch {
	case err != nil:
		return fmt.Errorf("database: %w", err)
	case commit == "off":
		return errors.New("database setting synchronous_commit is off: a decision would not survive a crash")
	case encoding != "UTF8":
		return fmt.Errorf("database encoding is %s instead of UTF8", encoding)
	}
	return nil
}

// reads implements engine.
func (s *postgresServer) reads() session { return postgresSession{s.pool} }

// begin implements engine. Of two transactions that change the same row, the
// second waits for the first and then sees what it has done: a change that names
// the state it expects finds it gone.
func (s *postgresServer) begin(ctx context.Context) (transaction, error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return nil, broken(err)
	}
	return &postgresTx{postgresSession{tx}, tx}, nil
}

// jobs implements engine.
func (s *postgresServer) jobs(o Options, poll time.Duration) (queue, error) {
	return newQueue(riverpgxv5.New(s.work), nil, o, river.Config{FetchPollInterval: poll})
}

// dueMillis implements engine.
func (s *postgresServer) dueMillis() string {
	return `CAST(EXTRACT(EPOCH FROM scheduled_at) * 1000 AS BIGINT)`
}

// close implements engine.
func (s *postgresServer) close() error {
	for _, pool := range []*pgxpool.Pool{s.work, s.pool} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}
