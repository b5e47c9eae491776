package graph_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Administrative units are among what somebody belongs to, with no more than the
// id; those of the groups are in the nested list only.
func TestAdministrativeUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.NoError(t, w.tenant.SetUnits("adele", []string{"Nordics"}))
	require.NoError(t, w.tenant.SetUnits("helpdesk", []string{"Crew"}))
	units := func(path string) []any {
		var ids []any
		for _, v := range w.get(path).values() {
			if v["@odata.type"] == "#microsoft.graph.administrativeUnit" {
				require.Nil(t, v["displayName"])
				ids = append(ids, v["id"])
			}
		}
		return ids
	}
	own, nested := units("/users/{adele}/memberOf?$select=id,displayName"), units("/users/{adele}/transitiveMemberOf")
	require.Len(t, own, 1)
	require.Len(t, nested, 2)
	require.Contains(t, nested, own[0])
	require.Empty(t, units("/users/{joni}/transitiveMemberOf"))
	require.Equal(t, http.StatusBadRequest, w.get("/users/{adele}/memberOf/graph.administrativeUnit").status, "without ConsistencyLevel")

	a := w.call("POST", "/users/{adele}/checkMemberObjects", fmt.Sprintf(`{"ids":[%q,%q]}`, own[0], w.id("joni")))
	require.Equal(t, own, a.body["value"])
	require.NoError(t, w.tenant.RemovePerson("adele"))
	require.NoError(t, w.tenant.SetUnits("helpdesk", nil))
	require.Error(t, w.tenant.SetUnits("adele", nil))
}

func TestAPersonsNumbersInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.NoError(t, w.tenant.SetPhones("joni", "+47 1", "+47 2"))
	require.NoError(t, w.tenant.SetDepartment("joni", ""))
	a := w.get("/users/{joni}?$select=mobilePhone,businessPhones,department")
	delete(a.body, "@odata.context")
	require.Empty(t, cmp.Diff(map[string]any{"mobilePhone": "+47 1", "businessPhones": []any{"+47 2"}, "department": nil}, a.body))

	lee, _ := w.tenant.Person("lee")
	w.tenant.AuditUser(lee, "joni", entra.AuditChange{Name: "Mobile", New: "+47 1", Listed: true})
	targets, _ := w.get("/auditLogs/directoryAudits").values()[0]["targetResources"].([]any)
	require.Len(t, targets, 1)
	require.Subset(t, targets[0], map[string]any{"id": w.id("joni"), "modifiedProperties": []any{
		map[string]any{"displayName": "Mobile", "oldValue": "[]", "newValue": `["+47 1"]`},
		map[string]any{"displayName": "Included Updated Properties", "oldValue": nil, "newValue": `"Mobile"`},
		map[string]any{"displayName": "TargetId.UserType", "oldValue": nil, "newValue": `"Member"`},
	}})
}
