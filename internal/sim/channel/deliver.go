package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenLife is how long a channel token is good; it is used again until a few
// minutes before that, as the real channel does.
const (
	tokenLife  = time.Hour
	tokenSpare = 5 * time.Minute
	maxAnswer  = 4 << 20
)

// What a person's client shows instead of a card (Teams: "Universal Actions").
const sorry = "Something went wrong. Please try again"

// Errors of what people do. ErrUnreachable wraps the transport's.
var (
	ErrNoPerson       = errors.New("nobody of that name in the tenant")
	ErrNoConversation = errors.New("no such conversation for this person")
	ErrNoMessage      = errors.New("no such message in the conversation")
	ErrNoBot          = errors.New("no bot address is set")
	ErrUnreachable    = errors.New("the bot cannot be reached")
	ErrActivity       = errors.New("not an activity")
)

// Answer is what came back from the bot for one activity, and what the
// person's client makes of it.
type Answer struct {
	Status  int               `json:"status"` // HTTP; 504 where the bot was too slow for the channel
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`              // JSON as it came, or a string
	Card    json.RawMessage   `json:"card,omitempty"`    // shown to this person from now on
	Message string            `json:"message,omitempty"` // shown for a moment
	Error   string            `json:"error,omitempty"`   // what the client shows instead of an answer
}

type channelToken struct {
	signed string
	spent  time.Time
}

// bearer is the token that the channel authenticates with to the bot ("Bot
// Connector authentication", connector to bot: aud, iss, serviceurl, nbf, exp).
func (c *Channel) bearer() (string, error) {
	c.tokenMu.Lock()
	defer c.tokenMu.Unlock()
	now := c.now()
	if c.token.signed != "" && now.Before(c.token.spent) {
		return c.token.signed, nil
	}
	signed, err := c.ring.Sign(jwt.MapClaims{
		"serviceurl": c.options.ServiceURL,
		"nbf":        now.Unix(),
		"exp":        now.Add(tokenLife).Unix(),
		"iss":        issuer,
		"aud":        c.tenant.AppID(),
	})
	if err != nil {
		return "", err
	}
	c.token = channelToken{signed, now.Add(tokenLife - tokenSpare)}
	return signed, nil
}

// deliver posts an activity to the bot and waits for its answer, at most as
// long as the channel does.
func (c *Channel) deliver(ctx context.Context, a activity) (Answer, error) {
	c.mu.Lock()
	bot := c.bot
	c.mu.Unlock()
	if bot == "" {
		return Answer{}, ErrNoBot
	}
	body, err := json.Marshal(a)
	if err != nil {
		return Answer{}, fmt.Errorf("encoding activity: %w", err)
	}
	token, err := c.bearer()
	if err != nil {
		return Answer{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, c.options.Deadline)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, http.MethodPost, bot, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("addressing the bot: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)")
	request.Header.Set("x-ms-tenant-id", c.tenant.ID())
	answer, err := c.exchange(request)
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() == nil && errors.Is(bounded.Err(), context.DeadlineExceeded):
		return Answer{Status: http.StatusGatewayTimeout, Headers: map[string]string{}, Body: "", Error: sorry}, nil
	}
	return Answer{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func (c *Channel) exchange(request *http.Request) (Answer, error) {
	response, err := c.options.HTTP.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Status: response.StatusCode, Headers: map[string]string{}, Body: string(body)}
	for name, values := range response.Header {
		answer.Headers[name] = strings.Join(values, ", ")
	}
	if json.Valid(body) {
		answer.Body = json.RawMessage(body)
	}
	return answer, nil
}

// read makes of an invoke's answer what a client makes of it: a card, a
// message or an error (Teams: "Universal Actions", response format).
func (a *Answer) read() {
	var body struct {
		StatusCode int             `json:"statusCode"`
		Type       string          `json:"type"`
		Value      json.RawMessage `json:"value"`
	}
	raw, _ := a.Body.(json.RawMessage)
	if a.Status != http.StatusOK || json.Unmarshal(raw, &body) != nil || body.StatusCode != http.StatusOK {
		a.Error = sorry
		return
	}
	switch body.Type {
	case cardType:
		a.Card = body.Value
	case "application/vnd.microsoft.activity.message":
		if json.Unmarshal(body.Value, &a.Message) != nil {
			a.Error = sorry
		}
	default:
		a.Error = sorry
	}
}
