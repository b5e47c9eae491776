package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/manifest"
)

const least = `tenant: 11111111-1111-4111-8111-111111111111
bot:
  app_id: 22222222-2222-4222-8222-222222222222
desk:
  requesters: [33333333-3333-4333-8333-333333333333]
`

func load(t *testing.T, text string, over app.Overrides) (app.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passdesk.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return app.Load(file, over)
}

func TestLoadTheLeast(t *testing.T) {
	t.Parallel()
	c, err := load(t, least, app.Overrides{})
	require.NoError(t, err)
	want := app.Defaults()
	want.Tenant = "11111111-1111-4111-8111-111111111111"
	want.Bot.AppID = "22222222-2222-4222-8222-222222222222"
	want.Desk.Requesters = []string{"33333333-3333-4333-8333-333333333333"}
	require.Equal(t, want, c)
}

func TestLoadEverything(t *testing.T) {
	t.Parallel()
	c, err := load(t, `listen: "127.0.0.1:4000"
metrics: "127.0.0.1:4001"
database: postgres://passdesk@db/passdesk
tenant: 11111111-1111-4111-8111-111111111111
bot:
  app_id: 22222222-2222-4222-8222-222222222222
  openid_metadata: https://127.0.0.1:5/openid
  scope: https://api.example/.default
  service_hosts: ["127.0.0.1:5", smba.example]
  file_hosts: [sharepoint.example]
  catalog_app_id: 44444444-4444-4444-8444-444444444444
  domain: passdesk.contoso.example
graph: {url: "https://127.0.0.1:5/v1.0"}
entra:
  authority: https://127.0.0.1:5
  ca_file: ""
  pim: absent
credential: federated
developer: {name: Contoso IT, website: "https://contoso.example", privacy: "https://contoso.example/privacy"}
audit_stream: {to: "file:/var/log/passdesk-audit.jsonl"}
grants: off
desk:
  requesters: [33333333-3333-4333-8333-333333333333]
  auditors: [33333333-3333-4333-8333-333333333334]
  protected: [33333333-3333-4333-8333-333333333335]
policies:
  - id: 55555555-5555-4555-8555-555555555555
    exclusion_group: 66666666-6666-4666-8666-666666666666
    owners: [33333333-3333-4333-8333-333333333336]
    longest: 8h
  - id: 55555555-5555-4555-8555-555555555556
    direct: true
    owners: [33333333-3333-4333-8333-333333333336]
    longest: 2d
rules: []
`, app.Overrides{})
	require.NoError(t, err)
	require.False(t, bool(c.Grants))
	require.Equal(t, "absent", c.Entra.PIM)
	require.Equal(t, "file:/var/log/passdesk-audit.jsonl", c.AuditStream.To)
	require.Equal(t, []string{"127.0.0.1:5", "smba.example"}, c.Bot.ServiceHosts)
	require.Equal(t, []string{"sharepoint.example"}, c.Bot.FileHosts)
	require.Equal(t, manifest.App{
		ID: c.Bot.AppID, Domain: "passdesk.contoso.example",
		Developer: manifest.Developer{
			Name: "Contoso IT", Website: "https://contoso.example",
			Privacy: "https://contoso.example/privacy", Terms: "https://contoso.example",
		},
	}, app.TeamsApp(c))
	require.Len(t, c.Policies, 2)
	require.Equal(t, 8*time.Hour, time.Duration(c.Policies[0].Longest))
	require.Equal(t, 48*time.Hour, time.Duration(c.Policies[1].Longest))
	require.True(t, c.Policies[1].Direct)
}

func TestLoadReportsAllFaultsTogether(t *testing.T) {
	t.Parallel()
	_, err := load(t, `listen: 3978
colour: blue
tenant: not-a-guid
bot:
  client_secret: hunter2
  scope: http://api.example/.default
  service_hosts: ["https://smba.example/x"]
graph:
  url: http://graph.example/v1.0
graph:
  url: https://graph.example/v1.0
entra: {pim: perhaps, authority: "https://user:pw@login.example"}
credential: magic
grants: maybe
database: postgres://me:hunter2@db/passdesk
policies:
  - id: 55555555-5555-4555-8555-555555555555
    owners: []
    longest: -1h
rules:
  - name: anything
`, app.Overrides{})
	require.Error(t, err)
	for _, line := range []string{
		":1:1: listen:", ":2:1: colour: is unknown", ":3:1: tenant:",
		":4:1: bot.app_id: is missing", ":5:3: bot.client_secret: is unknown; secrets",
		":6:3: bot.scope: must begin with https://", ":7:3: bot.service_hosts:",
		":9:3: graph.url: must begin with https://", ":10:1: graph: is written twice",
		":12:9: entra.pim:", ":12:23: entra.authority: must not hold",
		":13:1: credential:", ":14:1: grants: must be on or off",
		":15:1: database: holds a password", ":1:1: desk.requesters: is missing",
		":17:5: policies[0]: names no exclusion_group", ":18:5: policies[0].owners: is missing",
		":19:5: policies[0].longest: must be a length of time", ":21:5: rules[0]: must say approve or refuse",
	} {
		require.Contains(t, err.Error(), line)
	}
	require.NotContains(t, err.Error(), "hunter2")
	require.Equal(t, strings.Count(err.Error(), "\n"), strings.Count(err.Error(), "passdesk.yaml:"))
}

func TestLoadRefusesWhatIsNotAConfiguration(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":         "",
		"a list":        "- a\n- b\n",
		"a word":        "passdesk\n",
		"broken":        "tenant: [1\n",
		"two documents": least + "---\n" + least,
		"list for text": strings.Replace(least, "app_id: 2", "app_id: [a]\n  x: 2", 1),
		"text for list": strings.Replace(least, "[33333333-3333-4333-8333-333333333333]", "{a: b}", 1),
		"empty app id":  strings.Replace(least, "22222222-2222-4222-8222-222222222222", `""`, 1),
		"null app id":   strings.Replace(least, "22222222-2222-4222-8222-222222222222", "", 1),
		"zero app id":   strings.Replace(least, "22222222-2222-4222-8222-222222222222", "00000000-0000-0000-0000-000000000000", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, text, app.Overrides{})
			var faults *app.FaultsError
			require.ErrorAs(t, err, &faults)
		})
	}
}

func TestOverridesWinAndAreChecked(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	c, err := load(t, least, app.Overrides{Listen: text("127.0.0.1:1"), Grants: text("off"), ServiceHosts: []string{"a.example"}})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:1", c.Listen)
	require.False(t, bool(c.Grants))
	require.Equal(t, []string{"a.example"}, c.Bot.ServiceHosts)

	_, err = load(t, least, app.Overrides{GraphURL: text("http://graph.example"), Database: text("postgres://me:pw@db/x")})
	require.ErrorContains(t, err, "passdesk.yaml: graph.url: must begin with https://")
	require.NotContains(t, err.Error(), "database", "a password in a variable is where it belongs")
}

// What stands in the app package is what everybody sees, and Teams refuses the
// whole of it for one fault.
func TestLoadChecksTheAppPackage(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for _, domain := range []string{"https://passdesk.example", "passdesk.example:443", "passdesk.example/api", "*.example.com", "localhost", "127.0.0.1", "a b.example"} {
		_, err := load(t, least, app.Overrides{Domain: text(domain)})
		require.ErrorContains(t, err, "bot.domain: ", domain)
	}
	for fault, over := range map[string]app.Overrides{
		"developer.name: must have from 1 to 32":         {DeveloperName: text(strings.Repeat("x", 33))},
		"developer.name: must have from 1":               {DeveloperName: text("")},
		"developer.website: is missing":                  {Website: text("")},
		"developer.privacy: must begin with https://":    {Privacy: text("http://contoso.example/privacy")},
		"developer.terms: \"contoso\" is not an address": {Terms: text("contoso")},
	} {
		_, err := load(t, least, over)
		require.ErrorContains(t, err, fault)
	}
	_, err := load(t, least, app.Overrides{Domain: text("Pass-Desk.xn--bcher-kva.example")})
	require.NoError(t, err)
}

func FuzzLoad(f *testing.F) {
	f.Add(least)
	f.Add("a: &x [*x]\nb: *x\n")
	f.Add("tenant: !!binary aGk=\n? {a: b}\n: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = load(t, text, app.Overrides{})
	})
}

// What is wrong with the policies that may be relaxed is told as all faults are.
func TestLoadChecksPolicies(t *testing.T) {
	t.Parallel()
	const one = "  - id: 55555555-5555-4555-8555-55555555555%d\n    owners: [33333333-3333-4333-8333-333333333336]\n"
	for text, fault := range map[string]string{
		"    direct: true\n    longest: 9m\n":  "policies[0].longest: must be from 10m to 30d",
		"    direct: true\n    longest: 31d\n": "policies[0].longest: must be from 10m to 30d",
		"    direct: true\n":                   "policies[0].longest: is missing",
		"    direct: true\n    exclusion_group: 66666666-6666-4666-8666-666666666666\n    longest: 1h\n":                                          "policies[0].direct: and exclusion_group exclude one another",
		"    direct: true\n    group_owners: [lee]\n    longest: 1h\n":                                                                            `policies[0].group_owners: "lee" is not an object id`,
		"    direct: true\n    alias: phones\n    longest: 1h\n" + fmt.Sprintf(one, 6) + "    direct: true\n    alias: Phones\n    longest: 1h\n": `policies[1].alias: is used twice`,
		"    direct: true\n    longest: 1h\n" + fmt.Sprintf(one, 5) + "    direct: true\n    longest: 1h\n":                                       `policies[1].id: is used twice`,
		"    direct: true\n    longest: 1h\nsweep: 30s\n":                                                                                         "sweep: must be 1m or longer",
	} {
		_, err := load(t, "policies:\n"+fmt.Sprintf(one, 5)+text, app.Overrides{})
		require.ErrorContains(t, err, fault)
	}
}

// Where the audit goes is said whole, and what opens the door there is not said in
// the file.
func TestLoadAuditStream(t *testing.T) {
	t.Parallel()
	for to, say := range map[string]string{
		"":                                 "",
		"stdout":                           "",
		"file:audit.jsonl":                 "",
		"https://collector.example/audit":  "",
		"file:":                            "names no file",
		"/var/log/audit.jsonl":             "must be stdout, file: with a path, or https://…",
		"http://collector.example/audit":   "must be stdout, file: with a path, or https://…",
		"https://me:pw@collector.example/": "must not hold a user name or a password",
		"https://":                         "is not an address",
	} {
		c, err := load(t, least+fmt.Sprintf("audit_stream:\n  to: %q\n", to), app.Overrides{})
		if say == "" {
			require.NoError(t, err, to)
			require.Equal(t, to, c.AuditStream.To)
			continue
		}
		require.ErrorContains(t, err, "audit_stream.to: ", to)
		require.ErrorContains(t, err, say, to)
	}
	_, err := load(t, least+"audit_stream:\n  token: hunter2\n", app.Overrides{})
	require.ErrorContains(t, err, "audit_stream.token: is unknown; secrets")
	require.ErrorContains(t, err, "PASSDESK_AUDIT_TOKEN")
	to := "stdout"
	c, err := load(t, least+"audit_stream: {to: \"file:x\"}\n", app.Overrides{AuditStream: &to})
	require.NoError(t, err)
	require.Equal(t, "stdout", c.AuditStream.To)
}

func TestTheStreamsTokenIsAVariable(t *testing.T) {
	t.Setenv("PASSDESK_AUDIT_TOKEN", "hunter2")
	c, err := load(t, least, app.Overrides{})
	require.NoError(t, err)
	require.Equal(t, "hunter2", c.AuditStream.Token)
}
