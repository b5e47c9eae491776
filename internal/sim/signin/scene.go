package signin

import (
	"github.com/passdesk/passdesk/internal/sim/conditional"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// sceneOf gathers the facts about the person anew. Memberships are as far as
// they have got on their way through the directory. Nothing speaks against the
// sign-in: there is no risk, and it stays on one device.
func (s *SignIn) sceneOf(p entra.Person, a Attempt) conditional.Scene {
	c := conditional.Of(p, s.tenant.Seen(0))
	c.Target = conditional.Target{Apps: []string{a.App}}
	c.Client, c.Platform = a.Client, a.Platform
	c.SignInRisk, c.UserRisk, c.InsiderRisk, c.Flow = calm, calm, calm, calm
	c.Placed, c.Device = true, true
	return c
}

// calm is the level of a risk that is not there.
const calm = "none"

// registering is the same scene for the user action.
func registering(c conditional.Scene) conditional.Scene {
	c.Target = conditional.Target{Action: conditional.RegisterSecurityInfo}
	return c
}
