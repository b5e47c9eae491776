package graph

import (
	"slices"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) auditRoutes() []route {
	return []route{
		on("GET", "auditLogs/directoryAudits", logged, g.audits),
		on("GET", "auditLogs/directoryAudits/{line}", nil, g.audit),
	}
}

// audits lists the log.
func (g *Graph) audits(a *ask) (Reply, error) {
	lines := g.tenant.VisibleAudits(g.Manners.Now().LogDelay)
	return logPage(a, "auditLogs/directoryAudits", g.auditKind(), lines, func(line *entra.Audit) int { return line.Number })
}

func (g *Graph) audit(a *ask) (Reply, error) {
	lines := g.tenant.VisibleAudits(g.Manners.Now().LogDelay)
	return logLine(a, "auditLogs/directoryAudits", g.auditKind(), lines, func(line *entra.Audit) string { return line.ID })
}

// auditKind is Graph's directoryAudit resource. Only what is listed as
// filterable is; targetResources by any(t:t/id eq '…').
func (g *Graph) auditKind() *kind {
	type A = *entra.Audit
	return &kind{name: "directoryAudit", properties: slices.Concat([]property{
		of("id", true, "", func(l A) any { return l.ID }),
		of("category", true, equal, func(l A) any { return l.Category }),
		of("correlationId", true, equal, func(l A) any { return l.Correlation }),
		of("result", true, equal, func(A) any { return "success" }),
		of("resultReason", true, "", func(l A) any { return l.Reason }),
		of("activityDisplayName", true, opening, func(l A) any { return l.Activity }),
		of("activityDateTime", true, since, func(l A) any { return ticks(l.At) }),
		of("loggedByService", true, equal, func(l A) any { return l.Service }),
		of("operationType", true, opening, func(l A) any { return l.Operation }),
		of("initiatedBy", true, "", func(l A) any { return g.initiator(l.By) }),
		of("targetResources", true, "", func(l A) any { return showAudited(l.Targets) }),
		of("targetResources/id", false, equal, func(A) any { return nil }),
		of("targetResources/displayName", false, opening, func(A) any { return nil }),
	}, empty(true, "additionalDetails"))}
}

// appName is how the log calls the bot's application.
const appName = "Passdesk"

// initiator is the application, or a person. The documentation shows an
// application by its app id; in the field that is null, and the service principal
// is all that tells it.
func (g *Graph) initiator(by entra.Person) object {
	if by.ID != "" {
		return object{"app": nil, "user": object{"id": by.ID, "displayName": by.Name, "userPrincipalName": by.UPN, "ipAddress": nil}}
	}
	var app any
	if g.Manners.Now().AppIDInLog {
		app = g.tenant.AppID()
	}
	return object{"user": nil, "app": object{"appId": app, "displayName": appName, "servicePrincipalId": g.tenant.ServicePrincipalID(), "servicePrincipalName": nil}}
}

func showAudited(targets []entra.AuditTarget) []object {
	shown := make([]object, len(targets))
	for i, t := range targets {
		changed := make([]object, len(t.Changed))
		for j, c := range t.Changed {
			changed[j] = object{"displayName": c.Name, "oldValue": written(c.Old, c.Listed), "newValue": written(c.New, c.Listed)}
		}
		shown[i] = object{
			"id": t.ID, "displayName": orNull(t.Name), "type": t.Type, "userPrincipalName": orNull(t.UPN),
			"groupType": nil, "modifiedProperties": changed,
		}
		if t.Type == "Group" {
			shown[i]["groupType"] = "azureAD"
		}
	}
	return shown
}

// written is a value as the log writes it: JSON within a string.
func written(value string, listed bool) any {
	switch {
	case listed && value == "":
		return "[]"
	case listed:
		return `["` + value + `"]`
	case value == "":
		return nil
	}
	return `"` + value + `"`
}
