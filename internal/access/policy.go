package access

import (
	"slices"
	"time"
)

// Policy is a Conditional Access policy that may be relaxed, and how: a part of
// the configuration.
type Policy struct {
	ID    ID
	Alias string // what people may call it beside its name; may be empty
	// Group is the exclusion group; empty where the policy itself is written.
	Group       ID
	GroupOwners []ID // who may own the group in Entra beside members of Owners
	Owners      []ID // groups whose members decide
	Longest     time.Duration
}

// PolicyRef names a Conditional Access policy: enough to draw and to compare.
type PolicyRef struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// policy is how a policy may be relaxed; false for one that is not configured.
func (s Settings) policy(id ID) (Policy, bool) {
	i := slices.IndexFunc(s.Policies, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		return Policy{}, false
	}
	return s.Policies[i], true
}

// The states of a Conditional Access policy
// (Graph: conditionalAccessPolicyState).
const (
	PolicyOn         = "enabled"
	PolicyOff        = "disabled"
	PolicyReportOnly = "enabledForReportingButNotEnforced"
)

// PolicyFacts are what Entra says of a policy that may be relaxed, and of one
// person under it.
type PolicyFacts struct {
	Known    bool // false when it could not be read
	Found    bool
	Name     string
	State    string // PolicyOn, PolicyOff, PolicyReportOnly, or what Graph knows and Passdesk does not
	Modified time.Time
	// ExcludesGroup tells whether the policy excludes its configured group.
	ExcludesGroup bool
	// Foreign names properties of the policy that Passdesk does not know. A
	// policy that has any is never written.
	Foreign []string
	// Group is the exclusion group; zero for a policy that is written itself.
	Group GroupFacts
	// Exempt is how the person is excluded now; zero where nobody was asked about.
	Exempt Exempt
	// Deciders are the enabled members, guests left out, of Policy.Owners.
	Deciders []Person
}

// GroupFacts are what decides whether a group is fit to exclude people by
// (Graph: group).
type GroupFacts struct {
	Known, Found   bool
	Name           string
	Dynamic        bool // groupTypes holds DynamicMembership
	Synced         bool // onPremisesSyncEnabled
	RoleAssignable bool // isAssignableToRole
	Restricted     bool // isManagementRestricted
	Owners         []Person
}

// Exempt is how a person is excluded from a policy at one moment.
type Exempt struct {
	// Listed tells whether the person is where Passdesk puts people: a direct
	// member of the exclusion group, or in the policy's excludeUsers where the
	// policy is written itself.
	Listed bool
	// Otherwise says in words every other way in which the policy excludes the
	// person: in excludeUsers, through a nested group, another group or a role.
	Otherwise []string
}

// Exemption is one person's exclusion from one policy, and the way it is made.
type Exemption struct {
	Person ID
	Policy ID
	Group  ID // empty: in the policy itself
}

// Outcome is what one policy would do to a sign-in (Graph: whatIfAnalysisResult).
type Outcome struct {
	Policy  PolicyRef
	State   string
	Applies bool
	Block   bool     // applied, it blocks whatever is presented
	Needs   []string // applied, what it asks for, in words: "multifactor authentication", …
	// Controls are its built-in controls, in Graph's words.
	Controls []string
	// Strength tells whether it asks for an authentication strength, and Accepts
	// which combinations of methods that takes.
	Strength bool
	Accepts  []string
	// Any tells whether one of the controls and the strength is enough.
	Any     bool
	Reasons string // Graph's analysisReasons; "notSet" where it applies
}

// Stock is a policy as it stands, with everybody whom it excludes where
// Passdesk puts people.
type Stock struct {
	Policy   ID
	Facts    PolicyFacts // without Exempt
	Excluded []Person    // direct members of the group, or excludeUsers
	// Listed are the ids in excludeUsers of a policy that is relaxed by group:
	// nobody belongs there by Passdesk's doing.
	Listed []Person
}
