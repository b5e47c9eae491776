package graph

import (
	"slices"
	"strings"
)

//go:generate go test . -run TestPermissionsDocument -update

// Part is a part of Passdesk that is there, or not, by its configuration.
type Part string

// The parts. Each is told in the words of the configuration.
const (
	Always  Part = ""                         // whatever the configuration says
	PIM     Part = "entra.pim: required"      // eligible roles and groups
	Relax   Part = "policies"                 // exclusions from policies
	ByGroup Part = "policies.exclusion_group" // … by a group
	Direct  Part = "policies.direct"          // … in the policy itself
	Install Part = "bot.catalog_app_id"       // Passdesk is installed for approvers
	Insight Part = "insight"                  // guide, why, report; everything else works without them
	Checked Part = "passdesk check"           // what only the check asks for; Passdesk works without it
)

// Call is one kind of call that Passdesk makes to Graph. Calls lists all of them:
// a test holds every request against the list.
type Call struct {
	Method string
	// Path is below the version; a name in braces stands for any one segment.
	Path string
	Why  string
	// Least are the least application permissions that allow it, all of which are
	// needed (Graph: the permissions table of each call). Empty for a batch.
	Least []string
	// Without says what stops working where they are missing.
	Without string
	Part    Part
}

// Names of permissions that are needed in several places.
const (
	readUsers   = "User.Read.All"
	readGroups  = "GroupMember.Read.All"
	writeGroups = "GroupMember.ReadWrite.All"
	readRoles   = "RoleManagement.Read.Directory"
	readMethods = "UserAuthenticationMethod.Read.All"
	writeTAP    = "UserAuthMethod-TAP.ReadWrite.All"
	methodRules = "Policy.Read.AuthenticationMethod"
	readLogs    = "AuditLog.Read.All"
	readAccess  = "Policy.Read.All"
	writeAccess = "Policy.ReadWrite.ConditionalAccess"
	installSelf = "TeamsAppInstallation.ReadWriteSelfForUser.All"
)

// What stops working, where that is the same for several calls.
const (
	nobodyActs    = "Nobody can do anything: who acts, and for whom, cannot be looked up."
	allRefused    = "Every pass and every exclusion is refused: whether a person is privileged stays unknown."
	noneMade      = "No pass can be made, read back or deleted."
	noTerms       = "Passes are refused: the tenant's policy for them stays unknown."
	noExclusions  = "Exclusions are refused, and those in force are not read back."
	noEndings     = "Nobody can be excluded by a group, and exclusions that are in force do not end."
	noStatus      = "`status` and `guide` tell no methods, a registered passkey is not noticed, and passes are refused."
	noInstalation = "An approver who has no chat with Passdesk cannot be reached, so the request is refused before it is sent."
)

// calls is every kind of call. What is more special comes first: the first entry
// that fits a request is its entry.
var calls = []Call{
	{"POST", "/$batch", "Several of the calls below in one round trip; each of them needs its own permission.", nil, "", Always},

	{"GET", "/users", "To find a person by name; for `report`, everybody with department.", []string{readUsers}, "Nobody is found by name, and there is no `report`.", Always},
	{"GET", "/users/{id}", "Who acts and for whom: enabled, member or guest, manager, management restricted.", []string{readUsers}, nobodyActs, Always},
	{"GET", "/users/{id}/transitiveMemberOf", "Groups and roles: who may ask, and who is privileged or protected.", []string{readUsers, readGroups, readRoles}, nobodyActs, Always},
	{"GET", "/users/{id}/memberOf", "In which exclusion groups a person is directly.", []string{readUsers, readGroups}, "`status` does not tell exclusions.", Relax},
	{"GET", "/users/{id}/ownedObjects", "Owners of role-assignable groups are privileged.", []string{readUsers, readGroups}, allRefused, Always},
	{"GET", "/users/{id}/authentication/methods", "Passkeys, passes and other methods of a person.", []string{readMethods}, noStatus, Always},
	{"GET", "/users/{id}/authentication/temporaryAccessPassMethods", "To read back a pass, made or deleted.", []string{writeTAP}, noneMade, Always},
	{"POST", "/users/{id}/authentication/temporaryAccessPassMethods", "To make a pass.", []string{writeTAP}, noneMade, Always},
	{"DELETE", "/users/{id}/authentication/temporaryAccessPassMethods/{id}", "To delete a pass when it ends.", []string{writeTAP}, noneMade, Always},
	{"POST", "/users/{id}/revokeSignInSessions", "To end sessions that an exclusion let begin.", []string{"User.RevokeSessions.All"}, "Sessions go on after an exclusion has ended.", Relax},
	{"GET", "/users/{id}/teamwork/installedApps", "To find the chat with a person.", []string{installSelf}, noInstalation, Install},
	{"POST", "/users/{id}/teamwork/installedApps", "To install Passdesk for an approver who has no chat with it.", []string{installSelf}, noInstalation, Install},
	{"GET", "/users/{id}/teamwork/installedApps/{id}/chat", "To find the chat with a person.", []string{installSelf}, noInstalation, Install},

	{"GET", "/groups", "Which groups may hold roles: their members and owners are privileged.", []string{readGroups}, allRefused, Always},
	{"GET", "/groups/{id}", "Whether an exclusion group is fit; for the check, whether configured groups exist.", []string{readGroups}, noExclusions, Always},
	{"GET", "/groups/{id}/owners", "Who owns an exclusion group.", []string{readGroups}, noExclusions, Relax},
	{"GET", "/groups/{id}/members", "Whom an exclusion group excludes.", []string{readGroups}, noExclusions, Relax},
	{"GET", "/groups/{id}/transitiveMembers", "Who decides: the owners of a policy, the members of a group that a rule names.", []string{readGroups, readUsers}, "Nobody of a group can be asked to decide.", Always},
	{"POST", "/groups/{id}/members/$ref", "To exclude a person by a group.", []string{writeGroups}, noEndings, ByGroup},
	{"DELETE", "/groups/{id}/members/{id}/$ref", "To end an exclusion.", []string{writeGroups}, noEndings, ByGroup},

	{"GET", "/roleManagement/directory/roleAssignments", "Roles of a person, those over a part of the organisation among them.", []string{readRoles}, allRefused, Always},
	{"GET", "/roleManagement/directory/roleEligibilityScheduleInstances", "Roles that a person may activate.", []string{"RoleEligibilitySchedule.Read.Directory"}, allRefused, PIM},
	{"GET", "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances", "Role-assignable groups that a person may join or own by activation.", []string{"PrivilegedEligibilitySchedule.Read.AzureADGroup"}, allRefused, PIM},

	{"GET", "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass", "The tenant's policy for passes: for whom, and how long.", []string{methodRules}, noTerms, Always},
	{"GET", "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2", "The tenant's policy for passkeys: for whom, and which.", []string{methodRules}, "`status` and `guide` do not tell whether a passkey is allowed.", Always},

	{"POST", "/identity/conditionalAccess/evaluate", "What policies would do to a sign-in: how a passkey can be registered, and whether an exclusion would help.", []string{"Policy.Read.ConditionalAccess"}, "There is no `guide`, and nobody is told whether an exclusion would help.", Insight},
	{"GET", "/identity/conditionalAccess/policies", "Policies by name, and as they stand.", []string{readAccess}, noExclusions, Relax},
	{"GET", "/identity/conditionalAccess/policies/{id}", "A policy as it stands, and to read it back.", []string{readAccess}, noExclusions, Relax},
	{"PATCH", "/identity/conditionalAccess/policies/{id}", "To exclude a person in the policy itself, and to end that.", []string{writeAccess, readAccess}, "Nobody can be excluded in a policy itself, and such exclusions do not end.", Direct},

	{"GET", "/auditLogs/signIns", "Sign-ins that failed. The policies in them are shown with " + readAccess + " only.", []string{readLogs}, "There is no `why`.", Insight},
	{"GET", "/auditLogs/directoryAudits", "How recently a person's number, manager or methods changed, where a rule asks.", []string{readLogs}, "A rule that asks for recent changes gets no answer, and refuses.", Insight},
	{"GET", "/reports/authenticationMethods/userRegistrationDetails", "How far the rollout is.", []string{readLogs}, "There is no `report`.", Insight},

	{"GET", "/applications", "When the client secret ends.", []string{"Application.Read.All"}, "`passdesk check` cannot tell when the client secret ends. Look it up in Entra instead: this permission reads every application, and nothing else needs it.", Checked},
}

// Calls lists every kind of call that Passdesk makes.
func Calls() []Call { return slices.Clone(calls) }

// CallOf finds the entry of a request; path is below the version, with or without
// a query. False for a request that is not on the list.
func CallOf(method, path string) (Call, bool) {
	path, _, _ = strings.Cut(path, "?")
	i := slices.IndexFunc(calls, func(c Call) bool { return c.Method == method && c.fits(path) })
	if i < 0 {
		return Call{}, false
	}
	return calls[i], true
}

// fits tells whether a path is one of the call's. Names of Graph are compared
// without regard to case.
func (c Call) fits(path string) bool {
	ours, theirs := strings.Split(c.Path, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(ours) != len(theirs) {
		return false
	}
	for i, segment := range ours {
		if segment == "{id}" {
			if theirs[i] == "" || strings.HasPrefix(theirs[i], "$") {
				return false
			}
			continue
		}
		if !strings.EqualFold(segment, theirs[i]) {
			return false
		}
	}
	return true
}
