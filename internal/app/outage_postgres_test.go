package app_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// onPostgres is a play whose database is a server of its own.
func onPostgres(t *testing.T) (*play, *pgtest.Server) {
	t.Helper()
	server := pgtest.Start(t)
	address := server.Database(t)
	return newPlay(t, func(c *app.Config) { c.Database = address }), server
}

// A database that is restarted under load: nothing is given meanwhile, people are
// told so, and everything goes on when it is back.
func TestOutagePostgresRestarted(t *testing.T) {
	t.Parallel()
	p, server := onPostgres(t)
	p.asked()
	stop := make(chan struct{})
	var load sync.WaitGroup
	for _, who := range []string{"adele", "bianca", "megan", "lee"} {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					p.says(who, "requests")
				}
			}
		})
	}
	server.Stop(t)
	p.hears(clicks[1], noRecords)
	status, parts := p.readiness()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "failing", parts["database"])
	server.Again(t)
	close(stop)
	load.Wait()
	p.becomesReady()
	p.goesOn(1)
	p.endsWell()
}

// Without its database Passdesk does not start, and says which part is missing;
// started again when it is there, it goes on where it was.
func TestOutagePostgresGoneAtTheStart(t *testing.T) {
	t.Parallel()
	p, server := onPostgres(t)
	p.asked()
	require.NoError(t, p.Stop())
	server.Stop(t)
	require.ErrorContains(t, p.Restart(t.Context()), "opening the store")
	server.Again(t)
	require.NoError(t, p.Restart(t.Context()))
	p.goesOn(1)
	p.endsWell()
}
