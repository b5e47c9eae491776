package teams

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/connector/client"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

// validator puts the receiver's checks in the place of the library's, whose own
// panic on a missing claim, accept tokens without expiry and look neither at
// endorsements nor at the tenant.
type validator struct{ receiver *Receiver }

var _ auth.TokenValidator = validator{}

// AuthenticateRequest verifies a token and holds the activity against it. The
// library's credentials and channel are not asked. The error is a [*Refusal].
func (v validator) AuthenticateRequest(
	ctx context.Context, act schema.Activity, header string, _ auth.CredentialProvider, _ string,
) (auth.ClaimsIdentity, error) {
	raw, err := bearer(http.Header{"Authorization": {header}})
	if err != nil {
		return nil, err
	}
	t, err := v.receiver.tokens.verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if err := v.receiver.admit(ctx, t, fromSchema(&act)); err != nil {
		return nil, err
	}
	return auth.NewClaimIdentity(map[string]any{
		"iss": v.receiver.trust.Issuer, "aud": v.receiver.trust.AppID, "serviceurl": t.serviceURL,
	}, true), nil
}

// outbox is the library's client for a single turn. The library's own knows no
// context and drops the ids that Teams returns; this one leaves both to the
// turn that made it.
type outbox struct {
	deliver func(method string, act *schema.Activity) error
}

var _ client.Client = outbox{}

// Post delivers what a handler returned. The URL that the library built is not
// used: it does not escape ids.
func (o outbox) Post(_ url.URL, act schema.Activity) error {
	return o.deliver(http.MethodPost, &act)
}

// Put replaces a message.
func (o outbox) Put(_ url.URL, act schema.Activity) error {
	return o.deliver(http.MethodPut, &act)
}

// Delete takes a message away.
func (o outbox) Delete(_ url.URL, act schema.Activity) error {
	return o.deliver(http.MethodDelete, &act)
}

// toSchema gives the library what it routes by.
func toSchema(a *Activity) schema.Activity {
	return schema.Activity{
		Type: schema.ActivityTypes(a.Type), ID: a.ID, Name: a.Name, Text: a.Text,
		TextFormat: schema.TextFormatTypes(a.TextFormat), Locale: a.Locale, LocalTimezone: a.Timezone,
		ServiceURL: a.ServiceURL, ChannelID: a.ChannelID, ReplyToID: a.ReplyToID, Action: a.Action,
		From: toAccount(a.From), Recipient: toAccount(a.Recipient),
		Conversation: schema.ConversationAccount{
			ID: a.Conversation.ID, Name: a.Conversation.Name,
			ConversationType: a.Conversation.Type, TenantID: a.Conversation.TenantID,
		},
	}
}

func toAccount(a Account) schema.ChannelAccount {
	return schema.ChannelAccount{ID: a.ID, Name: a.Name, AadObjectID: a.ObjectID}
}

// fromSchema keeps what admit looks at.
func fromSchema(s *schema.Activity) *Activity {
	a := &Activity{
		Type: string(s.Type), ID: s.ID, ServiceURL: s.ServiceURL, ChannelID: s.ChannelID,
		From:         Account{ID: s.From.ID, ObjectID: s.From.AadObjectID},
		Conversation: Conversation{ID: s.Conversation.ID, TenantID: s.Conversation.TenantID},
	}
	if tenant, ok := s.ChannelData["tenant"].(map[string]any); ok {
		a.Channel.TenantID, _ = tenant["id"].(string)
	}
	return a
}

// says is the library's option for a message of ours.
func says(m Message) func(*schema.Activity) error {
	return func(act *schema.Activity) error {
		act.Text, act.Summary = m.Text, m.Summary
		if len(m.Card) > 0 {
			act.Attachments = []schema.Attachment{{ContentType: replyCard, Content: m.Card}}
		}
		if m.Alert {
			act.ChannelData = map[string]any{"notification": map[string]any{"alert": true}}
		}
		return nil
	}
}

// said is what says put in.
func said(act *schema.Activity) Message {
	m := Message{Text: act.Text, Summary: act.Summary}
	for i := range act.Attachments {
		if card, ok := act.Attachments[i].Content.(json.RawMessage); ok {
			m.Card = card
		}
	}
	if notification, ok := act.ChannelData["notification"].(map[string]any); ok {
		m.Alert, _ = notification["alert"].(bool)
	}
	return m
}
