package access

import (
	"context"
	"time"
)

// Directory is what the desk needs of Entra. Its errors are *Error with the
// codes that each method names; Unavailable carries After when it is known.
type Directory interface {
	// Find returns at most eleven people whom words can mean: a user principal
	// name, an object id, or the beginning of a name. Nobody is no error; an
	// eleventh says that there are more than ten. Unavailable.
	Find(ctx context.Context, words string) ([]Person, error)

	// Facts reads, in one round trip and uncached, what a decision needs.
	// What could not be learnt is named in Subject.Unknown, and refuses later;
	// Unavailable when nothing could be read at all.
	Facts(ctx context.Context, q Question) (Facts, error)

	// IssuePass makes a pass, which replaces any that the person has. It is
	// sent once: Refused or Unavailable say that no pass was made, Uncertain
	// that there may be one.
	IssuePass(ctx context.Context, person ID, terms Terms) (LivePass, Secret, error)

	// Passes lists the person's passes: none or one. Unavailable.
	Passes(ctx context.Context, person ID) ([]LivePass, error)

	// DeletePass deletes a pass; one that is gone already is a success.
	// Unavailable.
	DeletePass(ctx context.Context, person ID, pass string) error

	// Policies names every Conditional Access policy of the tenant, as it was at
	// most five minutes ago; older when Entra does not answer. Unavailable.
	Policies(ctx context.Context) ([]PolicyRef, error)

	// Members lists the enabled people, guests left out, who belong to one of
	// groups, directly or through other groups, at most a minute ago. Unavailable.
	Members(ctx context.Context, groups []ID) ([]Person, error)

	// Exclude excludes the person. One who is excluded in that way already is a
	// success. Refused says that nothing was changed and nothing will be,
	// Unavailable that nothing was changed, Uncertain that something may have been.
	// A policy that is written itself is read back until it shows.
	Exclude(ctx context.Context, x Exemption) error

	// Include takes away what Exclude did, and nothing else. One who is not
	// excluded in that way is a success, as is a policy, group or person that is
	// gone. Refused, Unavailable and Uncertain as Exclude.
	Include(ctx context.Context, x Exemption) error

	// Exempt reads, uncached, how the policy excludes the person. What is gone
	// excludes nobody. Unavailable unless everything could be read.
	Exempt(ctx context.Context, x Exemption) (Exempt, error)

	// WhatIf asks Entra what every policy would do to a sign-in of the person.
	// Unavailable.
	WhatIf(ctx context.Context, person ID, s Scene) ([]Outcome, error)

	// RevokeSessions makes the person sign in again everywhere; for an account
	// that is gone it is a success. Unavailable.
	RevokeSessions(ctx context.Context, person ID) error

	// Survey reads policies as they stand, uncached, with everybody whom they
	// exclude, in the order of policies. Unavailable unless all could be read.
	Survey(ctx context.Context, policies []Policy) ([]Stock, error)

	// Portraits reads, uncached and in the order of people, what each can sign in
	// with, and how policies exclude them. Without policies nothing is read of
	// Conditional Access; what could not be read is not Known. Unavailable when
	// nothing could be read at all.
	Portraits(ctx context.Context, people []ID, policies []Policy) ([]Portrait, error)

	// Keys lists the person's passkeys and passes, uncached. Unavailable.
	Keys(ctx context.Context, person ID) ([]Passkey, []LivePass, error)

	// SignIns reads the person's interactive sign-ins since a moment, the newest
	// SignInsShown of them, as far as the log shows them by now: it is minutes
	// late. Refused where the tenant has no log or Passdesk may not read it;
	// Unavailable.
	SignIns(ctx context.Context, person ID, since time.Time) (SignInLog, error)

	// Missing returns those of people whose accounts are deleted. Unavailable.
	Missing(ctx context.Context, people []ID) ([]ID, error)
}

// Question names whose facts are wanted; an empty id leaves that person out.
type Question struct {
	Person ID // whom the request is for: everything
	Asker  ID // standing and groups
	Actor  ID // standing and groups
	// Others are asked about like the actor: those who have agreed.
	Others []ID
	// Changes asks, when set, for what changed about the person since then.
	Changes time.Time
	// Policy asks about a Conditional Access policy, too; nil leaves it out.
	Policy *Policy
}

// Facts are the answer to a Question at one moment.
type Facts struct {
	At         time.Time
	Person     Subject
	Asker      Member
	Actor      Member
	Others     []Member // in the order of Question.Others
	PassPolicy PassPolicy
	Policy     PolicyFacts // of Question.Policy
}

// Subject is what a verdict needs to know of the person whom a request is for.
type Subject struct {
	Member
	// External is set for a guest from another organisation; an internal guest
	// has Guest without it.
	External bool
	// Manager is nil where Entra names none.
	Manager *Member
	// Privilege says in words why the person counts as privileged; empty when
	// nothing was found.
	Privilege []string
	// Passes are none or one, expired ones included.
	Passes []LivePass
	// Methods are the kinds of the registered authentication methods, as in
	// Graph's @odata.type without prefix and suffix: "password", "fido2", ….
	Methods []string
	// Department is what the directory says, empty where it says nothing.
	Department string
	// Units are the administrative units that the person belongs to. Who is in a
	// group that belongs to one does not (Entra: administrative units, groups).
	Units []ID
	// Changes are what others or the person changed lately, the newest first;
	// without ChangesKnown they were not asked for, or could not be learnt. What
	// Passdesk did is none of them. The log that tells them is minutes late (Entra
	// promises no bound), so that what happened a moment ago may be missing; of many
	// the oldest may be.
	Changes      []Change
	ChangesKnown bool
	// Unknown names the facts that could not be learnt. Each refuses.
	Unknown []string
}

// Change is something about a person that a thief would change first.
type Change struct {
	At   time.Time
	What string // in words: "phone number", "manager", "sign-in methods", "password" …
}

// LivePass is a Temporary Access Pass without its code
// (Graph: temporaryAccessPassAuthenticationMethod).
type LivePass struct {
	ID      string
	Created time.Time
	Start   time.Time
	Minutes int
	Once    bool
	Usable  bool
	// Usability is Graph's methodUsabilityReason.
	Usability string
}

// live tells whether the pass may still let somebody in.
func (p LivePass) live(now time.Time) bool {
	return !now.After(p.Ends()) && p.Usability != "OneTimeUsed"
}

// Ends is when the pass stops working by itself.
func (p LivePass) Ends() time.Time { return p.Start.Add(time.Duration(p.Minutes) * time.Minute) }

// PassPolicy is the tenant's policy for passes
// (Graph: temporaryAccessPassAuthenticationMethodConfiguration).
type PassPolicy struct {
	Known                 bool // false when it could not be read
	Enabled               bool
	MinMinutes            int
	MaxMinutes            int
	DefaultMinutes        int
	OnceOnly              bool
	Include, Exclude      []ID // users and groups; Exclude wins
	IncludeAll, NotForAll bool // everyone is included; everyone is excluded
}
