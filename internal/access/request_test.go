package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestNewRefCanBeParsedAndDiffers(t *testing.T) {
	t.Parallel()
	seen := map[access.Ref]bool{}
	for range 1000 {
		ref := access.NewRef()
		parsed, ok := access.ParseRef(string(ref))
		require.True(t, ok, ref)
		require.Equal(t, ref, parsed)
		seen[ref] = true
	}
	require.Greater(t, len(seen), 990)
}

func TestParseRef(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]access.Ref{
		"PD-7K3M": "PD-7K3M", "pd-7k3m": "PD-7K3M", "7k3m": "PD-7K3M", "PD-7K3MQ": "PD-7K3MQ",
	} {
		ref, ok := access.ParseRef(text)
		require.True(t, ok, text)
		require.Equal(t, want, ref)
	}
	for _, text := range []string{"", "PD-", "PD-7K3", "PD-7K3O", "PD-7K3I", "PD-../..", "PD-7K3M' OR 1=1", "joni"} {
		_, ok := access.ParseRef(text)
		require.False(t, ok, text)
	}
}

func TestNewIDComparesWithoutCase(t *testing.T) {
	t.Parallel()
	require.Equal(t, access.NewID("8F3B1C52-6C1D-4A0E-9B57-0F6F2F0A1D11"), access.NewID(" 8f3b1c52-6c1d-4a0e-9b57-0f6f2f0a1d11"))
}
