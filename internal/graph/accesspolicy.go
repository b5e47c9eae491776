package graph

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const policiesPath = "/identity/conditionalAccess/policies"

func policyPath(id access.ID) string { return policiesPath + "/" + segment(string(id)) }

// accessPolicy is a Conditional Access policy as it came (Graph:
// conditionalAccessPolicy). It is not read by the generated models: they turn
// members of an enum that they do not know into the first one.
type accessPolicy struct {
	ID         string    `json:"id"`
	Name       string    `json:"displayName"`
	State      string    `json:"state"`
	Modified   time.Time `json:"modifiedDateTime"`
	Conditions struct {
		Users policyUsers `json:"users"`
	} `json:"conditions"`
	Grant grantControls `json:"grantControls"`
}

// policyUsers is whom a policy is about, each property as it came (Graph:
// conditionalAccessUsers).
type policyUsers map[string]json.RawMessage

// Properties of policyUsers.
const (
	excludeUsers  = "excludeUsers"
	excludeGroups = "excludeGroups"
	excludeRoles  = "excludeRoles"
)

// knownUsers are the properties that Passdesk knows, each with whether it is a
// list. What it does not know it would wipe by writing.
var knownUsers = map[string]bool{
	"includeUsers": true, excludeUsers: true, "includeGroups": true, excludeGroups: true, "includeRoles": true, excludeRoles: true,
	"includeGuestsOrExternalUsers": false, "excludeGuestsOrExternalUsers": false,
}

// newerMember stands for a member of an enum that Graph does not tell this version
// (Graph: evolvable enumerations). It cannot be sent back.
const newerMember = "unknownFutureValue"

var errNoAccessPolicy = errors.New("access policy without id, state or users")

func decodeAccessPolicy(body []byte) (accessPolicy, error) {
	var p accessPolicy
	if err := json.Unmarshal(body, &p); err != nil {
		return p, undecodable(0, err)
	}
	if p.ID == "" || p.State == "" || p.Conditions.Users == nil {
		return p, undecodable(0, errNoAccessPolicy)
	}
	for name, isList := range knownUsers {
		var ids []string
		if raw, there := p.Conditions.Users[name]; isList && there && json.Unmarshal(raw, &ids) != nil {
			return p, undecodable(0, errNoAccessPolicy)
		}
	}
	return p, nil
}

// list is one of the lists of ids, empty where it is missing.
func (u policyUsers) list(name string) []access.ID {
	var texts []string
	_ = json.Unmarshal(u[name], &texts) // decodeAccessPolicy has made sure
	ids := make([]access.ID, 0, len(texts))
	for _, t := range texts {
		ids = append(ids, access.NewID(t))
	}
	return ids
}

// with is what is to be written so that excludeUsers holds a person, or does not:
// everything that is known as it came, without nulls.
func (u policyUsers) with(person access.ID, excluded bool) policyUsers {
	written := policyUsers{}
	for name := range knownUsers {
		if raw, there := u[name]; there && string(raw) != "null" {
			written[name] = raw
		}
	}
	var ids []string
	_ = json.Unmarshal(u[excludeUsers], &ids)
	ids = slices.DeleteFunc(ids, func(id string) bool { return access.NewID(id) == person })
	if excluded {
		ids = append(ids, string(person))
	}
	if ids == nil {
		ids = []string{}
	}
	written[excludeUsers], _ = json.Marshal(ids) // strings always can be
	return written
}

// foreign names what Passdesk does not know of whom the policy is about.
func (u policyUsers) foreign() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(u)) {
		_, known := knownUsers[name]
		switch {
		case strings.Contains(name, "@odata."):
		case !known && string(u[name]) != "null":
			names = append(names, name)
		case strings.Contains(string(u[name]), newerMember):
			names = append(names, "new members of "+name)
		}
	}
	return names
}

// grantControls are what a policy asks for (Graph:
// conditionalAccessGrantControls).
type grantControls struct {
	Operator string   `json:"operator"`
	Controls []string `json:"builtInControls"`
	Custom   []string `json:"customAuthenticationFactors"`
	Terms    []string `json:"termsOfUse"`
	Strength *struct {
		Name    string   `json:"displayName"`
		Accepts []string `json:"allowedCombinations"`
	} `json:"authenticationStrength"`
}

// controlWords are the controls as people read them.
var controlWords = map[string]string{
	"mfa": "multifactor authentication", "compliantDevice": "a compliant device", "domainJoinedDevice": "a hybrid joined device",
	"approvedApplication": "an approved app", "compliantApplication": "an app with a protection policy",
	"passwordChange": "a password change", "riskRemediation": "remediation of the risk",
}

// needs tells whether the controls block, and else what they ask for, in words.
func (g grantControls) needs() (block bool, needs []string) {
	for _, control := range g.Controls {
		switch words, known := controlWords[control]; {
		case control == "block":
			return true, nil
		case known:
			needs = append(needs, words)
		default:
			needs = append(needs, control)
		}
	}
	if g.Strength != nil {
		needs = append(needs, firstOf(g.Strength.Name, "an authentication strength"))
	}
	if len(g.Custom) > 0 {
		needs = append(needs, "a custom factor")
	}
	if len(g.Terms) > 0 {
		needs = append(needs, "the terms of use")
	}
	if g.Operator == "OR" && len(needs) > 1 {
		needs = []string{"one of: " + strings.Join(needs, ", ")}
	}
	return false, needs
}
