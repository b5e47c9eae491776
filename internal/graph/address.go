package graph

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// user is the path of a person, or of something below them.
func user(key string, below ...string) string {
	return strings.Join(append([]string{"/users", segment(key)}, below...), "/")
}

// segment escapes one segment of a path: the # in the name of an invited guest,
// for one.
func segment(text string) string { return url.PathEscape(text) }

// readable leaves unescaped what a query may hold as it is, so that addresses
// can be read in a log; "+" would not mean a space to everybody.
var readable = strings.NewReplacer("+", "%20", "%24", "$", "%28", "(", "%29", ")", "%2C", ",", "%27", "'", "%3A", ":", "%40", "@", "%2F", "/")

// query builds the query of an address from names and values in turn.
func query(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(pairs[i] + "=" + readable.Replace(url.QueryEscape(pairs[i+1])))
	}
	return b.String()
}

// literal is text as a string within $filter: a quote in it is doubled
// (OData: ABNF, SQUOTE-in-string).
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// about is the filter for what concerns one principal.
func about(id access.ID) string { return "principalId eq " + literal(string(id)) }

// below turns a link that Graph gave, such as @odata.nextLink, into a path. A
// link to another place would carry the token there, and is refused.
func (l *line) below(link string) (string, error) {
	path, ok := strings.CutPrefix(link, l.base+"/")
	if !ok {
		return "", fmt.Errorf("next page at another address than %s", l.base)
	}
	return "/" + path, nil
}
