package access_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestSecretPrintsAsSecret(t *testing.T) {
	t.Parallel()
	const text = "X7!pQ2zK"
	s := access.NewSecret(text)
	holder := struct {
		Code access.Secret
		Ptr  *access.Secret
	}{s, &s}
	encoded, err := json.Marshal(map[string]any{"code": s, "holder": holder})
	require.NoError(t, err)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "code", s, "all", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "code", s, "all", holder)
	prints := []string{string(encoded), log.String(), s.String(), errors.New("x " + s.String()).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		prints = append(prints, fmt.Sprintf(verb, s), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, []access.Secret{s}))
	}
	for _, p := range prints {
		require.NotContains(t, p, text)
		require.NotContains(t, p, fmt.Sprintf("%x", text))
	}
	require.Contains(t, string(encoded), "[secret]")
	require.Equal(t, text, s.Reveal())
}
