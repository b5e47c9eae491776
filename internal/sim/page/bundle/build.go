package bundle

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Build joins the page's sources and the card renderer into few small files in
// out: index.html, page.js, page.css and icon.svg. The npm packages must be
// installed.
func Build(web, out string) error {
	src := filepath.Join(web, "src")
	entry := func(name string) string { return filepath.Join(src, name) }
	result := api.Build(api.BuildOptions{
		EntryPoints:   []string{entry("page.js"), entry("page.css"), entry("index.html"), entry("icon.svg")},
		AbsWorkingDir: web,
		Outdir:        out,
		Outbase:       src,
		Bundle:        true,
		Write:         true,
		Format:        api.FormatESModule,
		Target:        api.ES2022,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsEndOfFile,
		Loader:        map[string]api.Loader{".html": api.LoaderCopy, ".svg": api.LoaderCopy},
		// The renderer's carousel alone needs swiper, and no card here has one.
		Alias:             map[string]string{"swiper": "./src/swiper.js", "swiper/modules": "./src/swiper.js"},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LogLevel:          api.LogLevelSilent,
	})
	faults := make([]error, 0, len(result.Errors))
	for _, m := range result.Errors {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		faults = append(faults, fmt.Errorf("bundling the page: %s%s", at, m.Text))
	}
	return errors.Join(faults...)
}
