package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// historyRead is how many entries one look at a history reads at most, the newest.
const historyRead = 2_000

// The words by which a history can be narrowed, beside none.
const (
	OnlyRefused = "refused" // what was tried and not let
	OnlyFailed  = "failed"  // what was tried and did not work
	OnlyDenied  = "denied"  // requests that somebody denied
)

// HistoryQuery says which entries of the audit are wanted.
type HistoryQuery struct {
	// Ref or Person is what they are about; with neither, about everything, which is
	// for auditors.
	Ref    Ref
	Person ID
	// Only is one of the words above, or empty.
	Only string
	// Since leaves out what is older; zero: nothing.
	Since time.Time
	// Skip leaves out so many of the newest: those of the pages before. The audit only
	// grows, so that what was added meanwhile shows entries twice and loses none.
	Skip int
}

// wants tells whether an entry is one of those that were asked for.
func (q HistoryQuery) wants(e audit.Entry) bool {
	if e.At.Before(q.Since) {
		return false
	}
	switch q.Only {
	case OnlyRefused:
		return e.Outcome == audit.Refused
	case OnlyFailed:
		return e.Outcome == audit.Failed
	case OnlyDenied:
		return e.Action == "deny"
	}
	return true
}

// Past is a page of a history, the newest entry first, with the names of the
// people in it.
type Past struct {
	Entries []audit.Entry
	Names   map[ID]string
	More    bool // there are older ones
}

// History returns a page of the audit about a request, a person or everything.
// Auditors see all; others see what concerns them. Forbidden for somebody else who
// asks about everything.
func (d *Desk) History(ctx context.Context, actor ID, q HistoryQuery) (Past, error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return Past{}, err
	}
	auditor := d.MayAudit(m)
	if q.Ref == "" && q.Person == "" && !auditor {
		return Past{}, Fail(Forbidden, "Everybody's history is for auditors. Say whose, or which request's.")
	}
	entries, err := d.Store.Entries(ctx, q.Ref, q.Person, historyRead)
	if err != nil {
		return Past{}, err
	}
	page := Past{Names: map[ID]string{Passdesk: "Passdesk", m.ID: m.Name}}
	known := map[Ref]bool{}
	for _, e := range entries {
		if !q.wants(e) {
			continue
		}
		concerns, ok := known[Ref(e.Ref)]
		if !ok {
			concerns = d.learn(ctx, actor, Ref(e.Ref), page.Names)
			known[Ref(e.Ref)] = concerns
		}
		switch {
		case !concerns && ID(e.Actor) != actor && !auditor:
		case q.Skip > 0:
			q.Skip--
		case len(page.Entries) == listed:
			page.More = true
			return page, nil
		default:
			page.Entries = append(page.Entries, e)
		}
	}
	return page, nil
}
