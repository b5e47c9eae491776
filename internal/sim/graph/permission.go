package graph

import (
	"net/http"
	"slices"
	"strings"
)

// need is what a call below a path takes: one permission of each list, the least
// one first (Graph: the permissions table of each call).
type need struct {
	method string // empty: any
	path   string // the beginning of the path; * is any one segment
	lists  [][]string
	refuse func(missing []string) *fault
}

// Permissions that allow the same in many places.
var (
	readUsers   = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readGroups  = []string{"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeGroups = []string{"GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}
	readRoles   = []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"}
	eligibility = []string{"RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"}
	inGroups    = []string{"PrivilegedEligibilitySchedule.Read.AzureADGroup", "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup", "PrivilegedAccess.Read.AzureADGroup", "PrivilegedAccess.ReadWrite.AzureADGroup"}
	readMethods = []string{"UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"}
	readPasses  = []string{"UserAuthMethod-TAP.Read.All", "UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"}
	writePasses = []string{"UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"}
	readApps    = []string{"Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
)

// needs are looked through in order: the first one that fits counts.
var needs = []need{
	{"GET", "users/*/authentication/temporaryAccessPassMethods", [][]string{readPasses}, noMethods},
	{"", "users/*/authentication/temporaryAccessPassMethods", [][]string{writePasses}, noMethods},
	{"GET", "users/*/authentication", [][]string{readMethods}, noMethods},
	{"", "users/*/authentication", [][]string{readMethods[1:]}, noMethods},
	{"GET", "users/*/teamwork", [][]string{{"TeamsAppInstallation.ReadForUser.All", "TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All"}}, noRole},
	{"", "users/*/teamwork", [][]string{{"TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All"}}, noRole},
	{"", "users/*/revokeSignInSessions", [][]string{{"User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}}, noPrivilege},
	{"GET", "users/*/transitiveMemberOf", [][]string{append(slices.Clone(readUsers), readGroups...)}, noPrivilege},
	{"GET", "users/*/memberOf", [][]string{append(slices.Clone(readUsers), readGroups...)}, noPrivilege},
	{"", "users", [][]string{readUsers}, noPrivilege},
	{"GET", "groups", [][]string{readGroups}, noPrivilege},
	{"", "groups", [][]string{writeGroups}, noPrivilege},
	{"", "roleManagement/directory/roleEligibilityScheduleInstances", [][]string{eligibility}, noScope},
	{"", "identityGovernance", [][]string{inGroups}, noScope},
	{"", "roleManagement", [][]string{readRoles}, noPrivilege},
	{"", "directoryRoles", [][]string{readRoles}, noPrivilege},
	{"", "policies/authenticationMethodsPolicy", [][]string{{"Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"}}, noMethods},
	{"", "policies/authenticationStrengthPolicies", [][]string{{"Policy.Read.AuthenticationMethod", "Policy.Read.All"}}, noScopes},
	{"", "identity/conditionalAccess/evaluate", [][]string{{"Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"}}, noScopes},
	{"GET", "identity/conditionalAccess", [][]string{{"Policy.Read.All"}}, noScopes},
	{"", "identity/conditionalAccess", [][]string{{"Policy.ReadWrite.ConditionalAccess"}, {"Policy.Read.All", "Application.Read.All"}}, noScopes},
	{"", "auditLogs", [][]string{{"AuditLog.Read.All"}}, noGraphPermission},
	{"", "reports", [][]string{{"AuditLog.Read.All", "UserAuthenticationMethod.Read.All"}}, noGraphPermission},
	{"", "organization", [][]string{{"Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}}, noPrivilege},
	{"", "servicePrincipals", [][]string{readApps}, noPrivilege},
	{"", "applications", [][]string{readApps}, noPrivilege},
}

// permit refuses a call for which the caller's token has no permission, in the
// words of the service that it is for.
func (req Request) permit(segments []string) error {
	if req.granted == nil {
		return nil
	}
	for _, n := range needs {
		if !n.fits(req.Method, segments) {
			continue
		}
		for _, list := range n.lists {
			if !slices.ContainsFunc(list, func(p string) bool { return slices.Contains(req.granted, p) }) {
				return n.refuse(list)
			}
		}
		return nil
	}
	return denied()
}

func (n need) fits(method string, segments []string) bool {
	path := strings.Split(n.path, "/")
	if n.method != "" && n.method != method || len(path) > len(segments) {
		return false
	}
	for i, p := range path {
		if p != "*" && !strings.EqualFold(p, segments[i]) {
			return false
		}
	}
	return true
}

// The words of the services: the directory's, the authentication methods',
// Conditional Access', Privileged Identity Management's, the logs', Teams'.

func noPrivilege([]string) *fault { return denied() }

func noMethods([]string) *fault {
	return &fault{Status: http.StatusForbidden, Code: "accessDenied", Message: "Request Authorization failed", repeated: true}
}

func noScopes([]string) *fault {
	return &fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "You cannot perform the requested operation, required scopes are missing in the token."}
}

func noScope(missing []string) *fault {
	return &fault{Status: http.StatusForbidden, Code: "UnknownError", Message: `{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope ` +
		strings.Join(missing, ",") + `.","instanceAnnotations":[]}`}
}

func noGraphPermission(missing []string) *fault {
	return &fault{Status: http.StatusForbidden, Code: "Authentication_MSGraphPermissionMissing", Message: "The principal does not have required Microsoft Graph permission(s): " +
		missing[0] + " to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview."}
}

func noRole(missing []string) *fault {
	return &fault{Status: http.StatusForbidden, Code: "Forbidden", Message: "Missing role permissions on the request. API requires one of '" +
		strings.Join(missing, ", ") + "'."}
}
