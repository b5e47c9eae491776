package main

import (
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/manners"
)

func TestFlagsForManners(t *testing.T) {
	t.Parallel()
	slow := manners.Calm()
	slow.Delay = true
	fast := manners.Real()
	fast.Delay, fast.Throttling = false, false
	for name, test := range map[string]struct {
		flags []string
		want  manners.Manners
	}{
		"none":    {nil, manners.Real()},
		"calm":    {[]string{"--calm"}, manners.Calm()},
		"but one": {[]string{"--calm", "--with", "delay"}, slow},
		"without": {[]string{"--without", "throttling,delay"}, fast},
	} {
		var c cli
		parser, err := kong.New(&c)
		require.NoError(t, err)
		_, err = parser.Parse(append([]string{"tenant", "--dir", t.TempDir()}, test.flags...))
		require.NoError(t, err, name)
		got, err := c.Tenant.manners()
		require.NoError(t, err, name)
		require.Equal(t, test.want, got, name)
	}
	_, err := (&tenantCmd{Without: []string{"troubles"}}).manners()
	require.ErrorContains(t, err, "--without")
	_, err = (&tenantCmd{With: []string{"troubles"}}).manners()
	require.ErrorContains(t, err, "--with:")
}
