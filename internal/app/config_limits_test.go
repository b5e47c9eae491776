package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// limited is the least configuration with limits.
func limited(limits string) string {
	return strings.Replace(least, "desk:\n", "desk:\n  limits: "+limits+"\n", 1)
}

func TestLoadReadsLimits(t *testing.T) {
	t.Parallel()
	usual, err := load(t, least, app.Overrides{})
	require.NoError(t, err)
	require.Equal(t, app.LimitsConfig{
		Agent: app.Rate{Most: 120, In: time.Hour}, Person: app.Rate{Most: 40, In: 24 * time.Hour},
		Approver: app.Rate{Most: 120, In: time.Hour}, Tenant: app.Rate{Most: 1200, In: time.Hour},
	}, usual.Desk.Limits)
	c, err := load(t, limited("{agent: 60/h, person: 12 / d}"), app.Overrides{})
	require.NoError(t, err)
	require.Equal(t, app.Rate{Most: 60, In: time.Hour}, c.Desk.Limits.Agent)
	require.Equal(t, app.Rate{Most: 12, In: 24 * time.Hour}, c.Desk.Limits.Person)
	require.Equal(t, usual.Desk.Limits.Tenant, c.Desk.Limits.Tenant, "what is not said is as usual")
}

// No limit can be switched off, and each fault has its place.
func TestLoadRefusesLimits(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"off", "0/h", "0", "-1/h", "60", "60/w", "60/", "/h", "1.5/h", "1000001/h", "none", "null", "[1]", "{a: b}", "60/h/h"} {
		_, err := load(t, limited("{agent: 60/h, person: "+word+"}"), app.Overrides{})
		require.Error(t, err, word)
		require.Contains(t, err.Error(), "desk.limits.person: must be", word)
		require.Contains(t, err.Error(), "passdesk.yaml:5:25:", word)
	}
	_, err := load(t, limited("{everybody: 60/h}"), app.Overrides{})
	require.ErrorContains(t, err, "desk.limits.everybody: is unknown")
	_, err = load(t, limited("60/h"), app.Overrides{})
	require.ErrorContains(t, err, "desk.limits: must hold keys")
}
