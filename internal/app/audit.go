package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
)

// VerifyAudit walks the whole audit of the configured database, which may be in
// use. Expect is a head that was kept elsewhere, as the log tells it, or empty.
func VerifyAudit(ctx context.Context, c Config, expect string) (audit.Result, error) {
	var heads []audit.Head
	if expect != "" {
		h, err := audit.ParseHead(expect)
		if err != nil {
			return audit.Result{}, fmt.Errorf("--expect: %w", err)
		}
		heads = append(heads, h)
	}
	return walkAudit(ctx, c, heads, func(lines iter.Seq2[audit.Line, error]) iter.Seq2[audit.Line, error] { return lines })
}

// Export says which entries are wanted, and how.
type Export struct {
	Since, Until time.Time // of when, Until not included; zero: without an end
	Format       string    // jsonl or csv
}

// ExportAudit writes entries of the configured database, which may be in use, and
// tells how many. The whole audit is verified on the way: nothing is written from
// its first break on.
func ExportAudit(ctx context.Context, c Config, e Export, to io.Writer) (written int, r audit.Result, err error) {
	w := audit.NewJSONWriter(to)
	if e.Format == "csv" {
		if w, err = audit.NewCSVWriter(to); err != nil {
			return 0, r, err
		}
	}
	var failed error
	r, err = walkAudit(ctx, c, nil, func(lines iter.Seq2[audit.Line, error]) iter.Seq2[audit.Line, error] {
		return func(yield func(audit.Line, error) bool) {
			for line, err := range lines {
				if !yield(line, err) || err != nil {
					return
				}
				wanted, err := e.wants(line)
				if err == nil && wanted {
					written++
					err = w.Write(line)
				}
				if failed = err; failed != nil {
					return
				}
			}
		}
	})
	if failed != nil { // then the end that was seen is not the audit's
		return written, audit.Result{}, fmt.Errorf("exporting the audit: %w", failed)
	}
	return written, r, errors.Join(err, w.Flush())
}

func (e Export) wants(line audit.Line) (bool, error) {
	entry, err := line.Entry()
	return !entry.At.Before(e.Since) && (e.Until.IsZero() || entry.At.Before(e.Until)), err
}

// walkAudit verifies the audit, as through shows it.
func walkAudit(ctx context.Context, c Config, expect []audit.Head, through func(iter.Seq2[audit.Line, error]) iter.Seq2[audit.Line, error]) (r audit.Result, err error) {
	trail, err := store.OpenTrail(ctx, c.Database)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, trail.Close()) }()
	stored, err := trail.Head(ctx) // before the lines: what is added meanwhile is no break
	if err != nil {
		return r, err
	}
	return audit.Verify(through(trail.Lines(ctx, 1)), append(expect, stored)...)
}
