package graph

import (
	"slices"
	"strings"
)

// broader are the permissions that allow, among much else, what the one in front
// allows (Graph: the column "higher privileged" of the calls on the list).
var broader = map[string][]string{
	readUsers:   {"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
	readGroups:  {writeGroups, "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
	writeGroups: {"Group.ReadWrite.All", "Directory.ReadWrite.All"},
	readRoles:   {"RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"},
	readMethods: {"UserAuthenticationMethod.ReadWrite.All"},
	writeTAP:    {"UserAuthenticationMethod.ReadWrite.All"},
	methodRules: {"Policy.ReadWrite.AuthenticationMethod"},
	installSelf: {"TeamsAppInstallation.ReadWriteForUser.All"},

	"RoleEligibilitySchedule.Read.Directory":          {readRoles, "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"},
	"PrivilegedEligibilitySchedule.Read.AzureADGroup": {"PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup", "PrivilegedAccess.Read.AzureADGroup", "PrivilegedAccess.ReadWrite.AzureADGroup"},
	"Policy.Read.ConditionalAccess":                   {readAccess, writeAccess},
	"User.RevokeSessions.All":                         {"User.ReadWrite.All", "Directory.ReadWrite.All"},
	"Application.Read.All":                            {"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.Read.All"},
}

// Dangers say what somebody could do who gets hold of Passdesk with a permission
// that it has no need of.
var dangers = map[string]string{
	"UserAuthenticationMethod.ReadWrite.All": "it adds, changes and deletes every method of everybody, Global Administrators among them",
	"Directory.ReadWrite.All":                "it changes nearly everything in the directory",
	"Directory.Read.All":                     "it reads the whole directory",
	"RoleManagement.ReadWrite.Directory":     "it can make anybody, itself included, a Global Administrator",
	"AppRoleAssignment.ReadWrite.All":        "it can give itself every other permission",
	"Application.ReadWrite.All":              "it can add secrets to every application, and act as any of them",
	"Group.ReadWrite.All":                    "it changes and deletes groups, and reads what is in them",
	"User.ReadWrite.All":                     "it changes and deletes accounts",
	"Policy.ReadWrite.AuthenticationMethod":  "it changes which methods everybody may use",
	writeAccess:                              "it can switch every Conditional Access policy off",
}

// Danger says what a permission lets somebody do who has no business with it;
// empty for one of which nothing special is known.
func Danger(permission string) string { return dangers[permission] }

// Need is a permission that Passdesk needs as it is configured.
type Need struct {
	Permission string
	// Calls are those that need it.
	Calls []Call
	// Essential tells whether more than insight is lost without it.
	Essential bool
}

// Without says what stops working where the permission is missing, each thing
// once.
func (n Need) Without() string {
	var all []string
	for _, c := range n.Calls {
		if !slices.Contains(all, c.Without) {
			all = append(all, c.Without)
		}
	}
	return strings.Join(all, " ")
}

// Needs are the permissions that the given parts need, and Always, without those
// that another one of them brings along, in the order of the list.
func Needs(parts ...Part) []Need {
	var all []Need
	for _, c := range calls {
		if c.Part != Always && !slices.Contains(parts, c.Part) {
			continue
		}
		for _, p := range c.Least {
			i := slices.IndexFunc(all, func(n Need) bool { return n.Permission == p })
			if i < 0 {
				all, i = append(all, Need{Permission: p}), len(all)
			}
			all[i].Calls = append(all[i].Calls, c)
			all[i].Essential = all[i].Essential || c.Part != Insight && c.Part != Checked
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(n Need) bool {
		return slices.ContainsFunc(all, func(other Need) bool { return slices.Contains(broader[n.Permission], other.Permission) })
	})
}

// Allows tells whether permissions that were granted allow what one of them is
// needed for: it is among them, or a broader one is, which is named then.
func Allows(granted []string, permission string) (by string, ok bool) {
	if slices.Contains(granted, permission) {
		return permission, true
	}
	for _, p := range broader[permission] {
		if slices.Contains(granted, p) {
			return p, true
		}
	}
	return "", false
}

// Known tells whether a permission is one that Passdesk needs in some
// configuration.
func Known(permission string) bool {
	return slices.ContainsFunc(calls, func(c Call) bool { return slices.Contains(c.Least, permission) })
}
