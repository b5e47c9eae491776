package bot

import "github.com/passdesk/passdesk/internal/access"

// hosts are what the two devices must reach to find each other (Entra: passkeys,
// cross-device registration).
var hosts = map[string]string{
	"iOS":     "cable.auth.com, app-site-association.cdn-apple.com and app-site-association.networking.apple",
	"android": "cable.ua5v.com",
}

// conditions are the demands on a device that have a message of their own.
var conditions = map[string]bool{"compliant": true, "joined": true, "approvedApp": true, "protectedApp": true}

// line is one message of a guide.
type guideLine struct {
	id    string
	about about
}

func say(ids ...string) []guideLine {
	lines := make([]guideLine, 0, len(ids))
	for _, id := range ids {
		lines = append(lines, guideLine{id: id})
	}
	return lines
}

// checks are what to look at before the first step.
func checks(g access.Guide) []guideLine {
	var lines []guideLine
	switch g.Route {
	case access.BySecurity:
		lines = say("guide.first.key")
	case access.InApp:
		lines = say("guide.first."+system(g), "guide.first.app")
	default:
		lines = append(say("guide.first.bluetooth"), guideLine{"guide.first.internet", about{"Hosts": hosts[g.Phone]}})
		lines = append(lines, say("guide.first."+system(g), "guide.first.app")...)
	}
	if g.Phone == "android" && g.Route != access.BySecurity {
		lines = append(lines, say("guide.first.profile")...)
	}
	for _, d := range g.Device {
		if conditions[d] {
			lines = append(lines, say("guide.first."+d)...)
		} else {
			lines = append(lines, guideLine{"guide.first.other", about{"Needs": d}})
		}
	}
	return lines
}

// system is the phone's system as the messages name it.
func system(g access.Guide) string {
	if g.Phone == "android" {
		return "android"
	}
	return "ios"
}

// steps are what to do, in order, in the words that Entra shows.
func steps(g access.Guide) []guideLine {
	who := about{"UPN": g.Person.UPN}
	proof := say("guide.step.mfa")
	if g.WithPass {
		proof = say("guide.step.pass")
	}
	scan := say("guide.step.kind", "guide.step.scan."+system(g), "guide.step.vault."+system(g), "guide.step.name")
	switch g.Route {
	case access.ByPass:
		return join([]guideLine{{"guide.step.windows", who}}, say("guide.step.more"), proof, say("guide.step.another"), scan)
	case access.ByTrouble:
		return join([]guideLine{{"guide.step.signin", who}}, proof, say("guide.step.add", "guide.step.trouble"), scan)
	case access.InApp:
		return join(say("guide.step.app.open"), []guideLine{{"guide.step.app.signin", who}}, proof, say("guide.step.app.create", "guide.step.app.done"))
	case access.BySecurity:
		return join([]guideLine{{"guide.step.signin", who}}, proof, say("guide.step.addkey", "guide.step.key.insert", "guide.step.name"))
	case access.Impossible:
	}
	return nil
}

func join(parts ...[]guideLine) []guideLine {
	var all []guideLine
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// failures are the known errors of a route, with their remedies.
func failures(g access.Guide) []guideLine {
	switch g.Route {
	case access.ByPass, access.ByTrouble:
		return say("guide.fails.rescan", "guide.fails.connect", "guide.fails.vault", "guide.fails.late")
	case access.InApp, access.BySecurity:
		return say("guide.fails.late")
	case access.Impossible:
	}
	return nil
}

// obstacleLine tells what has to change.
func obstacleLine(o access.Obstacle) guideLine {
	id := "guide.obstacle." + o.Code
	if o.Code == "blocked" {
		id += ".computer"
		if o.Phone {
			id = "guide.obstacle.blocked.phone"
		}
	}
	return guideLine{id, about{"Policy": firstText(o.Policy.Name, string(o.Policy.ID)), "Needs": needs(access.Hurdle{Needs: o.Needs}), "Why": o.Why}}
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
