package page

import (
	"net/http"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// tenantView is what the tenant's pane shows: one person whole, and around them
// the policies, the groups and what happens.
type tenantView struct {
	Now      time.Time      `json:"now"`
	Company  string         `json:"company"`
	Can      abilities      `json:"can"`
	Person   personView     `json:"person"`
	Policies []policyView   `json:"policies"`
	Groups   []groupView    `json:"groups"`
	SignIns  []signInView   `json:"signIns"` // newest first
	Calls    []callView     `json:"calls"`   // oldest first
	Buckets  []graph.Bucket `json:"buckets"`
	// Manners are the switches that can be turned here.
	Manners *manners.Manners `json:"manners,omitempty"`
}

// abilities are what this page can do.
type abilities struct {
	Devices bool `json:"devices"`
	Clock   bool `json:"clock"`
	Restart bool `json:"restart"`
	Change  bool `json:"change"` // people, policies and groups, behind Passdesk's back
}

// personView is a person with everything that decides how they sign in.
type personView struct {
	Alias   string       `json:"alias"`
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	UPN     string       `json:"upn"`
	Title   string       `json:"title"`
	Zone    string       `json:"zone"`
	Enabled bool         `json:"enabled"`
	Guest   bool         `json:"guest"`
	Manager string       `json:"manager,omitempty"`
	Methods []methodView `json:"methods"`
	Pass    *passView    `json:"pass,omitempty"`
	Groups  []string     `json:"groups"`
}

type methodView struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Model   string    `json:"model,omitempty"`
	Synced  bool      `json:"synced"`
	Created time.Time `json:"created"`
}

// passView is a pass without its code, which nobody but the one who was shown
// it and the one who was told it knows.
type passView struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Once   bool      `json:"once"`
	State  string    `json:"state"`  // usability, as Graph names it
	Length int       `json:"length"` // of the code
}

// look answers what the tenant's pane shows, of the person asked for.
func (p *Page) look(w http.ResponseWriter, r *http.Request) {
	person, ok := p.Tenant.Person(r.URL.Query().Get("person"))
	if !ok {
		fail(w, http.StatusNotFound, "There is no such person.")
		return
	}
	groups := p.Tenant.Groups()
	view := tenantView{
		Now: p.Tenant.Now(), Company: entra.Company,
		Can:      abilities{Devices: p.Devices != nil, Clock: p.Advance != nil, Restart: p.Restart != nil, Change: p.Control != nil},
		Person:   p.whole(person, groups),
		Policies: p.policies(), Groups: p.groups(groups),
		SignIns: p.signIns(), Calls: p.calls(),
	}
	if p.Graph != nil {
		view.Buckets = p.Graph.Buckets()
	}
	if p.Manners != nil {
		now := p.Manners.Now()
		view.Manners = &now
	}
	answer(w, view)
}

func (p *Page) whole(e entra.Person, groups []entra.Group) personView {
	v := personView{
		Alias: e.Alias, ID: e.ID, Name: e.Name, UPN: e.UPN, Title: e.JobTitle, Zone: e.Zone,
		Enabled: e.Enabled, Guest: e.Guest, Manager: p.name(e.Manager), Methods: []methodView{}, Groups: []string{},
	}
	for _, m := range p.Tenant.Methods(e.ID) {
		v.Methods = append(v.Methods, methodView{ID: m.ID, Kind: m.Kind, Name: m.Name, Model: m.Model, Synced: m.Synced, Created: m.Created})
	}
	if pass, ok := p.Tenant.PassOf(e.ID); ok {
		v.Pass = &passView{
			Start: pass.Start, End: pass.Start.Add(time.Duration(pass.Minutes) * time.Minute),
			Once: pass.Once, State: pass.Reason, Length: len(pass.Code),
		}
	}
	for _, g := range groups {
		if slices.Contains(g.Members, e.ID) {
			v.Groups = append(v.Groups, g.Name)
		}
	}
	return v
}

// name is that of a person or a group; what has never had one keeps its id.
func (p *Page) name(id string) string {
	if e, ok := p.Tenant.Person(id); ok {
		return e.Name
	}
	if g, ok := p.Tenant.Group(id); ok {
		return g.Name
	}
	if p.Tenant.WasPerson(id) {
		return "somebody deleted"
	}
	return id
}
