package control

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/manners"
)

func (c *Control) manners(*http.Request) (any, error) { return c.Manners.Now(), nil }

// setManners turns the switches that are named, and answers how all stand then.
func (c *Control) setManners(r *http.Request) (any, error) {
	return c.Manners.Change(func(m *manners.Manners) error { return decode(r, m) })
}
