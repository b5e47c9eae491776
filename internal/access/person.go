// Package access is the domain of Passdesk: who asks for what for whom, who
// must agree, what is then given, and how it ends. It knows neither Microsoft
// nor SQL nor HTTP; it names what it needs of them in Directory and Store.
package access

import (
	"slices"
	"strings"
)

// ID is an Entra object id of a person or a group, in lower case. People are
// compared by it and by nothing else.
type ID string

// NewID brings an object id into the form in which ids are compared.
func NewID(text string) ID { return ID(strings.ToLower(strings.TrimSpace(text))) }

// Passdesk is the actor of what falls due by itself.
const Passdesk ID = "passdesk"

// Person names somebody: enough to draw a card and to compare.
type Person struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	UPN  string `json:"upn,omitempty"`
}

// Member is a person's standing in the tenant at one moment.
type Member struct {
	Person
	Found   bool `json:"found"`
	Enabled bool `json:"enabled"`
	Guest   bool `json:"guest"`
	// Groups are the ids of the groups that the person belongs to, directly or
	// through other groups. Nil where they were not asked for.
	Groups []ID `json:"-"`
}

// MayAct tells whether the person is an enabled member, and not a guest, of the
// tenant: the least that anybody needs who acts here.
func (m Member) MayAct() bool { return m.Found && m.Enabled && !m.Guest }

// MembersOnly is all that somebody is told who is not an enabled member.
const MembersOnly = "Passdesk is for enabled members of this organisation. If you should be one, turn to your help desk."

// In tells whether the person belongs to one of groups.
func (m Member) In(groups []ID) bool {
	return slices.ContainsFunc(groups, func(g ID) bool { return slices.Contains(m.Groups, g) })
}

// within tells whether the person is one of ids, or belongs to one of them.
func (m Member) within(ids []ID) bool { return slices.Contains(ids, m.ID) || m.In(ids) }
