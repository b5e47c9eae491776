package check

import (
	"context"

	"github.com/passdesk/passdesk/internal/teams"
)

// lookAtKeys fetches the keys with which Teams signs what it sends.
func (r *run) lookAtKeys(ctx context.Context) {
	receiver, err := teams.NewReceiver(teams.Trust{
		AppID: r.config.Bot.AppID, Tenant: r.config.Tenant, Metadata: r.config.Bot.OpenIDMetadata,
		ServiceHosts: r.config.Bot.ServiceHosts, HTTP: r.client,
	})
	if err != nil {
		r.find(Error, err.Error()+".", "Correct the keys under bot in the configuration.")
		return
	}
	switch keys, err := receiver.Look(ctx); {
	case err != nil:
		r.find(Error, "The channel's keys cannot be had: "+err.Error()+". Nothing that Teams sends would be believed.", "See that "+r.config.Bot.OpenIDMetadata+" can be reached from here, through the proxy if there is one, and that bot.openid_metadata is right.")
	case keys.Endorsed == 0:
		r.find(Error, "The channel publishes "+many(keys.Keys, "key", "keys")+", but none that may sign for Teams.", "See that bot.openid_metadata is the Bot Framework's.")
	default:
		r.fine("The channel publishes " + many(keys.Endorsed, "key", "keys") + " for Teams.")
	}
}
