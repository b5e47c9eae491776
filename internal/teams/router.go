package teams

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

// Handler answers what is said. An empty [Message] is no answer.
type Handler interface {
	// Message answers a message.
	Message(ctx context.Context, a *Activity) (Message, error)
	// ConversationUpdate answers people and bots that come and go.
	ConversationUpdate(ctx context.Context, a *Activity) (Message, error)
}

// ErrNotRouted is the error for activities that do not go through a [Router]:
// an invoke is answered in its HTTP reply, and everything else has no answer.
var ErrNotRouted = errors.New("activity is not routed")

// Router takes messages and conversation updates through msbotbuilder-go to a
// handler, and sends its answer. It is safe for concurrent use.
type Router struct {
	receiver  *Receiver
	connector *Connector
}

// NewRouter routes what a receiver lets in and answers through a connector.
func NewRouter(r *Receiver, c *Connector) *Router { return &Router{receiver: r, connector: c} }

// Route gives an activity to the handler and sends the answer as a reply. It
// returns the id of the message that was sent, empty when there was none. The
// error is the handler's, the connector's [*Error], or ErrNotRouted.
func (r *Router) Route(ctx context.Context, a *Activity, h Handler) (id string, err error) {
	if a.Type != TypeMessage && a.Type != TypeConversationUpdate {
		return "", fmt.Errorf("%w: %s", ErrNotRouted, a.Type)
	}
	var failure error // without the library's words
	adapter := r.adapter(func(method string, act *schema.Activity) error {
		id, failure = r.deliver(ctx, method, act)
		return failure
	})
	err = adapter.ProcessActivity(ctx, toSchema(a), handlers(ctx, a, h, &failure))
	if failure != nil {
		return "", failure
	}
	if err != nil {
		return "", fmt.Errorf("routing activity: %w", err)
	}
	return id, nil
}

// adapter is made anew for each turn, because the library's client can hold
// neither a context nor a result.
func (r *Router) adapter(deliver func(string, *schema.Activity) error) *core.BotFrameworkAdapter {
	return &core.BotFrameworkAdapter{
		AdapterSetting: core.AdapterSetting{AppID: r.receiver.trust.AppID},
		TokenValidator: validator{r.receiver},
		Client:         outbox{deliver},
	}
}

// handlers are the library's, around ours.
func handlers(ctx context.Context, a *Activity, h Handler, failure *error) activity.HandlerFuncs {
	around := func(answer func(context.Context, *Activity) (Message, error)) func(*activity.TurnContext) (schema.Activity, error) {
		return func(turn *activity.TurnContext) (schema.Activity, error) {
			m, err := answer(ctx, a)
			if err != nil {
				*failure = err
				return schema.Activity{}, err
			}
			if m.Empty() {
				return schema.Activity{}, nil
			}
			return turn.SendActivity(says(m))
		}
	}
	return activity.HandlerFuncs{
		OnMessageFunc:            around(h.Message),
		OnConversationUpdateFunc: around(h.ConversationUpdate),
	}
}

// deliver sends what the library was given. It always posts, even when a
// handler has nothing to say: that activity is empty and goes nowhere.
func (r *Router) deliver(ctx context.Context, method string, act *schema.Activity) (string, error) {
	p := Place{ServiceURL: act.ServiceURL, Conversation: act.Conversation.ID}
	m := said(act)
	switch {
	case method == http.MethodPut:
		return act.ID, r.connector.Update(ctx, p, act.ID, m)
	case method == http.MethodDelete:
		return "", r.connector.Delete(ctx, p, act.ID)
	case m.Empty():
		return "", nil
	case act.ReplyToID == "":
		return r.connector.Send(ctx, p, m)
	default:
		return r.connector.Reply(ctx, p, act.ReplyToID, m)
	}
}
