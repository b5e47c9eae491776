package bot

import (
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// statusOf is the sample of somebody who has nothing yet.
func statusOf(p access.Person, standings ...access.Standing) access.Status {
	s := access.Status{Standings: standings}
	s.Known, s.Person = true, access.Member{Person: p, Found: true, Enabled: true}
	s.Methods = []access.Method{{Kind: "password"}}
	s.PasskeyPolicy = access.PasskeyPolicy{
		Known: true, Enabled: true, SelfService: true, Include: []access.PasskeyTarget{{All: true}},
		Profiles: []access.PasskeyProfile{{Keys: access.KeyRestrictions{Enforced: true, AAGUIDs: []string{"90a3ccdf-635c-4729-a248-9b709135078f"}}}},
	}
	s.Readiness = s.Credentials.Readiness(noon)
	return s
}

// with changes a sample and judges it anew.
func with(s access.Status, change func(*access.Status)) access.Status {
	change(&s)
	s.Readiness = s.Credentials.Readiness(noon)
	return s
}

// labelled gives everything in a sample a name.
func labelled(text string, s access.Status) access.Status {
	return with(s, func(s *access.Status) {
		s.Passkeys = []access.Passkey{{Name: text, Model: text, AAGUID: text, Kind: access.PasskeyKind(text)}}
		s.Methods = []access.Method{{Kind: text, Name: text}}
	})
}

// crowdedStatus is as much as Entra could tell of somebody.
func crowdedStatus(text string, p access.Person, standings []access.Standing) access.Status {
	s := labelled(text, statusOf(p, standings...))
	s.Passkeys, s.Methods = slices.Repeat(s.Passkeys, 100), slices.Repeat(s.Methods, 100)
	return with(s, func(*access.Status) {})
}

// passkeySituations are requests whose passkey has come, or has not.
func passkeySituations() []situation {
	var all []situation
	came := func(r *access.Request) {
		r.Began, r.Registered, r.Passkey = noon.Add(-30*time.Minute), noon.Add(-5*time.Minute), "“My phone”"
	}
	for _, state := range []access.State{access.InForce, access.Ended} {
		word := "ended"
		if state == access.InForce {
			word = "in_force"
		}
		for name, change := range map[string]func(*access.Request){
			"registered": came,
			"elsewhere":  func(r *access.Request) { came(r); r.Elsewhere = true },
			"none":       func(r *access.Request) { r.Began = noon.Add(-time.Hour) },
		} {
			s := changed(Sight{Request: request(state)}, change)
			all = append(all,
				situation{"passkey_" + name + "_" + word + "_asker", Draw(s, seenBy(adele))},
				situation{"passkey_" + name + "_" + word + "_approver", Draw(s, seenBy(megan))})
			x := changed(exclusion(state), func(r *access.Request) { change(r); r.Terms.Register, r.Elsewhere = true, false })
			all = append(all, situation{"passkey_" + name + "_" + word + "_exclusion", Draw(x, seenBy(adele))})
		}
	}
	return all
}

func statusSituations() []situation {
	f := seenBy(adele)
	phone := access.Passkey{Name: "Alex's phone", Model: "Microsoft Authenticator - iOS", AAGUID: "90a3ccdf-635c-4729-a248-9b709135078f", Kind: access.DeviceBound, Attested: true, Created: noon.Add(-90 * 24 * time.Hour)}
	cloud := access.Passkey{Name: "", AAGUID: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", Kind: access.Synced, Created: noon.Add(-24 * time.Hour)}
	bound := access.Standing{Policy: phones, Known: true}
	ready := with(statusOf(alex, bound), func(s *access.Status) {
		s.Passkeys = []access.Passkey{phone, cloud}
		s.Methods = append(s.Methods, access.Method{Kind: "microsoftAuthenticator", Name: "iPhone 16"}, access.Method{Kind: "phone", Name: "ends in 42"})
	})
	outlawed := with(statusOf(alex, bound), func(s *access.Status) { s.Passkeys = []access.Passkey{cloud} })
	app := with(statusOf(alex, bound), func(s *access.Status) {
		s.Methods = append(s.Methods, access.Method{Kind: "microsoftAuthenticator", Name: "Pixel 9"})
	})
	pass := with(statusOf(joni, bound), func(s *access.Status) {
		s.Passes = []access.LivePass{{Start: noon.Add(-time.Minute), Minutes: 60, Once: true, Usable: true}}
	})
	later := with(pass, func(s *access.Status) { s.Passes = []access.LivePass{{Start: noon.Add(time.Hour), Minutes: 60}} })
	guest := with(statusOf(alex, bound), func(s *access.Status) { s.External = true; s.Person.Guest = true })
	gone := with(statusOf(alex), func(s *access.Status) { s.Person.Found, s.Known = false, false })
	silent := with(statusOf(joni, access.Standing{Policy: phones}), func(s *access.Status) { s.Known = false })
	return []situation{
		{"status_ready", drawStatus(ready, true, f)},
		{"status_outlawed", drawStatus(outlawed, true, f)},
		{"status_can_add", drawStatus(app, true, f)},
		{"status_holds_pass", drawStatus(pass, true, f)},
		{"status_pass_later", drawStatus(later, true, f)},
		{"status_guest", drawStatus(guest, true, f)},
		{"status_gone", drawStatus(gone, true, f)},
		{"status_not_told", drawStatus(silent, true, f)},
		{"status_several", drawStatuses([]access.Status{ready, pass, outlawed, guest, gone}, f)},
		{"hostile_statuses", drawStatuses([]access.Status{labelled("[x](http://evil) {{DATE(2026-01-01T00:00:00Z)}} <at>x</at>", statusOf(joni))}, f)},
	}
}
