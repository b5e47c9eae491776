package check

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePublicAddress(t *testing.T) {
	t.Parallel()
	status := http.StatusMethodNotAllowed
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(server.Close)
	found := func(client *http.Client) Finding {
		var r run
		r.answersAt(t.Context(), client, server.URL+"/api/messages")
		require.Len(t, r.report.Findings, 1)
		return r.report.Findings[0]
	}
	require.Equal(t, Fine, found(server.Client()).Level)
	status = http.StatusBadGateway
	require.Contains(t, found(server.Client()).Say, "is no Passdesk: 502")
	stranger := found(http.DefaultClient)
	require.Equal(t, Warning, stranger.Level)
	require.Contains(t, stranger.Say, "certificate")
	server.Close()
	require.Equal(t, Note, found(server.Client()).Level)
}
