package manners_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/manners"
)

func TestEverySwitchHasAName(t *testing.T) {
	t.Parallel()
	for _, name := range manners.Names() {
		on, err := manners.Calm().With(true, name)
		require.NoError(t, err)
		off, err := on.With(false, name)
		require.NoError(t, err)
		require.NotEqual(t, on, off, name)
	}
	require.Contains(t, manners.Names(), "throttling")
	require.Contains(t, manners.Names(), "passkeyFirst")
}

func TestAnUnknownSwitchIsRefused(t *testing.T) {
	t.Parallel()
	m, err := manners.Real().With(false, "throttling", "troubles")
	require.ErrorContains(t, err, `"troubles"`)
	require.ErrorContains(t, err, "throttling")
	require.Equal(t, manners.Real(), m)
}

// Calm differs from Real in every inconvenience, and in no variant.
func TestCalm(t *testing.T) {
	t.Parallel()
	inconveniences := []string{"throttling", "delay", "policyDelay", "revokeDelay", "lag", "paging", "noise", "unknowns", "limits", "conflicts", "logDelay", "courtesies", "rescan"}
	calm, err := manners.Real().With(false, inconveniences...)
	require.NoError(t, err)
	require.Equal(t, manners.Calm(), calm)
	require.True(t, calm.PasskeyFirst)
	require.True(t, calm.DeletedIsDenied)
	require.Equal(t, manners.Calm(), (*manners.Switches)(nil).Now())
}

func TestSwitchesChangeWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := manners.New(manners.Real())
	refused := errors.New("no")
	_, err := s.Change(func(m *manners.Manners) error { m.Delay = false; return refused })
	require.ErrorIs(t, err, refused)
	require.Equal(t, manners.Real(), s.Now())
	got, err := s.Change(func(m *manners.Manners) error { return json.Unmarshal([]byte(`{"delay":false}`), m) })
	require.NoError(t, err)
	require.False(t, got.Delay)
	require.True(t, s.Now().Throttling)
}
