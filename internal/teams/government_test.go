package teams

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const governmentHost = "smba.infra.gcc.teams.microsoft.com"

// governed is a connector for which the script is the government's host as
// well, and the hosts in the order in which they were asked.
func governed(t *testing.T, s *script, log *bytes.Buffer, allowed ...string) *Connector {
	t.Helper()
	transport, ok := s.Client().Transport.(*http.Transport)
	require.True(t, ok)
	transport = transport.Clone()
	transport.TLSClientConfig.ServerName = "example.com" // what the script's certificate says
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.host())
	}
	c, err := NewConnector(Options{
		Credential: &s.purse, ServiceHosts: append(allowed, s.host()), AppID: ourApp, Tenant: ourTenant,
		HTTP: &http.Client{Transport: transport}, Now: s.clock, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	require.NoError(t, err)
	c.wait = s.sleep
	return c
}

// sends the bot elsewhere, unless it asks the government's host and that is
// there.
func elsewhere(asked *[]string, there bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Host)
		if there && r.Host == governmentHost {
			answers(201, `{"id":"1"}`)(w, r)
			return
		}
		answers(403, `{"error":{"code":"InvalidBotApiHost","message":"For GCC tenants, please call https://`+governmentHost+`."}}`)(w, r)
	}
}

func TestTheGovernmentsHostIsUsedOnceItWasAskedFor(t *testing.T) {
	t.Parallel()
	var asked []string
	var log bytes.Buffer
	s := newScript(t, elsewhere(&asked, true))
	c := governed(t, s, &log, governmentHost)
	for range 2 {
		id, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
		require.NoError(t, err)
		require.Equal(t, "1", id)
	}
	require.Equal(t, []string{s.host(), governmentHost, governmentHost}, asked)
	require.Equal(t, "/gcc/v3/conversations/a:chat/activities", s.seen()[1].path)
	require.Equal(t, 1, strings.Count(log.String(), "changing over"))
}

func TestTheGovernmentsHostIsTriedOncePerCall(t *testing.T) {
	t.Parallel()
	var asked []string
	s := newScript(t, elsewhere(&asked, false))
	c := governed(t, s, &bytes.Buffer{}, governmentHost)
	for range 2 {
		_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
		requireError(t, err, 403, "InvalidBotApiHost", OtherHost)
	}
	require.LessOrEqual(t, len(asked), 4)
	require.Equal(t, []string{s.host(), governmentHost}, asked[:2])
}

func TestNothingGoesToAGovernmentsHostThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	var asked []string
	var log bytes.Buffer
	s := newScript(t, elsewhere(&asked, true))
	_, err := governed(t, s, &log).Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 403, "InvalidBotApiHost", OtherHost)
	require.Equal(t, []string{s.host()}, asked)
	require.Contains(t, log.String(), "level=ERROR")
	require.Contains(t, log.String(), "bot.service_hosts")
}
