package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/check"
	"github.com/passdesk/passdesk/internal/sim"
)

// patient is a simulated tenant with the configuration that it has written for a
// bot, one of which is ill.
type patient struct {
	*sim.Sim
	t    *testing.T
	dir  string
	over app.Overrides
	now  func() time.Time
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{t: t, dir: t.TempDir()}
	var err error
	p.Sim, err = sim.Start(t.Context(), sim.Options{Dir: p.dir, Calm: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	// The secret is the same for the same seed, so that tests may run together.
	require.NoError(t, os.Setenv("AZURE_CLIENT_SECRET", p.Tenant.ClientSecret())) //nolint:usetesting // t.Setenv forbids t.Parallel
	anywhere := "127.0.0.1:0"
	p.over.Listen = &anywhere
	return p
}

func (p *patient) file() string { return filepath.Join(p.dir, sim.ConfigFile) }

// checked is what the check finds.
func (p *patient) checked() check.Report {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	return check.Run(ctx, check.Options{File: p.file(), Over: p.over, Unpaced: true, Now: p.now})
}

// control changes the tenant by its control port.
func (p *patient) control(path, body string) {
	p.t.Helper()
	resp, err := http.Post(p.Addresses.Control+path, "application/json", strings.NewReader(body))
	require.NoError(p.t, err)
	defer resp.Body.Close() //nolint:errcheck // nothing is read
	require.Equal(p.t, http.StatusOK, resp.StatusCode, path+" "+body)
}

// edit replaces a text in the configuration.
func (p *patient) edit(old, now string) {
	p.t.Helper()
	text, err := os.ReadFile(p.file())
	require.NoError(p.t, err)
	require.Contains(p.t, string(text), old)
	require.NoError(p.t, os.WriteFile(p.file(), []byte(strings.Replace(string(text), old, now, 1)), 0o600))
}

// found are the findings of a level, as lines.
func found(r check.Report, level check.Level) []string {
	var lines []string
	for _, f := range r.Findings {
		if f.Level == level {
			lines = append(lines, f.Part+": "+f.Say+" | "+f.Do)
		}
	}
	return lines
}

func TestAHealthyTenant(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	r := p.checked()
	require.Empty(t, found(r, check.Error))
	require.Empty(t, found(r, check.Warning))
	require.Equal(t, 0, r.Worst.Status())
	for _, part := range []string{"configuration", "endpoint", "channel keys", "login", "credential", "connector", "clock", "permission", "eligible roles", "passes", "groups", "policies"} {
		require.Contains(t, strings.Join(found(r, check.Fine), "\n"), part+": ")
	}
	require.Contains(t, strings.Join(found(r, check.Note), "\n"), "database: The file does not exist yet")
	require.Contains(t, strings.Join(found(r, check.Fine), "\n"), "The client secret is good until")
	_, err := os.Stat(filepath.Join(p.dir, "passdesk.db"))
	require.ErrorIs(t, err, os.ErrNotExist, "the check makes nothing")
	for _, c := range p.Graph.Requests() {
		harmless := c.Method == http.MethodGet || c.Path == "/$batch" || c.Path == "/identity/conditionalAccess/evaluate"
		require.True(t, harmless, "%s %s", c.Method, c.Path)
		require.NotEqual(t, http.StatusForbidden, c.Status, c.Path)
	}
}

// Every fault that can be switched on is named by a line, with what to do.
func TestIllTenants(t *testing.T) {
	t.Parallel()
	for name, ill := range map[string]struct {
		switchOn func(*patient)
		level    check.Level
		line     string // of "part: what | what to do"
	}{
		"an unknown key": {
			func(p *patient) { p.edit("grants: on", "grants: on\ncolour: blue") },
			check.Error, `^configuration: .*passdesk\.yaml:\d+:1: colour is unknown\. \| Correct it`,
		},
		"no configuration": {
			func(p *patient) { require.NoError(p.t, os.Remove(p.file())) },
			check.Error, `^configuration: .*no such file.*--config`,
		},
		"nobody is protected": {
			func(p *patient) { p.edit("  protected: ", "  security: ") },
			check.Warning, `^configuration: Nobody is protected .* accounts for emergencies`,
		},
		"a database of a newer Passdesk": {
			func(p *patient) { p.database("INSERT INTO migrations (version_id, is_applied) VALUES (99999, 1)") },
			check.Error, `^database: .* of a newer Passdesk: migration 99999`,
		},
		"a database that is none": {
			func(p *patient) {
				require.NoError(p.t, os.WriteFile(filepath.Join(p.dir, "passdesk.db"), []byte(strings.Repeat("no database ", 999)), 0o600))
			},
			check.Error, `^database: It cannot be opened`,
		},
		"another program at the address": {
			func(p *patient) {
				other := http.Server{Handler: http.NotFoundHandler()}
				l, err := new(net.ListenConfig).Listen(p.t.Context(), "tcp", "127.0.0.1:0")
				require.NoError(p.t, err)
				go other.Serve(l) //nolint:errcheck // it is closed
				p.t.Cleanup(func() { require.NoError(p.t, other.Close()) })
				at := l.Addr().String()
				p.over.Listen = &at
			},
			check.Error, `^endpoint: listen: another program has 127\.0\.0\.1:\d+\. \| Stop`,
		},
		"an address of another machine": {
			func(p *patient) { at := "192.0.2.1:3978"; p.over.Listen = &at },
			check.Error, `^endpoint: listen: nobody can listen at 192\.0\.2\.1`,
		},
		"no channel keys": {
			func(p *patient) { p.control("/faults", `{"path":"^/v1/.well-known/keys","status":503}`) },
			check.Error, `^channel keys: .* cannot be had: .*503.* bot\.openid_metadata`,
		},
		"another tenant": {
			func(p *patient) { p.edit(p.Tenant.ID(), "99999999-9999-4999-8999-999999999999") },
			check.Error, `^login: Login does not know the tenant 99999999`,
		},
		"login is down": {
			func(p *patient) { p.control("/faults", `{"path":"openid-configuration","status":503}`) },
			check.Error, `^login: Login answered 503`,
		},
		"another application": {
			func(p *patient) { p.edit(p.Tenant.AppID(), "88888888-8888-4888-8888-888888888888") },
			check.Error, `^credential: .* no such application \(AADSTS700016\)\. \| See that bot\.app_id`,
		},
		"a secret that has expired": {
			func(p *patient) { p.control("/app", `{"secretEnds":"-1h"}`) },
			check.Error, `^credential: .* the client secret has expired \(AADSTS7000222\)\. \| Make a new secret`,
		},
		"a secret that is about to expire": {
			func(p *patient) { p.control("/app", `{"secretEnds":"73h"}`) },
			check.Warning, `^credential: The client secret ends on .*, in 3 days`,
		},
		"a token for something else": {
			func(p *patient) { p.control("/app", `{"audience":"https://graph.windows.net"}`) },
			check.Error, `^credential: The token is for https://graph\.windows\.net, not for Graph`,
		},
		"no token for the connector": {
			func(p *patient) {
				p.edit("https://api.botframework.com/.default", "https://api.botframework.example/.default")
			},
			check.Error, `^connector: .*nobody can be written to: .*\(AADSTS500011\)`,
		},
		"a clock that is late": {
			func(p *patient) { p.control("/clock", `{"advance":"2m"}`) },
			check.Warning, `^clock: This machine's clock is (2m\d?|1m59)s behind Graph's.* NTP`,
		},
		"a clock that is wrong": {
			func(p *patient) { p.now = func() time.Time { return time.Now().Add(7 * time.Minute) } },
			check.Error, `^clock: This machine's clock is (7m\d?|6m59)s ahead of (login|Graph)'s`,
		},
		"a permission is missing": {
			func(p *patient) { p.control("/app", `{"removeRoles":["UserAuthMethod-TAP.ReadWrite.All"]}`) },
			check.Error, `^permission: UserAuthMethod-TAP\.ReadWrite\.All is missing\. No pass can be made.* Grant it`,
		},
		"a permission for insight is missing": {
			func(p *patient) { p.control("/app", `{"removeRoles":["AuditLog.Read.All"]}`) },
			check.Warning, `^permission: AuditLog\.Read\.All is missing\. There is no .why`,
		},
		"a broad permission in the place of a narrow one": {
			func(p *patient) {
				p.control("/app", `{"removeRoles":["UserAuthMethod-TAP.ReadWrite.All"],"addRoles":["UserAuthenticationMethod.ReadWrite.All"]}`)
			},
			check.Warning, `^permission: UserAuthenticationMethod\.ReadWrite\.All is too much: .*Global Administrators.* Grant UserAuthMethod-TAP\.ReadWrite\.All instead`,
		},
		"a permission that is far too much": {
			func(p *patient) { p.control("/app", `{"addRoles":["Directory.ReadWrite.All"]}`) },
			check.Warning, `^permission: Directory\.ReadWrite\.All is too much: .* Take it away`,
		},
		"a permission that nothing needs": {
			func(p *patient) { p.control("/app", `{"addRoles":["Mail.Read"]}`) },
			check.Warning, `^permission: Mail\.Read is granted, and nothing needs it`,
		},
		"a call that is refused all the same": {
			func(p *patient) { p.control("/faults", `{"path":"/ownedObjects","status":403}`) },
			check.Error, `^permission: Graph refuses GET /users/\{id\}/ownedObjects, although the token`,
		},
		"no licence for the logs": {
			func(p *patient) {
				p.control("/faults", `{"path":"^/auditLogs/signIns","status":403,"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant"}`)
			},
			check.Warning, `^permission: The tenant has no licence for GET /auditLogs/signIns: it takes Entra ID P1`,
		},
		"eligible roles are required, and there are none": {
			func(p *patient) { p.control("/licence", `{"p2":false}`) },
			check.Error, `^eligible roles: entra\.pim is required, but .* no licence .* \| Set entra\.pim: absent`,
		},
		"eligible roles are left out, and there are some": {
			func(p *patient) { p.edit("pim: required", "pim: absent") },
			check.Error, `^eligible roles: entra\.pim is absent, but .* \| Set entra\.pim: required`,
		},
		"passes are switched off": {
			func(p *patient) { p.control("/pass-policy", `{"enabled":false}`) },
			check.Error, `^passes: Temporary Access Passes are switched off`,
		},
		"passes for nobody": {
			func(p *patient) { p.control("/pass-policy", `{"include":[]}`) },
			check.Error, `^passes: The policy for passes includes nobody`,
		},
		"passes for a group that is gone": {
			func(p *patient) { p.control("/pass-policy", `{"include":["77777777-7777-4777-8777-777777777777"]}`) },
			check.Warning, `^passes: The policy for passes names 77777777-\S+ which does not exist`,
		},
		"passes for weeks": {
			func(p *patient) { p.control("/pass-policy", `{"max":43200}`) },
			check.Warning, `^passes: A pass lasts from 60 to 43200 minutes.* a password.*Shorten`,
		},
		"a group that does not exist": {
			func(p *patient) { p.edit("requesters: [", `requesters: ["66666666-6666-4666-8666-666666666666", `) },
			check.Error, `^groups: desk\.requesters names the group 66666666-\S+ which does not exist`,
		},
		"a person where a group is meant": {
			func(p *patient) { p.edit("auditors: [", `auditors: ["`+p.person("lee")+`", `) },
			check.Error, `^groups: desk\.auditors names Lee Gu, who is a person`,
		},
		"a rule that names a group that does not exist": {
			func(p *patient) {
				p.edit("rules: []", "rules:\n  - name: Two people\n    approve: [{from: [\"group:44444444-4444-4444-8444-444444444444\"], count: 2}]")
			},
			check.Error, `^groups: rule "Two people" names the group 44444444-\S+ which does not exist`,
		},
		"a rule that cannot be understood": {
			func(p *patient) {
				p.edit("rules: []", "rules:\n  - name: Odd\n    when: person.colour ==\n    approve: [{from: [manager]}]")
			},
			check.Error, `^configuration: .*passdesk\.yaml:\d+:\d+: rules\[0\]\.when rule "Odd"`,
		},
		"nobody may ask": {
			func(p *patient) { p.control("/groups/helpdesk", `{"remove":["adele","bianca"]}`) },
			check.Error, `^groups: Nobody may ask`,
		},
		"a policy that is gone": {
			func(p *patient) { p.edit(p.policy("platforms"), "55555555-5555-4555-8555-555555555555") },
			check.Error, `^policies: 55555555-\S+ The policy does not exist in Entra any more.*Correct the id`,
		},
		"a policy that is off": {
			func(p *patient) { p.control("/policies/platforms", `{"state":"disabled"}`) },
			check.Warning, `^policies: “Passkey test: unsupported platforms”: The policy is switched off`,
		},
		"a policy without an owner": {
			func(p *patient) { p.control("/groups/policyowners", `{"remove":["lee"]}`) },
			check.Error, `^policies: .* no owner who could decide`,
		},
		"an exclusion group that is dynamic": {
			func(p *patient) { p.exclusionGroup(`{"membershipRule":"user.department -eq \"Sales\""}`) },
			check.Error, `^policies: “Passkey test: unsupported platforms”: The exclusion group is dynamic.*Make an assigned cloud group`,
		},
		"an exclusion group that is synchronised": {
			func(p *patient) { p.exclusionGroup(`{"onPremisesSyncEnabled":true}`) },
			check.Error, `^policies: .* The exclusion group is synchronised`,
		},
		"an exclusion group that can hold roles": {
			func(p *patient) { p.exclusionGroup(`{"isAssignableToRole":true}`) },
			check.Error, `^policies: .* The exclusion group can be given directory roles`,
		},
		"an exclusion group that is restricted": {
			func(p *patient) { p.exclusionGroup(`{"isManagementRestricted":true}`) },
			check.Error, `^policies: .* The exclusion group's management is restricted`,
		},
		"an exclusion group that the policy does not exclude": {
			func(p *patient) {
				g, _ := p.Tenant.Policy("platforms")
				p.control("/policies/platforms", `{"removeExcludeGroups":["`+g.ExclusionGroup+`"]}`)
			},
			check.Error, `^policies: .* does not exclude its exclusion group any more.* Add the group`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			ill.switchOn(p)
			r := p.checked()
			lines := strings.Join(found(r, ill.level), "\n")
			require.Regexp(t, `(?m)`+ill.line, lines, "%+v", r.Findings)
			require.GreaterOrEqual(t, r.Worst.Status(), ill.level.Status())
			require.NotContains(t, lines+strings.Join(found(r, check.Note), ""), p.Tenant.ClientSecret())
		})
	}
}

func (p *patient) person(alias string) string {
	one, ok := p.Tenant.Person(alias)
	require.True(p.t, ok)
	return one.ID
}

func (p *patient) policy(alias string) string {
	one, ok := p.Tenant.Policy(alias)
	require.True(p.t, ok)
	return one.ID
}

func (p *patient) exclusionGroup(change string) {
	one, _ := p.Tenant.Policy("platforms")
	p.control("/groups/"+one.ExclusionGroup, change)
}

// A fault in one place hides nothing elsewhere.
func TestEverythingInOneRun(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.edit("longest: 8h", "longest: 1s")
	p.edit("grants: on", "colour: blue")
	p.control("/pass-policy", `{"enabled":false}`)
	p.control("/app", `{"removeRoles":["User.Read.All"]}`)
	r := p.checked()
	errors := strings.Join(found(r, check.Error), "\n")
	for _, line := range []string{"colour is unknown", `longest must be from 10m`, "passes: Temporary Access Passes are switched off"} {
		require.Contains(t, errors, line)
	}
	require.Contains(t, strings.Join(found(r, check.Note), "\n"), "policies: Not looked at. | Correct policies[0].longest")
}

func TestTableAndJSON(t *testing.T) {
	t.Parallel()
	r := check.Report{Worst: check.Warning, Findings: []check.Finding{
		{Level: check.Fine, Part: "login", Say: "Login knows the tenant."},
		{Level: check.Warning, Part: "permission", Say: strings.Repeat("word ", 40), Do: "Take it away."},
	}}
	var table, text bytes.Buffer
	require.NoError(t, r.Table(&table))
	for line := range strings.Lines(table.String()) {
		require.LessOrEqual(t, len([]rune(line)), 111, line)
	}
	require.Contains(t, table.String(), "ok       login       Login knows the tenant.\n")
	require.Contains(t, table.String(), "→ Take it away.\n")
	require.Contains(t, table.String(), "0 errors, 1 warning.\n")
	require.NoError(t, r.JSON(&text))
	var back check.Report
	require.NoError(t, json.Unmarshal(text.Bytes(), &back))
	require.Equal(t, r, back)
}
