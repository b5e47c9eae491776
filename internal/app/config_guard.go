package app

import (
	"reflect"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// guarded checks the groups for threat mode and emergencies. Both need somebody of
// security: without, nobody could agree in threat mode, or review an emergency.
func (r *reading) guarded(c *Config) {
	for key, groups := range map[string][]string{".desk.threat": c.Desk.Threat, ".desk.emergency": c.Desk.Emergency} {
		r.guids(key, reflect.ValueOf(groups), "")
		if len(groups) > 0 && len(c.Desk.Security)+len(c.Desk.Auditors) == 0 {
			r.fault(key, "needs desk.security: its members agree in threat mode, and review emergencies")
		}
	}
	for _, rule := range c.Rules {
		if len(c.Desk.Emergency) > 0 && strings.EqualFold(rule.Name, access.EmergencyRule) {
			r.fault(".desk.emergency", "decides by a rule of its own, which is called %q: give yours another name", access.EmergencyRule)
		}
	}
}
