package graph

import (
	"errors"
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// amendPolicy answers PATCH of a Conditional Access policy (Graph: Update
// conditionalAccessPolicy). There is no way to say which version is meant, so
// that the last to write wins.
func (g *Graph) amendPolicy(a *ask) (Reply, error) {
	p, err := a.policy()
	if err != nil {
		return Reply{}, err
	}
	if p.Beta {
		return Reply{}, badRequest("1038: The policy you requested contains preview features. Use the Beta endpoint to update this policy.")
	}
	fields, err := a.fields()
	if err != nil || len(fields) == 0 {
		return Reply{}, mismatch()
	}
	m := amendment{graph: g, whole: g.Manners.Now().WholeConditions}
	for name, raw := range fields {
		if err := m.read(name, raw); err != nil {
			return Reply{}, err
		}
	}
	if err := g.changePolicy(p.ID, m.apply); errors.Is(err, entra.ErrUnknown) {
		return Reply{}, notFound(a.params["policy"])
	} else if err != nil {
		return Reply{}, err
	}
	g.tenant.AuditPolicy(theApp, p.ID, entra.PolicyUpdated)
	return Reply{Status: http.StatusNoContent}, nil
}

// mismatch is what Conditional Access says of every body that it cannot read.
func mismatch() error {
	return badRequest("1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type. For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0.")
}
