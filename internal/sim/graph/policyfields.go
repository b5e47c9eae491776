package graph

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// policyList is a list in a policy, with the words that it takes beside ids; nil
// words take any text.
type policyList struct {
	of    func(*entra.Policy) *[]string
	words []string
	ids   bool
}

func (l policyList) takes(value string) bool {
	return l.words == nil && value != "" || slices.Contains(l.words, value) || l.ids && isGUID(value)
}

// policyText is a text in a policy; nil words take any but none.
type policyText struct {
	of    func(*entra.Policy) *string
	words []string
}

var policyTexts = map[string]policyText{
	"displayName":            {func(p *entra.Policy) *string { return &p.Name }, nil},
	"state":                  {func(p *entra.Policy) *string { return &p.State }, strings.Fields("enabled disabled enabledForReportingButNotEnforced")},
	"grantControls.operator": {func(p *entra.Policy) *string { return &p.Grant.Operator }, strings.Fields("AND OR")},
}

// Members of the enums in policies (Graph: conditionalAccessPolicy). A member
// that a client was not told comes back as unknownFutureValue, which is none.
var (
	clientApps    = strings.Fields("all browser mobileAppsAndDesktopClients exchangeActiveSync easSupported other")
	platformWords = strings.Fields("android iOS windows windowsPhone macOS all linux")
	grantWords    = strings.Fields("block mfa compliantDevice domainJoinedDevice approvedApplication compliantApplication passwordChange riskRemediation")
	riskWords     = strings.Fields("low medium high hidden none")
	userWords     = strings.Fields("All None GuestsOrExternalUsers")
	noWords       = []string{}
)

// anyText is what lists take whose words nobody has counted.
var anyText []string

// Paths of what is long to write.
const (
	usersPath     = "conditions.users."
	appsPath      = "conditions.applications."
	platformsPath = "conditions.platforms."
	strengthField = "grantControls.authenticationStrength"
)

// policyLists are the lists that this tenant looks at, by their paths.
var policyLists = map[string]policyList{
	usersPath + "includeUsers":  {func(p *entra.Policy) *[]string { return &p.Conditions.IncludeUsers }, userWords, true},
	usersPath + "excludeUsers":  {func(p *entra.Policy) *[]string { return &p.Conditions.ExcludeUsers }, userWords, true},
	usersPath + "includeGroups": {func(p *entra.Policy) *[]string { return &p.Conditions.IncludeGroups }, noWords, true},
	usersPath + "excludeGroups": {func(p *entra.Policy) *[]string { return &p.Conditions.ExcludeGroups }, noWords, true},
	usersPath + "includeRoles":  {func(p *entra.Policy) *[]string { return &p.Conditions.IncludeRoles }, noWords, true},
	usersPath + "excludeRoles":  {func(p *entra.Policy) *[]string { return &p.Conditions.ExcludeRoles }, noWords, true},

	appsPath + "includeApplications":                         {func(p *entra.Policy) *[]string { return &p.Conditions.IncludeApps }, anyText, true},
	appsPath + "excludeApplications":                         {func(p *entra.Policy) *[]string { return &p.Conditions.ExcludeApps }, anyText, true},
	appsPath + "includeUserActions":                          {func(p *entra.Policy) *[]string { return &p.Conditions.UserActions }, anyText, false},
	appsPath + "includeAuthenticationContextClassReferences": {func(p *entra.Policy) *[]string { return &p.Conditions.AuthContexts }, anyText, false},

	platformsPath + "includePlatforms": {func(p *entra.Policy) *[]string { return &p.Conditions.IncludePlatforms }, platformWords, false},
	platformsPath + "excludePlatforms": {func(p *entra.Policy) *[]string { return &p.Conditions.ExcludePlatforms }, platformWords, false},

	"conditions.clientAppTypes":     {func(p *entra.Policy) *[]string { return &p.Conditions.ClientApps }, clientApps, false},
	"conditions.userRiskLevels":     {func(p *entra.Policy) *[]string { return &p.Conditions.UserRisks }, riskWords, false},
	"conditions.signInRiskLevels":   {func(p *entra.Policy) *[]string { return &p.Conditions.SignInRisks }, riskWords, false},
	"grantControls.builtInControls": {func(p *entra.Policy) *[]string { return &p.Grant.Controls }, grantWords, false},
}

// policyRest is what this tenant keeps as it is, with how its JSON begins.
var policyRest = map[string]string{
	"sessionControls":                           "{",
	"conditions.servicePrincipalRiskLevels":     "[",
	"conditions.insiderRiskLevels":              `"`,
	"conditions.locations":                      "{",
	"conditions.devices":                        "{",
	"conditions.clientApplications":             "{",
	"conditions.authenticationFlows":            "{",
	appsPath + "applicationFilter":              "{",
	usersPath + "includeGuestsOrExternalUsers":  "{",
	usersPath + "excludeGuestsOrExternalUsers":  "{",
	"grantControls.customAuthenticationFactors": "[",
	"grantControls.termsOfUse":                  "[",
}
