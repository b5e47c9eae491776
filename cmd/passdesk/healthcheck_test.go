package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealthcheckAsksOnLoopback(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":3978": "127.0.0.1:3978", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80", "localhost:80": "127.0.0.1:80",
		"127.0.0.2:80": "127.0.0.2:80", "[::1]:80": "[::1]:80",
	} {
		address, err := onLoopback(listen)
		require.NoError(t, err, listen)
		require.Equal(t, want, address, listen)
	}
	for _, listen := range []string{"10.1.2.3:3978", "[2001:db8::1]:3978", "passdesk.example:3978", "3978"} {
		_, err := onLoopback(listen)
		require.Error(t, err, listen)
	}
}

func TestHealthcheckTellsWhatIsNotWell(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"database":"failing"}`))
	}))
	defer s.Close()
	require.NoError(t, askHealth(t.Context(), s.URL+"/readyz"))
	for _, status = range []int{http.StatusServiceUnavailable, http.StatusFound, http.StatusNoContent} {
		require.Error(t, askHealth(t.Context(), s.URL+"/readyz"), status)
	}
	status = http.StatusServiceUnavailable
	require.ErrorContains(t, askHealth(t.Context(), s.URL+"/readyz"), `503 Service Unavailable: {"database":"failing"}`)
	s.Close()
	require.ErrorContains(t, askHealth(t.Context(), s.URL+"/readyz"), "refused")
}
