package teams

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Types of the answer to an adaptiveCard/action (Universal Action Model,
// "Response format").
const (
	replyCard  = "application/vnd.microsoft.card.adaptive"
	replyText  = "application/vnd.microsoft.activity.message"
	replyError = "application/vnd.microsoft.error"
)

// Reply is the answer to an adaptiveCard/action, ready to be written. Only the
// client that pressed the button sees it.
type Reply struct{ body []byte }

// CardReply shows a card, valid JSON, to the person who pressed the button.
func CardReply(card json.RawMessage) Reply { return makeReply(http.StatusOK, replyCard, card) }

// DrawnReply shows a card that draw appends to what it is given; it is about
// size bytes long. A card is drawn at every click, and so not copied once more.
func DrawnReply(size int, draw func(b []byte) []byte) Reply {
	return Reply{append(draw(begin(size, http.StatusOK, replyCard)), '}')}
}

// TextReply shows a short text.
func TextReply(text string) Reply { return makeReply(http.StatusOK, replyText, quote(text)) }

// ErrorReply reports that the button did not work. Status is 400 when the
// client is to blame and 500 otherwise; message is shown to people.
func ErrorReply(status int, code, message string) Reply {
	value := append([]byte(`{"code":`), quote(code)...)
	value = append(value, `,"message":`...)
	value = append(value, quote(message)...)
	return makeReply(status, replyError, append(value, '}'))
}

// Body is the JSON of the answer.
func (r Reply) Body() []byte { return r.body }

// Write answers the HTTP request. The HTTP status is 200 whenever the bot
// processed the call: success or failure stands in the body.
func (r Reply) Write(w http.ResponseWriter) error {
	w.Header()["Content-Type"] = jsonType
	_, err := w.Write(r.body)
	return err
}

var jsonType = []string{"application/json; charset=utf-8"}

// makeReply pastes the value in, because a card has just been encoded and need
// not be read again.
func makeReply(status int, kind string, value []byte) Reply {
	return Reply{append(append(begin(len(value), status, kind), value...), '}')}
}

// begin is an answer up to its value, with room for one of size bytes.
func begin(size, status int, kind string) []byte {
	body := make([]byte, 0, size+128)
	body = append(body, `{"statusCode":`...)
	body = strconv.AppendInt(body, int64(status), 10)
	body = append(body, `,"type":"`...)
	body = append(body, kind...)
	return append(body, `","value":`...)
}

// quote encodes a string; encoding/json cannot fail on one.
func quote(text string) []byte {
	quoted, _ := json.Marshal(text) //nolint:errchkjson // a string always encodes
	return quoted
}
