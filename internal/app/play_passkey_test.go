package app_test

import (
	"encoding/json"
	"net/http"

	"github.com/stretchr/testify/require"
)

// registers has somebody sign in on a Windows computer and register a passkey in
// Authenticator on a phone, by QR code; the first scan may fail, as is known.
func (p *play) registers(who, method, phone string) {
	p.t.Helper()
	var opened struct {
		Session string `json:"session"`
	}
	in := map[string]any{"user": who, "platform": "windows", "method": method}
	if live := p.passes(who); method == "pass" && len(live) > 0 {
		in["code"] = live[0].Code
	}
	require.NoError(p.t, json.Unmarshal(p.call(http.MethodPost, "/sign-in", in), &opened))
	require.NotEmpty(p.t, opened.Session, "%s does not get in", who)
	var done struct {
		OK     bool   `json:"ok"`
		Reason string `json:"reason"`
	}
	for range 2 {
		body := map[string]any{"session": opened.Session, "model": "Microsoft Authenticator", "platform": phone, "name": who + "'s phone", "bluetooth": true}
		require.NoError(p.t, json.Unmarshal(p.call(http.MethodPost, "/register-passkey", body), &done))
		if done.OK {
			return
		}
	}
	require.True(p.t, done.OK, done.Reason)
}
