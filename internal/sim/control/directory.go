package control

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// installed gives the app to the person or takes it away, as Teams does it.
func (c *Control) installed(r *http.Request, p entra.Person, wanted *bool) error {
	switch {
	case wanted == nil || *wanted == c.Tenant.Installed(p.ID):
		return nil
	case *wanted:
		c.Tenant.Install(p.ID)
		return nil
	}
	_, err := c.Channel.Remove(r.Context(), p.ID)
	if errors.Is(err, channel.ErrUnreachable) || errors.Is(err, channel.ErrNoBot) {
		return nil // it is gone all the same; a bot that is down misses the event
	}
	return err
}

func (c *Control) pass(r *http.Request) (any, error) {
	var wish struct {
		Minutes *int  `json:"minutes"`
		Once    *bool `json:"once"`
	}
	if err := decode(r, &wish); err != nil {
		return nil, err
	}
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	pass, err := c.Tenant.IssuePass(p.ID, entra.PassWish{Minutes: wish.Minutes, Once: wish.Once})
	if err == nil {
		c.Tenant.AuditMethod(c.administrator(), p.ID, entra.Registered, "temporary access pass")
	}
	return map[string]string{"id": pass.ID, "code": pass.Code}, err
}

func (c *Control) deletePass(r *http.Request) (any, error) {
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	pass, ok := c.Tenant.PassOf(p.ID)
	if !ok {
		return nil, fmt.Errorf("%s has no pass", key(r))
	}
	if err := c.Tenant.DeletePass(p.ID, pass.ID); err != nil {
		return nil, err
	}
	c.Tenant.AuditMethod(c.administrator(), p.ID, entra.Deleted, "temporary access pass")
	return map[string]string{"id": pass.ID}, nil
}

// administrator is whoever changes something behind the bot's back.
func (c *Control) administrator() entra.Person {
	p, _ := c.Tenant.Person("patti")
	return p
}

// removePerson deletes somebody, and answers who it was.
func (c *Control) removePerson(r *http.Request) (any, error) {
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	return p, c.Tenant.RemovePerson(p.ID)
}

func (c *Control) passPolicy(r *http.Request) (any, error) {
	var change struct {
		Enabled *bool `json:"enabled"`
		Min     *int  `json:"min"`
		Max     *int  `json:"max"`
		Default *int  `json:"default"`
		OneTime *bool `json:"oneTime"`
		// Include and Exclude replace whom the policy is for.
		Include []string `json:"include"`
		Exclude []string `json:"exclude"`
	}
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	include, err := c.targets(change.Include)
	if err != nil {
		return nil, err
	}
	exclude, err := c.targets(change.Exclude)
	if err != nil {
		return nil, err
	}
	c.Tenant.SetTAPPolicy(func(policy *entra.PassPolicy) {
		set(&policy.Enabled, change.Enabled)
		set(&policy.Min, change.Min)
		set(&policy.Max, change.Max)
		set(&policy.Default, change.Default)
		set(&policy.OneTime, change.OneTime)
		if change.Include != nil {
			policy.Include = include
		}
		if change.Exclude != nil {
			policy.Exclude = exclude
		}
	})
	policy := c.Tenant.PassPolicy()
	return map[string]any{
		"enabled": policy.Enabled, "min": policy.Min, "max": policy.Max, "default": policy.Default, "oneTime": policy.OneTime,
	}, nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// known finds somebody, or says with 404 that nobody is called that.
func (c *Control) known(name string) (entra.Person, error) {
	p, ok := c.Tenant.Person(name)
	if !ok {
		return p, &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("there is nobody called %q", name)}
	}
	return p, nil
}
