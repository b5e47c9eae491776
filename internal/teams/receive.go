package teams

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// channelID is the only channel that is served.
const channelID = "msteams"

// Receiver lets in the activities of one bot in one tenant, and nobody else's.
// It is safe for concurrent use.
type Receiver struct {
	trust  Trust
	hosts  hosts
	keys   *keyring
	tokens *tokens
}

// NewReceiver checks what it is given and fetches nothing: keys are fetched at
// the first need and by [Receiver.Ready].
func NewReceiver(t Trust) (*Receiver, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("inbound trust: %w", err)
	}
	t = t.filled()
	allowed, err := parseHosts(t.ServiceHosts)
	if err != nil {
		return nil, fmt.Errorf("inbound trust: %w", err)
	}
	published := source{metadata: t.Metadata, http: closed(t.HTTP, fetchTime)}
	keys := &keyring{fetch: published.fetch, now: t.Now, log: t.Log}
	r := &Receiver{trust: t, hosts: allowed, keys: keys}
	r.tokens, err = newTokens(t, keys, r.judgeService)
	if err != nil {
		return nil, fmt.Errorf("inbound trust: %w", err)
	}
	return r, nil
}

// Receive authenticates a request and decodes its activity. The token is
// verified before the body is read; the body is then held against the token.
// Nothing has been written when it returns. The error is a [*Refusal].
func (r *Receiver) Receive(w http.ResponseWriter, req *http.Request) (*Activity, error) {
	if req.Method != http.MethodPost {
		return nil, &Refusal{Status: http.StatusMethodNotAllowed, Code: "method"}
	}
	raw, err := bearer(req.Header)
	if err != nil {
		return nil, err
	}
	proven, err := r.tokens.verify(req.Context(), raw)
	if err != nil {
		return nil, err
	}
	body, err := r.readBody(w, req)
	if err != nil {
		return nil, err
	}
	a, err := decode(body)
	if err != nil {
		return nil, err
	}
	if err := r.admit(req.Context(), proven, a); err != nil {
		return nil, err
	}
	a.ServiceURL = proven.serviceURL // the same, as it was signed
	return a, nil
}

// Ready says whether the channel's keys are there, and fetches them if not.
func (r *Receiver) Ready(ctx context.Context) error { return r.keys.ready(ctx) }

// admit holds a body against the token that came with it: the token does not
// sign the body, so everything that binds the two is compared.
func (r *Receiver) admit(ctx context.Context, t *token, a *Activity) error {
	if err := r.admitService(t, a.ServiceURL); err != nil {
		return err
	}
	if a.ChannelID != channelID {
		return forbidden("channel", a.ChannelID)
	}
	if key := r.tokens.published(ctx, t); key == nil || !key.endorses(a.ChannelID) {
		return forbidden("endorsement", a.ChannelID)
	}
	if err := r.admitTenant(t, a); err != nil {
		return err
	}
	if a.Type == TypeMessage || a.Type == TypeInvoke {
		if !guid(a.From.ObjectID) {
			return forbidden("sender without object id", a.From.ObjectID)
		}
	}
	return nil
}

// admitService compares the token's service URL with the body's, without
// regard to case and a slash at the end, as Microsoft's own SDK for Teams does.
func (r *Receiver) admitService(t *token, address string) error {
	if address == "" {
		return forbidden("service URL missing", "")
	}
	if !strings.EqualFold(strings.TrimSuffix(address, "/"), strings.TrimSuffix(t.serviceURL, "/")) {
		return forbidden("service URL", address)
	}
	if t.service != nil {
		return t.service
	}
	return nil
}

// judgeService says why nothing may be sent to a service URL, nil if it may. A
// path that names a tenant must name ours. The verdict depends on nothing that
// changes, so it is kept with the token.
func (r *Receiver) judgeService(address string) *Refusal {
	u, err := r.hosts.allowed(address)
	if err != nil {
		return forbidden("service host", err.Error())
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if guid(part) && !strings.EqualFold(part, r.trust.Tenant) {
			return forbidden("tenant", "service URL of "+part)
		}
	}
	return nil
}

// admitTenant demands that the body names our tenant, and no other anywhere.
func (r *Receiver) admitTenant(t *token, a *Activity) error {
	named := 0
	for _, tenant := range [...]string{a.Conversation.TenantID, a.Channel.TenantID, t.tenant} {
		if tenant != "" && !strings.EqualFold(tenant, r.trust.Tenant) {
			return forbidden("tenant", tenant)
		}
	}
	for _, tenant := range [...]string{a.Conversation.TenantID, a.Channel.TenantID} {
		if tenant != "" {
			named++
		}
	}
	if named == 0 {
		return forbidden("tenant missing", "")
	}
	return nil
}
