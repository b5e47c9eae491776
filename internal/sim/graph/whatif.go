package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/conditional"
)

// question is the body of evaluate (Graph: conditionalAccessRoot, evaluate).
type question struct {
	Identity *struct {
		Type     string  `json:"@odata.type"`
		UserID   string  `json:"userId"`
		Tenant   *string `json:"externalTenantId"`
		External *string `json:"externalUserType"`
	} `json:"signInIdentity"`
	Context *struct {
		Type    string   `json:"@odata.type"`
		Apps    []string `json:"includeApplications"`
		Action  string   `json:"userAction"`
		Context string   `json:"authenticationContextValue"`
	} `json:"signInContext"`
	Conditions  circumstances `json:"signInConditions"`
	AppliedOnly bool          `json:"appliedPoliciesOnly"`
}

// circumstances are signInConditions: what is not told is not evaluated.
type circumstances struct {
	Type        string `json:"@odata.type"`
	Platform    string `json:"devicePlatform"`
	Client      string `json:"clientAppType"`
	Country     string `json:"country"`
	Address     string `json:"ipAddress"`
	SignInRisk  string `json:"signInRiskLevel"`
	UserRisk    string `json:"userRiskLevel"`
	InsiderRisk string `json:"insiderRiskLevel"`
	ServiceRisk string `json:"servicePrincipalRiskLevel"` // of workloads, which do not sign in here
	Device      object `json:"deviceInfo"`
	Flow        *struct {
		Type   string `json:"@odata.type"`
		Method string `json:"transferMethod"`
	} `json:"authenticationFlow"`
}

// whatIf says which policies would apply to a sign-in, those that only report
// among them, and why the others would not. It asks what a sign-in asks.
func (g *Graph) whatIf(a *ask) (Reply, error) {
	var q question
	if err := a.decode(&q); err != nil {
		return Reply{}, err
	}
	scene, err := g.sceneOf(a, q)
	if err != nil {
		return Reply{}, err
	}
	results := []object{}
	for _, p := range a.policies() {
		misses := scene.Misses(p)
		if q.AppliedOnly && len(misses) > 0 {
			continue
		}
		result := g.kinds.policy.show(&p, nil)
		result["policyApplies"], result["analysisReasons"] = len(misses) == 0, "notSet"
		if len(misses) > 0 {
			result["analysisReasons"] = strings.Join(misses, ",")
		}
		results = append(results, result)
	}
	return a.likeBeta(Reply{Status: http.StatusOK, Body: object{
		"@odata.context": a.base + "/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)", "value": results,
	}}, nil)
}

func (g *Graph) sceneOf(a *ask, q question) (conditional.Scene, error) {
	if q.Identity == nil || typeOf(q.Identity.Type) != "userSignIn" || q.Context == nil {
		return conditional.Scene{}, badRequest("The properties 'signInIdentity' and 'signInContext' are required.")
	}
	p, known := g.tenant.Person(q.Identity.UserID)
	if !known || !strings.EqualFold(p.ID, q.Identity.UserID) {
		return conditional.Scene{}, notFound(q.Identity.UserID)
	}
	s := conditional.Of(p, a.seen())
	switch typeOf(q.Context.Type) {
	case "applicationContext":
		s.Target.Apps = q.Context.Apps
	case "userActionContext":
		s.Target.Action = userActions[q.Context.Action]
	case "authContext":
		s.Target.Context = q.Context.Context
	}
	if len(s.Target.Apps) == 0 && s.Target.Action == "" && s.Target.Context == "" {
		return s, badRequest("The property 'signInContext' is not valid.")
	}
	return s, q.Conditions.describe(&s)
}

// userActions are the words of evaluate for the actions that policies name.
var userActions = map[string]string{
	"registerSecurityInformation": conditional.RegisterSecurityInfo,
	"registerOrJoinDevices":       conditional.RegisterDevice,
}

// describe adds what is told of the sign-in.
func (c circumstances) describe(s *conditional.Scene) error {
	for _, told := range []struct {
		value string
		known []string
	}{{c.Platform, platformWords}, {c.Client, clientApps}, {c.SignInRisk, riskWords}, {c.UserRisk, riskWords}} {
		if told.value != "" && !slices.Contains(told.known, told.value) {
			return badRequest("Requested value '" + told.value + "' was not found.")
		}
	}
	s.Platform, s.Client = c.Platform, c.Client
	s.SignInRisk, s.UserRisk, s.InsiderRisk = c.SignInRisk, c.UserRisk, c.InsiderRisk
	s.Placed, s.Device = c.Country != "" || c.Address != "", c.Device != nil
	if c.Flow != nil {
		s.Flow = c.Flow.Method
	}
	return nil
}

// typeOf is the type that an annotation names, with or without "#microsoft.graph.".
func typeOf(annotation string) string {
	return annotation[strings.LastIndex(annotation, ".")+1:]
}
