package graph_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestFind(t *testing.T) {
	t.Parallel()
	someone := []access.Person{{ID: joni, Name: "Joni", UPN: "Joni@nordlys.example"}}
	one := ok(userJSON(joni, "Joni", ""))
	tests := map[string]struct {
		words  string
		answer answer
		path   string // unescaped; empty: nothing is asked
		want   []access.Person
	}{
		"by id":                {string(joni), one, "/users/" + string(joni), someone},
		"by upn":               {" joni@nordlys.example ", one, "/users/joni@nordlys.example", someone},
		"an invited guest":     {"g_x.example#EXT#@y.example", one, "/users/g_x.example#EXT#@y.example", someone},
		"a upn like a path":    {"../groups/x@y", one, "/users/../groups/x@y", someone},
		"a upn with a quote":   {"o'brien@nordlys.example", one, "/users/o'brien@nordlys.example", someone},
		"nobody of that upn":   {"x@nordlys.example", answer{status: 404}, "/users/x@nordlys.example", nil},
		"nobody's upn":         {"@", refusal(400, "Request_BadRequest", "Invalid object identifier '@'."), "/users/@", nil},
		"by name":              {"joni", listOf(userJSON(joni, "Joni", "")), "startswith(displayName,'joni') or startswith(givenName,'joni') or startswith(surname,'joni') or startswith(userPrincipalName,'joni')", someone},
		"O'Brien":              {"O'Brien", listOf(), "startswith(surname,'O''Brien')", nil},
		"a filter in a name":   {"x') or startswith(displayName,'", listOf(), "startswith(surname,'x'') or startswith(displayName,''')", nil},
		"both names":           {"  Joni   Sherman ", listOf(), "startswith(displayName,'Joni Sherman')", nil},
		"letters of all kinds": {"Åse & Søn + 1%#?", listOf(), "startswith(displayName,'Åse & Søn + 1%#?')", nil},
		"nothing":              {"  ", answer{}, "", nil},
		"a whole novel":        {strings.Repeat("x", 600), answer{}, "", nil},
		"a name with an at":    {"Joni @ home", listOf(), "startswith(displayName,'Joni @ home')", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string]answer{"GET /users": tt.answer})
			got, err := f.directory(t).Find(t.Context(), tt.words)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			if tt.path == "" {
				require.Empty(t, f.received())
				return
			}
			require.Len(t, f.received(), 1)
			asked, err := url.Parse(f.received()[0].path)
			require.NoError(t, err)
			if strings.HasPrefix(tt.path, "/users/") {
				require.Equal(t, tt.path, asked.Path)
				require.Equal(t, 2, strings.Count(asked.EscapedPath(), "/"), "a segment was not escaped")
				return
			}
			require.Contains(t, asked.Query().Get("$filter"), tt.path)
			require.Equal(t, "11", asked.Query().Get("$top"))
			require.NotContains(t, asked.RawQuery, "+")
		})
	}
}

func TestFindUnavailable(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]answer{
		"busy": {status: 429}, "denied": {status: 403}, "no list": ok(`{}`), "no JSON": ok("<html>"), "nobody in it": listOf(`{}`), "a bad filter": {status: 500},
	} {
		for _, words := range []string{"joni", "joni@nordlys.example"} {
			t.Run(name+" "+words, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					_, err := newUntimed(map[string]answer{"GET /users": bad}).directory(t).Find(t.Context(), words)
					wants(t, err, access.Unavailable)
				})
			})
		}
	}
}
