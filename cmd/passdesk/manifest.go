package main

import (
	"fmt"
	"os"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/manifest"
)

// manifestCmd makes the app package for Teams.
type manifestCmd struct {
	settings
	Out        string `default:"passdesk.zip" help:"Where to write the package." placeholder:"FILE"`
	AppVersion string `default:"${app_version}" help:"The package's version. Raise it to upload a changed package over an older one." placeholder:"N.N.N"`
}

// Run writes the package and says what is in it.
func (m *manifestCmd) Run() error {
	c, err := app.Load(m.Config, m.Overrides)
	if err != nil {
		return err
	}
	teams := app.TeamsApp(c)
	teams.Version = m.AppVersion
	content, err := manifest.Pack(teams)
	if err != nil {
		return err
	}
	if err := os.WriteFile(m.Out, content, 0o644); err != nil { //nolint:gosec // it is for everybody who may upload it, and holds no secret
		return fmt.Errorf("writing the package: %w", err)
	}
	fmt.Printf("%s: the Teams app %s, version %s. Upload it in the Teams admin centre.\n", m.Out, teams.ID, teams.Version)
	return nil
}
