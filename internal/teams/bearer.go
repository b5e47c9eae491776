package teams

import (
	"net/http"
	"strings"
)

// maxToken bounds the bearer token. The channel's are about 1 KB long.
const maxToken = 8 << 10

// bearer takes the token from the Authorization header: the scheme Bearer in
// any case, one space, and the rest, which tokens.verify demands to be a single
// token (RFC 6750 section 2.1). The error is a [*Refusal].
func bearer(h http.Header) (string, error) {
	values := h["Authorization"]
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return "", unauthorized("token missing", "")
	}
	if len(values) > 1 {
		return "", unauthorized("token malformed", "several Authorization headers")
	}
	scheme, token, found := strings.Cut(values[0], " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", unauthorized("token malformed", "not the Bearer scheme")
	}
	if token == "" {
		return "", unauthorized("token missing", "")
	}
	if len(token) > maxToken {
		return "", unauthorized("token malformed", "too long")
	}
	return token, nil
}

// compactJWS says whether a token has three non-empty parts of base64url
// letters (RFC 7515 section 7.1).
func compactJWS(token string) bool {
	dots, length := 0, 0
	for i := range len(token) {
		switch c := token[i]; {
		case c == '.':
			if length == 0 {
				return false
			}
			dots, length = dots+1, 0
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			length++
		default:
			return false
		}
	}
	return dots == 2 && length > 0
}
