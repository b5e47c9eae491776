package check

import (
	"context"
	"errors"
	"net/http"
	"syscall"
	"time"
)

// publicLimit is how long the public address may take to answer.
const publicLimit = 10 * time.Second

// lookAtPublic looks whether Passdesk, or what is in front of it, answers at the
// address that Teams is to send to.
func (r *run) lookAtPublic(ctx context.Context) {
	if r.config.Bot.Domain == "" {
		return // it is known to the Azure Bot alone
	}
	r.answersAt(ctx, r.client, "https://"+r.config.Bot.Domain+"/api/messages")
}

// answersAt asks an endpoint as nobody should: a Passdesk answers that this is not
// the way.
func (r *run) answersAt(ctx context.Context, client *http.Client, address string) {
	ctx, cancel := context.WithTimeout(ctx, publicLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		r.find(Error, err.Error()+".", "Correct bot.domain.")
		return
	}
	resp, err := client.Do(req)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		r.find(Note, "Nobody answers at "+address+" yet.", "Start Passdesk, and what is in front of it; Teams must reach it there.")
		return
	case err != nil:
		r.find(Warning, "The public address cannot be reached from here: "+cause(err)+".", "See that the name leads to Passdesk, with a certificate that everybody trusts. Nothing, if it can be reached from the internet only.")
		return
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		r.find(Warning, "What answers at "+address+" is no Passdesk: "+resp.Status+".", "See where the name leads, and that the path goes to Passdesk's listen address.")
		return
	}
	r.fine("A Passdesk answers at " + address + ".")
}
