package access

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// shortestExclusion is the shortest time for which somebody can be excluded:
// Entra takes some minutes to know of it.
const shortestExclusion = 10 * time.Minute

// Platforms are the kinds of devices that Conditional Access knows, in Graph's
// words (conditionalAccessDevicePlatform).
func Platforms() []string { return []string{"iOS", "android", "windows", "macOS", "linux"} }

// checkExclusion checks what an exclusion depends on, beside who must agree. False
// says that there is no policy about which anybody could agree.
func (s Settings) checkExclusion(v *Verdict, c Case) bool {
	s.checkAsker(v, c)
	s.checkPerson(v, c)
	checkPrivilege(v, s, c.Facts.Person)
	checkLock(v, c)
	checkDenials(v, c)
	policy, ok := s.policy(c.Terms.Policy.ID)
	if !ok {
		v.add(Refusal, "policy.unconfigured", "Passdesk may not relax this policy. Choose one of the list.")
		return false
	}
	if !checkRelaxable(v, c.Facts.Policy) {
		return false
	}
	if policy.Group == "" {
		checkWritable(v, c.Facts.Policy)
	} else {
		checkGroup(v, c.Facts.Policy, policy)
	}
	checkLength(v, c, policy)
	checkStart(v, c)
	checkReason(v, c)
	checkExempt(v, c)
	checkOutlook(v, c)
	return true
}

// checkRelaxable tells whether there is a policy in force to be excluded from.
func checkRelaxable(v *Verdict, p PolicyFacts) bool {
	switch {
	case !p.Known:
		v.add(Refusal, "policy.unknown", "Entra did not tell how the policy stands, and what is not known is refused. Try again in a minute.")
	case !p.Found:
		v.add(Refusal, "policy.gone", "The policy does not exist in Entra any more. Tell its owner.")
	case p.State == PolicyOff:
		v.add(Refusal, "policy.idle", "The policy is switched off, so it stands in nobody's way.")
	case p.State == PolicyReportOnly:
		v.add(Refusal, "policy.idle", "The policy only reports, so it stands in nobody's way.")
	case p.State != PolicyOn:
		v.add(Refusal, "policy.state", "The policy is in a state that Passdesk does not know. Tell its owner.")
	default:
		return true
	}
	return false
}

// checkWritable keeps Passdesk from writing a policy that it does not wholly
// understand: what it does not know it would wipe.
func checkWritable(v *Verdict, p PolicyFacts) {
	if len(p.Foreign) > 0 {
		v.add(Refusal, "policy.foreign", "The policy has parts that Passdesk does not know ("+strings.Join(p.Foreign, ", ")+"), so Passdesk does not write it. Its owner can exclude by a group instead.")
	}
}

func checkGroup(v *Verdict, p PolicyFacts, policy Policy) {
	if why := p.unfit(policy); why != "" {
		v.add(Refusal, "group.unfit", why+" Tell the policy's owner.")
	}
	if p.Group.Known && p.Group.Found && !p.ExcludesGroup {
		v.add(Refusal, "group.unlinked", "The policy does not exclude its exclusion group any more, so nothing would change. Tell the policy's owner.")
	}
}

// unfit says why nobody may be excluded by the group; empty when they may.
func (p PolicyFacts) unfit(policy Policy) string {
	g := p.Group
	switch {
	case !g.Known:
		return "Entra did not tell how the exclusion group stands."
	case !g.Found:
		return "The exclusion group does not exist any more."
	case g.Dynamic:
		return "The exclusion group is dynamic, so its members follow a rule."
	case g.Synced:
		return "The exclusion group is synchronised from a local directory and cannot be changed here."
	case g.RoleAssignable:
		return "The exclusion group can be given directory roles, so nobody is put into it."
	case g.Restricted:
		return "The exclusion group's management is restricted."
	}
	for _, o := range g.Owners {
		if !slices.Contains(policy.GroupOwners, o.ID) && !isOne(p.Deciders, o.ID) {
			return "The exclusion group is owned by " + o.Name + ", who is not one of those who should own it."
		}
	}
	return ""
}

// checkLength holds the exclusion, from now on or from its later start, to what
// the policy allows.
func checkLength(v *Verdict, c Case, policy Policy) {
	length := c.From.Add(c.Terms.Lifetime()).Sub(latest(c.Now, c.Terms.Start))
	switch {
	case c.Terms.Lifetime() < shortestExclusion:
		v.add(Refusal, "exclusion.length", "An exclusion lasts 10 minutes at least.")
	case length > policy.Longest:
		v.add(Refusal, "exclusion.length", "Nobody may be excluded from this policy for longer than "+inWords(policy.Longest)+" at a time. Choose a shorter time.")
	}
	if !slices.Contains(Platforms(), c.Terms.Platform) {
		v.add(Refusal, "exclusion.platform", "Choose the kind of device that it is for.")
	}
}

// inWords tells a length as people say it.
func inWords(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0 && d > 24*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d%time.Hour == 0 && d == time.Hour:
		return "1 hour"
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	default:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
}

// checkExempt refuses to take over an exclusion that somebody else has made: at
// the end nobody could tell whose it was.
func checkExempt(v *Verdict, c Case) {
	now := c.Facts.Policy.Exempt
	switch {
	case !now.Listed || c.Hold.State != Free:
	case c.Hold.Rev > 0 && c.Now.Sub(c.Hold.Since) < settles:
		v.add(Refusal, "exclusion.settling", "An exclusion of this person has just ended, and Entra still shows it. Try again in a few minutes.")
	default:
		v.add(Refusal, "exclusion.stranger", "This person is excluded from the policy already, and not by Passdesk. Nothing was changed; the policy's owner is told.")
	}
	if len(now.Otherwise) > 0 {
		v.add(Warning, "exclusion.already", "The policy excludes this person already ("+strings.Join(now.Otherwise, "; ")+"), so this may change nothing.")
	}
}

// checkOutlook warns of an exclusion that would not help.
func checkOutlook(v *Verdict, c Case) {
	o := c.Outlook
	if !c.Sending || v.Refused() {
		return
	}
	switch {
	case o == nil:
		v.add(Note, "outlook.unknown", "Entra did not say whether this will help.")
		return
	case !o.Applies && len(c.Hold.Leases) == 0:
		v.add(Warning, "outlook.misses", "By what Entra says, this policy does not stand in the person's way on that device, so the exclusion would not help.")
	}
	for _, h := range o.After {
		level := Note // what a policy asks for can be had, perhaps
		if h.Block {
			level = Warning
		}
		v.add(level, "outlook.other", "“"+h.Policy.Name+"” "+h.words()+".")
	}
}

// words say what a policy does to somebody.
func (h Hurdle) words() string {
	if h.Block {
		return "would still block the sign-in"
	}
	return "would still ask for " + strings.Join(h.Needs, ", ")
}

// undecided tells whether all that refuses is what Entra does not tell, or not
// yet: to be asked again later.
func (v Verdict) undecided() bool {
	for _, f := range v.At(Refusal) {
		if f.Code != "facts.unknown" && f.Code != "policy.unknown" && f.Code != "exclusion.settling" {
			return false
		}
	}
	return v.Refused()
}
