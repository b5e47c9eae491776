package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// Wish is a request that nobody has sent, in people's words.
type Wish struct {
	As, For string // a user principal name, an object id, or the beginning of a name
	Policy  string // id or alias of the policy that an exclusion would be from
	Kind    access.Kind
	Terms   access.Terms
}

// Explain tells what the verdict about a wish would be at this moment. It reads
// Entra, and neither stores anything nor asks anybody.
func Explain(ctx context.Context, c Config, w Wish) (access.Verdict, error) {
	c.Database = "sqlite:none" // it is not opened: Graph's limits are this process's own
	a := &App{config: c, options: Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, counts: newCounts(), replica: newReplica(c)}
	if err := a.openOutside(ctx); err != nil {
		return access.Verdict{}, err
	}
	defer a.client.CloseIdleConnections()
	wish := access.Wish{Kind: w.Kind, Terms: w.Terms}
	var err error
	if wish.Asker, err = a.oneOf(ctx, w.As); err != nil {
		return access.Verdict{}, err
	}
	if wish.Person, err = a.oneOf(ctx, w.For); err != nil {
		return access.Verdict{}, err
	}
	for _, p := range c.Policies {
		if strings.EqualFold(p.ID, w.Policy) || (p.Alias != "" && strings.EqualFold(p.Alias, w.Policy)) {
			wish.Terms.Policy.ID = access.NewID(p.ID)
		}
	}
	return access.Explain(ctx, a.directory, c.settings(), wish, time.Now())
}

// oneOf is the one person whom words mean.
func (a *App) oneOf(ctx context.Context, words string) (access.ID, error) {
	people, err := a.directory.Find(ctx, words)
	switch {
	case err != nil:
		return "", err
	case len(people) == 0:
		return "", fmt.Errorf("nobody is called %q", words)
	case len(people) > 1:
		return "", fmt.Errorf("%q fits several people: say the user principal name", words)
	}
	return people[0].ID, nil
}
