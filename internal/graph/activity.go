package graph

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// What can change, in words.
const (
	changedPhone    = "phone number"
	changedManager  = "manager"
	changedMethods  = "sign-in methods"
	changedPassword = "password"
	changedMail     = "alternate e-mail address"
)

// byProperty tells what changes with a property of a user, as "Update user" calls
// it (Entra: audit activity reference, attributes of a user). The details of the
// Authenticator app are none of them: they change with every version of the app.
var byProperty = map[string]string{
	"mobile":                          changedPhone,
	"othermobile":                     changedPhone,
	"telephonenumber":                 changedPhone, // businessPhones
	"strongauthenticationuserdetails": changedPhone, // the numbers and the address to prove oneself with
	"strongauthenticationmethod":      changedMethods,
	"searchabledevicekey":             changedMethods, // passkeys and Windows Hello
	"othermail":                       changedMail,
	"manager":                         changedManager,
}

// included is the property that names all that were changed; some come without
// their values.
const included = "included updated properties"

// changed tells what about the person the line says was changed, each once: by
// the properties that are named, or by the activity itself.
func (a audit) changed(s access.Subject) []string {
	var all []string
	say := func(what string) {
		if what != "" && !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	say(a.activity(s))
	for _, t := range a.Targets {
		if access.NewID(t.ID) == s.ID {
			for _, name := range t.changed() {
				say(byProperty[name])
			}
		}
	}
	return all
}

// changed names the properties of which the line does not show that they stayed as
// they were, in lower case.
func (t touched) changed() []string {
	var names, same []string
	for _, m := range t.Properties {
		name := strings.ToLower(m.Name)
		switch {
		case name == included:
			for part := range strings.SplitSeq(strings.ToLower(m.New), ",") {
				names = append(names, strings.Trim(part, ` "`))
			}
		case m.Old == m.New:
			same = append(same, name)
		default:
			names = append(names, name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(same, name) })
}

// Words in the names of activities (Entra: audit activity reference). The names
// change now and then, and so does their case.
var (
	// idle activities begin something, look at it, or fail.
	idle = []string{"started", "cancelled", "reviewed", "progress", "blocked", "force change"}
	// ofMethods are activities that change how the person signs in, whichever
	// service logs them.
	ofMethods = []string{
		"security info", "passkey", "security key", "windows hello", "passwordless", "strong authentication",
		"application password", "password registration",
	}
	// methodServices log such activities only, apart from idle ones.
	methodServices = []string{"authentication methods", "device registration service"}
)

// activity tells what the activity changed; empty when nothing that counts, or
// nothing that its name tells. Of a service that keeps the methods every activity
// counts that is not known to be idle.
func (a audit) activity(s access.Subject) string {
	name := strings.ToLower(a.Activity)
	users := strings.EqualFold(strings.ReplaceAll(a.Category, " ", ""), "UserManagement")
	switch {
	case holds(name, idle):
		return ""
	case holds(name, ofMethods):
		return changedMethods
	case strings.Contains(name, "password"):
		return changedPassword
	case strings.Contains(name, "user manager"):
		return a.ofManager(s)
	case users && slices.Contains(methodServices, strings.ToLower(a.Service)):
		return changedMethods
	}
	return ""
}

// ofManager tells whether it is the person who got a manager. Both are named in
// the line, and nobody says who comes first, so it is theirs when the other is
// their manager now, or when nobody else is named: without that a manager would
// seem changed whenever somebody joined the team.
func (a audit) ofManager(s access.Subject) string {
	for _, t := range a.Targets {
		switch id := access.NewID(t.ID); {
		case id == s.ID || id == "":
		case s.Manager != nil && id == s.Manager.ID:
			return changedManager
		default:
			return ""
		}
	}
	return changedManager
}

func holds(name string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}
