package access

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// I4: a state that does not follow is refused before anything is written,
// whichever use case asks for it.
func TestI4AStateThatDoesNotFollowIsRefused(t *testing.T) {
	t.Parallel()
	unchanged := func(*Request, Tx) error { return nil }
	for _, from := range States() {
		for _, to := range States() {
			if from.MayBecome(to) {
				continue
			}
			err := new(Desk).move(t.Context(), nil, from, &Request{State: to}, unchanged)
			require.Equal(t, Stale, CodeOf(err), "%s → %s", from, to)
		}
	}
}

// I3: even a rule that names the asker, or the person, as an approver makes
// neither of them one who may decide.
func TestI3NoRuleMakesTwoOfThem(t *testing.T) {
	t.Parallel()
	member := func(id ID) Member { return Member{Person: Person{ID: id}, Found: true, Enabled: true} }
	all := []Person{{ID: "asker"}, {ID: "person"}, {ID: "manager"}}
	r := Request{State: Asked, Asker: all[0], Person: all[1], Approvers: all}
	for _, p := range all {
		allowed := p.ID == "manager"
		require.Equal(t, allowed, mayDecide(r, p.ID) == nil, p.ID)
		c := Case{Facts: Facts{Actor: member(p.ID), Asker: member("asker"), Person: Subject{Member: member("person")}, Policy: PolicyFacts{Deciders: all}}}
		need := Need{Key: "all", From: []Source{SourceOwners}, Count: 1, People: all}
		_, no := stillDecides(r, c, Verdict{Needs: []Need{need}})
		require.Equal(t, allowed, no == nil, p.ID)
		require.Equal(t, allowed, need.takes(c, p.ID), p.ID)
	}
}
