package teams

import (
	"context"
	"log/slog"
	"net/url"
)

// government is the connector of tenants in the United States' government
// community cloud (Bot Framework: Connector API reference). The public host
// refuses such a tenant with InvalidBotApiHost.
const government = "https://smba.infra.gcc.teams.microsoft.com/gcc"

// elsewhere is the address of a call at the government's host, and remembers
// which host refused: later calls to that one go to the right host at once.
// False when the government's host is where the call was refused, or is not
// allowed: nothing goes to another host, whatever a refusal says.
func (c *Connector) elsewhere(ctx context.Context, k call, refused string) (string, bool) {
	from, err := c.hosts.allowed(k.service)
	if err != nil {
		return "", false
	}
	if _, err := c.hosts.allowed(government); err != nil {
		c.options.Log.LogAttrs(ctx, slog.LevelError, "Teams serves this tenant from the government's host; allow it in bot.service_hosts",
			slog.String("refused by", from.Host), slog.String("host", government), slog.Any("error", err))
		return "", false
	}
	before := c.moved.Swap(&from.Host)
	address, err := c.address(k)
	if err != nil || address == refused {
		c.moved.Store(nil)
		return "", false
	}
	if before == nil {
		c.options.Log.LogAttrs(ctx, slog.LevelWarn, "changing over to the government's host",
			slog.String("refused by", from.Host), slog.String("host", government))
	}
	return address, true
}

// base is where calls to a service URL go.
func (c *Connector) base(service string) (*url.URL, error) {
	u, err := c.hosts.allowed(service)
	if err != nil {
		return nil, err
	}
	if from := c.moved.Load(); from != nil && *from == u.Host {
		return c.hosts.allowed(government)
	}
	return u, nil
}
