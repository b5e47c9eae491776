package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// exclusionGroup is what the control port calls the group of a policy.
func (p *play) exclusionGroup(which string) string { return "exclude-" + which }

// excluded tells whether the exclusion group of a policy holds somebody, in the
// tenant itself and not in what its replicas show.
func (p *play) excluded(which, who string) bool {
	p.t.Helper()
	group, ok := p.Sim.Tenant.Group(p.exclusionGroup(which))
	require.True(p.t, ok, which)
	return slices.Contains(group.Members, p.id(who))
}

// excludes waits until somebody is excluded from a policy by its group, or is not.
func (p *play) excludes(which, who string, want bool) {
	p.t.Helper()
	p.until(func() bool { return p.excluded(which, who) == want }, func() string {
		return who + " is excluded: " + map[bool]string{true: "no", false: "yes"}[want] + "\n" + p.screen("adele") + "\n" + p.tail()
	})
}

// signIn is what Entra answers: "ok", or an error code.
func (p *play) signIn(who, platform, method string) string {
	p.t.Helper()
	var got struct {
		OK        bool            `json:"ok"`
		ErrorCode json.RawMessage `json:"errorCode"`
	}
	body := map[string]any{"user": who, "platform": platform, "method": method}
	require.NoError(p.t, json.Unmarshal(p.call(http.MethodPost, "/sign-in", body), &got))
	if got.OK {
		return "ok"
	}
	return strings.Trim(string(got.ErrorCode), `"`)
}

// signsIn expects what Entra answers to a sign-in.
func (p *play) signsIn(who, platform, method, want string) {
	p.t.Helper()
	require.Equal(p.t, want, p.signIn(who, platform, method), "%s on %s", who, platform)
}
