package graph

import (
	"slices"
	"strings"
	"time"
)

// clause is a condition of $filter or $search.
type clause interface {
	// match tests the properties that get returns.
	match(get func(property string) any) bool
	// each visits every condition within, as property and operator.
	each(visit func(property, operator string) error) error
}

type both struct{ left, right clause }

func (c both) match(get func(string) any) bool { return c.left.match(get) && c.right.match(get) }

func (c both) each(visit func(string, string) error) error {
	if err := c.left.each(visit); err != nil {
		return err
	}
	return c.right.each(visit)
}

type either struct{ left, right clause }

func (c either) match(get func(string) any) bool { return c.left.match(get) || c.right.match(get) }

func (c either) each(visit func(string, string) error) error {
	return both(c).each(visit)
}

type negation struct{ of clause }

func (c negation) match(get func(string) any) bool { return !c.of.match(get) }

func (c negation) each(visit func(string, string) error) error {
	return c.of.each(func(property, _ string) error { return visit(property, "not") })
}

// comparison is property, operator, literal: eq, ne, ge, le, gt, lt,
// startswith, endswith.
type comparison struct {
	property, operator string
	literal            any
}

func (c comparison) each(visit func(string, string) error) error {
	return visit(c.property, c.operator)
}

func (c comparison) match(get func(string) any) bool {
	value := get(c.property)
	switch c.operator {
	case "eq":
		return same(value, c.literal)
	case "ne":
		return !same(value, c.literal)
	case "startswith", "endswith":
		text, isText := value.(string)
		part, _ := c.literal.(string)
		text, part = strings.ToLower(text), strings.ToLower(part)
		return isText && (c.operator == "startswith" && strings.HasPrefix(text, part) || c.operator == "endswith" && strings.HasSuffix(text, part))
	case "ge", "le", "gt", "lt":
		order, ok := compare(value, c.literal)
		return ok && (order == 0 && strings.HasSuffix(c.operator, "e") || order > 0 && c.operator[0] == 'g' || order < 0 && c.operator[0] == 'l')
	}
	return false
}

// membership is property in ('a','b').
type membership struct {
	property string
	literals []any
}

func (c membership) each(visit func(string, string) error) error { return visit(c.property, "in") }

func (c membership) match(get func(string) any) bool {
	value := get(c.property)
	for _, literal := range c.literals {
		if same(value, literal) {
			return true
		}
	}
	return false
}

// some is collection/any(variable: condition).
type some struct {
	collection, variable string
	of                   clause
}

func (c some) each(visit func(string, string) error) error {
	return c.of.each(func(property, operator string) error {
		return visit(c.collection+"/"+c.within(property), operator)
	})
}

// within is the name of a property below the variable; empty for the variable
// itself, in a collection of plain values.
func (c some) within(property string) string {
	if property+"/" == c.variable {
		return ""
	}
	return strings.TrimPrefix(property, c.variable)
}

func (c some) match(get func(string) any) bool {
	items, _ := get(c.collection).([]object)
	if plain, ok := get(c.collection).([]string); ok {
		for _, value := range plain {
			items = append(items, object{"": value})
		}
	}
	return slices.ContainsFunc(items, func(o object) bool {
		return c.of.match(func(property string) any { return o[c.within(property)] })
	})
}

// same compares as the directory does: text without regard to case.
func same(value, literal any) bool {
	text, isText := value.(string)
	wanted, wantsText := literal.(string)
	if isText && wantsText {
		return strings.EqualFold(text, wanted)
	}
	return value == literal
}

// compare orders times; nothing else here has an order that is offered.
func compare(value, literal any) (int, bool) {
	left, ok := value.(string)
	right, isText := literal.(string)
	if !ok || !isText {
		return 0, false
	}
	a, errA := time.Parse(time.RFC3339Nano, left)
	b, errB := time.Parse(time.RFC3339Nano, right)
	return a.Compare(b), errA == nil && errB == nil
}

// word is a term of $search: the property has a word that begins with it.
type word struct{ property, text string }

func (c word) each(visit func(string, string) error) error { return visit(c.property, "search") }

func (c word) match(get func(string) any) bool {
	text, _ := get(c.property).(string)
	text = strings.ToLower(text)
	if strings.HasPrefix(text, c.text) {
		return true
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .-@_", r) }) {
		if strings.HasPrefix(part, c.text) {
			return true
		}
	}
	return false
}

// parseSearch reads "property:text", joined by AND or OR.
func parseSearch(value string) (clause, error) {
	invalid := badDirectoryRequest("Syntax error: character '" + value + "' is not valid in $search. Expected \"property:value\".")
	var found clause
	rest := strings.TrimSpace(value)
	for join := ""; rest != ""; {
		if !strings.HasPrefix(rest, `"`) {
			return nil, invalid
		}
		term, after, closed := strings.Cut(rest[1:], `"`)
		property, text, named := strings.Cut(term, ":")
		if !closed || !named || text == "" {
			return nil, invalid
		}
		next := word{property: property, text: strings.ToLower(text)}
		switch {
		case found == nil:
			found = next
		case join == "OR":
			found = either{found, next}
		default:
			found = both{found, next}
		}
		rest = strings.TrimSpace(after)
		join = "AND"
		for _, operator := range []string{"AND", "OR"} {
			if after, is := strings.CutPrefix(rest, operator+" "); is {
				join, rest = operator, strings.TrimSpace(after)
			}
		}
	}
	if found == nil {
		return nil, invalid
	}
	return found, nil
}
