package graph

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// query holds the options of a call (OData 4.01, system query options).
type query struct {
	selected []string
	expand   []expansion
	filter   clause
	search   clause
	orderBy  string
	reverse  bool
	top      int
	most     int // that top may be
	count    bool
	skip     int
	// eventual is the header ConsistencyLevel: eventual.
	eventual bool
	// all are the options as sent, to be repeated in the link to the next page.
	all url.Values
}

// expansion is a navigation property to be inlined, with its own $select.
type expansion struct {
	name     string
	selected []string
}

// Page sizes of directory collections.
const (
	usualPage = 100
	topLimit  = 999
	// shortPage is how long a page is that is shorter than asked for: a page may
	// hold any number of items (Graph: paging).
	shortPage = 20
)

// longPages among the options offered lets pages be as long as those of a log.
const longPages = "long pages"

// advanced says whether the query asked for the indexes that advanced queries
// need (Graph: advanced query capabilities).
func (q query) advanced() bool { return q.eventual && q.count }

// parseQuery reads the options; those that the call does not offer are refused.
// Names without $ are no options of OData, and are ignored.
func parseQuery(raw string, offered []string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, badRequest("The query of the request is not valid.")
	}
	q := query{all: values, top: usualPage, most: topLimit}
	if slices.Contains(offered, longPages) {
		q.top, q.most = logLimit, logLimit
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		option, isOption := strings.CutPrefix(name, "$")
		if !isOption {
			continue
		}
		option = strings.ToLower(option)
		if !slices.Contains(offered, option) || len(values[name]) > 1 {
			return query{}, badDirectoryRequest("The query specified in the URI is not valid. Query option '" + name + "' is not allowed.")
		}
		if err := q.set(option, values.Get(name)); err != nil {
			return query{}, err
		}
	}
	return q, nil
}

func (q *query) set(option, value string) (err error) {
	switch option {
	case "select":
		q.selected, err = names(value)
	case "expand":
		q.expand, err = parseExpand(value)
	case "filter":
		q.filter, err = parseFilter(value)
	case "search":
		q.search, err = parseSearch(value)
	case "top":
		q.top, err = parseTop(value, q.most)
	case "count":
		q.count, err = strconv.ParseBool(value)
		if err != nil {
			err = badRequest("Invalid value '" + value + "' for $count query option found. Valid values are 'true' or 'false'.")
		}
	case "skiptoken":
		q.skip, err = readSkipToken(value)
	case "orderby":
		q.orderBy, q.reverse, err = parseOrder(value)
	}
	return err
}

func names(list string) ([]string, error) {
	var all []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" || strings.ContainsAny(name, " ()") {
			return nil, badRequest("Parsing OData Select and Expand failed: Term '" + list + "' is not valid in a $select or $expand expression.")
		}
		all = append(all, name)
	}
	return all, nil
}

func parseTop(value string, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, badRequest("Invalid value '" + value + "' for $top query option found. The $top query option requires a non-negative integer value.")
	}
	if n < 1 || n > most {
		return 0, unsupported("Invalid page size specified: '" + value + "'. Must be between 1 and " + strconv.Itoa(most) + " inclusive.")
	}
	return n, nil
}

func parseOrder(value string) (property string, reverse bool, err error) {
	fields := strings.Fields(value)
	switch {
	case len(fields) == 1:
		return fields[0], false, nil
	case len(fields) == 2 && (fields[1] == "asc" || fields[1] == "desc"):
		return fields[0], fields[1] == "desc", nil
	}
	return "", false, unsupported("Unsupported sort property '" + value + "'.")
}

// parseExpand reads name, name($select=a,b) and lists of these.
func parseExpand(value string) ([]expansion, error) {
	var all []expansion
	for _, term := range splitOutside(value, ',') {
		name, inner, nested := strings.Cut(strings.TrimSpace(term), "(")
		e := expansion{name: strings.TrimSpace(name)}
		if nested {
			list, isSelect := strings.CutPrefix(strings.TrimSuffix(inner, ")"), "$select=")
			if !isSelect || !strings.HasSuffix(inner, ")") {
				return nil, badRequest("Parsing OData Select and Expand failed: Term '" + term + "' is not valid in a $select or $expand expression.")
			}
			selected, err := names(list)
			if err != nil {
				return nil, err
			}
			e.selected = selected
		}
		all = append(all, e)
	}
	return all, nil
}

// splitOutside splits at separators that are in no parentheses.
func splitOutside(s string, separator rune) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == separator && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
