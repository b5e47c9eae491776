// Package manifest makes Passdesk's app package for Teams: a zip file that an
// administrator uploads to the tenant's app catalogue.
package manifest

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"time"
)

// Version is the version of what is embedded here. Raise it with every change:
// Teams takes a package for an update only when its version is higher.
const Version = "1.0.0"

// What Teams looks for at the root of the package, in the package's order. The
// manifest is a template, the rest is as it is.
var names = []string{document, "color.png", "outline.png", "en.json", "fr.json"}

const document = "manifest.json"

//go:embed manifest.json.tmpl *.png en.json fr.json
var files embed.FS

// App is what one installation of Passdesk says of itself.
type App struct {
	// ID is the bot's application id in Entra. It is the id of the Teams app, too
	// ("this may well be the same as the overall app ID", the schema says of botId):
	// the same bot is always the same app, and two Teams apps of one application in
	// Entra could not be installed side by side. It also stands in
	// webApplicationInfo, without which Graph does not let Passdesk install itself
	// (TeamsAppInstallation.ReadWriteSelfForUser.All).
	ID string
	// Version is the package's, as three numbers; empty is [Version].
	Version string
	// Domain is the public host of the messaging endpoint, or empty. Nothing that
	// Passdesk shows needs it: cards hold no pages.
	Domain string
	// Developer is who answers for the app.
	Developer Developer
}

// Developer is who answers for the app, as Teams shows it to everybody.
type Developer struct {
	Name    string // at most 32 characters
	Website string // https, as are the next two
	Privacy string
	Terms   string
}

var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// Pack makes the package. The same app has the same bytes.
func Pack(a App) ([]byte, error) {
	text, err := a.document()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range names {
		content := text
		if name != document {
			if content, err = files.ReadFile(name); err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
		}
		if err := add(archive, name, content); err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("packing the app: %w", err)
	}
	return out.Bytes(), nil
}

// long ago, since the time of packing would make every package another one. It
// is the first day that a zip file knows.
var longAgo = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

func add(archive *zip.Writer, name string, content []byte) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: longAgo})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// document fills in the template.
func (a App) document() ([]byte, error) {
	if a.Version == "" {
		a.Version = Version
	}
	if !semantic.MatchString(a.Version) {
		return nil, fmt.Errorf("the version %q must be three numbers, such as %s", a.Version, Version)
	}
	a.ID = strings.ToLower(a.ID)
	page, err := template.New("manifest.json.tmpl").Funcs(template.FuncMap{"json": quote}).ParseFS(files, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, a); err != nil {
		return nil, fmt.Errorf("filling in the manifest: %w", err)
	}
	return out.Bytes(), nil
}

// Domains are those whose content may be shown.
func (a App) Domains() []string {
	if a.Domain == "" {
		return []string{}
	}
	return []string{a.Domain}
}

func quote(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}
