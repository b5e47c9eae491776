package access

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are the part of the configuration that verdicts depend on.
type Settings struct {
	Requesters []ID // groups whose members may ask
	Auditors   []ID // groups whose members may read the whole audit
	Protected  []ID // people and groups for whom nothing is ever given
	Security   []ID // groups whose members are told of what must not stay unnoticed, and review emergencies
	// Threat are the groups whose members switch threat mode, Emergency those whose
	// members ask, and confirm, in an emergency; empty: there is no such thing.
	Threat    []ID
	Emergency []ID
	Policies  []Policy
	// Rules say who must agree; empty: DefaultRules.
	Rules []Rule
	// Scopes bound who may ask for whom; empty: who may ask may do so for anybody.
	// With scopes, whoever is in none of them may not ask.
	Scopes []Scope
	// OfferEnd leaves an exclusion in force when the passkey that it was for is
	// registered, and offers to end it; else it ends by itself.
	OfferEnd bool
	// ProofLasts is how long a proof of the caller is good for; zero: 15 minutes.
	ProofLasts time.Duration
	// Limits are how fast requests may follow one another.
	Limits Limits
	// NoGrants stops everything new; endings go on.
	NoGrants bool
}

// Case is what a verdict is about. Everything in it was gathered beforehand, so
// that the same case always gets the same verdict.
type Case struct {
	Kind  Kind
	Terms Terms
	Facts Facts
	Now   time.Time
	// Sending is set while the form is checked. Later, a start that has passed
	// meanwhile only means "at once".
	Sending bool
	// Ours tells whether a live pass was made for this very request, so that
	// replacing it takes nothing from anybody.
	Ours func(LivePass) bool

	// Lock is the person's, in force or not; Denials are those about them lately.
	Lock    Lock
	Denials []Denial

	// Decisions are those that were made, of a request that was sent.
	Decisions []Decision
	// Escalated are the keys of the needs for which those are asked, too, whom the
	// rule names for it.
	Escalated []string
	// Threat is how threat mode stands.
	Threat Threat
	// Members are the members of groups that rules name; nil where they were not
	// asked for, because nobody is to be written to.
	Members map[ID][]Person

	// Hold is what Passdesk has excluded already, of an exclusion's person and
	// policy, as it was before the facts were read.
	Hold Hold
	// From is the moment from which an exclusion's Minutes count.
	From time.Time
	// Outlook is what Entra thinks of it; nil where it was not asked.
	Outlook *Outlook
}

// Judge checks whether what is asked for can work and may be given, and applies
// the rules. It refuses whatever is not known to be allowed. What protects people
// whatever the rules say (I3, I8) is checked here and in Need.takes.
func (s Settings) Judge(c Case) Verdict {
	v := Verdict{}
	whole := true
	switch c.Kind {
	case Pass:
		s.checkPass(&v, c)
	case Exclusion:
		whole = s.checkExclusion(&v, c)
	default:
		v.add(Refusal, "kind.unknown", "Passdesk does not know this kind of request.")
		return v
	}
	if !c.Facts.Person.Found {
		return v
	}
	if c.Terms.Emergency {
		s.applyEmergency(&v, c)
	} else {
		s.applyRules(&v, c)
	}
	s.raise(&v, c)
	if whole {
		v.fill(c)
	}
	return v
}

// checkPass checks what a pass depends on, beside who must agree.
func (s Settings) checkPass(v *Verdict, c Case) {
	s.checkAsker(v, c)
	s.checkPerson(v, c)
	checkPrivilege(v, s, c.Facts.Person)
	checkLock(v, c)
	checkDenials(v, c)
	checkPolicy(v, c)
	checkTerms(v, c)
	checkLivePass(v, c)
}

func (s Settings) checkAsker(v *Verdict, c Case) {
	asker := c.Facts.Asker
	switch {
	case s.NoGrants:
		v.add(Refusal, "grants.off", "Passdesk gives nothing new at the moment. What is in force still ends.")
	case !asker.MayAct():
		v.add(Refusal, "asker.standing", "Whoever asks must be an enabled member of this organisation.")
	case c.Terms.Emergency:
		if !asker.In(s.Emergency) {
			v.add(Refusal, "asker.emergency", "Whoever asks in an emergency must belong to the emergency group.")
		}
	case !asker.In(s.Requesters):
		v.add(Refusal, "asker.requester", "Whoever asks must belong to a help desk group that may ask.")
	case c.Facts.Person.Found && !s.inScope(c):
		v.add(Refusal, "asker.scope", "You may not ask for "+c.Kind.words().many+" for this person. Somebody whose help desk looks after them can.")
	}
}

func (s Settings) checkPerson(v *Verdict, c Case) {
	p := c.Facts.Person
	switch {
	case !p.Found:
		v.add(Refusal, "person.unknown", "There is nobody like that in this organisation. Choose the person again.")
	case p.ID == c.Facts.Asker.ID:
		v.add(Refusal, "person.asker", "Nobody can ask for "+c.Kind.words().one+" for themselves. A colleague has to ask.")
	case p.Guest && c.Kind == Exclusion:
		v.add(Refusal, "person.guest", "This is a guest account. Guests are not excluded by Passdesk: their sessions cannot be ended from here.")
	case p.External:
		v.add(Refusal, "person.guest", "This is a guest from another organisation. Entra does not give passes to external guests.")
	case p.Guest:
		v.add(Refusal, "person.guest", "This is a guest account. Entra does not let guests register a passkey.")
	case !p.Enabled:
		v.add(Refusal, "person.disabled", "The account is disabled, so this would not let anybody in. Have it enabled first.")
	}
}

// checkPrivilege keeps privileged and protected people out of reach: the
// permission that Passdesk holds would work on a Global Administrator, too.
func checkPrivilege(v *Verdict, s Settings, p Subject) {
	if !p.Found {
		return
	}
	if p.within(s.Protected) {
		v.add(Refusal, "person.protected", "This person is protected: Passdesk gives nothing for them. Turn to the identity team.")
	}
	if len(p.Privilege) > 0 {
		v.add(Refusal, "person.privileged", "This person is privileged ("+strings.Join(p.Privilege, "; ")+"). The identity team handles privileged accounts in person.")
	}
	if len(p.Unknown) > 0 {
		v.add(Refusal, "facts.unknown", "Entra did not tell "+strings.Join(p.Unknown, ", ")+", and what is not known is refused. Try again in a minute.")
	}
}

// inScope tells whether one of the scopes lets this asker ask for this person.
func (s Settings) inScope(c Case) bool {
	return len(s.Scopes) == 0 || slices.ContainsFunc(s.Scopes, func(one Scope) bool { return one.allows(c) })
}

func checkPolicy(v *Verdict, c Case) {
	p, policy := c.Facts.Person, c.Facts.PassPolicy
	switch {
	case !policy.Known:
		v.add(Refusal, "policy.unknown", "Entra did not tell the policy for passes, and what is not known is refused. Try again in a minute.")
	case !policy.Enabled:
		v.add(Refusal, "policy.off", "Temporary Access Passes are switched off in this organisation.")
	case p.Found && !policy.covers(p.Member):
		v.add(Refusal, "policy.scope", "The organisation's policy for passes does not include this person.")
	}
}

// covers tells whether the policy includes the person. Exclusion wins.
func (p PassPolicy) covers(m Member) bool {
	if p.NotForAll || m.within(p.Exclude) {
		return false
	}
	return p.IncludeAll || m.within(p.Include)
}

// startSlack is how far in the past a start may lie: the form was open meanwhile.
const startSlack = 15 * time.Minute

// startLimit is how far ahead something may be asked for.
const startLimit = 14 * 24 * time.Hour

func checkTerms(v *Verdict, c Case) {
	t, policy := c.Terms, c.Facts.PassPolicy
	if policy.Known && (t.Minutes < policy.MinMinutes || t.Minutes > policy.MaxMinutes) {
		v.add(Refusal, "pass.lifetime", fmt.Sprintf("A pass may last from %d to %d minutes here, not %d.", policy.MinMinutes, policy.MaxMinutes, t.Minutes))
	}
	if policy.Known && policy.OnceOnly && !t.Once {
		v.add(Refusal, "pass.once", "Passes can be used only once here. Choose “once”.")
	}
	checkStart(v, c)
	checkReason(v, c)
	if t.Once {
		v.add(Note, "pass.tenminutes", "After signing in with a one-time pass, the passkey must be registered within ten minutes.")
	}
}

func checkStart(v *Verdict, c Case) {
	t := c.Terms
	if c.Sending && !t.Start.IsZero() && t.Start.Before(c.Now.Add(-startSlack)) {
		v.add(Refusal, "terms.start", "The start lies in the past. Choose a later one, or none to start at once.")
	}
	if t.Start.After(c.Now.Add(startLimit)) {
		v.add(Refusal, "terms.start", "The start lies more than 14 days ahead. Ask nearer to the day.")
	}
}

func checkReason(v *Verdict, c Case) {
	if c.Terms.Reason == "" && !c.Terms.Emergency { // there it is refused
		v.add(Warning, "terms.reason", "There is no reason. Who decides will wonder why.")
	}
}

// checkLivePass keeps a pass that somebody may be using from being replaced
// unnoticed: Entra holds one pass per person, and a new one kills the old.
func checkLivePass(v *Verdict, c Case) {
	for _, live := range c.Facts.Person.Passes {
		if !live.live(c.Now) || (c.Ours != nil && c.Ours(live)) {
			continue
		}
		if c.Terms.Replace {
			v.add(Warning, "pass.replaces", "A pass that is live now will be replaced and stop working.")
		} else {
			v.add(Refusal, "pass.live", "This person has a live pass already. Tick that it may be replaced, or use that one.")
		}
	}
}
