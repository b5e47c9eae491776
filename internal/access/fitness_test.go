package access

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A check beforehand says what a request would be refused for.
func TestHindrances(t *testing.T) {
	t.Parallel()
	policy := Policy{ID: "p", Group: "g"}
	well := PolicyFacts{
		Known: true, Found: true, State: PolicyOn, ExcludesGroup: true, Deciders: []Person{{ID: "lee"}},
		Group: GroupFacts{Known: true, Found: true},
	}
	require.Empty(t, well.Hindrances(policy))
	for code, change := range map[string]func(*PolicyFacts){
		"policy.unknown": func(p *PolicyFacts) { p.Known = false },
		"policy.gone":    func(p *PolicyFacts) { p.Found = false },
		"policy.idle":    func(p *PolicyFacts) { p.State = PolicyOff },
		"group.unfit":    func(p *PolicyFacts) { p.Group.Dynamic = true },
		"group.unlinked": func(p *PolicyFacts) { p.ExcludesGroup = false },
		"owner.none":     func(p *PolicyFacts) { p.Deciders = nil },
	} {
		ill := well
		change(&ill)
		found := ill.Hindrances(policy)
		require.Len(t, found, 1, code)
		require.Equal(t, code, found[0].Code)
	}
	direct := well
	direct.Foreign = []string{"includeAgents"}
	require.Equal(t, "policy.foreign", direct.Hindrances(Policy{ID: "p"})[0].Code)
	off := well
	off.State, off.Group.Synced = PolicyOff, true
	require.Len(t, off.Hindrances(policy), 2, "what is switched off may be unfit besides")
}
