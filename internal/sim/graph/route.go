package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one call that Graph offers.
type route struct {
	method  string
	path    []string
	options []string
	handle  func(*ask) (Reply, error)
}

// ask is a request that has found its route.
type ask struct {
	Request
	params map[string]string
	query  query
	graph  *Graph
	number int64 // among those that read; 0: not counted yet
}

// entity are the options of a call that answers one object; collection those
// of a list in the directory; plain those of a list that offers little.
var (
	entity     = []string{"select", "expand"}
	collection = []string{"select", "expand", "filter", "top", "count", "search", "orderby", "skiptoken"}
	plain      = []string{"select", "filter", "top", "skiptoken"}
	counting   = []string{"filter", "search"}
)

// on makes a route; names in braces match any one segment.
func on(method, path string, options []string, handle func(*ask) (Reply, error)) route {
	return route{method: method, path: strings.Split(path, "/"), options: options, handle: handle}
}

// table lists every call. Fixed names come before names in braces.
func (g *Graph) table() []route {
	return slices.Concat(
		g.userRoutes(), g.groupRoutes(), g.roleRoutes(), g.methodRoutes(), g.passRoutes(),
		g.methodPolicyRoutes(), g.strengthRoutes(), g.accessRoutes(), g.signInRoutes(), g.auditRoutes(), g.reportRoutes(), g.teamworkRoutes(), g.organizationRoutes(),
	)
}

// dispatch answers a request that is no batch.
func (g *Graph) dispatch(req Request) (Reply, error) {
	segments, err := segmentsOf(req.URL)
	if err != nil {
		return Reply{}, err
	}
	found, params, err := g.find(req.Method, segments)
	if err != nil {
		return Reply{}, err
	}
	if err := req.permit(segments); err != nil {
		return Reply{}, err
	}
	q, err := parseQuery(req.URL.RawQuery, found.options)
	if err != nil {
		return Reply{}, err
	}
	q.eventual = strings.EqualFold(req.Header.Get("ConsistencyLevel"), "eventual")
	return found.handle(&ask{Request: req, params: params, query: q, graph: g})
}

func segmentsOf(u *url.URL) ([]string, error) {
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, badRequest("The path of the request is not valid.")
		}
		segments[i] = plain
	}
	return segments, nil
}

func (g *Graph) find(method string, segments []string) (route, map[string]string, error) {
	known, longest := false, 0
	for _, r := range g.routes {
		params, matched := r.match(segments)
		longest = max(longest, matched)
		if params == nil {
			continue
		}
		known = true
		if r.method == method {
			return r, params, nil
		}
	}
	if known {
		return route{}, nil, &fault{
			Status: http.StatusMethodNotAllowed, Code: "Request_BadRequest",
			Message: "Specified HTTP method is not allowed for the request target.",
		}
	}
	if longest == len(segments) {
		longest--
	}
	return route{}, nil, badRequest("Resource not found for the segment '" + segments[longest] + "'.")
}

// match returns the values of the names in braces, or nil and how many segments fitted.
func (r route) match(segments []string) (map[string]string, int) {
	params := map[string]string{}
	for i, s := range segments {
		if i >= len(r.path) {
			return nil, i
		}
		name, isParam := strings.CutPrefix(r.path[i], "{")
		switch {
		case isParam && s != "" && !strings.HasPrefix(s, "$"):
			params[strings.TrimSuffix(name, "}")] = s
		case !strings.EqualFold(strings.TrimPrefix(s, "microsoft."), r.path[i]):
			return nil, i
		}
	}
	if len(segments) < len(r.path) {
		return nil, len(segments)
	}
	return params, len(segments)
}
