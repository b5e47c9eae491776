package access

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// The bounds of what an emergency gives, and how long it waits to be confirmed.
const (
	EmergencyPass      = time.Hour
	EmergencyExclusion = 4 * time.Hour
	emergencyWithin    = 30 * time.Minute
)

// EmergencyRule is the rule that decides an emergency, instead of those that are
// configured.
const EmergencyRule = "emergency"

// HasEmergency tells whether anybody could ask in an emergency here.
func (d *Desk) HasEmergency() bool { return len(d.Settings.Emergency) > 0 }

// MayDraft tells whether m may ask for something on these terms. In an emergency
// the members of its groups may, and nobody else.
func (d *Desk) MayDraft(m Member, t Terms) bool {
	if t.Emergency {
		return m.MayAct() && m.In(d.Settings.Emergency)
	}
	return d.MayAsk(m)
}

// applyEmergency asks for the agreement of another member of the emergency groups,
// whatever the rules say. It skips the waiting: no proof of the caller, no start
// later, nobody else to be asked. What protects people is checked all the same.
func (s Settings) applyEmergency(v *Verdict, c Case) {
	v.Rule, v.Within = EmergencyRule, emergencyWithin
	v.Tried = append(v.Tried, Tried{EmergencyRule, Matched, "asked in an emergency"})
	for _, r := range s.rules() {
		v.Tried = append(v.Tried, Tried{r.Name, Skipped, "“" + EmergencyRule + "” comes first"})
	}
	v.Needs = []Need{{Key: EmergencyRule + " 1", From: groupSources(s.Emergency), Count: 1}}
	v.add(Note, "emergency", "This is an emergency: the rules are skipped. Another member of the emergency group confirms, security is told at once, and it is reviewed within a day.")
	checkEmergency(v, c)
}

// checkEmergency bounds what an emergency can be used for.
func checkEmergency(v *Verdict, c Case) {
	longest := EmergencyPass
	if c.Kind == Exclusion {
		longest = EmergencyExclusion
	}
	t := c.Terms
	if strings.TrimSpace(t.Reason) == "" {
		v.add(Refusal, "emergency.reason", "Say why it is an emergency. Without a reason nothing is given.")
	}
	if !t.Start.IsZero() || t.Extends != "" {
		v.add(Refusal, "emergency.start", "What an emergency gives begins at once. What can wait until later is asked for without one.")
	}
	if t.Lifetime() > longest {
		v.add(Refusal, "emergency.length", fmt.Sprintf("In an emergency it may last %s at the longest. Choose a shorter time.", inWords(longest)))
	}
}

// marked is a transaction whose entries say that they are of an emergency, if the
// request is one.
func marked(tx Tx, r Request) Tx {
	if !r.Terms.Emergency {
		return tx
	}
	if _, is := tx.(emergencyTx); is {
		return tx
	}
	return emergencyTx{tx}
}

type emergencyTx struct{ Tx }

// Record implements Tx.
func (t emergencyTx) Record(e audit.Entry) {
	detail := map[string]string{}
	maps.Copy(detail, e.Detail)
	detail["emergency"] = "true"
	e.Detail = detail
	t.Tx.Record(e)
}
