package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// signIns reads the log of the last week.
func (n *tenant) signIns(alias string) access.SignInLog {
	n.t.Helper()
	log, err := n.directory.SignIns(n.t.Context(), n.id(alias), n.Tenant.Now().Add(-7*24*time.Hour))
	require.NoError(n.t, err)
	return log
}

func TestSimSignIns(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	began := n.Tenant.Now().Truncate(time.Second)
	out := n.SignIn.SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator})
	n.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "windows", Method: signin.Password})
	before := n.trips()
	log := n.signIns("grady")
	require.Equal(t, 1, n.trips()-before)
	require.False(t, log.More)
	require.Len(t, log.Lines, 1)
	ref := func(which string) access.PolicyRef {
		p, ok := n.Tenant.Policy(which)
		require.True(t, ok)
		return access.PolicyRef{ID: access.NewID(p.ID), Name: p.Name}
	}
	got := log.Lines[0]
	require.False(t, got.At.Before(began))
	require.Empty(t, cmp.Diff(access.SignIn{
		At: got.At, Correlation: out.CorrelationID, App: "My Sign" + "ins", AppID: "19db86c3-b2b9-44cc-b339-36da233a3be2",
		System: "Ios 18.7", City: "Oslo", Country: "NO", Code: 53003, Coded: true, Reason: out.Message, Access: "failure",
		Policies: []access.AppliedPolicy{
			{Policy: ref("enforcement"), Result: "failure", Controls: []string{"Require authentication strength - Phishing-resistant MFA"}},
			{Policy: ref("platforms"), Result: "failure", Controls: []string{"Block"}},
		},
	}, got))
	require.Equal(t, "iOS", got.Platform())

	var codes []int
	for _, l := range n.signIns("joni").Lines {
		codes = append(codes, l.Code)
	}
	require.Equal(t, []int{50079, 50076, 50072}, codes, "the newest first")
	require.Empty(t, n.signIns("lee").Lines)
	log, err := n.directory.SignIns(t.Context(), n.id("grady"), n.Tenant.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Empty(t, log.Lines)
}

// Of many lines the newest are read, in one round trip.
func TestSimSignInsAreBounded(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	for range access.SignInsShown + 10 {
		n.SignIn.SignIn(signin.Attempt{User: "alex", Platform: "windows", Method: signin.Passkey})
	}
	n.SignIn.SignIn(signin.Attempt{User: "alex", Platform: "iOS", Method: signin.Passkey})
	before := n.trips()
	log := n.signIns("alex")
	require.Equal(t, 1, n.trips()-before)
	require.Len(t, log.Lines, access.SignInsShown)
	require.True(t, log.More)
	require.Equal(t, 53003, log.Lines[0].Code)
}

// The log is minutes late, and shares its limit with the methods: who comes when
// it is used up waits.
func TestSimSignInsWithManners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		page := signin.New(p.Tenant, signin.Options{})
		page.SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator})
		read := func() int {
			log, err := p.directory.SignIns(t.Context(), p.id("grady"), time.Now().Add(-time.Hour))
			require.NoError(t, err)
			return len(log.Lines)
		}
		require.Zero(t, read())
		p.Advance(15 * time.Minute)
		for range 7 {
			require.Equal(t, 1, read())
		}
		require.Zero(t, p.statuses()[http.StatusTooManyRequests])
	})
}

// What keeps the log from being read is told as what it is.
func TestSimSignInsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault fault.Fault
		code  access.Code
		say   string
	}{
		"no licence":    {fault.Fault{Status: 403, Code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant", Message: "Neither tenant is B2C or tenant doesn't have premium license"}, access.Refused, "no licence"},
		"no permission": {fault.Fault{Status: 403, Code: "Authentication_MSGraphPermissionMissing"}, access.Refused, "AuditLog.Read.All"},
		"denied":        {fault.Fault{Status: 403}, access.Refused, "AuditLog.Read.All"},
		"away":          {fault.Fault{Status: 500}, access.Unavailable, "does not answer"},
		"throttled":     {fault.Fault{Status: 429, RetryAfter: 120}, access.Unavailable, "busy"},
		"not for long":  {fault.Fault{Status: 429, RetryAfter: 1, Count: 1}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Calm())
				c.fault.Path = "/auditLogs/signIns"
				p.fail(c.fault)
				_, err := p.directory.SignIns(t.Context(), p.id("grady"), time.Now().Add(-time.Hour))
				if c.code == "" {
					require.NoError(t, err)
					return
				}
				require.Contains(t, wants(t, err, c.code).Say, c.say)
			})
		})
	}
}

// Lines that lack nearly everything, or hold what Passdesk does not know, are read
// as far as they go; so are pages that are short.
func TestSignInsOfAnotherMind(t *testing.T) {
	t.Parallel()
	const path = "GET /auditLogs/signIns?"
	link := "https://graph.example/v1.0/auditLogs/signIns?$skiptoken="
	f := newUntimed(map[string]answer{
		path: {body: `{"value":[],"@odata.nextLink":"` + link + `1"}`},
		path + "$skiptoken=1": {body: `{"value":[{},{"status":null,"location":null,"deviceDetail":null,"appliedConditionalAccessPolicies":null,"createdDateTime":"yesterday"},
			{"status":{"errorCode":53003},"conditionalAccessStatus":"unknownFutureValue","quantum":{"a":1},
			"appliedConditionalAccessPolicies":[{},{"id":"P","result":"reportOnlyFailure","enforcedGrantControls":[null,"new"]}]}],"@odata.nextLink":"` + link + `2"}`},
		path + "$skiptoken=2": {body: `{"value":[{"status":{"errorCode":0}}],"@odata.nextLink":"` + link + `3"}`},
	})
	log, err := f.directory(t).SignIns(t.Context(), "joni", noon)
	require.NoError(t, err)
	require.True(t, log.More, "three pages are enough")
	require.Len(t, log.Lines, 4)
	require.Equal(t, []access.SignIn{{}, {}}, log.Lines[:2])
	require.Equal(t, access.SignIn{Code: 53003, Coded: true, Access: "unknownFutureValue", Policies: []access.AppliedPolicy{
		{}, {Policy: access.PolicyRef{ID: "p"}, Result: "reportOnlyFailure", Controls: []string{"", "new"}},
	}}, log.Lines[2])
	require.Equal(t, 3, f.of("GET", "/auditLogs/signIns"))
	asked := f.received()[0].path
	require.Contains(t, asked, "createdDateTime%20ge%202026-02-03T12:00:00Z")
	require.True(t, strings.HasSuffix(asked, "&$top=50"), asked)
}
