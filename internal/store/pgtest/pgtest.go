// Package pgtest gives tests a PostgreSQL database of their own: on the server
// that PASSDESK_TEST_POSTGRES names, else on a private one that this process
// starts and takes along when it ends.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Variable names a server on which databases may be made, as a URL.
const Variable = "PASSDESK_TEST_POSTGRES"

// shared is the server of all tests of this process.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

var count atomic.Int64

// Suite runs a package's tests and then ends the server that they have shared;
// for TestMain.
type Suite struct{ *testing.M }

// Run implements goleak.TestingM.
func (s Suite) Run() int {
	defer func() {
		if shared.server != nil {
			shared.server.end()
		}
	}()
	return s.M.Run()
}

// Address is that of an empty database, which is dropped when the test ends.
func Address(tb testing.TB) string {
	tb.Helper()
	if named := os.Getenv(Variable); named != "" {
		return database(tb, named)
	}
	shared.once.Do(func() { shared.server, shared.err = start() })
	require.NoError(tb, shared.err)
	return shared.server.Database(tb)
}

// database makes an empty database on a server.
func database(tb testing.TB, server string) string {
	tb.Helper()
	name := fmt.Sprintf("passdesk_%d_%d", os.Getpid(), count.Add(1))
	run := func(text string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		conn, err := pgx.Connect(ctx, server)
		require.NoError(tb, err)
		defer conn.Close(ctx) //nolint:errcheck // nothing is lost
		_, err = conn.Exec(ctx, text)
		require.NoError(tb, err)
	}
	run("CREATE DATABASE " + name)
	tb.Cleanup(func() { run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	require.NoError(tb, err)
	u.Path = "/" + name
	return u.String()
}
