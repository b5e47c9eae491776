package app_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

const codeRule = `rules:
  - name: lost phone
    approve:
      - {from: [manager]}
      - {from: ["group:33333333-3333-4333-8333-333333333334"], caller: code}
`

// Not parallel: the variable is the process'.
func TestLoadReadsTheKeyOfTheCodes(t *testing.T) {
	text := func(s string) *string { return &s }
	shared := app.Overrides{Database: text("postgres://passdesk@db/passdesk")}
	t.Setenv(app.CodeKeyVariable, "")
	c, err := load(t, least+codeRule, app.Overrides{})
	require.NoError(t, err)
	require.True(t, c.CodeKey.IsZero(), "one process makes a key of its own")
	_, err = load(t, least+codeRule, shared)
	require.ErrorContains(t, err, "passdesk.yaml:10:")
	require.ErrorContains(t, err, "rules[0].approve[1].caller: code needs the variable PASSDESK_CODE_KEY")
	_, err = load(t, strings.Replace(least+codeRule, "caller: code", "caller: attest", 1), shared)
	require.NoError(t, err)

	raw := strings.Repeat("k\x00\xff\xfe", 8)
	for given, want := range map[string]string{
		base64.StdEncoding.EncodeToString([]byte(raw)):    raw,
		base64.RawURLEncoding.EncodeToString([]byte(raw)): raw,
		strings.Repeat("0123456789abcdef", 2):             strings.Repeat("0123456789abcdef", 2), // as base64 it would be 24 bytes
		"a sentence that nobody else would think of":      "a sentence that nobody else would think of",
	} {
		t.Setenv(app.CodeKeyVariable, given)
		c, err = load(t, least+codeRule, shared)
		require.NoError(t, err)
		require.Equal(t, want, c.CodeKey.Reveal())
	}
	t.Setenv(app.CodeKeyVariable, "hunter2hunter2hunter2")
	_, err = load(t, least+codeRule, shared)
	require.ErrorContains(t, err, "passdesk.yaml: PASSDESK_CODE_KEY: must be 32 bytes or more")
	require.NotContains(t, err.Error(), "hunter2")
	t.Setenv(app.CodeKeyVariable, "")
	_, err = load(t, least+"codekey: x\n", app.Overrides{})
	require.ErrorContains(t, err, "secrets never belong into this file")
}

func TestLoadBoundsHowLongAProofLasts(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	c, err := load(t, least, app.Overrides{})
	require.NoError(t, err)
	require.Equal(t, app.Duration(15*time.Minute), c.Desk.ProofLasts)
	c, err = load(t, least+"  proof_lasts: 30m\n", app.Overrides{})
	require.NoError(t, err)
	require.Equal(t, app.Duration(30*time.Minute), c.Desk.ProofLasts)
	c, err = load(t, least+"  proof_lasts: 30m\n", app.Overrides{ProofLasts: text("5m")})
	require.NoError(t, err)
	require.Equal(t, app.Duration(5*time.Minute), c.Desk.ProofLasts)
	for _, bad := range []string{"4m", "61m"} {
		_, err = load(t, least, app.Overrides{ProofLasts: text(bad)})
		require.ErrorContains(t, err, "passdesk.yaml: desk.proof_lasts: must be from 5m to 1h")
	}
	_, err = load(t, least+"  proof_lasts: long\n", app.Overrides{})
	require.ErrorContains(t, err, "desk.proof_lasts: must be a length of time")
}
