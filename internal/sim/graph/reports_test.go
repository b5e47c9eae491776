package graph_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

const details = "/reports/authenticationMethods/userRegistrationDetails"

// The registration of one person has every property of the published type, and
// nothing else.
func TestARegistration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get(details + "/{alex}")
	require.Equal(t, http.StatusOK, a.status, a.text)
	delete(a.body, "@odata.context")
	require.Equal(t, map[string]any{
		"id": w.id("alex"), "userPrincipalName": "alex.wilber@nordlys.example", "userDisplayName": "Alex Wilber",
		"userType": "member", "isAdmin": false,
		"isSsprRegistered": true, "isSsprEnabled": true, "isSsprCapable": true,
		"isMfaRegistered": true, "isMfaCapable": true, "isPasswordlessCapable": true,
		"methodsRegistered":                             []any{"microsoftAuthenticatorPush", "passKeyDeviceBoundAuthenticator", "softwareOneTimePasscode"},
		"isSystemPreferredAuthenticationMethodEnabled":  true,
		"systemPreferredAuthenticationMethods":          []any{"fido2"},
		"userPreferredMethodForSecondaryAuthentication": "push",
		"lastUpdatedDateTime":                           morning.UTC().Format("2006-01-02T15:04:05.0000000Z"),
	}, a.body)
	require.Equal(t, http.StatusNotFound, w.get(details+"/nobody").status)
	require.Equal(t, true, w.get(details + "/{patti}").body["isAdmin"])
}

func TestRegistrationsAreFilteredAndSorted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for filter, want := range map[string][]any{
		"startswith(userDisplayName,'jon')":                                                                   {"Joni Sherman"},
		"userPrincipalName eq 'grady.archie@nordlys.example'":                                                 {"Grady Archie"},
		"methodsRegistered/any(m:m eq 'passKeyDeviceBoundAuthenticator') and startswith(userDisplayName,'a')": {"Adele Vance", "Alex Wilber"},
		"isMfaRegistered eq false and startswith(userPrincipalName,'j')":                                      {"Joni Sherman"},
		"methodsRegistered/any(t: t eq 'email') and isSsprRegistered eq true":                                 {},
		"isPasswordlessCapable eq true and startswith(userDisplayName, 'Alex')":                               {"Alex Wilber"},
	} {
		a := w.get(details + "?$filter=" + url.QueryEscape(filter))
		require.Equal(t, http.StatusOK, a.status, "%s: %s", filter, a.text)
		require.Equal(t, want, a.each("userDisplayName"), filter)
	}
	sorted := w.get(details + "?$orderby=userDisplayName desc")
	names := sorted.each("userDisplayName")
	require.Equal(t, http.StatusOK, sorted.status, sorted.text)
	require.True(t, slices.IsSortedFunc(names, func(a, b any) int { return -slices.Compare([]string{a.(string)}, []string{b.(string)}) })) //nolint:errcheck,forcetypeassert // names are text
	for _, query := range []string{"$top=5", "$select=id", "$count=true", "$filter=isAdmin eq true", "$filter=userType eq 'guest'", "$filter=methodsRegistered eq 'email'", "$orderby=isAdmin"} {
		require.Equal(t, http.StatusBadRequest, w.get(details+"?"+query).status, query)
	}
}

// The report comes in pages that lead to one another, and counts with the logs
// and the methods.
func TestRegistrationsComeInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2500)
	seen, pages := map[any]bool{}, 0
	for next := details; next != ""; pages++ {
		a := w.get(next)
		require.Equal(t, http.StatusOK, a.status, a.text)
		for _, id := range a.each("id") {
			require.False(t, seen[id])
			seen[id] = true
		}
		next, _ = a.body["@odata.nextLink"].(string)
	}
	require.Equal(t, 3, pages)
	require.Len(t, seen, len(w.tenant.People()))

	w.graph.Manners = manners.New(manners.Manners{Throttling: true})
	for range 5 {
		require.Equal(t, http.StatusOK, w.get(details).status)
	}
	refused := w.get(details)
	require.Equal(t, http.StatusTooManyRequests, refused.status)
	require.Equal(t, "10", refused.header.Get("Retry-After"))
}

// What came after the report was made is not in it.
func TestTheReportLags(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.graph.Manners = manners.New(manners.Manners{LogDelay: true})
	_, err := w.tenant.PutMethod("grady", entra.Method{Kind: entra.Passkey, AAGUID: entra.YubiKeyBio})
	require.NoError(t, err)
	before := w.get(details + "/{grady}")
	require.NotContains(t, before.body["methodsRegistered"], "fido2SecurityKey")
	updated, _ := before.body["lastUpdatedDateTime"].(string)
	made, err := time.Parse(time.RFC3339Nano, updated)
	require.NoError(t, err)
	require.WithinRange(t, made, morning.Add(-3*time.Hour), morning.Add(-time.Hour))
	require.Equal(t, http.StatusNotFound, w.get(details+"/{joni}").status, "she came this morning")
	w.tenant.Advance(3 * time.Hour)
	require.Contains(t, w.get(details + "/{grady}").body["methodsRegistered"], "fido2SecurityKey")
	require.Equal(t, http.StatusOK, w.get(details+"/{joni}").status)
}
