package bot

import (
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// toldSight is the sample of a request of which somebody was told.
func toldSight(s Sight) Sight {
	return changed(s, func(r *access.Request) { r.Told = []access.Person{joni, alex} })
}

// disownedSight is one that joni did not expect.
func disownedSight(s Sight) Sight {
	return changed(toldSight(s), func(r *access.Request) {
		r.Disowned = access.Disowning{By: joni, At: noon, Revoked: noon}
		r.By, r.Why = joni, "it was not expected: “This was not me”"
	})
}

func french(f Face) Face {
	f.Locale = "fr-FR"
	return f
}

// toldSituations are the cards of who is told of what came into force: joni, whom
// it is for, and alex, who looks after her in these samples.
func toldSituations() []situation {
	var all []situation
	for _, state := range []access.State{access.InForce, access.Ending, access.Ended} {
		name := strings.ReplaceAll(string(state), " ", "_")
		pass, relaxed := toldSight(sight(state, access.Answered, 1)), changed(toldSight(exclusion(state)), func(r *access.Request) { r.Person = joni })
		all = append(all,
			situation{"told_" + name, Draw(pass, seenBy(joni))},
			situation{"told_" + name + "_manager", Draw(pass, seenBy(alex))},
			situation{"told_" + name + "_french", Draw(pass, french(seenBy(joni)))},
			situation{"told_exclusion_" + name, Draw(relaxed, seenBy(joni))},
			situation{"told_exclusion_" + name + "_manager_french", Draw(relaxed, french(seenBy(alex)))},
		)
		if state == access.InForce { // it begins to end in the same moment
			continue
		}
		all = append(all,
			situation{"disowned_" + name, Draw(disownedSight(pass), seenBy(joni))},
			situation{"disowned_" + name + "_manager", Draw(disownedSight(pass), seenBy(alex))},
			situation{"disowned_" + name + "_asker", Draw(disownedSight(pass), seenBy(adele))},
			situation{"disowned_" + name + "_approver", Draw(disownedSight(pass), seenBy(megan))},
		)
	}
	return append(all, sureSituations()...)
}

func sureSituations() []situation {
	force, over, asked := toldSight(sight(access.InForce, access.Answered, 1)), toldSight(sight(access.Ended, access.Answered, 1)), sight(access.Asked, "", 0)
	return []situation{
		{"sure", drawSure(force, seenBy(joni))},
		{"sure_french", drawSure(force, french(seenBy(joni)))},
		{"sure_manager", drawSure(force, seenBy(alex))},
		{"sure_over", drawSure(over, seenBy(joni))},
		{"sure_nothing", drawSure(asked, seenBy(joni))},
		{"sure_exclusion", drawSure(exclusion(access.InForce), seenBy(joni))},
		{"disowned_closed", drawClosed(asked, seenBy(joni))},
		{"disowned_closed_french", drawClosed(asked, french(seenBy(joni)))},
		{"disowned_ended_french", Draw(disownedSight(over), french(seenBy(joni)))},
		{"form_locked", Draw(changed(sight(access.Draft, "", 0), func(r *access.Request) {
			r.Verdict = verdict(access.Finding{Level: access.Refusal, Code: "person.locked", Text: lockSample().Words(noon)})
		}), seenBy(adele))},
		{"form_locked_french", Draw(changed(sight(access.Draft, "", 0), func(r *access.Request) {
			r.Verdict = verdict(access.Finding{Level: access.Refusal, Code: "person.locked", Text: lockSample().Words(noon)})
		}), french(seenBy(adele)))},
		{"form_denied_before", Draw(changed(sight(access.Draft, "", 0), func(r *access.Request) {
			r.Verdict = verdict(access.Finding{Level: access.Note, Code: "person.denied", Text: denialSample().Words(noon)})
		}), seenBy(adele))},
	}
}

func lockSample() access.Lock {
	return access.Lock{Person: joni, Since: noon.Add(-18 * time.Minute), Until: noon.Add(42 * time.Minute), Why: "Three requests for them were denied within an hour."}
}

func denialSample() access.Denial {
	return access.Denial{Ref: "PD-2ABCD", At: noon.Add(-20 * time.Minute), By: megan}
}
