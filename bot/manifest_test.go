package bot

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/manifest"
)

// hidden are the commands that Teams does not list: it has room for ten. Who may
// see a policy, or has one of the others, finds it in the help.
var hidden = map[string]bool{"policy": true, "emergency": true, "handover": true, "threat": true, "unlock": true}

// What Teams lists beside the place for writing is the table of commands, in its
// order and its words.
func TestTeamsListsTheCommands(t *testing.T) {
	t.Parallel()
	content, err := manifest.Pack(manifest.App{})
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	file, err := archive.Open("manifest.json")
	require.NoError(t, err)
	var teams struct {
		Bots []struct {
			CommandLists []struct {
				Commands []struct{ Title, Description string }
			}
		}
	}
	require.NoError(t, json.NewDecoder(file).Decode(&teams))

	type line struct{ Title, Description string }
	var want []line
	for _, c := range commands() {
		if !hidden[c.name] {
			want = append(want, line{c.name, capital(c.does)})
		}
	}
	for _, list := range teams.Bots[0].CommandLists {
		var have []line
		for _, c := range list.Commands {
			have = append(have, line(c))
		}
		require.Equal(t, want, have)
	}
}
