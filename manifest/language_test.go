package manifest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts are the manifest's own texts, under the keys of a language file.
func texts(d document) map[string]string {
	found := map[string]string{
		"name.short": d.Name.Short, "name.full": d.Name.Full,
		"description.short": d.Description.Short, "description.full": d.Description.Full,
	}
	for i, c := range d.Bots[0].CommandLists[0].Commands {
		key := fmt.Sprintf("bots[0].commandLists[0].commands[%d].", i)
		found[key+"title"], found[key+"description"] = c.Title, c.Description
	}
	return found
}

// language reads a language file, without its $schema, which must be of the
// manifest's own version: Teams refuses another one.
func language(t *testing.T, d document, name string) map[string]string {
	t.Helper()
	var found map[string]string
	require.NoError(t, json.Unmarshal(packed(t, app())[name], &found))
	require.Equal(t, strings.Replace(d.Schema, "MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema", 1), found["$schema"])
	require.Contains(t, d.Schema, "/v"+d.ManifestVersion+"/")
	delete(found, "$schema")
	return found
}

func TestEnglishIsTheManifestsOwn(t *testing.T) {
	t.Parallel()
	d := read(t, app())
	require.Equal(t, "en", d.LocalizationInfo.DefaultLanguageTag)
	require.Equal(t, texts(d), language(t, d, d.LocalizationInfo.DefaultLanguageFile))
}

// Every text is there in French, and within the bounds of Teams' menus. The
// commands stay: they are the words that the bot understands.
func TestFrenchSaysEverything(t *testing.T) {
	t.Parallel()
	d := read(t, app())
	require.Len(t, d.LocalizationInfo.AdditionalLanguages, 1)
	require.Equal(t, "fr", d.LocalizationInfo.AdditionalLanguages[0].LanguageTag)
	french := language(t, d, d.LocalizationInfo.AdditionalLanguages[0].File)
	for key, english := range texts(d) {
		require.Contains(t, french, key)
		switch {
		case strings.HasSuffix(key, ".title"), key == "name.short":
			require.Equal(t, english, french[key], key)
		default:
			require.NotEqual(t, english, french[key], "%s is not translated", key)
		}
		if strings.HasSuffix(key, "].description") {
			require.LessOrEqual(t, len([]rune(english)), 128, key)
			require.LessOrEqual(t, len([]rune(french[key])), 128, key)
		}
		delete(french, key)
	}
	require.Empty(t, french, "the manifest has nothing of this name")
}
