package graph_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	_, err := w.tenant.AddPerson(entra.Person{Alias: "pat", GivenName: "Pat", Surname: "O'Brien", Enabled: false})
	require.NoError(t, err)
	for filter, want := range map[string][]any{
		"startswith(displayName,'jon')":                                           {"Joni Sherman"},
		"startswith(displayName,'adel') or startswith(userPrincipalName,'grady')": {"Adele Vance", "Grady Archie"},
		"surname eq 'o''brien'":                                                   {"Pat O'Brien"},
		"accountEnabled eq false":                                                 {"Pat O'Brien"},
		"userType eq 'Guest' and accountEnabled eq true":                          {"Gudrun Winther"},
		"mail eq null":                 {},
		"givenName in ('Joni', 'Lee')": {"Lee Gu", "Joni Sherman"},
		"(givenName eq 'Joni' or givenName eq 'Lee') and surname eq 'Gu'":    {"Lee Gu"},
		"givenName eq 'Joni' or givenName eq 'Lee' and surname eq 'Sherman'": {"Joni Sherman"},
		"userPrincipalName EQ 'JONI.SHERMAN@nordlys.example'":                {"Joni Sherman"},
		"createdDateTime ge 2026-02-03T00:00:00Z and accountEnabled eq true": {"Joni Sherman"},
		"startswith(surname,'she') and startswith(mail,'joni')":              {"Joni Sherman"},
	} {
		a := w.get("/users?$select=displayName&$filter=" + url.QueryEscape(filter))
		require.Equal(t, http.StatusOK, a.status, "%s: %s", filter, a.text)
		require.ElementsMatch(t, want, a.each("displayName"), filter)
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for name, c := range map[string]struct{ path, code, message string }{
		"syntax":             {"/users?$filter=displayName", "BadRequest", "Invalid filter clause: Syntax error at term 2 in 'displayName'."},
		"open string":        {"/users?$filter=displayName eq 'O'Brien'", "BadRequest", "Invalid filter clause: There is an unterminated string literal at position 24 in 'displayName eq 'O'Brien''."},
		"open parenthesis":   {"/users?$filter=(displayName eq 'a'", "BadRequest", "Invalid filter clause: Syntax error at term 5 in '(displayName eq 'a''."},
		"trailing":           {"/users?$filter=displayName eq 'a' 'b'", "BadRequest", "Invalid filter clause: Syntax error at term 4 in 'displayName eq 'a' 'b''."},
		"empty":              {"/users?$filter=", "BadRequest", "Invalid filter clause: Syntax error at term 1 in ''."},
		"unknown property":   {"/users?$filter=shoeSize eq 'a'", "BadRequest", "Invalid filter clause: Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."},
		"not filterable":     {"/users?$filter=mobilePhone eq 'a'", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'mobilePhone' of resource 'User'."},
		"ne needs an index":  {"/users?$filter=displayName ne 'a'", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'."},
		"not needs an index": {"/users?$filter=not startswith(displayName,'a')", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'."},
		"endswith":           {"/users?$filter=endswith(mail,'a')", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'mail' of resource 'User'."},
		"select":             {"/users?$select=id,shoeSize", "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."},
		"select of one":      {"/users/{joni}?$select=shoeSize", "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."},
		"expand":             {"/users?$expand=shoes", "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named 'shoes' on type 'microsoft.graph.user'."},
		"page of 1000":       {"/users?$top=1000", "Request_UnsupportedQuery", "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."},
		"option":             {"/users?$skip=5", "Request_BadRequest", "The query specified in the URI is not valid. Query option '$skip' is not allowed."},
		"option of one":      {"/users/{joni}?$filter=id eq '1'", "Request_BadRequest", "The query specified in the URI is not valid. Query option '$filter' is not allowed."},
		"option of methods":  {"/users/{joni}/authentication/methods?$select=id", "Request_BadRequest", "The query specified in the URI is not valid. Query option '$select' is not allowed."},
		"search, no header":  {`/users?$search="displayName:jo"`, "Request_UnsupportedQuery", "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"},
		"page token":         {"/users?$skiptoken=abc", "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request."},
		"cast, no header":    {"/users/{joni}/transitiveMemberOf/microsoft.graph.group", "Request_UnsupportedQuery", "The specified query is only supported with the request header 'ConsistencyLevel: eventual' and $count=true."},
		"filter of members":  {"/groups/{helpdesk}/members?$filter=startswith(displayName,'a')", "Request_UnsupportedQuery", "The specified query is only supported with the request header 'ConsistencyLevel: eventual' and $count=true."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.in(t).get(c.path)
			require.Equal(t, http.StatusBadRequest, a.status, a.text)
			require.Equal(t, c.code, a.code())
			require.Equal(t, c.message, a.message())
		})
	}
}

func TestAdvancedQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users?$count=true&$filter=endswith(mail,'northwind.example')", eventual...)
	require.Equal(t, []any{"Gudrun Winther"}, a.each("displayName"))
	require.InDelta(t, 1, a.body["@odata.count"], 0)

	a = w.get(`/users?$search="displayName:sher" OR "userPrincipalName:adele"`, eventual...)
	require.ElementsMatch(t, []any{"Joni Sherman", "Adele Vance"}, a.each("displayName"))
	a = w.get(`/users?$search="displayName:sher" AND "displayName:joni"`, eventual...)
	require.Equal(t, []any{"Joni Sherman"}, a.each("displayName"))
	require.Equal(t, http.StatusBadRequest, w.get("/users?$search=joni", eventual...).status)

	require.Equal(t, "12", w.get("/users/$count", eventual...).text)
	require.Equal(t, "1", w.get("/users/{adele}/transitiveMemberOf/$count", eventual...).text)
}

func TestPagesAreFollowedByTheirLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 240)
	seen := map[any]bool{}
	pages := 0
	for link := "/users?$select=id&$filter=accountEnabled eq true&$top=60"; link != ""; pages++ {
		a := w.get(link)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.LessOrEqual(t, len(a.values()), 60)
		for _, id := range a.each("id") {
			require.False(t, seen[id], "twice")
			seen[id] = true
		}
		link, _ = a.body["@odata.nextLink"].(string)
	}
	enabled := 0
	for _, p := range w.tenant.People() {
		if p.Enabled {
			enabled++
		}
	}
	require.Len(t, seen, enabled)
	require.Equal(t, (enabled+59)/60, pages)
	require.Len(t, w.get("/users").values(), 100)
}

func TestUsersAreOrdered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users?$orderby=displayName&$top=2&$select=displayName")
	require.Equal(t, []any{"Adele Vance", "Alex Wilber"}, a.each("displayName"))
	next, _ := a.body["@odata.nextLink"].(string)
	require.Equal(t, []any{"Bianca Pisani", "Eli Larsson"}, w.get(next).each("displayName"))
	a = w.get("/users?$orderby=displayName desc&$top=1&$select=displayName")
	require.Equal(t, []any{"Robin Kline"}, a.each("displayName"))
}
