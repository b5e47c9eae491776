package app

import (
	"cmp"

	"github.com/passdesk/passdesk/manifest"
)

// TeamsApp is the app that an administrator uploads to the tenant's catalogue in
// Teams, as the configuration describes it.
func TeamsApp(c Config) manifest.App {
	return manifest.App{
		ID: c.Bot.AppID, Domain: c.Bot.Domain,
		Developer: manifest.Developer{
			Name: c.Developer.Name, Website: c.Developer.Website,
			Privacy: cmp.Or(c.Developer.Privacy, c.Developer.Website),
			Terms:   cmp.Or(c.Developer.Terms, c.Developer.Website),
		},
	}
}
