package graph

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/access"
)

// mostFound is one more than a card lists, so that it can say that there are more.
const mostFound = "11"

// wordsLimit is the longest name that is looked for, in bytes: Graph's limits
// for a name are 256 letters, and an address has a limit, too.
const wordsLimit = 512

// Find implements access.Directory. A user principal name or an object id is
// looked up as such; anything else is the beginning of a display, given or last
// name or of a user principal name. Everybody is found, guests and disabled
// accounts too: what follows from that is for the checks to say.
func (d *Directory) Find(ctx context.Context, words string) ([]access.Person, error) {
	words = strings.Join(strings.Fields(words), " ")
	if words == "" || len(words) > wordsLimit {
		return nil, nil
	}
	_, notID := uuid.Parse(words)
	if notID == nil || (strings.Contains(words, "@") && !strings.Contains(words, " ")) {
		return d.lookUp(ctx, words)
	}
	return d.search(ctx, words)
}

func (d *Directory) lookUp(ctx context.Context, key string) ([]access.Person, error) {
	got, err := d.line.get(ctx, user(key)+query("$select", named))
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusBadRequest: // 400: it cannot be anybody's
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	a, err := decodeAccount(got.body)
	if err != nil {
		return nil, unavailable(err)
	}
	return []access.Person{a.person()}, nil
}

func (d *Directory) search(ctx context.Context, words string) ([]access.Person, error) {
	names := []string{"displayName", "givenName", "surname", "userPrincipalName"}
	starts := make([]string, len(names))
	for i, name := range names {
		starts[i] = "startswith(" + name + "," + literal(words) + ")"
	}
	got, err := d.line.get(ctx, "/users"+query("$filter", strings.Join(starts, " or "), "$select", named, "$top", mostFound))
	if err != nil {
		return nil, unavailable(err)
	}
	all, _, err := entries[account](nil, got.body) // one page: who is not on it is not needed
	if err != nil {
		return nil, unavailable(err)
	}
	var people []access.Person
	for _, a := range all {
		if a.ID == "" {
			return nil, unavailable(undecodable(got.status, errNoID))
		}
		people = append(people, a.person())
	}
	return people, nil
}
