package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

func TestThreatAndEmergencyNeedSecurity(t *testing.T) {
	t.Parallel()
	_, err := load(t, least+`  threat: [33333333-3333-4333-8333-333333333334]
  emergency: ["", nobody]
rules:
  - {name: Emergency, refuse: "No."}
`, app.Overrides{})
	require.Error(t, err)
	for _, line := range []string{
		":6:3: desk.threat: needs desk.security", ":7:3: desk.emergency: needs desk.security",
		`:7:3: desk.emergency: "nobody" is not an object id`, `desk.emergency: decides by a rule of its own, which is called "emergency"`,
	} {
		require.ErrorContains(t, err, line)
	}

	c, err := load(t, least+`  threat: [33333333-3333-4333-8333-333333333334]
  auditors: [33333333-3333-4333-8333-333333333336]
`, app.Overrides{Emergency: []string{"33333333-3333-4333-8333-333333333335"}, Threat: []string{"33333333-3333-4333-8333-333333333337"}})
	require.NoError(t, err)
	require.Equal(t, []string{"33333333-3333-4333-8333-333333333337"}, c.Desk.Threat)
	require.Equal(t, []string{"33333333-3333-4333-8333-333333333335"}, c.Desk.Emergency)
}
