package signin

import (
	"slices"

	"github.com/passdesk/passdesk/internal/sim/conditional"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// proof is what a person has shown.
type proof struct {
	// combinations are as an authentication strength writes them.
	combinations []string
	aaguid       string // of the passkey shown
	mfa          bool
	compliant    bool
	joined       bool
}

// Controls of a policy (Graph: conditionalAccessGrantControl). The strength is
// one too, though Graph keeps it apart.
const (
	controlBlock    = "block"
	controlMFA      = "mfa"
	controlStrength = "authenticationStrength"
)

// refusals are the codes of controls that nothing on the page can satisfy.
var refusals = map[string]int{
	"compliantDevice": notCompliant, "domainJoinedDevice": notJoined,
	"approvedApplication": appNotApproved, "compliantApplication": appNotProtected,
}

// verdict is what became of one policy.
type verdict struct {
	policy   entra.Policy
	strength entra.Strength // demanded; no ID: none
	// applies: the conditions match and the policy is not off.
	applies bool
	// unmet are the controls that are wanting.
	unmet []string
	// dropped: another strength took precedence.
	dropped bool
}

func (v verdict) satisfied() bool { return len(v.unmet) == 0 }

// enforced says that the policy counts, rather than only reports.
func (v verdict) enforced() bool { return v.applies && v.policy.State == "enabled" }

func (v verdict) lacks(control string) bool { return slices.Contains(v.unmet, control) }

// judge evaluates every policy: one that is enabled applies when all its
// conditions match. A change of a policy counts once it has got here.
func (s *SignIn) judge(c conditional.Scene, shown proof) []verdict {
	policies := s.tenant.Seen(0).Policies()
	all := make([]verdict, len(policies))
	for i, p := range policies {
		v := verdict{policy: p, applies: len(c.Misses(p)) == 0}
		v.strength, _ = s.tenant.Strength(p.Grant.Strength)
		if v.applies {
			v.unmet = unmet(p.Grant, v.strength, shown)
		}
		all[i] = v
	}
	return all
}

// unmet lists the controls that are wanting. Of controls joined by OR one is
// enough, but nothing is enough for a block.
func unmet(grant entra.Grant, strength entra.Strength, shown proof) []string {
	controls := slices.Clone(grant.Controls)
	if strength.ID != "" {
		controls = append(controls, controlStrength)
	}
	if slices.Contains(controls, controlBlock) {
		return []string{controlBlock}
	}
	missing := slices.DeleteFunc(slices.Clone(controls), func(control string) bool { return shown.meets(control, strength) })
	if grant.Operator == "OR" && len(missing) < len(controls) {
		return nil
	}
	return missing
}

func (p proof) meets(control string, strength entra.Strength) bool {
	switch control {
	case controlMFA:
		return p.mfa
	case controlStrength:
		return strength.Allows(p.combinations, p.aaguid)
	case "compliantDevice":
		return p.compliant
	case "domainJoinedDevice":
		return p.joined
	}
	return false
}

// judgeRegistering evaluates for the registration of security information,
// where strengths that target the user action take precedence over those of all
// resources, while other grants of these still count (Entra: authentication
// strengths, known issues).
func (s *SignIn) judgeRegistering(c conditional.Scene, shown proof) []verdict {
	apps, actions := s.judge(c, shown), s.judge(registering(c), shown)
	own := slices.ContainsFunc(actions, func(v verdict) bool { return v.enforced() && v.strength.ID != "" })
	merged := make([]verdict, len(apps))
	for i, v := range apps {
		if actions[i].applies {
			merged[i] = actions[i]
			continue
		}
		if own && v.enforced() && v.strength.ID != "" {
			v.dropped = true
			v.unmet = slices.DeleteFunc(v.unmet, func(control string) bool { return control == controlStrength })
		}
		merged[i] = v
	}
	return merged
}

// tolerate forgives the strengths of all resources: in interrupt mode the
// person is there to register what they demand.
func tolerate(all []verdict) []verdict {
	kept := slices.Clone(all)
	for i, v := range kept {
		if v.enforced() && len(v.policy.Conditions.UserActions) == 0 && v.lacks(controlStrength) {
			kept[i].dropped = true
			kept[i].unmet = slices.DeleteFunc(slices.Clone(v.unmet), func(control string) bool { return control == controlStrength })
		}
	}
	return kept
}

// demand is what all policies together still want.
type demand struct {
	blocked   bool
	refused   int // the code of a control that cannot be satisfied here
	mfa       bool
	strengths []entra.Strength
}

func (d demand) nothing() bool {
	return !d.blocked && d.refused == 0 && !d.mfa && len(d.strengths) == 0
}

// demanded sums up: every applying policy must be satisfied.
func demanded(all []verdict) demand {
	var d demand
	for _, v := range all {
		if !v.enforced() || v.satisfied() {
			continue
		}
		for _, control := range v.wanting() {
			switch control {
			case controlBlock:
				d.blocked = true
			case controlMFA:
				d.mfa = true
			case controlStrength:
				d.strengths = append(d.strengths, v.strength)
			default:
				d.refused = refusalOf(control)
			}
		}
	}
	return d
}

// wanting are the unmet controls that the person is held to: all of them, or,
// where one is enough, the easiest to come by.
func (v verdict) wanting() []string {
	if v.policy.Grant.Operator == "OR" {
		for _, easy := range []string{controlMFA, controlStrength} {
			if v.lacks(easy) {
				return []string{easy}
			}
		}
	}
	return v.unmet
}

// interactive says that the person could satisfy on the page what is wanting.
func (v verdict) interactive() bool {
	return !slices.ContainsFunc(v.wanting(), func(control string) bool { return control != controlMFA && control != controlStrength })
}

func refusalOf(control string) int {
	if code, known := refusals[control]; known {
		return code
	}
	return blocked
}

// result is the verdict in Graph's words (appliedConditionalAccessPolicyResult).
func (v verdict) result() string {
	reporting := v.policy.State == "enabledForReportingButNotEnforced"
	switch {
	case v.policy.State == "disabled":
		return "notEnabled"
	case !v.applies && reporting:
		return "reportOnlyNotApplied"
	case !v.applies, v.dropped && v.satisfied():
		return "notApplied"
	case !reporting && v.satisfied():
		return "success"
	case !reporting:
		return "failure"
	case v.satisfied():
		return "reportOnlySuccess"
	case v.interactive():
		return "reportOnlyInterrupted"
	}
	return "reportOnlyFailure"
}
