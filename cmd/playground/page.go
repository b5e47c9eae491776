package main

import (
	"context"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
)

// pageCmd builds the page once, so that a demo elsewhere needs no Node.
type pageCmd struct {
	Out string `required:"" type:"path" help:"Where the files are put." placeholder:"DIR"`
}

// Run builds the page.
func (c *pageCmd) Run(ctx context.Context) error {
	return bundle.Make(ctx, c.Out, say)
}
