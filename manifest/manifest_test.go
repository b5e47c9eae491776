package manifest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/manifest"
)

const botID = "22222222-2222-4222-8222-222222222222"

func app() manifest.App {
	return manifest.App{
		ID: botID, Domain: "passdesk.contoso.example",
		Developer: manifest.Developer{
			Name: `Contoso "IT" & <desk>`, Website: "https://contoso.example/?a=1&b=2",
			Privacy: "https://contoso.example/privacy", Terms: "https://contoso.example/terms",
		},
	}
}

// packed is a package's files.
func packed(t *testing.T, a manifest.App) map[string][]byte {
	t.Helper()
	content, err := manifest.Pack(a)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	found := map[string][]byte{}
	for _, f := range archive.File {
		in, err := f.Open()
		require.NoError(t, err)
		found[f.Name], err = io.ReadAll(in)
		require.NoError(t, err)
	}
	require.Len(t, found, len(archive.File), "no name twice")
	return found
}

// document is the part of a manifest that is looked at here.
type document struct {
	ID, Version, ManifestVersion string
	Schema                       string `json:"$schema"`
	Developer                    struct{ Name, WebsiteURL, PrivacyURL, TermsOfUseURL string }
	Name, Description            struct{ Short, Full string }
	Icons                        struct{ Color, Outline string }
	LocalizationInfo             struct {
		DefaultLanguageTag, DefaultLanguageFile string
		AdditionalLanguages                     []struct{ LanguageTag, File string }
	}
	Bots []struct {
		BotID         string
		Scopes        []string
		SupportsFiles bool
		CommandLists  []struct {
			Scopes   []string
			Commands []struct{ Title, Description string }
		}
	}
	ValidDomains       []string
	WebApplicationInfo struct{ ID, Resource string }
}

func read(t *testing.T, a manifest.App) document {
	t.Helper()
	var d document
	require.NoError(t, json.Unmarshal(packed(t, a)["manifest.json"], &d))
	return d
}

func TestSameAppHasSameBytes(t *testing.T) {
	t.Parallel()
	once, err := manifest.Pack(app())
	require.NoError(t, err)
	again, err := manifest.Pack(app())
	require.NoError(t, err)
	require.Equal(t, once, again)

	archive, err := zip.NewReader(bytes.NewReader(once), int64(len(once)))
	require.NoError(t, err)
	order := make([]string, 0, len(archive.File))
	for _, f := range archive.File {
		order = append(order, f.Name)
		require.Equal(t, 1980, f.Modified.UTC().Year(), "the time of packing must not show")
	}
	require.Equal(t, []string{"manifest.json", "color.png", "outline.png", "en.json", "fr.json"}, order)
}

func TestPackageSaysWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	a := app()
	a.ID = "ABCDEF00-2222-4222-8222-222222222222"
	d := read(t, a)
	require.Equal(t, "abcdef00-2222-4222-8222-222222222222", d.ID)
	require.Equal(t, d.ID, d.Bots[0].BotID)
	require.Equal(t, d.ID, d.WebApplicationInfo.ID, "Graph lets an app install itself by this id alone")
	require.Equal(t, []string{a.Domain}, d.ValidDomains)
	said := manifest.Developer{
		Name: d.Developer.Name, Website: d.Developer.WebsiteURL, Privacy: d.Developer.PrivacyURL, Terms: d.Developer.TermsOfUseURL,
	}
	require.Equal(t, a.Developer, said)
	require.Equal(t, manifest.Version, d.Version)
	for _, icon := range []string{d.Icons.Color, d.Icons.Outline} {
		content, err := os.ReadFile(icon)
		require.NoError(t, err)
		require.Equal(t, content, packed(t, a)[icon])
	}

	a.Domain, a.Version = "", "1.2.30"
	d = read(t, a)
	require.Equal(t, "1.2.30", d.Version)
	require.Empty(t, d.ValidDomains)
	require.NotNil(t, d.ValidDomains)
	for _, wrong := range []string{"1.2", "v1.2.3", "1.2.3-beta", "one"} {
		a.Version = wrong
		_, err := manifest.Pack(a)
		require.ErrorContains(t, err, "three numbers")
	}
}

// The bot is for a chat, a team and a group chat, takes files, and asks Teams for
// nothing else.
func TestBotAsksForNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	d := read(t, app())
	everywhere := []string{"personal", "team", "groupChat"}
	require.Len(t, d.Bots, 1)
	require.Equal(t, everywhere, d.Bots[0].Scopes)
	require.True(t, d.Bots[0].SupportsFiles, "the report is a file")
	require.Len(t, d.Bots[0].CommandLists, 1)
	require.Equal(t, everywhere, d.Bots[0].CommandLists[0].Scopes)

	var keys map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(packed(t, app())["manifest.json"], &keys))
	for _, unused := range []string{"permissions", "devicePermissions", "authorization", "composeExtensions", "configurableTabs", "staticTabs", "connectors"} {
		require.NotContains(t, keys, unused)
	}
}

// The schema of today allows longer ones; the lists that Teams shows do not.
func TestCommandsFitTeamsMenu(t *testing.T) {
	t.Parallel()
	commands := read(t, app()).Bots[0].CommandLists[0].Commands
	require.NotEmpty(t, commands)
	require.LessOrEqual(t, len(commands), 10)
	for _, c := range commands {
		require.LessOrEqual(t, len([]rune(c.Title)), 32)
		require.NotEmpty(t, c.Description)
	}
}
