package signin_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

func TestALineOfTheLog(t *testing.T) {
	t.Parallel()
	p := open(t)
	out := p.SignIn.SignIn(signin.Attempt{User: "GRADY.archie@" + entra.Domain, Platform: "iOS", Method: signin.Authenticator})
	lines := p.tenant.SignIns()
	require.Len(t, lines, 1)
	enforcement, _ := p.tenant.Policy("enforcement")
	platforms, _ := p.tenant.Policy("platforms")
	got := lines[0]
	require.NotEmpty(t, got.ID)
	require.Regexp(t, `^203\.0\.113\.\d+$`, got.IP)
	want := entra.SignIn{
		Number: 1, ID: got.ID, Created: morning, UserName: "Grady Archie", UPN: "grady.archie@nordlys.example", UserID: p.person("grady").ID,
		AppID: "19db86c3-b2b9-44cc-b339-36da233a3be2", AppName: "My Sign" + "ins", ResourceID: "00000003-0000-0000-c000-000000000000", ResourceName: "Microsoft Graph",
		IP: got.IP, Client: "Browser", Correlation: out.CorrelationID, ConditionalState: "failure", Interactive: true,
		Status: entra.SignInStatus{Code: 53003, Reason: out.Message},
		Device: entra.SignInDevice{System: "Ios 18.7", Browser: "Mobile Safari 18.7"},
		Place:  entra.SignInPlace{City: "Oslo", State: "Oslo", Country: "NO", Coordinates: entra.Coordinates{Latitude: 59.91, Longitude: 10.75}},
		Policies: []entra.AppliedPolicy{
			{ID: enforcement.ID, Name: enforcement.Name, Controls: []string{"Require authentication strength - Phishing-resistant MFA"}, Result: "failure"},
			{ID: platforms.ID, Name: platforms.Name, Controls: []string{"Block"}, Result: "failure"},
		},
	}
	require.Empty(t, cmp.Diff(want, got))
}

func TestStrangersInTheLog(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.SignIn.SignIn(signin.Attempt{User: "Nobody@Elsewhere.example", Platform: "linux", Method: signin.Password, Client: "mobileAppsAndDesktopClients"})
	line := p.tenant.SignIns()[0]
	require.Equal(t, "nobody@elsewhere.example", line.UPN)
	require.Equal(t, "00000000-0000-0000-0000-000000000000", line.UserID)
	require.Equal(t, "notApplied", line.ConditionalState)
	require.Equal(t, "Mobile Apps and Desktop clients", line.Client)
	require.Empty(t, line.Policies, "nothing is evaluated before the first factor")
}

// The log keeps people waiting for two to five minutes.
func TestTheLogIsDelayed(t *testing.T) {
	t.Parallel()
	p := open(t)
	for range 40 {
		p.try("grady", signin.Password, "")
	}
	require.Len(t, p.tenant.SignIns(), 40)
	require.Len(t, p.tenant.VisibleSignIns(false), 40)
	p.tenant.Advance(2*time.Minute - time.Second)
	require.Empty(t, p.tenant.VisibleSignIns(true))
	p.tenant.Advance(90 * time.Second)
	half := len(p.tenant.VisibleSignIns(true))
	require.Greater(t, half, 5)
	require.Less(t, half, 35)
	p.tenant.Advance(90*time.Second + time.Second)
	all := p.tenant.VisibleSignIns(true)
	require.Len(t, all, 40)
	require.Equal(t, 40, all[0].Number, "the newest first")
}

func TestStateShowsSignInsAtOnce(t *testing.T) {
	t.Parallel()
	p := open(t)
	changed := p.tenant.Changed()
	p.try("grady", signin.Password, "")
	select {
	case <-changed:
	default:
		require.Fail(t, "nobody was told")
	}
	require.Len(t, p.tenant.SignIns(), 1)
}

// Attempts at the same time use a one-time pass once.
func TestAOneTimePassUnderARace(t *testing.T) {
	t.Parallel()
	p := open(t)
	code := p.pass("joni", true).Code
	won := make(chan bool)
	for range 8 {
		go func() { won <- p.try("joni", signin.Pass, code).OK }()
	}
	count := 0
	for range 8 {
		if <-won {
			count++
		}
	}
	require.Equal(t, 1, count)
}
