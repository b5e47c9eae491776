package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/page"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// line is a Graph whose calls a test makes up.
type line struct {
	earlier []graph.Call
	tell    func(graph.Call)
}

func (l *line) Requests() []graph.Call       { return l.earlier }
func (l *line) OnCall(tell func(graph.Call)) { l.tell = tell }
func (l *line) Buckets() []graph.Bucket {
	return []graph.Bucket{{Name: "Conditional Access", Used: 1, Most: 1, Period: "1s"}}
}

// listed is somebody or some group on a list.
type listed struct{ Key, Name, Through string }

// pane is what the tests read of GET /tenant.
type pane struct {
	Now    time.Time
	Can    struct{ Devices, Clock, Restart, Change bool }
	Person struct {
		Name, Manager string
		Methods       []struct{ Kind, Name string }
		Pass          *struct {
			State  string
			Once   bool
			Length int
			End    time.Time
		}
		Groups []string
	}
	Policies []struct {
		Key, Name, State, Does string
		Excluded               []struct {
			By      string
			Members []listed
		}
		Group  listed
		Linked bool
	}
	Groups []struct {
		Key, Name                                         string
		Members, Owners                                   []listed
		Excludes, Dynamic, Synced, Assignable, Restricted bool
	}
	SignIns []struct {
		Person, Device, Reason string
		Code                   int
		Interrupts             []int
		Failed                 []string
	}
	Calls []struct {
		Path, Query string
		Status      int
	}
	Buckets []graph.Bucket
	Manners *manners.Manners
}

func (o *office) look(t *testing.T, person string) (view pane, body string) {
	t.Helper()
	status, _, body := o.ask(t, "GET", "/tenant?person="+person, "")
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, json.Unmarshal([]byte(body), &view))
	return view, body
}

func TestTenantTellsNoCode(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	before, _ := o.look(t, "joni")
	require.Nil(t, before.Person.Pass)
	pass, err := o.tenant.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	after, body := o.look(t, "joni")
	require.NotContains(t, body, pass.Code)
	require.Equal(t, len(pass.Code), after.Person.Pass.Length)
	require.Equal(t, entra.EnabledByPolicy, after.Person.Pass.State)
	require.Equal(t, pass.Start.Add(time.Duration(pass.Minutes)*time.Minute).UTC(), after.Person.Pass.End.UTC())
	_, err = o.tenant.UsePass("joni")
	require.NoError(t, err)
	o.tenant.Advance(24 * time.Hour)
	over, _ := o.look(t, "joni")
	require.Equal(t, entra.Expired, over.Person.Pass.State)
}

func TestTenantShowsAPerson(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	adele, _ := o.look(t, "adele")
	require.Equal(t, "Lee Gu", adele.Person.Manager)
	require.Equal(t, []string{"Help desk"}, adele.Person.Groups)
	require.Equal(t, entra.Password, adele.Person.Methods[0].Kind)
	require.Equal(t, "Authenticator - iPhone", adele.Person.Methods[1].Name)
	require.False(t, adele.Can.Devices || adele.Can.Clock || adele.Can.Restart || adele.Can.Change, "of a page that can nothing")
	require.Nil(t, adele.Manners)
	status, _, _ := o.ask(t, "GET", "/tenant?person=nobody", "")
	require.Equal(t, http.StatusNotFound, status)
}

func TestTenantShowsCalls(t *testing.T) {
	t.Parallel()
	tenant := entra.New(entra.Options{})
	joni, _ := tenant.Person("joni")
	policy, _ := tenant.Policy("platforms")
	l := &line{earlier: []graph.Call{{ID: "a", Path: "/organization", Status: 200}, {ID: "b", Path: "/users"}}}
	o := furnish(t, page.Options{Assets: plain, Graph: l, Tenant: tenant})
	l.tell(graph.Call{ID: "c", Path: "/users/" + joni.ID + "?$filter=id eq '" + joni.ID + "'", Status: 429})
	l.tell(graph.Call{ID: "d", Path: "/identity/conditionalAccess/policies/" + policy.ID, Status: 200})
	view, _ := o.look(t, "joni")
	require.Len(t, view.Calls, 3, "a call that is under way is shown when it is answered")
	require.Equal(t, "/organization", view.Calls[0].Path)
	require.Equal(t, "/users/joni", view.Calls[1].Path)
	require.Equal(t, "$filter=id eq 'joni'", view.Calls[1].Query)
	require.Equal(t, http.StatusTooManyRequests, view.Calls[1].Status)
	require.Equal(t, "/identity/conditionalAccess/policies/platforms", view.Calls[2].Path)
	require.Equal(t, 1, view.Buckets[0].Used)
	for range 1000 {
		l.tell(graph.Call{Path: "/users", Status: 200})
	}
	view, _ = o.look(t, "joni")
	require.Len(t, view.Calls, 120)
}

func TestDevices(t *testing.T) {
	t.Parallel()
	tenant := entra.New(entra.Options{})
	o := furnish(t, page.Options{Assets: plain, Tenant: tenant, Devices: signin.New(tenant, signin.Options{})})
	_, _, body := o.ask(t, "POST", "/sign-in", `{"user":"grady","platform":"iOS","method":"password"}`)
	var outcome signin.Outcome
	require.NoError(t, json.Unmarshal([]byte(body), &outcome))
	require.Equal(t, 53003, outcome.ErrorCode)
	_, _, body = o.ask(t, "POST", "/sign-in", `{"user":"joni","platform":"windows","method":"password"}`)
	require.NoError(t, json.Unmarshal([]byte(body), &outcome))
	_, _, body = o.ask(t, "POST", "/register-passkey", `{"session":"none"}`)
	require.Contains(t, body, signin.WhySession)

	view, _ := o.look(t, "joni")
	require.True(t, view.Can.Devices)
	require.Len(t, view.SignIns, 2, "the lines of one try are one")
	require.Equal(t, "Joni Sherman", view.SignIns[0].Person)
	require.Equal(t, outcome.ErrorCode, view.SignIns[0].Code)
	require.Equal(t, outcome.Interrupts, view.SignIns[0].Interrupts)
	require.Equal(t, "iOS 18.7", view.SignIns[1].Device)
	require.Contains(t, view.SignIns[1].Failed, "Passkey test: unsupported platforms")
}

func TestNoDevices(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	for path, body := range map[string]string{
		"/sign-in": `{}`, "/use-session": `{}`, "/policies/platforms": `{}`, "/groups/helpdesk": `{}`, "/register-passkey": `{}`, "/clock": `{"minutes":10}`, "/manners": `{"delay":true}`, "/restart": `{}`,
	} {
		status, _, _ := o.ask(t, "POST", path, body)
		require.Equal(t, http.StatusBadRequest, status, path)
		status, _, _ = o.ask(t, "POST", path, body, "Origin", "https://evil.example")
		require.Equal(t, http.StatusForbidden, status, path)
		status, _, _ = o.ask(t, "POST", path, body, "Content-Type", "text/plain")
		require.Equal(t, http.StatusUnsupportedMediaType, status, path)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	tenant, refusal := entra.New(entra.Options{}), error(nil)
	o := furnish(t, page.Options{Assets: plain, Tenant: tenant, Advance: func(_ context.Context, by time.Duration) error {
		tenant.Advance(by)
		return refusal
	}})
	before, _ := o.look(t, "joni")
	_, _, body := o.ask(t, "POST", "/clock", `{"minutes":60}`)
	require.JSONEq(t, `{"outcome":"done"}`, body)
	after, _ := o.look(t, "joni")
	require.GreaterOrEqual(t, after.Now.Sub(before.Now), time.Hour)
	require.True(t, after.Can.Clock)
	for _, body := range []string{`{"minutes":0}`, `{"minutes":-1}`, `{"minutes":1441}`, `{}`} {
		status, _, _ := o.ask(t, "POST", "/clock", body)
		require.Equal(t, http.StatusBadRequest, status, body)
	}
	refusal = errors.New("it stands still")
	_, _, body = o.ask(t, "POST", "/clock", `{"minutes":1}`)
	require.JSONEq(t, `{"outcome":"failed","text":"The clock did not move: it stands still."}`, body)
}

func TestManners(t *testing.T) {
	t.Parallel()
	switches := manners.New(manners.Real())
	o := furnish(t, page.Options{Assets: plain, Manners: switches})
	_, _, body := o.ask(t, "POST", "/manners", `{"throttling":false,"rescan":true}`)
	require.JSONEq(t, `{"outcome":"done"}`, body)
	view, _ := o.look(t, "joni")
	require.False(t, view.Manners.Throttling)
	require.True(t, view.Manners.Rescan)
	require.True(t, view.Manners.Delay)
	status, _, _ := o.ask(t, "POST", "/manners", `{"delay":false,"kindness":true}`)
	require.Equal(t, http.StatusBadRequest, status)
	require.True(t, switches.Now().Delay, "all of a change or nothing")
}

func TestRestart(t *testing.T) {
	t.Parallel()
	refusal := errors.New("no room")
	o := furnish(t, page.Options{Assets: plain, Restart: func(ctx context.Context) error {
		if ctx.Done() != nil {
			return errors.New("a browser that leaves would end it")
		}
		return refusal
	}})
	_, _, body := o.ask(t, "POST", "/restart", `{}`)
	require.JSONEq(t, `{"outcome":"failed","text":"Starting over went wrong: no room."}`, body)
	refusal = nil
	_, _, body = o.ask(t, "POST", "/restart", `{}`)
	require.JSONEq(t, `{"outcome":"done"}`, body)
	view, _ := o.look(t, "joni")
	require.True(t, view.Can.Restart)
}
