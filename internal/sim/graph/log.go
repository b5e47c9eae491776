package graph

import "net/http"

// logLimit is the default and the largest page of the logs (Graph: List signIns).
const logLimit = 1000

// logged are the options of the logs: they take no $select, $orderby, $count or
// $search.
var logged = []string{"filter", "top", "skiptoken", longPages}

// Operators that the logs offer.
const (
	equal   = "eq"
	opening = "eq startswith"
	since   = "eq ge le"
)

// logPage lists lines, the newest first. A page goes on from the last line
// shown, so that new lines shift nothing.
func logPage[T any](a *ask, context string, k *kind, lines []T, number func(*T) int) (Reply, error) {
	if err := k.checkFilter(a.query); err != nil {
		return Reply{}, err
	}
	body, values := object{"@odata.context": a.base + "/$metadata#" + context}, []object{}
	last := 0
	for i := range lines {
		line := &lines[i]
		if a.query.skip > 0 && number(line) >= a.query.skip || !k.matches(a.query, line) {
			continue
		}
		if len(values) == a.query.top {
			body["@odata.nextLink"] = a.nextLink(last)
			break
		}
		values, last = append(values, k.show(line, nil)), number(line)
	}
	body["value"] = values
	return Reply{Status: http.StatusOK, Body: body}, nil
}

// logLine is the line that the path names.
func logLine[T any](a *ask, context string, k *kind, lines []T, id func(*T) string) (Reply, error) {
	for i := range lines {
		if id(&lines[i]) != a.params["line"] {
			continue
		}
		o := k.show(&lines[i], nil)
		o["@odata.context"] = a.base + "/$metadata#" + context + "/$entity"
		return Reply{Status: http.StatusOK, Body: o}, nil
	}
	return Reply{}, notFound(a.params["line"])
}

// matches says whether a value passes the filter, if there is one.
func (k *kind) matches(q query, value any) bool {
	return q.filter == nil || q.filter.match(func(name string) any {
		p, ok := k.property(name)
		if !ok {
			return nil
		}
		return p.value(value)
	})
}
