package graph

import (
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/crash"
)

// changing names the moment before or after a call that changes the tenant, by
// its method and the collection.
func changing(moment string, req *http.Request) {
	if !crash.On || req.Method == http.MethodGet || strings.HasSuffix(req.URL.Path, "/$batch") {
		return
	}
	const id = "00000000-0000-0000-0000-000000000000"
	collection := ""
	for _, part := range strings.Split(req.URL.Path, "/") {
		if part != "$ref" && len(part) != len(id) {
			collection = part
		}
	}
	crash.At(moment + " graph " + req.Method + " " + collection)
}
