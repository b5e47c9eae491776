package graph

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// source yields the values of a collection, in an order that does not change
// between two pages.
type source func(yield func(k *kind, value any) bool)

// each is the source of values that the request owns.
func each[T any](k *kind, values []T) source {
	return func(yield func(*kind, any) bool) {
		for i := range values {
			if !yield(k, &values[i]) {
				return
			}
		}
	}
}

// listing is a collection to be answered.
type listing struct {
	// context is what follows "$metadata#".
	context string
	// declared is the type of the collection's items.
	declared *kind
	// mixed are the kinds that items may have, where these differ.
	mixed []*kind
	from  source
	// after is from without the first so many, where these can be passed over
	// faster than one by one.
	after func(skip int) source
	// indexed collections are filtered by advanced queries only, and cast to one
	// type with ConsistencyLevel: eventual only.
	indexed, cast bool
}

type item struct {
	kind  *kind
	value any
	// key is what the item is sorted by.
	key string
}

// list answers a collection: filtered, ordered, paged, with what is selected.
func (a *ask) list(l listing) (Reply, error) {
	if err := l.check(a.query); err != nil {
		return Reply{}, err
	}
	if a.query.top > shortPage && a.graph.Manners.Now().Paging {
		a.query.top = shortPage
	}
	page, total := l.collect(a.query)
	body := object{"@odata.context": a.base + "/$metadata#" + l.context + selection(a.query)}
	if a.query.advanced() {
		body["@odata.count"] = total
	}
	if end := a.query.skip + a.query.top; total > end {
		body["@odata.nextLink"] = a.nextLink(end)
	}
	values := make([]object, len(page))
	for i, it := range page {
		values[i] = it.kind.show(it.value, a.query.selected)
		it.kind.inline(values[i], it.value, a.query.expand)
		if l.mixed != nil {
			values[i]["@odata.type"] = "#microsoft.graph." + it.kind.name
		}
	}
	body["value"] = values
	a.advise(body, l.context)
	return Reply{Status: http.StatusOK, Body: body}, nil
}

// size answers a collection's /$count, as text.
func (a *ask) size(l listing) (Reply, error) {
	if !a.query.eventual {
		return Reply{}, badDirectoryRequest("$count is not currently supported.")
	}
	a.query.count = true
	if err := l.check(a.query); err != nil {
		return Reply{}, err
	}
	_, total := l.collect(a.query)
	return Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(strconv.Itoa(total))}, nil
}

func (l listing) check(q query) error {
	kinds := l.mixed
	if kinds == nil {
		kinds = []*kind{l.declared}
	}
	if err := checkShown(q, l.declared.name, kinds...); err != nil {
		return err
	}
	if q.orderBy != "" && (!slices.Contains([]string{"displayName", "userPrincipalName"}, q.orderBy) || q.filter != nil && !q.advanced()) {
		return unsupported("Unsupported sort property '" + q.orderBy + "' for '" + title(l.declared.name) + "'.")
	}
	if l.indexed && (q.filter != nil && !q.advanced() || l.cast && !q.eventual) {
		return unsupported("The specified query is only supported with the request header 'ConsistencyLevel: eventual' and $count=true.")
	}
	return l.declared.checkFilter(q)
}

// collect returns the page that is asked for, and how many values there are,
// or one more than the page's end if nobody asked how many.
func (l listing) collect(q query) ([]item, int) {
	var kept []item
	total, end, from := 0, q.skip+q.top, l.from
	if l.after != nil && q.filter == nil && q.search == nil && q.orderBy == "" && !q.count {
		from, total = l.after(q.skip), q.skip
	}
	from(func(k *kind, value any) bool {
		get := func(name string) any {
			p, ok := k.property(name)
			if !ok {
				return nil
			}
			return p.value(value)
		}
		if q.filter != nil && !q.filter.match(get) || q.search != nil && !q.search.match(get) {
			return true
		}
		total++
		if q.orderBy != "" || total > q.skip && total <= end {
			if k.own != nil {
				value = k.own(value)
			}
			key, _ := get(q.orderBy).(string)
			kept = append(kept, item{k, value, strings.ToLower(key)})
		}
		return q.orderBy != "" || q.count || total <= end
	})
	if q.orderBy != "" {
		sortBy(kept, q)
		kept = kept[min(q.skip, len(kept)):min(end, len(kept))]
	}
	return kept, total
}

func sortBy(items []item, q query) {
	slices.SortStableFunc(items, func(a, b item) int {
		if q.reverse {
			a, b = b, a
		}
		return strings.Compare(a.key, b.key)
	})
}

// one answers a single object.
func (a *ask) one(context string, k *kind, value any) (Reply, error) {
	if err := checkShown(a.query, k.name, k); err != nil {
		return Reply{}, err
	}
	o := k.show(value, a.query.selected)
	k.inline(o, value, a.query.expand)
	o["@odata.context"] = a.base + "/$metadata#" + context + selection(a.query) + "/$entity"
	a.advise(o, context)
	return Reply{Status: http.StatusOK, Body: o}, nil
}

// selection is how a context names what was selected and expanded.
func selection(q query) string {
	parts := slices.Clone(q.selected)
	for _, e := range q.expand {
		parts = append(parts, e.name+"("+strings.Join(e.selected, ",")+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ",") + ")"
}

func (a *ask) nextLink(skip int) string {
	values := url.Values{}
	for name, v := range a.query.all {
		values[name] = v
	}
	values.Set("$skiptoken", base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "RFNwdAoAAQ:%d", skip)))
	return a.base + a.URL.EscapedPath() + "?" + values.Encode()
}

func readSkipToken(token string) (int, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	number, ok := strings.CutPrefix(string(raw), "RFNwdAoAAQ:")
	skip, errNumber := strconv.Atoi(number)
	if err != nil || !ok || errNumber != nil || skip < 0 {
		return 0, &fault{Status: http.StatusBadRequest, Code: "Directory_ExpiredPageToken", Message: "The specified page token value has expired and can no longer be included in your request."}
	}
	return skip, nil
}
