package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// Others than this machine reach the page only where a container is said to stand
// between.
func TestPageIsServedOnLoopback(t *testing.T) {
	t.Parallel()
	_, err := (&demoCmd{Listen: ":0"}).listen(t.Context())
	require.ErrorContains(t, err, "loopback only")
	for address, c := range map[string]*demoCmd{"127.0.0.1": {Listen: "127.0.0.1:0"}, "localhost": {Listen: ":0", Container: true}} {
		l, err := c.listen(t.Context())
		require.NoError(t, err)
		host, _, err := net.SplitHostPort(toOpen(l.Addr()))
		require.NoError(t, err)
		require.Equal(t, address, host)
		require.NoError(t, l.Close())
	}
}
