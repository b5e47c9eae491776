package graph_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

const (
	auditsPath = "GET /auditLogs/directoryAudits"
	ownApp     = "77777777-aaaa-4777-8777-777777777777"
)

// lately asks for Joni's facts and what changed in the last week.
var lately = access.Question{Person: joni, Changes: noon.AddDate(0, 0, -7)}

// auditJSON is a line of the log: Adele did something to Joni. What follows are
// properties and their values, in place of its own.
func auditJSON(at, activity string, other ...string) string {
	line := map[string]json.RawMessage{
		"activityDateTime": json.RawMessage(`"2026-02-03T` + at + `.1234567Z"`), "activityDisplayName": json.RawMessage(`"` + activity + `"`),
		"category": json.RawMessage(`"UserManagement"`), "result": json.RawMessage(`"success"`), "loggedByService": json.RawMessage(`"Core Directory"`),
		"initiatedBy":     json.RawMessage(`{"app":null,"user":{"id":"` + string(adele) + `"}}`),
		"targetResources": json.RawMessage("[" + targetJSON(joni) + "]"),
	}
	for i := 0; i+1 < len(other); i += 2 {
		line[other[i]] = json.RawMessage(other[i+1])
	}
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func targetJSON(id access.ID, properties ...string) string {
	return `{"id":"` + strings.ToUpper(string(id)) + `","type":"User","modifiedProperties":[` + strings.Join(properties, ",") + `]}`
}

func property(name, before, after string) string {
	return fmt.Sprintf(`{"displayName":%q,"oldValue":%s,"newValue":%s}`, name, before, after)
}

// changesOf are what the log tells with these lines.
func changesOf(t *testing.T, lines ...string) []access.Change {
	t.Helper()
	answers := ordinary()
	answers[auditsPath] = listOf(lines...)
	f := newFake(t, answers)
	got, err := f.directory(t, func(o *graph.Options) { o.AppID = strings.ToUpper(ownApp) }).Facts(t.Context(), lately)
	require.NoError(t, err)
	require.True(t, got.Person.ChangesKnown, f.log())
	require.Empty(t, got.Person.Unknown)
	require.Len(t, f.received(), 1)
	return got.Person.Changes
}

// The names of activities are those of Microsoft's reference.
func TestActivitiesThatChange(t *testing.T) {
	t.Parallel()
	const methods, password = "sign-in methods", "password"
	for activity, want := range map[string]string{
		"User registered security info":                       methods,
		"User registered all required security info":          methods,
		"User deleted security info":                          methods,
		"User changed default security info":                  methods,
		"User updated security info":                          methods,
		"Admin registered security info":                      methods,
		"Admin deleted security info":                         methods,
		"Admin updated security info":                         methods,
		"Add FIDO2 security key":                              methods,
		"Add Passkey (device-bound)":                          methods,
		"Delete Windows Hello for Business credential":        methods,
		"Add passwordless phone sign-in credential":           methods,
		"Disable Strong Authentication":                       methods,
		"Remove users strong authentication phone app detail": methods,
		"Create application password for user":                methods,
		"User Password Registration":                          methods,
		"Reset user password":                                 password,
		"Reset password (self-service)":                       password,
		"Change user password":                                password,
		"Admin generates a temporary password":                password,
		"User started security info registration":             "",
		"User cancelled security info registration":           "",
		"User reviewed security info":                         "",
		"user started password reset":                         "",
		"Self-service password reset flow activity progress":  "",
		"Set force change user password":                      "",
		"Blocked from self-service password reset":            "",
		"Update StsRefreshTokenValidFrom Timestamp":           "",
		"Change user license":                                 "",
		"Add member to group":                                 "",
		"Update user":                                         "",
	} {
		t.Run(activity, func(t *testing.T) {
			t.Parallel()
			got := changesOf(t, auditJSON("10:00:00", activity))
			if want == "" {
				require.Empty(t, got)
				return
			}
			require.Equal(t, []access.Change{{At: time.Date(2026, 2, 3, 10, 0, 0, 123456700, time.UTC), What: want}}, got)
			require.Empty(t, changesOf(t, auditJSON("10:00:00", activity, "result", `"failure"`)), "what failed")
		})
	}
}

// A service that keeps the methods may learn to do what has no name here yet.
func TestActivitiesOfTomorrow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		service, category string
		want              int
	}{
		{`"Authentication Methods"`, `"UserManagement"`, 1},
		{`"Device Registration Service"`, `"UserManagement"`, 1},
		{`"Device Registration Service"`, `"Device"`, 0},
		{`"Authentication Methods"`, `"ApplicationManagement"`, 0},
		{`null`, `null`, 0},
	} {
		got := changesOf(t, auditJSON("10:00:00", "Tattoo engraved", "loggedByService", tt.service, "category", tt.category))
		require.Len(t, got, tt.want, tt.service+tt.category)
	}
	require.Len(t, changesOf(t, auditJSON("10:00:00", "Reset password", "category", `"User Management"`, "result", `"unknownFutureValue"`)), 1)
}

// The shapes of properties are those of lines seen in the field.
func TestPropertiesThatChange(t *testing.T) {
	t.Parallel()
	const (
		of    = "Included Updated Properties"
		empty = `"[]"`
	)
	for name, tt := range map[string]struct {
		properties []string
		want       []string
	}{
		"mobile":          {[]string{property("Mobile", empty, `"[\"+47 1\"]"`), property(of, "null", `"\"Mobile\""`)}, []string{"phone number"}},
		"office":          {[]string{property("TelephoneNumber", `"[\"+47 1\"]"`, `"[\"+47 2\"]"`)}, []string{"phone number"}},
		"number to prove": {[]string{property("StrongAuthenticationUserDetails", empty, `"[{\"PhoneNumber\":\"+47 1\"}]"`)}, []string{"phone number"}},
		"methods":         {[]string{property("StrongAuthenticationMethod", `"[{\"MethodType\":6,\"Default\":true}]"`, empty)}, []string{"sign-in methods"}},
		"keys":            {[]string{property("SearchableDeviceKey", empty, `"[{\"Usage\":\"FIDO\"}]"`)}, []string{"sign-in methods"}},
		"another address": {[]string{property("OtherMail", empty, `"[\"t@thief.example\"]"`)}, []string{"alternate e-mail address"}},
		"manager":         {[]string{property("Manager", "null", `"\"x\""`)}, []string{"manager"}},
		"two at once":     {[]string{property("Mobile", empty, `"[\"1\"]"`), property("TelephoneNumber", empty, `"[\"2\"]"`), property("OtherMail", empty, `"[\"3\"]"`)}, []string{"phone number", "alternate e-mail address"}},
		"without values":  {[]string{property(of, "null", `"\"Department, Mobile\""`)}, []string{"phone number"}},
		"as it was":       {[]string{property("Mobile", `"[\"1\"]"`, `"[\"1\"]"`), property(of, "null", `"\"Mobile\""`)}, nil},
		"a newer app":     {[]string{property("StrongAuthenticationPhoneAppDetail", empty, `"[{\"PhoneAppVersion\":\"7\"}]"`), property(of, "null", `"\"StrongAuthenticationPhoneAppDetail\""`)}, nil},
		"anything else":   {[]string{property("Department", empty, `"[\"Sales\"]"`), property("TargetId.UserType", "null", `"\"Member\""`)}, nil},
		"nothing":         {nil, nil},
		"nulls":           {[]string{`{}`, `{"displayName":null,"oldValue":null,"newValue":null}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := func(id access.ID) string {
				return auditJSON("10:00:00", "Update user", "targetResources", "["+targetJSON(id, tt.properties...)+"]")
			}
			var got []string
			for _, c := range changesOf(t, line(joni)) {
				got = append(got, c.What)
			}
			require.Equal(t, tt.want, got)
			require.Empty(t, changesOf(t, line(megan)), "somebody else's")
		})
	}
	require.Empty(t, changesOf(t, auditJSON("10:00:00", "Update user", "targetResources", "null")))
}

// Who got whom as a manager is told by who is it now: the line does not say.
func TestTheManagerThatChanged(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		targets []access.ID
		want    int
	}{
		"the present one":       {[]access.ID{joni, megan}, 1},
		"the other way round":   {[]access.ID{megan, joni}, 1},
		"one who was it before": {[]access.ID{joni, adele}, 0},
		"of a member of a team": {[]access.ID{adele, joni}, 0},
		"nobody":                {[]access.ID{joni}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var targets []string
			for _, id := range tt.targets {
				targets = append(targets, targetJSON(id))
			}
			got := changesOf(t, auditJSON("10:00:00", "Set user manager", "targetResources", "["+strings.Join(targets, ",")+"]"))
			require.Len(t, got, tt.want)
		})
	}
}

// What Passdesk did counts not, and what anybody else did with an app counts.
func TestChangesByPassdesk(t *testing.T) {
	t.Parallel()
	for by, want := range map[string]int{
		`{"user":null,"app":{"appId":"` + ownApp + `","servicePrincipalId":null}}`:                                0,
		`{"user":null,"app":{"appId":null,"servicePrincipalName":"` + ownApp + `"}}`:                              0,
		`{"user":{"id":null},"app":{"appId":"` + strings.ToUpper(ownApp) + `"}}`:                                  0,
		`{"user":{"id":"` + string(joni) + `"},"app":{"appId":"` + ownApp + `"}}`:                                 1,
		`{"user":null,"app":{"appId":null,"servicePrincipalId":"` + string(desk) + `","displayName":"Passdesk"}}`: 1,
		`{"user":null,"app":null}`: 1,
		`null`:                     1,
	} {
		require.Len(t, changesOf(t, auditJSON("10:00:00", "Admin registered security info", "initiatedBy", by)), want, by)
	}
}

func TestChangesAreTheNewestFirst(t *testing.T) {
	t.Parallel()
	var at []string
	for _, c := range changesOf(t,
		auditJSON("09:00:00", "Reset user password"), auditJSON("11:00:00", "User deleted security info"),
		auditJSON("10:00:00", "Change user license"), auditJSON("08:00:00", "Reset user password")) {
		at = append(at, c.At.Format("15:04"))
	}
	require.Equal(t, []string{"11:00", "09:00", "08:00"}, at)
}

func TestChangesAreAskedForOnlyWhenWanted(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[auditsPath] = listOf(auditJSON("10:00:00", "Reset user password"))
	f := newFake(t, answers)
	got, err := f.directory(t).Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Empty(t, got.Person.Changes)
	require.False(t, got.Person.ChangesKnown)
	require.NotContains(t, strings.Join(asked(t, f, 0), "\n"), "auditLogs")
	_, err = f.directory(t).Facts(t.Context(), lately)
	require.NoError(t, err)
	require.Contains(t, strings.Join(asked(t, f, 1), "\n"),
		"/auditLogs/directoryAudits?$filter=activityDateTime%20ge%202026-01-27T12:00:00Z%20and%20targetResources/any(t:t/id%20eq%20'"+string(joni)+"')&$top=200")
}

// Pages that show no change are followed, but not for long: what is further back
// may be a change, and so nothing is known.
func TestTheLogIsReadForAPageOrSo(t *testing.T) {
	t.Parallel()
	const link = "/auditLogs/directoryAudits?$skiptoken="
	page := func(f *fake, n int, lines ...string) answer {
		return ok(`{"value":[` + strings.Join(lines, ",") + `],"@odata.nextLink":"` + f.URL + "/v1.0" + link + strconv.Itoa(n) + `"}`)
	}
	change, noise := auditJSON("10:00:00", "Reset user password"), auditJSON("10:00:00", "Change user license")
	for name, tt := range map[string]struct {
		pages        [][]string // the last of them goes on, too, if there are three
		trips, found int
		known        bool
	}{
		"a change on the first": {[][]string{{noise, change}, {change}, nil}, 1, 1, true},
		"an empty first":        {[][]string{nil, {change}, nil}, 2, 1, true},
		"noise, and an end":     {[][]string{{noise}, {noise}}, 2, 0, true},
		"noise without an end":  {[][]string{{noise}, {noise}, {noise}}, 3, 0, false},
		"an odd line":           {[][]string{{`{"activityDisplayName":"Reset user password"}`}, nil}, 1, 0, false},
		"an odd second page":    {[][]string{{noise}, {`7`}}, 2, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, ordinary())
			for i, lines := range tt.pages {
				key := auditsPath
				if i > 0 {
					key = "GET " + link + strconv.Itoa(i)
				}
				if i == len(tt.pages)-1 && i < 2 {
					f.set(key, listOf(lines...))
					continue
				}
				f.set(key, page(f, i+1, lines...))
			}
			got, err := f.directory(t).Facts(t.Context(), lately)
			require.NoError(t, err)
			require.Len(t, got.Person.Changes, tt.found)
			require.Equal(t, tt.known, got.Person.ChangesKnown)
			require.Empty(t, got.Person.Unknown)
			require.Len(t, f.received(), tt.trips)
		})
	}
}
