package graph

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// unitsFor is what a request to the directory costs (Graph: throttling limits,
// identity and access, resource unit costs).
func unitsFor(req Request, segments []string) int {
	cost := baseUnits(req.Method, segments)
	values, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return cost
	}
	if values.Has("$select") {
		cost--
	}
	if values.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(values.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(cost, 1)
}

func baseUnits(method string, segments []string) int {
	last := ""
	if len(segments) > 2 {
		last = strings.ToLower(segments[2])
	}
	switch {
	case method == http.MethodGet && len(segments) == 1 && strings.EqualFold(segments[0], "users"):
		return 2
	case strings.HasPrefix(last, "checkmember"):
		return 4
	case method != http.MethodGet:
		return 1
	case last == "transitivemembers":
		return 5
	case last == "members":
		return 3
	case last == "memberof", last == "transitivememberof":
		return 2
	}
	return 1
}

// writes says whether a request changes the directory: checks of memberships
// are read by POST.
func writes(method string, segments []string) bool {
	last := strings.ToLower(segments[len(segments)-1])
	return method != http.MethodGet && !strings.HasPrefix(last, "checkmember")
}
