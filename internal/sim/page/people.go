package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// person is somebody whose Teams can be looked at.
type person struct {
	Alias     string `json:"alias"`
	ID        string `json:"id"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	Zone      string `json:"zone"`
	Installed bool   `json:"installed"` // has Passdesk in Teams
}

// people lists the seeded people, in the order of the seed.
func (p *Page) people(w http.ResponseWriter, _ *http.Request) {
	seeded := []person{}
	p.Tenant.EachPerson(func(e *entra.Person) bool {
		if e.Alias != "" {
			seeded = append(seeded, person{Alias: e.Alias, ID: e.ID, Name: e.Name, Title: e.JobTitle, Zone: e.Zone})
		}
		return true
	})
	for i := range seeded {
		seeded[i].Installed = p.Tenant.Installed(seeded[i].ID)
	}
	answer(w, seeded)
}

// match is one line of a people picker: what it shows, and what it sends.
type match struct {
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
	Value    string `json:"value"` // Entra object id
}

// matches are shown at most; Teams' own picker is about as long.
const matches = 8

// search answers the people picker of a card (Data.Query, dataset
// graph.microsoft.com/users), which Teams fills by itself without asking the
// bot: whoever has a name or address that begins with the words.
func (p *Page) search(w http.ResponseWriter, r *http.Request) {
	words := strings.Fields(strings.ToLower(r.URL.Query().Get("q")))
	found := []match{}
	p.Tenant.EachPerson(func(e *entra.Person) bool {
		if fits(e, words) {
			found = append(found, match{Title: e.Name, Subtitle: e.UPN, Value: e.ID})
		}
		return len(found) < matches
	})
	answer(w, found)
}

// fits says whether each word begins a name or the address of the person.
func fits(e *entra.Person, words []string) bool {
	names := append(strings.Fields(strings.ToLower(e.Name)), strings.ToLower(e.UPN), strings.ToLower(e.ID))
	return !slices.ContainsFunc(words, func(word string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, word) })
	})
}
