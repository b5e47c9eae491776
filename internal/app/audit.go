package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
)

// VerifyAudit walks the whole audit of the configured database, which may be in
// use. Expect is a head that was kept elsewhere, as the log tells it, or empty.
func VerifyAudit(ctx context.Context, c Config, expect string) (r audit.Result, err error) {
	var heads []audit.Head
	if expect != "" {
		h, err := audit.ParseHead(expect)
		if err != nil {
			return r, fmt.Errorf("--expect: %w", err)
		}
		heads = append(heads, h)
	}
	trail, err := store.OpenTrail(ctx, c.Database)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, trail.Close()) }()
	stored, err := trail.Head(ctx) // before the lines: what is added meanwhile is no break
	if err != nil {
		return r, err
	}
	return audit.Verify(trail.Lines(ctx, 1), append(heads, stored)...)
}
