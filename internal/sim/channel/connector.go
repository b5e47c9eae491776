package channel

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf16"
)

// maxMessage is the documented limit of a message, about 100 KB counted as
// UTF-16 (Teams: "Format your bot messages").
const maxMessage = 100 << 10

// route finds the operation. Ids arrive escaped, so the escaped path is split
// before its parts are unescaped.
func (c *Channel) route(w http.ResponseWriter, r *http.Request) {
	parts, ok := split(r.URL.EscapedPath())
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, refused := read(r)
	if refused != nil {
		refused.write(w)
		return
	}
	var answer any
	status := http.StatusOK
	switch name, method := operation(parts), r.Method; {
	case name == "conversations" && method == http.MethodPost:
		status, answer, refused = c.create(body)
	case name == "activities" && method == http.MethodPost:
		status, answer, refused = c.send(parts[0], "", body, r.URL.Query())
	case name == "activity" && method == http.MethodPost:
		status, answer, refused = c.send(parts[0], parts[2], body, r.URL.Query())
	case name == "activity" && method == http.MethodPut:
		answer, refused = c.update(parts[0], parts[2], body)
	case name == "activity" && method == http.MethodDelete:
		refused = c.remove(parts[0], parts[2])
	case name == "pagedmembers" && method == http.MethodGet:
		answer, refused = c.pagedMembers(parts[0], r.URL.Query())
	case name == "members" && method == http.MethodGet:
		answer, refused = c.members(parts[0])
	case name == "member" && method == http.MethodGet:
		answer, refused = c.member(parts[0], parts[2])
	case name != "":
		refused = &refusal{http.StatusMethodNotAllowed, "MethodNotAllowed", "The requested resource does not support http method '" + method + "'."}
	default:
		http.NotFound(w, r)
		return
	}
	switch {
	case refused != nil:
		refused.write(w)
	case answer == nil:
		w.WriteHeader(status)
	default:
		reply(w, status, answer)
	}
}

// split takes the path below /teams/v3/conversations apart.
func split(escaped string) ([]string, bool) {
	rest, ok := strings.CutPrefix(escaped, "/teams/v3/conversations")
	if !ok || rest != "" && rest[0] != '/' {
		return nil, false
	}
	rest = strings.Trim(rest, "/")
	if rest == "" {
		return nil, true
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		unescaped, err := url.PathUnescape(part)
		if err != nil || unescaped == "" {
			return nil, false
		}
		parts[i] = unescaped
	}
	return parts, true
}

// operation names what the path's parts address; empty: nothing.
func operation(parts []string) string {
	switch {
	case len(parts) == 0:
		return "conversations"
	case len(parts) == 2 && (parts[1] == "activities" || parts[1] == "pagedmembers" || parts[1] == "members"):
		return parts[1]
	case len(parts) == 3 && parts[1] == "activities":
		return "activity"
	case len(parts) == 3 && parts[1] == "members":
		return "member"
	}
	return ""
}

// read takes the body in, as far as a message may be long.
func read(r *http.Request) ([]byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 4*maxMessage))
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return nil, tooBig()
	}
	if err != nil {
		return nil, badSyntax("The request body could not be read.")
	}
	units := 0
	for _, char := range string(body) {
		units += utf16.RuneLen(char)
	}
	if 2*units > maxMessage {
		return nil, tooBig()
	}
	return body, nil
}

func decode(body []byte, into any) *refusal {
	if err := json.Unmarshal(body, into); err != nil {
		return badSyntax("Invalid JSON in the request body.")
	}
	return nil
}
