package app_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
)

// Everything is ended beside a bot that runs on the same database, and what ends
// is told and read back; what cannot end in time is named.
func TestEndAll(t *testing.T) {
	t.Parallel()
	for engine, on := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, on(t))
			p.says("adele", "exclude alex from platforms for 1h because new phone")
			p.presses("adele", "Send request", nil)
			p.presses("lee", "Approve", nil)
			p.sees("adele", "<Extend>")
			p.revealed()

			require.NoError(t, p.endsAll(t, time.Minute))
			require.False(t, p.excluded("platforms", "alex"))
			require.Empty(t, p.passes("joni"))
			p.sees("lee", "Ended")
			p.sees("megan", "Ended")
		})
	}
}

func TestEndAllNamesWhatIsLeft(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.says("adele", "exclude alex from platforms for 1h because new phone")
	p.presses("adele", "Send request", nil)
	p.presses("lee", "Approve", nil)
	p.sees("adele", "<Extend>")
	p.call("POST", "/faults", map[string]any{"path": "/members/", "method": "DELETE", "status": 500})
	err := p.endsAll(t, 3*time.Second)
	var left *app.LeftError
	require.ErrorAs(t, err, &left)
	require.Len(t, left.Left, 1)
	require.True(t, p.excluded("platforms", "alex"))
}

// endsAll runs passdesk end-all beside the bot.
func (p *play) endsAll(t *testing.T, within time.Duration) error {
	t.Helper()
	nowhere, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	a, err := app.New(t.Context(), p.Config, app.Options{Log: slog.New(slog.DiscardHandler), Listener: nowhere, Unpaced: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return a.EndAll(ctx, func(r access.Request) { require.True(t, r.State.Closed(), r.Ref) })
}
