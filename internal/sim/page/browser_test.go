package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
	"github.com/passdesk/passdesk/internal/sim/page/pagetest"
)

// TestStory plays an ask, an approval and a reveal in Chromium, on a screen, in
// the dark and on a phone; then everything that a card may hold.
func TestStory(t *testing.T) { // one browser at a time
	pagetest.Web(t)
	assets, err := bundle.Prepare(t.Context(), func(string) {})
	require.NoError(t, err)
	for _, look := range []string{"desk", "dark", "phone", "phone-dark"} {
		t.Run(look, func(t *testing.T) {
			o := open(t, assets)
			pagetest.Play(t, "testdata/request.mjs", o.url, look)
			joni, _ := o.tenant.Person("joni")
			grady, _ := o.tenant.Person("grady")
			require.Equal(t, grady.ID, o.bot.said[0]["person"])
			require.NotEqual(t, joni.ID, o.bot.said[0]["person"])
			require.Equal(t, "multi", o.bot.said[0]["once"])
			require.Equal(t, "90", o.bot.said[0]["minutes"])
		})
	}
	t.Run("elements", func(t *testing.T) {
		pagetest.Play(t, "testdata/elements.mjs", open(t, assets).url)
	})
}

// TestBehind plays Grady's devices, and every change behind the bot's back.
func TestBehind(t *testing.T) { // one browser at a time
	pagetest.Web(t)
	assets, err := bundle.Prepare(t.Context(), func(string) {})
	require.NoError(t, err)
	for _, look := range []string{"desk", "dark", "phone"} {
		t.Run(look, func(t *testing.T) {
			o := backed(t, assets)
			pagetest.Play(t, "testdata/behind.mjs", o.url, look)
			require.Len(t, o.tenant.Policies(), 1)
			_, known := o.tenant.Person("grady")
			require.False(t, known)
		})
	}
}

// TestCards shows that the checker accepts what Teams takes and nothing else.
func TestCards(t *testing.T) {
	t.Parallel()
	check := filepath.Join(pagetest.Web(t), "validate.mjs")
	pagetest.Node(t, check, "testdata/form.json", "testdata/waiting.json", "testdata/approve.json", "testdata/decided.json", "testdata/ready.json", "testdata/code.json")
	for name, content := range map[string]string{
		"element": `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Wheel"}]}`,
		"choices": `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Input.ChoiceSet","id":"a","choices":[]}]}`,
		"no id":   `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Input.Text","label":"a"}]}`,
		"action":  `{"type":"AdaptiveCard","version":"1.5","actions":[{"type":"Action.Dance","title":"a"}]}`,
		"value":   `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"a","size":"Huge"}]}`,
		"not one": `{"type":"message"}`,
	} {
		file := filepath.Join(t.TempDir(), "card.json")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		require.Error(t, pagetest.Try(t, check, file), name)
	}
}
