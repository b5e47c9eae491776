package bot

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// placeholders are what a message has to be told.
var placeholders = regexp.MustCompile(`\{\{\.\w+\}\}`)

// Every language says everything, with the same facts in it.
func TestEveryMessageIsThere(t *testing.T) {
	t.Parallel()
	read := func(language string) map[string]string {
		raw, err := messages.ReadFile("messages/" + language + ".json")
		require.NoError(t, err)
		all := map[string]string{}
		require.NoError(t, json.Unmarshal(raw, &all))
		return all
	}
	english, french := read("en"), read("fr")
	require.Equal(t, slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(french)))
	for id, text := range english {
		require.ElementsMatch(t, placeholders.FindAllString(text, -1), placeholders.FindAllString(french[id], -1), id)
	}
}

// Whatever a guide says has its message: each route on each phone, each obstacle.
func TestAGuideHasAllItsWords(t *testing.T) {
	t.Parallel()
	w := wordingOf("fr-CA")
	var lines []guideLine
	for _, route := range []access.Route{access.ByPass, access.ByTrouble, access.InApp, access.BySecurity, access.Impossible} {
		for _, phone := range []string{"iOS", "android"} {
			for _, pass := range []bool{true, false} {
				g := access.Guide{Route: route, Phone: phone, WithPass: pass, Device: []string{"compliant", "joined", "approvedApp", "protectedApp", "newer"}}
				lines = join(lines, checks(g), steps(g), failures(g), say("guide.route."+string(route)))
			}
		}
	}
	for _, code := range []string{"outside", "unknown", "off", "scope", "selfService", "vault", "attestation", "blocked", "needs", "loop", "noPass"} {
		lines = append(lines, obstacleLine(access.Obstacle{Code: code, Why: "x"}), obstacleLine(access.Obstacle{Code: code, Why: "x", Phone: true}))
	}
	for _, l := range lines {
		text := w.text(l.id, l.about)
		require.NotEqual(t, l.id, text)
		require.NotContains(t, text, "<no value>", l.id)
	}
	require.Equal(t, "fr", w.lang())
	require.Equal(t, "en", wordingOf("de-DE").lang(), "who speaks another language is spoken to in English")
	require.Equal(t, "en", wordingOf("").lang())
}
