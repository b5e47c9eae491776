package control

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// signIn lets somebody try to sign in. A refusal by Entra is an answer, not an
// error of this port.
func (c *Control) signIn(r *http.Request) (any, error) {
	var attempt signin.Attempt
	if err := decode(r, &attempt); err != nil {
		return nil, err
	}
	if _, err := attempt.Checked(); err != nil {
		return nil, err
	}
	return c.SignIn.SignIn(attempt), nil
}

// useSession goes on with a session, if that still holds.
func (c *Control) useSession(r *http.Request) (any, error) {
	var body struct {
		Session string `json:"session"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	return c.SignIn.Use(body.Session), nil
}

// registerPasskey takes Bluetooth as on unless it is said to be off.
func (c *Control) registerPasskey(r *http.Request) (any, error) {
	try := signin.Registration{Bluetooth: true}
	if err := decode(r, &try); err != nil {
		return nil, err
	}
	return c.SignIn.Register(try), nil
}

// passkeyPolicy changes the policy for passkeys; what is left out stays.
func (c *Control) passkeyPolicy(r *http.Request) (any, error) {
	var change struct {
		Enabled     *bool     `json:"enabled"`
		SelfService *bool     `json:"selfService"`
		Attestation *bool     `json:"attestation"`
		Restricted  *bool     `json:"restricted"`
		Block       *bool     `json:"block"`
		AAGUIDs     *[]string `json:"aaGuids"`
	}
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	c.Tenant.SetPasskeyPolicy(func(policy *entra.PasskeyPolicy) {
		set(&policy.Enabled, change.Enabled)
		set(&policy.SelfService, change.SelfService)
		set(&policy.Attested, change.Attestation)
		set(&policy.Keys.Enforced, change.Restricted)
		set(&policy.Keys.Block, change.Block)
		set(&policy.Keys.AAGUIDs, change.AAGUIDs)
	})
	policy := c.Tenant.PasskeyPolicy()
	return map[string]any{
		"enabled": policy.Enabled, "selfService": policy.SelfService, "attestation": policy.Attested,
		"restricted": policy.Keys.Enforced, "block": policy.Keys.Block, "aaGuids": append([]string{}, policy.Keys.AAGUIDs...),
	}, nil
}
