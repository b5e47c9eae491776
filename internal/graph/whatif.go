package graph

import (
	"context"
	"encoding/json"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/passdesk/passdesk/internal/access"
)

// analysed is a policy with what it would do (Graph: whatIfAnalysisResult).
type analysed struct {
	accessPolicy
	Applies bool   `json:"policyApplies"`
	Reasons string `json:"analysisReasons"`
}

func (a analysed) outcome() access.Outcome {
	o := access.Outcome{
		Policy: access.PolicyRef{ID: access.NewID(a.ID), Name: a.Name}, State: a.State, Applies: a.Applies, Reasons: a.Reasons,
		Controls: a.Grant.Controls, Any: a.Grant.Operator == "OR",
	}
	o.Block, o.Needs = a.Grant.needs()
	if a.Grant.Strength != nil {
		o.Strength, o.Accepts = true, a.Grant.Strength.Accepts
	}
	return o
}

const whatIfPath = "/identity/conditionalAccess/evaluate"

// WhatIf implements access.Directory (Graph: conditionalAccessRoot evaluate). It
// changes nothing, and counts as a Conditional Access call.
func (d *Directory) WhatIf(ctx context.Context, person access.ID, s access.Scene) ([]access.Outcome, error) {
	body, err := json.Marshal(map[string]any{
		"signInIdentity":      map[string]string{"@odata.type": "#microsoft.graph.userSignIn", "userId": string(person)},
		"signInContext":       contextOf(s),
		"signInConditions":    map[string]string{"devicePlatform": s.Platform, "clientAppType": clientOf(s)},
		"appliedPoliciesOnly": false,
	})
	if err != nil {
		return nil, access.Fail(access.Internal, "").Because(err)
	}
	got, err := d.line.persist(ctx, call{info: d.line.request(abstractions.POST, whatIfPath, body), limit: readLimit})
	all, err := list(ctx, d.line, outcome{got.body, err}, func(a analysed) bool { return a.ID != "" })
	if err != nil {
		return nil, unavailable(err)
	}
	outcomes := make([]access.Outcome, 0, len(all))
	for _, a := range all {
		outcomes = append(outcomes, a.outcome())
	}
	return outcomes, nil
}

// contextOf is what is signed in to (Graph: signInContext).
func contextOf(s access.Scene) map[string]any {
	switch {
	case s.Registering:
		return map[string]any{"@odata.type": "#microsoft.graph.userActionContext", "userAction": "registerSecurityInformation"}
	case s.App != "":
		return map[string]any{"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": []string{s.App}}
	}
	return map[string]any{"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": []string{"All"}}
}

// clientOf is a browser, but for an app that signs in by itself (Graph:
// conditionalAccessClientApp).
func clientOf(s access.Scene) string {
	if s.App != "" {
		return "mobileAppsAndDesktopClients"
	}
	return "browser"
}
