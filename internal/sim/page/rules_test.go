package page_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/control"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/page"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

func TestTenantShowsWhoIsExcludedAndHow(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	require.NoError(t, o.tenant.AddMember("exclude-platforms", "grady"))
	require.NoError(t, o.tenant.AddMember("exclude-platforms", "helpdesk"))
	view, _ := o.look(t, "joni")
	out, group := view.Policies[0].Excluded, view.Policies[0].Group
	require.Equal(t, "On every device: a passkey or another phishing-resistant method", view.Policies[0].Does)
	require.Equal(t, []listed{{"breakglass", "Emergency Access", ""}}, out[0].Members)
	require.Equal(t, listed{"exclude-enforcement", "CA exclusion: passkey enforcement", ""}, group)
	require.Empty(t, out[1].Members)
	out = view.Policies[1].Excluded
	require.Equal(t, "On anything but Windows: no sign-in at all", view.Policies[1].Does)
	require.True(t, view.Policies[1].Linked)
	require.Equal(t, "CA exclusion: unsupported platforms", out[1].By)
	require.Equal(t, []listed{
		{Key: "grady", Name: "Grady Archie"},
		{Key: "helpdesk", Name: "Help desk"},
		{Key: "adele", Name: "Adele Vance", Through: "Help desk"},
		{Key: "bianca", Name: "Bianca Pisani", Through: "Help desk"},
	}, out[1].Members)
	require.Equal(t, []listed{{"adele", "Adele Vance", ""}, {"bianca", "Bianca Pisani", ""}}, view.Groups[0].Members)
	require.False(t, view.Groups[0].Excludes)
	require.True(t, view.Groups[4].Excludes)
}

// backed is an office whose tenant can be changed behind the bot's back.
func backed(t *testing.T, assets fs.FS) *office {
	t.Helper()
	tenant := entra.New(entra.Options{})
	devices := signin.New(tenant, signin.Options{})
	return furnish(t, page.Options{
		Assets: assets, Tenant: tenant, Devices: devices, Control: control.New(control.Options{Tenant: tenant, SignIn: devices}),
	})
}

func (o *office) change(t *testing.T, method, path, body string) {
	t.Helper()
	status, _, answer := o.ask(t, method, path, body)
	require.Equal(t, http.StatusOK, status, answer)
}

func TestBehindTheBotsBack(t *testing.T) {
	t.Parallel()
	o := backed(t, plain)
	o.change(t, "POST", "/policies/platforms", `{"state":"disabled","addExcludeUsers":["joni","alex"],"removeExcludeGroups":["exclude-platforms"]}`)
	o.change(t, "POST", "/groups/exclude-platforms", `{"add":["grady"],"addOwners":["lee"],"membershipRule":"user.department -eq \"Sales\"","onPremisesSyncEnabled":true,"isAssignableToRole":true,"isManagementRestricted":true}`)
	o.change(t, "DELETE", "/people/alex", `{}`)
	view, _ := o.look(t, "joni")
	require.True(t, view.Can.Change)
	policy, group := view.Policies[1], view.Groups[4]
	require.Equal(t, "disabled", policy.State)
	require.False(t, policy.Linked)
	require.Len(t, policy.Excluded, 1)
	require.Equal(t, []string{"Emergency Access", "Joni Sherman", "somebody deleted"}, []string{policy.Excluded[0].Members[0].Name, policy.Excluded[0].Members[1].Name, policy.Excluded[0].Members[2].Name})
	require.Equal(t, []listed{{"grady", "Grady Archie", ""}}, group.Members)
	require.Equal(t, []listed{{"lee", "Lee Gu", ""}}, group.Owners)
	require.True(t, group.Dynamic && group.Synced && group.Assignable && group.Restricted)
	o.change(t, "POST", "/policies/platforms", `{"removeExcludeUsers":["`+policy.Excluded[0].Members[2].Key+`"]}`)
	o.change(t, "POST", "/groups/exclude-platforms", `{"remove":["grady"],"removeOwners":["lee"],"membershipRule":"","onPremisesSyncEnabled":false,"isAssignableToRole":false,"isManagementRestricted":false}`)
	view, _ = o.look(t, "joni")
	require.Len(t, view.Policies[1].Excluded[0].Members, 2)
	group = view.Groups[4]
	require.Empty(t, append(group.Members, group.Owners...))
	require.False(t, group.Dynamic || group.Synced || group.Assignable || group.Restricted)
	o.change(t, "DELETE", "/policies/platforms", `{}`)
	view, _ = o.look(t, "joni")
	require.Len(t, view.Policies, 1)
	require.False(t, view.Groups[4].Excludes)
}

// What cannot be changed is told; everything else of the control port, which
// tells secrets, is out of the page's reach.
func TestThePageIsNotTheControlPort(t *testing.T) {
	t.Parallel()
	o := backed(t, plain)
	status, _, body := o.ask(t, "POST", "/groups/exclude-platforms", `{"remove":["grady"]}`)
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, body, `"message"`)
	for _, call := range []string{"GET /state", "POST /people/joni", "POST /people/joni/pass", "GET /requests", "POST /faults"} {
		method, path, _ := strings.Cut(call, " ")
		status, _, _ := o.ask(t, method, path, `{}`)
		require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, status, call)
	}
	for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Content-Type", "text/plain"}} {
		status, _, _ := o.ask(t, "DELETE", "/people/joni", `{}`, header...)
		require.Contains(t, []int{http.StatusForbidden, http.StatusUnsupportedMediaType}, status)
	}
	_, known := o.tenant.Person("joni")
	require.True(t, known)
}

func TestGoingOnWithASession(t *testing.T) {
	t.Parallel()
	o := backed(t, plain)
	use := func(session string) (usage signin.Usage) {
		_, _, body := o.ask(t, "POST", "/use-session", `{"session":"`+session+`"}`)
		require.NoError(t, json.Unmarshal([]byte(body), &usage))
		return usage
	}
	require.NoError(t, o.tenant.AddMember("exclude-platforms", "grady"))
	_, _, body := o.ask(t, "POST", "/sign-in", `{"user":"grady","platform":"iOS","method":"authenticator"}`)
	var in signin.Outcome
	require.NoError(t, json.Unmarshal([]byte(body), &in))
	require.NoError(t, o.tenant.RemoveMember("exclude-platforms", "grady"))
	require.True(t, use(in.Session).OK, "the end of an exclusion ends no session")
	require.NoError(t, o.tenant.RevokeSessions("grady"))
	require.False(t, use(in.Session).OK)
	require.False(t, use("none").OK)
}
