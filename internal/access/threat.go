package access

import (
	"time"
)

// Threat is how threat mode stands: while it is on, everybody's identity counts as
// under attack, and more is asked for. It is one for all replicas, which read it at
// every judgement. The zero value has never been on.
type Threat struct {
	// Ref is new each time that it is switched on; the cards that tell of it and the
	// audit's entries go by it.
	Ref Ref  `json:"ref,omitempty"`
	Rev int  `json:"rev"` // counts the changes
	On  bool `json:"on"`
	// Since is when it was switched on or off, By who did that, and Reason why.
	Since  time.Time `json:"since,omitzero"`
	By     Person    `json:"by,omitzero"`
	Reason string    `json:"reason,omitempty"`
	// First has said at FirstAt that it can be switched off, which somebody else has
	// to confirm; nobody, while nobody has. Once it is off: who had said it first.
	First   Person    `json:"first,omitzero"`
	FirstAt time.Time `json:"firstAt,omitzero"`
	// Actor has changed it last.
	Actor Person `json:"actor,omitzero"`
	// Group could switch it, and Security was told, when it was changed last; at a
	// click everybody's standing is looked up again.
	Group    []Person `json:"group,omitempty"`
	Security []Person `json:"security,omitempty"`
}

// WordLasts is how long it can be confirmed that threat mode can be switched off.
const WordLasts = time.Hour

// Leaving tells whether somebody has said that it can be switched off, and it can
// still be confirmed.
func (t Threat) Leaving(now time.Time) bool {
	return t.On && t.First.ID != "" && now.Before(t.FirstAt.Add(WordLasts))
}

// MaySwitch tells whether id could switch it when it was changed last.
func (t Threat) MaySwitch(id ID) bool { return isOne(t.Group, id) }

// Told are all who are told of it.
func (t Threat) Told() []Person { return union(t.Group, t.Security) }

// threatNeed is the key of the agreement that threat mode adds. A rule's keys end
// in a number, so that none is called that.
const threatNeed = "threat mode"

// raise asks for the highest tier while threat mode is on: whoever agrees has rung
// the person and heard the caller's code, somebody of security agrees, too, and
// nobody is excluded from a policy. An emergency needs no code, and the agreement
// of security all the same.
func (s Settings) raise(v *Verdict, c Case) {
	if !c.Threat.On {
		return
	}
	v.Findings = append(v.Findings, threatFindings(c.Kind, c.Terms.Emergency)...)
	if c.Kind == Exclusion || len(v.Needs) == 0 {
		return
	}
	for i := range v.Needs {
		if !c.Terms.Emergency {
			v.Needs[i].Caller = CallerCode
		}
	}
	v.Needs = append(v.Needs, Need{Key: threatNeed, From: groupSources(s.Security), Count: 1})
}

// threatFindings tell what threat mode does to a request.
func threatFindings(k Kind, emergency bool) []Finding {
	switch {
	case k == Exclusion:
		return []Finding{{Refusal, "threat.exclusions", "Threat mode is on, and nobody is excluded from a policy while it is. Ask again when it is off."}}
	case emergency:
		return []Finding{{Note, "threat.on", "Threat mode is on: somebody of security has to agree, too."}}
	}
	return []Finding{{Note, "threat.on", "Threat mode is on: whoever agrees has to hear the caller's code from the person, and somebody of security has to agree, too."}}
}

func groupSources(groups []ID) []Source {
	list := make([]Source, 0, len(groups))
	for _, g := range groups {
		list = append(list, GroupSource(g))
	}
	return list
}

// disagreed says why what was approved is not given: not everybody who agreed may
// decide by now, or more is asked for than there was.
func disagreed(r Request, c Case, otherwise string) *Error {
	if c.Threat.On && r.Decision != nil && r.Decision.At.Before(c.Threat.Since) {
		return Fail(Refused, "Threat mode was switched on after this was approved, and more has to be agreed to while it is on. Withdraw it and ask again.")
	}
	return Fail(Refused, "%s", otherwise)
}
