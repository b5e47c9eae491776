package bot

import "github.com/passdesk/passdesk/internal/access"

// role is what somebody may do here, as far as the help tells it.
type role struct {
	MayAsk   bool
	MayAudit bool
	// MayUnlock is for security and the auditors.
	MayUnlock bool
	// MayRescue: they may ask in an emergency; MaySwitch: switch threat mode.
	MayRescue bool
	MaySwitch bool
}

// usage is a line of the help: what to write, and what it is good for.
type usage struct {
	Say  string
	Does string
}

// drawHelp tells somebody what they may do here. The usages come from the table
// of commands.
func drawHelp(m access.Member, can role, usages []usage, _ Face) Card {
	return newCard("What Passdesk can do for you. Open it in Teams.",
		heading("What you can do here", ""),
		paragraph(standing(m, can)...),
	).add(drawUsages(usages)...).add(
		paragraph(faint("A person is a name, a sign-in name, an object id or a mention. A reference such as PD-7K3M stands on every card.")),
	)
}

// drawHome greets somebody for whom Passdesk was installed.
func drawHome(m access.Member, can role, usages []usage, _ Face) Card {
	return newCard("Passdesk is here. Write help to see what it can do.",
		heading("Passdesk is here", ""),
		paragraph(ours("Hello "), bold(name(m.Person)), ours(". Passdesk gets people a Temporary Access Pass when they cannot sign in, or out of a Conditional Access policy for some hours. One person asks, another agrees, and everything is recorded.")),
		paragraph(standing(m, can)...),
	).add(drawUsages(usages)...)
}

// standing says in a sentence what somebody's part is.
func standing(_ access.Member, can role) []textRun {
	switch {
	case can.MayAsk && can.MayAudit:
		return []textRun{ours("You may ask for passes and exclusions for others, and read the whole history.")}
	case can.MayAsk:
		return []textRun{ours("You may ask for passes and exclusions for others. Their manager decides about a pass, an owner of the policy about an exclusion.")}
	case can.MayAudit:
		return []textRun{ours("You may read the whole history. When somebody who reports to you needs a pass, or somebody an exclusion from a policy of yours, you are asked here.")}
	}
	return []textRun{ours("When somebody who reports to you needs a pass, or somebody an exclusion from a policy of yours, you are asked here. To get one yourself, turn to the help desk.")}
}

func drawUsages(usages []usage) []element {
	drawn := make([]element, 0, len(usages))
	for _, u := range usages {
		drawn = append(drawn, container{Spacing: "small", Items: []element{
			paragraph(bold(theirs(u.Say, findingLength))),
			richText{Spacing: "none", Inlines: []textRun{faded(theirs(u.Does, findingLength))}},
		}})
	}
	return drawn
}
