package graph

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// changesShown is how many lines of the audit log are asked for at once: of one
// person in some days there are rarely more than some dozens.
const changesShown = "200"

var errLongLog = errors.New("audit log with more lines than are read, and no change among those that were")

// audit is a line of the directory's audit log (Graph: directoryAudit).
type audit struct {
	At       time.Time `json:"activityDateTime"`
	Activity string    `json:"activityDisplayName"`
	Category string    `json:"category"`
	Service  string    `json:"loggedByService"`
	Result   string    `json:"result"`
	By       struct {
		App struct {
			ID        string `json:"appId"`
			Principal string `json:"servicePrincipalId"`
			Name      string `json:"servicePrincipalName"` // an app id, at times
		} `json:"app"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"initiatedBy"`
	Targets []touched `json:"targetResources"`
}

// touched is what a line says was changed (Graph: targetResource).
type touched struct {
	ID         string     `json:"id"`
	Properties []modified `json:"modifiedProperties"`
}

// modified is a property before and after, each as JSON within a string.
type modified struct {
	Name string `json:"displayName"`
	Old  string `json:"oldValue"`
	New  string `json:"newValue"`
}

func (a audit) understood() bool { return !a.At.IsZero() && a.Activity != "" }

// by tells whether Passdesk did it: never for somebody.
func (a audit) by(own []access.ID) bool {
	return a.By.User.ID == "" && did(own, a.By.App.ID, a.By.App.Principal, a.By.App.Name)
}

func changesStep(person access.ID, since time.Time) step {
	of := "activityDateTime ge " + since.UTC().Format(time.RFC3339) + " and targetResources/any(t:t/id eq " + literal(string(person)) + ")"
	return read(stepChanges, "/auditLogs/directoryAudits"+query("$filter", of, "$top", changesShown))
}

// learnChanges reads what changed about the person. That this cannot be told is
// no gap in the facts: whoever needs it sees that it is not known.
func (d *Directory) learnChanges(ctx context.Context, s *access.Subject, o outcome) {
	changes, err := d.changes(ctx, *s, o)
	if err != nil {
		d.notLearnt(ctx, "recent changes", err)
		return
	}
	s.Changes, s.ChangesKnown = changes, true
}

// changes reads on where a page shows no change, but not for long. The newest
// lines come first, so that what is left unread is older than any change that was
// found; where none was, the rest may hide one, and nothing is known.
func (d *Directory) changes(ctx context.Context, s access.Subject, o outcome) ([]access.Change, error) {
	if o.err != nil {
		return nil, o.err
	}
	body, own := o.body, d.self.names(ctx)
	for page := 1; ; page++ {
		lines, next, err := entries[audit](nil, body)
		if err == nil {
			err = check(lines, audit.understood)
		}
		if err != nil {
			return nil, err
		}
		found := changesIn(lines, s, own)
		switch {
		case next == "" || len(found) > 0:
			return found, nil
		case page == logPages:
			return nil, errLongLog
		}
		if body, err = d.line.more(ctx, next); err != nil {
			return nil, err
		}
	}
}

// changesIn picks what counts, the newest first.
func changesIn(lines []audit, s access.Subject, own []access.ID) []access.Change {
	var found []access.Change
	for _, line := range lines {
		if line.Result == "failure" || line.by(own) {
			continue
		}
		for _, what := range line.changed(s) {
			found = append(found, access.Change{At: line.At.UTC(), What: what})
		}
	}
	slices.SortStableFunc(found, func(a, b access.Change) int { return b.At.Compare(a.At) })
	return found
}
