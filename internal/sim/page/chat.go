package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

// bodyLimit bounds what the page may send: a card's inputs are far smaller.
const bodyLimit = 256 << 10

// call is the body of every POST.
type call struct {
	Person       string          `json:"person"`
	Conversation string          `json:"conversation"`
	Text         string          `json:"text"`
	Message      string          `json:"message"`
	Action       json.RawMessage `json:"action"`
	Inputs       map[string]any  `json:"inputs"`
	Accept       bool            `json:"accept"`
}

// chats answers {"chats": […]} for ?person=.
func (p *Page) chats(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("person")
	if _, ok := p.Tenant.Person(key); !ok {
		fail(w, http.StatusNotFound, "There is no such person.")
		return
	}
	chats := p.Teams.Chats(key)
	if chats == nil {
		chats = []channel.Chat{}
	}
	for i := range chats { // files are long, and what they are called is in the messages
		chats[i].Files = nil
	}
	answer(w, map[string]any{"chats": chats})
}

// Outcomes of what somebody does.
const (
	done    = "done"    // nothing to show but what is in the chat
	message = "message" // a line of text under the card
	failed  = "failed"  // an error under the card, or above the box to write in
)

// outcome is what the client shows after something was said or pressed.
type outcome struct {
	Outcome string `json:"outcome"`
	Text    string `json:"text,omitempty"`
}

// open tells Teams what is on the person's screen, which lets its cards
// refresh. How that went is not shown, as in Teams.
func (p *Page) open(w http.ResponseWriter, r *http.Request) {
	c, ok := p.read(w, r)
	if !ok {
		return
	}
	_, err := p.Teams.Open(r.Context(), c.Person, c.Conversation)
	answer(w, told(channel.Answer{}, err))
}

// say writes a message as the person.
func (p *Page) say(w http.ResponseWriter, r *http.Request) {
	c, ok := p.read(w, r)
	if !ok {
		return
	}
	if strings.TrimSpace(c.Text) == "" {
		fail(w, http.StatusBadRequest, "There is nothing to say.")
		return
	}
	reply, err := p.Teams.Say(r.Context(), c.Person, c.Conversation, c.Text)
	if reply.Status >= http.StatusMultipleChoices {
		reply.Error = fmt.Sprintf("%s did not take the message (HTTP %d).", channel.BotName, reply.Status)
	}
	answer(w, told(reply, err))
}

// press presses a button as the person and answers what to show under the card.
func (p *Page) press(w http.ResponseWriter, r *http.Request) {
	c, ok := p.read(w, r)
	if !ok {
		return
	}
	if c.Message == "" || len(c.Action) == 0 {
		fail(w, http.StatusBadRequest, "A message and an action are required.")
		return
	}
	reply, err := p.Teams.Press(r.Context(), c.Person, c.Conversation, c.Message, c.Action, c.Inputs)
	answer(w, told(reply, err))
}

// consent answers a card that offers a file.
func (p *Page) consent(w http.ResponseWriter, r *http.Request) {
	c, ok := p.read(w, r)
	if !ok {
		return
	}
	reply, err := p.Teams.Consent(r.Context(), c.Person, c.Message, c.Accept)
	if reply.Status >= http.StatusMultipleChoices {
		reply.Error = "The file could not be sent. Please try again."
	}
	answer(w, told(reply, err))
}

// told is what the client shows of the bot's answer. That the bot could not be
// reached is news for the person, not a fault of the page's request.
func told(reply channel.Answer, err error) outcome {
	switch {
	case errors.Is(err, channel.ErrUnreachable), errors.Is(err, channel.ErrNoBot):
		return outcome{failed, "Unable to reach app. Please try again."}
	case err != nil:
		return outcome{failed, "Something went wrong: " + err.Error() + "."}
	case reply.Error != "":
		return outcome{failed, reason(reply)}
	case reply.Message != "":
		return outcome{message, reply.Message}
	}
	return outcome{Outcome: done}
}

// reason is the message of an application/vnd.microsoft.error, or what the
// client says when the bot gave none ("Universal Action Model", error response).
func reason(reply channel.Answer) string {
	var body struct {
		Type  string
		Value struct{ Message string }
	}
	raw, ok := reply.Body.(json.RawMessage)
	if !ok || json.Unmarshal(raw, &body) != nil || body.Type != "application/vnd.microsoft.error" || body.Value.Message == "" {
		return reply.Error
	}
	return body.Value.Message
}

// read decodes a call and checks whose it is.
func (p *Page) read(w http.ResponseWriter, r *http.Request) (call, bool) {
	var c call
	if !decode(w, r, &c) {
		return c, false
	}
	if _, ok := p.Tenant.Person(c.Person); !ok {
		fail(w, http.StatusNotFound, "There is no such person.")
		return c, false
	}
	return c, true
}

// decode reads a JSON body of bounded size, or says what is wrong with it.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if !isJSON(w, r) {
		return false
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(into)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &tooLarge):
		fail(w, http.StatusRequestEntityTooLarge, "That is too much.")
	default:
		fail(w, http.StatusBadRequest, "That is not JSON of the expected shape.")
	}
	return false
}

// isJSON refuses what no page of ours sends.
func isJSON(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return true
	}
	fail(w, http.StatusUnsupportedMediaType, "JSON is required.")
	return false
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // a browser that has left needs no answer
}

func fail(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": text})
}
