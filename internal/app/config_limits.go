package app

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// LimitsConfig is how fast requests may follow one another.
type LimitsConfig struct {
	Agent    Rate `yaml:"agent"`    // requests that one agent sends
	Person   Rate `yaml:"person"`   // requests that are sent for one person
	Approver Rate `yaml:"approver"` // decisions that one approver makes
	Tenant   Rate `yaml:"tenant"`   // requests that are sent by all
}

// defaultLimits let a help desk work through a burst, and stop what no help desk
// does.
func defaultLimits() LimitsConfig {
	return LimitsConfig{Agent: Rate{120, time.Hour}, Person: Rate{40, day}, Approver: Rate{120, time.Hour}, Tenant: Rate{1200, time.Hour}}
}

// Rate is a number within a time: 60/h, 12/d.
type Rate struct {
	Most int
	In   time.Duration
}

const (
	day      = 24 * time.Hour
	mostRate = 1_000_000
	rateForm = "must be a number within an hour or a day such as 60/h or 12/d, from 1 to 1000000"
)

// UnmarshalText reads a positive number within an hour or a day.
func (r *Rate) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(strings.ReplaceAll(string(text), " ", ""), "/")
	within, known := map[string]time.Duration{"h": time.Hour, "d": day}[unit]
	n, err := strconv.Atoi(number)
	if err != nil || !known || n < 1 || n > mostRate {
		return errors.New(rateForm)
	}
	*r = Rate{n, within}
	return nil
}

func (l LimitsConfig) all() map[string]Rate {
	return map[string]Rate{"agent": l.Agent, "person": l.Person, "approver": l.Approver, "tenant": l.Tenant}
}

// limits refuses one that was written without a value: none can be switched off.
func (r *reading) limits(l LimitsConfig) {
	for name, rate := range l.all() {
		if key := ".desk.limits." + name; rate.Most == 0 && !r.faulty(key) {
			r.fault(key, "%s", rateForm)
		}
	}
}

// limits are those that the desk holds people to.
func (c Config) limits() access.Limits {
	l := c.Desk.Limits
	return access.Limits{Agent: access.Limit(l.Agent), Person: access.Limit(l.Person), Approver: access.Limit(l.Approver), Tenant: access.Limit(l.Tenant)}
}
