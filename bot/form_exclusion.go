package bot

import (
	"slices"
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// readFormOf reads the form of a request of any kind.
func readFormOf(r access.Request, f fields, at moment) wish {
	read := readForm
	if r.Kind == access.Exclusion {
		read = func(f fields, at moment) wish { return readExclusionForm(r, f, at) }
	}
	w := read(f, at)
	w.terms.Emergency = r.Terms.Emergency // whatever comes back
	return w
}

// overExclusion fills in what the form of an exclusion must hold.
func (f fields) overExclusion(t access.Terms) {
	delete(f, inputOnce)
	f[inputPolicy] = quoted(string(t.Policy.ID))
	f[inputPlatform] = quoted(t.Platform)
	f[inputRegister] = quoted(strconv.FormatBool(t.Register))
	f[inputRevoke] = quoted(strconv.FormatBool(!t.KeepSessions))
}

// readExclusionForm reads the form of an exclusion. An extension is for the same
// person and policy, whatever comes back.
func readExclusionForm(r access.Request, f fields, at moment) wish {
	w := wish{
		typed: string(clean(f.text(inputPersonText), upnLength)),
		terms: access.Terms{
			KeepSessions: f.text(inputRevoke) == "false",
			Register:     f.text(inputRegister) == "true",
			Ticket:       string(clean(f.text(inputTicket), ticketLength)),
			Reason:       string(clean(f.text(inputReason), reasonLength)),
			Extends:      r.Terms.Extends,
		},
	}
	if r.Terms.Extends != "" {
		w.terms.Policy, w.picked, w.typed = r.Terms.Policy, r.Person.ID, ""
	} else {
		w.readPerson(f.text(inputPerson))
		w.readPolicy(access.NewID(f.text(inputPolicy)), r.Policies)
		w.readStart(f.text(inputDate), f.text(inputTime), at)
	}
	w.readPlatform(f.text(inputPlatform))
	w.readMinutes(f.text(inputMinutes), at, "Say for how long, from 10 minutes to 30 days: 90m, 4h or 2d.")
	return w
}

// readPolicy takes one of the policies that the form offered, and none besides.
func (w *wish) readPolicy(id access.ID, offered []access.PolicyRef) {
	for _, p := range offered {
		if p.ID == id {
			w.terms.Policy = p
			return
		}
	}
	w.fault("policy", "Choose the policy.")
}

func (w *wish) readPlatform(value string) {
	if !slices.Contains(access.Platforms(), value) {
		w.fault("platform", "Choose the device.")
		return
	}
	w.terms.Platform = value
}
