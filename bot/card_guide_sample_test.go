package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// guideTo is the sample of somebody's way to a passkey.
func guideTo(route access.Route, change func(*access.Guide)) access.Guide {
	g := access.Guide{Credentials: statusOf(joni).Credentials, Phone: "iOS", Route: route}
	g.At, g.Manager = noon, &access.Member{Person: megan, Found: true, Enabled: true}
	if change != nil {
		change(&g)
	}
	return g
}

func guideSituations() []situation {
	f, french := seenBy(adele), seenBy(joni)
	french.Locale = "fr-FR"
	blocked := access.Obstacle{Code: "blocked", Policy: phones, Phone: true, Relaxable: true}
	app := func(g *access.Guide) {
		g.Methods = append(g.Methods, access.Method{Kind: "microsoftAuthenticator"})
	}
	pass := guideTo(access.ByPass, func(g *access.Guide) { g.WithPass, g.Obstacles = true, []access.Obstacle{blocked} })
	there := guideTo(access.ByPass, func(g *access.Guide) {
		g.WithPass, g.Device = true, []string{"compliant", "something newer"}
		g.Passes = []access.LivePass{{Start: noon.Add(-time.Minute), Minutes: 60, Usable: true}}
	})
	trouble := guideTo(access.ByTrouble, func(g *access.Guide) { app(g); g.Phone, g.Obstacles = "android", []access.Obstacle{blocked} })
	inApp := guideTo(access.InApp, func(g *access.Guide) {
		app(g)
		g.Passkeys = []access.Passkey{{AAGUID: "90a3ccdf-635c-4729-a248-9b709135078f"}}
	})
	key := guideTo(access.BySecurity, app)
	none := guideTo(access.Impossible, func(g *access.Guide) {
		app(g)
		g.Obstacles = []access.Obstacle{{Code: "attestation"}, blocked, {Code: "loop", Policy: strict, Needs: []string{"Phishing-resistant MFA"}, Phone: true}}
	})
	guest := guideTo(access.Impossible, func(g *access.Guide) {
		g.Person.Guest, g.Obstacles = true, []access.Obstacle{{Code: "outside", Why: "A guest account. Entra does not let guests register a passkey."}}
	})
	const forged = "[x](http://evil) {{DATE(2026-01-01T00:00:00Z)}} <at>x</at>"
	hostile := guideTo(access.Impossible, func(g *access.Guide) {
		g.Person.Name, g.Person.UPN = forged, forged
		g.Obstacles = []access.Obstacle{{Code: "loop", Policy: access.PolicyRef{ID: "x", Name: forged}, Needs: []string{forged}}}
	})
	return []situation{
		{"guide_pass", drawGuide(pass, true, f)},
		{"guide_pass_there", drawGuide(there, true, f)},
		{"guide_trouble", drawGuide(trouble, true, f)},
		{"guide_app", drawGuide(inApp, true, f)},
		{"guide_key", drawGuide(key, true, f)},
		{"guide_none", drawGuide(none, true, f)},
		{"guide_guest", drawGuide(guest, true, f)},
		{"guide_auditor", drawGuide(pass, false, seenBy(lee))},
		{"guide_sent", drawSentGuide(trouble, adele, seenBy(joni))},
		{"guide_sent_french", drawSentGuide(trouble, adele, french)},
		{"guide_sent_manager", drawSentGuide(pass, adele, seenBy(megan))},
		{"hostile_guide", drawGuide(hostile, true, f)},
	}
}
