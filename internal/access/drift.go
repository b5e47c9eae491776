package access

import "time"

// DriftKind is a way in which Entra and Passdesk's records differ.
type DriftKind string

// The kinds of drift.
const (
	Stranger    DriftKind = "stranger"       // somebody is excluded whom Passdesk did not exclude
	Vanished    DriftKind = "vanished"       // a lease is in force, and the person is not excluded any more
	Unlinked    DriftKind = "unlinked"       // the policy does not exclude the group any more
	GroupUnfit  DriftKind = "group unfit"    // the group is gone, dynamic, synced, privileged, or owned by somebody else
	PolicyIdle  DriftKind = "policy idle"    // the policy is disabled, or only reports
	PolicyGone  DriftKind = "policy gone"    // the policy is deleted
	PersonGone  DriftKind = "person gone"    // a lease is in force for an account that is deleted
	StillExempt DriftKind = "still excluded" // a lease has ended, and another way still excludes the person
)

// Drift is one difference between Entra and Passdesk's records, from the sweep
// that found it to the one that did not find it any more. Of one kind, policy
// and person at most one is open.
type Drift struct {
	Ref     Ref       `json:"ref"`
	Kind    DriftKind `json:"kind"`
	Policy  PolicyRef `json:"policy"`
	Person  Person    `json:"person,omitzero"`  // zero where it is about the policy
	Lease   Ref       `json:"lease,omitempty"`  // the request that it is about, if there is one
	Detail  string    `json:"detail,omitempty"` // in words, what exactly
	Found   time.Time `json:"found"`
	Cleared time.Time `json:"cleared,omitzero"`
	// Told are the owners whom it was told.
	Told []Person `json:"told,omitempty"`
}

// Rev is the revision that its cards show: 1 when found, 2 when cleared.
func (d Drift) Rev() int {
	if d.Cleared.IsZero() {
		return 1
	}
	return 2
}

// same tells whether two finds are of one difference.
func (d Drift) same(o Drift) bool {
	return d.Kind == o.Kind && d.Policy.ID == o.Policy.ID && d.Person.ID == o.Person.ID
}
